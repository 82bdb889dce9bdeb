"""Livefyre: found on pages, read from archives, never asked."""

# ruff: noqa: E501 - markup is shown whole

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import asks_of, livefyre
from archiver.comments.platform import Answer
from archiver.model import CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.comments import widget_goldens as golden
from tests.pages import document

INIT = "http://bootstrap.paper.fyre.co/bs3/v3.1/paper.fyre.co/303800/c3RvcnktMTI=/init"
OLDER = "https://data.livefyre.com/bs3/v3.1/paper.fyre.co/303800/c3RvcnktMTI=/0.json"


def test_golden_thread() -> None:
    golden.check_golden(livefyre)


@pytest.mark.parametrize(
    ("body", "ref"),
    [
        (
            "<div id='livefyre_comments' data-network='paper.fyre.co' data-site-id='3' data-article-id='a/b'></div>",
            "paper.fyre.co/3/a/b",
        ),
        ("<div class='comments livefyre-container spinner'></div>", None),
        (
            """<script src="//cdn.livefyre.com/Livefyre.js"></script><script>var convConfig = {"siteId":"3","articleId":"12"}; var networkConfig = {network: 'paper.fyre.co'}; Livefyre.require(['fyre.conv#3'])</script>""",
            "paper.fyre.co/3/12",
        ),
    ],
)
def test_conversation_is_found_and_not_asked_for(body: str, ref: str | None) -> None:
    page = document(body)
    found = livefyre.find(page)
    assert found is not None
    assert found.thread_ref == ref
    assert asks_of(page) == ()


def test_pages_without_a_conversation_are_passed_over() -> None:
    golden.check_absent(
        livefyre,
        "<p>A page.</p>",
        "<span class='livefyre-commentcount' data-lf-site-id='3' data-lf-article-id='12'>3</span><script src='http://zor.livefyre.com/wjs/v1.0/javascripts/CommentCount.js'></script>",
        "<i class='follow-icon--livefyre'></i>",
    )


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (INIT, True),
        (OLDER, True),
        ("https://data.livefyre.com/bs3/v3.1//paper.fyre.co/303800/c3RvcnktMTI=/0.json", True),
        ("http://bootstrap.livefyre.com/bs3/livefyre.com/303800/MTI=/head.json", True),
        ("http://bootstrap.paper.fyre.co/api/v1.1/public/comments/ncomments/abc.json", False),
        ("http://zor.livefyre.com/wjs/v3.0/javascripts/livefyre.js", False),
        ("https://paper.example/bs3/v3.1/paper.fyre.co/303800/c3RvcnktMTI=/init", False),
    ],
)
def test_owns(url: str, *, is_own: bool) -> None:
    assert livefyre.owns(url) is is_own


def test_what_is_not_its_shape_is_a_fault() -> None:
    golden.check_junk(livefyre, INIT)
    golden.check_odd_values(livefyre, INIT, golden.json_of("livefyre", "init.json"))


def test_answer_to_a_script_is_read_out_of_its_call() -> None:
    payload = golden.payload_of("livefyre", "older.json")
    plain = livefyre.read_answer(Answer(OLDER, payload))
    called = livefyre.read_answer(Answer(OLDER, b"fyre_cb1(" + payload + b");"))
    assert called == plain
    assert plain is not None
    assert len(plain.thread.comments) == 1


def test_comments_for_some_only_are_left_out_and_deleted_ones_keep_their_place() -> None:
    thread = golden.asked("livefyre", INIT, golden.json_of("livefyre", "init.json")).thread
    assert "506" not in {comment.comment_id for comment in thread.comments}
    deleted = next(c for c in thread.comments if c.status is CommentStatus.DELETED)
    assert (deleted.comment_id, deleted.text) == ("504", "")


def test_a_collection_that_is_all_there_is_complete() -> None:
    said = golden.json_of("livefyre", "init.json")
    said["collectionSettings"]["numVisible"] = 5
    assert golden.asked("livefyre", INIT, said).thread.outcome is ThreadOutcome.COMPLETE


def test_empty_list_with_a_count_is_partial() -> None:
    said = {"headDocument": {"content": []}, "collectionSettings": {"numVisible": 40}}
    batch = golden.asked("livefyre", INIT, said)
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.PARTIAL)


def test_deep_nesting_parents_in_a_ring_and_scripts_do_not_hurt() -> None:
    said = golden.json_of("livefyre", "older.json")
    first = said["content"][0]
    first["content"]["parentId"] = "402"
    first["content"]["bodyHtml"] = "<p>Words.</p><script>alert(1)</script>"
    second: dict[str, Any] = {
        "vis": 1,
        "type": 0,
        "content": {"id": 402, "parentId": "401", "bodyHtml": "B"},
    }
    deep = second
    for _ in range(400):
        deep["childContent"] = [{"vis": 1, "type": 0, "content": {"id": "x", "bodyHtml": "d"}}]
        deep = deep["childContent"][0]
    said["content"].append(second)
    comments = golden.asked("livefyre", OLDER, said).thread.comments
    assert [comment.text for comment in comments] == ["Words.", "B", "d"]


def test_no_picture_comes_along() -> None:
    told = repr(golden.asked("livefyre", INIT, golden.json_of("livefyre", "init.json")))
    assert "avatar" not in told
