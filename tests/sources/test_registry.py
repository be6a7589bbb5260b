"""The registry: what is well declared loads, what is not is told with file, key and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources.kinds import KINDS
from sources.registry import REGISTRY, load_registry, missing_files


def write(folder: Path, text: str, name: str = "some.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_source_with_all_keys(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        [harbor_light]
        kind = "provider_site"
        title = "Harbor Light Recovery"
        url = "https://harborlight.example/"
        entry = ["/iop"]
        state = "MA"
        cadence = "2w"
        max_pages = 5
        """,
    )
    registry = load_registry(tmp_path)
    assert not registry.problems
    source = registry["harbor_light"]
    assert (source.kind, source.cadence_days, source.entry, source.max_pages) == (
        KINDS["provider_site"],
        14,
        ("/iop",),
        5,
    )


def test_only_a_title_that_was_given_is_the_name_of_an_operator(tmp_path: Path) -> None:
    site = '[{}]\nkind = "provider_site"\nurl = "https://{}.example/"\n'
    write(tmp_path, site.format("north_elm", "north") + site.format("elm", "elm") + 'title = "Elm House"\n')
    registry = load_registry(tmp_path)
    assert (registry["elm"].operator, registry["north_elm"].operator) == ("Elm House", None)
    assert registry["north_elm"].title == "north elm"


def test_a_local_file_is_relative_to_its_toml(tmp_path: Path) -> None:
    write(tmp_path, '[d]\nkind = "samhsa_directory"\npath = "su.xlsx"\npublished = 2023-06-01\n')
    source = load_registry(tmp_path)["d"]
    assert source.path == (tmp_path / "su.xlsx").resolve()
    assert source.published == date(2023, 6, 1)


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ('kind = "provider_sight"\nurl = "https://a.example"', "a.kind", "provider_site"),
        ('url = "https://a.example"', "a.kind", "provider_site"),
        ('kind = "provider_site"', "a.url", "either a url or a path"),
        ('kind = "provider_site"\nurl = "https://a.example"\npath = "x"', "a.url", "either"),
        ('kind = "provider_site"\nurl = "ftp://a.example"', "a.url", "http"),
        ('kind = "provider_site"\nurl = "https://a.example"\nentri = []', "a.entri", "entry"),
        ('kind = "provider_site"\nurl = "https://a.example"\nstate = "Mass"', "a.state", "postal code"),
        ('kind = "provider_site"\nurl = "https://a.example"\ncadence = "weekly"', "a.cadence", "7d"),
        (
            'kind = "provider_site"\nurl = "https://a.example"\nmax_pages = "many"',
            "a.max_pages",
            "max_pages = 25",
        ),
        (
            'kind = "provider_site"\nurl = "https://a.example"\nmax_pages = true',
            "a.max_pages",
            "max_pages = 25",
        ),
        ('kind = "provider_site"\nurl = "https://a.example"\nmax_pages = 0', "a.max_pages", "1 to 1000"),
        ('kind = "provider_site"\nurl = "https://a.example"\nentry = [1]', "a.entry", "not text"),
        ('kind = "provider_site"\nurl = "https://a.example"\nkeep = ["main >> ["]', "a.keep", "CSS selector"),
        ('kind = "provider_site"\nurl = "https://a.example"\ndrop = [3]', "a.drop", "not text"),
        ('kind = "provider_site"\nurl = "https://a.example:port/"', "a.url", "http"),
        ('kind = "provider_site"\nurl = "http://10.0.0.1/"', "a.url", "public"),
        ('kind = "provider_site"\nurl = "http://localhost/"', "a.url", "public"),
        ('kind = "provider_site"\nurl = "https://a.example"\ncadence = "0d"', "a.cadence", "7d"),
        (
            'kind = "provider_site"\nurl = "https://a.example"\nentry = ["https://b.example/iop"]',
            "a.entry",
            "no page of https://a.example",
        ),
        (
            'kind = "provider_site"\nurl = "https://a.example"\nentry = ["ftp://a.example/"]',
            "a.entry",
            "no page",
        ),
        ('kind = "license_list"\nurl = "https://a.example"', "a.columns", "column mapping"),
        ('kind = "license_list"\nurl = "https://a.example"\ncolumns = {nam = "N"}', "a.columns", "name"),
        (
            'kind = "license_list"\nurl = "https://a.example"\ncolumns = {name1 = "N", zipp = "Z"}',
            "a.columns.zipp",
            "zip",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, table: str, key: str, words: str) -> None:
    write(tmp_path, f'[a]\n{table}\n\n[b]\nkind = "provider_site"\nurl = "https://b.example/"\n')
    registry = load_registry(tmp_path)
    assert [s.id for s in registry.sources] == ["b"], "a bad table never stops the others"
    problem = registry.problems[0]
    assert (problem.file, problem.key) == ("some.toml", key)
    assert words in str(problem)


def test_a_file_that_is_no_toml_stops_only_itself(tmp_path: Path) -> None:
    write(tmp_path, "[a\n", "bad.toml")
    write(tmp_path, '[b]\nkind = "provider_site"\nurl = "https://b.example/"\n', "good.toml")
    registry = load_registry(tmp_path)
    assert [s.id for s in registry.sources] == ["b"]
    assert registry.problems[0].file == "bad.toml"


def test_duplicates_are_reported(tmp_path: Path) -> None:
    table = '[{}]\nkind = "provider_site"\nurl = "https://{}a.example/"\n'
    write(tmp_path, table.format("one", "") + table.format("two", "www."), "x.toml")
    assert "same place as one" in str(load_registry(tmp_path).problems[0])
    write(tmp_path, table.format("one", "b."), "y.toml")
    assert any("declared in x.toml too" in str(p) for p in load_registry(tmp_path).problems)


@pytest.mark.parametrize(
    "url",
    ["http://www.a.example/index.html", "https://A.example:443/?utm_source=x", "https://a.example/#top"],
)
def test_one_place_in_other_spellings_is_a_duplicate(tmp_path: Path, url: str) -> None:
    table = '[{}]\nkind = "provider_site"\nurl = "{}"\n'
    write(tmp_path, table.format("one", "https://a.example/") + table.format("two", url))
    assert "same place as one" in str(load_registry(tmp_path).problems[0])


def test_an_entry_may_be_on_a_subdomain_and_loopback_where_it_is_allowed(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[a]\nkind = "provider_site"\nurl = "https://a.example/"\nentry = ["https://iop.a.example/", "x"]\n'
        '[b]\nkind = "provider_site"\nurl = "http://127.0.0.1:8000/"\nallow_loopback = true\n',
    )
    assert not load_registry(tmp_path).problems


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    write(tmp_path, '[d]\nkind = "samhsa_directory"\npath = "su.xlsx"\n')
    (problem,) = missing_files(load_registry(tmp_path))
    assert (problem.key, "su.xlsx" in problem.message) == ("d.path", True)


def test_an_unknown_id_suggests_the_near_one(tmp_path: Path) -> None:
    write(tmp_path, '[harbor]\nkind = "provider_site"\nurl = "https://b.example/"\n')
    with pytest.raises(KeyError, match="did you mean harbor"):
        load_registry(tmp_path)["harbour"]


def test_a_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="folder of TOML files"):
        load_registry(tmp_path / "nowhere")


def test_states_keep_the_national_sources(tmp_path: Path) -> None:
    table = '[{0}]\nkind = "provider_site"\nurl = "https://{0}.example/"\n{1}\n'
    write(
        tmp_path,
        table.format("ma", 'state = "MA"') + table.format("ny", 'state = "NY"') + table.format("us", ""),
    )
    assert [s.id for s in load_registry(tmp_path).for_states({"MA"}).sources] == ["ma", "us"]


def test_the_registry_that_we_ship_is_sound() -> None:
    registry = load_registry(REGISTRY)
    assert not registry.problems
    assert {s.kind for s in registry.sources} >= {
        KINDS["provider_site"],
        KINDS["samhsa_directory"],
        KINDS["findtreatment"],
    }
