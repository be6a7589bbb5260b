"""Options come before the environment, and the environment before the profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import Settings, SettingsError


def test_the_demo_is_the_default() -> None:
    settings = Settings.choose(environment={})
    assert (settings.profile, settings.serve_demo) == ("demo", True)
    assert settings.out == Path("data/demo").resolve()


def test_a_profile_names_its_states() -> None:
    settings = Settings.choose(profile="massachusetts", environment={})
    assert settings.states == {"MA"}
    assert all(source.state in (None, "MA") for source in settings.registry.sources)


def test_some_states_of_a_profile_have_a_directory_of_their_own() -> None:
    some = Settings.choose(profile="us", environment={}, states=["RI", "CT"])
    assert (some.states, some.out.name) == ({"CT", "RI"}, "us-CT-RI")
    read = {source.state for source in some.registry.sources}
    assert None in read and read <= {None, "CT", "RI"}
    assert Settings.choose(profile="us", environment={}).out.name == "us"


@pytest.mark.parametrize(("profile", "words"), [("massachusetts", "reads MA"), ("us", "such as CT,RI")])
def test_a_state_that_the_profile_does_not_read_is_told(profile: str, words: str) -> None:
    wrong = "CT" if profile == "massachusetts" else "XX"
    with pytest.raises(SettingsError, match=f"no state {wrong}: .*{words}"):
        Settings.choose(profile=profile, environment={}, states=[wrong])


def test_a_registry_folder_reads_every_state(tmp_path: Path) -> None:
    settings = Settings.choose(registry=tmp_path, environment={})
    assert (settings.profile, settings.states, settings.out.name) == (None, frozenset(), tmp_path.name)


def test_the_environment_is_heard_and_options_win(tmp_path: Path) -> None:
    environment = {
        "IOP_PROFILE": "us",
        "IOP_OUT": str(tmp_path),
        "IOP_USER_AGENT": "mine/2 (+https://x.example)",
    }
    settings = Settings.choose(environment=environment)
    assert (settings.profile, settings.out) == ("us", tmp_path.resolve())
    assert settings.fetch.user_agent == environment["IOP_USER_AGENT"]
    assert Settings.choose(profile="demo", environment=environment).profile == "demo"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"profile": "mars"}, "massachusetts"),
        ({"registry": Path("/no/such")}, "registry: there is no folder /no/such"),
    ],
)
def test_what_does_not_exist_is_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Settings.choose(environment={}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["s3://bucket/archive", "/srv/archive"])
def test_the_archive_may_be_elsewhere(tmp_path: Path, place: str) -> None:
    settings = Settings.choose(out=tmp_path, environment={"IOP_ARCHIVE": place})
    assert str(settings.archive) == place
    assert Settings.choose(out=tmp_path, environment={}).archive == tmp_path / "archive"


def test_census_files_come_from_a_folder_where_one_is_named(tmp_path: Path) -> None:
    environment = {"IOP_GEOGRAPHY": str(tmp_path)}
    assert Settings.choose(environment={}).geography is None
    assert Settings.choose(environment=environment).geography == tmp_path.resolve()
    named = tmp_path / "census"
    named.mkdir()
    assert Settings.choose(geography=named, environment=environment).geography == named.resolve()
    with pytest.raises(SettingsError, match=r"IOP_GEOGRAPHY \(environment\): there is no folder .*nowhere"):
        Settings.choose(environment={"IOP_GEOGRAPHY": str(tmp_path / "nowhere")})


def test_paths_start_at_home_not_where_the_process_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere, home / "mine"):
        folder.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = Settings.choose(environment={"DAGSTER_HOME": str(home), "IOP_ARCHIVE": "kept"})
    assert (settings.out, settings.archive) == (home / "data" / "demo", home / "kept")
    assert settings.overrides == home / "overrides" / "demo"
    settings = Settings.choose(
        environment={"IOP_HOME": str(home), "DAGSTER_HOME": "/", "IOP_REGISTRY": "mine"}
    )
    assert (settings.registry_folder, settings.out) == (home / "mine", home / "data" / "mine")
    assert Settings.choose(out=Path("here"), environment={"IOP_HOME": str(home)}).out == elsewhere / "here"


def test_the_file_env_is_below_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("IOP_KEEP_DAYS=5\nIOP_KEEP_RELEASES=6\n")
    monkeypatch.setenv("IOP_HOME", str(tmp_path))
    monkeypatch.setenv("IOP_KEEP_RELEASES", "7")
    settings = Settings.choose("demo")
    assert (settings.keep_days, settings.keep_releases) == (5, 7)


def test_a_profile_of_ones_own_says_no_more_than_there_is(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text('[ours]\nregistry = "."\nkept = 1\n')
    with pytest.raises(SettingsError, match="profile ours: no setting 'kept'"):
        Settings.choose("ours", environment={"IOP_HOME": str(tmp_path)})


def test_a_takedown_in_the_folder_of_before_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.settings.OVERRIDES_BEFORE", tmp_path)
    (tmp_path / "takedown.csv").write_text("id,who,when,why\n", encoding="utf-8")
    assert Settings.choose(environment={}).profile == "demo"
    (tmp_path / "takedown.csv").write_text("id,who,when,why\norg_1,me,2026-01-01,asked\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"takedown\.csv has decisions that would not apply: move it to"):
        Settings.choose(environment={})
