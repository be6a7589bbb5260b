"""How a sentence stands to the payers named in it: accepted, in network, out of network, refused, or nothing said.

The method is that of ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002): a cue governs what follows up to
the next cue or a conjunction that turns ("but"); a passive cue ("… are not accepted") governs what stands before
it in its clause; a parenthesis is a scope of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.records import Assertion
from pipeline.vocabulary.tables import settings


def _cues() -> dict[str, str]:
    """The alternatives of every list of `vocabulary/payer_cues.toml`, lists of other lists written out."""
    joined = {
        name: "|".join(words).replace(" ", r"\s+").replace("[-\\s+]", r"[-\s]")
        for name, words in settings("payer_cues.toml").items()
    }
    for name in ("not", "accept", "in"):
        joined = {
            key: words.replace("{" + name + "}", f"(?:{joined[name]})") for key, words in joined.items()
        }
    return joined


_WORDS = _cues()


def _any(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_WORDS[name]})\b", re.IGNORECASE)


_GROUPS = {
    "turn": "turn",
    "refuse": "refuse",
    "except": "except",
    "oon": "oon",
    "inn": "in",
    "accept": "accept",
}
_CUE = re.compile(
    "|".join(rf"(?P<{group}>\b(?:{_WORDS[name]})(?!\w))" for group, name in _GROUPS.items()), re.IGNORECASE
)
_COVERS, _OFTEN, _ANY_PROVIDER, _STRONG = map(_any, ("covers", "often", "any_provider", "strong"))
_PASSING, _WEAK, _OWN_IS_COVERED = (
    re.compile(_WORDS[name], re.IGNORECASE) for name in ("passing", "weak", "own_is_covered")
)
_ASKS = re.compile(r"\b(?:which|what) plans\b|\bcovered\b|\bcosts?\b", re.IGNORECASE)
OWN, INSURANCE = _any("own"), _any("insurance")
_NOT_BEFORE = re.compile(
    rf"\b(?:{_WORDS['not']})\s+(?:an?\s+)?(?:[\w-]+\s+(?:providers?\s+)?(?:or|and|nor)\s+)*\Z", re.IGNORECASE
)
_PROVIDERS = re.compile(r"[^.;,]{0,40}\bproviders?\b", re.IGNORECASE)
_PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|will\s+be|:|[-–—])\s*)?(?:(?P<refuse>(?:not|no\s+longer)\s+(?:currently\s+|yet\s+)?(?:be\s+)?(?:accepted|covered|taken|billed|in[-\s]network|eligible))"
    r"|(?:also\s+|all\s+|both\s+|happily\s+|now\s+)?(?:(?P<accept>accepted|welcome|billed|taken)|(?P<inn>in[-\s]network)|(?P<oon>out[-\s]of[-\s]network)))\b(?!\s+(?:with|for|by)\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:we(?:['’]re|\s+are)\s+)?(?:currently\s+|now\s+)?(?:(?P<refuse>not\s+(?:currently\s+)?(?:accepted|covered|in[-\s]network))|(?P<inn>in[-\s]network)"
    r"|(?P<oon>out[-\s]of[-\s]network)|(?P<accept>accepted))(?:\s+(?:only|providers?|benefits|plans|at\s+this\s+time|in\s+most\s+cases|with\s+most\s+plans))?",
    re.IGNORECASE,
)
_CROSSED = re.compile(r"[✗✘❌✖🚫⛔]\s*\Z")
_WORKS = re.compile(r"(?:work|partner|coordinat|negotiat)", re.IGNORECASE)
_PEOPLE = re.compile(
    r"[\w\s,&/-]{0,40}\b(?:patients|clients|members|recipients|populations?|beneficiaries|enrollees|families)\b",
    re.IGNORECASE,
)
_BE = re.compile(r"(?:is|are)\b", re.IGNORECASE)
_REFUSED_HERE = {"refuse", "except"}
_QUALIFIER = {"accept": "accepts", "inn": "in_network", "oon": "out_of_network"}


@dataclass(frozen=True, slots=True)
class Stance:
    """What is said of a payer: `qualifier` is None where nothing is said of acceptance."""

    qualifier: str | None
    assertion: Assertion
    explicit: bool  # a cue says so, not only the surroundings


NOTHING = Stance(None, Assertion.AFFIRMED, False)


def stance(sentence: str, start: int, end: int, speaks: Collection[str] = (), asks: bool = False) -> Stance:
    """What the sentence says of the payer at `sentence[start:end]`.

    `speaks`: the categories of the assertion cues that govern it; `asks`: it is a question.
    """
    if _NOT_BEFORE.search(sentence[max(0, start - 80) : start]) and _PROVIDERS.match(sentence[end:]):
        return Stance("not_accepted", Assertion.NEGATED, True)
    if _CROSSED.search(sentence[:start]):
        return Stance("not_accepted", Assertion.NEGATED, True)
    if "comparison" in speaks:
        return Stance(None, Assertion.GENERIC, False)
    cue = _cue(sentence, start, end)
    name = cue.lastgroup if cue else None
    if asks:
        return Stance(None, Assertion.QUESTION, False)
    if not {"hedged", "future"}.isdisjoint(speaks) and name in (None, "inn", "accept"):
        return Stance(None, Assertion.HEDGED, True)
    if name in _REFUSED_HERE:
        refused_network = cue is not None and re.search(r"network", cue[0], re.IGNORECASE)
        return Stance("out_of_network" if refused_network else "not_accepted", Assertion.NEGATED, True)
    if cue is not None and _WORKS.match(cue[0]) and _PEOPLE.match(sentence[end:]):
        return Stance(None, Assertion.GENERIC, False)  # "she works with Medicare patients"
    own = bool(OWN.search(sentence)) or bool(_OWN_IS_COVERED.search(sentence) and not _OFTEN.search(sentence))
    if name in (None, "accept", "oon") and _is_general(sentence, own, name, cue):
        return Stance(None, Assertion.GENERIC, False)
    if name is None or name == "turn":
        return NOTHING
    return Stance(_QUALIFIER[name], Assertion.AFFIRMED, True)


def title_stance(title: str) -> Stance:
    """What a heading or the line above a list says of the payers under it."""
    found = [cue for cue in _CUE.finditer(title) if cue.lastgroup not in ("turn", "except")]
    if title.rstrip().endswith("?") and len(title) > 60:
        return NOTHING
    if not found:
        is_payment = INSURANCE.search(title) or _ASKS.search(title)
        return Stance("accepts", Assertion.AFFIRMED, False) if is_payment else NOTHING
    groups = [cue.lastgroup for cue in found]
    if "refuse" in groups or re.search(r"\bnot\s+accepted\b|\bdo\s+not\b", title, re.IGNORECASE):
        return Stance("not_accepted", Assertion.NEGATED, True)
    if not INSURANCE.search(title) and not ({"inn", "oon"} & set(groups)):
        return NOTHING
    group = "inn" if "inn" in groups else "oon" if "oon" in groups else "accept"
    return Stance(_QUALIFIER[group], Assertion.AFFIRMED, True)


def opening_stance(text: str) -> Stance | None:
    """What a text that begins with a word of network or acceptance says: "In-network for IOP", "Not accepted"."""
    match = re.match(r"\W*(?:(?:currently|yes|no)\b\W*)?", text, re.IGNORECASE)
    aside = _ASIDE.match(text, match.end() if match else 0)
    name = aside.lastgroup if aside else None
    if name == "refuse":
        return Stance("not_accepted", Assertion.NEGATED, True)
    return Stance(_QUALIFIER[name], Assertion.AFFIRMED, True) if name else None


def _is_general(sentence: str, own: bool, name: str | None, cue: re.Match[str] | None) -> bool:
    """Whether the sentence speaks of what payers do for such programs anywhere, not of this provider."""
    if own:
        return False
    if _ANY_PROVIDER.search(sentence):
        return True
    if (
        name == "oon"
        or (name == "accept" and cue is not None and not _WEAK.match(cue[0]))
        or _STRONG.search(sentence)
    ):
        covers = _COVERS.search(sentence)
        return (
            covers is not None
            and cue is not None
            and bool(_OFTEN.search(sentence[: cue.start()]))
            and not _STRONG.search(sentence)
        )
    return bool(_COVERS.search(sentence))


def _cue(sentence: str, start: int, end: int) -> re.Match[str] | None:
    """The cue that governs `start..end`: in its own parenthesis, passive after it, else the last one before it."""
    note = re.match(r"[\s®™*]{0,3}\(([^()]{0,60})\)", sentence[end:])
    aside = _ASIDE.fullmatch(note[1].strip()) if note else None
    if aside:
        return aside
    low, high = _parenthesis(sentence, start)
    inside = _last_before(sentence, low, start, blank=False) if low else None
    if inside:
        return inside
    before = _last_before(sentence, 0, low or start, blank=True)
    tail = _flat(sentence[high if low else end :])
    passive = _trailing(tail)
    if (
        passive is None
        or before is None
        or before.lastgroup not in _REFUSED_HERE
        or passive.lastgroup == "refuse"
    ):
        return passive or before
    return passive if "," in sentence[before.end() : start] and _BE.match(passive[0]) else before


def _parenthesis(sentence: str, at: int) -> tuple[int, int]:
    """Bounds of the parenthesis that holds `at`; (0, at) where none does."""
    opened = sentence.rfind("(", 0, at)
    if opened < 0 or sentence.find(")", opened, at) >= 0:
        return 0, at
    closed = sentence.find(")", at)
    return opened + 1, closed + 1 if closed >= 0 else len(sentence)


def _flat(text: str) -> str:
    """The text with the insides of its parentheses blanked, so that they govern nothing outside."""
    return re.sub(r"\([^()]*\)", lambda match: " " * len(match[0]), text)


def _last_before(sentence: str, low: int, at: int, blank: bool) -> re.Match[str] | None:
    text = _flat(sentence[low:at]) if blank else sentence[low:at]
    last: re.Match[str] | None = None
    for cue in _CUE.finditer(text):
        if cue.lastgroup == "turn":
            last = None
        elif cue.lastgroup == "accept" and (
            _PASSING.match(cue[0]) or (last is not None and _WEAK.match(cue[0]))
        ):
            continue  # "in-network with most plans, including …": the stronger word before goes on
        elif (
            cue.lastgroup == "oon"
            and last is not None
            and last.lastgroup == "inn"
            and cue.start() - last.end() < 12
        ):
            continue  # "in-network & out-of-network with"
        else:
            last = cue
    return last


def _trailing(tail: str) -> re.Match[str] | None:
    """A passive cue in the rest of the clause, before any cue that governs forward."""
    passive = _PASSIVE.search(tail[:160])
    if not passive:
        return None
    between = tail[: passive.start()]
    if ";" in between or any(cue[0].lower() != "no" for cue in _CUE.finditer(between)):
        return None
    if passive.lastgroup == "oon" and not re.search(
        r"(?:is|are|on\s+an?|:|[-–—])\s*$", between + passive[0][: -len("out-of-network")]
    ):
        return None
    return passive
