"""What is done to a whole table is what would be done to each row."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match import bulk
from pipeline.normalize.address import normalize_street
from pipeline.normalize.name import normalize_names

NAMES = ["Fernwood Recov Ctr LLC", "St. George Hosp", "Ash dba Birch", "Fern Csl and", "Education Inc", "Acme Co",
         "Delaware Co Servs", "Dept of Veterans Affairs", "The Inc", "", "Joe's Place", "Família Ctr", "A/K/A Fern",
         "U.S. Health", "Volunteers of America", "Young Mens Christian Association"]  # fmt: skip
LINES = ["12 Main Street", "12 Main St Suite 4", "12 N St", "1 1/2 Elm Road", "53-57 Oak Ave", "PO Box 4", "- - -", "",
         "Fern Hospital", "100 Highway 9 South", "7 Park Place, Rear", "012 Main Street", "Suite 3-A", "2nd Floor",
         "Units C and D", "9 Elm Street"]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from(NAMES)] * 2, *[st.sampled_from(LINES)] * 2), min_size=1, max_size=12)
)
def test_table_and_row_agree(rows: list[tuple[str, str, str, str]]) -> None:
    frame = pl.DataFrame(rows, schema=["name1", "name2", "street1", "street2"], orient="row")
    names, streets = bulk.names(frame), bulk.streets(frame)
    for row, said, parts in zip(
        rows, names.iter_rows(named=True), streets.iter_rows(named=True), strict=True
    ):
        one, street = normalize_names(*row[:2]), normalize_street(*row[2:])
        assert (said["primary"], said["label"], said["alias"]) == tuple(
            " ".join(words) for words in (one.primary, one.label, one.alias)
        )
        assert parts == {part: getattr(street, part) for part in parts}
