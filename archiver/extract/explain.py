"""Why each block of a page is in the article's text, or is not.

Takes the steps by which an article gets its text, and tells what each of them decided and why.
Knows which steps these are; decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archiver.comments import findings
from archiver.dom import Document, Node, fold_space
from archiver.extract.article import grounds_of
from archiver.extract.body import (
    Body,
    Verdict,
    is_told_by_script,
    removed_by,
    source_of,
    verdicts_on,
    without_byline,
)
from archiver.extract.judge import packaged_judge, probability
from archiver.extract.prose import blocks_of
from archiver.extract.segments import Frame, segments_of
from archiver.model import Page, Thread
from archiver.sites import SiteRules

UNSEEN = "links outside the core"
"""Who dropped a segment that is nothing but link, far from the article: no one looked at it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One block of the page, and what became of it."""

    is_kept: bool
    """True when it is in the text."""
    by: str
    """Who decided. ``rule``, ``judge``, ``live blog`` or ``trafilatura`` chose; ``lookalike``,
    ``title``, ``furniture``, ``byline`` and ``json-ld`` dropped what was chosen; at ``links outside
    the core`` nobody looked."""
    probability: float | None
    """That it is text, as the judge holds; None where it was not asked."""
    reasons: tuple[tuple[str, float], ...]
    """The figures (``features.NAMES``) that moved the judge most, with how far each moved the
    log-odds: up is towards text."""
    place: str
    """The elements that hold it, outermost first: ``body > div#main > p.lead``."""
    text: str
    """All of it, white space folded."""


@dataclass(frozen=True, slots=True)
class ToldThread:
    """A thread that the page shows or speaks of."""

    platform: str
    thread_ref: str | None
    shown: int
    """Comments that the page itself shows."""
    declared: int | None
    asks: tuple[str, ...]
    """What a crawl would ask for: method and address."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The text of a page, explained. A page hook that changes it comes after all of this."""

    source: str | None
    """Who chose the text, as ``field_sources`` says it; None when there is none."""
    comment_regions: int
    """Elements that hold readers' comments: cut out beforehand, with all that is in them."""
    removed: int
    """Elements that the site's rules remove: likewise."""
    blocks: tuple[Told, ...]
    """All others, in page order."""
    threads: tuple[ToldThread, ...] = ()
    """What the platforms found. A site's rules may forbid to ask."""


def explain(document: Document, page: Page, rules: SiteRules) -> Explanation:
    """Why the text of a page is what ``extract_document`` makes it. The tree stays as it is."""
    grounds = grounds_of(document, page, rules)
    regions, clues = grounds.comments.regions, grounds.clues
    removed = removed_by(document, grounds.layout)
    verdicts = verdicts_on(document, grounds.layout, regions, clues, rules.furniture, grounds.posts)
    source = source_of(verdicts)
    if source == "rule":
        verdicts = _with_the_rest(document, frozenset(regions) | removed, verdicts)
    elif is_told_by_script([v.segment for v in verdicts if v.is_kept], clues):
        source = "json-ld"
        verdicts = [replace(v, is_kept=False, by=source) if v.is_kept else v for v in verdicts]
    verdicts = _without_byline(verdicts, grounds.signatures)
    return Explanation(
        source,
        len(regions),
        len(removed),
        tuple(map(_told, verdicts)),
        tuple(_threads(document, grounds.comments.thread)),
    )


def _threads(document: Document, shown: Thread | None) -> Iterator[ToldThread]:
    """The thread that the page shows, and those that it speaks of."""
    found = dict(findings(document))
    if shown is not None and shown.platform not in found:
        yield ToldThread(shown.platform, shown.thread_ref, len(shown.comments), shown.declared, ())
    for platform, finding in found.items():
        is_shown = shown is not None and shown.platform == platform
        yield ToldThread(
            platform,
            finding.thread_ref,
            len(shown.comments) if shown is not None and is_shown else 0,
            finding.declared,
            tuple(f"{ask.method} {ask.url}" for ask in finding.asks),
        )


def _with_the_rest(
    document: Document, without: frozenset[Node], ruled: list[Verdict]
) -> list[Verdict]:
    """The verdicts of a rule, and between them the segments that it did not choose."""
    chosen: dict[Node, list[Verdict]] = {}
    for verdict in ruled:
        *_, outermost = verdict.segment.frame.above()
        chosen.setdefault(outermost.node, []).append(verdict)
    told: list[Verdict] = []
    waiting = dict(chosen)
    for segment in segments_of(document, without):
        root = next((f for f in segment.frame.above() if f.node in chosen), None)
        if root is None:
            told.append(Verdict(segment, is_kept=False, by="rule"))
        else:
            told += waiting.pop(root.node, ())
    # What a rule finds within a line, or in an element that is silent elsewhere, holds no block of
    # the page's own.
    return [*told, *(verdict for verdicts in waiting.values() for verdict in verdicts)]


def _without_byline(verdicts: list[Verdict], names: tuple[str, ...]) -> list[Verdict]:
    """A byline at the head of the text is dropped once the text is printed: found by its words."""
    blocks, _ = blocks_of((v.segment for v in verdicts if v.is_kept), lambda _: None)
    left = without_byline(Body(blocks), names).blocks
    dropped = [block.text for block in blocks[:3] if block not in left[:3]]
    words = {fold_space(part) for text in dropped for part in (text, *text.split("\n"))}
    found = []
    for verdict in verdicts:
        is_byline = verdict.is_kept and verdict.segment.text in words
        if is_byline:
            words.remove(verdict.segment.text)
        found.append(replace(verdict, is_kept=False, by="byline") if is_byline else verdict)
    return found


def _told(verdict: Verdict) -> Told:
    figures, score = verdict.figures, verdict.score
    is_unseen = verdict.by == "judge" and figures is None
    return Told(
        is_kept=verdict.is_kept,
        by=UNSEEN if is_unseen else verdict.by,
        probability=None if score is None else round(probability(score), 3),
        reasons=() if figures is None else tuple(packaged_judge().reasons(figures)),
        place=" > ".join(reversed(list(_steps(verdict.segment.frame)))),
        text=verdict.segment.text,
    )


def _steps(frame: Frame) -> Iterator[str]:
    """The elements around a segment as CSS writes them, innermost first."""
    for around in frame.above():
        own_id = (around.node.get("id") or "").split()
        classes = (around.node.get("class") or "").split()
        yield around.tag + "".join([*(f"#{i}" for i in own_id[:1]), *(f".{c}" for c in classes)])
