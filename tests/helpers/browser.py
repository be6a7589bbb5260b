"""A real browser for tests of pages: the system's chromium.

`python tests/helpers/browser.py PAGE.html DIR [SELECTOR [ID]]` makes screenshots of a page: without what a CSS selector finds, and
down to the end of an element. Those of docs/images leave out `#asked`, on the phone most figures too, and end with `map_beyond`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1400, 390)


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Any]:
    """The browser, without a sandbox where root runs it (it refuses otherwise)."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield opened
        opened.close()


def screenshots(page: Path, to: Path, without: str = "", until: str = "") -> list[Path]:
    """The page at each width, light and dark; `without` what the selector finds, and down to the end of `until` (an id)."""
    to.mkdir(parents=True, exist_ok=True)
    found = []
    with browser() as opened:
        for width in WIDTHS:
            for theme in ("light", "dark"):
                tab = opened.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                tab.goto(page.resolve().as_uri())
                if without:
                    tab.locator(without).evaluate_all("found => found.forEach((element) => element.remove())")
                clip = None
                if until:
                    box = tab.locator(f"#{until}").bounding_box()
                    clip = {"x": 0, "y": 0, "width": width, "height": box["y"] + box["height"] + 16}
                found.append(to / f"{page.stem}_{width}_{theme}.png")
                tab.screenshot(path=str(found[-1]), full_page=True, clip=clip)
                tab.close()
    return found


if __name__ == "__main__":
    for path in screenshots(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]):
        print(path)
