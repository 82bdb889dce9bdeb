"""The article's text: site selectors first, the judge second, Trafilatura where the judge is at a
loss; says which one spoke, and of every block why it was kept or dropped.

All of them choose among the segments of the one tree, so the text is always the page's own. Knows
the order of trust; how a segment is weighed is ``judge``'s affair, how it is printed ``prose``'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from archiver.dom import Document, Node, fold_space, join
from archiver.extract.features import Clues, features_of
from archiver.extract.judge import packaged_judge
from archiver.extract.liveblog import Post
from archiver.extract.lookalikes import lookalikes_among
from archiver.extract.prose import Block, blocks_of
from archiver.extract.second_opinion import second_opinion
from archiver.extract.segments import Segment, segments_below, segments_of
from archiver.furniture import Furniture
from archiver.model import TextLink
from archiver.sites import Layout, select

ENOUGH_CHARS = 250
"""A text shorter than this may be an accident: Trafilatura's own floor for a main text that needs
no rescue."""
_NEXT_TO_NOTHING = 50
"""Signs. Of 1,354 pages 22 have texts below 250, and of those the judge's own are the better ones
from 50 on (word F1 .424 against .361 with Trafilatura's up to 250, and half the leaks)."""
_SURELY_NOT = -3.0
"""Log-odds of the judge: one in twenty."""
_BYLINE_WORDS = 16
"""The longest bylines of the corpus with two names, date and hour have 14 words."""
_BYLINE_REST = 3
"""Words of a byline that are neither name nor date: by, on, and; par, le; von, am."""


@dataclass(frozen=True, slots=True)
class Body:
    """The text of an article."""

    blocks: tuple[Block, ...] = ()
    links: tuple[TextLink, ...] = ()
    source: str | None = None
    """``rule``, ``judge``, ``trafilatura`` or ``json-ld``; None when there is no text."""

    @property
    def text(self) -> str:
        """Plain text: blocks separated by a blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def markdown(self) -> str:
        """The same as Markdown."""
        return "\n\n".join(block.markdown for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one segment, and through whom."""

    segment: Segment
    is_kept: bool
    by: str
    """``rule``, ``judge``, ``trafilatura``, ``live blog``, ``lookalike``, ``furniture`` or
    ``title``."""
    score: float | None = None
    """Log-odds of the judge, where it was asked."""
    figures: list[float] | None = None
    """What the judge saw (``features.NAMES``); None for links outside the article's core, which
    it does not look at."""


def read_body(
    document: Document,
    layout: Layout | None,
    cut: tuple[Node, ...],
    clues: Clues,
    furniture: Furniture,
    posts: tuple[Post, ...] = (),
) -> Body:
    """The text of the page. What lies below the elements ``cut`` is none (comments, say); a
    repetition of one of the clues' titles at its head is dropped, and so is ``furniture``. The
    ``posts`` of a live blog are text."""
    verdicts = verdicts_on(document, layout, cut, clues, furniture, posts)
    kept = [verdict.segment for verdict in verdicts if verdict.is_kept]
    source = source_of(verdicts)
    if source != "rule" and is_told_by_script(kept, clues):
        paragraphs = (fold_space(part) for part in re.split(r"\n+", clues.claimed_body))
        return Body(tuple(Block(text, text) for text in paragraphs if text), (), "json-ld")
    blocks, links = blocks_of(kept, partial(_resolve, document.base_url))
    return Body(blocks, links, source if blocks else None)


def source_of(verdicts: list[Verdict]) -> str | None:
    """Who chose the text; None where there is none. What is kept of a live blog's posts beyond
    that was chosen from what the judge left."""
    kept = [verdict.by for verdict in verdicts if verdict.is_kept]
    return next((by for by in kept if by != "live blog"), "judge" if kept else None)


def is_told_by_script(kept: list[Segment], clues: Clues) -> bool:
    """True when the page shows next to nothing of the long text that it claims to have: a script
    would have written it. Anywhere else a claimed text is not believed: it is often cut, or another
    article's (believing it lowered the word F1 of one public benchmark from .960 to .950)."""
    shown = sum(len(segment.text) for segment in kept)
    return shown < ENOUGH_CHARS and len(clues.claimed_body) > max(4 * shown, 2 * ENOUGH_CHARS)


def verdicts_on(
    document: Document,
    layout: Layout | None,
    cut: tuple[Node, ...],
    clues: Clues,
    furniture: Furniture,
    posts: tuple[Post, ...] = (),
) -> list[Verdict]:
    """What becomes of each segment of the page, in page order."""
    without = frozenset(cut) | removed_by(document, layout)
    ruled = _by_rule(document, layout, without)
    if ruled:
        verdicts = [Verdict(segment, is_kept=True, by="rule") for segment in ruled]
    else:
        segments = segments_of(document, without)
        verdicts = _with_posts(_by_judge(segments, clues), posts)
        if sum(len(v.segment.text) for v in verdicts if v.is_kept) < _NEXT_TO_NOTHING:
            verdicts = _by_trafilatura(document, without, verdicts)
        verdicts = _without_lookalikes(verdicts)
    verdicts = _without_titles(verdicts, clues.titles)
    if furniture.keys:
        verdicts = [
            replace(v, is_kept=False, by="furniture")
            if v.is_kept and furniture.holds(v.segment.text)
            else v
            for v in verdicts
        ]
    return verdicts


def removed_by(document: Document, layout: Layout | None) -> frozenset[Node]:
    """The elements that a layout takes out of the page."""
    if layout is None:
        return frozenset()
    return frozenset(
        node
        for selector in layout.remove
        for node in select(document.tree, selector)
        if not isinstance(node, str)
    )


def _by_rule(document: Document, layout: Layout | None, without: frozenset[Node]) -> list[Segment]:
    """The segments below what the first selector finds that finds any text."""
    for selector in layout.body if layout is not None else ():
        nodes = [node for node in select(document.tree, selector) if not isinstance(node, str)]
        found = [s for node in _outermost(nodes) for s in segments_below(node, without)]
        if found:
            return found
    return []


def _by_judge(segments: list[Segment], clues: Clues) -> list[Verdict]:
    judge = packaged_judge()
    verdicts = []
    for segment, row in zip(segments, features_of(segments, clues, judge.words), strict=True):
        score = judge.score(row) if row is not None else None
        is_kept = score is not None and score > judge.threshold
        verdicts.append(Verdict(segment, is_kept, "judge", score, row))
    return verdicts


def _with_posts(verdicts: list[Verdict], posts: tuple[Post, ...]) -> list[Verdict]:
    """The same with what the posts of a live blog say, with their headings and times: short lines
    that the judge would drop anywhere else. What it is sure of (share buttons) stays dropped."""
    if not posts:
        return verdicts
    nodes = {post.node for post in posts}
    return [
        replace(v, is_kept=True, by="live blog")
        if not v.is_kept
        and v.score is not None
        and v.score > _SURELY_NOT
        and any(place.node in nodes for place in v.segment.frame.above())
        else v
        for v in verdicts
    ]


def _by_trafilatura(
    document: Document, without: frozenset[Node], verdicts: list[Verdict]
) -> list[Verdict]:
    """What Trafilatura keeps, where that is more than what the judge kept."""
    kept = second_opinion(document, without, [verdict.segment for verdict in verdicts])
    chars = sum(len(segment.text) for segment in kept)
    if chars <= sum(len(v.segment.text) for v in verdicts if v.is_kept):
        return verdicts
    chosen = frozenset(kept)
    return [replace(v, is_kept=v.segment in chosen, by="trafilatura") for v in verdicts]


def _outermost(nodes: list[Node]) -> list[Node]:
    chosen = set(nodes)
    return [node for node in nodes if not any(above in chosen for above in node.iterancestors())]


def _resolve(base: str, address: str) -> str | None:
    return None if not address or address.startswith("#") else join(base, address)


def fold_title(text: str) -> str:
    """``text`` as titles are compared: NFKC, case, quotes, dashes and white space folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return fold_space(re.sub(r"[^\w]+", " ", folded))


def _without_lookalikes(verdicts: list[Verdict]) -> list[Verdict]:
    dropped = lookalikes_among([v.segment for v in verdicts if v.is_kept and v.by != "live blog"])
    return [
        replace(v, is_kept=False, by="lookalike") if v.segment.number in dropped else v
        for v in verdicts
    ]


def _without_titles(verdicts: list[Verdict], titles: tuple[str, ...]) -> list[Verdict]:
    """A repetition of the headline is dropped among the first three kept segments, and as a heading
    wherever it stands."""
    folded = {fold_title(title) for title in titles} - {""}
    longest = 2 * max(map(len, folded), default=0) + 8
    found = list(verdicts)
    seen = 0
    for number, verdict in enumerate(verdicts):
        text = verdict.segment.text
        if verdict.is_kept:
            seen += 1
            is_placed = seen <= 3 or verdict.segment.frame.tag in _HEADINGS
            if is_placed and len(text) <= longest and fold_title(text) in folded:
                found[number] = replace(verdict, is_kept=False, by="title")
    return found


_HEADINGS = frozenset({"h1", "h2", "h3"})


def without_byline(body: Body, names: Iterable[str]) -> Body:
    """``body`` without a byline among its first blocks: a short one that holds one of ``names``
    and, but for it and a date, next to nothing."""
    folded = [fold_title(name).split() for name in names]
    kept = [b for b in body.blocks[:3] if not _is_byline(fold_title(b.text).split(), folded)]
    return replace(body, blocks=(*kept, *body.blocks[3:]))


def _is_byline(words: list[str], names: list[list[str]]) -> bool:
    if len(words) > _BYLINE_WORDS:
        return False
    left = " ".join(words)
    for name in names:
        left = f" {left} ".replace(f" {' '.join(name)} ", " ").strip()
    if left == " ".join(words):
        return False
    rest = left.split()
    numbers = {at for at, word in enumerate(rest) if any(sign.isdigit() for sign in word)}
    # A date: its numbers and the month between or beside them.
    undated = [w for at, w in enumerate(rest) if not {at - 1, at, at + 1} & numbers]
    return len(undated) <= _BYLINE_REST
