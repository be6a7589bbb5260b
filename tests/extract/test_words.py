"""Words and their heads: lists that share one, groups, Spanish, cues, exclusions; each sentence in an IOP's page."""

from __future__ import annotations

import pytest

from pipeline.extract.parsing.plain import read_text
from pipeline.extract.parsing.text import fold
from pipeline.extract.reading import Reading, extract
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.page_levels import read_levels
from pipeline.extract.words.vocabulary import find_mentions
from pipeline.records import Assertion

URL = "https://larkfield-recovery.example/programs/iop/"


def read(text: str) -> Reading:
    return extract(read_text("Intensive Outpatient Program (IOP)\nCall our team today.\n" + text, URL))


def said(text: str, field: str) -> set[str]:
    return {
        o.written for o in read(text).observations if o.field == field and o.assertion is Assertion.AFFIRMED
    }


def named(text: str, field: str) -> set[str]:
    """The codes that the words themselves name, before anything is judged."""
    return {m.code for m in find_mentions(text, fold(text)) if m.field == field}


MODALITIES = (
    ("individual, family and group therapy", "individual_therapy family_therapy group_therapy"),
    ("group and individual counseling", "group_therapy individual_therapy"),
    ("individual / group / family counseling", "individual_therapy group_therapy family_therapy"),
    ("Individual, family, and/or group psychotherapy", "individual_therapy family_therapy group_therapy"),
    ("individual as well as family sessions", "individual_therapy family_therapy"),
    ("group, couples and individual work", "group_therapy couples_therapy individual_therapy"),
    ("counseling (individual, group, family)", "individual_therapy group_therapy family_therapy"),
    ("Therapy: individual and group", "individual_therapy group_therapy"),
    ("music, art and movement therapy", "music art movement"),
    ("art, yoga and equine-assisted groups", "art yoga animal_assisted"),
    ("occupational and recreational therapy", "occupational recreational"),
    ("cognitive and dialectical behavioral therapy", "cbt dbt"),
    ("terapia individual, grupal y familiar", "individual_therapy group_therapy family_therapy"),
    ("terapia de arte, de música y de pareja", "art music couples_therapy"),
    ("sesiones individuales y de grupo", "individual_therapy group_therapy"),
    ("prevención de recaídas y manejo de casos", "relapse_prevention case_management"),
    ("nine groups a week", "group_therapy"),
    ("an evening DBT group", "dbt group_therapy"),
    ("we keep groups small", "group_therapy"),
    ("you attend group on Mondays", "group_therapy"),
    ("people of all age groups", ""),
    ("a group of hospitals", ""),
    ("our Facebook group", ""),
    ("group homes and group rates", ""),
    ("the family is welcome and the art is old", ""),
    ("a support group of friends", ""),
)


@pytest.mark.parametrize(("words", "codes"), MODALITIES)
def test_modalities(words: str, codes: str) -> None:
    assert named(words, "modality") == set(codes.split())


CONDITIONS = (
    ("mood, anxiety and personality disorders", "mood anxiety personality"),
    ("alcohol or other substance problems", "alcohol substance_use"),
    ("depressive, bipolar, and psychotic disorders", "depression bipolar psychosis"),
    ("eating and mood disorders", "eating mood"),
    ("anxiety and sleep disorders", "anxiety insomnia"),
    ("drug and alcohol problems", "substance_use alcohol"),
    ("alcohol and opioid addiction", "alcohol opioid"),
    ("emotional and behavioral difficulties", "mental_health disruptive_behavior"),
    ("trastornos de ansiedad, del estado de ánimo y de personalidad", "anxiety mood personality"),
    ("problemas de alcohol y drogas", "alcohol substance_use"),
    ("depresión, adicción y duelo", "depression substance_use grief"),
    ("co-occurring tics", ""),
    ("co-occurring disorders", "co_occurring"),
    ("an addiction counselor and a trauma therapist", ""),
    ("the opioid crisis", ""),
    ("loss of appetite", ""),
)


@pytest.mark.parametrize(("words", "codes"), CONDITIONS)
def test_conditions(words: str, codes: str) -> None:
    assert named(words, "condition") == set(codes.split())


LEVELS = (
    ("After the PHP, most graduates move to our residential house.", "residential"),
    ("People come to us after our own detox.", "detox"),
    ("It suits those who finish residential care at other places.", ""),
    ("It costs a fraction of residential treatment.", ""),
    ("Some cannot leave work for residential rehab.", ""),
    ("Residential treatment was not an option for Noor.", ""),
    ("Residential programs are too far away for many.", ""),
    ("Families weigh choices such as residential rehab.", ""),
    ("Larkfield today: detox, residential house, outpatient clinic.", "detox residential op"),
    ("Under one roof we run outpatient counseling and a food pantry.", "op"),
    ("We offer Outpatient (OP) Treatment.", "op"),
    ("We hold approval for ASAM Level 1 and Level 2.1.", "op"),
    ("We are near a Level 1 trauma center.", ""),
    ("Our outpatient location is in Salem.", ""),
    ("Teens must be able to take part in outpatient treatment.", ""),
    ("From hospital back to outpatient life.", ""),
    ("Ofrecemos hospitalización parcial y tratamiento residencial.", "php residential"),
    ("También contamos con desintoxicación.", "detox"),
    ("No ofrecemos desintoxicación.", ""),
)


@pytest.mark.parametrize(("sentence", "others"), LEVELS)
def test_levels_beside_the_program(sentence: str, others: str) -> None:
    assert set(read(sentence).levels_of_care) - {"iop"} == set(others.split())


NAMES = (
    ("Larkfield Outpatient\nOur therapists see adults on Mondays.", "op"),
    ("Larkfield Outpatient Services\nWe see adults on Mondays.", "op"),
    ("Outpatient Substance Use Counseling\nWe see adults on Mondays.", "op"),
    ("Traditional Outpatient (Level I.1)\nWe see adults on Mondays.", "op"),
    ("Larkfield Outpatient\nOur IOP meets on Mondays.", "iop"),
    ("Larkfield\nWe have intensive day treatment, 30 hours a week.", "php"),
    ("Larkfield\nWe have intensive day treatment, 12 hours a week.", "iop"),
    ("Larkfield\nOur evening program, an IOT, meets on Mondays.", "iop"),
    ("Programa ambulatorio intensivo\nNuestro equipo atiende a adultos.", "iop"),
)


@pytest.mark.parametrize(("text", "codes"), NAMES)
def test_levels_by_their_names(text: str, codes: str) -> None:
    levels = read_levels(PageContext.of(read_text(text)))
    assert {m.code for m in levels.mentions if m.is_offer} == set(codes.split())


def test_a_section_is_of_the_level_that_its_first_words_name() -> None:
    text = "Evening Circle\nAn ASAM Level 1 group for those who are done.\nWednesdays 7:00 - 8:00 pm"
    sessions = [o for o in read(text).observations if o.field == "session"]
    assert {o.level_of_care for o in sessions} == {"op"}


EXCLUSIONS = (
    ("Our IOP is for people not ill enough for hospital level of care.", ""),
    ("It is for teens whose illness does not warrant inpatient hospitalization.", ""),
    ("It is for adults who do not qualify for inpatient hospitalization.", ""),
    ("It is for people who do not need 24-hour care.", ""),
    ("It is for people who do not require medical detox.", "medical_detox"),
    ("It is not a substitute for medical detox.", ""),
    ("We cannot admit people who need 24-hour supervision.", "needs_24h_care"),
    ("If you need round-the-clock care, an inpatient program may fit better.", "needs_24h_care"),
    (
        "Clients must not be an imminent danger to themselves or others.",
        "acute_suicidality acute_homicidality",
    ),
)


@pytest.mark.parametrize(("sentence", "codes"), EXCLUSIONS)
def test_exclusions(sentence: str, codes: str) -> None:
    assert said(sentence, "exclusion") == set(codes.split())


PAYERS = (
    ("We bill no insurer.", "self_pay"),
    ("We do not accept insurance.", "self_pay"),
    ("If we do not accept your insurance, call us.", ""),
    ("We take nearly every plan.", "private"),
    ("We work with almost any insurer.", "private"),
    ("We bill Title XIX.", "medicaid"),
    ("Services are covered under Title 19 or private insurance.", "medicaid private"),
    ("Is self-pay possible? Yes, with a monthly rate.", "self_pay"),
    ("Is self-pay possible? No.", ""),
    ("Aceptamos la mayoría de los seguros y Medicaid.", "private medicaid"),
    ("Tenemos una escala móvil y planes de pago.", "sliding_scale financial_assistance"),
)


@pytest.mark.parametrize(("sentence", "codes"), PAYERS)
def test_payers(sentence: str, codes: str) -> None:
    assert said(sentence, "payer") == set(codes.split())


CUES = (
    ("Our IOP, sometimes referred to as SOAP, treats opioid use.", "opioid"),
    ("Our IOP, known elsewhere as IOT, treats OCD.", "ocd"),
    ("We do not treat OCD.", ""),
    ("No tratamos la depresión.", ""),
    ("No solo tratamos la depresión.", "depression"),
    ("Tratamos la ansiedad.", "anxiety"),
)


@pytest.mark.parametrize(("sentence", "codes"), CUES)
def test_cues(sentence: str, codes: str) -> None:
    assert said(sentence, "condition") == set(codes.split())
