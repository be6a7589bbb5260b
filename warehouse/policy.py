"""The claim policy and the limits of the audit: `policy.toml`, and `pipeline/vocabulary/hours.toml`, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "policy.toml"


@cache
def policy() -> Mapping[str, Any]:
    """The whole policy as TOML tables."""
    hours = files("pipeline.vocabulary").joinpath("hours.toml")
    own = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return own | {"privacy": _expanded(own["privacy"])} | tomllib.loads(hours.read_text(encoding="utf-8"))


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
        "weekdays": ["mo", "tu", "we", "th", "fr", "sa", "su"],
        "failing_attempts": p["sources"]["failing_attempts"],
        **p["privacy"],
    }


def _expanded(patterns: Mapping[str, str]) -> dict[str, str]:
    """The regular expressions of `[privacy]`, each with the earlier ones that it names in braces put in."""
    known: dict[str, str] = {}
    for key, pattern in patterns.items():
        known[key] = re.sub(r"\{([a-z]+)\}", lambda named: known[named[1]], pattern)
    return known
