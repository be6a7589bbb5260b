"""Payers by sentence, by heading, by list; what is refused, asked or said in general is no fact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.facts.payers import find_payers
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion, Observation

IN, ACC, OON, NO = "in_network", "accepts", "out_of_network", "not_accepted"


def facts(page: Page) -> set[tuple[str, str | None]]:
    return {
        (o.value, o.qualifier) for o in find_payers(PageContext.of(page)) if o.assertion is Assertion.AFFIRMED
    }


def refused(page: Page) -> set[str]:
    return {o.value for o in find_payers(PageContext.of(page)) if o.assertion is Assertion.NEGATED}


SENTENCES: list[tuple[str, set[tuple[str, str | None]], set[str]]] = [
    ("We accept Aetna and Cigna.", {("aetna", ACC), ("cigna", ACC)}, set()),
    (
        "We do not accept Medicaid or Medicare, but are in-network with Aetna.",
        {("aetna", IN)},
        {"medicaid", "medicare"},
    ),
    (
        "We accept Tufts Health Together and MassHealth ACO plans.",
        {("tufts_together", ACC), ("masshealth_aco", ACC)},
        set(),
    ),
    ("We accept Tufts Health Plan.", {("tufts", ACC)}, set()),
    ("We accept Aetna Better Health.", {("aetna", ACC), ("medicaid", ACC)}, set()),
    ("We accept Medi-Cal.", {("medi_cal", ACC)}, set()),
    ("All services are free of charge.", {("free", ACC)}, set()),
    ("We are in-network with Aetna but we do not accept MassHealth.", {("aetna", IN)}, {"masshealth"}),
    ("MassHealth is accepted.", {("masshealth", ACC)}, set()),
    ("Medicare and Medicaid are not accepted at this time.", set(), {"medicare", "medicaid"}),
    (
        "Every kind of MassHealth and most private insurance plans are accepted.",
        {("masshealth", ACC), ("private", ACC)},
        set(),
    ),
    (
        "We take most major insurance plans, including Tricare (we don't accept Medicaid).",
        {("private", ACC), ("tricare", ACC)},
        {"medicaid"},
    ),
    ("In-network with most major insurance carriers.", {("private", IN)}, set()),
    (
        "Our program is out-of-network with all commercial insurance.",
        {("private", OON), ("out_of_network", ACC)},
        set(),
    ),
    (
        "Riverbend is contracted with Tufts Health Plan, Fallon Health and WellSense.",
        {("tufts", IN), ("fallon", IN), ("wellsense", IN)},
        set(),
    ),
    ("We are currently not in-network with Harvard Pilgrim.", set(), {"harvard_pilgrim"}),
    (
        "Payment options include self-pay and a sliding scale.",
        {("self_pay", ACC), ("sliding_scale", ACC)},
        set(),
    ),
    ("We do not offer a sliding scale.", set(), {"sliding_scale"}),
    (
        "Blue Cross Blue Shield (in-network), Aetna (out-of-network)",
        {("bcbs", IN), ("aetna", OON), ("out_of_network", ACC)},
        set(),
    ),
    ("All commercial insurances accepted except Humana.", {("private", ACC)}, {"humana"}),
    ("We accept all major insurance with the exception of Tricare.", {("private", ACC)}, {"tricare"}),
    (
        "Accepted insurance: Aetna, BCBS, Cigna, UnitedHealthcare, Optum",
        {("aetna", ACC), ("bcbs", ACC), ("cigna", ACC), ("united", ACC), ("private", ACC)},
        set(),
    ),
    ("Our IOP is covered by MassHealth and MBHP.", {("masshealth", ACC), ("mbhp", ACC)}, set()),
    ("We no longer accept Medicare.", set(), {"medicare"}),
    ("We are unable to bill Medicaid.", set(), {"medicaid"}),
    ("We can't accept Medicare Advantage plans.", set(), {"medicare_advantage"}),
    (
        "Maple Grove takes most commercial and Ohio Medicaid plans.",
        {("private", ACC), ("medicaid", ACC)},
        set(),
    ),
    (
        "We work with Carelon and Magellan as well as Optum.",
        {("carelon", ACC), ("magellan", ACC), ("united", ACC)},
        set(),
    ),
    ("Insurance is not required: private pay is welcome.", {("self_pay", ACC)}, set()),
    ("We accept Kaiser Permanente with a referral.", {("kaiser", ACC)}, set()),
    ("Aetna and Cigna are in-network.", {("aetna", IN), ("cigna", IN)}, set()),
    ("We bill Anthem directly.", {("anthem", ACC)}, set()),
    ("We accept Aetna; Medicaid is not accepted.", {("aetna", ACC)}, {"medicaid"}),
    ("While we do not take Medicaid, most commercial plans are accepted.", {("private", ACC)}, {"medicaid"}),
    (
        "We are proud to be a participating provider with Mass General Brigham Health Plan.",
        {("mgb_health_plan", IN)},
        set(),
    ),
    ("We're an in-network provider for Point32Health.", {("harvard_pilgrim", IN)}, set()),
    ("Aceptamos MassHealth y Medicare.", {("masshealth", ACC), ("medicare", ACC)}, set()),
    ("No aceptamos Medicaid.", set(), {"medicaid"}),
    ("We accept TRICARE through TriWest.", {("tricare", ACC), ("va", ACC)}, set()),
    ("We provide a superbill for clients who wish to seek reimbursement.", {("out_of_network", ACC)}, set()),
    ("We are not MassHealth providers.", set(), {"masshealth"}),
    (
        "Groups meet daily. Private insurance; self-pay; Medicaid; Tricare.",
        {("private", ACC), ("self_pay", ACC), ("medicaid", ACC), ("tricare", ACC)},
        set(),
    ),
    ("Neither Medicare nor Medicaid is accepted.", set(), {"medicare", "medicaid"}),
    ("We accept neither Medicare nor Medicaid.", set(), {"medicare", "medicaid"}),
    ("We are in network with: Cigna | Aetna | Humana", {("cigna", IN), ("aetna", IN), ("humana", IN)}, set()),
    ("Unlike programs that take only private insurance, we accept MassHealth.", {("masshealth", ACC)}, set()),
    (
        "We don't currently accept HUSKY or Medicare; we do accept Anthem and Aetna.",
        {("anthem", ACC), ("aetna", ACC)},
        {"husky", "medicare"},
    ),
    ("We are a private-pay practice and do not accept insurance.", {("self_pay", ACC)}, {"private"}),
    ("Most PPO plans accepted.", {("private", ACC)}, set()),
    ("Financial assistance is available for those who qualify.", {("financial_assistance", ACC)}, set()),
    ("We accept most insurance plans and have cash-pay rates.", {("private", ACC), ("self_pay", ACC)}, set()),
    (
        "Our team works with these carriers on an out-of-network basis: Cigna and Aetna.",
        {("cigna", OON), ("aetna", OON), ("out_of_network", ACC)},
        set(),
    ),
    (
        "Desert Bloom accepts out-of-network coverage from most plans (Aetna, Cigna), and is in-network with TRICARE.",
        {("aetna", OON), ("cigna", OON), ("tricare", IN), ("private", OON), ("out_of_network", ACC)},
        set(),
    ),
]


@pytest.mark.parametrize(("text", "expected", "negated"), SENTENCES, ids=[row[0][:50] for row in SENTENCES])
def test_sentences(text: str, expected: set[tuple[str, str | None]], negated: set[str]) -> None:
    page = read_text(text)
    assert facts(page) == expected
    assert refused(page) == negated


NO_FACT = [
    "Medicaid covers IOP in many states.",
    "Most insurance plans typically cover some form of treatment.",
    "Does Cigna cover rehab?",
    "Do you accept Medicaid?",
    "Many programs accept commercial insurance and MassHealth.",
    "Verify your insurance today.",
    "Coverage depends on your specific plan.",
    "The office is in Richmond, VA.",
    "She trained at Tufts Medical Center before joining us.",
    "He is a graduate of Tufts University.",
    "Our office in Anthem, Arizona opened last year.",
    "Your out-of-pocket costs may be small.",
    "The Centers for Medicare & Medicaid Services publish the rule.",
    "He worked at Humana for ten years.",
    "They were in awe of the Oscar ceremony.",
    "Magellan sailed around the world.",
    "Dr. Fallon is our medical director.",
    "We are in the process of credentialing with Aetna.",
    "IOPs typically accept Medicaid.",
    "Aetna plans to change its coverage of virtual groups.",
    "Under the parity act, plans from Aetna, Cigna and others typically provide coverage.",
    "The scholarship program honors a former teacher.",
    "Whether Medicare covers it varies by state.",
    "Our staff includes a former Kaiser nurse.",
    "Payers such as Aetna and Cigna may require prior authorization.",
    "She works with Medicare and Medicaid patients.",
    "IOP is often covered by Medicaid.",
    "IOP is covered by Medicaid in most states.",
    "Not all insurance plans are accepted.",
    "The United States has few IOPs.",
    "Our office on Beacon Street accepts walk-ins.",
    "Medicare began paying for IOP in 2024.",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts(read_text(text)) == set()


def test_question_answered_yes_and_no() -> None:
    page = read_page(
        "<h1>IOP</h1><h3>Do you accept MassHealth?</h3><p>Yes, we do.</p><h3>Do you take Medicare?</h3><p>No, we cannot.</p>"
    )
    assert facts(page) == {("masshealth", ACC)}
    assert refused(page) == {"medicare"}


def test_heading_governs_list() -> None:
    page = read_page(
        "<h2>Insurance we accept</h2><ul><li>Aetna</li><li>Optum</li></ul><h2>Not accepted</h2><ul><li>Medicaid</li></ul>"
    )
    assert facts(page) >= {("aetna", ACC), ("united", ACC)}
    assert refused(page) == {"medicaid"}


TABLES = [
    (
        "<table><tr><th>Plan</th><th>Status</th></tr><tr><td>Aetna</td><td>In-network</td></tr><tr><td>MassHealth</td><td>Not accepted</td></tr></table>",
        ("aetna", IN),
        "masshealth",
    ),
    (
        "<dl><dt>Aetna</dt><dd>In-network</dd><dt>Medicaid</dt><dd>Not accepted</dd></dl>",
        ("aetna", IN),
        "medicaid",
    ),
    ("<ul><li>✓ Aetna</li><li>✓ BCBS</li><li>✗ Medicaid</li></ul>", ("bcbs", ACC), "medicaid"),
    (
        "<p>We are in-network with:</p><ul><li>Optum</li></ul><p>We are unable to accept:</p><ul><li>Tricare</li></ul>",
        ("united", IN),
        "tricare",
    ),
    ("<p>In-network: Aetna, BCBS</p><p>Not accepted: Medicare</p>", ("bcbs", IN), "medicare"),
]


@pytest.mark.parametrize(
    ("html", "expected", "negated"), TABLES, ids=["table", "terms", "marks", "leads", "labels"]
)
def test_tables_and_lists(html: str, expected: tuple[str, str], negated: str) -> None:
    page = read_page(f"<main>{html}</main>")
    assert expected in facts(page)
    assert refused(page) == {negated}


def test_payers_over_columns() -> None:
    page = read_page(
        "<table><tr><th>In-network</th><th>Out-of-network</th></tr><tr><td>Aetna</td><td>Cigna</td></tr></table>"
    )
    assert facts(page) >= {("aetna", IN), ("cigna", OON)}


def test_testimonial_names_no_payer() -> None:
    page = read_page(
        "<p>We accept MassHealth, Tufts, Aetna.</p><blockquote>They found my Humana card!</blockquote>"
    )
    assert "humana" not in {code for code, _ in facts(page)}


def test_logo_wall() -> None:
    page = read_page(
        "<main><h1>Care</h1><p>Hello there.</p><img alt='Aetna logo'><img alt='Cigna'><img alt='Humana'></main>"
    )
    assert facts(page) == {("aetna", ACC), ("cigna", ACC), ("humana", ACC)}


def test_navigation_names_no_payer() -> None:
    page = read_page(
        "<nav><ul><li><a href='/a'>Aetna</a></li><li><a href='/c'>Cigna</a></li></ul></nav><p>We help.</p>"
    )
    assert facts(page) == set()


def test_selection_is_weaker_than_refusal() -> None:
    page = read_page(
        "<p>We do not accept Medicaid.</p><select><option>Aetna</option><option>Cigna</option><option>Medicaid</option></select>"
    )
    assert ("aetna", ACC) in facts(page)
    assert "medicaid" not in {code for code, _ in facts(page)}


def check_quotes(page: Page, observations: list[Observation]) -> None:
    for one in observations:
        assert one.quote
        assert page.text[one.start : one.end] == one.quote


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*(row[0] for row in SENTENCES), *NO_FACT, "(", ")", "İ", "\n", "Aetna", "not"]),
        max_size=12,
    ).map(" ".join)
)
def test_quotes_are_verbatim(text: str) -> None:
    page = read_text(text)
    check_quotes(page, find_payers(PageContext.of(page)))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    page = read_text(text)
    check_quotes(page, find_payers(PageContext.of(page)))


UNDER_LABELS = (
    (
        "<p>In network</p><p>Optum, WellSense</p><p>Not in network</p><p>Aetna, Cigna</p>",
        {"united", "wellsense"},
        {"aetna", "cigna"},
    ),
    (
        "<p>Which plans?</p><p>Anthem, Harvard Pilgrim and Cigna, and NH Medicaid (all of its three plans).</p>",
        {"anthem", "harvard_pilgrim", "cigna", "medicaid"},
        set(),
    ),
    (
        "<h3>Is it covered?</h3><p>Fallon and WellSense pay for both programs.</p>",
        {"fallon", "wellsense"},
        set(),
    ),
)


@pytest.mark.parametrize(("markup", "taken", "not_taken"), UNDER_LABELS)
def test_labels_and_questions_govern_the_names_after_them(
    markup: str, taken: set[str], not_taken: set[str]
) -> None:
    page = read_page(f"<main><h2>Paying for care</h2>{markup}</main>")
    assert {value for value, _ in facts(page)} == taken
    assert refused(page) == not_taken
