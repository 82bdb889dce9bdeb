"""A tree becomes text and Markdown in one walk, for HTML and for Trafilatura's tags."""

from __future__ import annotations

import pytest
from lxml import etree

from archiver.extract.prose import Block, blocks_of
from archiver.model import TextLink


def resolve(address: str) -> str | None:
    return address if address.startswith("https:") else None


@pytest.mark.parametrize(
    ("markup", "text", "markdown"),
    [
        ("<p>a\n b</p><p>c</p>", "a b|c", "a b|c"),
        ("<h2>Head</h2><p>a</p>", "Head|a", "## Head|a"),
        ("<head rend='h3'>Head</head><p>a</p>", "Head|a", "### Head|a"),
        ("<p>a<br/>b</p>", "a\nb", "a  \nb"),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "a\nb c", "- a\n- b **c**"),
        ("<list rend='ol'><item>a</item><item>b</item></list>", "a\nb", "1. a\n2. b"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "a\nb", "- a\n  - b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "a|b", "> a|> b"),
        ("<pre>x = 1\n  y</pre>", "x = 1\n  y", "```\nx = 1\n  y\n```"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td></tr></table>", "a | b\nc",
         "| a | b |\n| --- | --- |\n| c |  |"),
        ("<p>a <a href='https://x.example/(1)'>b c</a>.</p>", "a b c.", "a [b c](https://x.example/%281%29)."),
        ("<p>a <ref target='#x'>b</ref></p>", "a b", "a b"),
        ("<p><i>a</i> <hi rend='#b'>b</hi></p>", "a b", "*a* **b**"),
        ("<p>1. no list, a*b_c</p>", "1. no list, a*b_c", "\\1. no list, a\\*b\\_c"),
        ("loose<div>a</div>words", "loose|a|words", "loose|a|words"),
        ("<p> </p><ul><li/></ul><table><tr><td/></tr></table>", "", ""),
        ("<p>a<script>no</script>b<img/></p>", "ab", "ab"),
    ],
)  # fmt: skip
def test_blocks(markup: str, text: str, markdown: str) -> None:
    blocks, _ = blocks_of(etree.fromstring(f"<body>{markup}</body>"), resolve)
    assert "|".join(b.text for b in blocks).replace(" | ", "¦") == text.replace(" | ", "¦")
    assert "|".join(b.markdown for b in blocks) == markdown


def test_links_and_their_share_of_the_text_are_kept() -> None:
    tree = etree.fromstring(
        "<body><p>See <a href='https://x.example/'>this one</a> or none.</p></body>"
    )
    assert blocks_of(tree, resolve) == (
        (
            Block(
                "See this one or none.", "See [this one](https://x.example/) or none.", link_chars=8
            ),
        ),
        (TextLink("https://x.example/", "this one"),),
    )


def test_blank_lost_between_inline_elements_comes_back() -> None:
    tree = etree.fromstring("<body><p>they advance<b>automation</b> and un<i>do</i> it</p></body>")
    words = {"they", "advance", "automation", "and", "undo", "it"}
    blocks, _ = blocks_of(tree, resolve, words.__contains__)
    assert blocks[0].text == "they advance automation and undo it"
