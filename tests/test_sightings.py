"""Sightings and visits: what belongs together, and what shows a thread whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.model import CommentStatus
from archiver.outcomes import ThreadOutcome
from archiver.sightings import Seen, histories_of, visits_of
from tests.sighted import API, Captured, captured, comment, comments, history


def numbers(*captures: Captured) -> list[tuple[tuple[int, ...], bool]]:
    return [(visit.sightings, visit.is_whole) for visit in visits_of(history(*captures))]


def test_each_platform_has_its_history_and_a_page_without_comments_is_in_all() -> None:
    captures = [
        captured(0, comments(1, 2), declared=2),
        captured(1, comments(7), platform="disqus", url=API.format(1)),
        captured(2, platform=None, declared=0),
    ]
    found = histories_of(
        [one.sighting for one in captures], [row for one in captures for row in one.rows]
    )
    assert [(one.platform, len(one.sightings), sorted(one.seen)) for one in found] == [
        ("disqus", 2, ["7"]),
        ("wordpress", 2, ["1", "2"]),
    ]


def test_a_comment_that_stays_as_it_was_is_held_once() -> None:
    found = history(captured(0, comments(1, 2)), captured(5, comments(2, 1)))
    first, second = found.seen["1"]
    assert (first, second) == (Seen(0, 0, comment(1)), Seen(1, 1, comment(1)))
    assert first.comment is second.comment
    assert found.shown == (((0, "1"), (1, "2")), ((0, "2"), (1, "1")))


def test_a_revisit_shows_the_rows_of_the_record_before_it() -> None:
    first = captured(0, comments(1, 2))
    again = Captured(replace(captured(60).sighting, record=first.sighting.record), ())
    found = history(first, again)
    assert [one.sighting for one in found.seen["2"]] == [0, 1]


def test_rows_without_a_sighting_are_left_out() -> None:
    first, lost = captured(0, comments(1)), captured(9, comments(2))
    (found,) = histories_of([first.sighting], [*first.rows, *lost.rows])
    assert set(found.seen) == {"1"}


def test_a_page_and_the_answers_after_it_are_one_visit() -> None:
    visit = [
        captured(0, comments(1, 2), declared=5),
        captured(1, comments(3, 4), url=API.format(1), outcome=ThreadOutcome.PARTIAL),
        captured(2, comments(5), url=API.format(2)),
    ]
    later = [
        captured(60, comments(1, 2), declared=6),
        captured(61, comments(3, 4), url=API.format(1), outcome=ThreadOutcome.PARTIAL),
    ]
    assert numbers(*visit, *later) == [((0, 1, 2), True), ((3, 4), False)]


def test_answers_of_one_address_are_a_visit_until_one_repeats_a_comment() -> None:
    url = "https://api.example/read"
    assert numbers(
        captured(0, comments(1, 2), url=url),
        captured(1, comments(3, 4), url=url),
        captured(60, comments(1, 2), url=url),
        captured(61, comments(3, 5), url=url),
    ) == [((0, 1), False), ((2, 3), False)]


@pytest.mark.parametrize(
    "second",
    [captured(1, comments(2), url=API.format(1), run_id="r2"),
     captured(61, comments(2), url=API.format(1)),
     captured(1, comments(2))],
    ids=["another run", "a long pause", "the same page"],
)  # fmt: skip
def test_a_visit_ends(second: Captured) -> None:
    assert [visit for visit, _ in numbers(captured(0, comments(1)), second)] == [(0,), (1,)]


@pytest.mark.parametrize(
    ("capture", "is_whole"),
    [
        (captured(0, comments(1, 2), declared=2), True),
        (captured(0, comments(1, 2), declared=3), False),
        (captured(0, comments(1, 2), declared=1, outcome=ThreadOutcome.COMPLETE), False),
        (captured(0, comments(1, 2)), False),
        (captured(0, comments(1, 2), outcome=ThreadOutcome.COMPLETE), True),
        (captured(0, comments(1, 2), outcome=ThreadOutcome.SHORT, declared=5), False),
        (captured(0, declared=0), True),
        (
            captured(
                0,
                [
                    comment(1),
                    comment(2, status=CommentStatus.PINGBACK),
                    comment(3, status=CommentStatus.DELETED),
                ],
                declared=1,
            ),
            True,
        ),
        (
            captured(0, [comment(1), comment(2, status=CommentStatus.PINGBACK)], declared=2),
            True,
        ),
    ],
    ids=[
        "as many as declared",
        "fewer",
        "more: it may count the top level only",
        "nothing declared",
        "the platform says so",
        "all there is, but fewer",
        "none",
        "emptied nodes and pingbacks apart",
        "a count with pingbacks",
    ],
)
def test_what_shows_a_thread_whole(capture: Captured, is_whole: bool) -> None:
    assert numbers(capture) == [((0,), is_whole)]


def test_a_part_that_calls_itself_complete_makes_no_visit_whole() -> None:
    assert numbers(
        captured(0, comments(1, 2)),
        captured(1, comments(9), url=API.format(2), outcome=ThreadOutcome.COMPLETE),
    ) == [((0, 1), False)]
