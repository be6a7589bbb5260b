"""Work in a process of its own returns, raises and dies as the work does."""

import os

import pytest

from pipeline.own_process import DiedError, alone
from warehouse.release import ReleaseError


def quotient(dividend: int, divisor: int) -> int:
    if not divisor:
        raise ReleaseError("nothing divides by nothing")
    return dividend // divisor


def test_what_work_gives_is_given() -> None:
    assert alone(quotient, 6, divisor=3) == 2


def test_an_error_is_the_one_that_was_raised() -> None:
    with pytest.raises(ReleaseError, match="nothing divides"):
        alone(quotient, 6, 0)


def test_a_death_is_told() -> None:
    with pytest.raises(DiedError, match="process of _exit died"):
        alone(os._exit, 9)
