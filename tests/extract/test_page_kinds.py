"""Listing or not: a provider's own page, articles, directories, jobs, news."""

from __future__ import annotations

import pytest

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import extract

OWN = (
    (
        "https://harbor-recovery.example/programs/iop",
        "Intensive Outpatient Program\nOur IOP meets three days a week, 9 am to noon. Call us today.",
    ),
    (
        "https://harborclinic.example/locations/salem",
        "Harbor Clinic at Salem\nWe offer outpatient and intensive outpatient care.\nLocation Details\nOpen weekdays.",
    ),
    (
        "https://harborhospital.example/services/partial-hospital",
        "Partial Hospital Program\nPatients attend Monday through Friday, 9:15 am to 2:45 pm. The program is located in the East Wing.",
    ),
)
OTHERS = (
    (
        "https://lifestyle.example/blog/what-is-an-iop",
        "What Is an IOP?\nIOPs typically run three days per week. Most programs offer groups. An IOP is a middle path.",
    ),
    (
        "https://dailynews.example/story/2024/05/02/clinic",
        "Clinic announces new program\nHarbor Clinic announced plans to open an IOP, officials said. May 2, 2024",
    ),
    (
        "https://rehab.com/harbor",
        "Harbor Clinic\nThey accept Medicaid. They offer intensive outpatient. 12 beds.",
    ),
    (
        "https://finder.example/directory/salem",
        "Treatment centers in Salem\nHarbor 617-555-0101. Bay 617-555-0102. Cove 617-555-0103. IOP and PHP listings.",
    ),
    (
        "https://harbor-recovery.example/careers/clinician",
        "IOP Clinician\nJob description. Responsibilities include groups. Apply now. Full-time position. Pay range posted.",
    ),
    (
        "https://state.example.gov/services",
        "Program descriptions\nIntensive outpatient programs provide several hours of counseling.",
    ),
)


@pytest.mark.parametrize(("url", "text"), OWN)
def test_a_provider_page_is_a_listing(url: str, text: str) -> None:
    assert extract(read_text(text, url)).is_listing


@pytest.mark.parametrize(("url", "text"), OTHERS)
def test_other_pages_are_none_and_say_nothing(url: str, text: str) -> None:
    reading = extract(read_text(text, url))
    assert not reading.is_listing
    assert not reading.programs and not reading.levels_of_care
    assert any("no listing" in reason for reason in reading.rejected)


def test_markup_that_says_article_is_believed() -> None:
    article = '<script type="application/ld+json">{"@type": "BlogPosting"}</script>'
    body = "<main><h1>IOPs in our town</h1><p>Most programs treat anxiety. IOPs typically meet three days.</p></main>"
    assert not extract(read_page(article + body, "https://harbor-recovery.example/blog/iops")).is_listing
