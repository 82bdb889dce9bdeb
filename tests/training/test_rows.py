"""What is tested in a fold was learned from the others."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from archiver.extract.features import NAMES, features_of
from archiver.extract.standing import Words
from tests.pages import PARAGRAPHS
from tests.training.pages import labelled_page
from training import rows
from training.labels import Labelled
from training.rows import FOLDS, Rows, fold_of, held_out_rows, rows_of

WORDS = Words({"story": 20}, {})
MENU = '<ul><li><a href="/">Home of the news</a></li></ul>'
PAGE = f'{MENU}<div class="story">{PARAGRAPHS}</div>'
LABELS: list[bool | None] = [False, True, True, True]


def test_the_fold_of_a_site_never_changes() -> None:
    assert [fold_of(site) for site in ("paper.example", "news.example", "b.example")] == [0, 4, 3]
    assert {fold_of(f"site{number}.example") for number in range(99)} == set(range(FOLDS))


def test_rows_are_of_the_segments_that_the_judge_looks_at() -> None:
    page = labelled_page("a.example", PAGE, LABELS)
    found = rows_of(page, WORDS)
    looked_at = [row for row in features_of(page.segments, page.clues, WORDS) if row is not None]
    assert found.numbers == [1, 2, 3]
    assert found.figures.shape == (3, len(NAMES))
    assert np.allclose(found.figures, looked_at)


def test_a_page_without_segments_has_no_rows() -> None:
    assert rows_of(labelled_page("a.example", "", []), WORDS).figures.shape == (0, len(NAMES))


def test_no_site_teaches_the_words_that_it_is_tested_with(monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[set[str]] = []

    def words_from(pages: Iterable[Labelled]) -> Words:
        taught.append({page.site for page in pages})
        return Words({str(len(taught) - 1): 0}, {})

    learned_by: dict[str, set[str]] = {}

    def rows_of(page: Labelled, words: Words) -> Rows:
        (name,) = words.of_classes
        learned_by[page.site] = taught[int(name)]
        return Rows(page, [], np.zeros((0, len(NAMES))))

    monkeypatch.setattr(rows, "words_from", words_from)
    monkeypatch.setattr(rows, "rows_of", rows_of)
    pages = [labelled_page(f"site{number}.example", PAGE, LABELS) for number in range(20)]
    found = held_out_rows(pages)
    assert [row.page for row in found] == pages
    for page in pages:
        others = {other.site for other in pages if fold_of(other.site) != fold_of(page.site)}
        assert learned_by[page.site] == others
