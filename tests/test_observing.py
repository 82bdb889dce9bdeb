"""What a page shows, and where: before its text, inside it, or after it."""

from __future__ import annotations

import pytest

from archiver.config import ReadLimits
from archiver.evidence import Kind, Where, opening_of
from archiver.observing import Observed, observe, places_of
from archiver.outcomes import Outcome
from archiver.sites import DEFAULT_RULES, parse_rules
from tests.pages import PARAGRAPHS, page

IS_ARTICLE = (
    '<meta property="og:type" content="article"><meta property="og:title" content="The bridge">'
    '<meta property="article:published_time" content="2026-05-02T10:00:00Z">'
)
RULES = """\
host = "paper.example"
article_url = ["/a-story"]
[[layout]]
body = ["article"]
remove = ["h1"]
"""
COMMENT = """
<div id="comments"><ol class="comment-list"><li id="comment-7" class="comment"><div>
<b class="fn">Ann Reader</b><div class="comment-content">
<p>I have waited ten years for this bridge and more.</p></div></div></li></ol></div>"""


def seen(body: str) -> Observed:
    rules = parse_rules(RULES, "r.toml")
    return observe(page(body, head=IS_ARTICLE), rules, ReadLimits())


def test_blocks_stand_before_inside_and_after_the_text() -> None:
    observed = seen(
        "<nav><ul><li>Politics</li></ul></nav>"
        f"<article><h1>The bridge</h1>{PARAGRAPHS}<h2>What it costs</h2>{PARAGRAPHS}</article>"
        "<footer><p>An invented newspaper</p></footer>"
    )
    assert observed.outcome is Outcome.ARTICLE
    told = [(s.text[:14], s.where, s.kind) for s in observed.sightings]
    assert told[:3] == [
        ("Politics", Where.BEFORE, Kind.ITEM),
        ("The bridge", Where.BEFORE, Kind.HEADING),
        ("The council of", Where.INSIDE, Kind.PLAIN),
    ]
    assert ("What it costs", Where.INSIDE, Kind.HEADING) in told
    assert told[-1] == ("An invented ne", Where.AFTER, Kind.PLAIN)


def test_comments_are_nobody_s_furniture_and_their_writers_are_told_apart() -> None:
    observed = seen(f"<article><h1>The bridge</h1>{PARAGRAPHS}</article>{COMMENT}")
    assert not [s for s in observed.sightings if "Ann" in s.text or "waited" in s.text]
    assert observed.readers == ("Ann Reader",)
    assert observed.openings == ("i have waited ten years for",)


def test_a_page_that_is_no_article_shows_nothing() -> None:
    observed = observe(page("<p>Politics</p>"), DEFAULT_RULES, ReadLimits())
    assert (observed.outcome, observed.sightings) == (Outcome.NOT_AN_ARTICLE, ())


B, I, A = Where.BEFORE, Where.INSIDE, Where.AFTER  # noqa: E741


@pytest.mark.parametrize(
    ("segments", "text", "places"),
    [
        pytest.param("menu one two foot", "one\n\ntwo", [B, I, I, A], id="plain"),
        pytest.param("a one a two a", "one\n\na\n\ntwo", [B, I, I, I, A],
                     id="a menu has the word of a heading"),
        pytest.param("a a one two", "a\n\none\n\ntwo", [B, I, I, I], id="at the head"),
        pytest.param("one two a a", "one\n\ntwo\n\na", [I, I, I, A], id="at the end"),
        pytest.param("a b a b", "a\n\nb", [I, I, A, A], id="nothing is sure"),
        pytest.param("menu x y z foot", "x\ny\n\nz", [B, I, I, I, A], id="items of a list"),
        pytest.param("menu x y z foot", "x | y\nz | w", [B, I, I, I, A], id="cells of a table"),
        pytest.param("menu foot", "", [B, B], id="no text"),
        pytest.param("menu foot", "elsewhere", [B, B], id="a text of nowhere"),
        pytest.param("", "one", [], id="no segment"),
    ],
)  # fmt: skip
def test_each_line_of_the_text_is_one_segment(
    segments: str, text: str, places: list[Where]
) -> None:
    assert places_of(segments.split(), text) == places


@pytest.mark.parametrize(
    ("text", "opening"),
    [("One two three four five six seven", "one two three four five six"), ("One two", None)],
)
def test_an_opening_is_longer_than_a_phrase(text: str, opening: str | None) -> None:
    assert opening_of(text) == opening
