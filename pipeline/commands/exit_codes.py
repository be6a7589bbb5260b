"""How a command ends, as the README lists it."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1  # no release could be made, or the thing asked for could not be done
    USAGE = 2  # the command line, the registry or a file given is wrong
    PARTIAL = 3  # done, but some sources could not be read
    UNWELL = 4  # something is wrong with the directory or its sources (`iop health`)
    INTERRUPTED = 130
