"""What people look at: the uncertain pairs, worst first, and why an entity is what it is."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from pipeline.match.score import JOIN

DOUBTFUL = 0.4  # distance from certainty within which a joined pair is worth a look


def review_queue(match_pair: pl.DataFrame, limit: int | None = None) -> pl.DataFrame:
    """Pairs that a person should decide, the least certain first: level, left_id, right_id, probability, decision,
    reasons, and `doubt` (1 at the threshold of joining, 0 at certainty).

    Pairs for review, vetoed pairs that would else have been joined, and pairs joined with little margin.
    """
    doubt = 1 - (pl.col("probability") - JOIN).abs() / JOIN
    asked = pl.col("decision").is_in(["review", "vetoed"]) | (
        (pl.col("decision") == "joined") & (doubt > 1 - DOUBTFUL)
    )
    queue = match_pair.with_columns(doubt=doubt).filter(asked & (pl.col("doubt") > 0))
    queue = queue.sort("doubt", "level", "left_id", "right_id", descending=[True, False, False, False])
    return queue if limit is None else queue.head(limit)


def held_names(held: pl.DataFrame, listings: pl.DataFrame, decided: Collection[str]) -> pl.DataFrame:
    """Listings that are not published as they are called like people: rows of `listing`, by name.

    `held`: source_id and locator of such rows of a release's quarantine; `decided`: listing ids that people have looked at.
    """
    named = listings.with_columns(place=pl.coalesce("locator", "listing_id"))
    waiting = named.join(held, left_on=["source_id", "place"], right_on=["source_id", "locator"], how="semi")
    return (
        waiting.filter(~pl.col("listing_id").is_in([*decided]))
        .drop("place")
        .sort("organization_name", "listing_id")
    )


def explain(
    entity_id: str,
    crosswalk: pl.DataFrame,
    match_pair: pl.DataFrame,
    ledger: pl.DataFrame,
    listings: pl.DataFrame | None = None,
) -> str:
    """Why records were joined under an id, and which near ones were kept apart. Accepts redirected ids.

    Raises KeyError for an id that the ledger does not know.
    """
    found = ledger.filter(pl.col("entity_id") == entity_id)
    if not found.height:
        raise KeyError(f"{entity_id}: no such id in the ledger")
    entry = found.row(0, named=True)
    head = f"{entity_id} · {entry['entity_type']} · {entry['status']} · {entry['label'] or 'unnamed'}"
    lines = [head, f"minted {entry['minted_at']:%Y-%m-%d}, last seen {entry['last_seen']:%Y-%m-%d}"]
    if entry["redirect_to"]:
        lines += [f"redirected to {entry['redirect_to']}", ""]
        return (
            "\n".join(lines) + "\n" + explain(entry["redirect_to"], crosswalk, match_pair, ledger, listings)
        )
    linked = crosswalk.filter(pl.col("entity_id") == entity_id).sort("listing_id", "service_key")
    texts = _texts(listings)
    lines.append("")
    lines.append(f"{linked.height} record(s)" if linked.height else "no record in this run")
    members = set()
    for row in linked.iter_rows(named=True):
        member = f"{row['listing_id']}#{row['service_key']}" if row["service_key"] else row["listing_id"]
        members.add(member)
        lines.append(f"  {member}  {texts.get(row['listing_id'], '')}".rstrip())
        why = row["reasons"] or "the only record"
        lines.append(f"      {row['probability']:.2f}  {why} · linked since {row['first_linked']:%Y-%m-%d}")
    lines += _apart(entry["entity_type"], members, match_pair, texts)
    return "\n".join(lines)


def _apart(level: str, members: set[str], match_pair: pl.DataFrame, texts: dict[str, str]) -> list[str]:
    left, right = pl.col("left_id").is_in(list(members)), pl.col("right_id").is_in(list(members))
    near = match_pair.filter((pl.col("level") == level) & (left ^ right) & (pl.col("decision") != "joined"))
    near = near.sort("probability", "left_id", "right_id", descending=[True, False, False])
    lines = ["", f"{near.height} near pair(s) kept apart"] if near.height else []
    for row in near.head(20).iter_rows(named=True):
        own, other = row["left_id"], row["right_id"]
        if other in members:
            own, other = other, own
        lines.append(
            f"  {row['decision']} {row['probability']:.2f}  {own} | {other}  {texts.get(other, '')}".rstrip()
        )
        lines.append(f"      {row['reasons']}")
    return lines


def _texts(listings: pl.DataFrame | None) -> dict[str, str]:
    if listings is None:
        return {}
    shown = ("organization_name", "site_name", "street1", "street2", "city", "state", "phone")
    return {
        row["listing_id"]: ", ".join(str(row[c]) for c in shown if row[c])
        for row in listings.iter_rows(named=True)
    }
