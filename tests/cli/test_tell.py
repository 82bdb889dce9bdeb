"""``archiver report`` and ``archiver trace``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archiver.report import write_run_record
from tests.archives import SITE
from tests.cli.conftest import Archiver, warc_of

BRIDGE = f"{SITE}/bridge?utm_source=x"
FACTS = {
    "run_id": "20261123120000abcdef",
    "started_at": datetime(2026, 11, 23, 12, tzinfo=UTC),
    "finished_at": datetime(2026, 11, 23, 12, 5, tzinfo=UTC),
    "finish_reason": "finished",
    "requested": 3,
    "outcomes": {"article": 2, "not_found": 1},
}


def test_a_run_is_told_in_words(archiver: Archiver, tmp_path: Path) -> None:
    write_run_record(tmp_path, FACTS)
    said = archiver("report", "-o", tmp_path)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "run 20261123120000abcdef\n"
        "  began    2026-11-23T12:00:00+00:00\n"
        "  ended    2026-11-23T12:05:00+00:00\n"
        "  because  finished\n"
        "  URLs     3: 2 archived, 1 not\n"
        "    article    2\n"
        "    not_found  1\n"
    )


def test_the_latest_run_is_meant_unless_one_is_named(archiver: Archiver, tmp_path: Path) -> None:
    write_run_record(tmp_path, FACTS)
    write_run_record(tmp_path, {**FACTS, "run_id": "20261124120000abcdef"})
    assert archiver("report", "-o", tmp_path).out.startswith("run 20261124120000abcdef\n")
    said = archiver("report", "20261123120000abcdef", "-o", tmp_path, "--json")
    assert json.loads(said.out)["run_id"] == "20261123120000abcdef"
    assert json.loads(said.out)["outcomes"] == {"article": 2, "not_found": 1}


def test_findings_are_told_and_are_in_the_json(archiver: Archiver, tmp_path: Path) -> None:
    finding = {
        "name": "silent", "site": "a.example", "field": None, "value": 30.0,
        "expected": [0.0, 9.0], "severity": "serious", "since": "2026-11-23T12:00:00+00:00",
        "text": "a.example: nothing new for 30 hours; it never paused for more than 9 hours",
    }  # fmt: skip
    said_of = {"sites": {"a.example": {"captures": 3}}, "findings": [finding],
               "history": {"runs": 40, "notes": []}}  # fmt: skip
    write_run_record(tmp_path, {**FACTS, **said_of})
    said = archiver("report", "-o", tmp_path)
    assert said.out.endswith(
        "  FINDINGS 1, beside 40 earlier runs\n    serious  silent  a.example: nothing new for"
        " 30 hours; it never paused for more than 9 hours\n"
    )
    assert json.loads(archiver("report", "-o", tmp_path, "--json").out)["findings"] == [finding]


def test_no_run_and_an_unknown_run_are_wrong_usage(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("report", "-o", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"archiver: {tmp_path}: no run has been recorded here. "
        "Name the output directory of a crawl\n"
    )
    write_run_record(tmp_path, FACTS)
    said = archiver("report", "r2", "-o", tmp_path)
    assert said.code == 2
    assert said.err == (
        f"archiver: {tmp_path / 'runs'}: there is no run 'r2'. "
        "The latest runs are 20261123120000abcdef\n"
    )


def test_rows_shows_files_first_rows_and_what_to_try_next(
    archiver: Archiver, derived: Path
) -> None:
    write_run_record(derived, FACTS)
    said = archiver("report", "-o", derived, "--rows")
    assert (said.code, said.err) == (0, "")
    _, files, articles, comments, following = said.out.split("\n\n")
    kinds = ["WARC", "clean WARC", "replay index", "articles", "comments", "captures", "manifest"]
    assert [line[2:24].strip() for line in files.splitlines()[1:]] == kinds
    assert articles.splitlines()[0] == "articles, the first rows"
    assert "| Bridge opens " in articles.splitlines()[2]
    assert len(comments.splitlines()) == 4
    assert f"archiver trace '{BRIDGE}' -o {derived}  " in following


def test_a_url_a_record_and_an_article_lead_to_the_same_bytes(
    archiver: Archiver, derived: Path
) -> None:
    (part,) = (derived / "dataset" / "articles").rglob("*.parquet")
    (row,) = pq.ParquetFile(part).read().to_pylist()
    expected = (
        f"2026-11-23 12:00:00  article  {BRIDGE}\n"
        f"  article   {row['article_id']}  Bridge opens\n"
        f"  text      {row['word_count']} words, 2 comments\n"
        f"  record    {row['warc_record_id']}\n"
        f"  bytes     {warc_of(derived)}  offset {row['warc_record_offset']}  "
        f"length {row['warc_record_length']}\n"
        f"  payload   {row['payload_digest']}\n"
        "  check     the record is there and its payload has this digest\n"
    )
    for key in (BRIDGE, f"{SITE}/bridge", row["article_id"], row["warc_record_id"]):
        said = archiver("trace", key, "-o", derived)
        assert (said.code, said.out, said.err) == (0, expected, "")


def test_a_fetch_without_answer_is_traced_to_its_record(archiver: Archiver, derived: Path) -> None:
    said = archiver("trace", f"{SITE}/nowhere", "-o", derived)
    assert said.code == 0
    assert said.out.startswith(f"2026-11-23 12:00:00  dns_failure  {SITE}/nowhere\n  record")
    assert said.out.endswith("  payload   none\n  check     the record is there\n")


def test_json_holds_the_rows(archiver: Archiver, derived: Path) -> None:
    (found,) = json.loads(archiver("trace", BRIDGE, "-o", derived, "--json").out)
    assert found["capture"]["fetch_time"] == "2026-11-23T12:00:00+00:00"
    assert found["article"]["title"] == "Bridge opens"
    assert (found["comments"], found["fault"]) == (2, None)


@pytest.mark.parametrize("key", ["https://nowhere.example/", "0123456789abcdef", "nothing"])
def test_an_unknown_key_is_told(archiver: Archiver, derived: Path, key: str) -> None:
    said = archiver("trace", key, "-o", derived)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"archiver: nothing in {derived} has the URL, record id or article id {key!r}\n"
    )


def test_a_row_whose_warc_lies_elsewhere(archiver: Archiver, derived: Path, tmp_path: Path) -> None:
    warc = warc_of(derived)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    warc.rename(elsewhere / warc.name)
    said = archiver("trace", BRIDGE, "-o", derived)
    assert said.code == 1
    assert f"  check     {warc.name} is not in {derived / 'warc'}\n" in said.out
    said = archiver("trace", BRIDGE, "-o", derived, "--warc-dir", elsewhere)
    assert (said.code, said.err) == (0, "")
    assert f"  bytes     {elsewhere / warc.name}  offset" in said.out


def test_a_row_whose_bytes_changed(archiver: Archiver, derived: Path) -> None:
    warc = warc_of(derived)
    raw = bytearray(warc.read_bytes())
    found = json.loads(archiver("trace", BRIDGE, "-o", derived, "--json").out)[0]["capture"]
    raw[found["warc_record_offset"] + 400] ^= 0xFF
    warc.write_bytes(raw)
    said = archiver("trace", BRIDGE, "-o", derived)
    assert said.code == 1
    assert f"  check     {warc} at offset {found['warc_record_offset']}" in said.out
