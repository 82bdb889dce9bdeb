"""Answers of WordPress: REST lists, wpDiscuz' next comments, the feed of a post's comments."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from archiver.comments import read_answer, wordpress
from archiver.comments.platform import Answer, Batch
from archiver.errors import PlatformError
from archiver.model import Comment, CommentStatus, Header, ParentSource, Precision
from archiver.outcomes import ThreadOutcome
from tests.comments.page_goldens import GOLDEN
from tests.comments.test_wordpress import REST
from tests.comments.widget_goldens import JUNK, ODD_VALUES
from tests.pages import CAPTURED_AT, URL

LIST = "https://paper.example/wp-json/wp/v2/comments?post=44&per_page=2&page=1&order=asc&orderby=id"
AJAX = "https://paper.example/wp-admin/admin-ajax.php"


def answered(
    said: Any, url: str = LIST, *, page: int = 1, headers: tuple[Header, ...] = ()
) -> Batch:
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    batch = read_answer(Answer(url, payload, CAPTURED_AT, "44", page, headers, URL), "wordpress")
    assert batch is not None
    return batch


def test_rest_comment_is_read_whole() -> None:
    batch = answered([REST])
    assert batch.thread.comments == (
        Comment(
            comment_id="9",
            text="One.\n\nTwo.",
            parent_id="7",
            parent_source=ParentSource.ATTRIBUTE,
            author="O’Neil",
            author_id="2",
            author_url="https://o.example",
            published_at=datetime(2026, 5, 3, 8, tzinfo=UTC),
            published_raw="2026-05-03T08:00:00",
            published_precision=Precision.SECOND,
            html=REST["content"]["rendered"],
            permalink=f"{URL}comment-page-2/#comment-9",
            is_orphan=True,
        ),
    )
    assert (batch.thread.thread_ref, batch.thread.declared, batch.asks) == ("44", None, ())
    assert batch.article_url == URL


FULL = [REST, {**REST, "id": 10, "parent": 9}]


@pytest.mark.parametrize(
    ("said", "url", "headers", "following"),
    [
        pytest.param(FULL, LIST, (), LIST.replace("page=1&order", "page=2&order"), id="full"),
        pytest.param([REST], LIST, (), None, id="not full"),
        pytest.param([], LIST, (), None, id="empty"),
        pytest.param(FULL, LIST, ((b"X-WP-TotalPages", b"1"), (b"X-WP-Total", b"2")), None, id="full, and the last"),
        pytest.param(
            [REST], LIST, ((b"x-wp-totalpages", b"3"), (b"x-wp-total", b"6")),
            LIST.replace("page=1&order", "page=2&order"), id="not full, and not the last",
        ),
        pytest.param(
            [REST] * 10, "https://paper.example/wp-json/wp/v2/comments?post=44", (),
            "https://paper.example/wp-json/wp/v2/comments?post=44&page=2", id="ten, where none are asked for",
        ),
    ],
)  # fmt: skip
def test_rest_lists_are_asked_for_to_their_end(
    said: list[Any], url: str, headers: tuple[Header, ...], following: str | None
) -> None:
    batch = answered(said, url, headers=headers)
    assert [ask.url for ask in batch.asks] == ([following] if following else [])
    assert batch.thread.outcome is (ThreadOutcome.PARTIAL if following else batch.thread.outcome)


def test_rest_headers_say_how_many_there_are() -> None:
    headers = ((b"X-WP-Total", b"40"), (b"X-WP-TotalPages", b"1"))
    for said in ([REST], []):
        batch = answered(said, headers=headers)
        assert (batch.thread.declared, batch.thread.outcome, batch.asks) == (
            40,
            ThreadOutcome.SHORT,
            (),
        )


def test_one_odd_comment_costs_no_other() -> None:
    odd = [
        7, None, {}, {**REST, "id": None}, {**REST, "id": 11, "status": "hold"},
        {**REST, "id": 12, "content": None, "author_name": None},
    ]  # fmt: skip
    assert [c.comment_id for c in answered([*odd, REST]).thread.comments] == ["9"]


@pytest.mark.parametrize("name", [*REST, "content.rendered"])
@pytest.mark.parametrize("value", ODD_VALUES, ids=repr)
def test_odd_values_raise_nothing(name: str, value: Any) -> None:
    entry = {**REST, "content": {"rendered": value}} if "." in name else {**REST, name: value}
    batch = answered([entry, {**REST, "id": 10}])
    assert batch.thread.comments[-1].comment_id == "10"


def test_ids_that_are_not_unique_and_rings_are_arranged() -> None:
    ring = [
        {**REST, "id": 1, "parent": 2},
        {**REST, "id": 2, "parent": 1},
        {**REST, "id": 2, "parent": 2},
    ]
    assert [c.comment_id for c in answered(ring).thread.comments] == ["1", "2"]


MORE: dict[str, Any] = {
    "success": True,
    "data": {
        "comment_list": (
            '<div id="wpd-comm-6_0" class="comment wpd-comment depth-1 even"><div class="wpd-comment-wrap wpd-blog-guest">'
            '<div id="comment-6" class="wpd-comment-right"><div class="wpd-comment-author">Fe</div>'
            '<div class="wpd-comment-date" title="May 2, 2026 9:00 am">1 month ago</div>'
            '<div class="wpd-comment-text"><p>Top.</p></div></div></div>'
            '<div id="wpd-comm-8_6" class="comment wpd-comment wpd-reply depth-2 odd"><div id="comment-8">'
            '<div class="wpd-comment-author">Gil</div><div class="wpd-comment-text"><p>Below.</p></div></div></div></div>'
            '<div id="wpd-comm-5_0" class="wpd-comment wpd-unapproved-comment"><div class="wpd-comment-text">Not yet.</div></div>'
        ),
        "is_show_load_more": True,
        "last_parent_id": "6",
    },
}


def test_wpdiscuz_answer_is_read_and_asks_for_the_next() -> None:
    batch = answered(MORE, AJAX, page=3)
    top, below = batch.thread.comments
    assert (top.comment_id, top.author, top.text, top.permalink) == (
        "6",
        "Fe",
        "Top.",
        f"{URL}#comment-6",
    )
    assert top.published_at == datetime(2026, 5, 2, 9, tzinfo=UTC)
    assert (below.parent_id, below.parent_source, below.depth) == ("6", ParentSource.ATTRIBUTE, 1)
    (ask,) = batch.asks
    said = parse_qs(ask.body)
    assert (ask.url, ask.method, said["postId"], said["lastParentId"], said["offset"], said["isFirstLoad"]) == (
        AJAX, "POST", ["44"], ["6"], ["3"], ["0"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"is_show_load_more": False}, {"is_show_load_more": 0}, {"is_show_load_more": None},
        {"last_parent_id": None}, {"last_parent_id": [7]}, {"comment_list": ""}, {"comment_list": "<p>None.</p>"},
    ],
    ids=str,
)  # fmt: skip
def test_wpdiscuz_answers_end(change: dict[str, Any]) -> None:
    assert answered({**MORE, "data": {**MORE["data"], **change}}, AJAX).asks == ()


def test_wpdiscuz_answer_of_old_versions_has_no_box() -> None:
    said = {
        "comment_list": MORE["data"]["comment_list"].replace("wpd-", "wc-"),
        "is_show_load_more": False,
    }
    assert [c.text for c in answered(said, AJAX).thread.comments] == ["Top.", "Below."]


def test_feed_is_read() -> None:
    batch = answered((GOLDEN / "wordpress" / "feed.xml").read_bytes(), f"{URL}feed/")
    reply, ping, first = batch.thread.comments
    assert reply == Comment(
        comment_id="64",
        text="Three times.\n\nMy uncle says.",
        parent_id="61",
        parent_source=ParentSource.REPLY_LINK,
        depth=1,
        author="Bo & Co",
        published_at=datetime(2026, 5, 3, 9, 30, 5, tzinfo=UTC),
        published_raw="Sun, 03 May 2026 09:30:05 +0000",
        published_precision=Precision.SECOND,
        html=reply.html,
        permalink=f"{URL}comment-page-3/#comment-64",
    )
    assert (ping.status, ping.author) == (CommentStatus.PINGBACK, "Ferries of the county")
    assert (first.comment_id, first.text, first.parent_id) == ("61", "In reply to nobody.", None)
    assert (batch.asks, batch.article_url, batch.thread.thread_ref) == ((), URL, "44")


def test_feed_of_articles_is_no_thread() -> None:
    said = b'<?xml version="1.0"?><rss><channel><item><link>https://x.example/a/</link><title>T</title></item></channel></rss>'
    with pytest.raises(PlatformError, match="something else"):
        answered(said, f"{URL}feed/")


def test_feed_with_entities_of_its_own_is_read_without_them() -> None:
    said = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>'
    assert answered(said, f"{URL}feed/").thread.comments == ()


def test_page_of_comments_is_read_as_a_page() -> None:
    page = b"<!DOCTYPE html><html><body></body></html>"
    assert read_answer(Answer(f"{URL}comment-page-2/", page), "wordpress") is None


OTHER = {name: payload for name, payload in JUNK.items() if not payload.startswith(b"<")} | {
    "a refusal": b'{"code": "rest_forbidden", "message": "No.", "data": {"status": 401}}',
    "a list of something else": b'[{"id": 1}]',
    "a list of numbers": b"[1]",
}


@pytest.mark.parametrize("payload", OTHER.values(), ids=OTHER)
def test_answer_of_another_shape_is_an_error(payload: bytes) -> None:
    with pytest.raises(PlatformError, match=r"paper\.example"):
        wordpress.read_answer(Answer(LIST, payload))
