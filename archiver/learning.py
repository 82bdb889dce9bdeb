"""Which blocks of a site are furniture: what recurs over its articles and is no article's own.

Knows observations and the evidence that a verdict takes; reads no page and no file. The same
observations in any order give the same lesson.

Evidence does not hold what blocks say (``evidence``); that, and among what they stand, is looked up
at the end, on the few pages that serve as their examples.

What each threshold is there for stands beside it. Tried on a WordPress newspaper of 204 articles
with whole pages taken for their texts, so that everything seemed to be inside: of 63 blocks that
recur 18 were taken, all of them the theme's; none was an article's or a reader's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from archiver.evidence import (
    MIN_ARTICLES,
    Evidence,
    Observation,
    Trace,
    Where,
    articles_of,
    digest_of,
    evidence_of,
    opening_of,
    trace_of,
    words_lost,
)
from archiver.furniture import Block, Furniture, in_order, key_of

INSIDE_SHARE = 0.20
"""Of all articles, inside their texts. What belongs to articles and recurs all the same: in a
newspaper of 200 posts one wording of a correction stood under 20 of them, and "Conclusion" over
parts of 8. It also means that the box about one author of many is not learned where it gets into
texts: a person can write it into the file."""
MIN_DAYS = 2
"""Days of publication among them, where the articles seen have several: what a paper repeats on
one day only may be its matter."""
SURE_SHARE = 0.30
"""Of all articles, inside their texts, for what looks like text: running text, and what stands
amid paragraphs that no other article has."""
ITEM_SHARE = 0.50
"""Of all articles, inside their texts, for items and cells at the edges of a text: "salt" may end
each third recipe, "Share" ends each article."""
LONG_WORDS = 10
"""From here on a block is running text. The correction above had 12."""
TITLE_WORDS = 3
"""A headline of fewer words may be part of any block."""
SHORT_WORDS = 5
"""Below this a block may be a menu's label and a word of a text as well."""


class Refusal(StrEnum):
    """Why a block that recurs is not taken for furniture."""

    VETO = "kept by you"
    HEADLINE = "the headline of an article"
    READER = "a reader's name or words"
    ONE_DAY = "on articles of one day only"
    PART = "a heading or an item of texts"
    AMID = "amid the texts of too few articles"
    FEW_TEXTS = "in the texts of too few articles"
    LONG = "running text that too few articles share"


@dataclass(frozen=True, slots=True)
class Passage:
    """A block where it stands inside a text: what is before and after it there."""

    url: str
    before: str
    """Empty where the text begins with the block."""
    after: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A block that is inside several texts, or that a person keeps in them, and stays."""

    block: Block
    why: Refusal
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned from a site."""

    furniture: Furniture
    articles: int
    """How many different ones were seen."""
    pages: int
    """Pages of articles that were looked at: versions and further addresses included."""
    passages: dict[str, tuple[Passage, ...]]
    """Of each block that stands inside texts, by its text: where, on its examples."""
    refused: tuple[Refused, ...]
    affected: int
    """Articles whose text has one of the blocks."""
    words: int
    """Words of furniture in these texts (of an article with several pages, its first)."""


Again = Callable[[Collection[str]], Iterable[Observation]]
"""Gives the observations of the named pages once more, in any order."""


def learn(
    host: str,
    observations: Iterable[Observation],
    again: Again,
    *,
    vetoes: Collection[str] = frozenset(),
) -> Lesson:
    """The furniture of ``host``, with the evidence for it; none of the blocks whose keys are
    ``vetoes``."""
    traces = sorted(
        (trace_of(one) for one in observations), key=lambda t: (t.captured_at, t.url, t.page)
    )
    articles = articles_of(traces)
    evidence = evidence_of(articles)
    days = len({trace.published for trace in traces})
    verdicts = {digest: _refusal(found, len(articles), days) for digest, found in evidence.items()}
    wanted = {
        digest: found for digest, found in evidence.items() if found.inside or not verdicts[digest]
    }
    shown = _Shown(wanted, again)
    blocks = {digest: shown.block(digest, len(articles)) for digest in wanted}
    voices = _voices(traces)
    for digest, block in blocks.items():
        key = key_of(block.text)
        found = Refusal.VETO if key in vetoes else _whose(key, voices)
        verdicts[digest] = found or verdicts[digest]
    taken = {digest for digest in wanted if verdicts[digest] is None}
    refused = [
        Refused(blocks[digest], why, shown.passages[digest])
        for digest, found in wanted.items()
        if (why := verdicts[digest]) is not None
        and (found.inside >= MIN_ARTICLES or why is Refusal.VETO)
    ]
    lost = [words_lost(article[0], taken) for article in articles]
    return Lesson(
        furniture=Furniture(host, in_order(blocks[digest] for digest in taken)),
        articles=len(articles),
        pages=len(traces),
        passages={
            blocks[digest].text: shown.passages[digest] for digest in taken if wanted[digest].inside
        },
        refused=tuple(sorted(refused, key=lambda r: (-r.block.inside, key_of(r.block.text)))),
        affected=sum(map(bool, lost)),
        words=sum(lost),
    )


@dataclass(frozen=True, slots=True)
class _Voices:
    """What articles and readers say of themselves; others repeat it in their boxes."""

    titles: frozenset[str]
    readers: frozenset[str]
    openings: frozenset[int]


def _voices(traces: list[Trace]) -> _Voices:
    return _Voices(
        frozenset(trace.title for trace in traces) - {""},
        frozenset(name for trace in traces for name in trace.readers) - {""},
        frozenset(digest for trace in traces for digest in trace.openings),
    )


def _whose(key: str, voices: _Voices) -> Refusal | None:
    """Whether the block is an article's or a reader's: the teasers and latest comments of one day
    are on all pages of that day, and what they say stands elsewhere as somebody's own."""
    opening = opening_of(key)
    if key in voices.readers or (opening and digest_of(opening) in voices.openings):
        return Refusal.READER
    cut = key.rstrip(" .…") if key.endswith(("…", "...")) else None
    words = f" {key} "
    for title in voices.titles:
        if key == title or (cut and len(cut.split()) >= TITLE_WORDS and title.startswith(cut)):
            return Refusal.HEADLINE
        if f" {title} " in words and title.count(" ") >= TITLE_WORDS - 1:
            return Refusal.HEADLINE
    if any(" " in name and f" {name} " in words for name in voices.readers):
        return Refusal.READER
    return None


def _refusal(found: Evidence, articles: int, days: int) -> Refusal | None:
    """Why the block is none of the furniture, as far as numbers tell; None when it is."""
    if len(found.days) < min(MIN_DAYS, days):
        return Refusal.ONE_DAY
    if not found.inside:
        return None
    enough = max(MIN_ARTICLES, INSIDE_SHARE * articles)
    is_amid = 2 * found.amid >= found.inside
    is_item = 2 * found.items >= found.inside
    if found.articles - found.inside >= enough:
        # It stands around the articles; what of it is inside a text may have got there. A label
        # has when it is at an edge of the text, and outside of it is none on that page.
        is_label = found.words < SHORT_WORDS
        if not (is_amid and is_item) and not (is_label and (is_amid or found.besides)):
            return None
    if found.inside < enough:
        return Refusal.FEW_TEXTS
    if 2 * found.parts >= found.inside:
        return Refusal.PART
    if is_item and found.inside < ITEM_SHARE * articles:
        return Refusal.PART
    is_common = found.inside >= SURE_SHARE * articles
    if is_amid and not is_common:
        return Refusal.AMID
    if found.words >= LONG_WORDS and not is_common:
        return Refusal.LONG
    return None


class _Shown:
    """What the blocks say, and among what, on the pages that are their examples."""

    def __init__(self, wanted: dict[int, Evidence], again: Again) -> None:
        self._wanted = wanted
        pages: defaultdict[str, set[int]] = defaultdict(set)
        for digest, found in wanted.items():
            for trace in found.examples:
                pages[trace.page].add(digest)
        self._texts: dict[tuple[int, str], str] = {}
        passages: dict[tuple[int, str], Passage] = {}
        for seen in again(pages.keys()):
            text = [s for s in seen.sightings if s.where is Where.INSIDE]
            for sighting in seen.sightings:
                digest = digest_of(key_of(sighting.text))
                if digest in pages[seen.page]:
                    self._texts.setdefault((digest, seen.page), " ".join(sighting.text.split()))
            for number, sighting in enumerate(text):
                digest = digest_of(key_of(sighting.text))
                if digest in pages[seen.page]:
                    before = text[number - 1].text if number else ""
                    after = text[number + 1].text if number + 1 < len(text) else ""
                    passages.setdefault((digest, seen.page), Passage(seen.url, before, after))
        self.passages = {
            digest: tuple(
                passages[digest, trace.page]
                for trace in found.examples
                if (digest, trace.page) in passages
            )
            for digest, found in wanted.items()
        }

    def block(self, digest: int, of: int) -> Block:
        """The block with all its evidence."""
        found = self._wanted[digest]
        before, inside, after = found.where
        return Block(
            text=self._texts[digest, found.examples[0].page],
            articles=found.articles,
            of=of,
            before=before,
            inside=inside,
            after=after,
            first_seen=found.first.date() if found.first else None,
            last_seen=found.last.date() if found.last else None,
            examples=tuple(trace.url for trace in found.examples),
        )
