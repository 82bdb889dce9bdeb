"""The figures of labelled pages, fold by fold, so that no site teaches what it is tested with.

Knows folds and the words that each learns; not how trees are grown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from archiver.extract.features import NAMES, features_of
from archiver.extract.standing import Words
from training.labels import Labelled
from training.speaking import words_from

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The figures of one page's segments that the judge looks at."""

    page: Labelled
    numbers: list[int]
    """Which segments they are."""
    figures: np.ndarray


def fold_of(site: str) -> int:
    """Which fold a site is tested in."""
    return int(hashlib.sha1(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def rows_of(page: Labelled, words: Words) -> Rows:
    """The figures of one page."""
    found = features_of(page.segments, page.clues, words)
    numbers = [number for number, row in enumerate(found) if row is not None]
    kept = [row for row in found if row is not None]
    figures = np.array(kept, dtype=np.float32).reshape(len(kept), len(NAMES))
    return Rows(page, numbers, figures)


def held_out_rows(pages: list[Labelled]) -> list[Rows]:
    """The figures of all pages, each with the words that the other folds' pages teach: otherwise
    the trees would learn to trust words more than unseen sites allow."""
    rows: dict[str, Rows] = {}
    for fold in range(FOLDS):
        words = words_from(page for page in pages if fold_of(page.site) != fold)
        for page in pages:
            if fold_of(page.site) == fold:
                rows[page.id] = rows_of(page, words)
    return [rows[page.id] for page in pages]
