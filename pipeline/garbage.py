"""How often Python looks for garbage."""

import gc


def look_rarely() -> None:
    """What a command imports stays, and of the millions of objects of a directory none is in a cycle: by default a tenth of a run without
    news and a sixth of reading were spent on looking at them again and again."""
    gc.set_threshold(100_000, 20, 50)
