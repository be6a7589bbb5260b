"""The pages that people come in by: the search in each language, what the words mean, the choice of a language, and no such page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from warehouse.exports.release_file import OpenRelease
from warehouse.policy import WEEKDAYS
from warehouse.site.facts import OLD
from warehouse.site.lists import LEVELS, Home
from warehouse.site.site import Site
from warehouse.site.templating import environment
from warehouse.site.words import Language, data_block

# Codes that some program states, with what stands above them: nobody should choose what finds nothing.
CHOICES = """
SELECT 'conditions' AS vocabulary, code FROM (SELECT DISTINCT unnest(conditions_all) AS code FROM directory)
UNION ALL SELECT 'payers', code FROM (SELECT DISTINCT unnest(list_concat(coalesce(payers_all, []), coalesce(payment_options, []))) AS code FROM directory)
UNION ALL SELECT 'languages', code FROM (SELECT DISTINCT unnest(languages) AS code FROM directory)
ORDER BY ALL
"""
SCRIPT_WORDS = ("search", "ask")  # sections of the strings that the script uses


def write_start(site: Site, source: OpenRelease, homes: Sequence[Home]) -> None:
    """`en/index.html` and its sisters, `index.html` and `404.html`."""
    codes: dict[str, list[str]] = {}
    for row in source.rows(CHOICES):
        codes.setdefault(row["vocabulary"], []).append(row["code"])
    for language in site.languages:
        site.write(
            "index.html",
            language,
            "index.html",
            homes=sorted((home.named(language) for home in homes), key=lambda home: home.name),
            levels=[(code, language.label("levels_of_care", code)) for code in LEVELS],
            conditions=_options(language, "conditions", codes.get("conditions", ())),
            payers=_options(language, "payers", codes.get("payers", ())),
            spoken=_options(language, "languages", codes.get("languages", ())),
            words=Markup(data_block(_script_words(site, language))),
        )
        site.write("about.html", language, "about.html")
    start = environment().get_template("start.html")
    path = urlsplit(site.options.base_url).path.rstrip("/")  # 404.html is served at any depth
    site.put("index.html", start.render(site=site, all=site.languages, root="", missing=False))
    site.put("404.html", start.render(site=site, all=site.languages, root=f"{path}/", missing=True))


def _options(language: Language, vocabulary: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(
        ((code, language.label(vocabulary, code)) for code in codes), key=lambda one: one[1].lower()
    )


def _script_words(site: Site, language: Language) -> dict[str, Any]:
    """What the script needs to know and to say."""
    said = {name: language.strings[name] for name in SCRIPT_WORDS}
    freshness = {code: language.labels.get(("alert", code), language("program.due")) for code in OLD}
    return said | {
        "data": f"../data/r{site.release}/",
        "maps": "../maps/",
        "states": language.states,
        "levels": {code: language.label("levels_of_care", code) for code in LEVELS},
        "accepting": {
            code: language.label("accepting", code) for code in ("waitlist", "suspended", "closed")
        },
        "alert": freshness,
        "months": language.strings["months"],
        "date": language("date"),
        "spans": {name: language(name) for name in ("between", "and_more", "up_to")},
        "unnamed": language("unnamed"),
        "call": language("program.call"),
        "days": {day.capitalize(): language.weekday(day) for day in WEEKDAYS},
        "am": language("am"),
        "pm": language("pm"),
    }
