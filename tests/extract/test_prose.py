"""Segments become text and Markdown: every kind of block, every mark within a line."""

# ruff: noqa: E501 - markup and what becomes of it are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.prose import Block, blocks_of
from archiver.extract.segments import segments_of
from archiver.model import TextLink
from tests.pages import document


def resolve(address: str) -> str | None:
    return address if address.startswith("https:") else None


def blocks(markup: str) -> list[tuple[str, str]]:
    """(text, Markdown) of each block of a page."""
    found, _ = blocks_of(segments_of(document(markup)), resolve)
    return [(block.text, block.markdown) for block in found]


def alike(*texts: str) -> list[tuple[str, str]]:
    """Blocks whose Markdown is their text."""
    return [(text, text) for text in texts]


TABLE = (
    "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d|e</td></tr><tr><td>f</td></tr></table>"
)
LAYOUT = "<table><tr><td><p>a</p><p>b</p></td></tr><tr><td><ul><li>c</li></ul></td></tr></table>"
OLD_PAGE = (
    "<table><tr><td>menu</td><td>date</td></tr>"
    "<tr><td>tip</td><td><h2>Head</h2><p>a</p><ul><li>b</li></ul></td></tr></table>"
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>a\n b</p><p>c</p>", alike("a b", "c"), id="paragraphs"),
        pytest.param("<h2>Head\n on</h2><p>a</p>", [("Head on", "## Head on"), ("a", "a")], id="heading"),
        pytest.param("<h6>a<br>b</h6>", [("a\nb", "###### a b")], id="heading of two lines"),
        pytest.param("<h3><div>a</div></h3>", [("a", "### a")], id="block in a heading"),
        pytest.param("<p>a<br/>b</p>", [("a\nb", "a  \nb")], id="line end"),
        pytest.param("<p>a<br/>\n<br>b</p>", alike("a", "b"), id="two line ends"),
        pytest.param("<ul><li>a</li><li>b <b>c</b></li></ul>", [("a\nb c", "- a\n- b **c**")], id="list"),
        pytest.param("<ol><li>a</li><li>b</li></ol>", [("a\nb", "1. a\n2. b")], id="numbers"),
        pytest.param("<ul><li>a<ul><li>b</li></ul></li></ul>", [("a\nb", "- a\n  - b")], id="list in a list"),
        pytest.param("<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>",
                     [("a\nb\nc\nd", "1. a\n  - b\n  - c\n2. d")], id="list in numbers"),
        pytest.param("<ol><li><p>a</p><p>b</p></li><li>c</li></ol>", [("a\nb\nc", "1. a\n  b\n2. c")],
                     id="two paragraphs in an item"),
        pytest.param("<ul><li>a<br>b</li></ul>", [("a\nb", "- a\n  b")], id="line end in an item"),
        pytest.param("<dl><dt>a</dt><dd>b</dd></dl>", [("a\nb", "- a\n- b")], id="terms"),
        pytest.param("<ul>a<li>b</li></ul>", [("a\nb", "a\n- b")], id="loose text in a list"),
        pytest.param("<ul><li>a</li></ul><ul><li>b</li></ul>", [("a", "- a"), ("b", "- b")], id="two lists"),
        pytest.param("<ol><li><h3>Head</h3><p>a</p></li></ol>", [("Head", "### Head"), ("a", "a")],
                     id="list that lays out a page"),
        pytest.param("<blockquote><p>a</p><p>b<br>c</p></blockquote>", [("a", "> a"), ("b\nc", "> b  \n> c")], id="quote"),
        pytest.param("<blockquote>a</blockquote>", [("a", "> a")], id="quote without paragraph"),
        pytest.param("<pre>x = [1]\n  *y*</pre>", [("x = [1]\n  *y*", "```\nx = [1]\n  *y*\n```")], id="code"),
        pytest.param("<pre><code>  x\n\n  y\n</code></pre>", [("  x\n\n  y", "```\n  x\n\n  y\n```")],
                     id="blank line in code"),
        pytest.param("<pre><b>if</b> <i>x</i>\n  <i>y</i></pre>", [("if x\n  y", "```\nif x\n  y\n```")], id="coloured code"),
        pytest.param("<pre>a ``` b</pre>", [("a ``` b", "````\na ``` b\n````")], id="fence in code"),
        pytest.param(TABLE, [("a | b\nc | d|e\nf", "| a | b |\n| --- | --- |\n| c | d\\|e |\n| f |  |")], id="table"),
        pytest.param("<table><tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr><tr><td>e</td><td>f</td></tr></table>",
                     [("a b | c d\ne | f", "| a b | c d |\n| --- | --- |\n| e | f |")], id="lines in a cell"),
        pytest.param(LAYOUT, alike("a", "b", "c"), id="table of one column lays out a page"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", alike("a", "b"), id="and so does one of one row"),
        pytest.param(OLD_PAGE, [*alike("menu", "date", "tip"), ("Head", "## Head"), ("a", "a"), ("b", "- b")],
                     id="and one with a heading over text"),
        pytest.param("<table><tr><th><h4>a</h4></th></tr><tr><td>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>",
                     [("a", "#### a"), ("b | c\nd | e", "| b | c |\n| --- | --- |\n| d | e |")], id="heading in a table of data"),
        pytest.param("<ol><li><h3>Head</h3><ul><li>a</li><li>b</li></ul></li></ol>", [("Head", "### Head"), ("a\nb", "- a\n- b")],
                     id="list in a list that lays out a page"),
        pytest.param("loose<div>a</div>words", alike("loose", "a", "words"), id="loose text"),
        pytest.param("a <p>b</p> <i>c</i> d", [*alike("a", "b"), ("c d", "*c* d")], id="loose marks"),
        pytest.param("<p> </p><p>\xa0</p><ul><li></li></ul><table><tr><td></td></tr></table><p><b> </b><a href='https://x.example/'></a></p>",
                     [], id="nothing"),
    ],
)  # fmt: skip
def test_blocks_are_printed_as_what_they_are(markup: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(markup) == expected


@pytest.mark.parametrize(
    ("inside", "text", "markdown"),
    [
        pytest.param("<i>a</i> <b>b</b>", "a b", "*a* **b**", id="emphasis"),
        pytest.param("<em>a</em>, <strong>b</strong>", "a, b", "*a*, **b**", id="the same by meaning"),
        pytest.param("a<b> b </b>c", "a b c", "a **b** c", id="blanks inside go outside"),
        pytest.param("<b><a href='https://x.example/'>a</a></b>", "a", "**[a](https://x.example/)**", id="bold link"),
        pytest.param("<i>a <b>b</b></i>", "a b", "a **b**", id="one mark at a time"),
        pytest.param("<i>a<br>b</i>", "a\nb", "a  \nb", id="no mark over a line end"),
        pytest.param("<code>a_b*</code> c_d", "a_b* c_d", "`a_b*` c\\_d", id="code"),
        pytest.param("<code>a`b</code>", "a`b", "a\\`b", id="code that holds its mark"),
        pytest.param("a*b_c [d] \\ `e`", "a*b_c [d] \\ `e`", "a\\*b\\_c \\[d\\] \\\\ \\`e\\`", id="special signs"),
        pytest.param("1. no list", "1. no list", "1\\. no list", id="number"),
        pytest.param("2026) no list", "2026) no list", "2026\\) no list", id="number and bracket"),
        pytest.param("1.5 million", "1.5 million", "1.5 million", id="number within a number"),
        pytest.param("- no list", "- no list", "\\- no list", id="dash"),
        pytest.param("-5 degrees", "-5 degrees", "-5 degrees", id="minus"),
        pytest.param("# no heading", "# no heading", "\\# no heading", id="hash"),
        pytest.param("#topic", "#topic", "#topic", id="hashtag"),
        pytest.param("&gt; no quote", "> no quote", "\\> no quote", id="greater"),
        pytest.param("a<br>- b<br>2. c", "a\n- b\n2. c", "a  \n\\- b  \n2\\. c", id="every line of it"),
        pytest.param("<a href='https://x.example/(1) 2'>b c</a>.", "b c.", "[b c](https://x.example/%281%29%202).", id="address"),
        pytest.param("<a href='https://x.example/'>[b]</a>", "[b]", "[\\[b\\]](https://x.example/)", id="brackets in a link"),
        pytest.param("<a href='https://x.example/'> b </a>c", "b c", "[b](https://x.example/) c", id="blanks in a link"),
        pytest.param("a <a href='#x'>b</a>", "a b", "a b", id="link to nowhere"),
        pytest.param("a <a>b</a>", "a b", "a b", id="anchor"),
        pytest.param("a<script>no</script>b<img>", "ab", "ab", id="script in a word"),
        pytest.param("un<wbr>do<span>ing</span>", "undoing", "undoing", id="inline elements part no word"),
        pytest.param("a\u2009b <b>c</b>\xa0\u3000d", "a b c d", "a b **c** d", id="blanks of any width"),
    ],
)  # fmt: skip
def test_marks_within_a_line(inside: str, text: str, markdown: str) -> None:
    assert blocks(f"<p>{inside}</p>") == [(text, markdown)]


@pytest.mark.parametrize(
    "tag", ["p", "div", "section", "li", "td", "custom-element", "h2", "figure"]
)
def test_text_beside_a_block_stays_apart_from_it(tag: str) -> None:
    printed = "\n".join(text for text, _ in blocks(f"<div>before<{tag}>within</{tag}>after</div>"))
    assert printed.split() == ["before", "within", "after"]


def test_links_and_their_share_of_the_text_are_kept() -> None:
    markup = "<p>See <a href='https://x.example/'>this one</a> or none.</p><ul><li><a href='https://x.example/'>this one</a></li></ul>"
    assert blocks_of(segments_of(document(markup)), resolve) == (
        (
            Block(
                "See this one or none.", "See [this one](https://x.example/) or none.", link_chars=8
            ),
            Block("this one", "- [this one](https://x.example/)", link_chars=8),
        ),
        (TextLink("https://x.example/", "this one"),),
    )


def test_headings_are_known_as_such() -> None:
    found, _ = blocks_of(segments_of(document("<h2>Head</h2><p>a</p>")), resolve)
    assert found == (Block("Head", "## Head", is_heading=True), Block("a", "a"))


def test_a_block_of_which_parts_were_dropped_is_printed_without_them() -> None:
    segments = segments_of(document("<ol><li>a</li><li>b</li><li>c</li></ol><p>d</p>"))
    found, _ = blocks_of([segments[0], segments[2]], resolve)
    assert found == (Block("a\nc", "1. a\n2. c"),)
