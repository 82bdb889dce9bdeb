"""The captures of one article's thread, out of all parts: sightings, and the rows they show.

Knows which rows of the three tables speak of a thread. What they say over time,
``archiver.thread_history`` tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.dataset.lookup import find_rows, parts_of, rows_of
from archiver.dataset.parts import read_footer
from archiver.dataset.versions import article_ids_of
from archiver.model import Purpose
from archiver.outcomes import Outcome, ThreadOutcome
from archiver.sightings import Place, Route, Sighting, ThreadHistory, histories_of, place_of

Row = Mapping[str, Any]

_COMMENTS = (
    "comment_id", "parent_id", "parent_source", "position", "author", "author_id", "author_url",
    "is_article_author", "is_staff", "is_pinned", "published_at", "edited_at", "published_raw",
    "published_precision", "text", "likes", "dislikes", "score", "reply_count", "status",
    "platform", "permalink", "warc_filename", "warc_record_offset",
)  # fmt: skip
"""What of a comment is compared and shown; not its markup, which says the same as its text."""

_SHOWN = ("platform", "thread_ref", "captured_at", "warc_filename", "warc_record_offset",
          "warc_record_id", "run_id")  # fmt: skip
_PAGES = ("url", "comments_declared", "thread_outcome", "captured_at", "warc_filename",
          "warc_record_offset", "warc_record_id", "run_id")  # fmt: skip
_CAPTURES = ("url", "fetch_time", "content_digest", "content_mime_type", "purpose", "outcome",
             "warc_filename", "warc_record_offset", "warc_record_id", "thread_platform",
             "thread_ref", "comments_declared", "thread_outcome", "run_id")  # fmt: skip


def thread_ids_of(dataset_dir: Path, key: str) -> dict[str, str]:
    """The canonical URL of each article that ``key`` names, by ``article_id``, as
    ``versions.article_ids_of``; besides, articles of which the dataset has comments only."""
    found = article_ids_of(dataset_dir, key)
    column = "article_url" if "://" in key else "article_id"
    for row in () if found else find_rows(dataset_dir, "comments", column, key, _ARTICLE):
        found.setdefault(row["article_id"], row["article_url"])
    return found


_ARTICLE = ("article_id", "article_url")


Refusal = tuple[datetime, str, ThreadOutcome]
"""An answer that named a reason for having no comments: when, which platform, and the reason."""


@dataclass(frozen=True, slots=True)
class ThreadCaptures:
    """All that the dataset has of one article's threads."""

    histories: tuple[ThreadHistory, ...] = ()
    """By name of the platform."""
    refusals: tuple[Refusal, ...] = ()
    """Oldest first."""


def thread_captures(dataset_dir: Path, article_id: str) -> ThreadCaptures:
    """What was captured of an article's threads: by its pages, by answers of platforms, and by
    revisits of either. Comments are streamed; each state of each of them is in memory once."""
    shown = dict(_shown(dataset_dir, article_id))
    pages = list(find_rows(dataset_dir, "articles", "article_id", article_id, _PAGES))
    asked = list(find_rows(dataset_dir, "captures", "article_id", article_id, _CAPTURES))
    captures: dict[Place, Row] = {place_of(row): row for row in asked}
    named = {row["warc_record_id"] for row in (*shown.values(), *pages)}
    known = {row["warc_record_id"] for row in asked}
    captures |= {place_of(row): row for row in _captures(dataset_dir, named - known)}
    sightings = list(_sightings(shown, pages, captures))
    sightings += _revisits(dataset_dir, sightings, captures)
    refusals = sorted(
        (row["fetch_time"], row["thread_platform"] or "unknown", ThreadOutcome(outcome))
        for row in asked
        if (outcome := row["thread_outcome"]) in _REFUSALS
    )
    rows = find_rows(dataset_dir, "comments", "article_id", article_id, _COMMENTS)
    return ThreadCaptures(histories_of(sightings, rows), tuple(refusals))


_REFUSALS = frozenset(
    {
        ThreadOutcome.LOGIN_NEEDED,
        ThreadOutcome.KEY_NEEDED,
        ThreadOutcome.QUERY_REFUSED,
        ThreadOutcome.NOT_FOUND,
        ThreadOutcome.CLOSED_DOWN,
    }
)


def _shown(dataset_dir: Path, article_id: str) -> Iterator[tuple[Place, Row]]:
    """Each record that has rows in ``comments``, with what they say of it and who read it."""
    for part in parts_of(dataset_dir, "comments"):
        footer: dict[str, str] | None = None
        before = None
        for row in rows_of(part, _SHOWN, "article_id", {article_id}):
            if place_of(row) == before:
                continue
            before = place_of(row)
            footer = read_footer(part) if footer is None else footer
            names = ("archiver.extractor", "archiver.identity")
            yield before, {**row, "read_by": " ".join(footer.get(name, "") for name in names)}


def _captures(dataset_dir: Path, record_ids: Collection[str]) -> Iterator[Row]:
    for part in parts_of(dataset_dir, "captures") if record_ids else ():
        yield from rows_of(part, _CAPTURES, "warc_record_id", record_ids)


def _sightings(
    shown: Mapping[Place, Row], pages: Sequence[Row], captures: Mapping[Place, Row]
) -> Iterator[Sighting]:
    """One for each page of the article, each answer about its thread, and each other record that
    shows comments on it (an answer that another program archived). Of a record that stands in two
    files, a copy, only the first."""
    parts = {place_of(row): _sighting({**row, **shown.get(place_of(row), {})}, Route.PAGE)
             for row in pages}  # fmt: skip
    for place, row in captures.items():
        is_answer = row["purpose"] == Purpose.THREAD and row["outcome"] == Outcome.THREAD
        if place not in parts and (is_answer or place in shown):
            about = {**row, "captured_at": row["fetch_time"], "platform": row["thread_platform"]}
            route = Route.PAGE if "html" in (row["content_mime_type"] or "") else Route.ANSWER
            parts[place] = _sighting({**about, **shown.get(place, {})}, route)
    for place, row in shown.items():
        parts.setdefault(place, _sighting(row, Route.ANSWER))
    rows = {**captures, **{place_of(row): row for row in pages}, **shown}
    originals = {
        (rows[place]["warc_record_id"], parts[place].captured_at): place
        for place in sorted(parts, reverse=True)
    }
    yield from (parts[place] for place in originals.values())


def _sighting(row: Row, route: Route) -> Sighting:
    outcome = row.get("thread_outcome")
    return Sighting(
        record=place_of(row),
        captured_at=row["captured_at"],
        place=place_of(row),
        route=route,
        platform=row.get("platform"),
        url=row.get("url"),
        thread_ref=row.get("thread_ref"),
        declared=row.get("comments_declared"),
        outcome=ThreadOutcome(outcome) if outcome is not None else None,
        run_id=row["run_id"],
        read_by=row.get("read_by", ""),
    )


def _revisits(
    dataset_dir: Path, sightings: Sequence[Sighting], captures: Mapping[Place, Row]
) -> Iterator[Sighting]:
    """One for each later capture of an address that brought the same bytes again and was not read
    again: it shows what the capture before it did."""
    earlier: dict[tuple[str, str], list[Sighting]] = {}
    for one in sightings:
        digest = captures.get(one.record, {}).get("content_digest")
        if one.url is not None and digest is not None:
            earlier.setdefault((one.url, digest), []).append(one)
    urls = {url for url, _ in earlier}
    for part in parts_of(dataset_dir, "captures") if urls else ():
        for row in rows_of(part, _CAPTURES, "url", urls):
            same = earlier.get((row["url"], row["content_digest"]), ())
            before = [one for one in same if one.captured_at <= row["fetch_time"]]
            if row["outcome"] == Outcome.UNCHANGED and before:
                yield replace(
                    max(before, key=lambda one: one.captured_at),
                    captured_at=row["fetch_time"],
                    place=place_of(row),
                    run_id=row["run_id"],
                )
