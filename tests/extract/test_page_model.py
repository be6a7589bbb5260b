"""The page model: blocks, regions, headings, leads, tables, links, and bounded time on hostile markup."""

from __future__ import annotations

import pytest

from pipeline.extract.parsing.json_ld import parse_json_ld
from pipeline.extract.parsing.page import Block, Kind, Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.html import decode
from pipeline.records import Region


def block(page: Page, words: str) -> Block:
    """The block that holds `words`."""
    return next(b for b in page.blocks if words in b.text)


def path(page: Page, words: str) -> list[str]:
    return [page.blocks[i].text for i in block(page, words).headings]


def test_every_block_is_a_slice_of_the_text() -> None:
    page = read_page("<h1>Our&nbsp;IOP</h1><p>Half\u00ad day<br>care</p><ul><li>One<li>Two</ul>")
    assert [page.text[b.start : b.end] for b in page.blocks] == [b.text for b in page.blocks]
    assert [b.text for b in page.blocks] == ["Our IOP", "Half day\ncare", "One", "Two"]


def test_headings_govern_what_follows_until_their_level_returns() -> None:
    page = read_page("<h1>A</h1><p>a</p><h2>B</h2><p>bb</p><h3>C</h3><p>cc</p><h2>D</h2><p>dd</p>")
    assert path(page, "bb") == ["A", "B"]
    assert path(page, "cc") == ["A", "B", "C"]
    assert path(page, "dd") == ["A", "D"]


def test_a_section_ends_its_heading() -> None:
    page = read_page("<h1>A</h1><section><h2>B</h2><p>bb</p></section><p>after</p>")
    assert path(page, "after") == ["A"]


def test_a_bold_line_is_a_heading_and_bold_words_are_none() -> None:
    page = read_page("<p><b>Evening IOP</b></p><p>three days</p><p>some <b>bold</b> words</p>")
    assert block(page, "Evening IOP").kind is Kind.HEADING
    assert block(page, "some bold").kind is Kind.PARAGRAPH
    assert path(page, "three days") == ["Evening IOP"]


@pytest.mark.parametrize(
    ("markup", "region"),
    [
        ("<nav>x here</nav>", Region.NAV),
        ("<footer>x here</footer>", Region.FOOTER),
        ("<aside>x here</aside>", Region.ASIDE),
        ("<header>x here</header>", Region.HEADER),
        ("<header><h1>Title</h1><p>x here</p></header>", Region.MAIN),
        ("<div class='mega-menu'>x here</div>", Region.NAV),
        ("<div id='cookie-consent'>x here</div>", Region.WIDGET),
        ("<div class='site-footer dark'>x here</div>", Region.FOOTER),
        ("<div role='navigation'>x here</div>", Region.NAV),
        ("<div class='document'>x here</div>", Region.MAIN),
    ],
)
def test_regions(markup: str, region: Region) -> None:
    assert block(read_page(f"<body>{markup}<main>m</main></body>"), "x here").region is region


def test_table_cells_know_their_headers() -> None:
    page = read_page(
        "<table><tr><th></th><th>IOP</th><th>PHP</th></tr><tr><td>Hours</td><td>nine</td><td>thirty</td></tr></table>"
    )
    cell = block(page, "thirty")
    assert [page.blocks[i].text for i in cell.header] == ["PHP", "Hours"]


def test_columns_count_across_spans() -> None:
    page = read_page(
        "<table><tr><th>Mon</th><th>Tue</th><th>Wed</th></tr><tr><td rowspan=2>a1</td><td>b1</td><td>c1</td></tr>"
        "<tr><td>b2</td><td>c2</td></tr></table>"
    )
    assert page.blocks[block(page, "b2").header[0]].text == "Tue"


def test_lists_remember_the_line_before_them() -> None:
    page = read_page("<p>We treat:</p><ul><li>Anxiety</li></ul>")
    assert page.blocks[block(page, "Anxiety").lead or 0].text == "We treat:"


def test_definitions_questions_options_and_logos() -> None:
    page = read_page(
        "<dl><dt>Schedule</dt><dd>3 days</dd></dl><details><summary>How long is it?</summary><p>8 weeks</p></details>"
        "<select><option>Aetna</option></select><img alt='Cigna logo'>"
    )
    assert block(page, "3 days").kind is Kind.DEFINITION
    assert page.blocks[block(page, "3 days").lead or 0].text == "Schedule"
    assert block(page, "8 weeks").kind is Kind.ANSWER
    assert block(page, "Aetna").kind is Kind.OPTION
    assert block(page, "Cigna logo").kind is Kind.IMAGE


def test_links_that_touch_are_not_one_word() -> None:
    page = read_page("<nav><a href='/a'>Anxiety</a><a href='/d'>Depression</a></nav>")
    assert "AnxietyDepression" not in page.text


def test_links_that_call_are_kept_with_the_words_of_the_first_to_each() -> None:
    page = read_page(
        "<a href='/iop'>IOP</a><a href='tel:+16175550100'>call <b>us</b></a><a href='tel:+16175550100'>now</a>"
    )
    assert page.calls == {"tel:+16175550100": "call us"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Café".encode(), "Café"),
        ("Café".encode("latin-1"), "Café"),
        (b"\xef\xbb\xbf" + "Café".encode(), "Café"),
        ("Café".encode("utf-16"), "Café"),
        (b"<meta charset='iso-8859-1'>" + "“é”".encode("cp1252"), "<meta charset='iso-8859-1'>“é”"),
    ],
)
def test_old_encodings(raw: bytes, expected: str) -> None:
    assert decode(raw)[0] == expected


@pytest.mark.parametrize(
    "raw",
    [
        '{"@type": "MedicalClinic", "name": "Harbor",}',
        '<!--\n{"@type": "MedicalClinic", "name": "Harbor"}\n-->',
        '{"@graph": [{"@type": "MedicalClinic", "name": "Harbor"}]}',
        '{"@type": "MedicalClinic", "name": "Har\tbor"}',
    ],
)
def test_json_ld_is_read_leniently(raw: str) -> None:
    nodes = parse_json_ld(raw)
    assert nodes and nodes[0]["@type"] == "MedicalClinic"


def test_broken_json_ld_is_counted() -> None:
    page = read_page("<script type='application/ld+json'>{nonsense</script><p>x</p>")
    assert page.json_ld_errors == 1 and page.json_ld == []


def test_microdata() -> None:
    page = read_page(
        "<div itemscope itemtype='https://schema.org/PostalAddress'><span itemprop='addressLocality'>Salem</span></div>"
    )
    assert page.microdata == [{"@type": "PostalAddress", "addressLocality": "Salem"}]


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 5_000 + "deep words" + "</div>" * 5_000,
        "<p " + " ".join(f"a{i}=1" for i in range(200_000)) + ">wide words",
        "<p>words " * 40_000,
        "<table><tr><td>" * 2_000 + "nested words",
        "<" * 100_000 + " sharp words",
        "words " * 400_000,
    ],
)
def test_hostile_markup_is_cut_and_said(markup: str) -> None:
    page = read_page(markup)
    assert len(page.text) <= 350_000
    assert page.meta.get("limits") or "words" in page.text


def test_an_empty_page_has_no_blocks() -> None:
    for markup in ("", "   ", "<html></html>", "\x00"):
        assert read_page(markup).blocks == []


def test_plain_text_is_kept_as_it_is() -> None:
    text = "  Evening IOP\r\n\r\nThree days a week.\n- Anxiety\n- Depression\n"
    page = read_text(text)
    assert page.text == text
    assert [(b.kind, b.text) for b in page.blocks] == [
        (Kind.HEADING, "Evening IOP"),
        (Kind.PARAGRAPH, "Three days a week."),
        (Kind.ITEM, "Anxiety"),
        (Kind.ITEM, "Depression"),
    ]
    assert all(text[b.start : b.end] == b.text for b in page.blocks)
