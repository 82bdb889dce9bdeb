"""Remark42: its settings in a script, and its lists and trees."""

# ruff: noqa: E501 - tables are shown whole, a case to a line

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import remark42
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

FIND = "https://c.example/api/v1/find?site=s&url=https%3A%2F%2Fpaper.example%2Fa"
ROOT = '<div id="remark42"></div>'


def comment(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "pid": "", "text": f"<p>{name}</p>", "time": "2026-05-01T00:00:00Z", **more}


def test_golden_thread() -> None:
    check_golden(remark42)


@pytest.mark.parametrize(
    ("script", "host", "page"),
    [
        ('window.remark_config={"host":"https://c.example","site_id":"s"}', "https://c.example", None),
        ("remark_config = {host: '/talk/', site_id: 's'}", "https://paper.example/talk", None),
        (
            "remark_config = {host: `https://c.example`, site_id: 's', url: 'https://p.example/x#y'}",
            "https://c.example",
            "https://p.example/x",
        ),
        (  # what the script is still to fill in is the page's own address
            "remark_config = {url: location.origin + '/x', host: 'https://c.example', site_id: 's'}",
            "https://c.example",
            None,
        ),
        ("remark_config = {url: `${here}`, host: '//c.example', site_id: 's'}", "https://c.example", None),
    ],
)  # fmt: skip
def test_settings_in_all_their_spellings(script: str, host: str, page: str | None) -> None:
    url = "https://paper.example/a/b?c=d#e"
    found = remark42.find(document(f"{ROOT}<script>{script}</script>", url=url))
    assert found is not None
    own = page or "https://paper.example/a/b"
    assert found.thread_ref == f"s {own}"
    (ask,) = found.asks
    assert ask.url.startswith(f"{host}/api/v1/find?site=s&url=")
    assert ask.url.endswith("&format=plain&sort=%2Btime&limit=500")


def test_host_may_be_that_of_the_script() -> None:
    markup = (
        f"{ROOT}<script>var remark_config = {{site_id: 's'}}</script>"
        '<script src="https://c.example/r/web/embed.mjs"></script>'
    )
    found = remark42.find(document(markup))
    assert found is not None
    assert found.asks[0].url.startswith("https://c.example/r/api/v1/find?")


def test_absent() -> None:
    settings = "<script>remark_config = {host: 'https://c.example', site_id: 's'}</script>"
    check_absent(
        remark42,
        "<p>Remark 42</p>",
        settings,
        f'<span class="remark42__counter"></span>{settings}',
        f"{ROOT}<script>remark_config = {{host: 'https://c.example'}}</script>",
        f"{ROOT}<script>// remark_config = {{host: 'https://c.example', site_id: 's'}}</script>",
    )


def test_owns_its_lists_only() -> None:
    assert remark42.owns(FIND)
    assert not remark42.owns("https://c.example/api/v1/find?q=bridge")
    assert not remark42.owns("https://c.example/api/v1/last/10?site=s&url=x")


def test_pages_end() -> None:
    def further(info: dict[str, Any], url: str, *comments: dict[str, Any]) -> list[str]:
        batch = asked("remark42", url, {"comments": list(comments), "info": info})
        return [ask.url for ask in batch.asks]

    (second,) = further({"count": 3, "count_left": 2, "last_comment": "a"}, FIND, comment("a"))
    assert second == f"{FIND}&limit=500&offset_id=a"
    assert further({"count": 3, "count_left": 0, "last_comment": "c"}, second, comment("c")) == []
    assert further({"count": 3, "count_left": 2, "last_comment": "a"}, second, comment("a")) == []
    assert further({"count": 3, "count_left": 2, "last_comment": "b"}, second) == []
    assert further({"count": 3, "count_left": 2}, FIND, comment("a")) == []


def test_empty_list_with_a_count_is_short() -> None:
    thread = asked("remark42", FIND, {"comments": [], "info": {"count": 40}}).thread
    assert (thread.declared, thread.outcome) == (40, ThreadOutcome.SHORT)


def test_deep_tree_is_read_to_a_level() -> None:
    tree: dict[str, Any] = {"comment": comment("x0")}
    for number in range(1, 300):
        tree = {"comment": comment(f"x{number}"), "replies": [tree]}
    batch = asked("remark42", FIND, {"comments": [tree], "info": {"count": 300}})
    assert len(batch.thread.comments) == 201


def test_ids_that_are_not_unique_and_parents_in_a_ring() -> None:
    said = [comment("a", pid="b"), comment("b", pid="a"), comment("a", text="again")]
    batch = asked("remark42", FIND, {"comments": said, "info": {"count": 3}})
    assert [one.comment_id for one in batch.thread.comments] == ["a", "b"]


def test_bad_input() -> None:
    check_junk(remark42, FIND)
    check_odd_values(remark42, FIND, json_of("remark42", "plain.json"))
    check_odd_values(remark42, FIND, json_of("remark42", "tree.json"))
