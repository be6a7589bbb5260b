"""Writes the site of a release: pages state by state, so that the country needs no more memory than its largest state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from warehouse.coverage.publish import BOUNDARIES
from warehouse.exports.release_file import OpenRelease, open_release
from warehouse.exports.target import draft_folder, write_manifest
from warehouse.site.lists import Home, areas_of, write_lists
from warehouse.site.maps import StateMap, state_map
from warehouse.site.options import SiteOptions
from warehouse.site.program import write_program
from warehouse.site.redirects import write_redirects
from warehouse.site.search_files import write_search_files
from warehouse.site.site import ASSETS, ONLINE, Site, program_path
from warehouse.site.sitemap import write_sitemap
from warehouse.site.start import write_start
from warehouse.site.words import languages
from warehouse.sql import literal

FORMAT = "site"  # told in the folder's manifest
PROGRAMS = Path(__file__).with_name("programs.sql")
HOMES = (
    "SELECT home, count(DISTINCT service_id) AS programs FROM memory.site.program GROUP BY home ORDER BY home"
)
LISTED = """SELECT d.* FROM directory d
JOIN memory.site.program p ON p.service_id = d.service_id AND p.location_id IS NOT DISTINCT FROM d.location_id
WHERE p.home = {home} ORDER BY d.service_id, d.location_id"""
# A program's page stands in the home of its first place, and tells of all of them.
PAGES = """SELECT d.* FROM directory d JOIN memory.site.program p USING (service_id)
WHERE p.place = 1 AND p.home = {home} ORDER BY d.service_id, d.location_id IS DISTINCT FROM p.location_id, d.location_id"""
Row = Mapping[str, Any]


def write_site(release: Path, to: Path, options: SiteOptions) -> Mapping[str, int]:
    """The site of a release file into the folder `to`, which replaces an older one there; gives what was written, by kind.

    The same release and options give the same bytes. ExportError where `to` holds something else, or the release cannot be read.
    """
    with open_release(release) as source, draft_folder(to, FORMAT) as draft:
        source.connection.execute("SET VARIABLE states = ?::VARCHAR[]", [list(options.states) or None])
        source.connection.execute(PROGRAMS.read_text(encoding="utf-8"))
        site = Site(draft, options, languages(source), source.release, source.built_at)
        homes = [Home(row["home"], row["programs"]) for row in source.rows(HOMES)]
        boundaries = source.connection.execute(BOUNDARIES).fetchall()
        maps = {home.code: state_map(boundaries, home.code) for home in homes if home.code != ONLINE}
        for asset in sorted(ASSETS.iterdir()):
            site.put(f"assets/{asset.name}", asset.read_text(encoding="utf-8"))
        sources = {row["source_id"]: row for row in source.rows("FROM source")}
        ways = frozenset(
            row["code"] for row in source.rows("SELECT code FROM vocabulary_payer WHERE class = 'way'")
        )
        for home in homes:
            _write_home(site, source, home, maps.get(home.code), sources, ways)
        write_start(site, source, homes)
        files = write_search_files(site, source, maps)
        pages = [file.relative_to(draft).as_posix() for file in draft.glob("*/**/*.html")]
        write_sitemap(site, pages)
        rows = {
            "programs": sum(page.startswith(f"{site.languages[0].code}/p/") for page in pages),
            "pages": len(pages),
            "search files": files,
        }
        rows["redirects"] = write_redirects(site, source)
        write_manifest(draft, source, FORMAT, rows)
    return rows


def _write_home(
    site: Site,
    source: OpenRelease,
    home: Home,
    map: StateMap | None,
    sources: Mapping[str, Row],
    ways: frozenset[str],
) -> None:
    """All pages of a home: its lists, and its programs."""
    wanted = literal(home.code)
    listed = list(source.rows(LISTED.format(home=wanted)))
    areas = areas_of(listed)
    points = {(row["longitude"], row["latitude"]) for row in listed if row["latitude"] is not None}
    write_lists(site, home, areas, map, points)
    if map:
        site.put(f"maps/{home.slug}.svg", map.picture)
    area_of = {entry.path: area for area in reversed(areas) for town in area.towns for entry in town.entries}
    programs = [
        list(places)
        for _, places in groupby(source.rows(PAGES.format(home=wanted)), key=itemgetter("service_id"))
    ]
    ids = [places[0]["service_id"] for places in programs]
    facts = _by_service(source.rows(f"FROM memory.site.fact_of({wanted})"), ids)
    for id, places, stated in zip(ids, programs, facts, strict=True):
        write_program(site, places, stated, (home, area_of[program_path(id)]), sources, ways)


def _by_service(rows: Iterable[Row], ids: Iterable[str]) -> Iterator[Sequence[Row]]:
    """Rows of each id; both are in the same order, and of some ids there may be none."""
    groups = groupby(rows, key=itemgetter("service_id"))
    id, found = next(groups, ("", iter(())))
    for wanted in ids:
        if id == wanted:
            yield list(found)
            id, found = next(groups, ("", iter(())))
        else:
            yield []
