"""OpenWeb: spot and post of a page, and conversations with replies inside replies."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import openweb
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

READ = "https://api-2-0.spot.im/v1.0.0/conversation/read"
LAUNCHER = '<script async src="https://launcher.spot.im/spot/sp_AbCd1234"'


def comment(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"sp_AbCd1234_7_c_{name}",
        "content": [{"type": "text", "text": name}],
        "written_at": 1777716000,
        **more,
    }


def said(*comments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"conversation": {"comments": list(comments), "messages_count": 2, **more}}


def test_golden_thread() -> None:
    check_golden(openweb)


def test_a_post_with_an_underscore_is_asked_for_in_both_spellings() -> None:
    page = document(
        f'{LAUNCHER} data-spotim-module="spotim-launcher" data-post-id="news_77"></script>'
    )
    (ask,) = openweb.find(page).asks  # type: ignore[union-attr]
    assert dict(ask.headers)["x-post-id"] == "news$77"
    (instead,) = ask.instead
    assert dict(instead.headers)["x-post-id"] == "news_77"
    assert instead.thread_ref == "sp_AbCd1234/news_77"


@pytest.mark.parametrize(
    ("body", "ref", "declared"),
    [
        (f'{LAUNCHER}></script><div data-spotim-module="conversation" data-post-id="7"></div>', "sp_AbCd1234/7", None),
        (
            '<div class="spot-im-comments"><div class="spot-im-frame-inpage" data-post-id="7" data-messages-count="12"></div></div><script>window.SPOTIM = { spotId: "sp_AbCd1234" }</script>',
            "sp_AbCd1234/7", 12,
        ),
        (
            '<script id="spotim-config" type="application/json">{"config":{"spotId":"sp_AbCd1234","uuid":"finmb_7"}}</script>',
            "sp_AbCd1234/finmb$7", None,
        ),
        (
            '<div class="openweb" data-spotim-module="conversation" data-post-id="u-1"></div><script>window.__CONFIG__={OPENWEB_SPOT_ID:"sp_AbCd1234"}</script>',
            "sp_AbCd1234/u-1", None,
        ),
        (  # the launcher is put together by a script
            '<div id="spotim-here"></div><script src="https://publisher-assets.spot.im/x.js"></script><script>js.src = "https://launcher.spot.im/spot/sp_AbCd1234"; js.setAttribute("data-post-id", "article-9");</script>',
            "sp_AbCd1234/article-9", None,
        ),
    ],
)  # fmt: skip
def test_spot_and_post_are_found_wherever_they_stand(
    body: str, ref: str, declared: int | None
) -> None:
    found = openweb.find(document(body))
    assert found is not None
    assert (found.thread_ref, found.declared) == (ref, declared)
    assert len(found.asks) == 1


def test_a_page_without_a_post_cannot_be_asked_about() -> None:
    found = openweb.find(document(f"{LAUNCHER}></script>"))
    assert found is not None
    assert found.asks == ()


def test_pages_without_openweb() -> None:
    check_absent(
        openweb,
        "<p>Nothing here.</p>",
        '<p class="openwebanalytics">x</p>',
        '<script src="https://paper.example/openweb-analytics.js"></script>',
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (READ, True),
        ("https://api-2-0.spot.im/v1.0.0/authenticate", False),
        ("https://spot.im.other.example/v1.0.0/conversation/read", False),
    ],
)
def test_owns_only_conversations(url: str, expected: bool) -> None:
    assert openweb.owns(url) is expected


def test_junk_is_a_fault() -> None:
    check_junk(openweb, READ)


def test_odd_values_cost_no_other_comment() -> None:
    check_odd_values(openweb, READ, json_of("openweb", "first.json"))


def test_an_unknown_conversation_is_not_found() -> None:
    assert asked("openweb", READ, {"conversation": None}).thread.outcome is ThreadOutcome.NOT_FOUND


def test_an_answer_that_wants_a_token_says_so() -> None:
    batch = asked("openweb", READ, {"error": {"message": "access token is missing"}})
    assert batch.thread.outcome is ThreadOutcome.LOGIN_NEEDED


def test_paging_ends() -> None:
    whole = asked("openweb", READ, said(comment("a"), comment("b"), has_next=False, offset=2))
    assert (whole.asks, whole.thread.outcome) == ((), ThreadOutcome.COMPLETE)
    empty = asked("openweb", READ, said(has_next=True, offset=100, messages_count=40))
    assert (empty.asks, empty.thread.outcome) == ((), ThreadOutcome.SHORT)
    stuck = asked("openweb", READ, said(comment("a"), has_next=True, offset=0))
    assert stuck.asks == ()


def test_replies_name_the_one_they_lie_in_where_they_name_none() -> None:
    batch = asked(
        "openweb", READ, said(comment("a", replies=[comment("b", replies=[comment("c")])]))
    )
    assert [c.depth for c in batch.thread.comments] == [0, 1, 2]


def test_many_levels_of_replies_are_no_trouble() -> None:
    deepest = comment("0")
    for number in range(1, 300):
        deepest = comment(str(number), replies=[deepest])
    comments = asked("openweb", READ, said(deepest)).thread.comments
    assert [c.depth for c in comments] == list(range(300))


def test_what_is_not_let_through_is_an_empty_place() -> None:
    batch = asked(
        "openweb", READ, said(comment("a", status="reject"), comment("b", published=False))
    )
    assert [(c.text, c.status.value) for c in batch.thread.comments] == [
        ("", "hidden"),
        ("", "hidden"),
    ]


def test_pictures_of_readers_are_not_taken() -> None:
    assert "i1" not in json.dumps(repr(asked("openweb", READ, json_of("openweb", "first.json"))))
