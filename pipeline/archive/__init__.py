"""The archive: every byte received, by content hash, and the log of every attempt; what it held at any date.

What belongs here: keeping, reading by date, upkeep. What does not: fetching (`fetch/`), other formats (`warc/`).
"""
