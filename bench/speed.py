"""``python -m bench.speed [--pages 1000]``: pages a second, three crawls of the same server.

(a) Scrapy doing nothing, (b) our crawl without live extraction: capture, frontier, politeness,
(c) our whole crawl. Start-up is taken out: the clock runs from the first page's request to the
last one's, as the server sees it. Several rounds in turn; the median counts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.served import BenchServer
from bench.shared import corpus_folder

CONCURRENCY = 16


def bare(server: BenchServer, _: Path) -> None:
    """Scrapy doing nothing."""
    subprocess.run([sys.executable, "-m", "bench.bare", str(server.port)], check=True)


def crawl_command(server: BenchServer, output: Path, *settings: str) -> list[str]:
    """The command of our crawl of the server's sitemap."""
    command = [sys.executable, "-m", "scrapy", "crawl", "news"]
    command += ["-a", f"seeds={server.base}/sitemap.xml"]
    for setting in (
        f"OUTPUT_DIR={output}",
        "ALLOW_ADDRESSES=127.0.0.0/8",
        "DOWNLOAD_DELAY=0",
        "AUTOTHROTTLE_ENABLED=False",
        f"CONCURRENT_REQUESTS_PER_DOMAIN={CONCURRENCY}",
        f"CONCURRENT_REQUESTS={CONCURRENCY}",
        "LOG_LEVEL=WARNING",
        "IDENTITY=named",
        *settings,
    ):
        command += ["-s", setting]
    return command


def crawl(server: BenchServer, output: Path, *settings: str) -> None:
    """Our crawl of the server's sitemap."""
    subprocess.run(crawl_command(server, output, *settings), check=True)


def archive_only(server: BenchServer, output: Path) -> None:
    """Everything but live extraction."""
    crawl(server, output, "EXTRACT=False")


WAYS: dict[str, Callable[[BenchServer, Path], None]] = {
    "a: Scrapy alone": bare,
    "b: capture, no extraction": archive_only,
    "c: whole crawl": crawl,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--identity", action="store_true", help="serve without gzip")
    arguments = parser.parse_args()
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    whole: dict[str, list[float]] = {name: [] for name in WAYS}
    with BenchServer(corpus_folder(), arguments.pages, gzip=not arguments.identity) as server:
        for _ in range(arguments.rounds):
            for name, run in WAYS.items():
                with tempfile.TemporaryDirectory() as folder:
                    server.reset()
                    began = time.monotonic()
                    run(server, Path(folder) / "output")
                    whole[name].append(time.monotonic() - began)
                    count, seconds = server.pages_and_seconds()
                    assert count >= arguments.pages, f"{name} fetched {count} pages"
                    rates[name].append(count / seconds)
        size = server.mean_bytes
    yardstick = statistics.median(rates["a: Scrapy alone"])
    coding = "identity" if arguments.identity else "gzip"
    print(
        f"{arguments.pages} pages of {size / 1000:.0f} KB, {coding}, medians of {arguments.rounds}"
    )
    print("| way | pages/s | of a | seconds with start and end |\n|---|---:|---:|---:|")
    for name, found in rates.items():
        rate = statistics.median(found)
        took = statistics.median(whole[name])
        print(f"| {name} | {rate:.0f} | {rate / yardstick:.2f} | {took:.1f} |")


if __name__ == "__main__":
    main()
