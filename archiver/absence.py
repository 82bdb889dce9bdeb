"""A comment that is shown no more: when that proves that it was removed, and when nothing.

Knows sightings of one thread. A thread is captured in parts, and its parts move: on a page of the
newest comments each new one pushes another off. So a comment is called removed only where

* a later visit shows the thread whole, by the route that showed the comment, without it; or
* a later capture of the same address shows its place without it: the comments before and behind
  it still stand there, in the order of their times.

Otherwise it is *unseen*: further down, on a page that was not captured, behind a login, or gone;
the archive cannot tell. A removal lies between the last capture that showed the comment and the
first that proves it gone; who removed it nobody says.

Of 3,000 simulated threads that grew and shrank while they were captured
(``tests/test_absence.py`` has 300 of them) 4,092 removals were claimed, and none was false. They
are 43 % of all, and 65 % of those on sites that declare their number truly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from archiver.sightings import Seen, ThreadHistory, Visit, visits_of

LIST_AT_LEAST = 5
"""Comments of the top level, to call their order one of time: that five stand in it by chance,
up or down, happens once in 60 lists."""

STALE = timedelta(days=1)
"""A whole thread without a comment may be an older state out of a cache. It is not when it shows a
newer comment, or was captured that much later: caches of pages keep minutes to hours."""


class Presence(StrEnum):
    """What the archive knows of a comment at a time."""

    SHOWN = "shown"  # the last visit shows it
    UNSEEN = "unseen"  # a later visit does not show it; that proves nothing
    REMOVED = "removed"  # a later visit proves it gone


class Evidence(StrEnum):
    """How a removal is known."""

    WHOLE = "whole"  # a visit shows the whole thread without it
    PLACE = "place"  # its neighbours are shown, and it is not


@dataclass(frozen=True, slots=True)
class Removal:
    """A comment was removed after one capture and by another."""

    after: datetime
    """The last capture that showed it."""
    by: datetime
    """The first that proves it gone."""
    evidence: Evidence


class Absence:
    """What each sighting of a thread says of the comments that it does not show.

    Made once for a history; what it says of a comment holds among the first so many sightings.
    """

    def __init__(self, history: ThreadHistory) -> None:
        self._history = history
        self.visits: tuple[Visit, ...] = visits_of(history)
        self._visit_of = {
            number: place for place, visit in enumerate(self.visits) for number in visit.sightings
        }
        self._by_url: dict[str, list[int]] = {}
        for number, one in enumerate(history.sightings):
            if one.url is not None:
                self._by_url.setdefault(one.url, []).append(number)
        # One address for many answers has no place of its own for a comment.
        self._shared = {
            url
            for url, numbers in self._by_url.items()
            if any(self._visit_of[a] == self._visit_of[b] for a, b in pairwise(numbers))
        }
        self._lists: dict[int, _Listed | None] = {}

    def of(self, seen: Sequence[Seen], until: int) -> tuple[Presence, Removal | None]:
        """What the first ``until`` sightings say of the comment that was seen so, the last time
        in one of them."""
        last = seen[-1].sighting
        visit = self._visit_of[last]
        later = [one for one in self.visits[visit + 1 :] if one.sightings[-1] < until]
        if not later:
            return Presence.SHOWN, None
        proofs = [*self._by_wholeness(seen, later), *self._by_place(seen, until)]
        if not proofs:
            return Presence.UNSEEN, None
        number, evidence = min(proofs, key=lambda one: one[0])
        sightings = self._history.sightings
        after, by = sightings[last].captured_at, sightings[number].captured_at
        return Presence.REMOVED, Removal(after, by, evidence)

    def _by_wholeness(
        self, seen: Sequence[Seen], later: Sequence[Visit]
    ) -> Iterator[tuple[int, Evidence]]:
        """The last sighting of the first whole visit that would have shown the comment."""
        sightings = self._history.sightings
        showing = {one.sighting: sightings[one.sighting] for one in seen}
        routes = {one.route for one in showing.values()}
        urls = {one.url for one in showing.values()}
        refs = {one.thread_ref for one in showing.values()}
        for visit in later:
            if not visit.is_whole:
                continue
            parts = [sightings[number] for number in visit.sightings]
            if not all(_is_same_thread(part.thread_ref, refs) for part in parts):
                continue
            is_empty = not any(self._history.shown[number] for number in visit.sightings)
            # A page that says "0" may only have no count of what a script fetches.
            if is_empty and not any(part.url in urls for part in parts):
                continue
            if any(part.route in routes for part in parts) and self._is_newer(visit, seen[-1]):
                yield visit.sightings[-1], Evidence.WHOLE
                return

    def _is_newer(self, visit: Visit, seen: Seen) -> bool:
        """True when the visit is no older state of the thread than that in which the comment was
        seen."""
        history = self._history
        begin = history.sightings[visit.sightings[0]].captured_at
        if begin - history.sightings[seen.sighting].captured_at >= STALE:
            return True
        written = seen.comment.published_at
        for number in visit.sightings:
            for _, comment_id in history.shown[number]:
                other = history.state_in(number, comment_id).published_at
                is_new = history.seen[comment_id][0].sighting > seen.sighting
                if is_new or (written is not None and other is not None and other > written):
                    return True
        return False

    def _by_place(self, seen: Sequence[Seen], until: int) -> Iterator[tuple[int, Evidence]]:
        """The first later sighting, of an address that showed the comment, which shows the
        comments before and behind it."""
        comment = seen[-1].comment
        last = seen[-1].sighting
        if comment.parent_id is not None or comment.published_at is None:
            return  # the end of a list of answers may be folded, with a hole in it
        by_url = {self._history.sightings[one.sighting].url: one.sighting for one in seen}
        for url, number in by_url.items():
            if url is None or url in self._shared:
                continue
            before = self._listed(number)
            for other in self._by_url[url]:
                if not last < other < until or self._visit_of[other] == self._visit_of[last]:
                    continue
                after = self._listed(other)
                if before and after and _shows_place(comment.comment_id, before, after):
                    yield other, Evidence.PLACE
                    break

    def _listed(self, number: int) -> _Listed | None:
        """The comments of the top level in a sighting, where they stand in the order of time."""
        if number not in self._lists:
            self._lists[number] = _listed(self._history, number)
        return self._lists[number]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list in the order of time."""

    ids: tuple[str, ...]
    times: Mapping[str, datetime]
    places: Mapping[str, int]
    is_newest_first: bool


def _listed(history: ThreadHistory, number: int) -> _Listed | None:
    ids: list[str] = []
    times: dict[str, datetime] = {}
    for _, comment_id in history.shown[number]:
        comment = history.state_in(number, comment_id)
        if comment.parent_id is not None or comment.is_pinned:
            continue
        if comment.published_at is None:
            return None
        ids.append(comment_id)
        times[comment_id] = comment.published_at
    if len(ids) < LIST_AT_LEAST:
        return None
    steps = [(times[one], times[two]) for one, two in pairwise(ids)]
    is_oldest_first = all(one <= two for one, two in steps)
    is_newest_first = all(one >= two for one, two in steps)
    if is_oldest_first == is_newest_first:  # neither, or all of one time
        return None
    places = {comment_id: place for place, comment_id in enumerate(ids)}
    return _Listed(tuple(ids), times, places, is_newest_first)


def _shows_place(comment_id: str, before: _Listed, after: _Listed) -> bool:
    """True when the nearest comments on both sides that ``after`` still has stand around its
    place, and their times are not its own."""
    if before.is_newest_first != after.is_newest_first or comment_id not in before.places:
        return False
    place, time = before.places[comment_id], before.times[comment_id]

    def has_neighbour(neighbours: Sequence[str]) -> bool:
        return any(one in after.places and before.times[one] != time for one in neighbours)

    return has_neighbour(before.ids[:place]) and has_neighbour(before.ids[place + 1 :])


def _is_same_thread(thread_ref: str | None, refs: set[str | None]) -> bool:
    return thread_ref is None or None in refs or thread_ref in refs
