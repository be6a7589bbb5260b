"""Names that stand for more than one level of care: "day treatment" is decided by what the page says beside it, or by hours."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import LevelMention, Levels
from pipeline.records import Region
from pipeline.vocabulary.tables import rows, settings

AMBIGUOUS = {row["code"]: row["usually"] for row in rows("ambiguous_levels.csv")}
_HOURS = re.compile(
    r"\b(\d+|three|four|five|six)(?:\s?(?:-|to)\s?(\d+))?[ -]hours?(?! ?(?:per|a|each|every|/|of)? ?week) ?(?:per|a|each|/|of|sessions?)? ?(?:day|daily|sessions?)?"
)
_WEEKLY = re.compile(
    r"\b(\d+)(?:\s?(?:-|to)\s?(\d+))?\+?[ -]hours? ?(?:per|a|each|every|/|of \w+ (?:a|per|each))? ?week"
)
_WORDS = {"three": 3, "four": 4, "five": 5, "six": 6}
FARTHEST = 40_000  # characters in which hours are looked for
BESIDE = 60  # characters between an ambiguous name and the clear one that explains it


def resolve_names(context: PageContext, levels: Levels) -> dict[str, str]:
    """Decide what "day treatment" and the like mean here: by the level named beside it, or by the hours.

    Gives what each such name means on this page, also where only the title or the address holds it.
    """
    resolved = dict(AMBIGUOUS)
    named = [m for m in levels.mentions if m.code in AMBIGUOUS]
    if not named:
        return resolved
    clear = [m for m in levels.mentions if m.code in ("iop", "php") and not _is_denied(m)]
    denied = {m.code for m in levels.mentions if m.block.region is Region.MAIN and _is_denied(m)}
    main = {m.code for m in clear if m.block.region is Region.MAIN}
    beside: Counter[str] = Counter()
    for mention in named:
        near = [m for m in clear if m.block is mention.block and _is_alias(context.folded, mention, m)]
        beside.update({m.code for m in near})
    by_hours = None if main else _by_hours(context.folded)
    for code in AMBIGUOUS:
        if beside:
            resolved[code] = "php" if beside["php"] >= beside["iop"] else "iop"
        elif by_hours:
            resolved[code] = by_hours
    for mention in named:
        mention.code = resolved[mention.code]
    is_explained = bool(main or by_hours) or any(m.block.region is Region.MAIN for m in named)
    left_out = {  # the page says it is none, or a menu's entry is all that names it
        id(m) for m in named if (m.code in denied and m.code not in main) or not is_explained
    }
    levels.mentions = [m for m in levels.mentions if id(m) not in left_out]
    for index, mentions in levels.by_block.items():
        levels.by_block[index] = [m for m in mentions if id(m) not in left_out]
    return resolved


def _by_hours(folded: str) -> str | None:
    """The level that the hours of a page speak for: those of a week, else those of a day that are an IOP's."""
    limits = settings("hours.toml")["level"]
    if weekly := [_hours(m) for m in _WEEKLY.finditer(folded, 0, FARTHEST)]:
        return "php" if max(weekly) >= limits["php_hours"] else "iop"
    daily = [_hours(m) for m in _HOURS.finditer(folded, 0, FARTHEST)]
    return "iop" if daily and max(daily) <= limits["longest_iop_day"] else None


_ALIAS = re.compile(r"[(/]|\bor\b|\b(?:also|formerly|known as|called|i\.e|aka|a\.k\.a)\b")
_TWO = re.compile(r"\s*[,;|•·-]?\s*(?:(?:and|&|as well as|to|versus|vs\.?)\b.*)?", re.S)


def _is_alias(folded: str, name: LevelMention, clear: LevelMention) -> bool:
    """Whether a clear level near a name explains it: "Half Day Program and Partial Hospital Program" are two."""
    first, second = (name, clear) if name.start < clear.start else (clear, name)
    between = folded[first.end : second.start]
    if len(between) >= BESIDE:
        return False
    return bool(_ALIAS.search(between)) or not ("\n" in between or _TWO.fullmatch(between))


def _is_denied(mention: LevelMention) -> bool:
    """Whether the page says that it is not one: "not a partial hospital program"."""
    cue = mention.judgement.cue
    return cue is not None and cue.category == "negated" and cue.meaning.reach == "short"


def _hours(match: re.Match[str]) -> float:
    value = match[2] or match[1]
    return float(_WORDS.get(value, value))
