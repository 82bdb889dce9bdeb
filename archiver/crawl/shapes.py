"""What a crawl has learned about the addresses of each site: which shapes are articles.

A table beside the frontier's own, in the same file; rebuildable from the archive. Knows SQLite;
what a shape is, is ``archiver.shapes``' affair.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from archiver.shapes import shape_of
from archiver.urls import site_of

if TYPE_CHECKING:
    from archiver.crawl.frontier import Frontier

LEAST_SEEN = 4
CLEAR_SHARE = 0.8
"""An opinion takes four pages of a shape, of which four in five are of one kind. Chosen on one half
of 312 real sites and measured on the other (their links, labelled by where they stand on a page;
half of each site's links learned, the other half asked): an opinion on 50 % of 8,522 links, right
for 99.1 % of these, where the address alone is right for 90.1 %. Three pages give 57 % and 99.2 %,
eight 33 % and 99.5 %; three is not taken because the first pages of a crawl are of one menu."""
MOST_SHAPES = 400
"""Of one site; the least seen gives way. The busiest of the 312 sites shows 268."""
_MOST_COUNTED = 128
"""Pages of one shape, after which both counts are halved: a site that is built anew is learned
anew within a few dozen pages."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shapes (
    site TEXT NOT NULL,
    shape TEXT NOT NULL,
    articles INTEGER NOT NULL,
    others INTEGER NOT NULL,
    PRIMARY KEY (site, shape)
) STRICT, WITHOUT ROWID;
"""
_COUNTS = "SELECT articles, others FROM shapes WHERE site = ? AND shape = ?"


class LearnedShapes:
    """The shapes of one output directory. For the thread that has the frontier."""

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier
        frontier.connection.executescript(_SCHEMA)

    def note(self, url: str, *, is_article: bool) -> None:
        """The page at ``url`` (normalised) has been read, and this is what it was."""
        key = _key(url)
        known = self._frontier.connection.execute(_COUNTS, key).fetchone()
        articles, others = known or (0, 0)
        articles, others = articles + is_article, others + (not is_article)
        if articles + others > _MOST_COUNTED:
            articles, others = articles // 2, others // 2
        with self._frontier.transaction():
            if known is None:
                self._make_room(key[0])
            self._frontier.connection.execute(
                "INSERT OR REPLACE INTO shapes VALUES (?, ?, ?, ?)", (*key, articles, others)
            )

    def opinion(self, url: str) -> bool | None:
        """Whether pages with addresses like ``url`` (normalised) are articles on its site; None
        where too few were read, or they were of both kinds."""
        known = self._frontier.connection.execute(_COUNTS, _key(url)).fetchone()
        articles, others = known or (0, 0)
        seen = articles + others
        if seen < LEAST_SEEN or max(articles, others) < CLEAR_SHARE * seen:
            return None
        return bool(articles > others)

    def _make_room(self, site: str) -> None:
        connection = self._frontier.connection
        (count,) = connection.execute(
            "SELECT count(*) FROM shapes WHERE site = ?", (site,)
        ).fetchone()
        if count >= MOST_SHAPES:
            connection.execute(
                "DELETE FROM shapes WHERE site = ?1 AND shape = (SELECT shape FROM shapes "
                "WHERE site = ?1 ORDER BY articles + others, shape LIMIT 1)",
                (site,),
            )


def _key(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    return _site(f"{scheme}://{rest.partition('/')[0]}"), shape_of(url)


@lru_cache(maxsize=10_000)
def _site(origin: str) -> str:
    return site_of(origin)
