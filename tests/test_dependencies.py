"""What we depend on is there for a reason, and under a licence that we take (docs/dependencies.md)."""

from __future__ import annotations

from email.message import Message

import pytest
from dependencies import (
    FILE,
    document,
    installed,
    licence,
    licences,
    locked,
    policy,
    pyproject,
    reached,
    roots,
)


def needed() -> frozenset[str]:
    """What `make` installs here: `dev` asks for every extra, too."""
    return reached("", here=True) | reached("dev", here=True)


def test_every_dependency_has_a_licence_that_we_take() -> None:
    told = licences()
    unknown = [name for name, found in told.items() if not found or found == "unknown"]
    refused = [
        f"{name}: {found}" for name, found in told.items() if found and not policy().takes(name, found)
    ]
    remedy = "see tests/helpers/licenses.toml (texts, stated, allowed, exceptions with why), or do without the package"
    assert not unknown, f"no licence known of {unknown}; {remedy}"
    assert not refused, f"licences not allowed: {refused}; {remedy}"


def test_what_is_needed_here_is_installed_and_read_from_its_metadata() -> None:
    assert len(needed()) > 100
    assert not needed() - set(installed()), "run `make`, or: uv sync"
    read = {name: licence(installed()[name].metadata, policy().texts) for name in needed()}
    assert {name for name, found in read.items() if not found} == set(policy().stated) & needed()


def test_what_is_stated_or_excepted_is_so() -> None:
    """An exception goes with its package, and with the licence that it was made for; nothing stated is contradicted."""
    rules, told = policy(), licences()
    assert {**rules.exceptions, **rules.stated}.keys() <= locked().keys()
    assert {name: told[name] for name in rules.exceptions} == {
        n: e["licence"] for n, e in rules.exceptions.items()
    }
    assert {name: told[name] for name in rules.stated} == {n: e["licence"] for n, e in rules.stated.items()}
    assert not [
        name
        for name in rules.exceptions
        if rules.__class__(rules.allowed, {}, {}).takes(name, told[name] or "")
    ]


def test_each_dependency_of_use_says_why() -> None:
    why = dict(pyproject()["tool"]["iop"]["why"])
    extras = why.pop("extras")
    assert set(why) == {name for name, _ in roots()[""]}, (
        "a line in pyproject.toml, tool.iop.why, for each dependency"
    )
    assert set(extras) == set(pyproject()["project"]["optional-dependencies"])
    assert all(10 < len(reason) < 130 for reason in {**why, **extras}.values())


def test_the_document_is_what_its_sources_make_it() -> None:
    assert document() == FILE.read_text(encoding="utf-8"), (
        "python tests/helpers/dependencies.py writes it anew"
    )


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"License-Expression": "MIT AND PSF-2.0", "License": "BSD"}, "MIT AND PSF-2.0"),
        ({"License": "apache 2.0"}, "Apache-2.0"),
        ({"License": "Copyright (c) 2024 Somebody\nPermission is …", "Classifier": "MIT License"}, "MIT"),
        ({"License": "GPL-3.0-only", "Classifier": "MIT License"}, "GPL-3.0-only"),
        ({"License": "UNKNOWN", "Classifier": "A Licence Nobody Knows"}, None),
        ({"License": "our own terms"}, None),
        ({}, None),
    ],
)
def test_metadata_are_read_as_they_are_written(fields: dict[str, str], found: str | None) -> None:
    metadata = Message()
    for name, value in fields.items():
        metadata[name] = f"License :: OSI Approved :: {value}" if name == "Classifier" else value
    assert licence(metadata, policy().texts) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("package", "expression", "taken"),
    [
        ("anything", "MIT", True),
        ("anything", "MIT OR GPL-3.0-only", True),
        ("anything", "MIT AND GPL-3.0-only", False),
        ("anything", "(MIT OR GPL-3.0-only) AND MIT", False),  # is not taken apart: state it
        ("anything", "MPL-2.0", False),
        ("certifi", "MPL-2.0", True),
        ("certifi", "AGPL-3.0-only", False),
    ],
)
def test_an_exception_is_of_one_package_and_one_licence(package: str, expression: str, taken: bool) -> None:
    assert policy().takes(package, expression) is taken
