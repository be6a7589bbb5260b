"""A program as schema.org JSON-LD: the clinic where it is, or its operator, with the program as a service and its sessions as hours.

Nothing is said there that is not stated: a property without a value is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from warehouse.exports.release_file import iso

Document = dict[str, Any]
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


def document_of(row: Mapping[str, Any], label: Callable[[str, str], str], page: str = "") -> Document:
    """The document of a row of the directory. `label`: (vocabulary, code) → words; `page`: address of the program's page."""
    located = bool(row["street"] or row["city"] or row["zip"])
    return {"@context": "https://schema.org"} | _kept(
        {
            "@type": "MedicalClinic" if located else "MedicalOrganization",
            "@id": f"urn:x-iop:{row['service_id']}",
            "name": row["location_name"] or row["organization_name"] or row["service_name"],
            "url": page or _web(row["website"]),
            "sameAs": _web(row["website"]) if page else None,
            "telephone": row["phone"],
            "address": _address(row) if located else None,
            "geo": _point(row),
            "medicalSpecialty": SPECIALTY,
            "isAcceptingNewPatients": TAKES_NEW.get(row["accepting"] or ""),
            "knowsLanguage": row["languages"],
            "paymentAccepted": ", ".join(
                label("payers", code) for code in [*(row["payers"] or ()), *(row["payment_options"] or ())]
            ),
            "parentOrganization": _kept({"@type": "Organization", "name": row["organization_name"]}, "name"),
            "makesOffer": {"@type": "Offer", "itemOffered": _service(row, label)},
        }
    )


def _service(row: Mapping[str, Any], label: Callable[[str, str], str]) -> Document:
    level = label("levels_of_care", row["level_of_care"]) if row["level_of_care"] else None
    subjects = [label("conditions", code) for code in row["conditions"] or ()]
    return _kept(
        {
            "@type": "Service",
            "name": row["service_name"] or level,
            "serviceType": level,
            "category": subjects,
            "areaServed": [{"@type": "State", "name": state} for state in row["virtual_states"] or ()],
            "audience": _audience(row),
            "availableChannel": {"@type": "ServiceChannel", "name": label("delivery", row["delivery"])}
            if row["delivery"]
            else None,
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


def _audience(row: Mapping[str, Any]) -> Document:
    ages = {"suggestedMinAge": row["min_age"], "suggestedMaxAge": row["max_age"]}
    return _kept({"@type": "PeopleAudience", **ages}, *ages)


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


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def _kept(document: Document, *needed: str) -> Document:
    """A document without what has no value; nothing at all where none of `needed` has one."""
    kept = {name: value for name, value in document.items() if value not in (None, "", [], {})}
    return kept if not needed or any(name in kept for name in needed) else {}
