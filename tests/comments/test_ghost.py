"""Ghost's comments: the members API's pages, replies and counts."""

# ruff: noqa: E501 - addresses are shown whole

from __future__ import annotations

import pytest

from archiver.comments import ghost
from archiver.model import CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.comments import widget_goldens as golden
from tests.pages import document

API = "https://paper.example/members/api/comments"
POST = "66aa00000000000000000001"
LIST = f"{API}/post/{POST}/?limit=100&page=1&order=created_at%20asc"
REPLIES = f"{API}/66bb00000000000000000001/replies/?limit=100"
COUNTS = f"{API}/counts/?ids={POST}"


def test_golden_thread() -> None:
    golden.check_golden(ghost)


def test_pages_without_it_are_passed_over() -> None:
    golden.check_absent(
        ghost,
        "<p>A page.</p>",
        "<p class='ghost'>A ghost story.</p>",
        "<script src='https://cdn.example/ghost/portal.js' data-ghost='https://paper.example/'></script>",
        "<script src='/ghost.js' data-ghost-comments='https://paper.example/' data-post-id='1' data-comments-enabled='off'></script>",
    )


def test_a_site_in_a_folder_is_asked_in_its_folder() -> None:
    found = ghost.find(
        document(
            "<script src='https://cdn.example/ghost/comments-ui.js' data-post-id='66aa'"
            " data-ghost-comments='https://paper.example/blog/' data-comments-enabled='paid'></script>"
        )
    )
    assert found is not None
    assert [ask.url.split("?")[0] for ask in found.asks] == [
        "https://paper.example/blog/members/api/comments/counts/",
        "https://paper.example/blog/members/api/comments/post/66aa/",
    ]


def test_a_script_without_a_post_is_there_and_asks_nothing() -> None:
    found = ghost.find(
        document("<script src='/ghost/comments-ui.js' data-ghost-comments='/'></script>")
    )
    assert found is not None
    assert found.asks == ()


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (LIST, True),
        (REPLIES, True),
        (COUNTS, True),
        ("https://paper.example/blog/members/api/comments/counts/?ids=1", True),
        (f"{API}/66bb00000000000000000001/", False),
        (f"{API}/66bb00000000000000000001/like/", False),
        ("https://paper.example/members/api/member/", False),
        ("https://paper.example/comments/counts/", False),
    ],
)
def test_owns(url: str, *, is_own: bool) -> None:
    assert ghost.owns(url) is is_own


@pytest.mark.parametrize("url", [LIST, REPLIES])
def test_what_is_not_its_shape_is_a_fault(url: str) -> None:
    golden.check_junk(ghost, url)
    golden.check_odd_values(ghost, url, golden.json_of("ghost", "first.json"))


def test_empty_list_with_a_count_ends() -> None:
    said = {"comments": [], "meta": {"pagination": {"page": 1, "next": 2, "total": 40}}}
    batch = golden.asked("ghost", LIST, said)
    assert batch.asks == ()
    assert batch.thread.comments == ()


def test_a_page_that_names_itself_as_the_next_ends() -> None:
    said = golden.json_of("ghost", "second.json")
    said["meta"]["pagination"]["next"] = 2
    assert golden.asked("ghost", LIST.replace("page=1", "page=2"), said).asks == ()


def test_without_comments_the_thread_is_whole() -> None:
    thread = golden.asked("ghost", COUNTS, {POST: 0}).thread
    assert (thread.declared, thread.outcome) == (0, ThreadOutcome.COMPLETE)


def test_hidden_comment_keeps_its_place_and_no_name() -> None:
    thread = golden.asked("ghost", LIST, golden.json_of("ghost", "first.json")).thread
    hidden = next(c for c in thread.comments if c.status is CommentStatus.HIDDEN)
    below = next(c for c in thread.comments if c.parent_id == hidden.comment_id)
    assert (hidden.author, hidden.author_id, hidden.text) == (None, None, "")
    assert (below.text, below.is_orphan, below.depth) == ("Under a hidden one.", False, 1)


def test_permalinks_lead_to_the_page_commented_on() -> None:
    said = golden.json_of("ghost", "second.json")
    page = "https://paper.example/a-story/"
    comments = golden.asked("ghost", LIST, said, article_url=page).thread.comments
    assert [c.permalink for c in comments] == [f"{page}#ghost-comments-{comments[0].comment_id}"]


def test_pictures_and_what_people_do_for_a_living_stay_out() -> None:
    told = repr(golden.asked("ghost", LIST, golden.json_of("ghost", "first.json")))
    assert "gravatar" not in told
    assert "Plumber" not in told


def test_replies_in_a_ring_and_scripts_in_comments_do_not_hurt() -> None:
    said = golden.json_of("ghost", "replies.json")
    first, second = said["comments"]
    first["in_reply_to_id"] = second["id"]
    second["html"] = "<script>alert(1)</script><p>Words.</p><style>p{}</style>"
    comments = golden.asked("ghost", REPLIES, said).thread.comments
    assert [comment.text for comment in comments] == ["Fourth reply.", "Words."]
    assert sorted(comment.depth for comment in comments) == [0, 1]
