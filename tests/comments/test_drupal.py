"""Drupal: core's markup of several versions, and what only looks like it."""

from __future__ import annotations

import pytest

from archiver.comments import drupal
from archiver.comments.platform import Answer
from archiver.dom import Document
from archiver.model import Comment, ParentSource
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL, document

HEAD = '<script src="/core/misc/drupal.js"></script>'
COMMENT = (
    '<div class="js-comment comment"><p class="comment__author">Ann</p>'
    '<p class="comment__time">3 May 2026 10:00</p>'
    '<div class="field--name-comment-body"><p>{text}</p></div></div>'
)


def page(body: str, *, url: str = URL, head: str = HEAD) -> Document:
    return document(f"<main>{PARAGRAPHS}</main>{body}", head=head, url=url)


def comments_of(made: Document) -> tuple[Comment, ...]:
    found = drupal.read(made)
    return found.thread.comments if found is not None and found.thread is not None else ()


@pytest.mark.parametrize("name", ["olivero", "seven"])
def test_golden_page(name: str) -> None:
    check_golden(drupal, "drupal", name)


def test_comment_without_a_number_is_known_by_what_it_says() -> None:
    body = COMMENT.format(text="Words.")
    first, again = comments_of(page(body)), comments_of(page(f"<p>New.</p>{body}"))
    assert first[0].comment_id.startswith("x-")
    assert first == again
    assert first[0].permalink is None


def test_parent_is_linked_where_nothing_is_indented() -> None:
    body = (
        '<div class="comment js-comment" id="comment-5"><p class="comment__author">Ann</p>'
        '<div class="comment__content">One.</div></div>'
        '<div class="comment js-comment" id="comment-6"><p class="comment__author">Bo</p>'
        '<p class="parent visually-hidden">In reply to <a href="/comment/5#comment-5">One</a></p>'
        '<div class="comment__content">Two.</div></div>'
    )
    first, second = comments_of(page(body))
    assert (first.parent_id, second.parent_id) == (None, "5")
    assert second.parent_source is ParentSource.REPLY_LINK


def test_unpublished_comment_is_not_read() -> None:
    body = (
        '<div id="comment-5" class="comment js-comment unpublished"><div class="content">No.</div>'
        "</div>"
    )
    assert comments_of(page(body)) == ()


def test_comment_that_answers_another_page_is_not_read() -> None:
    body = (
        '<div class="comment" about="/comment/5#comment-5" typeof="sioc:Post sioct:Comment">'
        '<span rel="sioc:reply_of" resource="/2026/04/another-story"></span>'
        '<div class="content">Elsewhere.</div></div>'
    )
    assert comments_of(page(body)) == ()


def test_pager_is_followed_only_on_the_pages_own_path() -> None:
    listed = COMMENT.format(text="Words.")
    body = (
        f'<div class="comments">{listed}<ul class="pager"><li><a href="?page=2">3</a></li>'
        '<li><a href="/blog?page=9">10</a></li></ul></div>'
    )
    finding = drupal.find(page(body, url=f"{URL}?page=1"))
    assert finding is not None
    assert [ask.url for ask in finding.asks] == [f"{URL}?page=2"]


def test_form_without_comments_is_cut_out() -> None:
    found = drupal.read(page('<form class="comment-form"><p>Say something</p></form>'))
    assert found is not None
    assert (found.thread, [node.tag for node in found.regions]) == (None, ["form"])


def test_absent() -> None:
    check_absent(
        drupal,
        PARAGRAPHS,
        '<ol><li id="comment-7" class="comment depth-1"><p>Of another program.</p></li></ol>',
    )


def test_answers_are_pages() -> None:
    assert drupal.read_answer(Answer(URL, b"<html></html>")) is None
    assert not drupal.owns(f"{URL}?page=1")
