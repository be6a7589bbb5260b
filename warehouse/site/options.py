"""What whoever publishes the site chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from warehouse.exports.errors import ExportError
from warehouse.exports.links import is_web


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """`base_url`: where the site will stand (for the sitemap), empty where not known. `report_to`: a mail address, or a URL with
    `{id}`, for those who report an error. `states`: postal codes of those wanted; none: all."""

    base_url: str = ""
    report_to: str = ""
    states: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.base_url and not is_web(self.base_url):
            raise ExportError(f"{self.base_url!r} is no address of a site: write https://…")
        if self.report_to and not self.report_link("svc_0", "x"):
            raise ExportError(
                f"{self.report_to!r} is neither a mail address nor a https://… with {{id}} in it"
            )

    def report_link(self, id: str, subject: str) -> str:
        """Where an error in a program is reported; empty where nobody said."""
        if is_web(self.report_to) and "{id}" in self.report_to:
            return self.report_to.replace("{id}", quote(id, safe=""))
        if "@" in self.report_to and not set(self.report_to) & set(" ?&:<>\"'\n"):
            return f"mailto:{self.report_to}?subject={quote(f'{subject}: {id}')}"
        return ""
