"""Facebook's comments plugin: found on pages, read from archives, never asked."""

# ruff: noqa: E501 - markup is shown whole

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.comments import asks_of, facebook
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
from archiver.outcomes import ThreadOutcome
from tests.comments import widget_goldens as golden
from tests.pages import URL, document

PAGE = "https://paper.example/2026/05/a-story/"
FRAME = f"https://www.facebook.com/v9.0/plugins/feedback.php?app_id=1&href={PAGE}"
MORE = "https://www.facebook.com/plugins/comments/async/900/pager/reverse_time/"
OPEN = datetime(2020, 1, 2, tzinfo=UTC)
CLOSED = datetime(2026, 3, 1, tzinfo=UTC)


def test_golden_thread() -> None:
    golden.check_golden(facebook)


@pytest.mark.parametrize(
    ("body", "ref"),
    [
        (f"<div class='fb-comments' data-href='{PAGE}'></div>", PAGE),
        ("<div id='fb-comments' class='wide fb-comments'></div>", URL),
        (
            "<fb:comments href='/2014/story' num_posts='10'></fb:comments>",
            "https://paper.example/2014/story",
        ),
        (
            "<iframe src='//www.facebook.com/plugins/comments.php?href=http%3A%2F%2Fpaper.example%2F1'></iframe>",
            "http://paper.example/1",
        ),
    ],
)
def test_plugin_is_found_and_not_asked_for(body: str, ref: str) -> None:
    page = document(body)
    found = facebook.find(page)
    assert found is not None
    assert found.thread_ref == ref
    assert asks_of(page) == ()


def test_pages_without_it_are_passed_over() -> None:
    golden.check_absent(
        facebook,
        "<p>A page.</p>",
        "<span class='fb-comments-count' data-href='https://paper.example/1'>3</span>",
        "<iframe src='https://www.facebook.com/plugins/like.php?href=x'></iframe>",
    )


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (FRAME, True),
        ("http://www.facebook.com/plugins/comments.php?href=x", True),
        ("https://de-de.facebook.com/plugins/comments.php?href=x", True),
        (MORE, True),
        ("https://www.facebook.com/plugins/like.php?href=x", False),
        ("https://www.facebook.com/someone/posts/1", False),
        ("https://notfacebook.com/plugins/comments.php?href=x", False),
    ],
)
def test_owns(url: str, *, is_own: bool) -> None:
    assert facebook.owns(url) is is_own


@pytest.mark.parametrize("url", [FRAME, MORE])
def test_what_is_not_its_shape_is_a_fault(url: str) -> None:
    for payload in golden.JUNK.values():
        with pytest.raises(PlatformError):
            facebook.read_answer(Answer(url, payload, OPEN))


def test_odd_values_are_passed_over() -> None:
    said = json.loads(golden.payload_of("facebook", "more.txt").removeprefix(b"for (;;);"))
    golden.check_odd_values(facebook, MORE, said)


def test_a_frame_captured_after_the_closing_says_so() -> None:
    pixel = b"<!DOCTYPE html><html><body><div></div></body></html>"
    batch = facebook.read_answer(Answer(FRAME, pixel, CLOSED))
    assert batch is not None
    assert batch.thread.outcome is ThreadOutcome.CLOSED_DOWN
    assert (batch.thread.comments, batch.article_url) == ((), PAGE)


def test_an_empty_frame_of_the_old_days_is_empty() -> None:
    frame = b"<!DOCTYPE html><html><body><div class='fbFeedbackContent'></div></body></html>"
    batch = facebook.read_answer(Answer(FRAME, frame, OPEN))
    assert batch is not None
    assert (batch.thread.comments, batch.thread.outcome) == ((), None)


def test_a_frame_that_shows_all_is_not_cut() -> None:
    frame = golden.payload_of("facebook", "frame.html")
    frame = frame.replace(b'"totalCount": 12', b'"totalCount": 2').replace(
        b'"totalCount": 3', b'"totalCount": 2'
    )
    batch = golden.asked("facebook", FRAME, frame)
    assert batch.thread.outcome is ThreadOutcome.COMPLETE


def test_replies_that_hold_each_other_are_read_once() -> None:
    said = json.loads(golden.payload_of("facebook", "more.txt").removeprefix(b"for (;;);"))
    held = said["payload"]["idMap"]
    held["900_5"]["public_replies"] = {"totalCount": 1, "commentIDs": ["900_6"]}
    held["900_6"] = {**held["900_5"], "public_replies": {"totalCount": 1, "commentIDs": ["900_5"]}}
    comments = golden.asked("facebook", MORE, said).thread.comments
    assert [comment.comment_id for comment in comments] == ["900_5", "900_6"]
    assert sorted(comment.depth for comment in comments) == [0, 1]


def test_no_picture_comes_along() -> None:
    for name in ("list.html", "frame.html"):
        thread = golden.asked("facebook", FRAME, golden.payload_of("facebook", name)).thread
        assert "fbcdn" not in repr(replace(thread, thread_ref=None))
