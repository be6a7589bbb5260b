"""New editions of sources since the previous release: what each dropped and brought.

Of a new edition every row may be new. So its source is judged as a whole, and so are groups that are large enough for
turnover to even out; what smaller groups lost is told. Rows that other sources speak of are judged as ever.
"""

from __future__ import annotations

import duckdb

from warehouse.findings import Finding, Outcomes
from warehouse.policy import policy

RENEWED = """CREATE OR REPLACE TEMP TABLE renewed AS
    SELECT source_id, p.published AS edition_before, c.published AS edition
    FROM previous.source p JOIN candidate.source c USING (source_id) WHERE p.published <> c.published"""
# Services that nothing but new editions speaks of.
OF_EDITIONS = """CREATE OR REPLACE TEMP TABLE {side}_of_editions AS
    SELECT entity_id FROM {side}.crosswalk JOIN {side}.listing USING (listing_id) LEFT JOIN renewed r USING (source_id)
    WHERE entity_type = 'service' GROUP BY entity_id HAVING bool_and(r.edition IS NOT NULL)"""
# An id that was merged into another is where the other is.
SUCCESSOR = """CREATE OR REPLACE TEMP TABLE successor AS
    SELECT entity_id, coalesce(redirect_to, entity_id) AS now_id FROM candidate.ledger"""
PLACES = """SELECT DISTINCT source_id, entity_id FROM {side}.crosswalk JOIN {side}.listing USING (listing_id)
    WHERE entity_type = 'location'"""
TURNOVER = f"""WITH before AS ({PLACES.format(side="previous")}), now AS ({PLACES.format(side="candidate")}),
kept AS (
    SELECT b.source_id, b.entity_id FROM before b JOIN successor s USING (entity_id)
    JOIN now n ON n.source_id = b.source_id AND n.entity_id = s.now_id),
stated AS (SELECT source_id, count(*) AS places FROM now GROUP BY source_id)
SELECT source_id, edition_before, edition, count(*), count(*) FILTER (k.entity_id IS NULL), any_value(coalesce(places, 0))
FROM before JOIN renewed USING (source_id) LEFT JOIN kept k USING (source_id, entity_id) LEFT JOIN stated USING (source_id)
GROUP BY ALL ORDER BY source_id"""
OFFERS = """SELECT DISTINCT concat_ws(' ', level_of_care, state) AS name, service_id AS entity_id
    FROM {side}.directory SEMI JOIN {side}_of_editions ON entity_id = service_id"""
GROUPS = f"""WITH gone AS (
    SELECT name, count(*) AS before, count(*) FILTER (d.service_id IS NULL) AS gone
    FROM ({OFFERS.format(side="previous")}) LEFT JOIN successor USING (entity_id)
    LEFT JOIN (SELECT DISTINCT service_id FROM candidate.directory) d ON d.service_id = now_id GROUP BY name),
came AS (
    SELECT name, count(*) AS now, count(*) FILTER (d.service_id IS NULL) AS came
    FROM ({OFFERS.format(side="candidate")})
    LEFT JOIN (SELECT DISTINCT service_id FROM previous.directory) d ON d.service_id = entity_id GROUP BY name)
SELECT name, coalesce(before, 0), coalesce(gone, 0), coalesce(came, 0), coalesce(now, 0)
FROM gone FULL JOIN came USING (name) WHERE gone > 0 OR came > 0 ORDER BY name"""
REMEDY = (
    "See the table `drift` for its groups. If this is what the publisher's edition says: `iop run --accept drift --why …`. "
    "Else look at `path`, `url` and `published` in the registry: another file, or part of one?"
)


def find_editions(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay out for the checks which sources have a new edition (`renewed`) and what nothing else speaks of
    (`previous_of_editions`, `candidate_of_editions`)."""
    for statement in (RENEWED, SUCCESSOR, *(OF_EDITIONS.format(side=s) for s in ("previous", "candidate"))):
        connection.execute(statement)


def edition_checks(connection: duckdb.DuckDBPyConnection) -> Outcomes:
    """What new editions came to, by source and by group of services."""
    small, stop = policy()["volume"]["small"], policy()["edition"]["stop_turnover"]
    turnover = connection.execute(TURNOVER).fetchall()
    for source, old, new, before, gone, now in turnover:
        severity = "error" if before >= small and gone > stop * before else "warning"
        message = f"the edition of {new} took the place of that of {old}: {gone:,} of its {before:,} places are gone, "
        message += f"{now - before + gone:,} are new"
        yield Finding("edition", severity, "source", "published", now, source, message, REMEDY)
    if not turnover:
        yield None
        return
    for group, before, gone, came, now in connection.execute(GROUPS).fetchall():
        message = f"in a new edition: {gone:,} of {before:,} services are gone, {came:,} are new"
        yield Finding("edition", "info", "directory", "level_of_care, state", now, group, message, "")
