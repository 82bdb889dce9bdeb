"""What can be seen of a segment without reading it: its place, its shape, its company.

Nearly every figure here is structural (tags, class words, lengths, links, position, repetition,
agreement with what the page says of itself), so that it holds in any language. Knows nothing of
what the figures mean: ``judge`` weighs them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archiver.extract.segments import Frame, Segment
from archiver.extract.standing import AROUND, Standings, Words
from archiver.words import UNSPACED

NAMES: Final = (
    # the text
    "tag", "chars", "words", "link_share", "copies",
    # agreement with what the page says of itself
    "is_title", "title_share", "in_description", "claims_news",
    # what the words of a short text speak
    "text_words_low", "text_words_sum", "first_word",
    # the frames around it
    "in_tag", "list_size", "list_link_share", "images_before", "outer_images", "depth",
    "frame_link_share", "outer_chars", "outer_link_share", "outer_segments", "twins",
    "own_words_low", "own_words_high", "near_words_low", "near_words_high", "all_words_low",
    "all_words_sum",
    # the place on the page
    "place", "chars_after", "after_title", "core_distance", "core_height", "core_side",
    "core_share", "core_start", "core_end", "good_before", "good_after", "same_path", "path_chars",
    "good_total", "count",
    # the neighbours
    "previous_tag", "previous_link_share", "next_tag", "next_chars", "next_link_share",
)  # fmt: skip
"""The figures, in their order. Figures that gained nothing on sites the judge had not seen are not
here: sentence ends, capitals, digits, signs of address, bold, the signatures, ``articleBody``."""

SHARES: Final = frozenset([
    "link_share", "is_title", "title_share", "in_description", "claims_news", "list_link_share",
    "frame_link_share", "outer_link_share", "place", "core_share", "same_path", "path_chars",
    "previous_link_share", "next_link_share",
])  # fmt: skip
"""Figures between 0 and 1; all others are whole numbers."""

TAGS: Final = {
    name: number
    for number, name in enumerate(
        ("other", "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "blockquote",
         "figcaption", "div", "section", "article", "header", "footer", "pre", "dd", "dt", "aside",
         "main", "figure", "summary", "body", "caption", "address", "form", "center", "nav"),
    )
}  # fmt: skip
_SENTENCE_END: Final = frozenset(".!?。！？।؟۔")
_QUOTED_END: Final = "\"”»’')]“«"
_ASIDE: Final = AROUND["aside"] | AROUND["nav"] | AROUND["footer"]
_GOOD_CHARS: Final = 60
"""A run this long that ends a sentence and is hardly link is a paragraph on any page."""
_ALL_LINK: Final = 0.8
"""Outside the core and linked beyond this: half of all segments, one in 200 of those of texts."""
_SHORT_WORDS: Final = 40
"""Running text is longer, and holds words that speak for anything."""
_LONGEST_CLAIM: Final = 500
"""Signs; titles and descriptions are shorter."""
_NOTHING: Final = (0, 0, 0)
_FAR: Final = 999
_SAMPLES, _SAMPLE = 20, 60
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_UNSPACED_SHARE: Final = 0.3
_UNSPACED_WORTH: Final = 3
"""A Chinese news text has a third of the signs of its English translation."""
_MOST_CHARS: Final = 20_000
_MOST_SEGMENTS: Final = 150
_MOST_TWINS: Final = 60
_MOST_AFTER: Final = 5_000
"""Nine pages of ten have less text and fewer segments. Beyond, a page is just long, and what the
judge has seen of the few longer ones must not tell it where a long text ends."""
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Clues:
    """What a page says of itself, as far as it tells which text is the article's."""

    titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    claimed_body: str = ""
    """``articleBody`` of its JSON-LD."""
    is_news: bool = False
    """True when it calls itself a newspaper's article."""


def fold_words(text: str) -> list[str]:
    """``text`` as words that can be compared."""
    return _WORD.findall(text.casefold())


def is_good(segment: Segment, worth: int = 1) -> bool:
    """True for a run of running text: long, ending a sentence, hardly link. ``worth``: how many
    letters a sign stands for (``worth_of``)."""
    text = segment.text
    letters = worth * len(text)
    if letters < _GOOD_CHARS or segment.link_chars * 3 >= len(text):
        return False
    # Thai ends a sentence with a blank.
    return ends_sentence(text) or (worth > 1 and letters >= 3 * _GOOD_CHARS)


def worth_of(texts: list[str]) -> int:
    """How many letters of a spaced script one sign of this page stands for."""
    longest = sorted(texts, key=len, reverse=True)[:_SAMPLES]
    sample = "".join([text[:_SAMPLE] for text in longest])
    if sample.isascii() or len(_UNSPACED.findall(sample)) < _UNSPACED_SHARE * len(sample):
        return 1
    return _UNSPACED_WORTH


def ends_sentence(text: str) -> bool:
    """True when ``text`` ends as a sentence does, closing quotes aside."""
    return text[-1] in _SENTENCE_END or (
        text[-1] in _QUOTED_END and len(text) > 1 and text[-2] in _SENTENCE_END
    )


def core_of(segments: list[Segment], good: list[bool], standings: Standings) -> Frame | None:
    """The frame that the article's paragraphs most likely stand in.

    Running text votes for the frame around its paragraph, with less for those further up
    (readability's idea); what stands under words that speak against it votes less.
    """
    votes: dict[Frame, float] = {}
    for segment, counts in zip(segments, good, strict=True):
        if not counts:
            continue
        standing = standings.of(segment.frame)
        weight = float(len(segment.text) - segment.link_chars)
        if standing.all_low < -20:
            weight *= 0.25
        if standing.around & _ASIDE:
            weight *= 0.25
        holder = segment.frame if segment.frame.tag == "div" else segment.frame.parent
        for share in (1.0, 0.7, 0.4, 0.2):
            if holder is None:
                break
            votes[holder] = votes.get(holder, 0.0) + weight * share
            holder = holder.parent
    return max(votes, key=lambda frame: votes[frame]) if votes else None


def features_of(segments: list[Segment], clues: Clues, words: Words) -> list[list[float] | None]:
    """The figures of ``NAMES`` for each segment; None for one that is nothing but link and stands
    outside the article's core."""
    if not segments:
        return []
    standings = Standings(words)
    texts = [segment.text for segment in segments]
    worth = worth_of(texts)
    good = [is_good(segment, worth) for segment in segments]
    core = core_of(segments, good, standings)
    heights = {frame: height for height, frame in enumerate(core.above())} if core else {}
    core_chars = core.chars if core else 0
    core_first, core_last = (core.first, core.last) if core else (0, len(segments))

    lengths = [worth * len(text) for text in texts]
    shares = [s.link_chars / len(text) for s, text in zip(segments, texts, strict=True)]
    tags = [TAGS.get(segment.frame.tag, 0) for segment in segments]
    next_good = _next_good(good)
    total, all_chars = len(segments), sum(lengths)
    copies = Counter(texts)
    twins = Counter([(f.parent, f.tag, f.wording) for f in {s.frame for s in segments}])
    paths: Counter[int] = Counter()
    for segment, length, counts in zip(segments, lengths, good, strict=True):
        if counts:
            paths[standings.of(segment.frame).path] += length
    best_path = paths.most_common(1)[0][0] if paths else None
    good_total = paths.total()

    claims = _Claims(clues)
    title_at = claims.place_of_title(texts)
    distances: dict[Frame, tuple[int, int]] = {}
    rows: list[list[float] | None] = []
    chars_after = all_chars
    last_good = -1
    for number, segment in enumerate(segments):
        frame, text, length, share = segment.frame, texts[number], lengths[number], shares[number]
        distance = distances.get(frame)
        if distance is None:
            distance = distances[frame] = _distance(frame, heights)
        if distance[1] > 0 and share > _ALL_LINK:
            rows.append(None)
        else:
            standing = standings.of(frame)
            parent = frame.parent or frame
            outer = parent.parent or parent
            listed = standing.listed
            # Only what may be a title, a description or a short text is read at all.
            folded = fold_words(text) if len(text) <= _LONGEST_CLAIM else []
            count = text.count(" ") + 1 if worth == 1 else length // 6
            before, after = number - 1, number + 1
            is_last = after == total
            rows.append([
                tags[number], min(length, 5000), count, share, copies[text],
                *claims.agreement(folded),
                *(_spoken(folded, words.of_texts) if 0 < len(folded) <= _SHORT_WORDS else _NOTHING),
                standing.around,
                min(listed.last - listed.first, _MOST_SEGMENTS) if listed is not None else 0,
                listed.link_chars / (listed.chars or 1) if listed is not None else 0.0,
                segment.images_before, parent.images, frame.depth,
                frame.link_chars / (frame.chars or 1),
                min(parent.chars, _MOST_CHARS), parent.link_chars / (parent.chars or 1),
                min(outer.last - outer.first, _MOST_SEGMENTS),
                min(twins[(frame.parent, frame.tag, frame.wording)], _MOST_TWINS),
                standing.low, standing.high, standing.near_low, standing.near_high,
                standing.all_low, standing.all_sum,
                number / total, min(chars_after, _MOST_AFTER),
                min(number - title_at, _MOST_SEGMENTS) if title_at >= 0 else -_FAR,
                distance[0], distance[1],
                -1 if number < core_first else (1 if number >= core_last else 0),
                core_chars / all_chars, min(number - core_first, _MOST_TWINS),
                min(core_last - number, _MOST_TWINS),
                number - last_good if last_good >= 0 else _FAR,
                min(next_good[number] - number, _FAR),
                float(standing.path == best_path), paths[standing.path] / (good_total or 1),
                min(good_total, _MOST_CHARS), min(total, _MOST_SEGMENTS),
                tags[before] if number else -1, shares[before] if number else 0.0,
                -1 if is_last else tags[after], 0 if is_last else min(lengths[after], 2000),
                0.0 if is_last else shares[after],
            ])  # fmt: skip
        chars_after -= length
        if good[number]:
            last_good = number
    return rows


class _Claims:
    """The clues, folded once for the page, and how far a segment agrees with them."""

    __slots__ = ("_descriptions", "_is_news", "_title_words", "_titles")

    def __init__(self, clues: Clues) -> None:
        self._titles = {" ".join(fold_words(title)) for title in clues.titles} - {""}
        self._title_words = frozenset(word for title in self._titles for word in title.split())
        folded = (" ".join(fold_words(text)) for text in clues.descriptions)
        self._descriptions = [text for text in folded if len(text) > 20]
        self._is_news = float(clues.is_news)

    def place_of_title(self, texts: list[str]) -> int:
        """Number of the first segment that is a title; -1 where none is."""
        if not self._titles:
            return -1
        least, most = min(map(len, self._titles)), 2 * max(map(len, self._titles)) + 8
        for number, text in enumerate(texts):
            if least <= len(text) <= most and " ".join(fold_words(text)) in self._titles:
                return number
        return -1

    def agreement(self, words: list[str]) -> tuple[float, float, float, float]:
        """From ``is_title`` to ``claims_news``, in the order of ``NAMES``."""
        if not words:
            return 0.0, 0.0, 0.0, self._is_news
        joined = " ".join(words)
        title_share = sum([word in self._title_words for word in words]) / len(words)
        is_title = float(joined in self._titles)
        return is_title, title_share, self._described(joined), self._is_news

    def _described(self, joined: str) -> float:
        """1.0 for a description itself or its beginning, less for a part of one."""
        best = 0.0
        if len(joined) < 20:
            return best
        for description in self._descriptions:
            if joined.startswith(description):
                return 1.0
            if joined in description:
                best = max(best, len(joined) / len(description))
        return best


def _next_good(good: list[bool]) -> list[int]:
    """For each place the next one that is good, far off when there is none."""
    found = [0] * len(good)
    place = len(good) + _FAR
    for number in range(len(good) - 1, -1, -1):
        found[number] = place
        if good[number]:
            place = number
    return found


def _spoken(words: list[str], weights: Mapping[str, int]) -> tuple[int, int, int]:
    """(lowest, sum, first) of what the words of a short segment speak."""
    spoken = [weights.get(word, 0) for word in words]
    return min(spoken), sum(spoken), spoken[0]


def _distance(frame: Frame, heights: Mapping[Frame, int]) -> tuple[int, int]:
    """(how far below, how far above the core) the nearest frame around both stands: (1, 0) for a
    paragraph right in it."""
    for below, place in enumerate(frame.above()):
        height = heights.get(place)
        if height is not None:
            return below, height
    return 99, 99
