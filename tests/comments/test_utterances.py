"""utterances: how its settings name an issue, the search for it and its pages of comments."""

from __future__ import annotations

from typing import Any

import pytest

from archiver.comments import utterances
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

SEARCH = "https://api.github.com/search/issues?q=%22t%22%20type%3Aissue%20in%3Atitle%20repo%3Ao%2Fr"
PAGE = "https://api.github.com/repos/o/r/issues/8/comments?page=1&per_page=2"
CLIENT = 'src="https://utteranc.es/client.js" repo="o/r"'
HEAD = (
    "<title>The story</title>"
    '<meta name="title" content="No"><meta name="og:title" content="By name">'
)


def comment(number: int) -> dict[str, Any]:
    return {"id": number, "body_html": f"<p>{number}</p>", "created_at": "2026-05-01T00:00:00Z"}


def test_golden_thread() -> None:
    check_golden(utterances)


@pytest.mark.parametrize(
    ("setting", "term"),
    [
        ('issue-term="pathname"', "a/story"),
        ('issue-term="url"', "https://paper.example/a/story.html?x=1"),
        ('issue-term="title"', "The story"),
        ('issue-term="og:title"', "By name"),
        ('issue-term="Our own"', "Our own"),
        ('data-issue-term="title"', "The story"),
    ],
)
def test_name_of_the_issue(setting: str, term: str) -> None:
    url = "https://paper.example/a/story.html?x=1#f"
    found = utterances.find(document(f"<script {CLIENT} {setting}></script>", head=HEAD, url=url))
    assert found is not None
    assert query_of(found.asks[0].url)["q"] == f'"{term}" type:issue in:title repo:o/r'


def test_canonical_address_goes_before_the_page_s() -> None:
    head = '<link rel="canonical" href="/story">'
    found = utterances.find(document(f'<script {CLIENT} issue-term="url"></script>', head=head))
    assert found is not None
    assert found.thread_ref == "o/r https://paper.example/story"


def test_number_needs_no_search() -> None:
    found = utterances.find(document(f'<script {CLIENT} issue-number="8"></script>'))
    assert found is not None
    assert found.thread_ref == "o/r#8"
    assert [ask.url for ask in found.asks] == [
        "https://api.github.com/repos/o/r/issues/8/comments?page=1&per_page=100"
    ]


def test_script_that_makes_the_script() -> None:
    made = (
        '<div class="utterances"></div><script>s.src = "https://utteranc.es/client.js";'
        's.setAttribute("repo", "o/r"); s.setAttribute("issue-term", "title");</script>'
    )
    found = utterances.find(document(made, head=HEAD))
    assert found is not None
    assert found.thread_ref == "o/r The story"


def test_absent() -> None:
    check_absent(
        utterances,
        "<p>Utterances</p>",
        '<div class="utterances"></div>',
        '<script src="https://utteranc.es/client.js" issue-term="title"></script>',
        f"<script {CLIENT}></script>",
        f'<script {CLIENT} issue-number="x"></script>',
    )


def test_owns_its_requests_only() -> None:
    assert utterances.owns(SEARCH)
    assert utterances.owns(PAGE)
    assert not utterances.owns("https://api.github.com/search/issues?q=bridge")
    assert not utterances.owns("https://api.github.com/repos/o/r/issues/8")
    assert not utterances.owns("https://evil.example/repos/o/r/issues/8/comments")


def test_first_issue_is_taken_where_no_title_holds_the_term() -> None:
    said = {"total_count": 1, "items": [{"number": 3, "title": "Else", "comments": 1}]}
    (ask,) = asked("utterances", SEARCH, said).asks
    assert ask.url == "https://api.github.com/repos/o/r/issues/3/comments?page=1&per_page=100"


def test_no_issue_is_an_outcome_and_an_issue_without_comments_is_whole() -> None:
    none = asked("utterances", SEARCH, {"total_count": 0, "items": []})
    assert (none.thread.outcome, none.asks) == (ThreadOutcome.NOT_FOUND, ())
    said = {"total_count": 1, "items": [{"number": 3, "title": "t", "comments": 0}]}
    empty = asked("utterances", SEARCH, said)
    assert (empty.thread.outcome, empty.asks) == (ThreadOutcome.COMPLETE, ())


def test_pages_end() -> None:
    full = asked("utterances", PAGE, [comment(1), comment(2)])
    assert [ask.url for ask in full.asks] == [PAGE.replace("page=1", "page=2")]
    assert asked("utterances", PAGE, [comment(3)]).asks == ()
    assert asked("utterances", PAGE, []).asks == ()


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (
            "API rate limit exceeded for 192.0.2.1. (But here's the good news …)",
            ThreadOutcome.CAPPED,
        ),
        ("You have exceeded a secondary rate limit.", ThreadOutcome.CAPPED),
        ("Not Found", ThreadOutcome.NOT_FOUND),
        ("Requires authentication", ThreadOutcome.LOGIN_NEEDED),
    ],
)
def test_refusals_are_outcomes(message: str, outcome: ThreadOutcome) -> None:
    for url in (SEARCH, PAGE):
        batch = asked("utterances", url, {"message": message, "documentation_url": "https://x"})
        assert (batch.thread.outcome, batch.asks) == (outcome, ())


def test_other_messages_are_faults() -> None:
    with pytest.raises(PlatformError):
        asked("utterances", SEARCH, {"message": "Validation Failed"})


def test_list_of_something_else_is_a_fault() -> None:
    with pytest.raises(PlatformError):
        asked("utterances", PAGE, [{"id": 1, "name": "x"}])


def test_ids_that_are_not_unique() -> None:
    thread = asked("utterances", PAGE, [comment(1), comment(1), {"id": 2}]).thread
    assert [one.comment_id for one in thread.comments] == ["1"]


def test_avatars_are_not_read() -> None:
    assert "avatar" not in repr(asked("utterances", PAGE, json_of("utterances", "comments.json")))


def test_bad_input() -> None:
    check_junk(utterances, SEARCH)
    check_odd_values(utterances, SEARCH, json_of("utterances", "search.json"))
    check_odd_values(utterances, PAGE, json_of("utterances", "comments.json"))
