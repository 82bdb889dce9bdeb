"""The Guardian's discussions: pages of threads, replies beyond them, flat ones."""

# ruff: noqa: E501 - addresses are shown whole

from __future__ import annotations

import pytest

from archiver.comments import guardian
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
from archiver.model import CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.comments import widget_goldens as golden
from tests.pages import document

API = "https://discussion.theguardian.com/discussion-api"
FIRST = f"{API}/discussion//p/4abc9?orderBy=oldest&pageSize=100&displayThreaded=true&maxResponses=100&page=1"
FLAT = f"{API}/discussion//p/4abc9?orderBy=oldest&pageSize=100&displayThreaded=false&page=1"
SCRIPTS = "<script src='https://assets.guim.co.uk/x.js'></script>"


def test_golden_thread() -> None:
    golden.check_golden(guardian)


def test_the_flat_discussion_is_asked_for_where_the_threaded_is_refused() -> None:
    found = guardian.find(golden.page_of("guardian"))
    assert found is not None
    assert [ask.url for ask in found.asks[0].instead] == [FLAT]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (
            """<gu-island name="DiscussionWeb" props='{"shortUrlId":"/p/4abc9","format":{}}'></gu-island>""",
            "/p/4abc9",
        ),
        (
            """<div id="comments" class="discussion" data-discussion-key="/p/3zzz"></div>""",
            "/p/3zzz",
        ),
        (
            """<script>guardian = {page: {shortUrlId: '/p/4abc9', isCommentable: true}}</script>""",
            "/p/4abc9",
        ),
    ],
)
def test_discussion_is_named_in_three_ways(body: str, key: str) -> None:
    found = guardian.find(document(SCRIPTS + body))
    assert found is not None
    assert found.thread_ref == key


def test_pages_without_it_are_passed_over() -> None:
    golden.check_absent(
        guardian,
        "<p>A page.</p>",
        "<script>var x = {'shortUrlId': '/p/4abc9'}</script>",
        SCRIPTS,
        SCRIPTS + """<script>guardian = {"shortUrlId":"/p/4abc9","isCommentable":false}</script>""",
        SCRIPTS
        + """<div class="fc-item" data-discussion-id="/p/4abc9">Another article's card</div>""",
    )


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (FIRST, True),
        (f"{API}/discussion/p/4abc9/topcomments", True),
        (f"{API}/comment/101?displayResponses=true", True),
        ("http://discussion.guardianapis.com/discussion-api/discussion//p/4abc9", True),
        (f"{API}/comment/101/recommend", False),
        (f"{API}/discussion/p/4abc9/comments/count", False),
        ("https://paper.example/discussion-api/discussion//p/4abc9", False),
    ],
)
def test_owns(url: str, *, is_own: bool) -> None:
    assert guardian.owns(url) is is_own


def test_what_is_not_its_shape_is_a_fault() -> None:
    golden.check_junk(guardian, FIRST)
    golden.check_junk(guardian, f"{API}/comment/101")
    golden.check_odd_values(guardian, FIRST, golden.json_of("guardian", "first.json"))


def test_other_errors_are_faults_with_the_servers_words() -> None:
    with pytest.raises(PlatformError, match="read only"):
        guardian.read_answer(Answer(FIRST, b'{"status": "error", "message": "read only"}'))


def test_a_flat_discussion_that_is_refused_is_not_asked_for_again() -> None:
    with pytest.raises(PlatformError):
        golden.asked("guardian", FLAT, golden.payload_of("guardian", "linear_only.json"))


def test_empty_list_with_a_count_ends() -> None:
    said = golden.json_of("guardian", "first.json")
    said["discussion"].update(comments=[], commentCount=40)
    batch = golden.asked("guardian", FIRST, said)
    assert batch.asks == ()
    assert batch.thread.outcome is ThreadOutcome.SHORT


def test_a_small_discussion_is_complete() -> None:
    said = golden.json_of("guardian", "last.json")
    said.update(currentPage=1, pages=1)
    said["discussion"]["commentCount"] = 1
    batch = golden.asked("guardian", FIRST, said)
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.COMPLETE)


def test_picks_are_marked_and_declare_nothing() -> None:
    said = golden.json_of("guardian", "first.json")
    said["discussion"]["comments"][0]["isHighlighted"] = True
    batch = golden.asked("guardian", f"{API}/discussion//p/4abc9/topcomments", said)
    assert batch.thread.comments[0].is_pinned is True
    assert (batch.thread.declared, batch.asks) == (None, ())


def test_what_moderators_write_over_a_comment_is_not_its_text() -> None:
    thread = golden.asked("guardian", FIRST, golden.json_of("guardian", "first.json")).thread
    blocked = next(c for c in thread.comments if c.status is CommentStatus.HIDDEN)
    assert (blocked.comment_id, blocked.text, blocked.html) == ("104", "", None)


def test_replies_in_a_ring_ids_twice_and_scripts_do_not_hurt() -> None:
    said = golden.json_of("guardian", "linear.json")
    first, second = said["discussion"]["comments"]
    first["responseTo"] = {"commentId": "102"}
    second["body"] = "<p>Words.</p><script>alert(1)</script>"
    said["discussion"]["comments"].append(dict(first, body="<p>Twice.</p>"))
    comments = golden.asked("guardian", FLAT, said).thread.comments
    assert [comment.text for comment in comments] == ["At last!", "Words."]
    assert sorted(comment.depth for comment in comments) == [0, 1]


def test_no_picture_comes_along() -> None:
    told = repr(golden.asked("guardian", FIRST, golden.json_of("guardian", "first.json")))
    assert "avatar" not in told
