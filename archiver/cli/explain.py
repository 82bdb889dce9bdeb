"""``archiver extract --explain``: why each block of a page is in the text or not, printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archiver.cli.printing import counted, visible
from archiver.config import ReadLimits
from archiver.dom import fold_space, parse
from archiver.model import Page
from archiver.sites import SiteRules

if TYPE_CHECKING:
    from archiver.extract.explain import Explanation, Told

_SHOWN_TEXT = 80
_SHOWN_STEPS = 3
"""Elements around a block: what is further out is in the JSON."""


def explanation_of(page: Page, rules: SiteRules) -> Explanation:
    """The page is read here, outside of any worker: for pages that one has read unharmed."""
    from archiver.extract.explain import explain  # noqa: PLC0415 - Trafilatura takes long

    return explain(parse(page, limit_bytes=ReadLimits().page_bytes), page, rules)


def facts(url: str, explanation: Explanation, text_source: str | None) -> dict[str, Any]:
    """The explanation for a script."""
    told = asdict(explanation)
    blocks = [
        {**block, "reasons": [{"figure": name, "change": by} for name, by in block["reasons"]]}
        for block in told.pop("blocks")
    ]
    return {"url": url, "text_source": text_source, **told, "blocks": blocks}


def lines(url: str, explanation: Explanation, text_source: str | None) -> Iterator[str]:
    """The explanation for a person."""
    blocks = explanation.blocks
    kept = sum(block.is_kept for block in blocks)
    yield url
    yield f"{counted(len(blocks), 'block')}, {kept} in the text, chosen by: {explanation.source}"
    yield (
        f"cut out beforehand: {counted(explanation.comment_regions, 'region')} of comments, "
        f"{counted(explanation.removed, 'element')} by rules"
    )
    if explanation.source == "json-ld":
        yield "the page shows next to nothing: its text is the one that its JSON-LD states"
    if text_source != explanation.source:
        yield f"the text has another source in the end: {text_source}"
    for thread in explanation.threads:
        declared = "" if thread.declared is None else f" of {thread.declared}"
        yield f"comments by {thread.platform}: {thread.shown}{declared} in the page"
        yield from (f"    a crawl asks for the rest: {ask}" for ask in thread.asks)
    yield ""
    for block in blocks:
        yield from _block_lines(block)


def _block_lines(block: Told) -> Iterator[str]:
    fate = "+ kept   " if block.is_kept else "- dropped"
    sure = "" if block.probability is None else f" {block.probability:.0%}"
    place = " > ".join(block.place.split(" > ")[-_SHOWN_STEPS:])
    yield f"{fate} {block.by}{sure}  {visible(place)}"
    yield f'    "{_short(visible(fold_space(block.text)))}"'
    if block.reasons:
        yield "    " + ", ".join(f"{name} {change:+.1f}" for name, change in block.reasons)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_TEXT else text[: _SHOWN_TEXT - 1].rstrip() + "…"
