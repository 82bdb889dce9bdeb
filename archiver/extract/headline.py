"""The headline as a reader sees it, without the site's name.

Knows where pages state their title and which of their headings is the headline. Order of trust,
measured on 1,181 pages with known headlines:

1. an ``h1`` that a stated title confirms;
2. an ``h1`` that has most of its words in common with one: search engines are told another wording
   than readers, and where people wrote down the headline it was always the ``h1`` (15 of 15);
3. an ``h2`` or ``h3`` that a stated title confirms, where the ``h1`` is a logo or a breadcrumb;
4. the only ``h1``, in an ``article`` or with two words in common (right on 17 of 24, else 1 of 5);
5. what is stated, JSON-LD first.

A line above the headline in the same heading is left away when a stated title has none. Knows
nothing of the text below; ``site_name`` knows what is appended to titles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from archiver.dom import Document, Node, fold_space, text_of
from archiver.extract.body import fold_title
from archiver.extract.site_name import (
    cuts_of,
    is_site_name,
    joined,
    leads_home,
    site_names,
    told_names,
    without_site,
)
from archiver.extract.structured import Said

__all__ = ["read_headline", "titles_of", "without_site"]

_BESIDE: Final = frozenset(["nav", "footer", "aside"])
_AROUND: Final = re.compile(
    r"related|sidebar|footer|site-?(?:title|name)|branding|(?:^|[\s_-])logo|navbar|crumb|modal"
    r"|popup|newsletter|cookie|comments|(?:^|[\s_-])search(?:$|[\s_-])|(?:^|\s)widget(?:\s|$)"
)
"""Wordings of places a headline does not stand in; "elementor-widget" is every part of a page."""
_OWN: Final = re.compile(
    rf"{_AROUND.pattern}|logo\b|teaser|menu|(?:^|\s)widget|screen-reader|visually-?hidden|sr-only"
)
"""The same for the heading itself."""
_LONGEST: Final = 400
"""Signs of a heading that may be the headline; the longest of the 1,181 has 175."""
_LONGEST_CLAIM: Final = 1_000
"""Signs of a stated title: with slogans they have up to 300."""
_LONGEST_SOURCE: Final = 4_000
"""Signs of a heading before white space is folded: an unclosed one holds the rest of the page."""
_MOST_HEADINGS: Final = 40
"""Headings of a level that are looked at: the headline comes before the text."""
_EDGES: Final = " -–—|:·•/"
_ALIKE: Final = 0.55
"""Share of the shorter wording's words that the longer one has, to be alike …"""
_ALIKE_BACK: Final = 0.3
"""… and of the longer's. Shares of 0.5 to 0.6 and 0.25 to 0.3 differ by two pages in 1,181."""


class _Stated(NamedTuple):
    """A title as the page states it for machines."""

    text: str
    source: str
    bare: str
    """Without the site's name."""
    key: str
    """``bare`` as titles are compared."""
    joined: frozenset[str]
    """``text`` and ``bare`` as they are compared without blanks."""


class _Heading(NamedTuple):
    node: Node
    text: str
    key: str


class _Confirmed(NamedTuple):
    """A heading that stated titles confirm."""

    rank: int
    """0: it is one; 1: the one for social networks; 2: one begins or, for most of it, ends with it;
    3: it is further on in one, as names of sections and sites are."""
    text: str


def read_headline(
    document: Document, said: Said, by_rule: str | None
) -> tuple[str | None, str | None]:
    """(title, source) by the order of trust that stands above."""
    if by_rule:
        return by_rule, "rule"
    claims = tuple(_claims(document, said))
    names = site_names(document, said, {text for text, _ in claims})
    stated = tuple(_stated(claims, names, is_named=bool(told_names(said))))
    runs = _runs(claims, names)

    first, aside = _headings(document, document.tree.iter("h1"), names)
    best = _best(first, stated, runs)
    if best is not None and best.rank < 3:
        return without_site(best.text, names, guess=False), "markup"
    for heading in first:
        if heading.key not in runs and any(_are_alike(heading.key, one.key) for one in stated):
            return heading.text, "markup"
    second, _ = _headings(document, document.tree.iter("h2", "h3"), names)
    lower, beside = _best(second, stated, runs), _best(aside, stated, runs)
    least = beside.rank if beside else 3
    confirmed = [one for one in (best, lower) if one is not None and one.rank <= least]
    if confirmed:
        return min(confirmed, key=lambda one: one.rank).text, "markup"
    only = first[0] if least == 3 and len({heading.key for heading in first}) == 1 else None
    if only is not None and (
        next(only.node.iterancestors("article"), None) is not None
        or any(_in_common(only.key, one.key) > 1 for one in stated)
    ):
        return only.text, "markup"
    for one in stated:
        if not is_site_name(one.key, names):
            return _without_kicker(one, stated)
    rest = [*((heading.text, "markup") for heading in first), *claims]
    return rest[0] if rest else (None, None)


def titles_of(document: Document, said: Said, title: str | None) -> tuple[str, ...]:
    """All wordings of the headline on the page, to know a repetition of it by."""
    stated = (title, *(text for text, _ in _claims(document, said)))
    headings = (_short_text(node) for node in islice(document.tree.iter("h1"), _MOST_HEADINGS))
    return tuple(dict.fromkeys(text for text in (*stated, *headings) if text))


def _claims(document: Document, said: Said) -> Iterator[tuple[str, str]]:
    """(title, source) as stated for machines. JSON-LD first: where no heading speaks for either,
    it has the headline more often than ``og:title`` (on 6 pages of 10, the other on 2)."""
    titles = document.tree.iter("title")  # drawings have some of their own
    tag = next((node for node in titles if next(node.iterancestors("svg"), None) is None), None)
    social = ("twitter:title", "parsely-title", "dc.title", "sailthru.title", "title")
    for text, source in (
        (said.article.headline, "json-ld"),
        (said.first("og:title"), "og"),
        (said.first(*social), "meta"),
        (fold_space("".join(tag.itertext())) if tag is not None else None, "title"),
    ):
        if text and len(text) <= _LONGEST_CLAIM:
            yield text, source


def _stated(
    claims: Iterable[tuple[str, str]], names: Collection[str], *, is_named: bool
) -> Iterator[_Stated]:
    for text, source in claims:
        bare = without_site(text, names)
        if source == "title" and bare == text and not is_named:
            bare = without_site(text, ())
        key = fold_title(bare)
        wordings = frozenset({joined(key), joined(fold_title(text))} - {""})
        yield _Stated(text, source, bare, key, wordings)


def _runs(claims: Iterable[tuple[str, str]], names: Collection[str]) -> dict[str, int]:
    """The wordings that stated titles confirm, folded, with their rank: whole titles, and runs of
    the parts between separators."""
    runs: dict[str, int] = {}
    seen: set[str] = set()

    def confirm(run: str, rank: int) -> None:
        key = fold_title(run)
        if rank < runs.get(key, 4) and not is_site_name(key, names):
            runs[key] = rank

    for text, source in claims:
        confirm(text, 1 if source == "meta" else 0)
        cuts = [] if text in seen else cuts_of(text)
        seen.add(text)
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(text)]
        for at, start in enumerate(starts):
            for end in ends[at:] if cuts else ():
                confirm(text[start:end], 2 if start == 0 else 3)
    return runs


def _headings(
    document: Document, nodes: Iterable[Node], names: Collection[str]
) -> tuple[list[_Heading], list[_Heading]]:
    """The headings that are not the site's name: those in place, and those beside the article."""
    here: list[_Heading] = []
    beside: list[_Heading] = []
    holding: dict[Node, bool] = {}
    for node in islice(nodes, _MOST_HEADINGS):
        text = _short_text(node)
        if text and len(text) <= _LONGEST:
            heading = _Heading(node, text, fold_title(text))
            if not is_site_name(heading.key, names) and not leads_home(document, node):
                (here if _is_in_place(document, node, holding) else beside).append(heading)
    return here, beside


def _short_text(node: Node) -> str:
    size = 0
    for piece in node.itertext():
        size += len(piece)
        if size > _LONGEST_SOURCE:
            return ""
    return text_of(node)


def _best(
    headings: Iterable[_Heading], stated: Collection[_Stated], runs: dict[str, int]
) -> _Confirmed | None:
    """The best confirmed heading, of equals the first."""
    found = (_confirm(heading, stated, runs) for heading in headings)
    return min((one for one in found if one is not None), key=lambda one: one.rank, default=None)


def _confirm(
    heading: _Heading, stated: Collection[_Stated], runs: dict[str, int]
) -> _Confirmed | None:
    """The heading or, where elements divide it, the part that is the headline: a line above it has
    an element of its own, and its end is no word of the text ("Talks failNo deal in sight")."""
    parts = tuple(_parts(heading.node)) if len(heading.node) else ()
    claimed = [one for one in stated if one.source in ("json-ld", "og")]
    for part in parts:
        key = fold_title(part)
        if len(key) >= 0.4 * len(heading.key) and any(one.key == key for one in claimed):
            return _Confirmed(0, part)
    if parts:
        run = joined(heading.key)
        for one in stated:
            if run in one.joined:  # as stated, with a colon between the line and the headline
                return _Confirmed(0, one.bare if joined(one.key) == run else one.text)
    if heading.key in runs:
        return _Confirmed(runs[heading.key], heading.text)
    for part in (heading.text, *parts):
        key = fold_title(part)
        if _is_most(key, heading.key) and any(one.key.endswith(f" {key}") for one in claimed):
            return _Confirmed(2, part)
    for one in stated:
        if one.key.startswith(f"{heading.key} ") and _is_most(heading.key, one.key):
            return _Confirmed(2, heading.text)
    return None


def _parts(node: Node) -> Iterator[str]:
    """Endings, then beginnings of a heading at the bounds of its elements."""
    pieces = [piece for text in node.itertext() if (piece := fold_space(text))]
    if 2 <= len(pieces) <= 8:  # more is a sentence with markup
        for at in range(1, len(pieces)):
            yield " ".join(pieces[at:]).lstrip(_EDGES)
        for at in range(len(pieces) - 1, 0, -1):
            yield " ".join(pieces[:at]).rstrip(_EDGES)


def _without_kicker(one: _Stated, stated: Iterable[_Stated]) -> tuple[str, str]:
    """``one``, or the stated title that it ends with: "Town: Bridge opens at last"."""
    for other in stated:
        if one.key.endswith(f" {other.key}") and _is_most(other.key, one.key):
            return other.bare, other.source
    return one.bare, one.source


def _is_most(part: str, whole: str) -> bool:
    """True when ``part`` is a headline rather than some words: half of ``whole``, three words."""
    return 2 * len(part) >= len(whole) and part.count(" ") >= 2


def _in_common(one: str, other: str) -> int:
    return len(set(one.split()) & set(other.split()))


def _are_alike(one: str, other: str) -> bool:
    common = _in_common(one, other)
    few, many = sorted((len(set(one.split())), len(set(other.split()))))
    return common > 0 and common >= _ALIKE * few and common >= _ALIKE_BACK * many


def _is_in_place(document: Document, node: Node, holding: dict[Node, bool]) -> bool:
    """True unless the heading stands in navigation, a sidebar, a dialog or the like. ``holding``:
    which places hold the text, as far as it was counted for other headings of the page."""
    for place in (node, *node.iterancestors()):
        if place.tag in ("main", "body"):
            break
        if place.tag == "article":  # its classes are often the article's categories
            continue
        wording = f"{place.get('class') or ''} {place.get('id') or ''}".lower()
        names = _OWN if place is node else _AROUND
        if (place.tag in _BESIDE or names.search(wording)) and (
            place is node or not _holds_the_text(document, place, holding)
        ):
            return False
    return True


def _holds_the_text(document: Document, place: Node, holding: dict[Node, bool]) -> bool:
    """True when a third of the page's paragraphs are in ``place``: "content-sidebar-wrap" is no
    sidebar, and an unclosed ``aside`` holds all that follows it."""
    if place not in holding:
        inside = sum(1 for _ in place.iter("p"))
        holding[place] = inside > 2 and 3 * inside > sum(1 for _ in document.tree.iter("p"))
    return holding[place]
