"""Two rows are lined up in order, with as much kept as a person would keep."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archiver.alignment import align

ROWS = some.lists(some.sampled_from("abcdefgh"), max_size=40)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("", "", ""),
        ("abc", "", ""),
        ("abc", "abc", "abc"),
        ("abc", "abxc", "abc"),
        ("xabc", "yabc", "abc"),
        ("abcabc", "abc", "abc"),
        ("axbxc", "aybyc", "abc"),
        ("pqrabc", "abcpqr", "abc"),  # crossed: one of the two
        ("xxaxxbxx", "yyayybyy", "ab"),
        ("abab" * 5, "baba" * 5, "bab" + "abab" * 4),
    ],
)
def test_what_stands_in_both_is_kept_in_order(before: str, after: str, kept: str) -> None:
    pairs = align(before, after)
    assert "".join(before[i] for i, _ in pairs) == kept
    assert "".join(after[j] for _, j in pairs) == kept


@given(ROWS, ROWS)
def test_pairs_are_equal_and_rise_on_both_sides(before: list[str], after: list[str]) -> None:
    pairs = align(before, after)
    assert all(before[i] == after[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))


@given(ROWS, ROWS, ROWS)
def test_what_was_put_in_between_is_all_that_is_new(
    begin: list[str], middle: list[str], end: list[str]
) -> None:
    assert len(align([*begin, *end], [*begin, *middle, *end])) == len(begin) + len(end)


def test_rows_without_a_landmark_are_given_up_in_time() -> None:
    """With every pair tried, this takes hours."""
    before, after = ["a", "b"] * 100_000, ["b", "b", "a"] * 70_000
    began = time.perf_counter()
    assert align(before, after) == []
    assert time.perf_counter() - began < 20
