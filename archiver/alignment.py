"""Two rows of words lined up: which are kept, in an order that holds on both sides.

Knows equality only. As in patience diff (Bram Cohen, 2008): what is equal at both ends, then what
occurs once in each row, then the same in each gap between. That is linear in the length of the
rows for each level of gaps. (``difflib`` compares each word with each of its likes: with every
``the`` of a megabyte that takes minutes.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

LEVELS = 40
"""Gaps within gaps that are looked into. Edited texts need 2, unrelated ones of 7 and 2 MB 6;
rows made to be slow are given up here."""
CELLS = 10_000
"""Words before times words after, up to which every pair is tried in a gap in which no word occurs
once on both sides. (Edited texts find all they share with 100; 345 KB of such gaps of the
largest size take 2.4 s.)"""

Pair = tuple[int, int]
"""Places, in the row before and in the row after, of something kept."""


def align(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Places of entries that stand in both, rising on both sides."""
    pairs: list[Pair] = []
    gaps = [(0, len(before), 0, len(after), 0)]
    while gaps:
        left, left_end, right, right_end, level = gaps.pop()
        while left < left_end and right < right_end and before[left] == after[right]:
            pairs.append((left, right))
            left, right = left + 1, right + 1
        while (
            left < left_end and right < right_end and before[left_end - 1] == after[right_end - 1]
        ):
            left_end, right_end = left_end - 1, right_end - 1
            pairs.append((left_end, right_end))
        if left == left_end or right == right_end:
            continue
        span = (range(left, left_end), range(right, right_end))
        anchors = _anchors(before, after, *span) if level < LEVELS else []
        if not anchors:
            if len(span[0]) * len(span[1]) <= CELLS:
                pairs += _longest_common(before, after, *span)
            continue
        pairs += anchors
        for i, j in [*anchors, (left_end, right_end)]:
            gaps.append((left, i, right, j, level + 1))
            left, right = i + 1, j + 1
    return sorted(pairs)


def _anchors(before: Sequence[str], after: Sequence[str], left: range, right: range) -> list[Pair]:
    """Entries that occur once on each side: as many as stand in the same order on both."""
    counts = Counter(before[left.start : left.stop])
    others = Counter(after[right.start : right.stop])
    place = {after[j]: j for j in right if others[after[j]] == 1}
    once = [(i, place[before[i]]) for i in left if counts[before[i]] == 1 and before[i] in place]
    # The longest rising row of their places after: patience sorting. In ``tops`` the pile on which
    # a card lies; ``below`` leads from each card to the one it follows.
    tops: list[int] = []
    cards: list[int] = []
    below: list[int] = []
    for number, (_, j) in enumerate(once):
        pile = bisect_left(tops, j)
        below.append(cards[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        cards[pile : pile + 1] = [number]
    rising: list[Pair] = []
    number = cards[-1] if cards else -1
    while number >= 0:
        rising.append(once[number])
        number = below[number]
    return rising[::-1]


def _longest_common(
    before: Sequence[str], after: Sequence[str], left: range, right: range
) -> list[Pair]:
    """As many pairs of equal entries as can stand in one order on both sides."""
    lengths = [[0] * (len(right) + 1)]
    for i in reversed(left):
        row, below = [0] * (len(right) + 1), lengths[-1]
        for j in range(len(right) - 1, -1, -1):
            if before[i] == after[right[j]]:
                row[j] = below[j + 1] + 1
            else:
                row[j] = max(row[j + 1], below[j])
        lengths.append(row)
    lengths.reverse()
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if before[left[i]] == after[right[j]]:
            pairs.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
