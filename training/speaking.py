"""How much the words of class names, and of short texts, speak for or against an article's text.

A word counts by the sites that use it, not by its pages: what one site writes a thousand times
says no more than what it writes once. Words of few sites say nothing: no site's own names are
learned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable

from archiver.extract.features import fold_words
from archiver.extract.segments import Segment
from archiver.extract.standing import Words, words_of_wording
from training.labels import Labelled

CLASS_SITES, CLASS_LEAST = 4, 4
TEXT_SITES, TEXT_LEAST = 8, 10
"""Sites that must use a word, and the weight it must have, to be kept. Figures over unseen sites
did not change between 4 and 6 and between 8 and 12."""
_LONGEST = 40
"""Words of a segment beyond which its words are not asked: running text holds them all."""
_PRIOR, _STRENGTH = 0.3, 2.0
"""Share of segments that are text, and how many sites' worth of evidence that is given."""
_SCALE = 16
"""A weight is log-odds in sixteenths."""


def words_from(pages: Iterable[Labelled]) -> Words:
    """The tables that these pages teach."""
    pages = list(pages)
    return Words(
        _table(pages, _class_words, CLASS_SITES, CLASS_LEAST),
        _table(pages, _text_words, TEXT_SITES, TEXT_LEAST),
    )


def _class_words(segment: Segment) -> set[str]:
    return {
        word
        for frame in segment.frame.above()
        if frame.wording
        for word in words_of_wording(frame.wording)
    }


def _text_words(segment: Segment) -> set[str]:
    words = fold_words(segment.text)
    return {word for word in words if len(word) <= 24} if len(words) <= _LONGEST else set()


def _table(
    pages: list[Labelled], words_of: Callable[[Segment], set[str]], sites: int, least: int
) -> dict[str, int]:
    counts: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )
    for page in pages:
        for segment, label in zip(page.segments, page.labels, strict=True):
            if label is None:
                continue
            for word in words_of(segment):
                count = counts[word][page.site]
                count[0] += label
                count[1] += 1
    table: dict[str, int] = {}
    for word, by_site in sorted(counts.items()):
        if len(by_site) < sites:
            continue
        shares = [(kept + _PRIOR) / (seen + 1) for kept, seen in by_site.values()]
        share = (math.fsum(shares) + _STRENGTH * _PRIOR) / (len(shares) + _STRENGTH)
        odds = math.log(share / (1 - share)) - math.log(_PRIOR / (1 - _PRIOR))
        weight = round(odds * _SCALE)
        if abs(weight) >= least:
            table[word] = weight
    return table
