"""The record of a run, in words, and what else a person sees after a crawl."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.dataset import ARTICLES, write_part
from archiver.dataset.rows import article_row
from archiver.errors import ConfigError
from archiver.report import (
    article_url,
    first_rows,
    next_commands,
    read_run_record,
    run_lines,
    write_run_record,
    written_files,
)
from tests.dataset.samples import ARTICLE, CAPTURE

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROW = article_row(ARTICLE, CAPTURE, rules_digest="r", extractor="e")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    facts = {"run_id": "r1", "started_at": BEGAN, "arguments": {"sites": Path("a.txt")}}
    path = write_run_record(tmp_path, facts)
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]
    assert read_run_record(tmp_path) == {
        "run_id": "r1",
        "started_at": "2026-11-23T12:00:00+00:00",
        "arguments": {"sites": "a.txt"},
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"run_id": "r1"}', "\xff"])
def test_a_record_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = write_run_record(tmp_path, {"run_id": "r1", "started_at": BEGAN})
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match="record") as told:
        read_run_record(tmp_path)
    assert str(told.value).startswith(str(path))


def test_a_run_that_was_killed_and_what_it_left_is_told() -> None:
    facts = {
        "run_id": "r1",
        "started_at": "2026-11-23T12:00:00+00:00",
        "finished_at": None,
        "frontier": {"pending": 7, "done": 1},
        "derived": ["a.warc.gz"],
        "not_derived": ["b.warc.gz"],
    }
    assert run_lines(facts) == [
        "run r1",
        "  began    2026-11-23T12:00:00+00:00",
        "  ended    not finished (stopped without closing, or still running)",
        "  URLs     0",
        "  pending  7 URLs wait for the next run",
        "  derived  a.warc.gz",
        "  NOT derived  b.warc.gz",
    ]


def test_sites_findings_and_an_account_that_does_not_close_are_told() -> None:
    began = "2026-11-23T12:00:00+00:00"
    silent = {
        "name": "silent", "severity": "serious", "since": "2026-11-20T12:00:00+00:00",
        "text": "paper.example: nothing new for 4 days",
    }  # fmt: skip
    slow = {"name": "slow", "severity": "warning", "since": began, "text": "b.example: slow"}
    facts = {
        "run_id": "r1",
        "started_at": began,
        "finished_at": began,
        "requested": 5,
        "outcomes": {"article": 3, "timeout": 2},
        "account": {"closes": False, "problems": ["2 URLs are nowhere"]},
        "sites": {
            "b.example": {"captures": 1},
            "paper.example": {"captures": 5, "articles": 3, "new_articles": 2, "comments": 7,
                              "errors": 0.4},
        },
        "findings": [silent, slow],
        "history": {"runs": 12, "notes": ["runs/r0/run.json was passed over (torn)"]},
    }  # fmt: skip
    assert run_lines(facts)[3:] == [
        "  URLs     5: 3 archived, 2 not",
        "    article  3",
        "    timeout  2",
        "  ACCOUNT does not close",
        "    2 URLs are nowhere",
        "  sites    2",
        "    paper.example  3 articles (2 new), 7 comments, 5 captures (40% failed)",
        "    b.example      0 articles, 0 comments, 1 captures",
        "  FINDINGS 2, beside 12 earlier runs",
        "    serious  silent  paper.example: nothing new for 4 days"
        " (since 2026-11-20T12:00:00+00:00)",
        "    warning  slow  b.example: slow",
        "  note     runs/r0/run.json was passed over (torn)",
    ]


def test_a_run_like_others_says_so_and_many_sites_are_cut_short() -> None:
    facts = {
        "run_id": "r1",
        "started_at": "2026-11-23T12:00:00+00:00",
        "sites": {f"{number:02d}.example": {"captures": number} for number in range(30)},
        "findings": [],
        "history": {"runs": 1, "notes": []},
    }
    lines = run_lines(facts)
    assert lines[4:6] == [
        "  sites    30",
        "    29.example  0 articles, 0 comments, 29 captures",
    ]
    assert lines[-2:] == [
        "    and 10 more (--json has all)",
        "  findings none, beside 1 earlier run",
    ]


def test_files_are_counted_with_their_size(tmp_path: Path) -> None:
    assert written_files(tmp_path) == []
    (tmp_path / "warc").mkdir()
    for name, size in [("a.warc.gz", 1500), ("b.warc.gz", 500), ("c.warc.gz.open", 10)]:
        (tmp_path / "warc" / name).write_bytes(bytes(size))
    assert written_files(tmp_path) == [
        "  WARC                      2.0 KB  warc/a.warc.gz and 1 more",
        "  WARC, still open            10 B  warc/c.warc.gz.open",
    ]


def test_the_first_rows_come_from_the_latest_part(tmp_path: Path) -> None:
    for day, title in [("2026-11-22", "old"), ("2026-11-23", "new"), ("2026-11-24", None)]:
        folder = tmp_path / "dataset" / "articles" / f"crawl_date={day}"
        rows = [{**ROW, "title": title}] * 3 if title else []
        write_part(folder / "stem.parquet", ARTICLES, rows, {})
    heading, *lines = first_rows(tmp_path, "articles")
    assert [line.split(" | ")[1].strip() for line in lines] == ["new"] * 3 + ["old"] * 2
    assert [heading, lines[0]] == [
        "  published        | title                                        "
        "| authors                  | comments | text",
        "  2026-11-23 07:30 | new                                          "
        "| Ann Smith, Bob           | 2        | The bridge is open. It took ten years.",
    ]
    assert article_url(tmp_path) == CAPTURE.url
    assert first_rows(tmp_path, "comments") == []


def test_a_part_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    part = tmp_path / "dataset" / "articles" / "crawl_date=2026-11-23" / "stem.parquet"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match="cannot be read") as told:
        first_rows(tmp_path, "articles")
    assert str(told.value).startswith(str(part))


def test_the_next_commands_can_be_pasted_whatever_the_folder_is_called() -> None:
    lines = next_commands(Path("my $output's folder"), "https://e.example/?a=1&b=2")
    words = [shlex.split(line) for line in lines[:5]]
    assert words[0][:4] == ["archiver", "report", "-o", "my $output's folder"]
    assert words[1] == [
        *("archiver", "trace", "https://e.example/?a=1&b=2", "-o", "my $output's folder"),
        *("a", "row,", "its", "record,", "its", "bytes"),
    ]
    assert words[4][:2] == ["python", "-c"]
    assert 'read_parquet("my $output\'s folder/dataset/articles")' in words[4][2]
