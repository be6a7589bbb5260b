"""Pages of ids that were merged into others: they lead to the page of the id that stands for them now."""

from __future__ import annotations

from warehouse.exports.release_file import OpenRelease
from warehouse.site.site import Site, program_path
from warehouse.site.templating import environment

# The ledger leads every id to the end of its chain; one that has no page here gets none.
REDIRECTS = """
SELECT entity_id AS old, redirect_to AS id FROM ledger
WHERE entity_type = 'service' AND redirect_to IN (SELECT service_id FROM memory.site.program)
    AND entity_id NOT IN (SELECT service_id FROM memory.site.program)
ORDER BY old"""


def write_redirects(site: Site, source: OpenRelease) -> int:
    """How many ids lead elsewhere."""
    rows = list(source.rows(REDIRECTS))
    for row in rows:
        path, to = program_path(row["old"]), program_path(row["id"])
        for language in site.languages:
            text = (
                environment()
                .get_template("redirect.html")
                .render(
                    t=language,
                    to="../../" + to,
                    canonical=site.address(language.code, to, "../../../"),
                )
            )
            site.put(f"{language.code}/{path}", text)
    return len(rows)
