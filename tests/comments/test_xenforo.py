"""XenForo: the first post is the article, the others are the thread."""

from __future__ import annotations

import pytest

from archiver.comments import xenforo
from archiver.comments.platform import Answer
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL, document

POST = (
    '<article class="message message--{kind}" data-author="{author}" data-content="{content}">'
    '<time datetime="2026-05-01T10:00:00+0200"></time>'
    '<article class="message-body"><div class="bbWrapper">{text}</div></article></article>'
)


@pytest.mark.parametrize("name", ["thread", "second", "one"])
def test_golden_page(name: str) -> None:
    check_golden(xenforo, "xenforo", name)


def test_comments_below_an_add_ons_article_are_all_read() -> None:
    body = PARAGRAPHS + "".join(
        POST.format(kind="comment", author=name, content=f"ams-comment-{number}", text="Words.")
        for number, name in enumerate(("Ann", "Bo"), 1)
    )
    found = xenforo.read(document(body))
    assert found is not None
    assert found.thread is not None
    assert [(c.comment_id, c.author) for c in found.thread.comments] == [("1", "Ann"), ("2", "Bo")]


def test_a_post_shown_twice_is_one() -> None:
    first = POST.format(kind="post", author="Ann", content="post-1", text=PARAGRAPHS)
    second = POST.format(kind="post", author="Bo", content="post-2", text="Words.")
    found = xenforo.read(document(first + second + second))
    assert found is not None
    assert found.thread is not None
    assert [c.comment_id for c in found.thread.comments] == ["2"]


def test_thousands_of_pages_are_bounded() -> None:
    nav = '<nav class="pageNav"><a href="/threads/x.1/page-99999">99999</a></nav>'
    first = POST.format(kind="post", author="Ann", content="post-1", text="Words.")
    finding = xenforo.find(document(nav + first, url="https://b.example/threads/x.1/"))
    assert finding is not None
    assert len(finding.asks) == 999


def test_absent() -> None:
    check_absent(
        xenforo,
        PARAGRAPHS,
        '<div class="message">Sent.</div>',
        '<div class="message bbWrapper" data-content="profile">x</div>',
    )


def test_answers_are_pages() -> None:
    assert xenforo.read_answer(Answer(URL, b"<html></html>")) is None
    assert not xenforo.owns("https://b.example/threads/x.1/page-2")
