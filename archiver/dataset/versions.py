"""The captures of one article beside each other: what it said when, and what changed in between.

Knows which rows of ``articles`` belong together, their order, and which of their columns a reader
would call the article; what changed within a text, ``archiver.changes`` tells. Captures stand in
the order of the view ``article_versions``, and have the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from archiver.dataset.lookup import find_rows, parts_of
from archiver.errors import UrlError
from archiver.urls import normalise

FIELDS = (
    "title",
    "subtitle",
    "authors",
    "published_at",
    "modified_at",
    "section",
    "access",
    "language",
    "text",
)
"""What is compared, in the order in which it is shown. Of authors the names count, of a text its
``text_digest``: other white space is no change."""

_ABOUT = (
    "article_id", "url", "canonical_url", "page_number", "text_digest", "captured_at",
    "warc_filename", "warc_record_offset", "warc_record_id", "extractor", "rules_digest",
    "furniture_digest",
)  # fmt: skip
_COLUMNS = (*_ABOUT, *FIELDS)


@dataclass(frozen=True, slots=True)
class Version:
    """What one capture of a page of an article said."""

    number: int
    """From 1, over all captures of that page, oldest first."""
    row: Mapping[str, Any]
    """Its row of ``articles``, as far as it is compared or says where it comes from."""

    @property
    def captured_at(self) -> datetime:
        """``WARC-Date``."""
        at: datetime = self.row["captured_at"]
        return at

    def value(self, name: str) -> Any:
        """The field ``name`` as it is compared and shown."""
        if name == "authors":
            return [author["name"] for author in self.row["authors"]]
        return self.row[name]


@dataclass(frozen=True, slots=True)
class Change:
    """Two captures of a page that do not say the same."""

    before: Version
    after: Version
    fields: tuple[str, ...]
    """Which of ``FIELDS`` differ."""

    @property
    def is_read_alike(self) -> bool:
        """False when another program or other site rules read them: then these may differ where
        the pages do not."""
        names = ("extractor", "rules_digest", "furniture_digest")
        return all(self.before.row[name] == self.after.row[name] for name in names)


def has_articles(dataset_dir: Path) -> bool:
    """True when there is a dataset in ``dataset_dir``."""
    return bool(parts_of(dataset_dir, "articles"))


def article_ids_of(dataset_dir: Path, key: str) -> dict[str, str]:
    """The canonical URL of each article that ``key`` names, by ``article_id``: its id, an address
    it was fetched from, or its canonical one. Several where a page has changed its own mind about
    its canonical address; empty when nothing has that name."""
    if "://" in key:
        spellings = dict.fromkeys([key, *_normalised(key)])
        wanted = [(name, url) for url in spellings for name in ("url", "canonical_url")]
    else:
        wanted = [("article_id", key)]
    found: dict[str, str] = {}
    for column, value in wanted:
        names = ("article_id", "canonical_url")
        for row in find_rows(dataset_dir, "articles", column, value, names):
            found.setdefault(row["article_id"], row["canonical_url"])
    return found


def outcomes_of(dataset_dir: Path, url: str) -> set[str]:
    """What became of the captures of ``url``, articles or not."""
    spellings = dict.fromkeys([url, *_normalised(url)])
    rows = (find_rows(dataset_dir, "captures", "url", one, ["outcome"]) for one in spellings)
    return {row["outcome"] for found in rows for row in found}


def versions_of(dataset_dir: Path, article_id: str) -> dict[int, tuple[Version, ...]]:
    """All captures of an article, oldest first, by page number."""
    pages: dict[int, list[Mapping[str, Any]]] = {}
    for row in find_rows(dataset_dir, "articles", "article_id", article_id, _COLUMNS):
        pages.setdefault(row["page_number"], []).append(row)
    return {
        page: tuple(Version(number, row) for number, row in enumerate(sorted(rows, key=_place), 1))
        for page, rows in sorted(pages.items())
    }


def version_at(versions: Sequence[Version], when: int | datetime) -> Version | None:
    """The capture with that number, or the last one that is not after that time; None when there
    is none."""
    if isinstance(when, int):
        return versions[when - 1] if 0 < when <= len(versions) else None
    return next((one for one in reversed(versions) if one.captured_at <= when), None)


def changes_of(versions: Sequence[Version]) -> Iterator[Change]:
    """Each capture that says something else than the one before it, with that one."""
    for before, after in pairwise(versions):
        change = change_between(before, after)
        if change.fields:
            yield change


def change_between(before: Version, after: Version) -> Change:
    """How ``after`` differs from ``before``; without fields when it does not."""
    return Change(before, after, tuple(_differing(before, after)))


def _differing(before: Version, after: Version) -> Iterable[str]:
    for name in FIELDS:
        compared = "text_digest" if name == "text" else name
        if before.value(compared) != after.value(compared):
            yield name


def _place(row: Mapping[str, Any]) -> tuple[datetime, str, int]:
    return (row["captured_at"], row["warc_filename"], row["warc_record_offset"])


def _normalised(url: str) -> list[str]:
    try:
        return [normalise(url)]
    except UrlError:
        return []
