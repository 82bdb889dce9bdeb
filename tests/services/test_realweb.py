"""A crawl of 1,353 real pages under their own host names, from their index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archiver.dom import decode_payload
from archiver.reading import page_of
from archiver.urls import normalise
from bench.check_archive import Check, check
from tests.crawl.running import captures, crawl
from tests.services.sites import REALWEB_INDEX, RealWeb, running_realweb

pytestmark = pytest.mark.service


@dataclass(frozen=True)
class Crawled:
    site: RealWeb
    output: Path


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    output = tmp_path_factory.mktemp("realweb") / "output"
    with running_realweb() as site:
        done = crawl(
            REALWEB_INDEX,
            "-a",
            "scope=listed",
            output=output,
            timeout=900,
            CONCURRENT_REQUESTS="32",
            **site.settings,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield Crawled(site, output)


def rows(output: Path, table: str, columns: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in (output / "dataset" / table).glob("crawl_date=*/*.parquet"):
        found += pq.ParquetFile(part).read(columns=columns).to_pylist()
    return found


def test_every_page_is_archived_and_has_its_row(crawled: Crawled) -> None:
    wanted = {normalise(entry["url"]) for entry in crawled.site.manifest}
    found = {
        normalise(row["url"])
        for row in rows(crawled.output, "captures", ["url", "fetch_status"])
        if row["fetch_status"] == 200
    }
    assert wanted - found == set()


def test_every_payload_is_the_file_that_was_served(crawled: Crawled) -> None:
    digests = {normalise(entry["url"]): entry["sha256"] for entry in crawled.site.manifest}
    compared = 0
    for _, capture in captures(crawled.output):
        digest = digests.get(normalise(capture.url))
        if digest is None or capture.status != 200:
            continue
        body = decode_payload(page_of(capture), limit_bytes=64 * 1024**2)
        assert hashlib.sha256(body).hexdigest() == digest, capture.url
        compared += 1
    assert compared >= len(digests)


def test_nine_of_ten_pages_are_articles(crawled: Crawled) -> None:
    wanted = {normalise(entry["url"]) for entry in crawled.site.manifest}
    found = {normalise(row["url"]) for row in rows(crawled.output, "articles", ["url"])}
    assert len(wanted & found) >= 0.9 * len(wanted)


def test_every_row_leads_to_its_bytes(crawled: Crawled) -> None:
    result: Check = check(crawled.output)
    assert result.faults == []
    assert result.rows["captures"] >= len(crawled.site.manifest)
    assert result.rows["articles"] > 0
