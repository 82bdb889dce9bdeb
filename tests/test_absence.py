"""A comment that is shown no more: what proves it removed, and what proves nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from archiver.absence import Absence, Evidence, Presence, Removal
from archiver.model import Comment, CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.sighted import API, Captured, captured, comment, comments, history, minute, whole

DAY = 24 * 60
SIX = comments(1, 2, 3, 4, 5, 6)


def presence(comment_id: str, *captures: Captured, until: int | None = None) -> Any:
    """What the captures say of the comment: its presence, or its removal."""
    found = history(*captures)
    until = len(captures) if until is None else until
    seen = [one for one in found.seen[comment_id] if one.sighting < until]
    here, removal = Absence(found).of(seen, until)
    assert (here is Presence.REMOVED) == (removal is not None)
    return removal or here


def gone(after: float, by: float, evidence: Evidence) -> Removal:
    return Removal(minute(after), minute(by), evidence)


def without(*numbers: int) -> list[Comment]:
    return [one for one in SIX if int(one.comment_id) not in numbers]


def test_a_whole_thread_without_it_proves_a_comment_gone() -> None:
    captures = (whole(0, comments(1, 2, 3)), whole(60, comments(1, 3)), whole(90, comments(1, 3)))
    assert presence("2", *captures) == gone(0, 60, Evidence.WHOLE)
    assert presence("1", *captures) is Presence.SHOWN
    assert presence("2", *captures, until=1) is Presence.SHOWN


def test_a_visit_of_several_records_is_judged_when_it_ends() -> None:
    def visit(at: float, first: list[Comment], second: list[Comment]) -> list[Captured]:
        declared = len(first) + len(second)
        return [
            captured(at, first, url=API.format(1), declared=declared),
            captured(at + 1, second, url=API.format(2)),
        ]

    captures = [*visit(0, SIX[:3], SIX[3:]), *visit(60, SIX[:3], SIX[3:5])]
    assert presence("6", *captures, until=3) is Presence.SHOWN
    captures += visit(2 * DAY, SIX[:3], SIX[3:5])
    assert presence("6", *captures) == gone(1, 2 * DAY + 1, Evidence.WHOLE)
    # From one part to the next a comment has only moved.
    moved = [*visit(0, SIX[:3], SIX[3:]), *visit(60, SIX[1:4], SIX[4:])]
    assert presence("4", *moved) is Presence.SHOWN
    assert presence("1", *moved) == gone(0, 61, Evidence.WHOLE)


@pytest.mark.parametrize(
    "later",
    [
        captured(DAY, without(2), declared=6, outcome=ThreadOutcome.PARTIAL),
        captured(DAY, without(2, 3, 4, 5)),
        captured(DAY, without(2), declared=3, outcome=ThreadOutcome.COMPLETE),
        captured(DAY, [], declared=40, outcome=ThreadOutcome.SHORT),
        captured(DAY, [], platform=None),
        whole(DAY, without(2), url=API.format(1)),
        whole(DAY, without(2), thread_ref="another"),
    ],
    ids=[
        "fewer than declared",
        "nothing declared",
        "more than declared",
        "an empty list with a count of 40",
        "a page without comments or count",
        "by the other route",
        "another thread of the platform",
    ],
)
def test_what_may_not_show_all_proves_nothing(later: Captured) -> None:
    shuffled = [SIX[5], SIX[0], *SIX[1:5]]  # not in the order of time
    first = captured(0, shuffled, declared=6, thread_ref="post-1")
    assert presence("2", first, later) is Presence.UNSEEN


def test_a_page_that_says_0_proves_nothing_of_what_only_answers_showed() -> None:
    answer = whole(0, SIX, url=API.format(1))
    assert presence("2", answer, captured(DAY, platform=None, declared=0)) is Presence.UNSEEN
    page = whole(0, SIX)
    empty = captured(DAY, platform=None, declared=0)
    assert presence("2", page, empty) == gone(0, DAY, Evidence.WHOLE)


def test_an_older_state_out_of_a_cache_proves_nothing() -> None:
    newest_gone = (whole(0, SIX), whole(60, without(6)))
    assert presence("6", *newest_gone) is Presence.UNSEEN
    assert presence("5", whole(0, SIX), whole(60, without(5))) == gone(0, 60, Evidence.WHOLE)
    with_new = whole(120, [*without(6), comment(7)])
    assert presence("6", *newest_gone, with_new) == gone(0, 120, Evidence.WHOLE)
    assert presence("6", *newest_gone, whole(DAY, without(6))) == gone(0, DAY, Evidence.WHOLE)


def test_a_comment_that_comes_back_is_shown() -> None:
    captures = (whole(0, SIX), whole(60, without(2)), whole(120, SIX))
    assert presence("2", *captures, until=2) == gone(0, 60, Evidence.WHOLE)
    assert presence("2", *captures) is Presence.SHOWN


PAGE_1 = comments(1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_neighbours_that_are_still_shown_prove_a_comment_gone(is_newest_first: bool) -> None:
    step = -1 if is_newest_first else 1
    left = [one for one in PAGE_1 if one.comment_id not in "34"]
    captures = (captured(0, PAGE_1[::step]), captured(60, left[::step]))
    assert presence("3", *captures) == gone(0, 60, Evidence.PLACE)
    assert presence("4", *captures) == gone(0, 60, Evidence.PLACE)
    assert presence("5", *captures) is Presence.SHOWN


def test_what_moved_off_a_page_is_not_proved_gone() -> None:
    newest = PAGE_1[::-1]
    pushed = [comment(9), comment(8), *newest[:5]]
    assert presence("1", captured(0, newest), captured(60, pushed)) is Presence.UNSEEN
    pulled = [*PAGE_1[2:], comment(8)]
    assert presence("1", captured(0, PAGE_1), captured(60, pulled)) is Presence.UNSEEN


def reply(number: int) -> Comment:
    return comment(number, parent=1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PAGE_1[:5], [PAGE_1[0], *PAGE_1[2:5]]),
        ([PAGE_1[3], *PAGE_1[:3], *PAGE_1[4:]], [PAGE_1[3], PAGE_1[0], *PAGE_1[2:3], *PAGE_1[4:]]),
        (
            [comment(1), *map(reply, range(2, 9))],
            [comment(1), *map(reply, (3, 4, 5, 6, 7, 8))],
        ),
        (
            [*PAGE_1[:6], comment(7, is_pinned=True)],
            [PAGE_1[0], *PAGE_1[2:5], comment(7, is_pinned=True)],
        ),
    ],
    ids=["too few", "best first", "answers may be folded", "pinned ones are in no order"],
)
def test_a_place_is_known_only_in_the_order_of_time(
    before: list[Comment], after: list[Comment]
) -> None:
    assert presence("2", captured(0, before), captured(60, after)) is Presence.UNSEEN


def test_one_address_for_many_answers_has_no_places() -> None:
    url = "https://api.example/read"
    left = [one for one in PAGE_1 if one.comment_id != "3"]
    captures = (
        captured(0, PAGE_1, url=url),
        captured(1, comments(8, 9), url=url),
        captured(60, left, url=url),
    )
    assert presence("3", *captures) is Presence.UNSEEN


def test_another_address_proves_nothing_by_place() -> None:
    left = [one for one in PAGE_1 if one.comment_id != "3"]
    captures = (captured(0, PAGE_1, url=API.format(1)), captured(400, left, url=API.format(2)))
    assert presence("3", *captures) is Presence.UNSEEN


def test_an_emptied_node_is_shown() -> None:
    emptied = comment(2, text=" ", status=CommentStatus.DELETED)
    captures = (whole(0, comments(1, 2, 3)), whole(60, [comment(1), emptied, comment(3)]))
    assert presence("2", *captures) is Presence.SHOWN


class Site:
    """A site whose thread grows and shrinks while it is captured, page by page."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.order = self.chance.choice(["oldest", "newest", "best"])
        self.size = self.chance.choice([5, 10, 30])
        self.declares = self.chance.choice(["all", "ever", "none"])
        self.held: dict[int, Comment] = {}
        self.gone: dict[int, float] = {}
        self.captures: list[Captured] = []
        self.written = 0

    def live(self, at: float) -> None:
        """Some readers write, and some of what they wrote is taken away."""
        for _ in range(self.chance.choice([0, 0, 1, 3, 12])):
            self.written += 1
            when = minute(at + self.written / 1000)
            self.held[self.written] = replace(comment(self.written), published_at=when)
        for number in list(self.held):
            if self.chance.random() < 0.03:
                del self.held[number]
                self.gone[number] = at

    def listed(self) -> list[Comment]:
        shown = [self.held[number] for number in sorted(self.held)]
        if self.order == "newest":
            shown.reverse()
        if self.order == "best":
            self.chance.shuffle(shown)
        return shown

    def visit(self, at: float) -> None:
        """Its pages are captured one after the other, as many as are asked for; one may fail, and
        readers may write meanwhile."""
        shown = self.listed()
        for number in range(self.chance.choice([1, 2, 99])):
            when = at + number / 10
            if self.chance.random() < 0.1:
                self.live(when)
                shown = self.listed()
            page = shown[number * self.size : (number + 1) * self.size]
            count = {"all": len(self.held), "ever": self.written, "none": None}[self.declares]
            if not page:
                break
            if self.chance.random() < 0.9:
                self.captures.append(captured(when, page, url=API.format(number), declared=count))


@pytest.mark.parametrize("seeds", [range(150), range(150, 300)], ids=str)
def test_what_is_called_removed_is_gone_whatever_was_captured(seeds: range) -> None:
    proved = missed = 0
    for seed in seeds:
        site = Site(seed)
        for step in range(8):
            site.live(step * 300)
            site.visit(step * 300 + 1)
        if not site.captures:
            continue
        found = history(*site.captures)
        absence = Absence(found)
        for comment_id, seen in found.seen.items():
            here, removal = absence.of(seen, len(found.sightings))
            if removal is not None:
                gone_at = site.gone[int(comment_id)]  # not one is still there
                assert removal.after < minute(gone_at) <= removal.by
                proved += 1
            elif here is Presence.UNSEEN and int(comment_id) in site.gone:
                missed += 1
    assert proved > missed / 2  # where no number is declared, most cannot be proved
