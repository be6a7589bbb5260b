"""A site as files: what its pages say and do not say, where their links lead, and how it is written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from site_world import BASE, CLOSING, SCRIPT
from warehouse_world import ask

from warehouse.exports.errors import ExportError
from warehouse.site import build
from warehouse.site.build import write_site
from warehouse.site.lists import areas_of
from warehouse.site.options import SiteOptions
from warehouse.site.sitemap import write_sitemap
from warehouse.site.words import FOLDER, LANGUAGES, strings

SCHEMES = {"http", "https", "tel", "sms", "mailto"}


def pages(site: Path) -> Iterator[tuple[Path, BeautifulSoup]]:
    for file in sorted(site.rglob("*.html")):
        yield file, BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")


def program(site: Path, name: str, language: str = "en") -> BeautifulSoup:
    (file,) = site.glob(f"{language}/p/*/svc_{name}.html")
    return BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")


def fact(page: BeautifulSoup, title: str) -> str:
    (found,) = (one for one in page.select(".fact") if one.h4 and one.h4.get_text() == title)
    return found.get_text(" ", strip=True)


def test_every_program_has_a_page_in_each_language(site: Path, release: Path) -> None:
    ids = {id for (id,) in ask(release, "SELECT service_id FROM directory")}
    assert len(ids) > 15
    for language in LANGUAGES:
        found = {file.stem for file in site.glob(f"{language}/p/*/*.html")}
        assert found == ids | {"svc_0ldone"}


def test_every_link_leads_somewhere_and_nowhere_else(site: Path) -> None:
    anchors = {file: {one["id"] for one in page.select("[id]")} for file, page in pages(site)}
    followed = 0
    for file, page in pages(site):
        for element in page.select("[href], [src]"):
            address = urlsplit(str(element.get("href") or element.get("src")))
            home = next((one for one in (f"{BASE}/", "/find/") if address.geturl().startswith(one)), "")
            if home:
                address = urlsplit("/" + address.geturl().removeprefix(home))
            if address.scheme:
                assert address.scheme in SCHEMES or element.get("rel") == ["icon"], element
                continue
            path = unquote(address.path)
            target = (
                (site / path.lstrip("/") if path.startswith("/") else file.parent / path).resolve()
                if path
                else file
            )
            assert target.is_file(), (file, element)
            assert not address.fragment or address.fragment in anchors[target], (file, element)
            followed += 1
    assert followed > 500


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for file, page in pages(site):
        policy = page.select_one("meta[http-equiv=Content-Security-Policy]")
        assert policy and "default-src 'none'" in str(policy["content"]), file
        loaded = [
            str(one.get("src") or one.get("href"))
            for one in page.select("script[src], img, image, link[rel=stylesheet]")
        ]
        assert not [url for url in loaded if "//" in url]
    assert not [f for f in site.glob("assets/*") if re.search(r"https?://(?!www\.w3\.org)", f.read_text())]


def test_words_of_others_stay_words(site: Path) -> None:
    text = next(site.glob("en/p/*/svc_hostile_iop.html")).read_text(encoding="utf-8")
    page = program(site, "hostile_iop")
    assert page.h1 and page.h1.get_text() == CLOSING
    assert SCRIPT in page.get_text()
    assert "<b onmouseover=alert(3)>trauma</b>" in fact(page, "Conditions treated")
    assert not page.select("img, b[onmouseover], script:not([type='application/ld+json'])")
    assert "javascript:" not in "".join(str(one["href"]) for one in page.select("[href]"))
    assert text.count("</script>") == 1
    (data,) = page.select("script")
    assert json.loads(data.get_text())["parentOrganization"]["name"] == SCRIPT
    listed = (site / "en" / "in" / "ma" / "worcester.html").read_text(encoding="utf-8")
    assert "&lt;/script&gt;&lt;img" in listed and CLOSING not in listed


def test_a_fact_has_its_words_its_source_and_its_date(site: Path) -> None:
    page = program(site, "000a")
    said = fact(page, "Conditions treated")
    assert "We treat PTSD." in said and "Mar 1, 2026" in said
    (link,) = (one for one in page.select(".evidence li") if "We treat PTSD." in one.get_text())
    source = page.select_one(str(link.a["href"]))  # type: ignore[index]
    assert source and source.a and source.a["href"] == "https://site_000.example/"
    assert "Mon, Wed, Thu, 6:00 pm – 9:00 pm" in fact(page, "Sessions")


def test_every_chosen_claim_of_a_program_is_on_its_page(site: Path, release: Path) -> None:
    told = {"en": strings("en"), "es": strings("es")}
    for service, field, title in ask(
        release,
        """SELECT entity_id, field, label FROM claim JOIN vocabulary_label ON vocabulary = 'fields' AND code = field AND language = 'en'
        WHERE entity_type = 'service' AND chosen""",
    ):
        assert fact(program(site, service.removeprefix("svc_")), title), (service, field)
    assert told["en"].keys() == told["es"].keys()


def test_what_is_not_stated_is_named_and_is_no_no(site: Path) -> None:
    page = program(site, "teen_iop")
    missing = page.select_one(".missing")
    assert missing
    answer = missing.dt
    assert answer and answer.get_text().startswith("Not stated")
    assert "Languages" in missing.get_text() and "Ages" not in missing.get_text()
    listed = program(site, "000b")  # only a list has it
    words = listed.select_one(".missing")
    assert words and "Not asked" in words.get_text() and "Sessions" in words.get_text()
    assert "file:" not in str(listed) and "no page to open" in listed.get_text()


def test_an_old_row_says_its_date(site: Path) -> None:
    banner = program(site, "old_iop").select_one(".fresh")
    assert banner and "Oct 18, 2024" in banner.get_text() and "expired" in banner["class"]
    assert "18 oct 2024" in program(site, "old_iop", "es").get_text()
    fresh = program(site, "teen_iop").select_one(".fresh")
    assert fresh and "Mar 2, 2026" in fresh.get_text()


def test_the_crisis_line_is_on_every_page(site: Path) -> None:
    for file, page in pages(site):
        if page.select_one("meta[http-equiv=refresh]") is None:
            assert page.select('a[href="tel:988"]'), file


def test_an_error_is_reported_by_its_id(site: Path) -> None:
    (link,) = program(site, "teen_iop").select(".report a")
    assert str(link["href"]).startswith("mailto:errors@programs.example?subject=")
    assert str(link["href"]).endswith("svc_teen_iop")
    assert (
        SiteOptions(report_to="https://x.example/r?id={id}").report_link("svc_1/", "")
        == "https://x.example/r?id=svc_1%2F"
    )
    for wrong in ("https://x.example/no-id", "javascript:alert({id})", "a@b.example?cc=c@d.example"):
        with pytest.raises(ExportError):
            SiteOptions(report_to=wrong)


def test_a_merged_id_leads_to_the_one_that_stands_for_it(site: Path) -> None:
    page = program(site, "0ldone", "es")
    refresh, canonical = page.select_one("meta[http-equiv=refresh]"), page.select_one("link[rel=canonical]")
    assert refresh and refresh["content"] == "0; url=../../p/00/svc_000a.html"
    assert canonical and canonical["href"] == f"{BASE}/es/p/00/svc_000a.html"


def test_structured_data_says_what_is_stated_and_no_more(site: Path) -> None:
    found = json.loads(str(program(site, "teen_iop").select_one("script").string))  # type: ignore[union-attr]
    service = found["makesOffer"]["itemOffered"]
    assert (found["@type"], found["url"]) == ("MedicalClinic", f"{BASE}/en/p/te/svc_teen_iop.html")
    ages = {name: service["audience"][name] for name in ("suggestedMinAge", "suggestedMaxAge")}
    assert ages == {"suggestedMinAge": 13, "suggestedMaxAge": 17}
    (hours,) = service["hoursAvailable"]
    assert (hours["opens"], hours["closes"]) == ("17:00", "20:00")
    assert hours["dayOfWeek"] == ["https://schema.org/Monday", "https://schema.org/Wednesday"]
    assert "isAcceptingNewPatients" not in found and "geo" not in found
    virtual = json.loads(str(program(site, "virtual_iop").select_one("script").string))  # type: ignore[union-attr]
    assert virtual["@type"] == "MedicalOrganization" and "address" not in virtual
    assert [one["name"] for one in virtual["makesOffer"]["itemOffered"]["areaServed"]] == ["MA", "NH"]


def test_lists_lead_from_the_start_to_every_program(site: Path) -> None:
    """Without JavaScript: from the first page by links alone."""
    for language in LANGUAGES:
        todo, seen = [(site / language / "index.html").resolve()], set()
        while todo:
            file = todo.pop()
            if file not in seen:
                seen.add(file)
                links = BeautifulSoup(file.read_text(encoding="utf-8"), "lxml").select("main a[href]")
                paths = (str(link["href"]).partition("#")[0] for link in links)
                todo += [
                    (file.parent / path).resolve() for path in paths if path and not urlsplit(path).scheme
                ]
        assert {f for f in site.resolve().glob(f"{language}/p/*/*.html") if f.stem != "svc_0ldone"} <= seen


def test_a_program_in_two_states_is_listed_in_both(site: Path, release: Path) -> None:
    assert ask(release, "SELECT count(*) FROM directory WHERE service_id = 'svc_two_iop'") == [(2,)]
    for state, county in (("ma", "worcester"), ("nh", "hillsborough")):
        listed = (site / "en" / "in" / state / f"{county}.html").read_text(encoding="utf-8")
        assert listed.count("svc_two_iop") == 1
    page = program(site, "two_iop")
    assert "9 Elm St" in page.select_one(".contact").get_text()  # type: ignore[union-attr]
    assert "5 Oak St, Manchester" in page.get_text()


def test_places_of_one_spelling_keep_pages_and_anchors_apart() -> None:
    row = {"county": "St. Louis", "city": "St Louis", "level_of_care": "iop", "service_name": "A", "organization_name": None, "street": None,
           "freshness": "fresh", "last_verified": None}  # fmt: skip
    rows = [row | {"service_id": "svc_1"}, row | {"service_id": "svc_2", "city": "St. Louis"}, row | {"service_id": "svc_3", "county": "St Louis"},
            row | {"service_id": "svc_4", "county": "Index"}, row | {"service_id": "svc_5", "county": None}]  # fmt: skip
    areas = areas_of(rows)
    assert [(area.name, area.slug, area.count) for area in areas] == [
        ("Index", "index-2", 1), ("St Louis", "st-louis", 1), ("St. Louis", "st-louis-2", 2), ("", "unknown", 1)]  # fmt: skip
    assert [town.slug for town in areas[2].towns] == ["t-st-louis", "t-st-louis-2"]


def test_languages_say_the_same_things() -> None:
    def filled(found: Mapping[str, object], before: str = "") -> dict[str, object]:
        flat: dict[str, object] = {}
        for key, value in found.items():
            if isinstance(value, dict):
                flat |= filled(value, f"{before}{key}.")
            else:
                flat[before + key] = (
                    len(value) if isinstance(value, list) else set(re.findall(r"{\w+}", str(value)))
                )
        return flat

    assert filled(strings("en")) == filled(strings("es"))
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(LANGUAGES)
    assert len(tomllib.loads((FOLDER / "es.toml").read_text(encoding="utf-8"))) > 10


def test_no_code_and_no_hole_is_left_on_a_page(site: Path) -> None:
    for file, page in pages(site):
        for hidden in page.select("script, code, a[href^=mailto], .sources, .evidence"):
            hidden.extract()
        text = page.get_text(" ")
        assert not re.search(r"\{\w+\}|\b[a-z]+_[a-z]+\b|None|null", text.replace("virtual_iop", "")), (
            file,
            text,
        )


def test_sitemap_names_every_page_in_full(site: Path, tmp_path: Path, release: Path) -> None:
    index = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert re.findall("<loc>(.*?)</loc>", index) == [f"{BASE}/sitemap-1.xml"]
    found = re.findall("<loc>(.*?)</loc>", (site / "sitemap-1.xml").read_text(encoding="utf-8"))
    here = {
        f"{BASE}/{file.relative_to(site).as_posix()}"
        for language in LANGUAGES
        for file in (site / language).rglob("*.html")
    }
    assert set(found) == {url for url in here if "svc_0ldone" not in url}
    assert f"Sitemap: {BASE}/sitemap.xml" in (site / "robots.txt").read_text()
    write_site(release, tmp_path / "bare", SiteOptions())
    assert not (tmp_path / "bare" / "sitemap.xml").exists()
    assert "Sitemap" not in (tmp_path / "bare" / "robots.txt").read_text()


def test_a_sitemap_has_parts(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put: dict[str, str] = {}

    class Here:
        options = SiteOptions(BASE)
        built_on = __import__("datetime").datetime(2026, 3, 2)

        def put(self, path: str, text: str) -> None:
            put[path] = text

    write_sitemap(Here(), [f"en/{n}.html" for n in range(7)], most=3)  # type: ignore[arg-type]
    assert [text.count("<url>") for path, text in sorted(put.items()) if "-" in path] == [3, 3, 1]
    assert put["sitemap.xml"].count("<sitemap>") == 3


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def test_the_same_release_gives_the_same_bytes_in_place_of_the_old(
    site: Path, release: Path, tmp_path: Path
) -> None:
    to = tmp_path / "www"
    write_site(release, to, SiteOptions(states=("NH",)))
    nh = content(to)
    assert 0 < len(nh) < len(content(site))
    assert not [name for name in nh if "svc_000a" in name] and [name for name in nh if "svc_003a" in name]
    assert [name for name in nh if "svc_virtual_iop" in name], "it serves New Hampshire"
    write_site(release, to, SiteOptions(BASE, "errors@programs.example"))
    assert content(to) == content(site)


def test_other_folders_and_old_sites_are_left_alone(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ExportError, match="something else"):
        write_site(release, tmp_path / "mine", SiteOptions())
    to = tmp_path / "www"
    write_site(release, to, SiteOptions(states=("NH",)))
    before = content(to)

    def fails(*_: object) -> int:
        raise ExportError("no")

    monkeypatch.setattr(build, "write_search_files", fails)
    with pytest.raises(ExportError, match="no"):
        write_site(release, to, SiteOptions())
    assert content(to) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "www"]
