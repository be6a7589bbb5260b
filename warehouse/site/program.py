"""A program's page, in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from warehouse.exports.jsonld import document_of
from warehouse.site.facts import Facts, facts_of, kinds, vocabularies
from warehouse.site.lists import Area, Home, name_of
from warehouse.site.site import Site, program_path
from warehouse.site.words import Language, data_block

Row = Mapping[str, Any]


def write_program(
    site: Site,
    rows: Sequence[Row],
    stated: Sequence[Row],
    home: tuple[Home, Area | None],
    sources: Mapping[str, Row],
    ways: frozenset[str],
) -> None:
    """The pages of a program, of its rows of the directory (a place each, the first is the one shown) and of its facts."""
    row = rows[0]
    facts = facts_of(row, stated, sources, ways)
    path = program_path(row["service_id"])
    for language in site.languages:
        level = language.label("levels_of_care", row["level_of_care"])
        name = name_of(row) or language("unnamed")
        page = site.address(language.code, path, "") if site.options.base_url else ""
        site.write(
            "program.html",
            language,
            path,
            row=row,
            facts=facts,
            name=name,
            town=", ".join(part for part in (row["city"], row["state"]) if part),
            home=home[0].named(language),
            area=home[1] and home[1].named(language),
            freshness=freshness(language, row),
            not_ticked=_labelled(language, facts, "not_ticked"),
            of_place=_labelled(language, facts, "of_place"),
            others_places=rows[1:],
            report=site.options.report_link(row["service_id"], f"{name} ({level})"),
            jsonld=Markup(data_block(document_of(row, language.label, page))),
            kinds=kinds(),
            vocabularies=vocabularies(),
            phone=phone_words,
        )


def freshness(language: Language, row: Row) -> str:
    """How old what we know is, with its date: as the directory's own alert has it, where there is one."""
    day = language.date(row["last_verified"])
    alert = language.labels.get(("alert", row["freshness"]))
    return alert.replace("{date}", day) if alert else language(f"program.{row['freshness']}", date=day)


def phone_words(number: str) -> str:
    """+16175550100 as people in the country write it; others as they are."""
    digits = number.partition(";")[0]
    if digits.startswith("+1") and len(digits) == 12:
        return f"({digits[2:5]}) {digits[5:8]}-{digits[8:]}"
    return digits


def _labelled(language: Language, facts: Facts, what: str) -> list[tuple[str, list[str]]]:
    """Codes of each field that were not ticked, or that others at the place state, in words."""
    found = []
    for name, vocabulary in vocabularies().items():
        codes = getattr(facts.fields[name], what) if name in facts.fields else ()
        if codes:
            labels = sorted((language.label(vocabulary, code) for code in codes), key=str.lower)
            found.append((language.label("fields", name), labels))
    return found
