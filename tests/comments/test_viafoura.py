"""Viafoura: container and section of a page, and pages of comments and of replies."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import viafoura
from archiver.outcomes import ThreadOutcome
from tests.comments.widget_goldens import (
    asked,
    check_absent,
    check_golden,
    check_junk,
    check_odd_values,
    json_of,
)
from tests.pages import document

SECTION = "00000000-0000-4000-8000-0123456789ab"
CONTAINER = "aaaaaaaa-0000-4000-8000-000000000001"
ROOT = f"https://livecomments.viafoura.co/v4/livecomments/{SECTION}"
FIRST = f"{ROOT}?container_id=77&limit=100"
WIDGET = '<div class="viafoura"><vf-conversations></vf-conversations></div>'


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {
        "content_uuid": f"e{number}", "content_container_uuid": CONTAINER, "parent_uuid": CONTAINER,
        "content": f"No. {number}.", "date_created": 1777716000000, "state": "visible", **more,
    }  # fmt: skip


def urls(said: Any, url: str = FIRST) -> list[str]:
    return [ask.url for ask in asked("viafoura", url, said).asks]


def test_golden_thread() -> None:
    check_golden(viafoura)


@pytest.mark.parametrize(
    ("head", "body", "ref"),
    [
        ('<meta property="vf:container_id" content="77">', WIDGET, "77"),
        ("", '<div class="viafoura"><vf-conversations vf-container-id="77"></vf-conversations></div>', "77"),
        (
            f'<meta name="vf:container_id" content="77"><meta name="vf:site_id" content="{SECTION}">',
            WIDGET, f"{SECTION}/77",
        ),
        (
            '<meta name="vf:container_id" content="a b&amp;c">',
            f'{WIDGET}<script>fetch("https://livecomments.viafoura.co/v4/livecomments/{SECTION}/contentcontainer/id?container_id=x")</script>',
            f"{SECTION}/a b&c",
        ),
    ],
)  # fmt: skip
def test_container_and_section_are_found_wherever_they_stand(
    head: str, body: str, ref: str
) -> None:
    found = viafoura.find(document(body, head=head))
    assert found is not None
    assert found.thread_ref == ref
    assert len(found.asks) == (1 if SECTION in ref else 0)


def test_a_container_s_name_is_quoted() -> None:
    head = f'<meta name="vf:container_id" content="a b&amp;c"><meta name="vf:site_id" content="{SECTION}">'
    (ask,) = viafoura.find(document(WIDGET, head=head)).asks  # type: ignore[union-attr]
    assert ask.url == f"{ROOT}?container_id=a%20b%26c&limit=100&reply_limit=100&sorted_by=oldest"


def test_pages_without_comments_of_viafoura() -> None:
    check_absent(
        viafoura,
        "<p>Nothing here.</p>",
        '<div class="viafoura"><vf-tray></vf-tray></div>',
        '<script src="https://cdn.viafoura.net/entry/index.js"></script>',
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (FIRST, True),
        (f"{ROOT}/{CONTAINER}/comments?limit=100", True),
        (f"{ROOT}/{CONTAINER}/comments/{CONTAINER}?limit=100", True),
        (ROOT, False),
        (f"{ROOT}/contentcontainer/id?container_id=77", False),
        (f"{ROOT}/{CONTAINER}/comments/{CONTAINER}/single", False),
        (f"https://other.example/v4/livecomments/{SECTION}?container_id=77", False),
    ],
)
def test_owns_only_lists_of_comments(url: str, expected: bool) -> None:
    assert viafoura.owns(url) is expected


def test_junk_is_a_fault() -> None:
    check_junk(viafoura, FIRST)


def test_odd_values_cost_no_other_comment() -> None:
    check_odd_values(viafoura, FIRST, json_of("viafoura", "first.json"))


def test_a_page_of_pinned_comments_alone_is_the_last() -> None:
    said = {"more_available": True, "contents": [entry(1, is_pinned=True)]}
    assert urls(said) == []


def test_replies_do_not_count_as_the_last_comment() -> None:
    reply = entry(3, parent_uuid="e2", thread_uuid="e2")
    said = {"more_available": True, "contents": [entry(1), entry(2, total_replies=1), reply]}
    assert [url.rpartition("=")[2] for url in urls(said)] == ["e2"]


def test_behind_a_full_page_of_replies_the_rest_is_asked_for() -> None:
    replies = [entry(n, parent_uuid="e1", thread_uuid="e1") for n in range(2, 102)]
    said = {"more_available": False, "contents": [entry(1, total_replies=130), *replies]}
    (url,) = urls(said)
    assert url.startswith(f"{ROOT}/{CONTAINER}/comments/e1?")
    assert url.endswith("&starting_from=e101")


def test_a_reply_to_a_reply_is_one_of_its_thread() -> None:
    said = {"contents": [
        entry(1, total_replies=2),
        entry(2, parent_uuid="e1", thread_uuid="e1", total_replies=1),
        entry(3, parent_uuid="e2", thread_uuid="e1"),
    ]}  # fmt: skip
    batch = asked("viafoura", FIRST, said)
    assert batch.asks == ()
    assert [c.depth for c in batch.thread.comments] == [0, 1, 2]


def test_no_comments_under_a_count() -> None:
    batch = asked(
        "viafoura", FIRST, {"contents": [], "more_available": True, "total_visible_content": 40}
    )
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.SHORT)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a < b and\nc > d", "a < b and\nc > d"),
        ("One.\r\n\r\n\r\nTwo.", "One.\n\nTwo."),
        ("<p>A</p><script>x()</script><p>B</p>", "A\n\nB"),
    ],
)
def test_plain_and_marked_up_texts_are_told_apart(content: str, text: str) -> None:
    (comment,) = asked("viafoura", FIRST, {"contents": [entry(1, content=content)]}).thread.comments
    assert comment.text == text


@pytest.mark.parametrize(("state", "status"), [("deleted", "deleted"), ("awaiting", "hidden")])
def test_what_is_not_to_be_seen_is_an_empty_place(state: str, status: str) -> None:
    (comment,) = asked(
        "viafoura", FIRST, {"contents": [entry(1, state=state, actor_uuid="u")]}
    ).thread.comments
    assert (comment.text, comment.author_id, comment.status.value) == ("", None, status)
