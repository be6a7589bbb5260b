"""What one run is: which registry, which states, where its files go, how it introduces itself to web sites.

Each value comes from an option, the environment, `.env`, the profile or its default (`pipeline.choices`; docs/settings.md
lists all). Profiles are the tables of `sources/profiles.toml`, and of a `profiles.toml` in the home folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sources
from pipeline.choices import ChoiceError, Choices, known
from pipeline.fetch.settings import FetchSettings
from pipeline.geocode.settings import GeocoderSettings, GeocoderSettingsError
from pipeline.logs import FORMATS, LEVELS
from pipeline.second_reader.settings import SecondReaderError, SecondReaderSettings
from warehouse.policy import PolicyError, policy_of

if TYPE_CHECKING:
    from sources.registry import Registry

PROFILES = Path(sources.__file__).parent / "profiles.toml"
VOCABULARY = Path(__file__).parent / "vocabulary"
OVERRIDES_BEFORE = Path(__file__).resolve().parent.parent / "warehouse" / "overrides"
MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")
IN_PROFILES = {"title", "states", "serve_demo", "second_reader", "geocoder"}  # besides the settings
IN_PROCESS = "in_process"


class SettingsError(ValueError):
    """A profile that does not exist, or a value that cannot be; the message says which there are, or what would do."""


@dataclass(frozen=True)
class Settings:
    """One run's settings. `profile` is None where a registry folder was named instead."""

    profile: str | None
    registry_folder: Path
    out: Path
    overrides: Path  # the folder of reviewed decisions; it may not be there yet
    states: frozenset[str] = frozenset()
    serve_demo: bool = False
    fetch: FetchSettings = field(default_factory=FetchSettings)
    archive_at: str | Path | None = (
        None  # an object store ("s3://bucket/archive"), or a folder not below `out`
    )
    policy: Path | None = None  # laid over that of the warehouse
    second_reader: SecondReaderSettings = field(default_factory=SecondReaderSettings)
    geography: Path | None = None  # a folder of Census files, besides those that are packaged
    geocoder: GeocoderSettings = field(default_factory=GeocoderSettings)
    reports: bool = False  # coverage reports of every state after each release
    publish: tuple[str, ...] = ()  # where releases go besides `releases` (`warehouse.targets`)
    lake_data: str | Path | None = None  # where the files of a DuckLake among them lie
    keep_releases: int = 10
    keep_days: int = 0  # releases younger than this are kept, however many
    idle_days: int = 730  # that an archive may have rested before a run doubts its clock
    log_level: str = "WARNING"
    log_format: str = "text"
    webhook: str | None = field(default=None, repr=False)  # where alerts are posted
    smtp: str | None = field(
        default=None, repr=False
    )  # the server that alerts are mailed by, with its password
    mail_to: tuple[str, ...] = ()
    ui: str | None = None  # where people find Dagster's pages
    executor: str = IN_PROCESS  # what runs the steps of a run (`pipeline.flow.executors`)
    workers: int = 2  # shards of the sources, where that is another
    executor_at: str | None = field(
        default=None, repr=False
    )  # of a scheduler or broker, maybe with a password
    site_url: str | None = None  # where the website of a release will stand
    report_to: str = ""  # where its readers report an error
    choices: Choices | None = field(default=None, compare=False, repr=False)  # where each value comes from
    stage_at: Path | None = None  # where not below `out`: what was known at a date of the past

    @classmethod
    def choose(
        cls,
        profile: str | None = None,
        registry: Path | None = None,
        out: Path | None = None,
        geography: Path | None = None,
        environment: Mapping[str, str] | None = None,
        states: Collection[str] = (),
    ) -> Settings:
        """Settings from options and environment (None: the process's own, and `.env`). Raises SettingsError.

        `states` (postal codes) are those of the profile's that are wanted; none: all of them. A part of the states has a
        directory of its own, so that its releases never stand in the place of the whole.
        """
        try:
            return cls._choose(Choices.of(environment), profile, registry, out, geography, states)
        except (ChoiceError, PolicyError, SecondReaderError, GeocoderSettingsError) as error:
            raise SettingsError(str(error)) from None

    @classmethod
    def _choose(
        cls,
        choices: Choices,
        profile: str | None,
        registry: Path | None,
        out: Path | None,
        geography: Path | None,
        states: Collection[str],
    ) -> Settings:
        take = choices.take
        named = take("registry", registry)
        profile = take("profile", profile, None if named else "demo")
        if profile is not None:
            choices.profile, choices.profile_name = _profile(profile, choices.home), profile
        folder = named or take("registry")
        if folder is None:
            raise SettingsError(f"profile {profile} names no registry: add registry = a folder of TOML files")
        name = profile or folder.name
        overrides = take("overrides", default=choices.home / "overrides" / name)
        _refuse_what_was_left(overrides)
        policy_file = take("policy")
        policy_of(policy_file)  # what is wrong with it is told now
        return cls(
            profile=profile,
            registry_folder=folder,
            out=take("out", out, choices.home / "data" / "-".join([name, *sorted(states)])),
            states=_part(states, frozenset(choices.profile.get("states", ()))),
            serve_demo=bool(choices.profile.get("serve_demo", False)),
            fetch=_fetch(choices),
            archive_at=take("archive"),
            overrides=overrides,
            policy=policy_file,
            second_reader=SecondReaderSettings.choose(
                choices.profile.get("second_reader"), choices.environment
            ),
            geography=take("geography", geography),
            geocoder=GeocoderSettings.choose(choices.profile.get("geocoder"), choices.environment),
            publish=take("publish", default=cls.publish),
            lake_data=take("lake_data"),
            reports=take("reports", default=False),
            keep_releases=take("keep_releases", default=cls.keep_releases),
            keep_days=take("keep_days", default=cls.keep_days),
            idle_days=take("idle_days", default=cls.idle_days),
            log_level=_one_of(LEVELS, choices.take("log_level", default=cls.log_level).upper(), "log_level"),
            log_format=_one_of(FORMATS, choices.take("log_format", default=cls.log_format), "log_format"),
            webhook=_address(choices, "webhook", ("http", "https")),
            smtp=_address(choices, "smtp", ("smtp", "smtps")),
            mail_to=_mail_to(choices),
            ui=_address(choices, "ui", ("http", "https")),
            executor=take("executor", default=cls.executor),
            workers=max(1, take("workers", default=cls.workers)),
            executor_at=take("executor_at"),
            site_url=_address(choices, "site_url", ("http", "https")),
            report_to=take("report_to", default=cls.report_to),
            choices=choices,
        )

    @cached_property
    def registry(self) -> Registry:
        """The sources of this run."""
        from sources.registry import (
            load_registry,  # it parses addresses and selectors; a release needs neither
        )

        return load_registry(self.registry_folder).for_states(self.states)

    @property
    def is_at_home(self) -> bool:
        """Whether the profile alone says where the run's directory is."""
        out = self.choices.chosen["out"].origin if self.choices else ""
        return self.profile is not None and out == "default"

    @property
    def log_level_under_dagster(self) -> str:
        """INFO where nobody chose: the user interface keeps lines apart by their level."""
        by_default = self.choices is not None and self.choices.chosen["log_level"].origin == "default"
        return "INFO" if by_default else self.log_level

    @property
    def shards(self) -> int:
        """Steps that share out fetching and reading; 1: one step for all, as on one machine."""
        return 1 if self.executor == IN_PROCESS else self.workers

    @property
    def stage(self) -> Path:
        return self.stage_at or self.out / "stage"

    @property
    def archive(self) -> str | Path:
        if self.archive_at is None:
            return self.out / "archive"
        return self.archive_at

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


def _fetch(choices: Choices) -> FetchSettings:
    default = FetchSettings()
    take = choices.take
    try:
        return replace(
            default,
            user_agent=take("user_agent", default=default.user_agent),
            concurrency=take("concurrency", default=default.concurrency),
            sites_at_once=take("sites_at_once", default=default.sites_at_once),
            per_host_delay_s=take("delay_s", default=default.per_host_delay_s),
            slow_s=take("slow_s", default=default.slow_s),
        )
    except ChoiceError:
        raise
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _part(wanted: Collection[str], of: frozenset[str]) -> frozenset[str]:
    """The wanted states of a profile's (`of`; none: every state). Raises SettingsError for one that is none of them."""
    from sources.states import STATES  # a table that only this option needs

    if missing := sorted(set(wanted) - (of or STATES.keys())):
        which = f"the profile reads {', '.join(sorted(of))}" if of else "give postal codes, such as CT,RI"
        raise SettingsError(f"no state {', '.join(missing)}: {which}")
    return frozenset(wanted) or of


def _refuse_what_was_left(overrides: Path) -> None:
    """Decisions in the folder of version 0.1, which is read no more, are told: a takedown must not stop applying unseen.

    Raises SettingsError.
    """
    for file in sorted(OVERRIDES_BEFORE.glob("*.csv")):
        header, *decisions = file.read_text(encoding="utf-8").splitlines() or [""]
        if any(line.strip() and line != header for line in decisions):
            raise SettingsError(
                f"{file} has decisions that would not apply: move it to {overrides / file.name}"
            )


def _one_of(these: tuple[str, ...], given: str, name: str) -> str:
    if given not in these:
        raise SettingsError(f"{name} {given!r}: choose {', '.join(these)}")
    return given


def _address(choices: Choices, name: str, schemes: tuple[str, ...]) -> str | None:
    """A URL with a host. What is wrong is told without showing it: it may be a secret."""
    url: str | None = choices.take(name)
    if not url:
        return None
    begins = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        is_whole = False
    if not is_whole:
        raise SettingsError(f"{name} must begin with {begins} and name a host")
    return url


def _mail_to(choices: Choices) -> tuple[str, ...]:
    """Addresses, in one line with commas between them; with a server to send by, and none without."""
    addresses = tuple(one.strip() for one in (choices.take("mail_to") or "").split(",") if one.strip())
    if wrong := next((one for one in addresses if not MAIL.fullmatch(one)), None):
        raise SettingsError(f"mail_to: {wrong!r} is no address; write you@example.org, they@example.org")
    if bool(addresses) != bool(choices.chosen["smtp"].value):
        raise SettingsError("smtp and mail_to go together: set both, or neither")
    return addresses


def _profile(name: str, home: Path) -> Mapping[str, Any]:
    """A profile's table; its registry as a whole path. One in the home folder comes before a packaged one of its name."""
    profiles: dict[str, Mapping[str, Any]] = {}
    for file in (PROFILES, home / PROFILES.name):
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{file}: {error}") from None
        for key, table in tables.items():
            own = {"registry": str(file.parent / table["registry"])} if "registry" in table else {}
            profiles[key] = {**table, **own}
    if name not in profiles:
        raise SettingsError(f"no profile {name!r}: choose {', '.join(profiles)}")
    if unknown := sorted(profiles[name].keys() - IN_PROFILES - known().keys()):
        raise SettingsError(f"profile {name}: no setting {unknown[0]!r}: see docs/settings.md")
    return profiles[name]
