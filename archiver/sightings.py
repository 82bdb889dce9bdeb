"""What captures showed of a thread: sightings, the comments in each, and the visits they make up.

Knows records and their order in time; where they were stored, ``archiver.dataset.threads`` knows.
A thread is shown in parts: a page has the first comments, answers of the platform have the rest.
What was captured together is a visit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from archiver.model import Comment, CommentStatus, ParentSource, Precision
from archiver.outcomes import ThreadOutcome

VISIT_GAP = timedelta(hours=1)
"""What is captured later than that after the record before it is another visit: a visit's records
are asked for one after the other, and a thread is not visited again for two hours
(``archiver.revisits``). A visit that is cut in two only proves less."""


Place = tuple[str, int]
"""Name of a WARC file, and the offset of a record in it."""


class Route(StrEnum):
    """By which of two ways a comment was seen. They print one comment in different ways (votes,
    blanks, parents), so that only what one route said before and after can be compared."""

    PAGE = "page"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture of a thread, or of a part of it."""

    record: Place
    """The record whose rows it shows: its own, or of a revisit the earlier one's."""
    captured_at: datetime
    place: Place
    """Its own record's: the order of what has the same time."""
    route: Route
    platform: str | None = None
    """None for a page that shows no comment: nobody knows whose it does not show."""
    url: str | None = None
    thread_ref: str | None = None
    declared: int | None = None
    outcome: ThreadOutcome | None = None
    run_id: str | None = None
    read_by: str = ""
    """The programs that read it and the key that names readers."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One comment in one sighting."""

    sighting: int
    """Its place among the sightings of the history."""
    position: int
    """In the record, from 0."""
    comment: Comment
    """Without depth, position and ``is_orphan``, which are the record's and not the comment's."""


@dataclass(frozen=True, slots=True)
class ThreadHistory:
    """All that was captured of one article's thread on one platform."""

    platform: str
    sightings: tuple[Sighting, ...]
    """Oldest first."""
    seen: Mapping[str, tuple[Seen, ...]]
    """By comment_id, oldest first."""
    shown: tuple[tuple[tuple[int, str], ...], ...] = field(repr=False, default=())
    """Of each sighting: position and comment_id of its comments, in their order."""

    def until(self, at: datetime) -> int:
        """How many sightings are not after ``at``."""
        return bisect_right(self.sightings, at, key=lambda one: one.captured_at)

    def state_in(self, number: int, comment_id: str) -> Comment:
        """The comment as the sighting ``number`` shows it, which does."""
        entries = self.seen[comment_id]
        return entries[bisect_left(entries, number, key=lambda one: one.sighting)].comment


@dataclass(frozen=True, slots=True)
class Visit:
    """Sightings of a thread that were captured together."""

    sightings: tuple[int, ...]
    """Their places in the history, oldest first."""
    is_whole: bool
    """They show the whole thread: as many comments as it is said to have, no fewer and no more."""


def histories_of(
    sightings: Iterable[Sighting], rows: Iterable[Mapping[str, Any]]
) -> tuple[ThreadHistory, ...]:
    """The history of each platform's thread, by name of the platform.

    ``rows`` are those of ``comments``, of one article, in any order; each is shown by the
    sightings that name its record and platform, the others are left out.
    """
    ordered = sorted(sightings, key=lambda one: (one.captured_at, one.place))
    parts = {
        name: [one for one in ordered if one.platform in (name, None)]
        for name in sorted({one.platform for one in ordered if one.platform is not None})
    }
    showing: dict[tuple[str, Place], list[int]] = {}
    for name, part in parts.items():
        for number, one in enumerate(part):
            if one.platform is not None:
                showing.setdefault((name, one.record), []).append(number)
    found: dict[str, dict[str, list[Seen]]] = {name: {} for name in parts}
    # A comment is mostly shown again as it was: of each state one value is kept.
    states: dict[Comment, Comment] = {}
    for row in rows:
        name = row["platform"]
        numbers = showing.get((name, place_of(row)))
        if not numbers:
            continue
        comment = comment_of(row)
        comment = states.setdefault(comment, comment)
        entries = found[name].setdefault(comment.comment_id, [])
        entries += (Seen(number, row["position"], comment) for number in numbers)
    return tuple(_history(name, part, found[name]) for name, part in parts.items())


def _history(
    name: str, sightings: Sequence[Sighting], found: Mapping[str, list[Seen]]
) -> ThreadHistory:
    shown: list[list[tuple[int, str]]] = [[] for _ in sightings]
    seen: dict[str, tuple[Seen, ...]] = {}
    for comment_id, entries in found.items():
        entries.sort(key=lambda one: (one.sighting, one.position))
        seen[comment_id] = tuple(entries)
        for one in entries:
            shown[one.sighting].append((one.position, comment_id))
    return ThreadHistory(
        name, tuple(sightings), seen, tuple(tuple(sorted(entries)) for entries in shown)
    )


def place_of(row: Mapping[str, Any]) -> Place:
    """Where the record lies that a row of any table was read from."""
    return (row["warc_filename"], row["warc_record_offset"])


_NAMES = tuple(
    one.name for one in fields(Comment) if one.name not in ("depth", "position", "is_orphan")
)
_CLOSED = {
    "status": CommentStatus,
    "parent_source": ParentSource,
    "published_precision": Precision,
}


def comment_of(row: Mapping[str, Any]) -> Comment:
    """The comment in a row of ``comments``, without what only that record says of it."""
    values = {name: row[name] for name in _NAMES if row.get(name) is not None}
    for name, kind in _CLOSED.items():
        if name in values:
            values[name] = kind(values[name])
    return Comment(**values)


def visits_of(history: ThreadHistory) -> tuple[Visit, ...]:
    """The visits of a thread, oldest first.

    A visit ends where another run, a long pause or the same address again begins the next. Some
    platforms give all answers under one address (POST): there, an answer without any comment of
    those before it goes on.
    """
    visits: list[Visit] = []
    waiting: list[int] = []
    by_url: dict[str | None, set[str]] = {}
    for number, one in enumerate(history.sightings):
        shown = {comment_id for _, comment_id in history.shown[number]}
        if waiting and (_is_elsewhen(history, waiting[-1], one) or _is_again(one, by_url, shown)):
            visits.append(_visit(history, waiting))
            waiting, by_url = [], {}
        waiting.append(number)
        by_url.setdefault(one.url, set()).update(shown)
    if waiting:
        visits.append(_visit(history, waiting))
    return tuple(visits)


def _is_elsewhen(history: ThreadHistory, number: int, one: Sighting) -> bool:
    before = history.sightings[number]
    return before.run_id != one.run_id or one.captured_at - before.captured_at > VISIT_GAP


def _is_again(one: Sighting, by_url: Mapping[str | None, set[str]], shown: set[str]) -> bool:
    if one.url not in by_url:
        return False
    is_next_answer = one.route is Route.ANSWER and bool(shown) and not shown & by_url[one.url]
    return not is_next_answer


def _visit(history: ThreadHistory, numbers: Sequence[int]) -> Visit:
    return Visit(tuple(numbers), _is_whole(history, numbers))


def _is_whole(history: ThreadHistory, numbers: Sequence[int]) -> bool:
    """By count: as many as are declared, with or without pingbacks, and the same number from the
    first record to the last (else the thread changed meanwhile, and a comment may have moved to a
    part that was captured before). More than that is no proof, since some count the top level only.
    By word: the one sighting of the visit calls itself complete."""
    said = {route: _said(history, numbers, route) for route in Route}
    declared = said[Route.ANSWER] or said[Route.PAGE]
    if declared:
        statuses = dict(_statuses(history, numbers)).values()
        visible = sum(status is CommentStatus.VISIBLE for status in statuses)
        pings = sum(status is CommentStatus.PINGBACK for status in statuses)
        is_steady = all(len(counts) < 2 for counts in said.values())
        return is_steady and declared.pop() in (visible, visible + pings)
    (first, *others) = numbers
    return not others and history.sightings[first].outcome is ThreadOutcome.COMPLETE


def _said(history: ThreadHistory, numbers: Sequence[int], route: Route) -> set[int]:
    """The numbers of comments that sightings by this route declare."""
    sightings = (history.sightings[number] for number in numbers)
    return {one.declared for one in sightings if one.route is route and one.declared is not None}


def _statuses(
    history: ThreadHistory, numbers: Sequence[int]
) -> Iterator[tuple[str, CommentStatus]]:
    for number in numbers:
        for _, comment_id in history.shown[number]:
            yield comment_id, history.state_in(number, comment_id).status
