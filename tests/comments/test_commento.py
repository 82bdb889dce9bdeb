"""Commento: where its list is asked for, and what of it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import commento
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

LIST = "https://c.example/api/comment/list"
SCRIPT = '<script src="https://c.example/x/js/commento.js"></script>'


def comment(name: str, **more: Any) -> dict[str, Any]:
    return {"commentHex": name, "parentHex": "root", "html": f"<p>{name}</p>", **more}


def test_golden_thread() -> None:
    check_golden(commento)


@pytest.mark.parametrize(
    ("markup", "url", "path"),
    [
        (f'<div id="commento"></div>{SCRIPT}', "https://paper.example:8443/a/", "/a/"),
        (
            '<div id="talk"></div><script src="https://c.example/x/js/commento.js"'
            ' data-id-root="talk" data-page-id=""></script>',
            "https://paper.example:8443/a/",
            "",
        ),
    ],
)
def test_request(markup: str, url: str, path: str) -> None:
    found = commento.find(document(markup, url=url))
    assert found is not None
    (ask,) = found.asks
    assert (ask.method, ask.url) == ("POST", "https://c.example/x/api/comment/list")
    assert ask.headers == (("Content-Type", "application/json"),)
    assert json.loads(ask.body) == {
        "commenterToken": "anonymous",
        "domain": "paper.example:8443",
        "path": path,
    }
    assert found.thread_ref == f"paper.example:8443 {path}"


def test_absent() -> None:
    check_absent(
        commento,
        "<p>Un commento</p>",
        SCRIPT,
        '<div id="commento"></div>',
        '<div id="commento"></div><script src="https://c.example/commento.js"></script>',
        f'<div class="commento"></div>{SCRIPT}',
    )


def test_owns_its_list_only() -> None:
    assert commento.owns(LIST)
    assert not commento.owns("https://c.example/api/comment/list/3")
    assert not commento.owns("https://c.example/?next=/api/comment/list")


def test_no_comments_yet() -> None:
    said = {"success": True, "comments": None, "attributes": {"commentCount": 0}}
    thread = asked("commento", LIST, said).thread
    assert (thread.comments, thread.outcome) == ((), ThreadOutcome.COMPLETE)


def test_empty_list_with_a_count_is_short() -> None:
    said = {"success": True, "comments": [], "attributes": {"commentCount": 40}}
    assert asked("commento", LIST, said).thread.outcome is ThreadOutcome.SHORT


def test_unknown_domain_is_an_outcome_and_other_refusals_are_faults() -> None:
    said = {"success": False, "message": "This domain is not registered."}
    assert asked("commento", LIST, said).thread.outcome is ThreadOutcome.NOT_FOUND
    with pytest.raises(PlatformError, match="refused: An internal error"):
        asked("commento", LIST, {"success": False, "message": "An internal error has occurred."})


def test_ids_that_are_not_unique_and_parents_in_a_ring() -> None:
    said = [comment("a", parentHex="b"), comment("b", parentHex="a"), comment("a", html="again")]
    thread = asked("commento", LIST, {"success": True, "comments": said}).thread
    assert [one.comment_id for one in thread.comments] == ["a", "b"]


def test_photos_and_addresses_are_not_read() -> None:
    assert "gravatar" not in repr(asked("commento", LIST, json_of("commento", "list.json")))


def test_bad_input() -> None:
    check_junk(commento, LIST)
    check_odd_values(commento, LIST, json_of("commento", "list.json"))
