"""What the frames around a segment say of it: tags, class words, the place in lists.

Knows how class names are read as words and how they are handed down from frame to frame; what a
word speaks for is told by the weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from archiver.extract.segments import Frame

AROUND: Final = {
    "article": 1, "main": 2, "aside": 4, "nav": 8, "footer": 16, "header": 32, "figure": 64,
    "form": 128, "ul": 256, "ol": 512, "table": 1024, "blockquote": 2048, "section": 4096,
    "figcaption": 64, "dl": 8192, "h1": 16384, "h2": 16384, "h3": 16384,
}  # fmt: skip
"""Bits of the tags that say something of all below them."""

_LISTS: Final = frozenset({"ul", "ol", "dl", "table"})
_PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SPOKEN: Final = re.compile(r"[A-Za-z_:-]+(?:[-_]?\d{1,4})?")
"""A name made of words, not of the letters and digits that a build tool rolled."""
_MOST_WORDINGS: Final = 50_000
"""A site has some thousand wordings; a process reads many sites."""


@lru_cache(maxsize=65536)
def words_of_wording(wording: str) -> tuple[str, ...]:
    """The words that name an element: each class and id whole, and the parts it is made of."""
    found: dict[str, None] = {}
    for name in wording.split()[:24]:
        lower = name.lower()
        if len(lower) <= 40:
            found[lower] = None
        if _SPOKEN.fullmatch(name):
            for part in _PART.findall(name):
                if len(part) > 2:
                    found["-" + part.lower()] = None
    return tuple(found)


class Words:
    """How much words speak for (above 0) or against (below 0) an article's text."""

    __slots__ = ("_spoken", "of_classes", "of_texts")

    def __init__(self, of_classes: Mapping[str, int], of_texts: Mapping[str, int]) -> None:
        self.of_classes = of_classes
        self.of_texts = of_texts
        self._spoken: dict[str, tuple[int, int]] = {}

    def of_wording(self, wording: str) -> tuple[int, int]:
        """(lowest, highest) of what the words of a wording speak."""
        spoken = self._spoken.get(wording)
        if spoken is None:
            values = [self.of_classes.get(word, 0) for word in words_of_wording(wording)]
            spoken = min([0, *values]), max([0, *values])
            if len(self._spoken) > _MOST_WORDINGS:
                self._spoken.clear()
            self._spoken[wording] = spoken
        return spoken


class Standing:
    """What a frame hands down to its segments."""

    __slots__ = (
        "all_low", "all_sum", "around", "high", "listed", "low", "near_high", "near_low", "path",
    )  # fmt: skip

    def __init__(self, frame: Frame, above: Standing | None, words: Words) -> None:
        low, high = words.of_wording(frame.wording) if frame.wording else (0, 0)
        self.low, self.high = low, high
        """What its own words speak."""
        around = AROUND.get(frame.tag, 0)
        self.listed: Frame | None
        """The nearest list or table around."""
        if above is None:
            self.around = around
            self.near_low, self.near_high, self.all_low, self.all_sum = low, high, low, low + high
            self.path: int = hash(frame.tag)
            """Equal for frames whose tags and wordings are, all the way up, in one ``article``."""
            self.listed = None
        else:
            self.around = above.around | around
            # Half of what is above counts, half of that one further up: near frames say more.
            self.near_low = min(low, above.near_low // 2)
            self.near_high = max(high, above.near_high // 2)
            self.all_low = min(low, above.all_low)
            self.all_sum = above.all_sum + low + high
            # What stands in another article is on another path, however alike.
            which = frame.first if frame.tag == "article" else 0
            self.path = hash((above.path, frame.tag, frame.wording, which))
            self.listed = frame if frame.tag in _LISTS else above.listed


class Standings:
    """The standing of each frame, made when it is first asked for."""

    __slots__ = ("_known", "_words")

    def __init__(self, words: Words) -> None:
        self._words = words
        self._known: dict[Frame, Standing] = {}

    def of(self, frame: Frame) -> Standing:
        """The standing of ``frame``."""
        standing = self._known.get(frame)
        if standing is not None:
            return standing
        chain: list[Frame] = []
        place: Frame | None = frame
        while place is not None and place not in self._known:
            chain.append(place)
            place = place.parent
        above = self._known[place] if place is not None else None
        for inner in reversed(chain):
            above = self._known[inner] = Standing(inner, above, self._words)
        return self._known[frame]
