"""vBulletin 3 and 4: the first post is the article, the others are the thread."""

from __future__ import annotations

import pytest

from archiver.comments import vbulletin
from archiver.comments.platform import Answer
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL, document

POST = (
    '<li class="postcontainer" id="post_{number}"><span class="date">{date}</span>'
    '<a class="username" href="member.php?7-Ann">Ann</a>'
    '<div id="post_message_{number}"><blockquote class="postcontent">Words.</blockquote></div></li>'
)


@pytest.mark.parametrize("name", ["four", "three"])
def test_golden_page(name: str) -> None:
    check_golden(vbulletin, "vbulletin", name)


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        (("05-02-2026", "05-03-2026"), "2026-05-03"),
        (("05-13-2026", "05-03-2026"), "2026-05-03"),
        (("13-05-2026", "05-03-2026"), "2026-03-05"),
    ],
    ids=["unknown: as it comes", "month first", "day first"],
)
def test_the_boards_own_dates_tell_which_part_is_the_month(
    dates: tuple[str, str], read: str
) -> None:
    posts = "".join(POST.format(number=n, date=date) for n, date in enumerate(dates, 1))
    found = vbulletin.read(document(posts))
    assert found is not None
    assert found.thread is not None
    (reply,) = found.thread.comments
    assert reply.published_at is not None
    assert (reply.published_at.date().isoformat(), reply.published_raw) == (read, dates[1])


def test_later_page_has_no_article() -> None:
    posts = "".join(POST.format(number=n, date="05-13-2026") for n in (8, 9))
    found = vbulletin.read(document(posts, url="https://b.example/showthread.php?t=1&page=2"))
    assert found is not None
    assert found.thread is not None
    assert [c.comment_id for c in found.thread.comments] == ["8", "9"]


def test_absent() -> None:
    check_absent(vbulletin, PARAGRAPHS, '<div id="post_message_result">Sent.</div>')


def test_answers_are_pages() -> None:
    assert vbulletin.read_answer(Answer(URL, b"<html></html>")) is None
    assert not vbulletin.owns("https://b.example/showthread.php?t=1&page=2")
