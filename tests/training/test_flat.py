"""A tree as LightGBM dumps it, flat and in whole thousandths."""

from __future__ import annotations

from archiver.extract.features import NAMES
from archiver.extract.judge import Judge
from archiver.extract.standing import Words
from training.flat import flat_tree

DUMPED = {
    "split_feature": 3,
    "threshold": 0.123456789,
    "internal_value": 0.1,
    "left_child": {"leaf_index": 0, "leaf_value": 0.7504},
    "right_child": {
        "split_feature": 1,
        "threshold": 80.00000000000001,
        "internal_value": -0.2,
        "left_child": {"leaf_index": 1, "leaf_value": -1.2346},
        "right_child": {"leaf_index": 2, "leaf_value": 0.25},
    },
}
FLAT = {
    "feature": [3, -1, 1, -1, -1],
    "limit": [0.123457, 0, 80.0, 0, 0],
    "left": [1, 0, 3, 0, 0],
    "right": [2, 0, 4, 0, 0],
    "value": [100, 750, -200, -1235, 250],
}


def test_a_tree_becomes_flat() -> None:
    assert flat_tree(DUMPED) == FLAT


def test_a_tree_that_never_split_is_a_leaf() -> None:
    assert flat_tree({"leaf_value": -0.5}) == {
        "feature": [-1], "limit": [0], "left": [0], "right": [0], "value": [-500],
    }  # fmt: skip


def test_the_judge_reads_what_was_made_flat() -> None:
    judge = Judge(Words({}, {}), (flat_tree(DUMPED),), 1, -99.0, 0.0, "")
    row = [0.0] * len(NAMES)
    row[3] = 0.5
    scores = []
    for chars in (80.0, 81.0):
        row[1] = chars
        scores.append(judge.score(row))
    row[3] = 0.1
    assert [*scores, judge.score(row)] == [-1.235, 0.25, 0.75]
