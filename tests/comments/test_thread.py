"""A thread's invariants hold for whatever a platform hands over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.comments.thread import arrange
from archiver.model import Comment, ParentSource

IDS = st.sampled_from("abcdefgh")
COMMENTS = st.lists(
    st.builds(
        Comment,
        comment_id=IDS,
        text=st.just("words"),
        parent_id=st.none() | IDS | st.just("elsewhere"),
        depth=st.integers(-5, 5),
        position=st.integers(-5, 5),
    ),
    max_size=20,
)


@given(COMMENTS)
def test_invariants_hold_for_any_comments(given_comments: list[Comment]) -> None:
    arranged = arrange(given_comments)
    by_id = {comment.comment_id: comment for comment in arranged}
    assert [c.position for c in arranged] == list(range(len(arranged)))
    assert len(by_id) == len(arranged)
    assert list(by_id) == list(dict.fromkeys(c.comment_id for c in given_comments))
    for comment in arranged:
        parent = by_id.get(comment.parent_id or "")
        if parent is None:
            assert comment.depth == 0
            if comment.parent_id is not None:
                assert comment.is_orphan
        else:
            assert comment.depth == parent.depth + 1
            assert not comment.is_orphan


@given(COMMENTS)
def test_arranging_twice_changes_nothing(given_comments: list[Comment]) -> None:
    once = arrange(given_comments)
    assert [(c.comment_id, c.parent_id, c.depth) for c in arrange(once)] == [
        (c.comment_id, c.parent_id, c.depth) for c in once
    ]


def test_replies_orphans_and_doubles() -> None:
    nested = ParentSource.NESTING
    arranged = arrange(
        [
            Comment("1", "first"),
            Comment("2", "reply", parent_id="1", parent_source=nested),
            Comment("3", "reply to the reply", parent_id="2", parent_source=nested),
            Comment("1", "first, shown again as a pick"),
            Comment("9", "answers one on another page", parent_id="7", parent_source=nested),
        ]
    )
    assert arranged == (
        Comment("1", "first"),
        Comment("2", "reply", "1", nested, depth=1, position=1),
        Comment("3", "reply to the reply", "2", nested, depth=2, position=2),
        Comment(
            "9",
            "answers one on another page",
            "7",
            nested,
            position=3,
            is_orphan=True,
        ),
    )


def test_what_the_platform_counts_goes_before_what_is_held() -> None:
    assert arrange([Comment("1", "x", reply_count=40)])[0].reply_count == 40


def test_ring_is_opened_once() -> None:
    ring = arrange([Comment("1", "x", "2"), Comment("2", "y", "3"), Comment("3", "z", "1")])
    assert sorted((c.depth, c.is_orphan) for c in ring) == [(0, True), (1, False), (2, False)]
