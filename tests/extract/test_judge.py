"""The judge: a sum of small trees, given up early, explained step by step."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from archiver.extract.features import NAMES, Clues, features_of
from archiver.extract.judge import WEIGHTS, Judge, judge_of, packaged_judge, probability
from archiver.extract.segments import segments_of
from archiver.extract.standing import Words
from tests.pages import PARAGRAPHS, document

CHARS, LINKS = NAMES.index("chars"), NAMES.index("link_share")

LONG_IS_TEXT: dict[str, list[Any]] = {
    "feature": [CHARS, -1, CHARS, -1, -1],
    "limit": [20.5, 0, 100, 0, 0],
    "left": [1, 0, 3, 0, 0],
    "right": [2, 0, 4, 0, 0],
    "value": [-100, -2000, 400, 200, 900],
}
"""Up to 20.5 signs -2, up to 100 signs 0.2, else 0.9."""
LINKS_ARE_NONE: dict[str, list[Any]] = {
    "feature": [LINKS, -1, -1],
    "limit": [0.3, 0, 0],
    "left": [1, 0, 0],
    "right": [2, 0, 0],
    "value": [0, 300, -1500],
}
"""Up to 0.3 of link 0.3, else -1.5."""

JUDGE = Judge(
    words=Words({}, {}),
    trees=(LONG_IS_TEXT, LINKS_ARE_NONE),
    bail_after=1,
    bail_below=-1.5,
    threshold=0.0,
    digest="",
)


def figures(chars: float, link_share: float) -> list[float]:
    row = [0.0] * len(NAMES)
    row[CHARS], row[LINKS] = chars, link_share
    return row


@pytest.mark.parametrize(
    ("chars", "link_share", "score", "is_text"),
    [
        (500, 0.0, 0.9 + 0.3, True),
        (100, 0.3, 0.2 + 0.3, True),  # what is equal to a limit goes left
        (101, 0.3001, 0.9 - 1.5, False),
        (20, 0.0, -2.0, False),  # given up: the second tree is not asked
        (20, 1.0, -2.0, False),
        (21, 1.0, 0.2 - 1.5, False),
    ],
)
def test_score_is_the_sum_of_the_trees(
    chars: float, link_share: float, score: float, is_text: bool
) -> None:
    row = figures(chars, link_share)
    assert JUDGE.score(row) == pytest.approx(score, abs=1e-12)
    assert (JUDGE.score(row) > JUDGE.threshold) is is_text


def test_without_a_bail_every_tree_is_asked() -> None:
    judge = replace(JUDGE, bail_after=0, bail_below=-99.0)
    assert judge.score(figures(20, 0.0)) == pytest.approx(-1.7)
    assert replace(JUDGE, bail_after=2).score(figures(20, 0.0)) == pytest.approx(-1.7)


def test_a_score_that_is_high_enough_needs_no_other_tree() -> None:
    row = figures(500, 1.0)
    assert replace(JUDGE, sure_above=0.899).score(row) == pytest.approx(0.9)
    assert replace(JUDGE, sure_above=0.901).score(row) == pytest.approx(0.9 - 1.5)


def test_reasons_book_each_step_on_the_figure_that_it_asks_for() -> None:
    assert JUDGE.reasons(figures(500, 1.0)) == [("link_share", -1.5), ("chars", 1.0)]
    assert JUDGE.reasons(figures(500, 0.0)) == [("chars", 1.0), ("link_share", 0.3)]
    assert JUDGE.reasons(figures(50, 0.0), most=1) == [("chars", 0.3)]


def test_reasons_of_the_same_weight_stand_in_the_order_of_the_alphabet() -> None:
    twin = {**LINKS_ARE_NONE, "feature": [CHARS, -1, -1]}
    judge = replace(JUDGE, trees=(LINKS_ARE_NONE, twin))
    assert judge.reasons(figures(0, 0)) == [("chars", 0.3), ("link_share", 0.3)]


def weights(**changed: Any) -> str:
    said = {
        "names": list(NAMES),
        "class_words": {"story": 12},
        "text_words": {"share": -30},
        "trees": [LONG_IS_TEXT, LINKS_ARE_NONE],
        "bail_after": 1,
        "bail_below": -1.5,
        "sure_above": 2.5,
        "threshold": 0.0,
    }
    return json.dumps(said | changed)


def test_a_judge_is_what_its_weights_say() -> None:
    judge = judge_of(weights())
    assert judge.trees == JUDGE.trees
    assert (judge.bail_after, judge.bail_below, judge.sure_above) == (1, -1.5, 2.5)
    assert judge.threshold == 0.0
    assert (judge.words.of_classes, judge.words.of_texts) == ({"story": 12}, {"share": -30})
    assert judge.digest == hashlib.sha256(weights().encode()).hexdigest()[:12]
    assert judge.digest != judge_of(weights(threshold=0.1)).digest


@pytest.mark.parametrize("names", [NAMES[:-1], NAMES[::-1], [*NAMES, "one_more"], []])
def test_weights_of_other_figures_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="make train"):
        judge_of(weights(names=list(names)))


def test_what_is_compiled_is_made_of_numbers() -> None:
    spoiled = {**LINKS_ARE_NONE, "limit": ["__import__('os')", 0, 0]}
    with pytest.raises(ValueError, match="could not convert"):
        judge_of(weights(trees=[spoiled])).score(figures(1, 0))


def test_the_packaged_judge_has_whole_trees() -> None:
    judge = packaged_judge()
    assert 0 < judge.bail_after < len(judge.trees)
    assert judge.bail_below < judge.threshold < judge.sure_above
    for tree in judge.trees:
        count = len(tree["feature"])
        assert {len(column) for column in tree.values()} == {count}
        for node, feature in enumerate(tree["feature"]):
            assert -1 <= feature < len(NAMES)
            if feature >= 0:  # children stand after their parent, so that every walk ends
                assert node < tree["left"][node] < count
                assert node < tree["right"][node] < count


def test_the_packaged_judge_is_named_by_its_weights() -> None:
    text = (resources.files("archiver.extract") / WEIGHTS).read_bytes()
    assert packaged_judge().digest == hashlib.sha256(text).hexdigest()[:12]


def test_the_same_page_gets_the_same_scores_and_reasons_from_a_judge_made_anew() -> None:
    menu = '<ul class="menu"><li>Home</li></ul>'
    segments = segments_of(document(f"{menu}<article><h1>T</h1>{PARAGRAPHS}</article>"))
    again = judge_of((resources.files("archiver.extract") / WEIGHTS).read_text(encoding="utf-8"))

    def told(judge: Judge) -> list[object]:
        rows = features_of(segments, Clues(), judge.words)
        return [(judge.score(row), judge.reasons(row)) for row in rows if row is not None]

    assert told(packaged_judge()) == told(again) == told(packaged_judge())


def test_walking_the_trees_and_the_compiled_sum_agree() -> None:
    judge = packaged_judge()
    for row in (figures(chars, share) for chars in (3, 80, 900) for share in (0.0, 0.9)):
        total = 0.0
        for tree in judge.trees:
            node = 0
            while tree["feature"][node] >= 0:
                is_left = row[tree["feature"][node]] <= tree["limit"][node]
                node = tree["left" if is_left else "right"][node]
            total += tree["value"][node]
        asked = replace(judge, bail_below=-math.inf, sure_above=math.inf)
        assert asked.score(row) == pytest.approx(total / 1000)


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.0, 0.5), (-3.0, 0.0474), (3.0, 0.9526), (1e6, 1.0), (-1e6, 0.0)],
)
def test_log_odds_as_a_probability(score: float, expected: float) -> None:
    assert probability(score) == pytest.approx(expected, abs=1e-4)
