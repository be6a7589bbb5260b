"""What all pages of one site have in common, and where each of them stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.site.options import SiteOptions
from warehouse.site.templating import FOLDER, environment
from warehouse.site.words import Language

ASSETS = FOLDER / "assets"
ONLINE = "online"  # the home of programs without a state


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is being written to the folder `to`."""

    to: Path
    options: SiteOptions
    languages: Sequence[Language]
    release: int
    built_on: datetime
    version: str = field(default_factory=lambda: assets_version())

    def address(self, language: str, path: str, root: str) -> str:
        """Where a page is found: in full where the site's address is known, else from the page that names it."""
        base = self.options.base_url.rstrip("/")
        return f"{base}/{language}/{path}" if base else f"{root}{language}/{path}"

    def write(self, template: str, language: Language, path: str, **values: Any) -> None:
        """A page of a language, `path` as it is within the language's folder."""
        page = environment().get_template(template)
        root = "../" * (path.count("/") + 1)
        text = page.render(site=self, t=language, others=self.languages, path=path, root=root, **values)
        self.put(f"{language.code}/{path}", text)

    def put(self, path: str, text: str) -> None:
        """A file of the site."""
        file = self.to / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def program_path(service_id: str) -> str:
    """A program's page within a language's folder: by its id, which lasts; a folder has some 150 of the country's."""
    return f"p/{service_id.removeprefix('svc_')[:2]}/{service_id}.html"


def assets_version() -> str:
    """A mark of style and scripts: a browser that has older ones asks for these."""
    digest = hashlib.sha256()
    for file in sorted(ASSETS.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
