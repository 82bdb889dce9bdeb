"""What a page shows, block by block, and where each block stands: what learning looks at.

Knows how a page's segments are told to be before its text, inside it or after it; reads no file and
remembers nothing. It runs in a worker, as ``reading`` does: a page that hangs a parser costs that
worker and no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from archiver import reading
from archiver.comments import find_thread
from archiver.config import ReadLimits
from archiver.dom import parse
from archiver.evidence import Kind, Sighting, Where, opening_of
from archiver.extract.segments import Segment, segments_of
from archiver.furniture import key_of
from archiver.model import Page, Reading
from archiver.outcomes import Outcome
from archiver.sites import SiteRules

OBSERVE = "archiver.observing:observe"
"""``observe``, as workers are told of it."""

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS: Final = frozenset({"li", "dt", "dd", "td", "th"})
_REACH = 50
"""Segments between a line and its neighbour, at most: a page may have 50,000."""
_STRONG_SHARE = 0.9
_CELLS = re.compile(r" \| ")


@dataclass(frozen=True, slots=True)
class Observed(Reading):
    """What reading came to and, of an article's first page, what it shows."""

    sightings: tuple[Sighting, ...] = ()
    readers: tuple[str, ...] = ()
    """Names of those who comment here."""
    openings: tuple[str, ...] = ()
    """How their comments begin (``opening_of``)."""


def observe(page: Page, rules: SiteRules, limits: ReadLimits) -> Observed:
    """What ``page`` shows. Comments of readers are left out: they are nobody's furniture. Never
    raises for bad input: the outcome tells."""
    read = reading.read(page, rules, limits)
    article = read.article
    if read.outcome is not Outcome.ARTICLE or article is None or article.page_number > 1:
        return Observed(read.outcome, detail=read.detail)
    document = parse(page, limit_bytes=limits.page_bytes)
    found = find_thread(document)
    comments = found.thread.comments if found.thread is not None else ()
    segments = segments_of(document, frozenset(found.regions), is_whole=True)
    places = places_of([segment.text for segment in segments], article.text)
    sightings = tuple(
        Sighting(segment.text, where, _kind(segment))
        for segment, where in zip(segments, places, strict=True)
    )
    return Observed(
        read.outcome,
        article=article,
        sightings=sightings,
        readers=tuple(dict.fromkeys(c.author for c in comments if c.author)),
        openings=tuple(dict.fromkeys(b for c in comments if (b := opening_of(c.text)) is not None)),
    )


def _kind(segment: Segment) -> Kind:
    # The text of an item may be a paragraph in it; what lies deeper is a box in a list of boxes.
    near = {frame.tag for frame, _ in zip(segment.frame.above(), range(2), strict=False)}
    if near & _ITEMS:
        return Kind.ITEM
    if near & _HEADINGS or _bold_chars(segment) >= _STRONG_SHARE * len(segment.text):
        return Kind.HEADING
    return Kind.PLAIN


def _bold_chars(segment: Segment) -> int:
    bold: list[object] = []
    chars = 0
    for piece in segment.pieces:
        if isinstance(piece, str):
            chars += len(piece.strip()) if bold else 0
        elif isinstance(piece, tuple):
            if bold and piece[0] is bold[-1]:
                bold.pop()
        elif piece.tag in ("b", "strong"):  # type: ignore[attr-defined]  # an element of the tree
            bold.append(piece)
    return chars


def places_of(segments: Sequence[str], text: str) -> list[Where]:
    """Where each segment stands, given the article's text.

    A line of the text that only one segment says is that segment; a line that several say (a menu
    has the word of a heading) is the one that stands between its neighbours.
    """
    keys = [key_of(segment) for segment in segments]
    times = Counter(keys)
    at = {key: number for number, key in enumerate(keys)}
    lines = [key for key in map(key_of, _lines(text)) if key in times]
    found: list[int | None] = [None] * len(lines)
    last = -1
    for number, key in enumerate(lines):
        if times[key] == 1 and at[key] > last:
            found[number] = last = at[key]
    inside = {place for place in found if place is not None}
    if last >= 0:
        inside |= _between(keys, lines, found)
    else:
        inside |= _from_first(keys, lines)
    if not inside:
        return [Where.BEFORE] * len(keys)
    first, last = min(inside), max(inside)
    return [
        Where.INSIDE if n in inside else Where.BEFORE if n < (first + last) / 2 else Where.AFTER
        for n in range(len(keys))
    ]


def _lines(text: str) -> Iterator[str]:
    """What of ``text`` may be a segment: paragraphs, and the lines and cells of them."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if len(lines) > 1:
            yield paragraph
        for line in lines:
            cells = _CELLS.split(line)
            if len(cells) > 1:
                yield line
            yield from cells


def _between(keys: list[str], lines: list[str], found: list[int | None]) -> set[int]:
    """Segments of the lines that several say: the first after the line before them; of those
    before the first sure line, the last before that."""
    inside: set[int] = set()
    first = next(number for number, place in enumerate(found) if place is not None)
    here = found[first] or 0
    for key in reversed(lines[:first]):
        near = range(here - 1, max(-1, here - 1 - _REACH), -1)
        place = next((n for n in near if keys[n] == key), None)
        if place is not None:
            inside.add(place)
            here = place
    here = found[first] or 0
    sure = {place for place in found if place is not None}
    for number in range(first + 1, len(lines)):
        place = found[number]
        if place is None:
            place = _next(keys, lines[number], here, sure)
        if place is not None:
            inside.add(place)
            here = place
    return inside


def _from_first(keys: list[str], lines: list[str]) -> set[int]:
    """Segments of the lines where none is sure: each the first after the one before."""
    inside: set[int] = set()
    here = keys.index(lines[0]) - 1 if lines else 0
    for line in lines:
        place = _next(keys, line, here, frozenset())
        if place is not None:
            inside.add(place)
            here = place
    return inside


def _next(keys: list[str], key: str, here: int, stops: AbstractSet[int]) -> int | None:
    """The next segment after ``here`` with this key, before any of ``stops``."""
    for place in range(here + 1, min(len(keys), here + 1 + _REACH)):
        if place in stops:
            return None
        if keys[place] == key:
            return place
    return None
