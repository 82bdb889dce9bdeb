"""Hyvor Talk: website and page, the page's number, its comments, and refusals."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import hyvor
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
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

API = "https://talk.hyvor.com/api/data/v1/"
PAGES = f"{API}pages?website_id=7&limit=1&filter=identifier%3D%27x%27"
COMMENTS = (
    f"{API}comments?website_id=7&limit=2&offset=0&filter=page_id%3D64327&sort=created_at%20ASC"
)
SCRIPT = '<div id="hyvor-talk-view"></div><script src="//talk.hyvor.com/web-api/embed.js"></script>'


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "parent_ids": [],
        "created_at": 1777716000,
        "body_html": f"<p>No. {number}.</p>",
        **more,
    }


def test_golden_thread() -> None:
    check_golden(hyvor)


@pytest.mark.parametrize(
    ("body", "ref"),
    [
        ('<script src="https://talk.hyvor.com/embed/embed.js"></script><hyvor-talk-comments website-id="7" page-id="a"></hyvor-talk-comments>', "7/a"),
        ('<script src="https://talk.hyvor.com/embed/embed.js"></script><hyvor-talk-comments website-id="7" page-id="" page-url="https://p.example/a"></hyvor-talk-comments>', "7/https://p.example/a"),
        ('<script src="https://talk.hyvor.com/embed/embed.js"></script><hyvor-talk-comments website-id="7"></hyvor-talk-comments>', f"7/{URL}"),
        (f"{SCRIPT}<script>var HYVOR_TALK_WEBSITE = 7; var HYVOR_TALK_CONFIG = {{ url: false, id: false }};</script>", f"7/{URL}"),
        (f"{SCRIPT}<script>var HYVOR_TALK_WEBSITE = 7; var HYVOR_TALK_CONFIG = {{ url: 'https://p.example/', id: 'a-1' }};</script>", "7/a-1"),
        (f'{SCRIPT}<script>HYVOR_TALK_WEBSITE = "7"; HYVOR_TALK_CONFIG = {{"id": 55}};</script>', "7/55"),
    ],
)  # fmt: skip
def test_website_and_page_are_found_wherever_they_stand(body: str, ref: str) -> None:
    found = hyvor.find(document(body))
    assert found is not None
    assert found.thread_ref == ref
    (ask,) = found.asks
    assert dict(ask.headers)["Referer"] == URL


@pytest.mark.parametrize(
    "instance", ["https://[talk.hyvor.com", "http://evil.example/", "javascript:x"]
)
def test_an_odd_instance_is_not_asked(instance: str) -> None:
    body = (
        f'{SCRIPT}<hyvor-talk-comments website-id="7" instance="{instance}"></hyvor-talk-comments>'
    )
    (ask,) = hyvor.find(document(body)).asks  # type: ignore[union-attr]
    assert ask.url.startswith(API)


def test_pages_without_a_thread_of_hyvor() -> None:
    check_absent(
        hyvor,
        "<p>Nothing here.</p>",
        '<script src="https://talk.hyvor.com/embed/comment-counts.js"></script><hyvor-talk-comment-count website-id="7" page-id="b"></hyvor-talk-comment-count>',
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (PAGES, True),
        (COMMENTS, True),
        (f"{API}comments?website_id=7", False),  # of the whole website
        (f"{API}users?website_id=7&filter=id%3D1", False),
        ("https://other.example/api/data/v1/comments?website_id=7&filter=page_id%3D1", False),
    ],
)
def test_owns_only_answers_about_one_page(url: str, expected: bool) -> None:
    assert hyvor.owns(url) is expected


@pytest.mark.parametrize("url", [PAGES, COMMENTS])
def test_junk_is_a_fault(url: str) -> None:
    check_junk(hyvor, url)


def test_odd_values_cost_no_other_comment() -> None:
    check_odd_values(hyvor, COMMENTS, json_of("hyvor", "comments.json"))
    check_odd_values(
        hyvor, PAGES.replace("x", "the-bridge%5C%27s%20end"), json_of("hyvor", "pages.json")
    )


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("Invalid API key", ThreadOutcome.KEY_NEEDED),
        ("This domain cannot access the API", ThreadOutcome.KEY_NEEDED),
        ("Unauthenticated.", ThreadOutcome.LOGIN_NEEDED),
        ("Website not found", ThreadOutcome.NOT_FOUND),
    ],
)
def test_refusals_are_outcomes(message: str, outcome: ThreadOutcome) -> None:
    assert asked("hyvor", PAGES, {"message": message}).thread.outcome is outcome


def test_a_page_nobody_opened_is_not_found() -> None:
    assert asked("hyvor", PAGES, []).thread.outcome is ThreadOutcome.NOT_FOUND


def test_a_page_without_comments_asks_for_none() -> None:
    batch = asked("hyvor", PAGES, [{"id": 1, "identifier": "x", "comments_count": 0}])
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.COMPLETE)


def test_the_article_is_the_referrer_of_every_question() -> None:
    said = [{"id": 1, "identifier": "x", "comments_count": 9, "url": "https://old.example/"}]
    (ask,) = asked("hyvor", PAGES, said, article_url=f"{URL}#top").asks
    assert dict(ask.headers)["Referer"] == URL
    (ask,) = asked("hyvor", COMMENTS, [entry(1), entry(2)], article_url=URL).asks
    assert dict(ask.headers)["Referer"] == URL


def test_another_page_than_was_asked_for_is_a_fault() -> None:
    with pytest.raises(PlatformError, match="another page"):
        hyvor.read_answer(Answer(PAGES, b'[{"id": 1, "identifier": "y", "comments_count": 9}]'))


def test_comments_of_the_whole_website_are_a_fault() -> None:
    with pytest.raises(PlatformError, match="no one page"):
        hyvor.read_answer(Answer(f"{API}comments?website_id=7", b"[]"))


def test_paging_ends_with_a_page_that_is_not_full() -> None:
    full = asked("hyvor", COMMENTS, [entry(1), entry(2)])
    assert [ask.url.partition("offset=")[2].partition("&")[0] for ask in full.asks] == ["2"]
    assert asked("hyvor", COMMENTS, [entry(3)]).asks == ()
    assert asked("hyvor", COMMENTS, []).asks == ()


def test_circles_are_opened_and_twice_used_ids_kept_once() -> None:
    said = [entry(1, parent_ids=[2]), entry(2, parent_ids=[1]), entry(2, body_html="<p>Again.</p>")]
    comments = asked("hyvor", COMMENTS, said).thread.comments
    assert [c.comment_id for c in comments] == ["1", "2"]
    assert any(c.is_orphan for c in comments)


@pytest.mark.parametrize(("status", "expected"), [("deleted", "deleted"), ("pending", "hidden")])
def test_what_is_not_published_is_an_empty_place(status: str, expected: str) -> None:
    (comment,) = asked(
        "hyvor", COMMENTS, [entry(1, status=status, user={"name": "A"})]
    ).thread.comments
    assert (comment.text, comment.author, comment.status.value) == ("", None, expected)
