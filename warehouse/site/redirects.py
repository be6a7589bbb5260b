"""Pages of ids that were merged into others: they lead to the page of the id that stands for them now."""

from __future__ import annotations

from warehouse.exports.release_file import OpenRelease
from warehouse.site.site import Site, program_path
from warehouse.site.templating import environment

# Chains are followed to the id that has a page; one that ends nowhere gets none.
REDIRECTS = """
WITH RECURSIVE step AS (
    SELECT entity_id AS old, redirect_to AS id, 1 AS length FROM ledger WHERE redirect_to IS NOT NULL AND entity_type = 'service'
    UNION ALL
    SELECT s.old, l.redirect_to, s.length + 1 FROM step s JOIN ledger l ON l.entity_id = s.id
    WHERE l.redirect_to IS NOT NULL AND s.length < 50)
SELECT DISTINCT old, id FROM step
WHERE id IN (SELECT service_id FROM memory.site.program) AND old NOT IN (SELECT service_id FROM memory.site.program) ORDER BY old
"""


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
