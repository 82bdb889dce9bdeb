"""Trafilatura's choice among the segments of a page, for pages at which the judge is at a loss.

Knows how Trafilatura is called so that a page leaves nothing behind for the next one: a fresh
option object and an explicit latest date (its own default asks the clock), no deduplication (the
only state it keeps between pages), no metadata, and its comment extraction off.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import chain

from trafilatura.core import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

from archiver.dom import Document, Node
from archiver.extract.features import fold_words
from archiver.extract.segments import Segment

_MOST_ELEMENTS = 20_000
"""Trafilatura takes time in the square of some pages' size (25 s for 7 MB of empty elements); the
largest of 1,354 real pages has 9,748 elements."""
_DEEPEST = 250
"""Elements nested to libxml2's bound of 2,048 held it for 18 s; the deepest segment of those pages
has 41 above it."""
_RUN = 3
_AGREED = 0.8
"""Share of a segment's runs of three words that its text must hold."""


def second_opinion(
    document: Document, without: frozenset[Node], segments: list[Segment]
) -> list[Segment]:
    """Those of ``segments`` that Trafilatura finds in the page without the elements ``without``;
    none for a page too large or too deep to ask."""
    if not segments or max(segment.frame.depth for segment in segments) > _DEEPEST:
        return []
    if sum(1 for _ in document.tree.iter()) > _MOST_ELEMENTS:
        return []
    words = fold_words(_text_of(document, without))
    said = frozenset(chain(*(_runs(words, length) for length in (1, 2, _RUN))))
    return [segment for segment in segments if _agrees(fold_words(segment.text), said)]


def _text_of(document: Document, without: frozenset[Node]) -> str:
    tree = deepcopy(document.tree)
    if without:
        pairs = zip(document.tree.iter(), tree.iter(), strict=True)
        for twin in [copied for node, copied in pairs if node in without]:
            if twin.getparent() is not None:
                twin.drop_tree()
    options = Extractor(
        fast=True,  # without jusText, whose word lists take longer to load than a page to read
        comments=False,
        tables=True,
        url=document.url,
        date_params={"max_date": document.captured_at.strftime("%Y-%m-%d")},
    )
    result = bare_extraction(tree, options=options)
    # Its ``text`` is None unless the options name the format "python".
    return (result.raw_text or "") if isinstance(result, Extracted) else ""


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def _agrees(words: list[str], said: frozenset[tuple[str, ...]]) -> bool:
    """True when nearly all runs of words are said; of fewer than three words, those as they are."""
    own = list(_runs(words, min(len(words), _RUN))) if words else []
    return bool(own) and sum(run in said for run in own) >= _AGREED * len(own)
