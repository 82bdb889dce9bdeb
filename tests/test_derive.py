"""Derive: a WARC in, all outputs out; the same bytes however they were come by."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import libfaketime
import psutil
import pyarrow.parquet as pq
import pytest

from archiver import __version__
from archiver.config import DeriveConfig, ReadLimits
from archiver.dataset import read_footer
from archiver.derive import (
    OUTPUTS,
    DeriveReport,
    Output,
    ReadersOnDemand,
    derive_warc,
    memo_rules,
    partition_day,
)
from archiver.derive.outputs import Source
from archiver.derive.stale import Stale, find_stale
from archiver.derive.trace import trace
from archiver.errors import PartError, Place, WarcError
from archiver.furniture import Block, Furniture
from archiver.identity import Identity
from archiver.memo import MemoWriter, extractor
from archiver.model import Errand, Page, Purpose, Reading
from archiver.outcomes import Outcome
from archiver.reading import page_of, read
from archiver.sites import RuleBook, parse_rules
from archiver.warc.reader import scan
from archiver.workers import Readers
from tests.archives import ARTICLE, EXCHANGES, SITE, answer, archived, exchange

FURNITURE = {"news.example": Furniture("news.example", (Block("Follow us"),))}


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(RuleBook()) as pool:
        yield pool


@pytest.fixture
def config(tmp_path: Path) -> DeriveConfig:
    return DeriveConfig(output_dir=tmp_path / "output", identity=Identity("pseudonym", bytes(32)))


@pytest.fixture
def warc(config: DeriveConfig) -> Path:
    return archived(config.output_dir, list(EXCHANGES.values()))[0]


def bytes_of(report: DeriveReport) -> dict[str, str]:
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in report.outputs.items()
    }


def rows(report: DeriveReport, table: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.ParquetFile(report.outputs[table]).read().to_pylist()
    return found


def test_every_capture_has_its_row_in_file_order_and_its_outcome(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(warc, config, readers=readers)
    assert [row["outcome"] for row in rows(report, "captures")] == [
        outcome.value for outcome in EXCHANGES
    ]
    assert report.outcomes == dict.fromkeys(sorted(EXCHANGES), 1)
    assert report.entries == {"clean": 1, "articles": 1, "comments": 2, "captures": 10}
    assert (report.settled, report.repeated, report.remembered, report.read) == (7, 1, 0, 2)
    assert report.fault is None


def test_outputs_lie_where_the_stem_says_and_nowhere_else(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    derive_warc(warc, config, readers=readers)
    stem = warc.name.removesuffix(".warc.gz")
    assert stem.startswith("news-20261123120000-")
    files = {p.relative_to(config.output_dir).as_posix() for p in config.output_dir.rglob("*.*")}
    assert files >= {
        f"warc/{stem}.warc.gz",
        f"cdxj/{stem}.cdxj",
        f"clean/{stem}.clean.warc.gz",
        f"dataset/articles/crawl_date=2026-11-23/{stem}.parquet",
        f"dataset/comments/crawl_date=2026-11-23/{stem}.parquet",
        f"dataset/captures/crawl_date=2026-11-23/{stem}.parquet",
        "manifest.jsonl",
    }
    assert not [name for name in files if "/." in name]


def test_an_article_and_its_thread_are_rows_without_names(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(warc, config, readers=readers)
    (article,) = rows(report, "articles")
    identity = config.identity
    ann, bob = (identity.pseudonym("news.example", name) for name in ("Ann Smith", "Bob Ray"))
    assert article["title"] == "Bridge opens"
    assert article["url"] == f"{SITE}/bridge?utm_source=x"
    assert article["canonical_url"] == f"{SITE}/bridge"
    assert str(article["text"]).startswith("Paragraph 0 tells")
    assert "waited" not in str(article["text"])
    assert article["comments_collected"] == 2
    told = ("comment_id", "parent_id", "depth", "author", "text")
    assert [tuple(row[name] for name in told) for row in rows(report, "comments")] == [
        ("11", None, 0, ann, "At last! I waited ten years for this bridge."),
        ("12", "11", 1, bob, f"{ann}, so did we all."),
    ]
    for path in report.outputs.values():
        raw = path.read_bytes()
        assert b"Bob Ray" not in (gzip.decompress(raw) if path.suffix == ".gz" else raw)


def test_a_memo_a_lone_worker_and_many_give_the_same_bytes(
    config: DeriveConfig, readers: Readers, tmp_path: Path
) -> None:
    exchanges = [*EXCHANGES.values(), exchange("/second", answer())]
    path, captures = archived(config.output_dir, exchanges)
    memo = tmp_path / "stem.memo"
    with MemoWriter(memo, rules=memo_rules(config)) as writer:
        for capture in captures:
            if capture.url.endswith(("x", ".pdf")):
                reading = read(page_of(capture), config.rules.choose("news.example"), config.limits)
                writer.append(capture.ref.record_id, reading)
            if capture.url.endswith("/second"):  # a clock's verdict that the archive does not share
                writer.append(capture.ref.record_id, Reading(Outcome.EXTRACT_TIMEOUT))
    remembered = derive_warc(path, config, memo=memo, readers=readers)
    by_memo = bytes_of(remembered)
    read_again = derive_warc(path, replace(config, jobs=2))
    assert (remembered.remembered, remembered.read) == (2, 1)
    assert (read_again.remembered, read_again.read) == (0, 3)
    assert bytes_of(read_again) == by_memo


def test_a_verdict_of_the_archive_is_repeated_unless_asked_to_try_again(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    again = derive_warc(warc, replace(config, retry_verdicts=True), readers=readers)
    assert again.outcomes[Outcome.ARTICLE] == 2
    assert Outcome.EXTRACT_TIMEOUT not in again.outcomes


def test_the_footer_says_what_the_part_was_made_from(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(warc, config, readers=readers)
    for table in ("articles", "comments", "captures"):
        assert read_footer(report.outputs[table]) == {
            "archiver.schema_version": "1",
            "archiver.version": __version__,
            "archiver.extractor": extractor(),
            "archiver.source_sha256": hashlib.sha256(warc.read_bytes()).hexdigest(),
            "archiver.rules_digest": config.rules.digest_for(["www.news.example"]),
            "archiver.furniture_digest": "none",
            "archiver.identity": f"pseudonym:{config.identity.fingerprint}",
            "archiver.tombstones_digest": "none",
        }


def test_furniture_is_named_in_the_footer_and_in_the_rows_of_its_site(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    book = RuleBook(furniture=FURNITURE)
    report = derive_warc(warc, replace(config, rules=book), readers=readers)
    digest = book.furniture_digest_for(["www.news.example"])
    for table in ("articles", "comments", "captures"):
        footer = read_footer(report.outputs[table])
        assert footer["archiver.furniture_digest"] == digest
        assert footer["archiver.rules_digest"] == RuleBook().digest_for(["www.news.example"])
    assert [row["furniture_digest"] for row in rows(report, "articles")] == [digest]
    vetoed = {"news.example": Furniture("news.example", (Block("Follow us", keep=True),))}
    report = derive_warc(warc, replace(config, rules=RuleBook(furniture=vetoed)), readers=readers)
    assert [row["furniture_digest"] for row in rows(report, "articles")] == ["none"]


def test_the_clean_warc_holds_the_article_as_a_conversion_of_its_record(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(warc, config, readers=readers)
    (article,) = rows(report, "articles")
    found = gzip.decompress(report.outputs["clean"].read_bytes())
    _, record = found.split(b"WARC/1.1\r\n")[1:]
    head, _, block = record.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    assert fields["WARC-Type"] == "conversion"
    assert fields["WARC-Refers-To"] == article["warc_record_id"]
    assert fields["WARC-Date"] == "2026-11-23T12:00:00.000000Z"
    said = json.loads(block)
    assert (said["@type"], said["headline"], said["identifier"]) == (
        "NewsArticle",
        "Bridge opens",
        article["article_id"],
    )
    assert said["comment"][0]["comment"][0]["parentItem"]["identifier"] == "11"


def test_threads_and_continuation_pages_belong_to_page_one(
    config: DeriveConfig, readers: Readers
) -> None:
    def errand(purpose: Purpose, number: int) -> Errand:
        bridge = f"{SITE}/bridge"
        return Errand(
            purpose,
            via=bridge,
            article_url=bridge,
            article_canonical_url=bridge,
            page_number=number,
        )

    canonical = f'<link rel="canonical" href="{SITE}/bridge">'.encode()
    of_itself = ARTICLE.replace(canonical, canonical.replace(b'bridge"', b'bridge/2"'))
    path, _ = archived(
        config.output_dir,
        [
            exchange("/bridge", answer()),
            exchange("/bridge/2", answer(body=of_itself), errand=errand(Purpose.ARTICLE, 2)),
            exchange("/bridge/comment-page-2", answer(), errand=errand(Purpose.THREAD, 1)),
        ],
    )
    report = derive_warc(path, config, readers=readers)
    first, second = rows(report, "articles")
    assert first["article_id"] == second["article_id"]
    assert [first["page_number"], second["page_number"]] == [1, 2]
    comments = rows(report, "comments")
    assert {row["article_id"] for row in comments} == {first["article_id"]}
    assert {row["article_url"] for row in comments} == {f"{SITE}/bridge"}
    assert len({row["warc_record_id"] for row in comments}) >= 2
    assert len({row["author"] for row in comments}) == 2


def test_an_open_file_is_refused(config: DeriveConfig, tmp_path: Path) -> None:
    with pytest.raises(WarcError, match="still being written"):
        derive_warc(tmp_path / "a.warc.gz.open", config)


def test_a_torn_file_is_derived_up_to_the_tear_and_says_so(
    warc: Path, config: DeriveConfig, readers: Readers, tmp_path: Path
) -> None:
    torn = tmp_path / warc.name
    torn.write_bytes(warc.read_bytes()[:-700])
    report = derive_warc(torn, config, readers=readers)
    assert report.fault is not None
    assert 0 < len(rows(report, "captures")) < len(EXCHANGES)
    assert sum(report.outcomes.values()) == len(rows(report, "captures"))


def test_a_failed_derivation_leaves_the_old_outputs_whole(
    warc: Path, config: DeriveConfig, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(derive_warc(warc, config, readers=readers))
    files = sorted(config.output_dir.rglob("*"))
    last = OUTPUTS[-1]

    class Breaking:
        """The last output, but its disk is full when it is closed."""

        def __init__(self, source: Source, path: Path) -> None:
            self._sink = last.open(source, path)
            self.take = self._sink.take
            self.abandon = self._sink.abandon

        def close(self) -> None:
            raise PartError("no room", place=Place("disk"))

    broken = Output(last.name, last.path, Breaking)
    monkeypatch.setattr("archiver.derive.OUTPUTS", (*OUTPUTS[:-1], broken))
    named = replace(config, identity=Identity("named"))
    with pytest.raises(PartError, match="no room"):
        derive_warc(warc, named, readers=readers)
    assert sorted(config.output_dir.rglob("*")) == files
    monkeypatch.undo()
    assert bytes_of(derive_warc(warc, config, readers=readers)) == before


def test_a_file_without_captures_has_its_parts_too(config: DeriveConfig, tmp_path: Path) -> None:
    path = tmp_path / "foreign.warc.gz"
    block = b"software: other\r\n"
    record = (
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2019-05-04T03:02:01Z\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        b"Content-Type: application/warc-fields\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    ) % (len(block), block)
    path.write_bytes(gzip.compress(record, mtime=0))
    report = derive_warc(path, config)
    assert report.outputs["captures"].parent.name == "crawl_date=2019-05-04"
    assert [rows(report, t) for t in ("articles", "comments", "captures")] == [[], [], []]
    assert report.outputs["cdxj"].read_bytes() == b""


@pytest.mark.parametrize(
    ("stem", "day"),
    [
        ("news-20261123120000-00001-r", "2026-11-23"),
        ("CC-MAIN-20240229000000-20240301000000-00012", "2024-02-29"),
        ("crawl-99999999999999-x", "2020-01-02"),
        ("crawl", "2020-01-02"),
    ],
)
def test_the_partition_comes_from_the_stem_else_from_the_first_record(
    warc: Path, stem: str, day: str
) -> None:
    first = datetime(2020, 1, 2, 3, tzinfo=UTC)
    found = replace(scan(warc), stem=stem, first_date=first)
    assert partition_day(found).isoformat() == day


def derived_in(year: int, warc: Path, output: Path) -> dict[str, bytes]:
    """The outputs as a machine would write them whose clock says ``year``; workers included."""
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    shifted = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "FAKETIME": f"@{year}-06-01 12:00:00",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    clock = [sys.executable, "-c", "import datetime; print(datetime.date.today().year)"]
    told = subprocess.run(clock, env=shifted, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(year), "the clock is shifted"
    command = [sys.executable, "-m", "archiver", "derive", str(warc), "-o", str(output)]
    subprocess.run(
        [*command, "--identity", "named", "--quiet"], env=shifted, check=True, timeout=120
    )
    found = sorted(path for path in output.rglob("*") if path.is_file())
    return {str(path.relative_to(output)): path.read_bytes() for path in found}


def test_derivation_has_no_clock(warc: Path, tmp_path: Path) -> None:
    first = derived_in(2031, warc, tmp_path / "one")
    assert len(first) == len(OUTPUTS)
    assert derived_in(2044, warc, tmp_path / "two") == first


def test_what_changed_makes_outputs_stale_and_deriving_makes_them_fresh(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    stem = warc.name.removesuffix(".warc.gz")
    (missing,) = find_stale(config.output_dir, config)
    assert missing.source == warc
    report = derive_warc(warc, config, readers=readers)
    assert find_stale(config.output_dir, config) == ()
    rules = parse_rules('host = "news.example"\ndelay_seconds = 9.0\n', "r.toml")
    other = parse_rules('host = "other.example"\n', "o.toml")
    for changed, reason in [
        (replace(config, identity=Identity("named")), "another identity"),
        (replace(config, identity=Identity("pseudonym", b"k" * 32)), "another identity"),
        (replace(config, rules=RuleBook({"news.example": rules})), "other rules for its sites"),
        (replace(config, rules=RuleBook(furniture=FURNITURE)), "other furniture"),
    ]:
        assert find_stale(config.output_dir, changed) == (Stale(stem, warc, (reason,)),)
    elsewhere = {"other.example": Furniture("other.example", (Block("Follow us"),))}
    unrelated = replace(config, rules=RuleBook({"other.example": other}, elsewhere))
    assert find_stale(config.output_dir, unrelated) == ()
    report.outputs["clean"].unlink()
    report.outputs["comments"].write_bytes(b"PAR1")
    with warc.open("ab") as file:
        file.write(b"x")
    (stale,) = find_stale(config.output_dir, config)
    assert stale.reasons == ("no clean file", "the WARC has other bytes", "a broken part")


def test_a_row_leads_back_to_its_bytes(
    warc: Path, config: DeriveConfig, readers: Readers, tmp_path: Path
) -> None:
    report = derive_warc(warc, config, readers=readers)
    (article,) = rows(report, "articles")
    keys = [
        str(article["article_id"]),
        str(article["url"]),
        str(article["canonical_url"]),
        str(article["warc_record_id"]),
        str(article["warc_record_id"])[10:-1],
    ]
    for key in keys:
        (found,) = trace(config.output_dir, key)
        assert found.article == article
        assert (found.comments, found.warc, found.fault) == (2, warc, None)
        assert found.record_bytes == article["warc_record_length"]
    assert trace(config.output_dir, "https://nowhere.example/") == ()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    warc.rename(elsewhere / warc.name)
    (lost,) = trace(config.output_dir, keys[0])
    assert lost.fault is not None
    (found,) = trace(config.output_dir, keys[0], warc_dirs=[elsewhere])
    assert (found.fault, found.warc) == (None, elsewhere / warc.name)


def test_bytes_that_changed_under_a_row_are_named(
    warc: Path, config: DeriveConfig, readers: Readers
) -> None:
    report = derive_warc(warc, config, readers=readers)
    (article,) = rows(report, "articles")
    offset = article["warc_record_offset"]
    assert isinstance(offset, int)
    raw = bytearray(warc.read_bytes())
    raw[offset + 400] ^= 0xFF
    warc.write_bytes(raw)
    (found,) = trace(config.output_dir, str(article["article_id"]))
    assert found.fault is not None


def test_workers_are_shared_and_start_with_the_first_page_to_read(
    config: DeriveConfig, tmp_path: Path
) -> None:
    path, captures = archived(config.output_dir, [exchange("/bridge", answer())])
    other, _ = archived(config.output_dir, [exchange("/bridge", answer())], prefix="other")
    memo = tmp_path / "stem.memo"
    with MemoWriter(memo, rules=memo_rules(config)) as writer:
        reading = read(page_of(captures[0]), config.rules.choose("news.example"), config.limits)
        writer.append(captures[0].ref.record_id, reading)
    before = set(psutil.Process().children())
    with ReadersOnDemand(config) as readers:
        remembered = derive_warc(path, config, memo=memo, readers=readers)
        assert remembered.remembered == 1
        assert set(psutil.Process().children()) == before
        derive_warc(path, config, readers=readers)
        started = set(psutil.Process().children()) - before
        derive_warc(other, config, readers=readers)
        assert set(psutil.Process().children()) - before == started
        assert len(started) == 1
    assert set(psutil.Process().children()) == before


def test_a_pass_that_is_broken_off_gives_up_the_pages_that_waited(
    config: DeriveConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = archived(config.output_dir, [exchange(f"/{i}", answer()) for i in range(4)])
    asked: list[Future[Reading]] = []

    class Slow:
        """Workers that have read their first page only."""

        def read(self, page: Page) -> Future[Reading]:
            answer: Future[Reading] = Future()
            if not asked:
                answer.set_result(Reading(Outcome.NOT_AN_ARTICLE))
            asked.append(answer)
            return answer

    def broken(*_: object) -> None:
        raise PartError("no room", place=Place("disk"))

    monkeypatch.setattr("archiver.derive._fact", broken)
    with pytest.raises(PartError, match="no room"):
        derive_warc(path, config, readers=Slow())
    assert [future.cancelled() for future in asked] == [False, True, True, True]


def test_a_page_that_stops_its_worker_is_a_row_that_says_so(config: DeriveConfig) -> None:
    path, _ = archived(config.output_dir, [exchange("/a", answer()), exchange("/b", answer())])
    # Too short for any page but not for the start of a worker, which has its own limit.
    hurried = replace(config, limits=ReadLimits(seconds=0.000001))
    report = derive_warc(path, hurried)
    assert report.outcomes == {Outcome.EXTRACT_TIMEOUT: 2}


def test_a_derivation_that_is_broken_off_leaves_no_worker_and_no_output(
    config: DeriveConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = archived(config.output_dir, [exchange(f"/{i}", answer()) for i in range(3)])
    before = set(psutil.Process().children())

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archiver.derive.disguise", interrupted)
    with pytest.raises(KeyboardInterrupt):
        derive_warc(path, config)
    assert set(psutil.Process().children()) == before
    assert [p for p in config.output_dir.rglob("*") if p.is_file() and ".new" in p.name] == []
