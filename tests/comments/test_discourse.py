"""Discourse: a topic embedded in an article, its JSON, and topics that are pages of their own."""

# ruff: noqa: E501 - markup is shown whole

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import asks_of, discourse, find_thread, findings, read_thread
from archiver.comments.platform import Answer
from archiver.dom import Document, parse_decoded
from archiver.errors import PlatformError
from archiver.model import CommentStatus, ParentSource
from archiver.outcomes import ThreadOutcome
from tests.comments import widget_goldens as golden
from tests.pages import document, raw_page

FOLDER = golden.FOLDER / "discourse_pages"
TOPIC_PAGES = ("comments", "answers", "y2019", "y2016", "browser")
TOPIC = "https://forum.example/t/a-bridge/4242"
JSON = "https://forum.example/talk/t/4242.json"
SLICE = "https://forum.example/talk/t/4242/posts.json?post_ids%5B%5D=9"


def topic_page(name: str, url: str = TOPIC) -> Document:
    """A topic's page of the golden folder."""
    page = raw_page((FOLDER / f"{name}.html").read_bytes(), url=url)
    return parse_decoded(page, page.payload)


def told_page(name: str) -> dict[str, Any]:
    """What is read of a topic's page, as its JSON file beside it has it."""
    page = topic_page(name)
    thread = read_thread(page)
    assert thread is not None
    assert thread.platform == "discourse"
    return {
        "thread_ref": thread.thread_ref,
        "declared": thread.declared,
        "outcome": thread.outcome,
        "asks": [
            {**golden.told_ask(ask), "instead": [other.url for other in ask.instead]}
            for ask in asks_of(page)
        ],
        "comments": [golden.told_comment(comment) for comment in thread.comments],
    }


def test_golden_thread() -> None:
    golden.check_golden(discourse)


@pytest.mark.parametrize("name", TOPIC_PAGES)
def test_topic_page_is_read_as_its_expectation_says(name: str) -> None:
    assert told_page(name) == json.loads((FOLDER / f"{name}.json").read_text())


def test_comments_and_counts_are_cut_out_and_the_first_post_stays() -> None:
    page = topic_page("comments")
    found = discourse.read(page)
    assert found is not None
    regions = found.regions
    assert [r.get("id") or r.get("class") or r.get("itemprop") for r in regions] == [
        "interactionStatistic", "crawler-linkback-list",
        "post_2", "post_3", "post_4", "post_5", "post_6",
    ]  # fmt: skip
    first = page.tree.get_element_by_id("post_1")
    assert not any(region is first or region in first.iterancestors() for region in regions)


def test_a_quotation_of_the_first_post_or_of_another_topic_names_no_parent() -> None:
    thread = read_thread(topic_page("comments"))
    assert thread is not None
    parents = {comment.comment_id: comment.parent_id for comment in thread.comments}
    assert parents == {"2": None, "3": "2", "4": None, "5": None, "6": None}


def test_a_further_page_asks_for_the_next_and_holds_comments_only() -> None:
    markup = (FOLDER / "comments.html").read_bytes()
    markup = markup.replace(
        b'<link rel="next"', b'<link rel="prev" href="/t/a-bridge/4242"><link rel="next"'
    )
    markup = markup.replace(b"?page=2", b"?page=3").replace(b"post_1'", b"post_21'")
    page = raw_page(markup, url=f"{TOPIC}?page=2")
    parsed = parse_decoded(page, page.payload)
    thread = read_thread(parsed)
    assert thread is not None
    assert thread.comments[0].comment_id == "21"
    assert thread.outcome is ThreadOutcome.PARTIAL
    assert [ask.url for ask in asks_of(parsed)] == [f"{TOPIC}?page=3"]


AREA = '<div id="discourse-comments"></div>'
WORDPRESS = """<div id="comments" class="comments-area discourse-comments-area"><ol class="comment-list">
<li class="comment"><article class="comment-body"><div class="comment-content">See <a href="https://forum.example/t/a-bridge/4242/3">x</a></div></article></li></ol>
<h3 id="reply-title">Continue the discussion <a href="https://forum.example/t/a-bridge/4242">at forum.example</a></h3></div>"""


@pytest.mark.parametrize(
    ("body", "ref"),
    [
        (
            f"{AREA}<a href='https://forum.example/t/a-bridge/12'>Join the discussion</a>",
            "forum.example/t/12",
        ),
        (
            f"<section>{AREA}</section><p><a href='https://forum.example/t/12'>12 comments</a></p>",
            "forum.example/t/12",
        ),
        (
            "<div id='discourse-comments'><a href='https://forum.example/t/a/12/3'>x</a></div>",
            "forum.example/t/12",
        ),
        (WORDPRESS, "forum.example/t/4242"),
        # A link in the text is no link to the discussion; of two topics neither is believed.
        (f"<article><p><a href='https://forum.example/t/12'>forum</a></p></article>{AREA}", None),
        (
            f"<section>{AREA}<a href='https://forum.example/t/1'>Comment</a><a href='https://forum.example/t/2'>Comment</a></section>",
            None,
        ),
        (f"{AREA}<a href='https://forum.example/latest'>Forum</a>", None),
        (AREA, None),
    ],
)
def test_topic_is_found_by_a_link_of_the_comment_area_only(body: str, ref: str | None) -> None:
    found = discourse.find(document(f"<main>{body}</main>"))
    assert found is not None
    assert found.thread_ref == ref
    assert [ask.url for ask in found.asks] == ([f"https://{ref}.json"] if ref else [])


def test_forum_may_be_named_without_a_scheme() -> None:
    script = "<script>var DiscourseEmbed = {discourseUrl: '//forum.example/', topicId: 7};</script>"
    found = discourse.find(document(AREA + script))
    assert found is not None
    assert [ask.url for ask in found.asks] == ["https://forum.example/t/7.json"]


def test_link_to_another_forum_than_the_page_embeds_is_not_followed() -> None:
    script = "<script>DiscourseEmbed = {discourseUrl: 'https://ours.example/', discourseEmbedUrl: 'x'};</script>"
    link = "<a href='https://theirs.example/t/a/3'>Discuss</a>"
    found = discourse.find(document(f"<main>{AREA}{script}{link}</main>"))
    assert found is not None
    assert found.asks == ()


def test_embedding_address_is_never_asked() -> None:
    for name in ("comments", "browser"):
        assert not any("/embed/" in ask.url for ask in asks_of(topic_page(name)))
    assert not any("/embed/" in ask.url for ask in asks_of(golden.page_of("discourse")))


def test_area_of_the_wordpress_plugin_is_cut_out() -> None:
    found = discourse.read(document(WORDPRESS))
    assert found is not None
    assert [region.get("id") for region in found.regions] == ["comments"]


def test_pages_without_it_are_passed_over() -> None:
    golden.check_absent(
        discourse,
        "<p>A page.</p>",
        "<div class='creator'>Ann</div><div class='post'>No topic.</div>",
        "<div class='topic-body crawler-post' id='post_2'><div class='post'>No address.</div></div>",
    )


def test_post_without_number_is_none() -> None:
    markup = "<div class='topic-body crawler-post'><div class='post'>x</div></div>"
    assert find_thread(document(markup, url=TOPIC)).thread is None


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (JSON, True),
        (SLICE, True),
        (f"{TOPIC}.json?page=2", True),
        (f"{TOPIC}/17.json", True),
        ("https://forum.example/embed/comments?embed_url=https%3A%2F%2Fpaper.example%2F", True),
        (TOPIC, False),
        ("https://forum.example/embed/comments", False),
        ("https://forum.example/t/a-bridge.json", False),
        ("https://forum.example/posts.json", False),
        ("https://paper.example/t/4242/posts.json.html", False),
    ],
)
def test_owns(url: str, *, is_own: bool) -> None:
    assert discourse.owns(url) is is_own


def test_what_is_not_its_shape_is_a_fault() -> None:
    for name, payload in golden.JUNK.items():
        if name == "a page instead of JSON":
            continue  # to be read as a topic's page
        with pytest.raises(PlatformError):
            discourse.read_answer(Answer(JSON, payload))
    golden.check_odd_values(discourse, JSON, golden.json_of("discourse", "topic.json"))


def test_a_topics_page_is_left_to_be_read_as_one() -> None:
    assert discourse.read_answer(Answer(f"{TOPIC}?page=2", b"<!DOCTYPE html><html></html>")) is None


def test_other_html_under_the_embedded_address_is_a_fault() -> None:
    url = "https://forum.example/embed/comments?embed_url=x"
    with pytest.raises(PlatformError):
        discourse.read_answer(Answer(url, golden.JUNK["a page instead of JSON"]))


def test_small_topic_is_complete_and_asks_nothing() -> None:
    said = golden.json_of("discourse", "topic.json")
    said["post_stream"]["stream"] = [900, 901, 905, 906, 907, 908, 909]
    batch = golden.asked("discourse", JSON, said)
    assert batch.asks == ()
    assert (batch.thread.declared, batch.thread.outcome) == (5, ThreadOutcome.COMPLETE)


def test_empty_stream_with_a_count_ends() -> None:
    said = {"post_stream": {"posts": [], "stream": list(range(1, 41))}, "posts_count": 40}
    batch = golden.asked("discourse", JSON, said)
    assert batch.asks == ()
    assert batch.thread.outcome is ThreadOutcome.SHORT


def test_huge_topic_that_names_no_posts_is_capped() -> None:
    said = golden.json_of("discourse", "topic.json")
    del said["post_stream"]["stream"]
    said["post_stream"]["isMegaTopic"] = True
    batch = golden.asked("discourse", JSON, said)
    assert (batch.thread.declared, batch.thread.outcome) == (29, ThreadOutcome.CAPPED)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("not_logged_in", ThreadOutcome.LOGIN_NEEDED), ("not_found", ThreadOutcome.NOT_FOUND)],
)
def test_refusals_have_their_names(kind: str, outcome: ThreadOutcome) -> None:
    said = {"errors": ["No."], "error_type": kind}
    assert golden.asked("discourse", JSON, said).thread.outcome is outcome


def test_replies_in_a_ring_and_numbers_twice_do_not_hurt() -> None:
    said = golden.json_of("discourse", "topic.json")
    posts = said["post_stream"]["posts"]
    posts[1]["reply_to_post_number"] = 4
    posts.append(dict(posts[1], cooked="<p>Twice</p>"))
    comments = golden.asked("discourse", JSON, said).thread.comments
    assert [comment.comment_id for comment in comments] == ["2", "3", "4", "6", "7"]


def test_a_post_of_pictures_says_their_descriptions_and_scripts_are_no_text() -> None:
    said = golden.json_of("discourse", "rest.json")
    first, second = said["post_stream"]["posts"]
    first["cooked"] = '<p><img class="emoji" alt=":heart:"></p>'
    second["cooked"] = "<style>p{}</style><p>Words.</p><script>alert(1)</script>"
    batch = golden.asked("discourse", SLICE, said)
    assert [comment.text for comment in batch.thread.comments] == [":heart:", "Words."]


def test_hidden_and_deleted_posts_keep_their_places() -> None:
    batch = golden.asked("discourse", JSON, golden.json_of("discourse", "topic.json"))
    states = {c.comment_id: (c.status, c.text, c.html) for c in batch.thread.comments}
    assert states["6"] == (CommentStatus.HIDDEN, "", None)
    assert states["7"] == (CommentStatus.DELETED, "", None)


def test_reply_to_a_post_of_another_answer_keeps_its_parent() -> None:
    batch = golden.asked("discourse", SLICE, golden.json_of("discourse", "rest.json"))
    late = batch.thread.comments[0]
    assert (late.parent_id, late.parent_source, late.is_orphan) == (
        "6",
        ParentSource.ATTRIBUTE,
        True,
    )


def test_no_avatar_comes_along() -> None:
    for name in TOPIC_PAGES:
        thread = read_thread(topic_page(name))
        assert thread is not None
        assert not any("avatar" in (comment.html or "") for comment in thread.comments)


def test_findings_of_a_topic_page_count_what_its_stream_names() -> None:
    found = dict(findings(topic_page("browser")))["discourse"]
    assert found.declared == 28
    assert len(found.asks) == 2
