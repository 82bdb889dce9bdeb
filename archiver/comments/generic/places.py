"""Where on a page comments may stand: elements named for them, what follows a heading over them,
and what lies around buttons to answer them. Most pages have no such place, and that costs little.

Knows names and headings; what is a comment is told by ``mining``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from archiver.comments.generic.words import (
    FORM_HEADING,
    HEADING,
    NAMELESS,
    NEWEST,
    STEMS,
    WIDGET,
    Traits,
    is_action,
    traits_of,
)
from archiver.dom import Document, Node
from archiver.months import fold

MOST_HEADINGS: Final = 400
MOST_BUTTONS: Final = 3_000
"""Of one page that are read: no page of the corpus has more than 244 headings or 1,217 links."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary", "dt", "caption")
_LONGEST_WORDING: Final = 1_000
_WORDS_BESIDE: Final = 3
"""In the line of a heading: a count, "all", "newest first"."""
_LONGEST_HEADING: Final = 200
_LONGEST_BUTTON: Final = 60
_NO_PLACES = frozenset([
    "html", "body", "script", "style", "link", "input", "svg", "iframe", "template", "noscript",
    "img", "textarea", "select", "option", "path", "use",
])  # fmt: skip
_WHOLE = frozenset({"main", "article", "body"})
_NO_ROOTS = frozenset({"a", "button", "i", "label", "em", "b", "small"})


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look, each in page order."""

    roots: tuple[Node, ...]
    """Elements to look for comments in; none lies in another."""
    named: frozenset[Node]
    """Elements whose class or id speaks of comments."""
    areas: frozenset[Node]
    """Those named as what holds all comments of the page."""
    headings: tuple[Node, ...]
    """Headings over comments ("3 Kommentare")."""
    shut: frozenset[Node]
    """Elements in which no comment of this page stands: lists of the site's newest ones."""
    above: frozenset[Node]
    """The page's headline and all around it: what holds it holds the article."""


def places_of(document: Document) -> Places | None:
    """Where comments may stand; ``None`` where nothing speaks of any."""
    named, areas, shut = _named(document)
    headings, forms, newest = _headings(document)
    buttons = [] if named or headings else _buttons(document)
    if not (named or headings or len(buttons) > 1):
        return None
    above = _around_headline(document, (*headings, *forms))
    shut |= {place for heading in newest if (place := heading.getparent()) not in above}
    roots: list[Node] = [node for node in named if node not in above and node.tag not in _NO_ROOTS]
    roots += [place for heading in headings for place in _headed(heading, above)]
    if not roots:
        roots = _common(buttons)
    return Places(
        roots=tuple(_outermost(roots, shut)),
        named=frozenset(named),
        areas=frozenset(areas - above),
        headings=tuple(headings),
        shut=frozenset(shut),
        above=frozenset(above),
    )


def traits(node: Node) -> Traits:
    """What the classes and the id of an element say it is."""
    classes, own_id = node.get("class"), node.get("id")
    if not classes and not own_id:
        return NAMELESS
    wording = f"{classes or ''} {own_id or ''}"
    return traits_of(wording.lower()) if len(wording) <= _LONGEST_WORDING else NAMELESS


def names_of(node: Node) -> list[str]:
    """The classes and the id of an element, in lower case."""
    wording = f"{node.get('class') or ''} {node.get('id') or ''}"
    return wording.lower().split() if len(wording) <= _LONGEST_WORDING else []


def _named(document: Document) -> tuple[list[Node], set[Node], set[Node]]:
    """(elements named for comments, those that hold all, those for the site's newest)."""
    held = [stem for stem in STEMS if stem in document.hints]
    named: list[Node] = []
    areas: set[Node] = set()
    shut: set[Node] = set()
    if not held:
        return named, areas, shut
    for wording, nodes in document.named.items():
        if len(wording) > _LONGEST_WORDING or not any(stem in wording for stem in held):
            continue
        if WIDGET.search(wording):
            shut.update(nodes)
            continue
        said = traits_of(wording)
        if said.is_place:
            inside = [node for node in nodes if node.tag not in _NO_PLACES]
            named += inside
            if said.is_area:
                areas.update(inside)
    return named, areas, shut


def _headings(document: Document) -> tuple[list[Node], list[Node], list[Node]]:
    """Headings over comments, over a form to write one, over the newest of the whole site."""
    over: list[Node] = []
    forms: list[Node] = []
    newest: list[Node] = []
    for node in islice(document.tree.iter(*_HEADINGS), MOST_HEADINGS):
        text = short_text(node, _LONGEST_HEADING)
        if not text:
            continue
        folded = fold(text)
        if NEWEST.match(folded):
            newest.append(node)
        elif FORM_HEADING.match(folded):
            forms.append(node)
        elif HEADING.match(folded):
            over.append(node)
    return over, forms, newest


def _buttons(document: Document) -> list[Node]:
    """Links and buttons to do something about one comment."""
    return [
        node
        for node in islice(document.tree.iter("a", "button"), MOST_BUTTONS)
        if (text := short_text(node, _LONGEST_BUTTON)) and is_action(text)
    ]


def short_text(node: Node, longest: int) -> str:
    """The text in an element, white space folded; empty where it is longer than ``longest``."""
    pieces: list[str] = []
    room = 4 * longest  # white space of the source counts
    for piece in node.itertext():
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            return ""
    text = " ".join("".join(pieces).split())
    return text if len(text) <= longest else ""


def _around_headline(document: Document, headings: Iterable[Node]) -> set[Node]:
    """The first ``h1`` that is no heading of comments, and what it lies in."""
    over = set(headings)
    for node in islice(document.tree.iter("h1"), 20):
        if node not in over and short_text(node, 500):
            return {node, *node.iterancestors()}
    body = document.tree.find("body")
    return {document.tree} if body is None else {document.tree, body}


def _headed(heading: Node, above: set[Node]) -> Iterator[Node]:
    """What a heading stands over: the closest element around it that holds more than it, or, where
    that holds the article too, what follows it there."""
    here = heading
    for place in islice(heading.iterancestors(), 4):
        if place in above or place.tag in _WHOLE:
            break
        if _says_more(place, heading):
            yield place
            return
        here = place
    for sibling in here.itersiblings():
        if sibling.tag == here.tag:
            return
        yield sibling


def _says_more(place: Node, heading: Node) -> bool:
    """True when an element holds a sentence beside a heading in it."""
    room = _WORDS_BESIDE + len(short_text(heading, _LONGEST_HEADING).split())
    for text in place.itertext():
        room -= len(text.split())
        if room < 0:
            return True
    return False


def _common(nodes: list[Node]) -> list[Node]:
    """The closest element around all of ``nodes``."""
    if len(nodes) < 2:
        return []
    shared = [nodes[0], *nodes[0].iterancestors()]
    rank = {place: index for index, place in enumerate(shared)}
    lowest = 0
    seen: set[Node] = set()
    for node in nodes[1:]:
        for place in (node, *node.iterancestors()):
            if place in rank:
                lowest = max(lowest, rank[place])
                break
            if place in seen:
                break
            seen.add(place)
    return [shared[lowest]]


def _outermost(nodes: Iterable[Node], shut: set[Node]) -> Iterator[Node]:
    """Those of ``nodes`` that lie neither in another nor in anything ``shut``; each once."""
    wanted = dict.fromkeys(nodes)
    outer: dict[Node, bool] = {}
    """For an element: True when nothing at it or around it is wanted or shut."""
    for node in wanted:
        path: list[Node] = []
        is_free = True
        for place in node.iterancestors():
            if place in outer:
                is_free = outer[place] and place not in wanted and place not in shut
                break
            path.append(place)
        for place in reversed(path):
            outer[place] = is_free
            is_free = is_free and place not in wanted and place not in shut
        if is_free and node not in shut:
            yield node
