"""Faults say what, where and what to do next, wherever they are carried."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from archiver.errors import ArchiverError, Place, TornRecord


@pytest.mark.parametrize(
    ("place", "remedy", "text"),
    [
        (None, None, "torn"),
        (Place("a.warc.gz", offset=12), None, "a.warc.gz at offset 12: torn"),
        (Place("rules.toml", line=3), "Mend it", "rules.toml, line 3: torn. Mend it"),
    ],
)
def test_a_fault_in_words(place: Place | None, remedy: str | None, text: str) -> None:
    assert str(ArchiverError("torn", place=place, remedy=remedy)) == text


@pytest.mark.parametrize(
    "carry",
    [copy.copy, copy.deepcopy, lambda fault: pickle.loads(pickle.dumps(fault))],
    ids=["copied", "copied deeply", "pickled"],
)
def test_a_fault_that_is_copied_or_pickled_is_the_same(
    carry: Callable[[ArchiverError], ArchiverError],
) -> None:
    fault = TornRecord("ends early", place=Place("a.warc.gz", offset=12), remedy="Recover it")
    carried = carry(fault)
    assert type(carried) is TornRecord
    assert (carried.what, carried.place, carried.remedy) == (fault.what, fault.place, fault.remedy)
    assert str(carried) == str(fault)
