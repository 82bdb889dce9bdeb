"""``python -m bench.threads [--comments 20000]``: what readers' comments cost.

First, over the pages of the shared corpus: what it takes to look for threads in a page and to read
those it shows, beside parsing it. Then a crawl of one article with so many comments, served by a
comment platform 200 heads at a time: requests, seconds, rows, and what the crawl process and its
workers held at most.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pyarrow.dataset as ds

from archiver import comments
from archiver.dom import parse
from archiver.model import Page
from bench.shared import corpus_folder
from tests.crawl.running import scrapy_command
from tests.servers.talk import PAPER, Thread, comment, talk_server

CAPTURED_AT = datetime(2026, 11, 1, tzinfo=UTC)
LARGEST = 16 * 1024 * 1024
MEGABYTE = 1_000_000
REPEATS = 3


def milliseconds_of(page: Page) -> tuple[float, float]:
    """(parsing, threads) in processor time: the least of some runs, each on a tree of its own."""
    parsing, reading = [], []
    for _ in range(REPEATS):
        began = time.process_time()
        document = parse(page, limit_bytes=LARGEST)
        parsed = time.process_time()
        document.named  # noqa: B018 - a walk that all readers of the page share
        shared = time.process_time()
        comments.find_thread(document)
        comments.asks_of(document)
        parsing.append(parsed - began)
        reading.append(time.process_time() - shared)
    return min(parsing) * 1000, min(reading) * 1000


def pages_of(folder: Path) -> Iterable[Page]:
    """The pages of the corpus."""
    for line in (folder / "pages.jsonl").read_text("utf-8").rstrip("\n").split("\n"):
        entry = json.loads(line)
        payload = (folder / "pages" / entry["set"] / f"{entry['id']}.html").read_bytes()
        yield Page(entry["url"] or "http://page.example/", CAPTURED_AT, payload=payload)


def cost_of_pages(folder: Path) -> None:
    """A table of what a page costs."""
    gc.freeze()
    figures = [milliseconds_of(page) for page in pages_of(folder)]
    print(f"{len(figures)} pages, milliseconds a page")
    print("| | median | 95 % | most |\n|---|---:|---:|---:|")
    for name, column in (("parsing", 0), ("threads", 1)):
        values = sorted(figure[column] for figure in figures)
        print(
            f"| {name} | {statistics.median(values):.2f} "
            f"| {values[int(len(values) * 0.95)]:.2f} | {values[-1]:.2f} |"
        )


def cost_of_thread(count: int) -> None:
    """A line about a crawl of one long thread."""
    rows = tuple(comment(n, None if n % 5 else n - 1) for n in range(1, count + 1))
    with talk_server({"/long/": Thread(rows)}) as server, tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        settings = {"CONNECT_TO": server.connect_to, "LOG_LEVEL": "WARNING"}
        command = scrapy_command(
            "crawl", "news", "-a", f"seeds=http://{PAPER}/", output=output, settings=settings
        )
        began = time.monotonic()
        process = subprocess.Popen(command)
        most = peak_of(process)
        seconds = time.monotonic() - began
        table = ds.dataset(output / "dataset" / "comments", format="parquet")
        found = len(set(table.to_table(columns=["comment_id"])["comment_id"].to_pylist()))
        asked = len(server.asked.targets)
    print(
        f"{count} comments: {found} collected, {asked} requests, {seconds:.0f} s, "
        f"crawl process {most[0] / MEGABYTE:.0f} MB, largest worker {most[1] / MEGABYTE:.0f} MB"
    )


def peak_of(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The most that the process, and the largest of those it began, held until its end."""
    most = (0, 0)
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            own = watched.memory_info().rss
            others = [child.memory_info().rss for child in watched.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        most = (max(most[0], own), max(most[1], *others, 0))
        time.sleep(0.1)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.threads", description=__doc__)
    parser.add_argument("--comments", type=int, default=20_000)
    arguments = parser.parse_args()
    cost_of_pages(corpus_folder())
    for count in (arguments.comments // 10, arguments.comments):
        cost_of_thread(count)


if __name__ == "__main__":
    main()
