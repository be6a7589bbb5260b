"""One module a fact: blocks of a page → observations. Schedules are in `schedule/`, tracks in `tracks/`."""
