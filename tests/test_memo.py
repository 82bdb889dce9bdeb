"""Memo: readings come back equal, and damage costs work but never a wrong reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archiver import memo as memo_room
from archiver.memo import MemoWriter, read_memo
from archiver.model import Link, LinkKind, Reading
from archiver.outcomes import Outcome
from tests.dataset.samples import ARTICLE

FULL = Reading(Outcome.ARTICLE, ARTICLE, detail="half \ud83d a pair, \0, \u2028")
FAILED = Reading(Outcome.EXTRACT_TIMEOUT, detail="stopped after 20 s")


def written(path: Path) -> Path:
    with MemoWriter(path) as memo:
        memo.append("<urn:uuid:1>", FULL)
        memo.append("<urn:uuid:2>", FAILED)
    return path


def test_readings_come_back_equal_but_for_their_links(tmp_path: Path) -> None:
    path = tmp_path / "state" / "memo" / "stem.memo"
    link = Link(
        "https://news.example/b", LinkKind.ARTICLE, modified=datetime(2026, 1, 1, tzinfo=UTC)
    )
    with MemoWriter(path) as memo:
        memo.append("<urn:uuid:1>", replace(FULL, links=(link,)))
        memo.append("<urn:uuid:2>", FAILED)
    assert dict(read_memo(path)) == {"<urn:uuid:1>": FULL, "<urn:uuid:2>": FAILED}


def test_an_instant_keeps_its_zone(tmp_path: Path) -> None:
    there = datetime(2026, 3, 1, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    reading = Reading(Outcome.ARTICLE, replace(ARTICLE, published_at=there))
    path = tmp_path / "a.memo"
    with MemoWriter(path) as memo:
        memo.append("1", reading)
    article = read_memo(path)["1"].article
    assert article is not None
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-01T07:00:00+05:30"


def test_a_later_reading_of_a_capture_replaces_the_earlier(tmp_path: Path) -> None:
    path = written(tmp_path / "a.memo")
    with MemoWriter(path) as memo:
        memo.append("<urn:uuid:2>", FULL)
    assert dict(read_memo(path)) == {"<urn:uuid:1>": FULL, "<urn:uuid:2>": FULL}


def test_a_memo_torn_at_any_byte_gives_its_whole_entries_and_can_be_continued(
    tmp_path: Path,
) -> None:
    whole = written(tmp_path / "whole.memo").read_bytes()
    torn = tmp_path / "torn.memo"
    for cut in range(0, len(whole), 7):
        torn.write_bytes(whole[:cut])
        assert set(read_memo(torn)) <= {"<urn:uuid:1>"}
        with MemoWriter(torn) as memo:
            memo.append("<urn:uuid:3>", FAILED)
        assert read_memo(torn)["<urn:uuid:3>"] == FAILED
        assert set(read_memo(torn)) <= {"<urn:uuid:1>", "<urn:uuid:3>"}


def test_a_flipped_bit_ends_the_memo_before_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.memo")
    whole = bytearray(path.read_bytes())
    whole[-10] ^= 1
    path.write_bytes(whole)
    assert list(read_memo(path)) == ["<urn:uuid:1>"]


@pytest.mark.parametrize(
    ("name", "other"), [("extractor", lambda: "archiver/0 lxml/0"), ("MEMO_SCHEMA", 99)]
)
def test_a_memo_of_another_version_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, other: object
) -> None:
    path = written(tmp_path / "a.memo")
    monkeypatch.setattr(memo_room, name, other)
    assert dict(read_memo(path)) == {}
    with MemoWriter(path) as memo:
        memo.append("<urn:uuid:3>", FAILED)
    assert list(read_memo(path)) == ["<urn:uuid:3>"]


def test_there_may_be_no_memo(tmp_path: Path) -> None:
    assert dict(read_memo(tmp_path / "none.memo")) == {}


def test_only_the_owner_reads_a_memo(tmp_path: Path) -> None:
    assert written(tmp_path / "a.memo").stat().st_mode & 0o777 == 0o600


def test_other_rules_make_other_readings(tmp_path: Path) -> None:
    path = tmp_path / "a.memo"
    with MemoWriter(path, rules="old") as memo:
        memo.append("1", FULL)
    assert list(read_memo(path, rules="old")) == ["1"]
    assert list(read_memo(path, rules="new")) == []
    assert list(read_memo(written(tmp_path / "b.memo"), rules="new")) != []
