"""Isso: where its thread is asked for, and how its pages are put together."""

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import isso
from archiver.model import CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.comments.widget_goldens import (
    asked,
    check_absent,
    check_golden,
    check_junk,
    check_odd_values,
    json_of,
)
from tests.pages import URL, document

FIRST = "https://paper.example/isso/?uri=%2Fa%2F&sort=oldest&limit=2&nested_limit=2"


def reply(number: int, created: float, **more: Any) -> dict[str, Any]:
    said = {"id": number, "parent": None, "created": created, "modified": None, "mode": 1}
    return {**said, "text": f"<p>No. {number}.</p>", "author": "A", "website": None, **more}


def listed(*replies: dict[str, Any], total: int, hidden: int = 0) -> dict[str, Any]:
    return {"id": None, "total_replies": total, "hidden_replies": hidden, "replies": list(replies)}


def urls(said: Any, url: str = FIRST, page_number: int = 1) -> list[str]:
    return [ask.url for ask in asked("isso", url, said, page_number=page_number).asks]


def test_golden_thread() -> None:
    check_golden(isso)


@pytest.mark.parametrize(
    ("markup", "url", "expected"),
    [
        (  # no id: the path as the browser has it, encoded once more in the query
            '<div id="isso-thread"></div><script data-isso="https://c.example/"></script>',
            "https://paper.example/caf%C3%A9/1.html?page=2",
            "https://c.example/?uri=%2Fcaf%25C3%25A9%2F1.html",
        ),
        (
            '<div id="isso-thread" data-isso-id="a b&c"></div><script data-isso="/talk"></script>',
            URL,
            "https://paper.example/talk/?uri=a%20b%26c",
        ),
        (  # no data-isso: the address of the script
            '<div id="isso-thread"></div><script src="https://c.example/x/js/embed.min.js"></script>',
            "https://paper.example/",
            "https://c.example/x/?uri=%2F",
        ),
        (  # a script that makes the script
            '<div class="comments" id="isso-thread"></div><script>var s=document.createElement('
            '"script");s.setAttribute("data-isso", "https://c.example/");</script>',
            "https://paper.example/a",
            "https://c.example/?uri=%2Fa",
        ),
    ],
)
def test_address_of_the_thread(markup: str, url: str, expected: str) -> None:
    found = isso.find(document(markup, url=url))
    assert found is not None
    assert [ask.url for ask in found.asks] == [f"{expected}&sort=oldest&limit=200&nested_limit=200"]


def test_absent() -> None:
    check_absent(
        isso,
        "<p>Isso é tudo.</p>",
        '<div id="isso-thread"></div>',
        '<script data-isso="https://c.example/" src="https://c.example/js/count.min.js"></script>',
    )


def test_owns_its_lists_only() -> None:
    assert isso.owns(FIRST)
    assert isso.owns("https://c.example/?uri=/a/&parent=3&after=1.5&plain=0")
    assert not isso.owns("https://c.example/?uri=/a/&utm_source=x")
    assert not isso.owns("https://c.example/login?uri=/a/")
    assert not isso.owns("https://c.example/?uri=")


def test_next_page_goes_on_from_the_last_head() -> None:
    first = listed(reply(1, 100.0), reply(2, 200.5), total=4, hidden=2)
    (further,) = urls(first)
    assert further == f"{FIRST}&after=200.499"
    second = listed(reply(2, 200.5), reply(3, 300.0), total=4, hidden=2)
    (last,) = urls(second, further, 2)
    assert last == f"{FIRST}&after=299.999"
    assert urls(listed(reply(3, 300.0), total=4, hidden=3), last, 3) == []


def test_page_that_brings_nothing_new_is_the_last() -> None:
    same = listed(reply(1, 100.0), reply(2, 100.0), total=9, hidden=7)
    assert urls(same, f"{FIRST}&after=99.999", 2) == []


def test_list_in_another_order_is_not_gone_on_with() -> None:
    newest = FIRST.replace("oldest", "newest")
    assert urls(listed(reply(2, 2.0), reply(1, 1.0), total=9, hidden=7), newest) == []


def test_no_ask_when_all_is_there_or_nothing_came() -> None:
    assert urls(listed(reply(1, 1.0), reply(2, 2.0), total=2)) == []
    assert urls(listed(total=40, hidden=40)) == []


def test_empty_list_with_a_count_is_short() -> None:
    thread = asked("isso", FIRST, listed(total=40)).thread
    assert (thread.declared, thread.outcome, thread.comments) == (40, ThreadOutcome.SHORT, ())


def test_comment_in_moderation_is_never_a_row() -> None:
    said = listed(reply(1, 1.0, mode=2), reply(2, 2.0, mode=3), reply(3, 3.0), total=1)
    thread = asked("isso", FIRST, said).thread
    assert [comment.comment_id for comment in thread.comments] == ["3"]


def test_deleted_head_keeps_its_place() -> None:
    nested = reply(2, 2.0, parent=1)
    said = listed(reply(1, 1.0, mode=4, text="x", author="B", replies=[nested]), total=2)
    head, answer = asked("isso", FIRST, said).thread.comments
    assert (head.status, head.text, head.html) == (CommentStatus.DELETED, "", None)
    assert (answer.parent_id, answer.depth, answer.is_orphan) == ("1", 1, False)


def test_hash_and_avatar_are_not_read() -> None:
    batch = asked("isso", FIRST, json_of("isso", "first.json"))
    assert "gravatar" not in repr(batch)
    assert "1a2b3c4d5e6f" not in repr(batch)


def test_ids_that_are_not_unique_and_parents_in_a_ring() -> None:
    said = listed(
        reply(1, 1.0, parent=2), reply(2, 2.0, parent=1), reply(1, 3.0, text="again"), total=3
    )
    comments = asked("isso", FIRST, said).thread.comments
    assert [comment.comment_id for comment in comments] == ["1", "2"]


def test_bad_input() -> None:
    check_junk(isso, FIRST)
    check_odd_values(isso, FIRST, json_of("isso", "first.json"))
