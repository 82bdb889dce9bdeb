"""giscus: how its settings name a discussion, and the discussion's pages."""

# ruff: noqa: E501 - tables are shown whole, a case to a line

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import giscus
from archiver.comments.locations import query_of
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
from tests.pages import document

API = "https://giscus.app/api/discussions?repo=o%2Fr&term=t&strict=false&first=50"
REPO = 'data-repo="o/r" data-repo-id="R_1"'
HEAD = (
    "<title> The  story\n of it </title>"
    '<meta name="title" content="By name"><meta property="og:title" content="By property">'
)


def comment(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "bodyHTML": f"<p>{name}</p>", "replies": [], "replyCount": 0, **more}


def discussion(*comments: dict[str, Any], cursor: str = "c1", more: bool = False) -> dict[str, Any]:
    page = {"hasNextPage": more, "endCursor": cursor}
    counts = {"totalCommentCount": len(comments), "totalReplyCount": 0}
    return {"discussion": {**counts, "pageInfo": page, "comments": list(comments)}}


def asked_fields(
    markup: str, url: str = "https://paper.example/a/b.c/story.html?x=1&giscus=T#f"
) -> Any:
    found = giscus.find(document(markup, head=HEAD, url=url))
    return found and query_of(found.asks[0].url)


def test_golden_thread() -> None:
    check_golden(giscus)


@pytest.mark.parametrize(
    ("mapping", "field", "key"),
    [
        ("", "term", "a/b.c/story"),
        ('data-mapping="pathname"', "term", "a/b.c/story"),
        ('data-mapping="url"', "term", "https://paper.example/a/b.c/story.html?x=1"),
        ('data-mapping="title"', "term", "The story of it"),
        ('data-mapping="og:title"', "term", "By name"),
        ('data-mapping="specific" data-term="Our &quot;own&quot; term"', "term", 'Our "own" term'),
        ('data-mapping="number" data-term="17"', "number", "17"),
    ],
)
def test_name_of_the_discussion(mapping: str, field: str, key: str) -> None:
    script = f'<script src="https://giscus.app/client.js" {REPO} {mapping}></script>'
    assert asked_fields(script) == {"repo": "o/r", field: key, "strict": "false", "first": "50"}


def test_front_page_is_index() -> None:
    script = f'<script src="https://giscus.app/client.js" {REPO}></script>'
    assert asked_fields(script, "https://paper.example/")["term"] == "index"


def test_other_ways_to_put_it_on_a_page() -> None:
    own = f'<script src="https://talk.paper.example/client.js" {REPO} data-strict="1"></script>'
    found = giscus.find(document(own))
    assert found is not None
    assert found.asks[0].url.startswith("https://talk.paper.example/api/discussions?repo=o%2Fr&")
    element = (
        '<script type="module" src="https://esm.sh/giscus"></script>'
        '<giscus-widget repo="o/r" repoid="R" category="General" mapping="specific" term="T" strict="1">'
    )
    assert asked_fields(element) == {
        "repo": "o/r", "term": "T", "category": "General", "strict": "true", "first": "50",
    }  # fmt: skip
    made = (
        '<div class="giscus"></div><script>const attributes = {"src": "https://giscus.app/client.js",'
        ' "data-repo": "o/r", "data-mapping": "specific", "data-term": "T", "data-strict": "0"};</script>'
    )
    assert asked_fields(made)["term"] == "T"


def test_absent() -> None:
    check_absent(
        giscus,
        "<p>giscus</p>",
        '<div class="giscus"></div>',
        '<script src="https://ads.example/client.js"></script>',
        '<script src="https://giscus.app/client.js" data-repo="no repository"></script>',
        f'<script src="https://giscus.app/client.js" {REPO} data-mapping="specific"></script>',
        f'<script src="https://giscus.app/client.js" {REPO} data-mapping="number" data-term="x">'
        "</script>",
    )


def test_owns_its_api_only() -> None:
    assert giscus.owns(API)
    assert not giscus.owns("https://forum.example/api/discussions?page=2")
    assert not giscus.owns("https://giscus.app/api/discussions/categories?repo=o%2Fr&term=t")


def test_pages_end() -> None:
    def further(said: Any, url: str) -> list[str]:
        return [ask.url for ask in asked("giscus", url, said).asks]

    (second,) = further(discussion(comment("a"), more=True), API)
    assert second == f"{API}&after=c1"
    assert further(discussion(comment("b"), more=True), second) == []
    assert further(discussion(more=True, cursor="c2"), second) == []
    assert further(discussion(comment("b"), cursor="c2"), second) == []


def test_answers_that_are_not_given_cap_the_thread() -> None:
    said = discussion(comment("a", replyCount=101, replies=[{"id": "b", "bodyHTML": "<p>b</p>"}]))
    assert asked("giscus", API, said).thread.outcome is ThreadOutcome.CAPPED


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"error": "Discussion not found"}, ThreadOutcome.NOT_FOUND),
        ({"discussion": None, "viewer": {}}, ThreadOutcome.NOT_FOUND),
        ({"error": "giscus is not installed on this repository"}, ThreadOutcome.NOT_FOUND),
        ({"error": "API rate limit exceeded for o/r. Sign in …"}, ThreadOutcome.CAPPED),
        ({"error": "Bad credentials"}, ThreadOutcome.LOGIN_NEEDED),
    ],
)
def test_refusals_are_outcomes(said: Any, outcome: ThreadOutcome) -> None:
    batch = asked("giscus", API, said)
    assert (batch.thread.outcome, batch.thread.thread_ref, batch.asks) == (outcome, "o/r t", ())


def test_other_errors_are_faults() -> None:
    with pytest.raises(PlatformError):
        asked("giscus", API, {"error": "Unable to fetch discussion"})


def test_empty_list_with_a_count_is_short() -> None:
    said = {"discussion": {"totalCommentCount": 40, "totalReplyCount": 0, "comments": []}}
    assert asked("giscus", API, said).thread.outcome is ThreadOutcome.SHORT


def test_ids_that_are_not_unique_and_parents_in_a_ring() -> None:
    ring = {"id": "a", "bodyHTML": "<p>again</p>", "replyToId": "a"}
    thread = asked("giscus", API, discussion(comment("a", replies=[ring]), comment("a"))).thread
    assert [one.comment_id for one in thread.comments] == ["a"]


def test_avatars_are_not_read() -> None:
    assert "avatars" not in repr(asked("giscus", API, json_of("giscus", "first.json")))


def test_bad_input() -> None:
    check_junk(giscus, API)
    check_odd_values(giscus, API, json_of("giscus", "first.json"))
