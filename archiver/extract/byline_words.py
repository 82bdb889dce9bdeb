"""Bylines that only their words mark: ``By Ann Lee`` under the headline, a name beside the date, a
name alone in the last line.

Asked when no element of the page is marked as naming an author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archiver.dom import Document, Node, fold_space
from archiver.extract.bodies import is_organisation
from archiver.extract.names import is_introduced, is_personal, split_names
from archiver.extract.places import Places, link_of, pieces_of
from archiver.extract.profiles import is_profile

INTRODUCTION: Final = re.compile(
    r"\W*(?:(?:written|posted|published|words|story|text)\s+)?(?:by|von|par|por|door|av|af|oleh|автор|"
    r"作者|text|autor(?:in)?|author)\b\s*:?\s*",
    re.IGNORECASE,
)
"""The words before a name, where they are an element of their own."""
_INTRODUCTIONS: Final = (
    "by ", "by:", "written by", "von ", "text:", "text von", "autor", "author", "par ", "por ",
    "door ", "geschrieben von", "escrito por", "écrit par", "av ", "af ", "автор", "作者", "oleh",
)  # fmt: skip
_DATE: Final = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2}")
_LONGEST_BYLINE: Final = 120
_LONGEST_NAME: Final = 60
_MOST_PIECES: Final = 40
_MOST_SEEN: Final = 400
"""Pieces of text looked at below the headline; menus stand between headline and text at times."""
_MOST_CHARS: Final = 1500
# So bound, a name beside a date was the author on 6 pages and something else on 3; with headings,
# capitals and three pieces between, 6 and 7. A name in the last line: 6 and 3; in any group of
# paragraphs, 7 and 12.
_NEAR_DATE: Final = 2
_MOST_BESIDE: Final = 12
_HEADINGS: Final = frozenset(["h2", "h3", "h4", "h5", "h6"])
_LEAST_TEXT: Final = 500
"""Letters of paragraphs side by side that are a text, with a last line of its own."""
_LINES: Final = (
    "p", "span", "div", "em", "i", "b", "strong", "li", "td", "h4", "h5",
)  # fmt: skip

Signed = list[tuple[str, str | None]]
"""Texts that name somebody, with the address they link to."""


def read_worded(document: Document, headline: Node, places: Places, *, sure: bool) -> Signed:
    """The byline that the words of the page make one; empty when none do. With ``sure`` no name
    that only stands beside a date, and no short one."""
    below = [] if headline is None else _pieces_below(headline, places)
    return (
        _introduced(below, sure=sure)
        or ([] if sure else _beside_date(below))
        or _first_or_last_line(document, places)
        or _only_one(document, places)
    )


def _pieces_below(headline: Node, places: Places) -> list[tuple[str, Node]]:
    pieces: list[tuple[str, Node]] = []
    length = 0
    for seen, (text, element) in enumerate(_following(headline)):
        if not places.refuses(element):
            pieces.append((text, element))
            length += len(text)
        if seen > _MOST_SEEN or len(pieces) >= _MOST_PIECES or length > _MOST_CHARS:
            break
    return pieces


def _following(node: Node) -> Iterator[tuple[str, Node]]:
    """The pieces of text after ``node`` in the page."""
    for at in (node, *node.iterancestors()):
        if at.tag in ("body", "html"):
            return
        for behind in (at, *at.itersiblings()):
            if behind is not at:
                yield from pieces_of(behind)
            if tail := fold_space(behind.tail or ""):
                yield tail, behind.getparent()


def _introduced(pieces: list[tuple[str, Node]], *, sure: bool) -> Signed:
    for at, (text, _) in enumerate(pieces):
        if len(text) > _LONGEST_BYLINE:
            continue
        if INTRODUCTION.fullmatch(text) and at + 1 < len(pieces):
            follower, holder = pieces[at + 1]
            if len(follower) < _LONGEST_NAME and split_names(follower):
                return [(follower, _address(holder))]
        elif is_introduced(text):
            names = split_names(text)
            if all(is_personal(name) or (not sure and " " not in name) for name in names):
                return [(text, None)]
    return []


def _beside_date(pieces: list[tuple[str, Node]]) -> Signed:
    for at, (text, element) in enumerate(pieces[:_MOST_BESIDE]):
        if not _is_bare_name(text) or element.tag in _HEADINGS:
            continue
        address = _address(element)
        if address and not is_profile(address):
            continue
        around = pieces[max(0, at - _NEAR_DATE) : at + _NEAR_DATE + 1]
        if any(_DATE.search(other) and len(other) < _LONGEST_NAME for other, _ in around):
            return [(text, address)]
    return []


def _is_bare_name(text: str) -> bool:
    """True for a text that is a full name of two or three words and nothing else. Words all in
    capitals are buttons more often than people."""
    return (
        len(text) <= _LONGEST_NAME
        and text.count(" ") <= 2
        and not text.isupper()
        and is_personal(text)
        and split_names(text) == [text]
    )


def _first_or_last_line(document: Document, places: Places) -> Signed:
    """A name or an agency alone in one of the last paragraphs of the text, a byline among the
    first."""
    letters: dict[Node, int] = {}
    for node in document.tree.iter("p"):
        parent = node.getparent()
        letters[parent] = letters.get(parent, 0) + len(node.text or "")
    text = max(letters, key=lambda parent: letters[parent], default=None)
    if text is None or letters[text] < _LEAST_TEXT:
        return []
    paragraphs = text.findall("p")
    last, first = paragraphs[:-4:-1], paragraphs[:2]
    for node in (*last, *first):
        line = " ".join(piece for piece, _ in pieces_of(node))
        if not 4 <= len(line) <= _LONGEST_NAME or places.refuses(node):
            continue
        names = split_names(line)
        if names and (
            (is_introduced(line) and all(map(is_personal, names)))
            or (node in last and _is_bare_name(line) and next(node.iter("a"), None) is None)
            or (line == f"({names[0]})" and is_organisation(line))
        ):
            return [(line, None)]
    return []


def _only_one(document: Document, places: Places) -> Signed:
    """The only ``Written by Ann Lee`` of the page, wherever it stands."""
    found: dict[str, str] = {}
    for node in document.tree.iter(*_LINES):
        text = node.text
        if text and 5 < len(text) < 80 and text.lstrip().lower().startswith(_INTRODUCTIONS):
            line = fold_space(text)
            names = split_names(line) if is_introduced(line) and not places.refuses(node) else []
            if names and all(map(is_personal, names)):
                found.setdefault(line.casefold(), line)
    return [(line, None) for line in found.values()] if len(found) == 1 else []


def _address(element: Node) -> str | None:
    link = link_of(element, element)
    return link.get("href") if link is not None else None
