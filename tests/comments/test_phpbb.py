"""phpBB: the first post is the article, the others are the thread."""

from __future__ import annotations

import pytest

from archiver.comments import phpbb
from archiver.comments.platform import Answer
from archiver.dom import Document
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL, document

POST = (
    '<div id="p{number}" class="post bg1"><dl class="postprofile"><dt>'
    '<a class="username" href="./memberlist.php?u=7">Ann</a></dt></dl><div class="postbody">'
    '<p class="author">by <strong>Ann</strong> » {date}</p>'
    '<div class="content">{text}</div></div></div>'
)
TOPIC = "https://b.example/viewtopic.php?t=42"


def topic(url: str, *, head: str = "", date: str = "1 May 2026, 10:00", bar: str = "") -> Document:
    posts = "".join(POST.format(number=n, date=date, text="Words.") for n in (5, 6))
    return document(f'<div class="pagination">{bar}</div>{posts}', head=head, url=url)


def test_golden_page() -> None:
    check_golden(phpbb, "phpbb", "topic")


@pytest.mark.parametrize(
    ("url", "head", "bar", "read"),
    [
        (TOPIC, "", "", ["6"]),
        (f"{TOPIC}&start=0", "", "", ["6"]),
        (f"{TOPIC}&start=15", "", "", ["5", "6"]),
        (
            "https://b.example/viewtopic.php?p=6",
            f'<link rel="canonical" href="{TOPIC}&amp;start=15">',
            "",
            ["5", "6"],
        ),
        (
            "https://b.example/viewtopic.php?p=6",
            "",
            '<ul><li class="active"><span>2</span></li></ul>',
            ["5", "6"],
        ),
        (
            "https://b.example/viewtopic.php?p=6",
            "",
            "2 posts • Page <strong>1</strong> of <strong>1</strong>",
            ["6"],
        ),
    ],
    ids=["first", "start 0", "second", "canonical", "active", "old style"],
)
def test_the_first_post_of_the_first_page_is_the_article(
    url: str, head: str, bar: str, read: list[str]
) -> None:
    found = phpbb.read(topic(url, head=head, bar=bar))
    assert found is not None
    assert found.thread is not None
    assert [c.comment_id for c in found.thread.comments] == read


def test_count_without_further_pages_is_declared() -> None:
    found = phpbb.read(topic(TOPIC, bar="2 posts • Page <strong>1</strong> of <strong>1</strong>"))
    assert found is not None
    assert found.thread is not None
    assert (found.thread.declared, found.thread.outcome) == (1, None)


def test_a_name_with_digits_is_no_date() -> None:
    found = phpbb.read(topic(TOPIC, date="yesterday"))
    assert found is not None
    assert found.thread is not None
    assert found.thread.comments[0].published_at is None


def test_steps_are_as_the_links_show_them() -> None:
    links = "".join(f'<a href="./viewtopic.php?t=42&amp;start={n}">x</a>' for n in (20, 60, 90))
    finding = phpbb.find(topic(f"{TOPIC}&start=20", bar=links))
    assert finding is not None
    starts = [int(ask.url.rpartition("=")[2]) for ask in finding.asks]
    assert starts == [10, 30, 40, 50, 60, 70, 80, 90]


def test_absent() -> None:
    check_absent(phpbb, PARAGRAPHS, '<div id="p5" class="post"><div class="postbody">x</div></div>')


def test_answers_are_pages() -> None:
    assert phpbb.read_answer(Answer(URL, b"<html></html>")) is None
    assert not phpbb.owns(f"{TOPIC}&start=15")
