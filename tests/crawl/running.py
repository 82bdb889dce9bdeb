"""Runs ``scrapy`` as an operator would: a process of its own, and what it left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from archiver.model import Capture
from archiver.warc.reader import read_captures

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK: Mapping[str, str] = {
    "ALLOW_ADDRESSES": "127.0.0.0/8",
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "16",
    "IDENTITY": "named",
    "RETRY_TIMES": "0",
}
"""Settings of a crawl on this machine."""


def run_scrapy(
    *arguments: str,
    output: Path,
    settings: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """``scrapy ARGUMENTS`` with the quick settings and ``settings`` over them."""
    command = [sys.executable, "-m", "scrapy", *arguments]
    for name, value in {**QUICK, "OUTPUT_DIR": str(output), **(settings or {})}.items():
        command += ["-s", f"{name}={value}"]
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def crawl(
    seeds: str, *arguments: str, output: Path, timeout: float = 120, **settings: str
) -> subprocess.CompletedProcess[str]:
    """``scrapy crawl news -a seeds=…``."""
    return run_scrapy(
        "crawl",
        "news",
        "-a",
        f"seeds={seeds}",
        *arguments,
        output=output,
        settings=settings,
        timeout=timeout,
    )


def captures(output: Path) -> Iterator[tuple[Path, Capture]]:
    """Every capture of the output directory with its file."""
    for path in sorted((output / "warc").glob("*.warc.gz")):
        for capture in read_captures(path):
            yield path, capture
