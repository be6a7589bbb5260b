"""A provider's site → the pages worth fetching, within a budget. Pure functions: nothing here fetches.

Pages are ranked by how likely they tell of IOPs, places, insurance and contact (`link_score`, whose words are
`provider_site_links.csv`); each of these topics gets its share of the budget (`frontier`).
"""

from sources.frontier import Frontier, entry_urls
from sources.link_score import score_link
from sources.site_page import SitePage, read_page
from sources.sitemap import Sitemap, lastmod, parse_sitemap, sitemap_urls, sitemap_worth

__all__ = [
    "Frontier",
    "SitePage",
    "Sitemap",
    "entry_urls",
    "lastmod",
    "parse_sitemap",
    "read_page",
    "score_link",
    "sitemap_urls",
    "sitemap_worth",
]
