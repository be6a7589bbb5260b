"""What one run is: which registry, which states, where its files go, how it introduces itself to web sites.

The command line's options come first, then the environment (`IOP_PROFILE`, `IOP_REGISTRY`, `IOP_OUT`,
`IOP_ARCHIVE`, `IOP_GEOGRAPHY`, `IOP_USER_AGENT`, `IOP_SECOND_READER_…`, `IOP_GEOCODER…`), then the profile's own values
(`sources/profiles.toml`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sources
from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.settings import GeocoderSettings, GeocoderSettingsError
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings

if TYPE_CHECKING:
    from sources.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
PROFILES = Path(sources.__file__).parent / "profiles.toml"
VOCABULARY = Path(__file__).parent / "vocabulary"
OVERRIDES = ROOT / "warehouse" / "overrides"


class SettingsError(ValueError):
    """A profile or registry that does not exist; the message says which there are."""


@dataclass(frozen=True)
class Settings:
    """One run's settings. `profile` is None where a registry folder was named instead."""

    profile: str | None
    registry_folder: Path
    out: Path
    states: frozenset[str] = frozenset()
    serve_demo: bool = False
    fetch: FetchSettings = field(default_factory=FetchSettings)
    archive_at: str | None = (
        None  # a folder or an object store ("s3://bucket/archive"), where not below `out`
    )
    overrides: Path = OVERRIDES
    second_reader: SecondReaderSettings = field(default_factory=SecondReaderSettings)
    geography: Path | None = None  # a folder of Census files, besides those that are packaged
    geocoder: GeocoderSettings = field(default_factory=GeocoderSettings)
    reports: bool = False  # coverage reports of every state after each release

    @classmethod
    def choose(
        cls,
        profile: str | None = None,
        registry: Path | None = None,
        out: Path | None = None,
        geography: Path | None = None,
        environment: Mapping[str, str] = os.environ,
        states: Collection[str] = (),
    ) -> Settings:
        """Settings from options and environment. Raises SettingsError.

        `states` (postal codes) are those of the profile's that are wanted; none: all of them. A part of the states has a
        directory of its own, so that its releases never stand in the place of the whole.
        """
        profile = profile or environment.get("IOP_PROFILE")
        named = registry or (Path(environment["IOP_REGISTRY"]) if "IOP_REGISTRY" in environment else None)
        if named is not None and not named.is_dir():
            raise SettingsError(f"no registry folder {named}: give a folder of TOML files")
        if named is not None and profile is None:
            chosen: Mapping[str, Any] = {}
            folder, name = named.resolve(), named.resolve().name
        else:
            profile = profile or "demo"
            chosen = _profile(profile)
            folder, name = (named or PROFILES.parent / chosen["registry"]).resolve(), profile
        fetch = FetchSettings()
        if agent := environment.get("IOP_USER_AGENT"):
            fetch = replace(fetch, user_agent=agent)
        try:
            second = SecondReaderSettings.choose(chosen.get("second_reader"), environment)
            geocoder = GeocoderSettings.choose(chosen.get("geocoder"), environment)
        except (SecondReaderError, GeocoderSettingsError) as error:
            raise SettingsError(str(error)) from None
        census = geography or _folder(environment.get("IOP_GEOGRAPHY") or chosen.get("geography"))
        if census is not None and not census.is_dir():
            raise SettingsError(f"no folder {census}: give --geography a folder of Census files")
        part = _part(states, frozenset(chosen.get("states", ())))
        where = out or (
            Path(environment["IOP_OUT"])
            if "IOP_OUT" in environment
            else Path("data", "-".join([name, *sorted(states)]))
        )
        return cls(
            profile=profile,
            registry_folder=folder,
            out=where.resolve(),
            states=part,
            serve_demo=bool(chosen.get("serve_demo", False)),
            fetch=fetch,
            archive_at=environment.get("IOP_ARCHIVE"),
            second_reader=second,
            geography=census.resolve() if census else None,
            geocoder=geocoder,
            reports=bool(chosen.get("reports", False)),
        )

    @cached_property
    def registry(self) -> Registry:
        """The sources of this run."""
        from sources.registry import (
            load_registry,  # it parses addresses and selectors; a release needs neither
        )

        return load_registry(self.registry_folder).for_states(self.states)

    @property
    def stage(self) -> Path:
        return self.out / "stage"

    @property
    def archive(self) -> str | Path:
        if self.archive_at is None:
            return self.out / "archive"
        return self.archive_at if "://" in self.archive_at else Path(self.archive_at).resolve()

    @property
    def releases(self) -> Path:
        return self.out / "releases"

    @contextmanager
    def fetching(self) -> Iterator[FetchSettings]:
        """How to fetch; with the demo world served on loopback for as long as that takes."""
        if not self.serve_demo:
            yield self.fetch
            return
        from sources.demo.server import DemoServer  # only the demo needs it

        with DemoServer() as server:
            demo = {"*.example": ("127.0.0.1", server.port)}
            yield replace(self.fetch, connect_to=demo, ours=frozenset(demo))


def _part(wanted: Collection[str], of: frozenset[str]) -> frozenset[str]:
    """The wanted states of a profile's (`of`; none: every state). Raises SettingsError for one that is none of them."""
    from sources.states import STATES  # a table that only this option needs

    if missing := sorted(set(wanted) - (of or STATES.keys())):
        which = f"the profile reads {', '.join(sorted(of))}" if of else "give postal codes, such as CT,RI"
        raise SettingsError(f"no state {', '.join(missing)}: {which}")
    return frozenset(wanted) or of


def _folder(name: str | None) -> Path | None:
    return Path(name) if name else None


def _profile(name: str) -> Mapping[str, Any]:
    profiles = tomllib.loads(PROFILES.read_text(encoding="utf-8"))
    if name not in profiles:
        raise SettingsError(f"no profile {name!r}: choose {', '.join(profiles)}")
    found: Mapping[str, Any] = profiles[name]
    return found
