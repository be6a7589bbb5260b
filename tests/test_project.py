"""What surrounds the code: license, hosted CI, settings, changelog and guide say what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from pipeline.choices import known
from warehouse.contracts import contract_version

VARIABLE = re.compile(r"""["'](IOP_[A-Z_]*[A-Z])["']""")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MAJOR = re.compile(r"[\w.-]+/[\w.-]+@v\d+")


def test_the_license_is_the_one_that_the_package_names(root: Path) -> None:
    text = (root / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License\n" in text and "Version 2.0, January 2004" in text
    assert all(f"\n   {section}. " in text for section in range(1, 10))
    assert re.findall(r"^ +Copyright \d.*", text, re.M) == ["   Copyright 2026 the project's authors"]


def test_hosted_ci_runs_the_command_that_everybody_runs(root: Path) -> None:
    workflow = yaml.safe_load((root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["runs-on"].startswith("ubuntu")
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert all(MAJOR.fullmatch(step["uses"]) for step in job["steps"] if "uses" in step)
    assert (root / ".ci" / "run").stat().st_mode & 0o111, "it is called as a program"
    python = next(step["env"]["PYTHON"] for step in job["steps"] if "run" in step)
    assert "PYTHON ?=" in (root / "Makefile").read_text() and "matrix.python" in python


def test_every_variable_that_is_read_has_its_line_in_the_example(root: Path) -> None:
    """Those whose names are put together (`IOP_SECOND_READER_…`) stand there by their family."""
    read = {
        name
        for file in (root / "pipeline").rglob("*.py")
        for name in VARIABLE.findall(file.read_text(encoding="utf-8"))
    }
    read |= {setting.variable for setting in known().values()}
    told = set(re.findall(r"^#?([A-Z_]+)=", (root / ".env.example").read_text(encoding="utf-8"), re.M))
    assert len(read) > 5
    assert not read - told
    assert any(name.startswith("IOP_SECOND_READER_") for name in told)
    assert ".env" in (root / ".gitignore").read_text().split()


def test_the_changelog_has_the_version_of_the_contract(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+)\] - \d{4}-\d\d-\d\d$", text, re.M)
    assert versions[0] == contract_version()
    assert versions == sorted(versions, key=lambda v: tuple(map(int, v.split("."))), reverse=True)
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= {
        *("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    }


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(root: Path, name: str) -> None:
    links = LINK.findall((root / name).read_text(encoding="utf-8"))
    assert links and all((root / link).exists() for link in links)


def test_attacks_are_tried_where_the_docs_say(root: Path) -> None:
    text = (root / "docs" / "attacks.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if row != "| tried | what happens | test |"]
    for row in rows:
        files = [root / "docs" / link for link in LINK.findall(row)]
        assert files and all(file.exists() for file in files), row
        code = "".join(file.read_text(encoding="utf-8") for file in files)
        assert all(f"def {name}(" in code for name in re.findall(r"`(test_\w+)`", row)), row
    assert len(rows) >= 28


def test_commands_and_files_of_the_guide_exist(root: Path) -> None:
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:sources|pipeline|warehouse|tests)/[\w/.]+)`", text)
    assert len(paths) > 5 and all((root / path).exists() for path in paths)
    made = re.findall(r"^make (\w+)", text, re.M)
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert made and all(re.search(rf"^{target}:", makefile, re.M) for target in made)
