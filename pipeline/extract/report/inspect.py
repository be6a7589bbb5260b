"""What was read in a page and why, for a person: `iop inspect URL|FILE`.

Kind and reasons, offices, programs with their facts; every fact with its quote in context, the words highlighted, where
they stand, how sure we are; then what was seen and not believed, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipeline.extract.reading import PROGRAM_FIELDS, Program, Reading
from pipeline.fields import fields, of_scope
from pipeline.records import Assertion, Demotion, Observation
from pipeline.values import Address, Range, Session, Value, written

CONTEXT = 48  # characters shown on either side of a quote
PLACE_FIELDS = of_scope("place") | {"accepting"}
_STYLES = {
    Assertion.AFFIRMED: "green",
    Assertion.NEGATED: "red",
    Assertion.HEDGED: "yellow",
    Assertion.GENERIC: "blue",
    Assertion.QUESTION: "magenta",
    Assertion.CONDITIONAL: "cyan",
}
WHY = {
    Demotion.NEGATED: "negated",
    Demotion.FUTURE: "not yet",
    Demotion.REFERRAL: "given elsewhere",
    Demotion.COMPARISON: "compared with",
    Demotion.GENERIC: "said in general",
    Demotion.HISTORY: "where people come from",
    Demotion.TARGET: "where people go on to",
    Demotion.HEDGED: "hedged",
    Demotion.CONDITIONAL: "conditional",
    Demotion.QUESTION: "asked, not said",
    Demotion.NOT_LISTING: "the page is no listing",
    Demotion.PASSING: "named once, in passing",
    Demotion.UNLIKELY: "such words are rarely a fact",
    Demotion.COMPONENT: "a part of the program",
    Demotion.OTHER: "not the program's",
    Demotion.OFFICE: "office hours",
    Demotion.INTAKE: "intake",
    Demotion.DEFINED: "a definition",
}


def render(reading: Reading, everything: bool = False) -> RenderableType:
    """The report of one page. With `everything`, each repetition of a fact is shown, not the best alone."""
    parts: list[RenderableType] = [_head(reading)]
    place = [o for o in reading.observations if o.field in PLACE_FIELDS and o.assertion is Assertion.AFFIRMED]
    if place:
        parts.append(_facts("The place and its operator", _chosen(place, everything), reading))
    parts += [_program(program, reading, everything) for program in reading.programs]
    parts.append(_rejected(reading))
    return Group(*parts)


def _head(reading: Reading) -> RenderableType:
    kind = reading.kind
    verdict = "a listing" if reading.is_listing else "no listing"
    text = Text()
    text.append(f"{kind.kind}", style="bold green" if reading.is_listing else "bold red")
    text.append(f": {verdict}, a provider's own page with probability {kind.probability:.2f}\n")
    text.append(f"{reading.page.title or '(no title)'}\n", style="italic")
    if reading.page.url:
        text.append(f"{reading.page.url}\n", style="dim")
    text.append(f"operator: {reading.organization or 'not named'}\n")
    text.append(f"levels of care offered: {', '.join(reading.levels_of_care) or 'none'}\n")
    blocks = reading.page.blocks
    text.append(
        f"{len(blocks)} blocks, {len(reading.page.text)} characters, {len(reading.page.json_ld)} JSON-LD nodes",
        style="dim",
    )
    if reading.page.json_ld_errors:
        text.append(f", {reading.page.json_ld_errors} JSON-LD blocks that do not parse", style="yellow")
    why = Table("why this kind", "", box=None, show_header=True, padding=(0, 1))
    for reason, value in kind.reasons[:10]:
        why.add_row(Text(reason), Text(f"{value:+.1f}", style="green" if value > 0 else "red"))
    return Panel(Columns([text, why], padding=(0, 4)), title="page")


def _program(program: Program, reading: Reading, everything: bool) -> RenderableType:
    kept: list[Observation] = []
    for name in filter(PROGRAM_FIELDS.__contains__, fields()):
        said = [o for o in program.observations if o.field == name and o.assertion is Assertion.AFFIRMED]
        best = program.best(name)
        if fields()[name].is_many or everything:
            kept += _chosen(said, everything)
        elif best:
            kept.append(best)
    return _facts(f"{program.level_of_care}: {program.name}", kept, reading)


def _chosen(observations: Iterable[Observation], everything: bool) -> list[Observation]:
    """The most confident observation of each value, in the order of fields."""
    ranked = sorted(observations, key=lambda o: (o.field, o.written, -o.confidence, o.start))
    if everything:
        return ranked
    return list({(o.field, o.value, o.qualifier): o for o in reversed(ranked)}.values())[::-1]


def _facts(title: str, observations: Iterable[Observation], reading: Reading) -> RenderableType:
    table = Table(
        "field",
        "value",
        "in these words",
        "where",
        "sure",
        title=Text(title),
        title_justify="left",
        expand=True,
    )
    for observation in observations:
        qualifier = f" ({observation.qualifier})" if observation.qualifier else ""
        table.add_row(
            Text(observation.field),
            Text(_value(observation) + qualifier, style="bold"),
            quoted(observation, reading.page.text),
            Text(_where(observation), style="dim"),
            f"{observation.confidence:.2f}",
        )
    return table


def _value(observation: Observation) -> str:
    """A value as a person writes it: "Mo We Fr 09:00–12:00", "3–5"."""
    match observation.value:
        case Range(low, high):
            return f"{low:g}" if low == high and low is not None else f"{_number(low)}–{_number(high)}"
        case Session(days, start, end):
            return f"{' '.join(d.title() for d in days or ())} {start or ''}–{end or ''}".strip(" –")
        case Address() as place:
            return ", ".join(filter(None, place))
        case value:
            return written(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _where(observation: Observation) -> str:
    place = observation.section or ""
    return f"{place[-60:]} [{observation.start}:{observation.end}]".strip()


def quoted(observation: Observation, text: str) -> Text:
    """The quote among the words around it, coloured by its assertion."""
    start, end = observation.start, observation.end
    shown = Text("…" + " ".join(text[max(0, start - CONTEXT) : start].split()) + " ", style="dim")
    shown.append(
        observation.quote.replace("\n", " / "), style=f"bold reverse {_STYLES[observation.assertion]}"
    )
    shown.append(" " + " ".join(text[end : end + CONTEXT].split()) + "…", style="dim")
    return shown


def _rejected(reading: Reading) -> RenderableType:
    table = Table(
        "field",
        "value",
        "in these words",
        "not believed because",
        title="Seen and not believed",
        title_justify="left",
        expand=True,
    )
    seen: set[tuple[str, Value, str]] = set()
    for observation in reading.observations:
        key = (observation.field, observation.value, why_not(observation))
        if observation.assertion is Assertion.AFFIRMED or key in seen:
            continue
        seen.add(key)
        words = quoted(observation, reading.page.text)
        table.add_row(Text(observation.field), Text(_value(observation)), words, Text(key[2]))
    for reason in reading.rejected:
        table.add_row("page", "", "", Text(reason, style="red"))
    return table


def why_not(observation: Observation) -> str:
    """Why a statement is not taken for a fact, in words."""
    kind = observation.assertion.value
    reason = next((WHY[d] for d in reversed(observation.demoted) if d in WHY), kind)
    return kind if reason == kind else f"{kind}: {reason}"
