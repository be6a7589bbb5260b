"""`entity_json` in SQL, made of the layout: the columns of each part, a code with its words, moments in ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from warehouse.contracts import Column, release_tables
from warehouse.entity_json.layout import joined, layout
from warehouse.sql import literal, quoted

WORDS = "coalesce(list_extract(map_extract(word, {vocabulary} || ':' || {code}), 1), {code})"
ABOUT = (
    "WHERE entity_id = (SELECT id FROM asked)",
    "SEMI JOIN (SELECT location_id AS entity_id FROM site) USING (entity_id)",
    "WHERE entity_id = (SELECT organization_id FROM one)",
)
# Columns have other names than parameters: DuckDB takes one for the other.
MACRO = """CREATE MACRO entity_struct(entity, language := 'en') AS (
    WITH asked AS (
        SELECT coalesce((SELECT any_value(b.current_id) FROM id_bridge b WHERE b.old_id = entity), entity) AS id
    ), said AS (
        SELECT map_from_entries(list((of_vocabulary || ':' || of_code, words))) AS word
        FROM vocabulary_label AS l(of_vocabulary, of_code, in_language, words) WHERE in_language = language
    ), site AS (
        SELECT d.*, word FROM directory d, said WHERE d.service_id = (SELECT id FROM asked)
    ), one AS (
        FROM site ORDER BY location_id LIMIT 1
    ), listed AS (
        SELECT x.listing_id FROM crosswalk x WHERE x.entity_id = (SELECT id FROM asked)
    ), claim_about AS (  -- both by entity, before they are joined, and each by itself: few row groups are read
        {claims}
    ), statement AS (
        {statements}
        AND (listing_id IS NULL OR listing_id IN (FROM listed))
    )
    SELECT {{
        'service_id': service_id,
        'redirected_from': coalesce((SELECT list(DISTINCT b.old_id ORDER BY b.old_id) FROM id_bridge b
            WHERE b.current_id = service_id AND b.old_id <> service_id), []),
        'release': r.release, 'built_at': {built_at}, 'contract_version': r.contract_version, 'language': language,
        {parts},
        'freshness': {freshness},
        'alert': alert_text(freshness, last_verified, language := language),
        'not_stated': list_transform(list_filter([{asked}], lambda x: x IS NOT NULL),
            lambda x: {{'code': x.field, 'label': {field}, 'answer': {{'code': x.answer, 'label': {answer}}}}}),
        'sessions': coalesce((SELECT list({session} ORDER BY schedule.session)
            FROM schedule, said WHERE schedule.service_id = (SELECT id FROM asked)), []),
        'evidence': coalesce((SELECT list({statement} ORDER BY array_position(['service', 'location', 'organization'],
                claim.entity_type), claim.entity_id, claim.field, claim.rank, observation.observation_id)
            FROM said, claim_about AS claim JOIN statement AS observation USING (claim_id)
            LEFT JOIN source ON source.source_id = observation.source_id), [])
    }}
    FROM one, release_info r);
COMMENT ON MACRO entity_struct IS 'Everything of one program, by an id of today or before';
CREATE MACRO entity_json(entity, language := 'en') AS to_json(entity_struct(entity, language := language));
COMMENT ON MACRO entity_json IS 'entity_struct as JSON; its schema is program.schema.json in schema_file';"""


def macros() -> str:
    """The macros `entity_struct`, which gives a struct, and `entity_json`."""
    directory = release_tables()["directory"]
    return MACRO.format(
        built_at=_moment("r.built_at"),
        parts=",\n        ".join(_parts()),
        freshness=_value(directory.column("freshness"), "freshness"),
        asked=", ".join(_asked()),
        field=WORDS.format(vocabulary="'fields'", code="x.field"),
        answer=WORDS.format(vocabulary="'answer'", code="x.answer"),
        session=_struct(_joined("sessions")),
        statement=_struct(_joined("evidence")),
        claims=_about("claim"),
        statements=_about("observation"),
    )


def _about(table: str) -> str:
    """Rows of a table about the program, its places and, last, its operator."""
    return " UNION ALL ".join(f"FROM {table} {which}" for which in ABOUT)


def _parts() -> Iterator[str]:
    directory = release_tables()["directory"]
    for part, names in layout()["parts"].items():
        struct = _struct((name, _value(directory.column(name), quoted(name))) for name in names)
        if part in layout()["many"]:  # a virtual program has a row, and no place
            yield (
                f"{literal(part)}: coalesce((SELECT list({struct} ORDER BY location_id) FROM site "
                "WHERE location_id IS NOT NULL), [])"
            )
        else:
            yield f"{literal(part)}: {struct}"


def _joined(part: str) -> Iterator[tuple[str, str]]:
    for table, column, name in joined(part):
        sql = f"{table}.{quoted(column.name)}"
        yield name, _list(sql, "'weekday'") if column.name == "days" else _value(column, sql)


def _asked() -> Iterator[str]:
    """`{field, answer}` of what nobody says, else null; as `answer()` has it of a value."""
    names = release_tables()["directory"].names
    for field, columns in layout()["asked"].items():
        ticked = f"{columns[0]}_not_ticked"
        asked = f"WHEN len({quoted(ticked)}) > 0 THEN 'not_ticked' " if ticked in names else ""
        why = f"CASE {asked}WHEN source_url IS NULL THEN 'not_asked' ELSE 'not_stated' END"
        missing = " AND ".join(f"{quoted(column)} IS NULL" for column in columns)
        yield f"CASE WHEN {missing} THEN {{'field': {literal(field)}, 'answer': {why}}} END"


def _struct(fields: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{literal(name)}: {sql}" for name, sql in fields) + "}"


def _value(column: Column, sql: str) -> str:
    if column.label_vocabulary:
        vocabulary = literal(column.label_vocabulary)
        if column.type.kind == "list":
            return _list(sql, vocabulary)
        words = WORDS.format(vocabulary=vocabulary, code=sql)
        return f"CASE WHEN {sql} IS NOT NULL THEN {{'code': {sql}, 'label': {words}}} END"
    if column.type.kind == "timestamp":
        return _moment(sql)
    return f"{sql}::VARCHAR" if column.type.kind == "date" else sql


def _list(sql: str, vocabulary: str) -> str:
    words = WORDS.format(vocabulary=vocabulary, code="x")
    return f"list_transform({sql}, lambda x: {{'code': x, 'label': {words}}})"


def _moment(sql: str) -> str:
    return f"replace({sql}::VARCHAR, ' ', 'T') || 'Z'"
