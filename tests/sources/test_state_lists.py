"""State license lists by the mappings that `docs/sources.md` prints. The files are invented: no real one was at hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.normalize.service_codes import lookup
from pipeline.records import Listing
from sources.license_list import read_list
from sources.registry import Registry, load_registry

EXAMPLES = re.compile(r"```toml\n(\[new_york_oasas\].*?)```", re.DOTALL)


class Expected(NamedTuple):
    names: tuple[str | None, str | None]
    street: tuple[str | None, str | None]
    city: str
    state: str
    zip: str
    phone: str
    ids: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]


NY = """\
Program Number,Provider Name,Program Name,Street,City,Zip Code,Phone,Program Type,Program County
50101,"Alder Hill Services, Inc.",Alder Hill IOP,12 Willow Street,Albany,12207,(518) 555-0101,{},Albany
"""
OH = """\
Agency Name,Certification Number,Address 1,Address 2,City,State,Zip,Phone Number,Service
Birch Run Recovery,00-1234,40 Canal Road,Suite 210,Columbus,OH,43215-1234,614.555.0102,{}
"""
TX = """\
Texas Chemical Dependency Facilities,,,,
As of 05/01/2024,,,,

License #,Facility Name,Physical Address,Telephone,Service Type
0777-A,Cedar Bend Center,"500 Mesa Drive, Ste 4, Austin, TX 78701",512-555-0103,{}
"""
FL = """\
PROVIDER NAME;LICENSE NUMBER;STREET ADDRESS;CITY;STATE;ZIP CODE;PHONE;COMPONENT
DOGWOOD BAY LLC;1301AD0001;77 PALM AVENUE;TAMPA;FLORIDA;33602;8135550104;{}
"""
PA = """\
Facility Number,Facility Name,Facility Name 2,Street,City,Zip Code,Phone,Activity
010101,Elder Creek Counseling and,Recovery Center,9 Market Street,Harrisburg,17101,717-555-0105,{}
"""
CA = """\
Record ID,Legal Name,Program Name,Address,City,Zip,Phone,Service Type
340001AP,Fir Grove Foundation,Fir Grove House,300 Delta Way,Sacramento,95814.0,9165550106.0,{}
"""

NEW_YORK = Expected(
    ("Alder Hill Services, Inc.", "Alder Hill IOP"),
    ("12 Willow Street", None),
    *("Albany", "NY", "12207", "+15185550101"),
    ids=(("record_id", "50101"),),
    levels=("iop",),
)
OHIO = Expected(
    ("Birch Run Recovery", None),
    ("40 Canal Road", "Suite 210"),
    *("Columbus", "OH", "43215", "+16145550102"),
    ids=(("license_number", "00-1234"),),
    levels=("php",),
)
TEXAS = Expected(
    ("Cedar Bend Center", None),
    ("500 Mesa Drive, Ste 4", None),
    *("Austin", "TX", "78701", "+15125550103"),
    ids=(("license_number", "0777-A"),),
    levels=("residential",),
)
FLORIDA = Expected(
    ("DOGWOOD BAY LLC", None),
    ("77 PALM AVENUE", None),
    *("TAMPA", "FL", "33602", "+18135550104"),
    ids=(("license_number", "1301AD0001"),),
    levels=("iop",),
)
PENNSYLVANIA = Expected(
    ("Elder Creek Counseling and Recovery Center", None),
    ("9 Market Street", None),
    *("Harrisburg", "PA", "17101", "+17175550105"),
    ids=(("license_number", "010101"),),
    levels=("op",),
)
CALIFORNIA = Expected(
    ("Fir Grove Foundation", "Fir Grove House"),
    ("300 Delta Way", None),
    *("Sacramento", "CA", "95814", "+19165550106"),
    ids=(("license_number", "340001AP"),),
    levels=("detox", "residential"),
)

LISTS = [
    ("new_york_oasas", NY.format("Intensive Outpatient Services"), NEW_YORK),
    ("ohio_mhas", OH.format("Partial Hospitalization"), OHIO),
    ("texas_hhsc", TX.format("Residential Treatment (adult)"), TEXAS),
    ("florida_dcf", FL.format("INTENSIVE OUTPATIENT TREATMENT"), FLORIDA),
    ("florida_dcf", FL.replace(";", "\t").format("INTENSIVE OUTPATIENT"), FLORIDA),
    ("pennsylvania_ddap", PA.format("Outpatient Services"), PENNSYLVANIA),
    ("california_dhcs", CA.format("Residential Withdrawal Management"), CALIFORNIA),
]


@pytest.fixture(scope="module")
def registry(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The tables of the docs, as a registry."""
    (printed,) = EXAMPLES.findall((root / "docs" / "sources.md").read_text(encoding="utf-8"))
    folder = tmp_path_factory.mktemp("states")
    (folder / "states.toml").write_text(printed, encoding="utf-8")
    return load_registry(folder)


def test_the_docs_print_a_registry_without_problems(registry: Registry) -> None:
    assert not registry.problems
    assert {name for name, _, _ in LISTS} == {source.id for source in registry.sources}


@pytest.mark.parametrize(("name", "printed", "expected"), LISTS)
def test_a_state_list(registry: Registry, name: str, printed: str, expected: Expected) -> None:
    source = registry[name]
    reader = DirectoryReader(name)
    (found,) = reader.read(read_list(printed.encode(), source.columns), Origin(state=source.state))
    assert isinstance(found, Listing)
    assert not reader.unmapped
    assert found.questionnaire is None
    assert expected == Expected(
        (found.organization_name, found.site_name),
        (found.street1, found.street2),
        *(found.city, found.state, found.zip, found.phone),
        ids=found.external_ids,
        levels=tuple(service.level_of_care for service in found.services),
    )


@pytest.mark.parametrize("cell", ["Outpatient, Intensive Outpatient", "Supportive Living"])
def test_a_label_that_no_vocabulary_knows_makes_no_service(registry: Registry, cell: str) -> None:
    reader = DirectoryReader("new_york_oasas")
    rows = read_list(NY.format(f'"{cell}"').encode(), registry["new_york_oasas"].columns)
    (found,) = reader.read(rows, Origin(state="NY"))
    assert isinstance(found, Listing)
    assert not found.services
    assert reader.unmapped == {("setting", cell): 1}


@pytest.mark.parametrize(
    ("label", "levels"),
    [
        ("INTENSIVE OUTPATIENT PROGRAM (IOP)", {"iop"}),
        ("Level 2.1 Intensive Outpatient", {"iop"}),
        ("Partial Hospitalization Services", {"php"}),
        ("Non-Intensive Outpatient", {"op"}),
        ("Residential Services", {"residential"}),
        ("Withdrawal Management", {"detox"}),
        ("Residential Detoxification Services", {"detox", "residential"}),
    ],
)
def test_a_plain_wording_says_its_level_and_no_condition(label: str, levels: set[str]) -> None:
    code = lookup(label)
    assert code is not None
    assert {(fact.field, fact.value) for fact in code.facts} == {("level_of_care", level) for level in levels}
