"""A real browser for tests of pages: the system's chromium. `python tests/helpers/browser.py PAGE.html DIR` makes screenshots."""

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


def screenshots(page: Path, to: Path) -> list[Path]:
    """The whole page at each width, light and dark."""
    to.mkdir(parents=True, exist_ok=True)
    found = []
    with browser() as opened:
        for width in WIDTHS:
            for theme in ("light", "dark"):
                tab = opened.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                tab.goto(page.resolve().as_uri())
                found.append(to / f"{page.stem}_{width}_{theme}.png")
                tab.screenshot(path=str(found[-1]), full_page=True)
                tab.close()
    return found


if __name__ == "__main__":
    for path in screenshots(Path(sys.argv[1]), Path(sys.argv[2])):
        print(path)
