"""Pages of one site not yet read, best first, so that a budget of pages tells as much as it can.

A page is worth less the more pages of its family (alike names in alike folders), of its topic and of its folder
were taken: thirty posts about IOPs leave room for the insurance page, and one centre's pages for the next centre's.
Costs only ever grow, so a heap's first entry is never better than it says, and is put back where it is worse.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.fetch.crawl.links import NEVER, TONGUE, Rating, name_of, rate, weigh
from sources.urls import canonical_url, registrable, same_site, trap, url_key

ENTRY_SCORE = 1000.0  # the registry's own choice comes first
OTHER_HOST_COST = 2.0  # of a page on a subdomain
MENU_BONUS = 3.0  # of a link on the home page or on two pages, as against one that a sitemap alone names
POST_COST = 3.0  # of a page that its sitemap calls a post
KNOWN_BONUS = 3.5  # of a page that held something before: more than its link in the menu would be worth,
KNOWN_SCORE = 7.0  # and what it is worth at least: only clearly better pages take its place
FIRST_BONUS = 2.0  # of a topic's first page
FAMILY_COST = 1.0  # at each doubling of its pages taken; of places, each of which is news,
PLACES_COST = 0.3
PLACE_COST = 0.08  # of each place: a hospital has hundreds
FOLDER_COST = 2.0  # of each page taken of one centre, up to
FOLDER_LIMIT = 3
# At each doubling of a topic's pages taken. A site has one page on insurance, and as many places as it has.
TOPIC_COST = {
    "iop": 1.0,
    "program": 1.2,
    "place": 0.3,
    "payment": 2.0,
    "contact": 2.0,
    "entry": 2.0,
    "about": 2.0,
}
UNNAMED_COST = 0.3

Heap = list[tuple[float, int, str]]  # (-worth, number, name)


@dataclass(slots=True)
class Candidate:
    """A page in the frontier, with the best that any link said of it."""

    url: str
    number: int
    rating: Rating
    score: float
    bonus: float = 0.0
    menu: bool = False
    known: bool = False  # it was good before: asked again whatever others say of it, or its facts would age


def entry_urls(url: str, entry: Iterable[str] = ()) -> list[str]:
    """The pages that a source begins with: its own, then the entries, which may be relative."""
    found = (canonical_url(place, url) for place in (url, *entry))
    return list(dict.fromkeys(place for place in found if place))


@dataclass(slots=True)
class Frontier:
    """Pages not yet read, best first. `site` decides what is inside; hosts that turn out to be it are adopted."""

    site: str
    entry: tuple[str, ...] = ()
    offered: dict[str, int] = field(default_factory=dict)  # on how many pages an href was (`summarize`)
    _hosts: set[str] = field(default_factory=set)
    _waiting: dict[str, Candidate] = field(default_factory=dict)  # by url_key, as are the others
    _done: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)  # what a link said speaks against the page
    _claimed: dict[str, int] = field(default_factory=dict)  # by a page read elsewhere, and what that page is
    _doubted: bool = False
    _steady: Heap = field(default_factory=list)  # entries and known pages: they keep their worth
    _topics: dict[str, Heap] = field(default_factory=dict)  # names are families
    _families: dict[str, Heap] = field(default_factory=dict)
    _last: tuple[str, ...] = ()  # topic, family and folder of the page given last
    _taken: Counter[str] = field(default_factory=Counter)  # by topic, family and folder
    _number: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.adopt(self.site)
        for place in entry_urls(self.site, self.entry):
            self._begin_with(place, rate(place), ENTRY_SCORE)

    def add(self, url: str, anchor: str = "", bonus: float = 0.0, *, menu: bool = False) -> bool:
        """Take a link in, if it is in the site, not read, no trap, and worth reading. A page that waits already
        rises with what a better link says. Whether it came or rose."""
        place = canonical_url(url)
        if place is None or (key := url_key(place)) in self._done:
            return False
        page = self._waiting.get(key)
        if page is not None:
            return (bool(anchor) or menu) and self._raise(key, page, anchor, bonus, menu)
        if not self._welcome(place):
            return False
        rating = rate(place, anchor)
        if rating.score + bonus - self._host_cost(place) <= 0:
            if anchor:
                self._refused.add(key)
            return False
        if not anchor and not rating.topic and key in self._refused:
            return False  # a sitemap tells of the page that the menu calls "Careers"
        page = Candidate(place, next(self._number), rating, -math.inf)
        self._waiting[key] = page
        return self._raise(key, page, anchor, bonus, menu)

    def keep(self, url: str) -> None:
        """Take in a page that was good before: it keeps its place unless clearly better ones come."""
        key = url_key(canonical_url(url) or url)
        self.add(url, bonus=KNOWN_BONUS)
        if page := self._waiting.get(key):
            page.known = True
            heapq.heappush(self._steady, (-KNOWN_SCORE, page.number, key))

    def repeated(self, url: str) -> None:
        """A link that is on several pages: the site's menu."""
        self.add(url, menu=True)

    def pop(self) -> str | None:
        """The best page left, or None."""
        self._taken.update(self._last)
        self._last = ()
        heads = [head for topic in self._topics if (head := self._topic_head(topic))]
        while self._steady and self._steady[0][2] not in self._waiting:
            heapq.heappop(self._steady)
        heads += self._steady[:1]
        if not heads:
            return None
        key = min(heads)[2]
        page = self._waiting.pop(key)
        self._done.add(key)
        self._last = tuple(name for name in page.rating[1:] if name)
        return page.url

    def spare(self) -> None:
        """The page given last was not asked for: it takes nothing of what its topic may cost."""
        self._last = ()

    def seen(self, url: str) -> bool:
        """Mark a page as read under another address (a redirect's target); whether it was known."""
        key = url_key(url)
        known = self._waiting.pop(key, None) is not None or key in self._done
        self._done.add(key)
        return known

    def is_done(self, url: str) -> bool:
        """Whether a page was given, or read under another address."""
        return url_key(url) in self._done

    def claim(self, canonical: str, content: str) -> None:
        """A page just read says that it has another address: that one needs no reading.

        Where two different pages claim one address, it was neither's, and the site's claims are not believed.
        """
        place = canonical_url(canonical, self.site)
        if place is None or not self.inside(place) or self.is_home(place) or self._known(place):
            return  # sites name their home page on every page
        key, mark = url_key(place), hash(content)
        if self._claimed.setdefault(key, mark) != mark:
            self._doubted = True
        if self._doubted:
            claimed, self._claimed = self._claimed, {}
            for other in claimed.keys() & self._waiting.keys():
                self._push(other, self._waiting[other])

    def translated(self, url: str) -> None:
        """A copy of a page just read in another language: it needs no reading."""
        place = canonical_url(url, self.site)
        if place is not None and self.inside(place) and not self.is_home(place) and not self._known(place):
            self.seen(place)

    def _known(self, place: str) -> bool:
        return (page := self._waiting.get(url_key(place))) is not None and page.known

    def adopt(self, url: str) -> None:
        """A host that is the site's own: the registry's, and the one that its home page leads to."""
        self._hosts.add(urlsplit(url).netloc.removeprefix("www."))

    def inside(self, url: str) -> bool:
        return self.at_home(url) or same_site(url, self.site)

    def at_home(self, url: str) -> bool:
        """Whether a URL is on a host of the site itself, with or without www."""
        return urlsplit(url).netloc.removeprefix("www.") in self._hosts

    def is_home(self, url: str) -> bool:
        return self.at_home(url) and "/" not in url_key(url) and "?" not in url_key(url)

    def _welcome(self, place: str) -> bool:
        """Whether a new URL may be followed at all: blogs and translations have hosts of their own too."""
        if not self.at_home(place):
            if not same_site(place, self.site):
                return False
            labels = (urlsplit(place).hostname or "").removesuffix(registrable(place)).strip(".").split(".")
            if any(TONGUE.fullmatch(label) or weigh(name_of(label)).bad <= NEVER for label in labels):
                return False
        return trap(place) is None

    def _host_cost(self, place: str) -> float:
        return 0.0 if self.at_home(place) else OTHER_HOST_COST

    def _begin_with(self, place: str, rating: Rating, worth: float) -> None:
        key = url_key(place)
        if key not in self._waiting:
            page = Candidate(place, next(self._number), rating, rating.score)
            self._waiting[key] = page
            heapq.heappush(self._steady, (-worth, page.number, key))

    def _raise(self, key: str, page: Candidate, anchor: str, bonus: float, menu: bool) -> bool:
        """Give a page the score of a link, if it has none as good."""
        page.menu, page.bonus = page.menu or menu, max(page.bonus, bonus)
        rating = rate(page.url, anchor)
        if rating.score < page.rating.score:
            rating = page.rating
        score = rating.score + page.bonus + MENU_BONUS * page.menu - self._host_cost(page.url)
        if score <= page.score:
            return False
        page.rating, page.score = rating, score
        self._push(key, page)
        return True

    def _push(self, key: str, page: Candidate) -> None:
        heap = self._families.setdefault(page.rating.family, [])
        heapq.heappush(heap, (self._folder_cost(page) - page.score, page.number, key))
        if heap[0][2] == key:
            topic, family = page.rating.topic, page.rating.family
            worth = heap[0][0] + self._family_cost(topic, family)
            heapq.heappush(self._topics.setdefault(topic, []), (worth, page.number, family))

    def _topic_head(self, topic: str) -> tuple[float, int, str] | None:
        """The best page of a topic, as a heap's entry."""
        heap = self._topics[topic]
        while heap:
            worth, _, family = heap[0]
            head = self._family_head(family)
            if head is None:
                heapq.heappop(heap)
                continue
            now = head[0] + self._family_cost(topic, family)
            if now > worth:
                heapq.heapreplace(heap, (now, head[1], family))
                continue
            first = FIRST_BONUS if topic in TOPIC_COST and not self._taken[topic] else 0.0
            return (
                now - first + TOPIC_COST.get(topic, UNNAMED_COST) * self._doublings(topic),
                head[1],
                head[2],
            )
        return None

    def _family_head(self, family: str) -> tuple[float, int, str] | None:
        heap = self._families[family]
        while heap:
            worth, number, key = heap[0]
            page = self._waiting.get(key)
            if page is None or page.rating.family != family or key in self._claimed:
                heapq.heappop(heap)
                continue
            now = self._folder_cost(page) - page.score
            if now > worth:
                heapq.heapreplace(heap, (now, number, key))
                continue
            return heap[0]
        return None

    def _folder_cost(self, page: Candidate) -> float:
        return FOLDER_COST * min(self._taken[page.rating.folder], FOLDER_LIMIT) if page.rating.folder else 0.0

    def _family_cost(self, topic: str, family: str) -> float:
        if topic == "place":
            return PLACES_COST * self._doublings(family) + PLACE_COST * self._taken[family]
        return FAMILY_COST * self._doublings(family)

    def _doublings(self, name: str) -> float:
        return math.log2(1 + self._taken[name])
