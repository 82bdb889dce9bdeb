"""The words of a record: which element is the text, and what in it is none.

Knows what the parts of a comment are called, and how to do without names.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from archiver.comments.generic.authors import is_button
from archiver.comments.generic.mining import DATE_SHAPE
from archiver.comments.generic.places import names_of, short_text
from archiver.comments.generic.words import ASIDE, TEXT
from archiver.dom import BLOCKS, Node, paragraphs_of, text_of

_FURNITURE = frozenset(
    ["form", "button", "time", "select", "textarea", "nav", "label", "input", "option"]
)
_PROSE = frozenset({"blockquote", "pre", "p"})
_LONGEST_ASIDE: Final = 160
_BESIDE_DATE: Final = 8
"""Words beside a date in its own element; with more, the reader speaks of a day."""
_META_WORDS: Final = 15
"""A line with the date that has no more words than these is no part of the text."""
_MERE_SIGNS = re.compile(r"[\s!-/:-@\[-`{-~·•–—…«»“”„’\xa0]+")
"""What is left of a line of name, date and buttons; a heart is a comment."""


def content_of(own: list[Node], record: Node, author_node: Node) -> Node:
    """The element that is the text, where its name says so."""
    called = [
        node
        for node in own
        if node is not record
        and (
            (node.get("itemprop") or "") in ("text", "commentText", "description", "articleBody")
            or any(TEXT.search(name) for name in names_of(node))
        )
    ]
    if not called:
        return None
    sizes = {node: len(text_of(node).split()) for node in called[:12]}
    best = max(sizes, key=lambda node: sizes[node])
    held = set(sizes)
    while True:
        inner = [n for n in best.iterdescendants() if n in held and sizes[n] >= 0.6 * sizes[best]]
        inner = [n for n in inner if author_node is None or author_node not in n.iterdescendants()]
        if not inner or sizes[best] == 0:
            break
        best = inner[0]
    return best if sizes[best] else None


def text_in(
    root: Node,
    content: Node,
    roots: frozenset[Node],
    author_node: Node,
    author: str | None,
    dated: list[Node],
) -> str:
    """The comment's own words in one element, as paragraphs."""
    metas = {line for node in dated if (line := _meta_line(node, root)) is not None}
    around = set() if content is None else {content, *content.iterancestors()}

    def is_other(node: Node) -> bool:
        """True for what is surely no text: names, dates, buttons, other records."""
        if node is root:
            return False
        if node in roots or node is author_node or node in metas:
            return True
        return node.tag in _FURNITURE or is_button(node)

    def is_aside(node: Node) -> bool:
        if is_other(node):
            return True
        if node is root or node in around or (node.tag in _PROSE and not names_of(node)):
            return False
        return _is_aside(node)

    text = paragraphs_of(root, is_aside)
    if not re.search(r"\w", text):
        text = paragraphs_of(
            root, is_other
        )  # a theme may put the text into what it calls the author
    if author_node is None and author is not None:
        text = _without_line(text, author)
    kept = [p for p in text.split("\n\n") if not _MERE_SIGNS.fullmatch(p)]
    return "\n\n".join(kept) if kept else text


def _is_aside(node: Node) -> bool:
    """True for what is named for a part other than the text and is short: a theme may put the
    whole text into what it calls the author."""
    return any(map(ASIDE.search, names_of(node))) and bool(
        short_text(node, _LONGEST_ASIDE) or not text_of(node)
    )


def _meta_line(node: Node, root: Node) -> Node:
    """The widest element around a date, inside ``root``, with no more words than a date's line."""
    if node is root or len(DATE_SHAPE.sub("", short_text(node, 400)).split()) > _BESIDE_DATE:
        return None
    line = None
    for place in (node, *islice(node.iterancestors(), 6)):
        if place is root or any(_is_block_of_text(child, line) for child in place):
            break
        text = short_text(place, 12 * _META_WORDS)
        if not text or len(text.split()) > _META_WORDS:
            break
        line = place
        if place.tag in BLOCKS and place.tag != "div":
            break
    return line


def _is_block_of_text(node: Node, line: Node) -> bool:
    """True for a paragraph beside the date's line: a short comment is no longer than that."""
    return node is not line and node.tag in BLOCKS and any(map(str.strip, node.itertext()))


def _without_line(text: str, author: str) -> str:
    """``text`` without its first line, where that has the author and a date and little else."""
    first, _, rest = text.partition("\n")
    found = DATE_SHAPE.search(first)
    if author in first and found:
        behind = first[max(found.end(), first.find(author) + len(author)) :]
        said = re.sub(
            r"^[\s,|:;)\]–—-]*(?:(?:at|um|à|kl\.?)\s*)?(?:\d\d?[:.h]\d\d(?::\d\d)?(?:\s?[ap]m)?)?(?:\s?uhr)?[\s,|:;)\]–—-]*",
            "",
            behind,
            flags=re.I,
        )
        return (said + "\n" + rest).strip() if len(said.split()) > 1 else rest.strip()
    return text
