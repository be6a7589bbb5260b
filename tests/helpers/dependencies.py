"""What we depend on, why, and under which licences: of `pyproject.toml`, `uv.lock` and the metadata of what is installed.

`python tests/helpers/dependencies.py` writes `docs/dependencies.md`; tests/test_dependencies.py fails where the file and its
sources differ. What is not installed (the group `bench`, unless `uv sync --all-groups`) keeps the licence that the file has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docs" / "dependencies.md"
US = "iop-directory"


@dataclass(frozen=True)
class Policy:
    """`licenses.toml`: the licences we take, exceptions with their reason, and what texts and packages mean."""

    allowed: frozenset[str]
    exceptions: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]
    stated: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def takes(self, package: str, expression: str) -> bool:
        """Whether a package may be used: its exception is of this licence, or one alternative has allowed licences only."""
        if expression == self.exceptions.get(package, {}).get("licence"):
            return True
        alternatives = (set(either.split(" AND ")) for either in expression.split(" OR "))
        return any(names <= self.allowed for names in alternatives)


@cache
def policy() -> Policy:
    told = _toml(Path(__file__).with_name("licenses.toml"))
    texts = {text.casefold(): expression for text, expression in told["texts"].items()}
    return Policy(frozenset(told["allowed"]), told["exceptions"], texts, told["stated"])


def licence(metadata: PackageMetadata, texts: Mapping[str, str]) -> str | None:
    """The SPDX expression of a package, as its metadata tell; None where they tell nothing that we can read.

    The first of these that says something: License-Expression, License (where it is no whole text), all classifiers.
    """
    # (`get_all`: where the package importlib_metadata is loaded, a field that is not there is a KeyError.)
    for text in (*(metadata.get_all("License-Expression") or ()), *(metadata.get_all("License") or ())):
        if text and (found := _spdx(text, texts)):
            return found
    classifiers = [
        c for c in metadata.get_all("Classifier") or () if c.startswith("License :: OSI Approved :: ")
    ]
    found_each = [_spdx(c.rpartition(" :: ")[2], texts) for c in classifiers]
    return " AND ".join(sorted({c for c in found_each if c})) if found_each and all(found_each) else None


def _spdx(text: str, texts: Mapping[str, str]) -> str | None:
    if text.casefold() in texts:
        return texts[text.casefold()]
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return None


@cache
def installed() -> Mapping[str, Distribution]:
    """What is installed here, by normalized name."""
    return {canonicalize_name(d.metadata["Name"]): d for d in distributions() if d.metadata["Name"]}


def licences() -> dict[str, str | None]:
    """Of every package of the lock: its licence by its metadata if it is installed, else as stated, else as last written."""
    rules, found = policy(), {}
    rows = (row.split(" | ") for row in FILE.read_text(encoding="utf-8").splitlines())
    written = {row[0].removeprefix("| "): row[1] for row in rows if len(row) == 4}
    for name in sorted(locked()):
        here = installed().get(name)
        read = licence(here.metadata, rules.texts) if here else None
        stated = rules.stated.get(name, {}).get("licence")
        found[name] = read or stated or (None if here else written.get(name))
    return found


@cache
def locked() -> Mapping[str, list[dict[str, Any]]]:
    """Packages of `uv.lock` but ourselves, by name; some are there in two versions, for older and newer Pythons."""
    found: dict[str, list[dict[str, Any]]] = {}
    for package in _toml(ROOT / "uv.lock")["package"]:
        found.setdefault(package["name"], []).append(package)
    del found[US]
    return found


@cache
def reached(root: str, *, here: bool) -> frozenset[str]:
    """Packages that one of `roots()` brings, itself or through others; `here`: on this platform and Python alone."""
    seen: set[str] = set()
    todo = list(roots()[root])
    while todo:
        name, extras = todo.pop()
        if name == US:
            todo += [asked for extra in ("", *extras) for asked in roots()[extra]]
        if name == US or (name in seen and not extras):
            continue
        seen.add(name)
        for package in locked()[name]:
            optional = package.get("optional-dependencies", {})
            needs = [*package.get("dependencies", ()), *(d for e in extras for d in optional.get(e, ()))]
            todo += [(d["name"], tuple(d.get("extra", ()))) for d in needs if not here or _holds(d)]
    return frozenset(seen)


@cache
def roots() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """(name, its extras) of what is asked for directly: "" for every use, extras and groups by their names."""
    told = pyproject()
    asked = {"": told["project"]["dependencies"], **told["project"]["optional-dependencies"]}
    return {key: tuple(_asked(lines)) for key, lines in (asked | told["dependency-groups"]).items()}


def _asked(lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for requirement in map(Requirement, lines):
        yield canonicalize_name(requirement.name), tuple(sorted(requirement.extras))


def _holds(dependency: Mapping[str, str]) -> bool:
    return "marker" not in dependency or Marker(dependency["marker"]).evaluate()


@cache
def pyproject() -> Mapping[str, Any]:
    return _toml(ROOT / "pyproject.toml")


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def document() -> str:
    """`docs/dependencies.md`."""
    why, rules, extras = (
        pyproject()["tool"]["iop"]["why"],
        policy(),
        pyproject()["project"]["optional-dependencies"],
    )
    parts = [
        "# Dependencies",
        "",
        "Written by `python tests/helpers/dependencies.py` from `pyproject.toml` (`tool.iop.why`), `uv.lock`, the metadata of "
        "what is installed and `tests/helpers/licenses.toml`; do not edit.",
        "",
        "## Why",
        "",
        "| package | for |",
        "| --- | --- |",
        *(f"| {name} | {why[name]} |" for name, _ in sorted(roots()[""])),
        "",
        "| extra | packages | for |",
        "| --- | --- | --- |",
        *(f"| {e} | {', '.join(name for name, _ in roots()[e])} | {why['extras'][e]} |" for e in extras),
        "",
        "What runs the tests and the benchmarks (groups `dev`, `bench`) is in `pyproject.toml`, and reaches no user.",
        "",
        "## Licences",
        "",
        f"Every package of the lock. Allowed are {', '.join(sorted(rules.allowed))} (`LicenseRef-BSD`: a BSD licence, the metadata "
        "do not say of how many clauses); of alternatives (`OR`) one is enough. A licence that is unknown or not allowed fails the "
        "tests. Wheels may hold libraries of which their metadata say nothing, as shapely's hold GEOS (LGPL-2.1).",
        "",
        "| package | licence | of | exception, or where we read it |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {told or 'unknown'} | {_of(name)} | {_note(name)} |"
            for name, told in licences().items()
        ),
    ]
    return "\n".join(parts) + "\n"


def _of(name: str) -> str:
    """What brings a package: every use, an extra, or a group."""
    return next((root or "every use" for root in roots() if name in reached(root, here=False)), "nothing")


def _note(name: str) -> str:
    rules = policy()
    return rules.exceptions.get(name, {}).get("why") or rules.stated.get(name, {}).get("read", "")


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
