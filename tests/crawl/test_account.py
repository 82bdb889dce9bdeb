from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiver.crawl.account import KILLED, close_killed_runs, problems_of
from archiver.crawl.frontier import Entry, Frontier
from archiver.model import Purpose
from archiver.outcomes import Outcome
from archiver.report import read_run_record, write_run_record

FIRST, SECOND = "20260101120000aaaaaa", "20260101130000bbbbbb"


def test_the_account_closes_where_both_books_agree() -> None:
    books = {"article": 3, "timeout": 1}
    assert problems_of(books, books, leased=0, is_finished=True) == []
    assert problems_of(books, books, leased=2, is_finished=False) == []
    # What could not be archived has not ended: the next run asks for it.
    counted = books | {Outcome.WRITE_FAILED: 1}
    assert problems_of(counted, books, leased=1, is_finished=False) == []


@pytest.mark.parametrize(
    ("stored", "leased", "said"),
    [
        ({"article": 2}, 0, "article: 3 were counted, the frontier has 2"),
        ({}, 0, "article: 3 were counted, the frontier has 0"),
        ({"article": 3, "timeout": 1}, 0, "timeout: 0 were counted, the frontier has 1"),
        ({"article": 3}, 2, "2 URLs were handed out and never settled"),
    ],
)
def test_what_keeps_it_from_closing_is_named(
    stored: dict[str, int], leased: int, said: str
) -> None:
    assert problems_of({"article": 3}, stored, leased=leased, is_finished=True) == [said]


def killed_run(output: Path) -> None:
    """A run that archived a page, lost another one, and was killed over a third."""
    frontier = Frontier(output / "state" / "frontier.sqlite", run_id=FIRST)
    names = ("a", "b", "c")
    frontier.add(Entry(f"https://paper.example/{n}", "paper", Purpose.ARTICLE) for n in names)
    archived, lost, _ = frontier.lease("paper", 3)
    frontier.acknowledge(archived.id, Outcome.ARTICLE, [])
    frontier.acknowledge(lost.id, Outcome.TIMEOUT, [])
    frontier.close()
    facts: dict[str, Any] = {"run_id": FIRST, "started_at": "2026-01-01T12:00:00+00:00"}
    write_run_record(output, {**facts, "finish_reason": None, "requested": 0, "outcomes": {}})


def test_the_account_of_a_killed_run_is_closed_by_the_next(tmp_path: Path) -> None:
    killed_run(tmp_path)
    write_run_record(tmp_path, {"run_id": SECOND, "started_at": "2026-01-01T13:00:00+00:00"})
    frontier = Frontier(tmp_path / "state" / "frontier.sqlite", run_id=SECOND)
    assert close_killed_runs(tmp_path, frontier, SECOND) == [FIRST]
    facts = read_run_record(tmp_path, FIRST)
    assert facts["finish_reason"] == KILLED
    assert facts["outcomes"] == {"article": 1, "timeout": 1}
    assert (facts["requested"], facts["archived"], facts["failed"]) == (2, 1, {"timeout": 1})
    assert facts["account"] == {"closes": True, "problems": []}
    assert close_killed_runs(tmp_path, frontier, SECOND) == []


def test_records_that_are_none_of_ours_are_left_as_they_are(tmp_path: Path) -> None:
    told = {"torn": "{", "foreign": "[1]", "moved": json.dumps({"run_id": FIRST})}
    for name, text in told.items():
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "run.json").write_text(text)
    frontier = Frontier(tmp_path / "state" / "frontier.sqlite", run_id=SECOND)
    assert close_killed_runs(tmp_path, frontier, "z") == []
    for name, text in told.items():
        assert (tmp_path / "runs" / name / "run.json").read_text() == text
