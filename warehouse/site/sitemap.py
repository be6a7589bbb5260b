"""sitemap.xml for search engines: an index of files of at most 50,000 addresses (sitemaps.org), and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from warehouse.site.site import Site

MOST = 50_000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write_sitemap(site: Site, paths: Iterable[str], most: int = MOST) -> None:
    """Addresses of all pages, where the site's own is known; robots.txt lets everybody read."""
    base = site.options.base_url.rstrip("/")
    robots = "User-agent: *\nAllow: /\n"
    if base:
        pages, files = sorted(paths), []
        for number, start in enumerate(range(0, len(pages), most), start=1):
            files.append(f"sitemap-{number}.xml")
            part = pages[start : start + most]
            lines = "".join(f"<url><loc>{escape(f'{base}/{path}')}</loc></url>\n" for path in part)
            site.put(files[-1], f'{HEAD}<urlset xmlns="{SCHEMA}">\n{lines}</urlset>\n')
        day = site.built_on.date().isoformat()
        lines = "".join(
            f"<sitemap><loc>{escape(f'{base}/{file}')}</loc><lastmod>{day}</lastmod></sitemap>\n"
            for file in files
        )
        site.put("sitemap.xml", f'{HEAD}<sitemapindex xmlns="{SCHEMA}">\n{lines}</sitemapindex>\n')
        robots += f"Sitemap: {base}/sitemap.xml\n"
    site.put("robots.txt", robots)
