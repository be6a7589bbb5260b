"""What was read, shown to people (`inspect`) or written in bulk (`jsonl`)."""
