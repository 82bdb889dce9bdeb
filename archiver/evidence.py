"""What many pages together say about the blocks of a site: where each stood, how often, when.

Knows observations, and how one article is told under its several addresses; gives no verdict and
reads no page. A block is 8 bytes of a digest of its key here, so that a page costs some 3 KB.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from archiver.furniture import key_of
from archiver.words import words_of

MIN_ARTICLES = 5
"""Different articles that show a block. A press release, a correction or a quotation of the day
stands on two to four pages of one paper."""
MIN_SHARE = 0.10
"""Of all articles seen, for what stands around texts only, where a mistake takes no word away."""
NEAR_BITS = 3
"""Of 64: texts whose fingerprints differ in no more are versions of one article (Manku, Jain, Das
Sarma 2007 take 3 for near-duplicates of web pages)."""
EXAMPLES = 3
"""Pages that are named for each block."""

_OPENING_WORDS = 6
_KIND_SHIFT = 2
_WORDS_SHIFT = 4
_MOST_WORDS = 0xFFFF >> _WORDS_SHIFT


class Where(IntEnum):
    """Where a block stands."""

    BEFORE = 0
    INSIDE = 1
    AFTER = 2


class Kind(IntEnum):
    """What a block is to its neighbours. Headings and items recur in texts of one sort, recipes or
    results, and are theirs all the same."""

    PLAIN = 0
    HEADING = 1  # by its element, or all bold
    ITEM = 2  # of a list, or a cell of a table


@dataclass(frozen=True, slots=True)
class Sighting:
    """A block of a page."""

    text: str
    where: Where
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True, slots=True)
class Observation:
    """An article's page, as learning sees it."""

    page: str
    """A name by which the page can be looked at again."""
    url: str
    article_id: str
    fingerprint: int
    """Simhash of the text; 0 for a page without one."""
    captured_at: datetime
    published: date
    """Day of publication; of capture, where the page names none."""
    title: str | None
    sightings: tuple[Sighting, ...]
    readers: tuple[str, ...] = ()
    """Names of those who comment there."""
    openings: tuple[str, ...] = ()
    """How their comments begin (``opening_of``)."""


def opening_of(text: str) -> str | None:
    """The first words of ``text``, as a list of the latest comments shows them; None for a text
    that is hardly longer."""
    words = key_of(text).split()[: _OPENING_WORDS + 1]
    return " ".join(words[:_OPENING_WORDS]) if len(words) > _OPENING_WORDS else None


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of an observation: digests of keys and marks, in the order of the page."""

    page: str
    url: str
    article_id: str
    fingerprint: int
    captured_at: datetime
    published: date
    title: str
    """Key of the headline."""
    readers: tuple[str, ...]
    """Keys of readers' names."""
    openings: array[int]
    digests: array[int]
    marks: array[int]
    """Where it stands (2 bits), its kind (2 bits), words of the key; 0 words for a key without
    two letters, which is never furniture: "* * *" or a lone number."""


def trace_of(seen: Observation) -> Trace:
    """What is kept of ``seen``."""
    digests, marks = array("Q"), array("H")
    for sighting in seen.sightings:
        key = key_of(sighting.text)
        words = min(len(words_of(key)), _MOST_WORDS) if sum(map(str.isalpha, key)) >= 2 else 0
        digests.append(digest_of(key))
        marks.append(words << _WORDS_SHIFT | sighting.kind << _KIND_SHIFT | sighting.where)
    return Trace(
        page=seen.page,
        url=seen.url,
        article_id=seen.article_id,
        fingerprint=seen.fingerprint,
        captured_at=seen.captured_at,
        published=seen.published,
        title=key_of(seen.title or ""),
        readers=tuple(map(key_of, seen.readers)),
        openings=array("Q", map(digest_of, seen.openings)),
        digests=digests,
        marks=marks,
    )


def digest_of(key: str) -> int:
    """8 bytes that stand for ``key``: of a million blocks no two are likely to share them."""
    raw = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(raw.digest(), "big")


def articles_of(traces: list[Trace]) -> list[list[Trace]]:
    """The traces, those of one article together: with one id, or texts that are nearly the same
    (a story under the addresses of two sections)."""
    roots = list(range(len(traces)))

    def root(number: int) -> int:
        while roots[number] != number:
            roots[number] = roots[roots[number]]
            number = roots[number]
        return number

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        roots[second] = first

    by_id: dict[str, int] = {}
    by_fingerprint: dict[int, int] = {}
    # Fingerprints that differ in 3 bits at most have one of four quarters alike.
    by_quarter: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, trace in enumerate(traces):
        join(by_id.setdefault(trace.article_id, number), number)
        if not trace.fingerprint:
            continue
        same = by_fingerprint.setdefault(trace.fingerprint, number)
        if same != number:
            join(same, number)
            continue
        for quarter in range(4):
            alike = by_quarter[quarter, trace.fingerprint >> 16 * quarter & 0xFFFF]
            for other in alike:
                apart = (traces[other].fingerprint ^ trace.fingerprint).bit_count()
                if apart <= NEAR_BITS:
                    join(other, number)
            alike.append(number)
    groups: defaultdict[int, list[Trace]] = defaultdict(list)
    for number, trace in enumerate(traces):
        groups[root(number)].append(trace)
    return list(groups.values())


@dataclass(slots=True)
class Evidence:
    """Where a block was seen; each article counts once in each number."""

    words: int
    articles: int = 0
    where: list[int] = field(default_factory=lambda: [0, 0, 0])
    amid: int = 0
    """Inside the text, between blocks that do not recur."""
    parts: int = 0
    """Amid the text as an item, or as the heading of what does not recur."""
    besides: int = 0
    """Inside the text of a page that shows it outside too."""
    items: int = 0
    """Inside the text as an item, at its edges too."""
    days: set[date] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    examples: list[Trace] = field(default_factory=list)

    @property
    def inside(self) -> int:
        return self.where[Where.INSIDE]


def evidence_of(articles: list[list[Trace]]) -> dict[int, Evidence]:
    """The blocks that enough articles show."""
    times: Counter[int] = Counter()
    for article in articles:
        times.update({digest for trace in article for digest in trace.digests})
    enough = max(MIN_ARTICLES, MIN_SHARE * len(articles))
    recurring = {digest for digest, count in times.items() if count >= enough}
    found: dict[int, Evidence] = {}
    for article in articles:
        marks: defaultdict[int, set[int]] = defaultdict(set)
        for trace in article:
            for digest, mark in zip(trace.digests, trace.marks, strict=True):
                if digest in recurring and mark >> _WORDS_SHIFT:
                    marks[digest].add(mark)
        amid, parts = _amid(article, recurring)
        besides = _besides(article)
        for digest, seen in marks.items():
            words = max(seen) >> _WORDS_SHIFT
            evidence = found.setdefault(digest, Evidence(words))
            evidence.articles += 1
            for where in {mark & 3 for mark in seen}:
                evidence.where[where] += 1
            evidence.amid += digest in amid
            evidence.parts += digest in parts
            evidence.besides += digest in besides
            evidence.items += any(
                mark & 3 == Where.INSIDE and mark >> _KIND_SHIFT & 3 == Kind.ITEM for mark in seen
            )
    for article in articles:
        for trace in article:
            for digest in set(trace.digests) & found.keys():
                _date(found[digest], trace)
    _choose_examples(articles, found)
    return found


def _date(evidence: Evidence, trace: Trace) -> None:
    at = trace.captured_at
    evidence.days.add(trace.published)
    evidence.first = min(at, evidence.first or at)
    evidence.last = max(at, evidence.last or at)


def _choose_examples(articles: list[list[Trace]], found: dict[int, Evidence]) -> None:
    """Each block has its first articles as examples; those with it inside the text go before."""
    for is_inside in (True, False):
        for article in articles:
            for digest, trace in _first_sightings(article, is_inside=is_inside):
                evidence = found.get(digest)
                if evidence is None or len(evidence.examples) >= EXAMPLES:
                    continue
                if is_inside or not evidence.inside:
                    evidence.examples.append(trace)


def _first_sightings(article: list[Trace], *, is_inside: bool) -> Iterator[tuple[int, Trace]]:
    seen: set[int] = set()
    for trace in article:
        for digest, mark in zip(trace.digests, trace.marks, strict=True):
            if digest not in seen and (not is_inside or mark & 3 == Where.INSIDE):
                seen.add(digest)
                yield digest, trace


def _besides(article: list[Trace]) -> set[int]:
    """Blocks that stand both inside and outside of the text of one page."""
    found: set[int] = set()
    for trace in article:
        sides: tuple[set[int], set[int]] = (set(), set())
        for digest, mark in zip(trace.digests, trace.marks, strict=True):
            sides[mark & 3 == Where.INSIDE].add(digest)
        found |= sides[0] & sides[1]
    return found


def _amid(article: list[Trace], recurring: set[int]) -> tuple[set[int], set[int]]:
    """Recurring blocks that stand amid the text, and those of them that are parts of it.

    At the edges of a text, nothing but what recurs is between the block and where the text
    begins or ends. A heading is of the text when what follows is: a box's is followed by the box.
    """
    amid: set[int] = set()
    parts: set[int] = set()
    for trace in article:
        text = [
            (digest, mark)
            for digest, mark in zip(trace.digests, trace.marks, strict=True)
            if mark & 3 == Where.INSIDE
        ]
        own = [n for n, (digest, _) in enumerate(text) if digest not in recurring]
        for number in range(own[0], own[-1]) if own else ():
            digest, mark = text[number]
            if digest in recurring:
                amid.add(digest)
                kind = mark >> _KIND_SHIFT & 3
                is_followed = text[number + 1][0] not in recurring
                if kind == Kind.ITEM or (kind == Kind.HEADING and is_followed):
                    parts.add(digest)
    return amid, parts


def words_lost(trace: Trace, taken: set[int]) -> int:
    """Words of the text of one page that are furniture."""
    return sum(
        mark >> _WORDS_SHIFT
        for digest, mark in zip(trace.digests, trace.marks, strict=True)
        if digest in taken and mark & 3 == Where.INSIDE
    )
