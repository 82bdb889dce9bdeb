"""A run beside those before it, as their records tell of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import run_history
from archiver.outcomes import SUCCESSES, Outcome
from archiver.report import write_run_record
from archiver.run_history import account_of, judge_run, past_runs, read_measures
from archiver.site_measures import SiteMeasures, as_json
from tests.dataset.test_run_measures import STORY, article, part

BEGAN = datetime(2026, 9, 1, 3, tzinfo=UTC)
SITE = SiteMeasures(captures=9, articles=5, new_articles=5, article_pages=40,
                    fields={"title": 1.0, "authors": 0.9})  # fmt: skip


def record(day: int, **changes: Any) -> dict[str, Any]:
    """The record of a run ``day`` days after the first."""
    at = BEGAN + timedelta(days=day)
    return {
        "run_id": f"{at:%Y%m%d%H%M%S}abcdef",
        "started_at": at,
        "finished_at": at,
        "finish_reason": "finished",
        "arguments": {"seeds": "https://paper.example/"},
        "sites": {"paper.example": as_json(SITE)},
        "findings": [],
        **changes,
    }


@given(st.dictionaries(st.sampled_from(list(Outcome)), st.integers(0, 10**6)))
def test_what_was_asked_for_is_archived_or_failed(outcomes: Mapping[Outcome, int]) -> None:
    account = account_of(outcomes)
    assert account["requested"] == account["archived"] + sum(account["failed"].values())
    assert not set(account["failed"]) & SUCCESSES


def test_earlier_runs_come_newest_first(tmp_path: Path) -> None:
    for day in (0, 1, 2, 3):
        write_run_record(tmp_path, record(day))
    notes: list[str] = []
    runs = list(past_runs(tmp_path, record(2)["run_id"], notes))
    assert [run.started_at for run in runs] == [BEGAN + timedelta(days=1), BEGAN]
    assert runs[0].sites == {"paper.example": SITE}
    assert (runs[0].is_finished, runs[0].is_backfill, notes) == (True, False, [])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"run_id": "r"}', '{"run_id": 1, "started_at": "noon"}', "[" * 100_000,
     '{"run_id": "r", "started_at": "2026-09-01", "sites": []}',
     '{"run_id": "r", "started_at": "2026-09-01", "sites": {"a": {"captures": -1}}}'],
)  # fmt: skip
def test_a_record_that_is_none_is_passed_over_with_a_line(tmp_path: Path, text: str) -> None:
    write_run_record(tmp_path, record(0))
    torn = write_run_record(tmp_path, record(1))
    torn.write_text(text)
    notes: list[str] = []
    runs = list(past_runs(tmp_path, record(2)["run_id"], notes))
    assert [run.started_at for run in runs] == [BEGAN]
    (note,) = notes
    assert note.startswith(f"{torn} was passed over (")


def test_records_of_an_older_version_are_counted(tmp_path: Path) -> None:
    for day in range(3):
        facts = record(day)
        del facts["sites"], facts["findings"]
        write_run_record(tmp_path, facts)
    notes: list[str] = []
    runs = list(past_runs(tmp_path, record(9)["run_id"], notes))
    assert [run.sites for run in runs] == [None] * 3
    assert notes == ["3 runs were recorded without measures of their sites"]


def test_no_more_is_read_than_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(5):
        size = write_run_record(tmp_path, record(day)).stat().st_size
    monkeypatch.setattr(run_history, "MOST_BYTES", 2.5 * size)
    notes: list[str] = []
    assert len(list(past_runs(tmp_path, record(9)["run_id"], notes))) == 2
    assert notes[0].endswith("were not read: too much")


@pytest.mark.parametrize(
    ("changes", "is_finished", "is_backfill"),
    [
        ({}, True, False),
        ({"finish_reason": "shutdown"}, False, False),
        ({"finish_reason": None, "finished_at": None}, False, False),
        ({"not_derived": ["a.warc.gz"]}, False, False),
        ({"arguments": {"since": "2024-01-01"}}, True, True),
        ({"arguments": {"cdx": "list.cdx"}}, True, True),
        ({"arguments": None}, True, False),
    ],
)
def test_what_a_run_says_about_how_many(
    changes: dict[str, Any], is_finished: bool, is_backfill: bool
) -> None:
    run = read_measures(json.loads(json.dumps(record(0, **changes), default=str)))
    assert (run.is_finished, run.is_backfill) == (is_finished, is_backfill)


def test_a_run_is_measured_and_judged(tmp_path: Path) -> None:
    for day in range(12):
        write_run_record(tmp_path, record(day))
    now = record(12, sites=None)
    keys = [f"{number:016x}" for number in range(60)]
    part(tmp_path / "dataset", "articles", [article(key, title="T") for key in keys],
         run=now["run_id"])  # fmt: skip
    judged = judge_run(tmp_path, now)
    assert judged["sites"]["paper.example"]["new_articles"] == 60
    (finding,) = judged["findings"]
    assert (finding["name"], finding["field"], finding["value"]) == ("coverage_low", "authors", 0.0)
    assert judged["history"] == {"runs": 12, "notes": []}
    # The next run remembers since when.
    write_run_record(tmp_path, {**now, **judged})
    later = record(13)
    part(tmp_path / "dataset", "articles", [article(key, title="T") for key in keys],
         run=later["run_id"])  # fmt: skip
    assert judge_run(tmp_path, later)["findings"][0]["since"] == finding["since"]


def test_what_cannot_be_measured_is_said_and_nothing_else(tmp_path: Path) -> None:
    now = record(0)
    assert judge_run(tmp_path, now) == {
        "history": {"runs": 0, "notes": ["Nothing of the run was derived"]}
    }
    path = part(tmp_path / "dataset", "articles", [article(STORY)], run=now["run_id"])
    path.write_bytes(b"PAR1")
    judged = judge_run(tmp_path, now)
    assert list(judged) == ["history"]
    assert judged["history"]["notes"][0].startswith(f"The run was not measured: {path}: ")
