"""Blogger: both lists in the page, and the feed of a post's comments, page after page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import blogger
from archiver.comments.platform import Answer, Batch
from archiver.comments.thread import arrange
from archiver.errors import PlatformError
from archiver.model import CommentStatus
from tests.comments.page_goldens import GOLDEN, check_golden, thread_told
from tests.comments.widget_goldens import check_absent, check_junk, check_odd_values
from tests.pages import PARAGRAPHS, document

FEED = "https://ann.example/feeds/7001/comments/default?alt=json&max-results=500&start-index=1"
SAID: dict[str, Any] = json.loads((GOLDEN / "blogger" / "feed.json").read_text("utf-8"))


def answered(said: Any, url: str = FEED) -> Batch:
    batch = blogger.read_answer(Answer(url, json.dumps(said).encode()))
    assert batch is not None
    return batch


def entry(number: int, **more: Any) -> dict[str, Any]:
    told = {"id": {"$t": f"tag:blogger.com,1999:blog-5.post-{number}"}}
    return {**told, "content": {"type": "html", "$t": "Words."}, **more}


def feed(*entries: Any, total: int, start: int = 1) -> dict[str, Any]:
    counts = {"openSearch$totalResults": {"$t": str(total)}}
    return {"feed": {**counts, "openSearch$startIndex": {"$t": str(start)}, "entry": [*entries]}}


@pytest.mark.parametrize("name", ["threaded", "classic"])
def test_golden_page(name: str) -> None:
    check_golden(blogger, "blogger", name)


def test_golden_feed() -> None:
    batch = answered(SAID)
    assert thread_told(batch.thread) == {
        "platform": "blogger",
        "declared": 5,
        "thread_ref": "7001",
        "outcome": None,
        "comments": [
            {
                "comment_id": "8100000000000000001",
                "text": "First line.\nSecond & last.",
                "author": "Bea",
                "author_id": "0123456789",
                "author_url": "https://www.blogger.com/profile/0123456789",
                "published_at": "2026-05-01T10:00:00+00:00",
                "published_raw": "2026-05-01T12:00:00.000+02:00",
                "published_precision": "second",
                "permalink": "https://ann.example/2026/05/bridge.html"
                "?showComment=1777629600000#c8100000000000000001",
            },
            {
                "comment_id": "8100000000000000002",
                "text": "Thank you, Bea.",
                "parent_id": "8100000000000000001",
                "parent_source": "attribute",
                "depth": 1,
                "position": 1,
                "author": "Ann",
                "published_at": "2026-05-01T11:00:00+00:00",
                "published_raw": "2026-05-01T13:00:00.000+02:00",
                "published_precision": "second",
                "permalink": "https://ann.example/2026/05/bridge.html"
                "?showComment=1777633200000#c8100000000000000002",
            },
            {
                "comment_id": "8100000000000000003",
                "text": "",
                "position": 2,
                "author": "Anonymous",
                "published_at": "2026-05-01T12:00:00+00:00",
                "published_raw": "2026-05-01T14:00:00.000+02:00",
                "published_precision": "second",
                "status": "deleted",
            },
        ],
    }
    assert batch.article_url == "https://ann.example/2026/05/bridge.html"
    assert [ask.url for ask in batch.asks] == [
        "https://ann.example/feeds/7001/comments/default?alt=json&max-results=500&start-index=4"
    ]


@pytest.mark.parametrize(
    ("said", "more"),
    [
        (feed(entry(1), entry(2), total=2), False),
        (feed(entry(1), entry(2), total=3), True),
        (feed(total=40), False),
        (feed(entry(3), total=3, start=3), False),
        (feed(entry(3), total=4, start=3), True),
        ({"feed": {"entry": [entry(1)]}}, False),
        ({"feed": {}}, False),
    ],
    ids=["all", "more", "none of forty", "last", "not last", "no counts", "no entries"],
)
def test_more_is_asked_for_until_the_count_is_reached(said: Any, more: bool) -> None:
    assert bool(answered(said).asks) is more


def test_a_repeated_start_index_ends() -> None:
    """A server that always answers with its first page is asked for one more page, once each."""
    said = feed(entry(1), total=5)
    first = answered(said)
    second = answered(said, first.asks[0].url)
    assert second.asks == first.asks


def test_callback_of_the_pages_own_script_is_read() -> None:
    wrapped = b"// API callback\nbloggercomments(" + json.dumps(SAID).encode() + b");"
    batch = blogger.read_answer(Answer(FEED, wrapped))
    assert batch is not None
    assert len(batch.thread.comments) == 3


def test_junk_is_a_fault_and_odd_values_are_not() -> None:
    check_junk(blogger, FEED)
    for payload in (b"null", b'{"feed": null}', b'{"feed": []}', b"[" * 100_000):
        with pytest.raises(PlatformError):
            blogger.read_answer(Answer(FEED, payload))
    check_odd_values(blogger, FEED, SAID)


def test_doubles_and_rings_are_put_right_by_arranging() -> None:
    ring = [
        entry(1, link=[{"rel": "related", "href": "https://x.example/comments/default/2?v=2"}]),
        entry(2, link=[{"rel": "related", "href": "https://x.example/comments/default/1?v=2"}]),
        entry(1),
    ]
    comments = arrange(answered(feed(*ring, total=3)).thread.comments)
    assert [(c.comment_id, c.depth, c.is_orphan) for c in comments] == [
        ("1", 0, True),
        ("2", 1, False),
    ]


def test_only_the_feed_of_one_post_is_owned() -> None:
    assert blogger.owns(FEED)
    assert not blogger.owns("https://ann.example/feeds/comments/default?alt=json")
    assert not blogger.owns("https://ann.example/feeds/7001/comments/default")
    assert not blogger.owns("https://ann.example/feeds/posts/default?alt=json")


def test_an_empty_list_is_not_asked_about_but_a_missing_one_is() -> None:
    feed_link = '<link rel="alternate" href="/feeds/7001/comments/default">'
    script = '<script src="https://www.blogger.com/static/v1/widgets/1.js"></script>'
    empty = document('<div id="comments"><dl id="comments-block"></dl></div>', head=feed_link)
    drawn = document(script, head=feed_link)
    found = blogger.find(empty), blogger.find(drawn)
    assert [finding and len(finding.asks) for finding in found] == [0, 1]


def test_absent() -> None:
    check_absent(
        blogger,
        PARAGRAPHS,
        '<div id="comments"><li id="comment-7" class="comment"><p>Not of Blogger.</p></li></div>',
    )


def test_deleted_comments_keep_their_place() -> None:
    comments = answered(SAID).thread.comments
    assert [c.status for c in comments] == [
        CommentStatus.VISIBLE,
        CommentStatus.VISIBLE,
        CommentStatus.DELETED,
    ]
