"""A program as schema.org JSON-LD: the clinic where it is, or its operator, with the program as a service and its sessions as hours.

Nothing is said there that is not stated: a property without a value is left out. `iop export jsonld` writes one document a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from warehouse.exports.links import is_web
from warehouse.exports.release_file import DIRECTORY, OpenRelease, iso
from warehouse.exports.target import write_lines

Document = dict[str, Any]
Label = Callable[[str, str], str]  # (vocabulary, code) → words
DAYS = {
    "mo": "Monday",
    "tu": "Tuesday",
    "we": "Wednesday",
    "th": "Thursday",
    "fr": "Friday",
    "sa": "Saturday",
    "su": "Sunday",
}
TAKES_NEW = {"accepting": True, "suspended": False, "closed": False}  # a waiting list is neither
SPECIALTY = "https://schema.org/Psychiatric"


def write_jsonld(source: OpenRelease, to: Path) -> Mapping[str, int]:
    """One document a line (NDJSON) for each row of the directory, labels in English."""
    words: dict[tuple[str, str], str] = {
        (row["vocabulary"], row["code"]): row["label"]
        for row in source.rows("SELECT vocabulary, code, label FROM vocabulary_label WHERE language = 'en'")
    }

    def label(vocabulary: str, code: str) -> str:
        return words.get((vocabulary, code), code)

    documents = (document_of(row, label) for row in source.rows(DIRECTORY))
    return {"directory": write_lines(to, (json.dumps(one, ensure_ascii=False) for one in documents))}


def document_of(row: Mapping[str, Any], label: Label, page: str = "") -> Document:
    """The document of a row of the directory. `page`: address of the program's page."""
    located = bool(row["street"] or row["city"] or row["zip"])
    return {"@context": "https://schema.org"} | _kept(
        {
            "@type": "MedicalClinic" if located else "MedicalOrganization",
            "@id": _urn(row["location_id"] or row["organization_id"] or f"{row['service_id']}:provider"),
            "name": row["location_name"] or row["organization_name"] or row["service_name"],
            "url": page or _web(row["website"]),
            "sameAs": _web(row["website"]) if page else None,
            "telephone": row["phone"],
            "address": _address(row) if located else None,
            "geo": _point(row),
            "medicalSpecialty": SPECIALTY,
            "isAcceptingNewPatients": TAKES_NEW.get(row["accepting"] or ""),
            "paymentAccepted": ", ".join(
                label("payers", code) for code in [*(row["payers"] or ()), *(row["payment_options"] or ())]
            ),
            "parentOrganization": _operator(row) if located else None,  # else it is the operator
            # only a clinic has this property
            "availableService": _named("MedicalTherapy", "modalities", row["modalities"], label)
            if located
            else None,
            "makesOffer": {"@type": "Offer", "itemOffered": _service(row, label)},
        }
    )


def _operator(row: Mapping[str, Any]) -> Document:
    id = _urn(row["organization_id"]) if row["organization_id"] else None
    return _kept({"@type": "Organization", "@id": id, "name": row["organization_name"]}, "@id", "name")


def _service(row: Mapping[str, Any], label: Label) -> Document:
    level = label("levels_of_care", row["level_of_care"]) if row["level_of_care"] else None
    return _kept(
        {
            "@type": "Service",
            "@id": _urn(row["service_id"]),
            "name": row["service_name"] or level,
            "serviceType": level,
            "areaServed": [{"@type": "State", "name": state} for state in row["virtual_states"] or ()],
            "audience": _audience(row, label),
            "availableChannel": _channel(row, label),
            "hoursAvailable": [_hours(session) for session in row["schedule"] or ()],
            "subjectOf": _kept(
                {
                    "@type": "WebPage",
                    "url": _web(row["source_url"]),
                    "lastReviewed": iso(row["last_verified"].date()),
                }
            ),
        }
    )


def _audience(row: Mapping[str, Any], label: Label) -> Document:
    whom = {
        "suggestedMinAge": row["min_age"],
        "suggestedMaxAge": row["max_age"],
        "healthCondition": _named("MedicalCondition", "conditions", row["conditions"], label),
    }
    return _kept({"@type": "PeopleAudience", **whom}, *whom)


def _channel(row: Mapping[str, Any], label: Label) -> Document:
    """How it is attended, and in which languages besides English."""
    languages = [
        {"@type": "Language", "name": label("languages", code), "alternateName": code}
        for code in row["languages"] or ()
    ]
    how = {
        "name": label("delivery", row["delivery"]) if row["delivery"] else None,
        "availableLanguage": languages,
    }
    return _kept({"@type": "ServiceChannel", **how}, *how)


def _named(type: str, vocabulary: str, codes: Iterable[str] | None, label: Label) -> list[Document]:
    return [{"@type": type, "name": label(vocabulary, code)} for code in codes or ()]


def _hours(session: Mapping[str, Any]) -> Document:
    """Sessions are in local time; days that are not stated are left out."""
    days = [f"https://schema.org/{DAYS[day]}" for day in session["days"] or ()]
    hours = {"dayOfWeek": days, "opens": session["start"], "closes": session["end"]}
    return _kept({"@type": "OpeningHoursSpecification", **hours}, *hours)


def _address(row: Mapping[str, Any]) -> Document:
    return _kept(
        {
            "@type": "PostalAddress",
            "streetAddress": row["street"],
            "addressLocality": row["city"],
            "addressRegion": row["state"],
            "postalCode": row["zip"],
            "addressCountry": "US",
        }
    )


def _point(row: Mapping[str, Any]) -> Document | None:
    """Only the point of an address: that of a ZIP code would send people to the wrong door."""
    if row["geo_precision"] != "address":
        return None
    return {"@type": "GeoCoordinates", "latitude": row["latitude"], "longitude": row["longitude"]}


def _urn(id: str) -> str:
    return f"urn:x-iop:{id}"


def _web(url: str | None) -> str | None:
    return url if is_web(url) else None


def _kept(document: Document, *needed: str) -> Document:
    """A document without what has no value; nothing at all where none of `needed` has one."""
    kept = {name: value for name, value in document.items() if value not in (None, "", [], {})}
    return kept if not needed or any(name in kept for name in needed) else {}
