"""A thread as it stood at a time, and what changed in it since another.

Knows a history of sightings; what the silence of a sighting means is ``archiver.absence``' affair.
The thread at a time is the latest state of each comment until then, joined by parents across
captures. A comment has changed where one route (page or answer) says something else than the same
route said before: two routes print the same comment in different ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from archiver.absence import Absence, Presence, Removal
from archiver.comments.thread import arrange
from archiver.model import Comment, CommentStatus, Precision
from archiver.sightings import Route, Seen, ThreadHistory

WRITTEN = ("text", "author", "status", "parent_id", "edited_at")
VOTES = ("likes", "dislikes", "score")
FIELDS = (*WRITTEN, *VOTES)
"""What is compared, in the order in which it is shown. Of a text its words count: other white
space is no change."""

_FILLED = (
    "author", "author_id", "author_url", "is_article_author", "is_staff", "is_pinned",
    "published_at", "published_raw", "published_precision", "edited_at", "html", "likes",
    "dislikes", "score", "reply_count", "permalink",
)  # fmt: skip
"""What one route leaves out, the other may say."""

_SPAN = {
    Precision.YEAR: timedelta(days=366),
    Precision.MONTH: timedelta(days=31),
    Precision.DAY: timedelta(days=1),
    Precision.HOUR: timedelta(hours=1),
    Precision.MINUTE: timedelta(minutes=1),
}
"""How much later a comment may have been written than its ``published_at``."""


class Kind(StrEnum):
    """What became of a comment. What stands beside each is its definition."""

    ADDED = "added"  # first shown since, and not known to be older
    FOUND = "found"  # first shown since, but written before, as it says itself
    EDITED = "edited"  # another text, author, status, parent or time of edit
    VOTED = "voted"  # other votes, and nothing else
    REMOVED = "removed"  # shown before, or in between; a later capture proves it gone
    RETURNED = "returned"  # had been removed, and is shown again


@dataclass(frozen=True, slots=True)
class Node:
    """One comment of a thread at a time."""

    comment: Comment
    """Its latest state until then; depth, position and ``is_orphan`` are those in this thread."""
    presence: Presence
    first_seen_at: datetime
    last_seen_at: datetime
    """Until that time."""
    removal: Removal | None = None
    """How its removal is known."""


@dataclass(frozen=True, slots=True)
class ThreadAt:
    """A thread as it stood at a time."""

    until: int = 0
    """How many of its sightings are not after that time."""
    nodes: tuple[Node, ...] = ()
    """In the order of reading: each comment with its answers below it, siblings oldest first. A
    removed comment is there while it has answers."""
    gone: tuple[Node, ...] = ()
    """Removed, and no node; oldest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one comment between two times."""

    kind: Kind
    node: Node
    """At the second time."""
    fields: Mapping[str, tuple[Any, Any]]
    """Of an edit or a vote: before and after, by the names in ``FIELDS``; empty for others."""
    is_read_alike: bool = True
    """False when before and after were read by different programs, or readers named under
    different keys: then these may differ where the thread does not."""


class ThreadInTime:
    """The thread of one history, at any time."""

    def __init__(self, history: ThreadHistory) -> None:
        self.history = history
        self.absence = Absence(history)

    def at(self, at: datetime) -> ThreadAt:
        """The thread as it was known to stand at ``at``; empty before its first sighting."""
        until = self.history.until(at)
        known = {
            comment_id: (seen, *self.absence.of(seen, until))
            for comment_id, entries in self.history.seen.items()
            if (seen := _until(entries, until))
        }
        merged = {comment_id: self._merged(seen) for comment_id, (seen, *_) in known.items()}
        order = sorted(known, key=lambda one: self._place(merged[one], known[one][0][0]))
        held = _with_answers(
            merged, [one for one in known if known[one][1] is not Presence.REMOVED]
        )

        def node(comment: Comment) -> Node:
            seen, presence, removal = known[comment.comment_id]
            sightings = self.history.sightings
            first, last = (sightings[one.sighting].captured_at for one in (seen[0], seen[-1]))
            return Node(comment, presence, first, last, removal)

        return ThreadAt(
            until,
            tuple(node(one) for one in _in_reading_order(merged[i] for i in order if i in held)),
            tuple(node(merged[i]) for i in order if i not in held),
        )

    def changes(self, since: datetime, thread: ThreadAt) -> Iterator[Change]:
        """What became of each comment after ``since`` and until the time at which ``thread`` stood
        so, in its order; what is gone comes last."""
        begin = self.history.until(since)
        for node in (*thread.nodes, *thread.gone):
            entries = self.history.seen[node.comment.comment_id]
            seen = _until(entries, thread.until)
            before = _until(seen, begin)
            was = self.absence.of(before, begin)[0] if before else None
            if node.presence is Presence.REMOVED:
                if was is not Presence.REMOVED:
                    yield Change(Kind.REMOVED, node, {})
            elif was is Presence.REMOVED:
                yield Change(Kind.RETURNED, node, {})
            elif not before:
                kind = Kind.FOUND if _was_written(node.comment, since) else Kind.ADDED
                yield Change(kind, node, {})
            elif change := self._edit(node, before, seen):
                yield change

    def _edit(self, node: Node, before: Sequence[Seen], after: Sequence[Seen]) -> Change | None:
        fields: dict[str, tuple[Any, Any]] = {}
        is_read_alike = True
        for route in Route:
            old, new = self._last(before, route), self._last(after, route)
            if old is None or new is None or old.sighting == new.sighting:
                continue
            differing = dict(_differing(old.comment, new.comment))
            sightings = self.history.sightings
            if differing:
                readers = {sightings[one.sighting].read_by for one in (old, new)}
                is_read_alike = is_read_alike and len(readers) == 1
            fields |= differing
        if not fields:
            return None
        kind = Kind.EDITED if fields.keys() & set(WRITTEN) else Kind.VOTED
        ordered = {name: fields[name] for name in FIELDS if name in fields}
        return Change(kind, node, ordered, is_read_alike)

    def _last(self, seen: Sequence[Seen], route: Route) -> Seen | None:
        sightings = self.history.sightings
        return next((one for one in reversed(seen) if sightings[one.sighting].route is route), None)

    def _merged(self, seen: Sequence[Seen]) -> Comment:
        """The latest state, with what only the other route says. Parents are an answer's affair,
        where there is one: a page shows them by its nesting, which ends at some depth."""
        latest = seen[-1].comment
        lasts = {route: self._last(seen, route) for route in Route}
        answer = lasts[Route.ANSWER]
        if answer is None or lasts[Route.PAGE] is None:
            return latest
        other = next((one.comment for one in lasts.values() if one and one is not seen[-1]), latest)
        filled = {name: getattr(other, name) for name in _FILLED if getattr(latest, name) is None}
        said = answer.comment
        return replace(latest, **filled, parent_id=said.parent_id, parent_source=said.parent_source)

    def _place(self, comment: Comment, first: Seen) -> tuple[datetime, int, int, str]:
        """Among siblings: by its time, else by that of its first sighting; then as it stood."""
        found = self.history.sightings[first.sighting].captured_at
        return (
            comment.published_at or found,
            first.sighting,
            first.position,
            comment.comment_id,
        )


def _until(seen: Sequence[Seen], until: int) -> Sequence[Seen]:
    return [one for one in seen if one.sighting < until]


def _was_written(comment: Comment, before: datetime) -> bool:
    """True when the comment itself says that it was written then, at the latest."""
    if comment.published_at is None:
        return False
    precision = comment.published_precision
    span = _SPAN.get(precision, timedelta(0)) if precision is not None else timedelta(0)
    return before - comment.published_at >= span


def _differing(before: Comment, after: Comment) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if name == "text" and old.split() == new.split():
            continue
        if old != new:
            yield name, (old, new)


def _with_answers(comments: Mapping[str, Comment], shown: Sequence[str]) -> set[str]:
    """The comments that are shown, and those to which they answer, over all generations."""
    held: set[str] = set()
    for comment_id in shown:
        here: str | None = comment_id
        while here is not None and here in comments and here not in held:
            held.add(here)
            here = comments[here].parent_id
    return held


def _in_reading_order(comments: Iterator[Comment]) -> Iterator[Comment]:
    """Each comment with its answers below it, positions counted anew."""
    arranged = arrange(comments)
    answers: dict[str | None, list[Comment]] = {}
    for comment in arranged:
        parent = None if comment.is_orphan else comment.parent_id
        answers.setdefault(parent, []).append(comment)
    waiting = list(reversed(answers.get(None, ())))
    position = 0
    while waiting:
        comment = waiting.pop()
        yield replace(comment, position=position)
        position += 1
        waiting += reversed(answers.get(comment.comment_id, ()))


def visible(nodes: Sequence[Node]) -> int:
    """How many readers' comments stand there: pingbacks, emptied and removed nodes apart."""
    return sum(
        node.comment.status is CommentStatus.VISIBLE and node.presence is not Presence.REMOVED
        for node in nodes
    )
