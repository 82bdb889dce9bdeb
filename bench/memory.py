"""``python -m bench.memory [--pages 10000]``: what the crawl process holds while it works.

Samples the resident memory of the crawl process and of its workers once a second, and prints it
at ten moments of the crawl: flat means that the last are like the first.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.served import BenchServer
from bench.shared import corpus_folder
from bench.speed import crawl_command

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One look."""

    seconds: float
    pages: int
    crawl_bytes: int
    worker_bytes: int
    """Of the largest worker."""


def watch(process: subprocess.Popen[bytes], server: BenchServer) -> list[Sample]:
    """Samples until the process ends."""
    began = time.monotonic()
    samples: list[Sample] = []
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            own = watched.memory_info().rss
            children = [child.memory_info().rss for child in watched.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        pages, _ = server.pages_and_seconds()
        samples.append(Sample(time.monotonic() - began, pages, own, max(children, default=0)))
        time.sleep(1)
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--no-extract", action="store_true", help="capture only")
    arguments = parser.parse_args()
    settings = ["EXTRACT=False"] if arguments.no_extract else []
    with (
        BenchServer(corpus_folder(), arguments.pages, repeat=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        command = crawl_command(server, Path(folder) / "output", *settings)
        samples = watch(subprocess.Popen(command), server)
        size = server.mean_bytes
    print(f"{arguments.pages} pages of {size / 1000:.0f} KB; MB resident")
    print("| pages | seconds | crawl process | largest worker |\n|---:|---:|---:|---:|")
    for sample in samples[:: max(1, len(samples) // 10)]:
        print(
            f"| {sample.pages} | {sample.seconds:.0f} | {sample.crawl_bytes / MEGABYTE:.0f} "
            f"| {sample.worker_bytes / MEGABYTE:.0f} |"
        )
    most = max(sample.crawl_bytes for sample in samples) / MEGABYTE
    print(f"most: {most:.0f} MB")


if __name__ == "__main__":
    main()
