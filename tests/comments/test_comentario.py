"""Comentario: told from the Spanish word, asked for and read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import comentario
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

LIST = "https://c.example/api/embed/comments"
SCRIPT = '<script src="https://c.example/comentario.js"></script>'


def comment(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "html": f"<p>{name}</p>", "isApproved": True, **more}


def test_golden_thread() -> None:
    check_golden(comentario)


def test_page_id_goes_before_the_path() -> None:
    markup = f'<comentario-comments page-id="/a b/"></comentario-comments>{SCRIPT}'
    found = comentario.find(document(markup, url="https://paper.example/x"))
    assert found is not None
    assert json.loads(found.asks[0].body) == {"host": "paper.example", "path": "/a b/"}
    assert found.asks[0].url == LIST


def test_the_word_alone_is_spanish() -> None:
    check_absent(
        comentario,
        '<div class="comentario" id="comentario-7"><p>Un comentario.</p></div>',
        '<script src="/js/comentario.js"></script><div class="comentarios">Comentarios</div>',
        "<comentario-comments></comentario-comments>",
        '<comentario-comments></comentario-comments><script src="/comentario.js.php"></script>',
    )


def test_owns_its_list_only() -> None:
    assert comentario.owns(LIST)
    assert not comentario.owns(f"{LIST}/counts")
    assert not comentario.owns(f"https://c.example/?x={LIST}")


def test_no_comments_yet() -> None:
    answers: tuple[Any, ...] = ({"pageInfo": {}, "comments": None}, {"pageInfo": {}})
    for said in answers:
        thread = asked("comentario", LIST, said).thread
        assert (thread.comments, thread.outcome) == ((), None)


def test_unknown_host_is_an_outcome_and_other_refusals_are_faults() -> None:
    said = {"id": "unknown-host", "message": "Unknown host"}
    assert asked("comentario", LIST, said).thread.outcome is ThreadOutcome.NOT_FOUND
    with pytest.raises(PlatformError):
        asked("comentario", LIST, {"id": "internal-error", "message": "x"})


def test_rejected_and_pending_comments_are_never_rows() -> None:
    said = [
        comment("a", isApproved=False),
        comment("b", isPending=True),
        comment("c", isApproved=False, isDeleted=True, html="<p>was</p>"),
    ]
    thread = asked("comentario", LIST, {"pageInfo": {}, "comments": said}).thread
    assert [(one.comment_id, one.text) for one in thread.comments] == [("c", "")]


def test_ids_that_are_not_unique_and_parents_in_a_ring() -> None:
    said = [comment("a", parentId="b"), comment("b", parentId="a"), comment("a", html="again")]
    thread = asked("comentario", LIST, {"pageInfo": {}, "comments": said}).thread
    assert [one.comment_id for one in thread.comments] == ["a", "b"]


def test_bad_input() -> None:
    check_junk(comentario, LIST)
    check_odd_values(comentario, LIST, json_of("comentario", "list.json"))
