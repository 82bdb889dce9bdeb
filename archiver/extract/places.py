"""Where on a page a name signs the article: near its headline, and where it does not.

Knows the headline and the parts of a page in which names sign nothing (forms, menus, comments) or
something else (cards of other articles, captions, boxes). Knows nothing of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree

from archiver.dom import SILENT, Document, Node, fold_space
from archiver.extract.structured import Said

_ELSEWHERE: Final = re.compile(
    r"sidebar|related|(?<!elementor-)(?<!wpb_)widget(?! blog|-area)|teaser|recommend|popular|"
    r"recent|latest|promo|carousel|(?<![a-z])cards?(?![a-z])|testimonial|quote|(?<![a-z])more|next-|prev|"
    r"navigation|menu|share|caption|credit|most-?read|trending|newsletter|slider|swiper|cookie|modal|"
    r"popup"
)
_COMMENT: Final = re.compile(
    r"comment(?!ator|ary)|respond|reply|kommentar(?!e-)|disqus|pingback|trackback|leserbrief"
)
_REFUSED: Final = frozenset(["form", "label", "button", "nav", "select"])
_ASIDE: Final = frozenset(["aside", "figcaption", "figure", "blockquote"])
_ARTICLE: Final = frozenset(["article", "main"])
_SHORTEST_HEADLINE: Final = 10
"""Letters of a heading that can be told from a section's name by being in the title."""
_MOST_TEXTS: Final = 50
"""Texts of a heading; one that is never closed holds the rest of the page."""
_MOST_EVENTS: Final = 2000
"""Starts and ends of elements that are looked through for the texts of one element."""


class Places:
    """How well the elements of a page are placed to sign the article under ``headline``."""

    def __init__(self, headline: Node) -> None:
        self._known: dict[Node, tuple[bool, int, bool]] = {}
        self._above: dict[Node, int] = {}
        if headline is not None:
            for height, node in enumerate(headline.iterancestors()):
                if node.tag in ("body", "html"):
                    break
                self._above[node] = height

    def trust(self, node: Node) -> int | None:
        """None where nothing signs; else what the place adds: up to 3 beside the headline, and
        less than nothing in a box of its own or in another article than that of the headline."""
        refused, trust, _ = self._place(node)
        if refused:
            return None
        for above in node.iterancestors():
            height = self._above.get(above)
            if height is not None:
                return trust + (3 if height <= 2 else 2 if height <= 4 else 1)
            if above.tag == "article" and self._above:
                trust -= 5
        return trust

    def refuses(self, node: Node) -> bool:
        """True where nothing signs: in forms, menus, comments."""
        return self._place(node)[0]

    def _place(self, node: Node) -> tuple[bool, int, bool]:
        """(nothing signs here, what the place adds, inside an article)."""
        waiting: list[Node] = []
        place = (False, 0, False)
        for at in (node, *node.iterancestors()):
            if at in self._known:
                place = self._known[at]
                break
            waiting.append(at)
        for at in reversed(waiting):
            place = self._known[at] = _within(place, at)
        return place


def _within(place: tuple[bool, int, bool], node: Node) -> tuple[bool, int, bool]:
    refused, trust, is_inside = place
    if refused or node.tag in ("body", "html"):
        return place
    wording = f"{node.get('class') or ''} {node.get('id') or ''}".lower()
    if node.tag in _REFUSED or _COMMENT.search(wording):
        return True, trust, is_inside
    if node.tag in _ASIDE or _ELSEWHERE.search(wording):
        trust -= 3
    elif node.tag == "footer" and not is_inside:
        trust -= 4
    elif node.tag in _ARTICLE or node.tag == "header":
        trust += trust < 2
    return False, trust, is_inside or node.tag in _ARTICLE


def headline_of(document: Document, said: Said) -> Node:
    """The heading that repeats the page's title; else the only h1 there is; else None."""
    titles = (
        said.article.headline,
        said.first("og:title", "twitter:title"),
        document.tree.findtext("head/title"),
    )
    folded = [fold_space(title).casefold() for title in titles if title]
    heads = list(document.tree.iter("h1"))
    for node in heads:
        text = _words(node)
        if len(text) >= _SHORTEST_HEADLINE and any(text in title for title in folded):
            return node
    for node in document.tree.iter("h2", "h3"):
        text = _words(node)
        if len(text) >= _SHORTEST_HEADLINE and any(title.startswith(text) for title in folded):
            return node
    return heads[0] if len(heads) == 1 else None


def _words(node: Node) -> str:
    return fold_space("".join(islice(node.itertext(), _MOST_TEXTS))).casefold()


def pieces_of(node: Node) -> Iterator[tuple[str, Node]]:
    """The pieces of text in ``node``, each with the element that holds it, in page order."""
    walk = etree.iterwalk(node, events=("start", "end"))
    for event, at in islice(walk, _MOST_EVENTS):
        if event == "start":
            if not isinstance(at.tag, str) or at.tag in SILENT:
                walk.skip_subtree()
                continue
            text, holder = at.text, at
        elif at is node:
            return
        else:
            text, holder = at.tail, at.getparent()
        if text and (folded := fold_space(text)):
            yield folded, holder


def link_of(element: Node, top: Node) -> Node:
    """The link that ``element``, within ``top``, is in: inside it or right around it; or None."""
    for at in (element, *element.iterancestors()):
        if at.tag == "a" and at.get("href"):
            return at
        if at is top:
            above = at.getparent()
            is_link = above is not None and above.tag == "a" and above.get("href")
            return above if is_link else None
    return None
