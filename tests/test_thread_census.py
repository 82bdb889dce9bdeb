"""A thread in several records: whom one of them shows, the others do not name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archiver.config import DeriveConfig
from archiver.crawl.items import Items
from archiver.derive import DeriveReport, derive_warc, memo_rules
from archiver.derive.threads import ThreadCensus
from archiver.identity import Identity
from archiver.memo import MemoWriter
from archiver.privacy import Privacy
from archiver.reading import page_of, read
from archiver.sites import RuleBook
from archiver.tombstones import FORGOTTEN, Kind, Tombstone, Tombstones, article_id
from archiver.warc.reader import read_captures, scan
from archiver.workers import Readers
from tests.archives import SITE, answer, archived, exchange
from tests.threads import PAGE_ONE, PAGE_TWO, archived_thread, of_thread

WHOM = Identity("pseudonym", bytes(range(32)))
NAMES = ("Dora", "Quill", "Emil", "Vance", "Fritz", "Gil", "Pym", "Ann Smith", "Bob Ray")


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(RuleBook()) as pool:
        yield pool


@pytest.fixture
def config(tmp_path: Path) -> DeriveConfig:
    return DeriveConfig(tmp_path / "output", WHOM)


def called(name: str) -> str:
    return WHOM.pseudonym("news.example", name)


def rows(report: DeriveReport, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.ParquetFile(report.outputs[table]).read().to_pylist()
    return found


def bytes_of(report: DeriveReport) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in report.outputs.items()}


def test_a_reader_of_page_one_is_not_named_on_page_two(
    config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(archived_thread(config.output_dir), config, readers=readers)
    texts = {row["comment_id"]: row["text"] for row in rows(report, "comments")
             if row["article_url"] == f"{SITE}/bridge"}  # fmt: skip
    assert texts["21"] == f"A fine bridge, and {called('Ann Smith')} knows it."
    assert texts["22"] == f"Not so fast, @{called('Dora Quill')}."
    assert texts["24"] == (
        f"I am with {called('Emil Vance')}, and never with {called('Dora Quill')}."
    )
    clean = gzip.decompress(report.outputs["clean"].read_bytes()).decode()
    told = json.dumps(rows(report, "comments"), default=str) + clean
    of_ferry = told.replace("Dora Quill, who wrote elsewhere", "")  # in another thread
    assert [name for name in NAMES if name in of_ferry] == []


def test_the_order_of_records_and_what_a_memo_holds_change_nothing(
    config: DeriveConfig, readers: Readers, tmp_path: Path
) -> None:
    path = archived_thread(config.output_dir)
    alone = derive_warc(path, config, readers=readers)
    whole = bytes_of(alone)
    assert (alone.remembered, alone.read, alone.settled) == (0, 4, 1)
    for kept in (["/bridge"], ["page=1", "page=2"], ["/bridge", "page=2", "/ferry"]):
        memo = tmp_path / f"{len(kept)}.memo"
        with MemoWriter(memo, rules=memo_rules(config)) as writer:
            for capture in read_captures(path):
                if capture.url.endswith(tuple(kept)):
                    rules = config.rules.choose("news.example")
                    writer.append(
                        capture.ref.record_id, read(page_of(capture), rules, config.limits)
                    )
        remembered = derive_warc(path, config, memo=memo, readers=readers)
        assert (remembered.remembered, remembered.read) == (len(kept), 4 - len(kept))
        assert bytes_of(remembered) == whole
    assert bytes_of(derive_warc(path, replace(config, jobs=2))) == whole
    shuffled = [of_thread(2, PAGE_TWO), exchange("/bridge", answer()), of_thread(1, PAGE_ONE)]
    backwards, _ = archived(config.output_dir, shuffled, prefix="backwards")
    report = derive_warc(backwards, config, readers=readers)
    assert "Dora" not in json.dumps(rows(report, "comments"), default=str)


def test_a_torn_file_is_still_derived_up_to_the_tear(
    config: DeriveConfig, readers: Readers, tmp_path: Path
) -> None:
    path = archived_thread(config.output_dir)
    torn = tmp_path / path.name
    torn.write_bytes(path.read_bytes()[:-1500])
    report = derive_warc(torn, config, readers=readers)
    assert report.fault is not None
    assert "Dora Quill." not in json.dumps(rows(report, "comments"), default=str)


def test_where_no_thread_was_asked_for_nothing_is_read_beforehand(
    config: DeriveConfig, readers: Readers
) -> None:
    path, _ = archived(config.output_dir, [exchange("/bridge", answer())])
    with ThreadCensus(scan(path), config, memo={}, readers=readers) as census:
        assert (census.read, dict(census.readings)) == (0, {})


def test_texts_of_a_thread_wait_on_disk_and_names_only_in_memory(
    config: DeriveConfig, readers: Readers
) -> None:
    path = archived_thread(config.output_dir)
    with ThreadCensus(scan(path), config, memo={}, readers=readers) as census:
        assert census.read == 3  # the page and its two answers; the ferry's page is no part of it
        for record_id in census.readings:
            article = census.readings[record_id].article
            assert article is not None
            readers_met = census.company_of(article).readers
            assert {"Ann Smith", "Dora Quill", "Gil Pym"} <= readers_met


def items_of(config: DeriveConfig, tombstones: Tombstones) -> list[dict[str, Any] | None]:
    path = archived_thread(config.output_dir)
    items = Items(Privacy(config.identity, tombstones))
    made = []
    for capture in read_captures(path):
        if capture.status == 200:
            reading = read(page_of(capture), config.rules.choose("news.example"), config.limits)
            assert reading.article is not None
            made.append(items.of(capture, reading.article))
    return made


def test_items_know_whom_the_run_has_met_in_a_thread(config: DeriveConfig) -> None:
    page, first, second, _ = items_of(config, Tombstones())
    assert page is not None
    assert first is not None
    assert second is not None
    assert [name for name in NAMES if name in json.dumps([page, first, second], default=str)] == []
    assert second["comments"][0]["text"].endswith(f"never with {called('Dora Quill')}.")


def test_items_respect_tombstones(config: DeriveConfig) -> None:
    stones = {
        Tombstone("news.example", Kind.AUTHOR, called("Dora Quill"), WHOM.fingerprint),
        Tombstone("news.example", Kind.COMMENT, "25"),
    }
    page, first, second, ferry = items_of(config, Tombstones(frozenset(stones)))
    assert page is not None
    assert first is not None
    assert second is not None
    assert [(one["comment_id"], one["status"]) for one in first["comments"]] == [
        ("21", "deleted"), ("22", "visible"), ("23", "visible"),
    ]  # fmt: skip
    assert [one["comment_id"] for one in second["comments"]] == ["24"]
    assert second["comments"][0]["text"].endswith(f"never with {FORGOTTEN}.")
    assert called("Dora Quill") not in json.dumps([page, first, second, ferry], default=str)


def test_an_article_that_is_forgotten_is_no_item(config: DeriveConfig) -> None:
    stone = Tombstone("news.example", Kind.ARTICLE, article_id(f"{SITE}/bridge"))
    made = items_of(config, Tombstones(frozenset({stone})))
    assert [item is None for item in made] == [True, True, True, False]
