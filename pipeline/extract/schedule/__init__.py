"""When a program meets and for how long: grammars for sessions, dose, duration, ages and times of day."""
