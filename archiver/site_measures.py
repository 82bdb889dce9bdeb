"""What one run brought of one site, in numbers: the value, and its form in ``run.json``.

Knows neither where the numbers come from (``dataset.run_measures`` counts them) nor what they
should be (``monitors`` compares them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FIELDS = (
    "title",
    "description",
    "authors",
    "published_at",
    "modified_at",
    "language",
    "section",
    "tags",
    "images",
    "text",
)
"""Columns of ``articles`` whose coverage is measured, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class SiteMeasures:
    """One site in one run. A share is between 0 and 1; None where there was nothing to measure."""

    captures: int = 0
    """Rows of ``captures`` whose URL is of the site."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """The same by what became of them."""
    size_bytes: int = 0
    """Of their records, as stored."""
    found_by: Mapping[str, int] = field(default_factory=dict)
    """How the addresses of the article pages were found; a page that does not say is left out."""
    errors: float | None = None
    """Share of the captures that failed."""
    duration_p50_ms: float | None = None
    duration_p95_ms: float | None = None
    """First byte sent to last byte received."""

    articles: int = 0
    """Different articles that were read, new or changed."""
    new_articles: int | None = None
    """Of these, how many no earlier part of the dataset has; None where nobody looked."""
    article_pages: int = 0
    """Captures of first pages of articles: what ``fields`` and ``words`` are of."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """Share of them that have a value, by column (``FIELDS``)."""
    words_median: float | None = None
    words_p10: float | None = None
    """Words of their texts: the middle, and what nine tenths exceed."""
    newest_published_at: datetime | None = None
    """The latest publication that is no later than its capture; aware."""

    comments: int = 0
    """Different comments on articles of the site, wherever they were asked for."""
    articles_read: int = 0
    """Articles of which a page or an answer of a comment platform was read."""
    articles_commented: int = 0
    """Of these, how many showed a comment."""

    @property
    def comments_per_article(self) -> float | None:
        """Comments for each article of which a page or a thread was read."""
        return self.comments / self.articles_read if self.articles_read else None


@dataclass(frozen=True, slots=True)
class RunMeasures:
    """One run of the crawl, as far as runs are compared."""

    run_id: str
    started_at: datetime
    """Aware."""
    sites: Mapping[str, SiteMeasures] | None
    """By site; None for a run that nobody measured, because it was killed."""
    is_finished: bool = True
    """It ended by itself: what it did not bring was not there."""
    is_backfill: bool = False
    """It was sent for old articles: how many says nothing about the site's rhythm."""
    scope: str = ""
    """What it was told to crawl; runs of the same scope go to the same sites."""
    known_since: Mapping[tuple[str, str, str], datetime] = field(default_factory=dict)
    """When what it found wrong was found first, by name of the finding, site and field."""


def as_json(measures: SiteMeasures) -> dict[str, Any]:
    """The form in ``run.json``."""
    newest = measures.newest_published_at
    return {
        "captures": measures.captures,
        "outcomes": dict(sorted(measures.outcomes.items())),
        "bytes": measures.size_bytes,
        "found_by": dict(sorted(measures.found_by.items())),
        "errors": _rounded(measures.errors),
        "duration_ms": {
            "p50": _rounded(measures.duration_p50_ms),
            "p95": _rounded(measures.duration_p95_ms),
        },
        "articles": measures.articles,
        "new_articles": measures.new_articles,
        "article_pages": measures.article_pages,
        "fields": {name: _rounded(share) for name, share in measures.fields.items()},
        "words": {
            "median": _rounded(measures.words_median),
            "p10": _rounded(measures.words_p10),
        },
        "newest_published_at": newest.isoformat(timespec="seconds") if newest else None,
        "comments": measures.comments,
        "comments_per_article": _rounded(measures.comments_per_article),
        "articles_read": measures.articles_read,
        "articles_commented": measures.articles_commented,
    }


def from_json(value: object) -> SiteMeasures:
    """What ``as_json`` wrote; ValueError says which key is none of its values. A key that is not
    there has the value of nothing measured, and one that is not known is passed over: both are how
    another version writes."""
    site = _table(value, "a site")
    words = _table(site.get("words", {}), "words")
    durations = _table(site.get("duration_ms", {}), "duration_ms")
    fields = _table(site.get("fields", {}), "fields")
    newest = site.get("newest_published_at")
    if newest is not None and not isinstance(newest, str):
        raise ValueError("newest_published_at is no time")
    return SiteMeasures(
        captures=_count(site, "captures"),
        outcomes=_counts(site, "outcomes"),
        size_bytes=_count(site, "bytes"),
        found_by=_counts(site, "found_by"),
        errors=_share(site, "errors"),
        duration_p50_ms=_number(durations, "p50"),
        duration_p95_ms=_number(durations, "p95"),
        articles=_count(site, "articles"),
        new_articles=None if site.get("new_articles") is None else _count(site, "new_articles"),
        article_pages=_count(site, "article_pages"),
        fields={name: share for name in fields if (share := _share(fields, name)) is not None},
        words_median=_number(words, "median"),
        words_p10=_number(words, "p10"),
        newest_published_at=datetime.fromisoformat(newest) if newest else None,
        comments=_count(site, "comments"),
        articles_read=_count(site, "articles_read"),
        articles_commented=_count(site, "articles_commented"),
    )


_MOST = 2**63
"""Of what is counted."""


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is no table")  # noqa: TRY004 - one error for whoever reads a file
    return value


def _number(table: Mapping[str, Any], name: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is no number")  # noqa: TRY004 - as above
    if not 0 <= value < _MOST:  # nor NaN
        raise ValueError(f"{name} is out of range")
    return float(value)


def _share(table: Mapping[str, Any], name: str) -> float | None:
    value = _number(table, name)
    if value is not None and value > 1:
        raise ValueError(f"{name} is {value}, no share")
    return value


def _count(table: Mapping[str, Any], name: str) -> int:
    value = _number(table, name)
    if value is not None and value != int(value):
        raise ValueError(f"{name} is {value}, no count")
    return int(value or 0)


def _counts(table: Mapping[str, Any], name: str) -> Mapping[str, int]:
    counts = _table(table.get(name, {}), name)
    return {str(key): _count(counts, key) for key in counts}
