"""Which segments of a page are its article's text: a learned judge, and why it judged so.

The judge is a sum of small decision trees (gradient boosting) over the figures of ``features``,
trained by ``make train`` on a corpus of pages with gold; ``judge.json`` beside this file holds its
weights. Knows how the trees are evaluated; not how they were grown.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final, cast

from archiver.extract.features import NAMES, SHARES
from archiver.extract.standing import Words

WEIGHTS: Final = "judge.json"

_Tree = dict[str, list[Any]]


@dataclass(frozen=True)
class Judge:
    """The weights, and what they were made of."""

    words: Words
    """What class names, and the words of short segments, speak for or against a text."""
    trees: tuple[_Tree, ...]
    """Flat trees: ``feature`` (-1 at a leaf), ``limit``, ``left``, ``right``, ``value``."""
    bail_after: int
    """After so many trees the others need not be asked."""
    bail_below: float
    """A score below this is given up: nothing that belonged to a text ever had one so low."""
    threshold: float
    """A score above this is text. Scores are log-odds."""
    digest: str
    """SHA-256 of the weights, first 12 hex digits."""
    sure_above: float = math.inf
    """A score above this is text already: none so high ever fell below the threshold."""

    @cached_property
    def _sums(self) -> tuple[Callable[..., int], Callable[..., int]]:
        head, tail = self.trees[: self.bail_after], self.trees[self.bail_after :]
        return _compiled(head), _compiled(tail)

    def score(self, figures: list[float]) -> float:
        """Log-odds that a segment with these figures is text of the article; of those that
        ``bail_after`` trees have settled, as those see it."""
        head, tail = self._sums
        score = head(*figures) / _SCALE
        is_open = self.bail_below <= score <= self.sure_above
        return score + tail(*figures) / _SCALE if is_open else score

    def reasons(self, figures: list[float], most: int = 4) -> list[tuple[str, float]]:
        """The figures that moved the score most, with their share of it, largest first.

        Each step down a tree is booked on the figure it asks for (Saabas 2014): the difference
        between what is expected below and what was expected above.
        """
        booked: dict[str, float] = {}
        for tree in self.trees:
            node = 0
            while tree["feature"][node] >= 0:
                feature = tree["feature"][node]
                goes_left = figures[feature] <= tree["limit"][node]
                below = tree["left"][node] if goes_left else tree["right"][node]
                change = tree["value"][below] - tree["value"][node]
                booked[NAMES[feature]] = booked.get(NAMES[feature], 0.0) + change
                node = below
        ranked = sorted(booked.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
        return [(name, round(change / _SCALE, 2)) for name, change in ranked[:most]]


_SCALE: Final = 1000.0
"""Values are kept as whole thousandths: short in the file, and exact on any machine."""


@cache
def packaged_judge() -> Judge:
    """The judge that is part of this package."""
    text = (resources.files("archiver.extract") / WEIGHTS).read_text(encoding="utf-8")
    return judge_of(text)


def judge_of(text: str) -> Judge:
    """The judge whose weights ``text`` states; ValueError when they are of other figures."""
    said = json.loads(text)
    if tuple(said["names"]) != NAMES:
        raise ValueError("these weights were trained on other figures: run make train again")
    return Judge(
        words=Words(said["class_words"], said["text_words"]),
        trees=tuple(said["trees"]),
        bail_after=said["bail_after"],
        bail_below=said["bail_below"],
        sure_above=said["sure_above"],
        threshold=said["threshold"],
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _compiled(trees: tuple[_Tree, ...]) -> Callable[..., int]:
    """The sum of the trees as one Python function of the figures, ten times as fast as a loop over
    their nodes: each figure is a local name, and compared with a number of its own kind.

    What is compiled is made of numbers only.
    """
    terms = "+".join(_expression(tree, 0) for tree in trees) or "0"
    names = ",".join(f"v{number}" for number in range(len(NAMES)))
    function = eval(f"lambda {names}: {terms}")  # noqa: S307 - numbers of our own file
    return cast("Callable[..., int]", function)


def _expression(tree: _Tree, node: int) -> str:
    feature = int(tree["feature"][node])
    if feature < 0:
        return str(int(tree["value"][node]))
    limit = tree["limit"][node]
    told = repr(float(limit)) if NAMES[feature] in SHARES else str(math.floor(limit))
    left, right = (_expression(tree, tree[side][node]) for side in ("left", "right"))
    return f"({left} if v{feature}<={told} else {right})"


def probability(score: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
