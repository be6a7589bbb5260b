"""What happens to programs from release to release: merges, splits, retired ids, other values, takedowns."""

from __future__ import annotations

import random
from datetime import timedelta

from warehouse_world import World


def read_again(world: World) -> None:
    """A month later, every source says the same."""
    world.now += timedelta(days=30)
    for table in ("listing", "observation"):
        for row in world.rows[table]:
            row["observed_at"] = world.now


def join(world: World, gone: str, stays: str) -> None:
    """One entity is another, with all that was joined with it before."""
    for row in world.find("crosswalk", entity_id=gone):
        row["entity_id"] = stays
    for entry in world.find("ledger", entity_id=gone) + world.find("ledger", redirect_to=gone):
        entry |= {"status": "redirected", "redirect_to": stays}


def merge(world: World, one: int, other: int) -> None:
    """Operator, place and programs of one are those of the other."""
    for kind, tail in (("org", ""), ("loc", ""), ("svc", "a"), ("svc", "b")):
        join(world, f"{kind}_{one:03x}{tail}", f"{kind}_{other:03x}{tail}")


def split(world: World, one: int) -> None:
    """What the site says is a program of its own, apart from the list's."""
    site, *_ = world.find("crosswalk", entity_id=f"svc_{one:03x}a", listing_id=f"site_{one:03}:{one}")
    world.entity("service", f"svc_{one:03x}c", [])
    site["entity_id"] = f"svc_{one:03x}c"


class Turmoil:
    """A world that something happens to, of each kind, to operators that chance picks."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.world = World(12, seed=seed)
        self.taken: list[str] = []
        self.left = [*range(12)]
        self.rng.shuffle(self.left)

    def go_on(self) -> World:
        """A month later."""
        world, number = self.world, self.left.pop
        read_again(world)
        self.value(number())
        merge(world, number(), number())
        split(world, number())
        self.retire(number())
        self.taken.append(
            self.rng.choice([f"org_{(n := number()):03x}", f"site_{n:03}:{n}", f"svc_{n:03x}b"])
        )
        return world

    def value(self, one: int) -> None:
        field, new = self.rng.choice([("hours_per_week", "[12, 12]"), ("population", "adolescents")])
        for row in self.world.find("observation", source_id=f"site_{one:03}", field=field):
            row |= {"value": new, "document_sha256": f"new {self.world.now}"}

    def retire(self, one: int) -> None:
        """People ended the id of a program; its records have another."""
        old, new = f"svc_{one:03x}b", f"svc_{one:03x}d"
        self.world.find("ledger", entity_id=old)[0]["status"] = "retired"
        for row in self.world.find("crosswalk", entity_id=old):
            row["entity_id"] = new
        self.world.entity("service", new, [])
