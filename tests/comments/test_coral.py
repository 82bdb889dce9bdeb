"""Coral: where its server and story are found, pages of pages of comments, and refusals."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import coral
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
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

GRAPH = "https://talk.paper.example/api/graphql"
TALK = "https://talk.paper.example/api/v1/graph/ql"
COUNT = "https://talk.paper.example/api/story/count?id=7"


def node(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "body": f"No. {number}.",
        "createdAt": "2026-05-02T10:00:00.000Z",
        "status": "NONE",
        **more,
    }


def page_of(*nodes: dict[str, Any], more: bool = False, cursor: str | None = "k") -> dict[str, Any]:
    return {
        "edges": [{"node": n} for n in nodes],
        "pageInfo": {"hasNextPage": more, "endCursor": cursor},
    }


def story(*nodes: dict[str, Any], more: bool = False, total: int = 1) -> dict[str, Any]:
    said = {
        "id": "7",
        "url": URL,
        "commentCounts": {"totalPublished": total},
        "comments": page_of(*nodes, more=more),
    }
    return {"data": {"story": said}}


def test_golden_thread() -> None:
    check_golden(coral)


def test_where_the_query_is_refused_the_count_is_asked_for() -> None:
    found = coral.find(
        document(
            '<div id="coral_thread"></div><script>Coral.createStreamEmbed({rootURL: "https://t.example/"})</script>'
        )
    )
    assert found is not None
    (ask,) = found.asks
    (instead,) = ask.instead
    assert (
        instead.url
        == "https://t.example/api/story/count?url=https%3A%2F%2Fpaper.example%2F2026%2F05%2Fa-story%2F"
    )


@pytest.mark.parametrize(
    ("body", "graph", "variables"),
    [
        (  # without an id: the canonical address, as Coral's own script takes it
            '<div id="coral_thread"></div><script>Coral.createStreamEmbed({id: "coral_thread", rootURL: "https://t.example"})</script>',
            "https://t.example/api/graphql", {"url": URL},
        ),
        (
            '<div id="coral-embed-stream-1"></div><script>{"environment":{"ENDPOINT_CORAL":"https://comments.example","ENDPOINT_X":"https://x.example"}}</script>',
            "https://comments.example/api/graphql", {"url": URL},
        ),
        (
            '<div class="coral-comments__container"><div id="coral_thread"></div></div><script>{"coralComments":{"enableComments":true,"coralHostName":"paper.coral.coralproject.net"}}</script>',
            "https://paper.coral.coralproject.net/api/graphql", {"url": URL},
        ),
        (
            '<coral-talk content-id="7" class="coral-talk"></coral-talk><script>{"coral":{"site":"https:\\/\\/paper.example","url":"https:\\/\\/comments.paper.example"}}</script>',
            "https://comments.paper.example/api/graphql", {"url": URL},
        ),
        (
            '<iframe src="https://coral.example/embed/stream?storyID=s-1&amp;storyURL=https%3A%2F%2Fp.example%2F"></iframe>',
            "https://coral.example/api/graphql", {"id": "s-1"},
        ),
        (
            '<ps-comments id="coral_talk_stream" data-embed-url="https://t.example/assets/js/embed.js" data-story-id="0-1"></ps-comments>',
            "https://t.example/api/graphql", {"id": "0-1"},
        ),
        (  # version 4
            '<div id="coral_talk_stream"></div><script>var c = {asset_id: \'419\', talk: \'https://t.example/\', lazy: false}; Coral.Talk.render(x, c);</script>',
            "https://t.example/api/v1/graph/ql", {"id": "419"},
        ),
        (
            '<section id="coral_talk_stream" data-talk-url="https://t.example/" data-article-id="92" data-article-url="https://p.example/92"></section>',
            "https://t.example/api/v1/graph/ql", {"id": "92"},
        ),
    ],
)  # fmt: skip
def test_server_and_story_are_found_wherever_they_stand(
    body: str, graph: str, variables: Any
) -> None:
    found = coral.find(document(body))
    assert found is not None
    (ask,) = found.asks
    assert (ask.method, ask.url) == ("POST", graph)
    assert json.loads(ask.body)["variables"] == variables
    assert found.thread_ref == next(iter(variables.values()))


@pytest.mark.parametrize(
    "body",
    [
        '<div id="coral_thread"></div>',  # the server is known to scripts alone
        '<div id="coral_talk_stream"></div><script>Coral.Talk.render(x, {talk: "https://t.example/", asset_url: "https://p.example/1"});</script>',
    ],
)
def test_nothing_is_asked_that_would_make_a_thread(body: str) -> None:
    found = coral.find(document(body))
    assert found is not None
    assert found.asks == ()
    assert found.thread_ref is not None


def test_a_reef_is_not_coral() -> None:
    check_absent(
        coral,
        '<h3 id="3d-printed-coral-reefs">Reefs</h3>',
        '<p class="text-coral">red</p>',
        '<span class="sc-coral-count"></span>',
    )


def test_a_broken_address_is_not_asked() -> None:
    found = coral.find(document('<iframe src="https://[coral/embed/stream?storyID=1"></iframe>'))
    assert found is not None
    assert found.asks == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (GRAPH, True),
        (f"{GRAPH}?query=&id=a1&variables=%7B%7D", True),
        (TALK, True),
        (COUNT, True),
        ("https://shop.example/api/graphql", False),
        ("https://talk.paper.example/api/story/active.js", False),
    ],
)
def test_owns_only_coral_s_addresses(url: str, expected: bool) -> None:
    assert coral.owns(url) is expected


@pytest.mark.parametrize("url", [GRAPH, TALK, COUNT])
def test_junk_is_a_fault(url: str) -> None:
    check_junk(coral, url)


def test_data_of_other_queries_is_a_fault() -> None:
    with pytest.raises(PlatformError):
        coral.read_answer(Answer(GRAPH, b'{"data": {"settings": {"id": "x"}}}'))


@pytest.mark.parametrize(
    ("name", "url"), [("story.json", GRAPH), ("replies.json", GRAPH), ("asset.json", TALK)]
)
def test_odd_values_cost_no_other_comment(name: str, url: str) -> None:
    check_odd_values(coral, url, json_of("coral", name))


@pytest.mark.parametrize(
    "said",
    [
        {
            "errors": [{"message": "no", "extensions": {"code": "RAW_QUERY_NOT_AUTHORIZED"}}],
            "data": None,
        },
        {"errors": [{"message": "no", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]},
    ],
)
def test_a_refused_query_is_an_outcome(said: Any) -> None:
    assert asked("coral", GRAPH, said).thread.outcome is ThreadOutcome.QUERY_REFUSED


@pytest.mark.parametrize("said", [{"story": None}, {"asset": None}, {"comment": None}])
def test_what_the_server_does_not_know_is_not_found(said: Any) -> None:
    assert asked("coral", GRAPH, {"data": said}).thread.outcome is ThreadOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("said", "ref", "outcome"),
    [
        ({"count": 0}, "7", ThreadOutcome.COMPLETE),
        ({"count": 5}, "7", ThreadOutcome.QUERY_REFUSED),
        ({"count": 5}, None, ThreadOutcome.PARTIAL),  # a browser's own call, in another's archive
        ({"count": None}, "7", ThreadOutcome.NOT_FOUND),
    ],
)
def test_a_count_says_how_many_there_are(
    said: Any, ref: str | None, outcome: ThreadOutcome
) -> None:
    thread = asked("coral", COUNT, said, thread_ref=ref).thread
    assert (thread.declared, thread.outcome, thread.thread_ref) == (said["count"], outcome, "7")


def test_a_whole_story_asks_for_no_more() -> None:
    batch = asked("coral", GRAPH, story(node(1, replyCount=0, replies=page_of())))
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.COMPLETE)


def test_an_empty_page_ends_the_thread_whatever_it_says() -> None:
    batch = asked("coral", GRAPH, story(more=True, total=40))
    assert (batch.asks, batch.thread.outcome) == ((), ThreadOutcome.SHORT)


def test_many_levels_of_replies_are_no_trouble() -> None:
    deepest = node(0)
    for number in range(1, 150):
        deepest = node(number, replies={"nodes": [deepest]})
    comments = asked("coral", GRAPH, story(deepest)).thread.comments
    assert [c.depth for c in comments] == list(range(150))


def test_a_picture_alone_keeps_its_place_where_it_has_replies() -> None:
    said = story(node(1, body="", replyCount=1, replies=page_of(node(2))), node(3, body=""))
    comments = asked("coral", GRAPH, said).thread.comments
    assert [(c.comment_id, c.status) for c in comments] == [
        ("c1", CommentStatus.HIDDEN),
        ("c2", CommentStatus.VISIBLE),
    ]


def test_scripts_in_comments_are_no_text() -> None:
    said = story(node(1, body="A<script>x()</script><style>p{}</style>B"))
    assert asked("coral", GRAPH, said).thread.comments[0].text == "AB"
