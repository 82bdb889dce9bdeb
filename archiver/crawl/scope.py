"""What a crawl may fetch: its seeds' sites, and what they list.

Pure. The scope is about where a crawl goes, not about what a server allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from archiver.model import Link, LinkKind, Purpose
from archiver.urls import host_of, site_of

_ORIGINS = 10_000
"""Origins whose answer is kept: every page asks about a hundred links of few sites."""


class Reach(StrEnum):
    """How far a crawl goes."""

    SITE = "site"
    """The registrable domains of the seeds."""
    LISTED = "listed"
    """Also pages of other hosts that a seed, feed or sitemap lists: one hop, never their links."""
    HOST = "host"
    """The very hosts of the seeds."""


class Scope:
    """Says of each link, page and redirect whether the crawl goes there."""

    def __init__(self, reach: Reach, seeds: Iterable[str]) -> None:
        self.reach = reach
        self._sites: set[str] = set()
        self._by_origin: dict[str, bool] = {}
        for seed in seeds:
            self.admit(seed)

    def admit(self, url: str) -> None:
        """The site (or host) of ``url`` belongs to the crawl."""
        self._sites.add(self._place(url))
        self._by_origin.clear()

    def holds(self, url: str) -> bool:
        """Whether ``url`` is on a site of the crawl: its links may be followed."""
        scheme, _, rest = url.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0]}"
        known = self._by_origin.get(origin)
        if known is None:
            if len(self._by_origin) > _ORIGINS:
                self._by_origin.clear()
            known = self._by_origin[origin] = self._place(url) in self._sites
        return known

    def follows(self, link: Link, page_url: str) -> bool:
        """Whether a link found on ``page_url`` is followed."""
        if not self.holds(page_url):
            return False
        if self.holds(link.url):
            return True
        is_page = link.kind in (LinkKind.ARTICLE, LinkKind.PAGE, LinkKind.SECTION)
        return self.reach is Reach.LISTED and link.listed and is_page

    def follows_redirect(
        self, source: str, target: str, *, purpose: Purpose, is_listed: bool
    ) -> bool:
        """Whether a redirect from ``source`` is followed. A seed that moved takes the crawl with
        it; a listed page of another host may be moved within the web as it likes."""
        if self.holds(target):
            return True
        if purpose is Purpose.THREAD:  # a platform's own host may move its answers within itself
            return self._place(target) == self._place(source)
        if purpose is Purpose.SEED and self.holds(source):
            self.admit(target)
            return True
        return self.reach is Reach.LISTED and is_listed

    def _place(self, url: str) -> str:
        return host_of(url) if self.reach is Reach.HOST else site_of(url)
