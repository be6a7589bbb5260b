"""The smallest world that gives a release: a license list and a site in local folders. For drills, which break copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from command_line import iop
from license_list import HEAD, TABLE
from made_once import made_once

from pipeline.commands.exit_codes import ExitCode

STATE, TOWN = "WY", "Casper,WY,82601"  # no packaged geography is near, so a release of it is built quickly
PAGE = """<html><h1>Birchley House</h1><p>Our intensive outpatient program meets Monday, Wednesday and Friday,
9 am to 12 pm.</p><p>12 Mill Street, Casper, WY 82601 · 307-555-0100</p></html>"""
SITE = f'[birchley]\nkind = "provider_site"\npath = "../birchley"\nstate = "{STATE}"\n'

DOWN = '[harbor]\nkind = "provider_site"\nurl = "http://127.0.0.1:9/"\nstate = "WY"\nallow_loopback = true\n'


class World:
    """A folder with `registry`, the pages of `birchley`, and, after a run, `out`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry, self.out = folder / "registry", folder / "out"

    def write(self, listed: int = 3) -> None:
        self.registry.mkdir(parents=True)
        (self.folder / "birchley").mkdir()
        (self.folder / "birchley" / "index.html").write_text(PAGE)
        (self.registry / "site.toml").write_text(SITE)
        (self.registry / "list.toml").write_text(TABLE.replace("MA", STATE))
        self.list(listed)

    def list(self, number: int) -> None:
        """So many programs stand in the license list."""
        rows = [f"Elm House {n},{n} Elm Street,{TOWN},Intensive Outpatient\n" for n in range(1, number + 1)]
        (self.registry / "list.csv").write_text(HEAD + "".join(rows))

    def run(self, *options: object) -> tuple[int, str]:
        return iop("run", "--registry", self.registry, "--out", self.out, *options)

    def iop(self, command: str, *options: object) -> tuple[int, str]:
        """A command on the run's directory."""
        return iop(*command.split(), *options, "--out", self.out)

    def ids(self) -> set[tuple[str, ...]]:
        """The ids that readers see, and what they are of."""
        with duckdb.connect(str(self.out / "releases" / "current"), read_only=True) as connection:
            rows = connection.execute("SELECT entity_type, entity_id FROM ledger WHERE status = 'active'")
            return set(rows.fetchall())

    def copied(self, to: Path) -> World:
        return World(Path(shutil.copytree(self.folder, to, symlinks=True)))


def one_down() -> World:
    """With a source more, that nobody answers for, after a run, which showed `shown.txt`: read it only, or copy it."""

    def run(folder: Path) -> None:
        world = World(folder)
        world.write()
        (world.registry / "harbor.toml").write_text(DOWN)
        code, text = world.run()
        assert code == ExitCode.PARTIAL and "Release 1 published" in text, text
        (folder / "shown.txt").write_text(text)

    return World(made_once("one_down", run))
