"""The claim policy and the limits of the audit: `policy.toml`, and `pipeline/vocabulary/hours.toml`, read once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "policy.toml"
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

TAKEN = "~"  # begins the hash of a taken-down record in the ledger

_chosen: ContextVar[Path | None] = ContextVar("policy", default=None)


class PolicyError(ValueError):
    """A policy of one's own that cannot be; the message names the file, the key and what there is."""


def policy() -> Mapping[str, Any]:
    """The whole policy as TOML tables: the one that is `using`, else the warehouse's own."""
    return policy_of(_chosen.get())


@contextmanager
def using(file: Path | None) -> Iterator[None]:
    """Let `policy` give that of `policy_of(file)` meanwhile."""
    token = _chosen.set(file)
    try:
        yield
    finally:
        _chosen.reset(token)


@cache
def policy_of(file: Path | None) -> Mapping[str, Any]:
    """The warehouse's policy with the values of a file laid over it; its version then says so. Raises PolicyError."""
    own: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if file is not None:
        content = file.read_bytes()
        try:
            own = _laid_over(own, tomllib.loads(content.decode()), "")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, PolicyError) as error:
            raise PolicyError(f"policy {file}: {error}") from None
        own["version"] = f"{own['version']}+{hashlib.sha256(content).hexdigest()[:8]}"
    hours = files("pipeline.vocabulary").joinpath("hours.toml")
    return own | tomllib.loads(hours.read_text(encoding="utf-8"))


def _laid_over(own: Mapping[str, Any], other: Mapping[str, Any], where: str) -> dict[str, Any]:
    laid = dict(own)
    for key, value in other.items():
        name = f"{where}{key}"
        if key not in own:
            raise PolicyError(f"there is no {name}: there are {', '.join(own)}")
        if isinstance(value, dict) and isinstance(own[key], dict):
            laid[key] = _laid_over(own[key], value, f"{name}.")
        elif type(value) is type(own[key]) or (isinstance(value, int) and isinstance(own[key], float)):
            laid[key] = value
        else:
            raise PolicyError(f"{name} is {value!r} and must be like {own[key]!r}")
    return laid


def variables(vocabulary: Path) -> dict[str, Any]:
    """The settings that the models read by `getvariable`; what hours mean is the vocabulary's (`hours.toml`)."""
    p = policy()
    hours = tomllib.loads((vocabulary / "hours.toml").read_text(encoding="utf-8"))
    return {
        **{
            key: p["choice"][key]
            for key in ("confidence_ceiling", "conflict_discount", "newer_days", "listing_confidence")
        },
        **p["freshness"],
        **p["geography"],
        **hours["level"],
        **hours["sessions"],
        "phone_kinds": p["choice"]["phone_kinds"],
        "weekdays": list(WEEKDAYS),
        "failing_attempts": p["sources"]["failing_attempts"],
        **p["privacy"],
        "taken_mark": TAKEN,
    }
