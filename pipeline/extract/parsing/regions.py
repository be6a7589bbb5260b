"""Which region of the page an element opens, told by its tag, role, class and id."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.records import Region

_TAGS = {"nav": Region.NAV, "footer": Region.FOOTER, "aside": Region.ASIDE}
_ROLES = {
    "navigation": Region.NAV,
    "banner": Region.HEADER,
    "contentinfo": Region.FOOTER,
    "complementary": Region.ASIDE,
    "dialog": Region.WIDGET,
    "alertdialog": Region.WIDGET,
    "search": Region.WIDGET,
}
# Words of class and id, by the region that they tell; of several the first.
_WORDS = {
    Region.WIDGET: (
        r"cookies?|gdpr|ccpa|consent|reviews?|testimonials?|chat(?:bot)?|popup|pop-up|newsletter|"
        r"subscribe|comments?|comment-list|recaptcha|share|social(?:-?(?:links|icons|share))?|disqus|skip-link|"
        r"screen-reader-text|sr-only"
    ),
    Region.NAV: (
        r"nav|navbar|navigation|menu|mega-?menu|main-?menu|sub-?menu|topnav|sidenav|leftnav|"
        r"bread-?crumbs?|pagination|pager|offcanvas|off-canvas|drawer|tabs-?nav|site-links"
    ),
    Region.FOOTER: r"site-?footer|footer|colophon|foot|copyright|bottom-?bar",
    Region.ASIDE: (
        r"sidebar|side-bar|related(?:-?(?:posts|articles|services|programs|pages))?|"
        r"recent-?posts|latest-?posts|blog-?(?:list|grid|posts|feed)|rightcol|widget-?area"
    ),
    Region.HEADER: r"site-?header|masthead|top-?bar|header-?top|topbar|main-?header",
}


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])")


_PATTERNS = tuple((_named(words), region) for region, words in _WORDS.items())
_ANY = _named("|".join(_WORDS.values()))  # most names tell of none
_BODY = {"html", "body", "main"}


@lru_cache(maxsize=8192)
def region_of(tag: str, role: str | None, names: str) -> Region | None:
    """The region that such an element opens, or None. `names` is class and id, lower-cased."""
    if role == "main" or tag == "main":
        return Region.MAIN
    if tag in _BODY:
        return None
    if tag in _TAGS:
        return _TAGS[tag]
    if role in _ROLES:
        return _ROLES[role]
    if not names or tag in ("a", "span", "h1", "h2", "h3", "p", "button", "li"):
        return None
    if not _ANY.search(names):
        return None
    return next(region for pattern, region in _PATTERNS if pattern.search(names))
