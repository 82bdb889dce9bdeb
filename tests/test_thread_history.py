"""A thread at a time, and what changed since another: joined across captures and routes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.absence import Presence
from archiver.model import Comment, CommentStatus, ParentSource, Precision
from archiver.thread_history import Change, Kind, Node, ThreadAt, ThreadInTime, visible
from tests.sighted import (
    API,
    NOON,
    Captured,
    captured,
    comment,
    comments,
    history,
    minute,
    whole,
)

DAY = 24 * 60
END = 10 * DAY


def tree(thread: ThreadAt) -> list[str]:
    """Each node as its number, moved to the right by its depth, with a mark where it is not
    shown."""
    marks = {Presence.SHOWN: "", Presence.UNSEEN: "?", Presence.REMOVED: "-"}
    return [
        f"{' ' * node.comment.depth}{node.comment.comment_id}{marks[node.presence]}"
        for node in thread.nodes
    ]


def at(minutes: float, *captures: Captured) -> ThreadAt:
    return ThreadInTime(history(*captures)).at(minute(minutes))


def between(since: float, until: float, *captures: Captured) -> list[Change]:
    thread = ThreadInTime(history(*captures))
    return list(thread.changes(minute(since), thread.at(minute(until))))


def changes(since: float, until: float, *captures: Captured) -> list[tuple[str, Kind, list[str]]]:
    found = between(since, until, *captures)
    return [(one.node.comment.comment_id, one.kind, list(one.fields)) for one in found]


def test_a_thread_is_read_from_the_top_each_answer_below_what_it_answers() -> None:
    shown = [comment(4, parent=2), comment(3), comment(1), comment(2, parent=1), comment(5)]
    shown += [comment(6, parent=1)]
    thread = at(0, captured(0, shown))
    assert tree(thread) == ["1", " 2", "  4", " 6", "3", "5"]
    assert [node.comment.position for node in thread.nodes] == list(range(6))
    assert visible(thread.nodes) == 6


def test_the_thread_stands_as_it_was_known_at_the_time() -> None:
    captures = (
        captured(0, comments(1)),
        captured(60, [comment(1, text="Text one."), comment(2)]),
    )
    assert at(-1, *captures) == ThreadAt()
    assert at(59, *captures).nodes == (Node(comment(1), Presence.SHOWN, minute(0), minute(0)),)
    assert at(60, *captures).nodes == (
        Node(comment(1, text="Text one."), Presence.SHOWN, minute(0), minute(60)),
        Node(replace(comment(2), position=1), Presence.SHOWN, minute(60), minute(60)),
    )


def test_an_orphan_of_one_capture_finds_its_parent_in_another() -> None:
    second = captured(1, [comment(3, parent=2), comment(9, parent=8)], url=API.format(2))
    thread = at(9, captured(0, [comment(1), comment(2, parent=1)]), second)
    assert tree(thread) == ["1", " 2", "  3", "9"]
    assert [node.comment.is_orphan for node in thread.nodes] == [False, False, False, True]
    assert thread.nodes[3].comment.parent_id == "8"


def test_parents_that_form_a_circle_across_captures_lose_no_comment() -> None:
    captures = (
        captured(0, [comment(1, parent=2), comment(3)]),
        captured(1, [comment(2, parent=1)], url=API.format(1)),
    )
    assert sorted(line.strip() for line in tree(at(9, *captures))) == ["1", "2", "3"]


def test_siblings_without_times_stand_as_they_were_captured() -> None:
    undated = [replace(comment(number), published_at=None) for number in (5, 2, 4)]
    later = captured(1, [replace(comment(1), published_at=None)], url=API.format(2))
    assert tree(at(9, captured(0, undated), later)) == ["5", "2", "4", "1"]


def test_a_removed_comment_stands_while_it_has_answers_and_is_gone_otherwise() -> None:
    before = [comment(1), comment(2, parent=1), comment(3), comment(4, parent=3)]
    later = whole(60, [comment(2, parent=1), comment(3), comment(5)])
    thread = at(60, whole(0, before), later)
    assert tree(thread) == ["1-", " 2", "3", "5"]
    assert [node.comment.comment_id for node in thread.gone] == ["4"]
    assert visible(thread.nodes) == 3
    assert tree(at(59, whole(0, before), later)) == ["1", " 2", "3", " 4"]


def test_an_emptied_comment_stands_as_the_platform_shows_it() -> None:
    emptied = comment(1, text=" ", status=CommentStatus.DELETED)
    thread = at(0, captured(0, [emptied, comment(2, parent=1)]))
    assert tree(thread) == ["1", " 2"]
    assert visible(thread.nodes) == 1


def test_two_routes_are_joined_and_answers_know_the_parents() -> None:
    page = [
        comment(1, likes=3),
        comment(2, parent=1),
        replace(comment(3, parent=1), parent_source=ParentSource.NESTING),
    ]
    answer = [
        replace(comment(1), author_id="77"),
        comment(2, parent=1),
        comment(3, parent=2),
    ]
    for captures in (
        (captured(0, page), captured(1, answer, url=API.format(1))),
        (captured(1, page), captured(0, answer, url=API.format(1))),
    ):
        thread = at(9, *captures)
        assert tree(thread) == ["1", " 2", "  3"]
        first = thread.nodes[0].comment
        assert (first.likes, first.author_id) == (3, "77")


def test_what_two_routes_say_alike_is_joined_too() -> None:
    captures = (captured(0, comments(1)), captured(1, comments(1), url=API.format(1)))
    assert tree(at(9, *captures)) == ["1"]


def test_changes_are_those_after_the_one_time_and_until_the_other() -> None:
    edited = [comment(1, text="Another."), comment(2, likes=1), comment(3)]
    captures = (
        whole(0, comments(1, 2, 4)),
        whole(60, [*edited, comment(5)]),
        whole(DAY * 2, [*edited[:2], comment(5), replace(comment(6), published_at=minute(90))]),
    )
    assert changes(0, 60, *captures) == [
        ("1", Kind.EDITED, ["text"]),
        ("2", Kind.VOTED, ["likes"]),
        ("3", Kind.FOUND, []),
        ("5", Kind.FOUND, []),
        ("4", Kind.REMOVED, []),
    ]
    assert changes(60, END, *captures) == [("6", Kind.ADDED, []), ("3", Kind.REMOVED, [])]
    assert changes(0, END, *captures)[-2:] == [("3", Kind.REMOVED, []), ("4", Kind.REMOVED, [])]
    assert changes(END, END, *captures) == []
    assert changes(60, 60, *captures) == []


def test_an_edit_says_what_stood_before_and_after() -> None:
    old, new = comment(1, likes=2), comment(1, text="Text\n\nanother.", likes=None)
    (change,) = between(0, 60, captured(0, [old]), captured(60, [new]))
    assert change.fields == {"text": ("Text 1.", "Text\n\nanother."), "likes": (2, None)}
    assert (change.kind, change.is_read_alike) == (Kind.EDITED, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("author", "another"),
        ("status", CommentStatus.DELETED),
        ("parent_id", "7"),
        ("edited_at", NOON),
    ],
)
def test_what_counts_as_an_edit(field: str, value: object) -> None:
    changed = replace(comment(1), **{field: value})  # type: ignore[arg-type]
    captures = (captured(0, comments(1)), captured(60, [changed]))
    assert changes(0, 60, *captures) == [("1", Kind.EDITED, [field])]


def test_other_blanks_and_the_other_route_s_spelling_are_no_edit() -> None:
    spaced = comment(1, text="Text\n\n1.")
    assert changes(0, 60, captured(0, comments(1)), captured(60, [spaced])) == []
    otherwise = captured(60, [comment(1, text="Text one", likes=9)], url=API.format(1))
    assert changes(0, 60, captured(0, comments(1)), otherwise) == []
    again = captured(90, [comment(1, text="Text one", likes=10)], url=API.format(1))
    assert changes(60, 90, captured(0, comments(1)), otherwise, again) == [
        ("1", Kind.VOTED, ["likes"])
    ]


def test_another_program_may_be_what_differs() -> None:
    captures = (captured(0, comments(1)), captured(60, [comment(1, text="No.")], read_by="e 2"))
    (change,) = between(0, 60, *captures)
    assert change.is_read_alike is False


@pytest.mark.parametrize(
    ("written", "precision", "kind"),
    [
        (minute(5), None, Kind.ADDED),
        (minute(-5), None, Kind.FOUND),
        (None, None, Kind.ADDED),
        (NOON - timedelta(hours=12), Precision.DAY, Kind.ADDED),
        (NOON - timedelta(hours=36), Precision.DAY, Kind.FOUND),
    ],
    ids=["since", "before", "who knows", "this day", "the day before"],
)
def test_a_comment_that_is_older_than_its_first_capture_was_found_not_added(
    written: object, precision: Precision | None, kind: Kind
) -> None:
    late = replace(comment(2), published_at=written, published_precision=precision)  # type: ignore[arg-type]
    captures = (captured(0, comments(1)), captured(60, [comment(1), late]))
    assert changes(0, 60, *captures) == [("2", kind, [])]


def test_a_comment_that_comes_back_has_returned() -> None:
    captures = (
        whole(0, comments(1, 2, 3)),
        whole(60, comments(1, 3)),
        whole(120, comments(1, 2, 3)),
    )
    assert changes(60, 120, *captures) == [("2", Kind.RETURNED, [])]
    assert changes(0, 120, *captures) == []
    assert changes(0, 60, *captures) == [("2", Kind.REMOVED, [])]


def test_what_a_later_page_does_not_show_is_no_change() -> None:
    captures = (captured(0, comments(1, 2, 3)), captured(60, comments(3, 4)))
    assert changes(0, 60, *captures) == [("4", Kind.FOUND, [])]
    assert tree(at(60, *captures)) == ["1?", "2?", "3", "4"]


def test_a_chain_of_20_000_answers_is_one_thread() -> None:
    chain = [comment(number, parent=number - 1 if number else None) for number in range(20_000)]
    thread = at(0, captured(0, chain))
    assert thread.nodes[-1].comment.depth == 19_999


shown = st.lists(
    st.tuples(st.integers(1, 8), st.none() | st.integers(1, 8), st.integers(0, 2)), max_size=8
)
visits = st.lists(
    st.tuples(st.integers(0, 3000), shown, st.none() | st.integers(0, 8), st.booleans()),
    min_size=1,
    max_size=6,
)


def made(visit: tuple[int, list[tuple[int, int | None, int]], int | None, bool]) -> Captured:
    when, found, declared, is_page = visit
    unique: dict[int, Comment] = {}
    for number, parent, text in found:
        unique.setdefault(number, comment(number, f"Text {text}", parent))
    about = {} if is_page else {"url": API.format(len(unique) % 2)}
    return captured(when, unique.values(), declared=declared, **about)


@settings(max_examples=300, deadline=None)
@given(visits, st.integers(0, 3000), st.integers(0, 3000))
def test_every_comment_is_shown_gone_or_unknown_and_every_parent_stands_above(
    visits: list[tuple[int, list[tuple[int, int | None, int]], int | None, bool]],
    one: int,
    other: int,
) -> None:
    since, until = sorted((one, other))
    found = history(*{visit[0]: made(visit) for visit in visits}.values())
    thread = ThreadInTime(found).at(minute(until))
    known = {
        comment_id
        for comment_id, seen in found.seen.items()
        if found.sightings[seen[0].sighting].captured_at <= minute(until)
    }
    ids = [node.comment.comment_id for node in thread.nodes]
    gone = {node.comment.comment_id for node in thread.gone}
    assert len(ids) == len(set(ids))
    assert set(ids) | gone == known
    assert not set(ids) & gone
    above: dict[str, Node] = {}
    for position, node in enumerate(thread.nodes):
        here = node.comment
        assert here.position == position
        assert node.first_seen_at <= node.last_seen_at <= minute(until)
        if here.parent_id is None or here.is_orphan:
            assert here.depth == 0
        else:
            assert here.depth == above[here.parent_id].comment.depth + 1
        above[here.comment_id] = node
    changed = list(ThreadInTime(found).changes(minute(since), thread))
    assert len(changed) == len({change.node.comment.comment_id for change in changed})
    assert not list(ThreadInTime(found).changes(minute(until), thread))
