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
