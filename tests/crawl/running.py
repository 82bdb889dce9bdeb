"""Runs ``scrapy`` as an operator would: a process of its own, and what it left behind."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from scrapy.settings import Settings

from archiver.model import Capture
from archiver.warc.reader import read_captures

ROOT = Path(__file__).resolve().parent.parent.parent
DERIVED = ("dataset", "clean", "cdxj")
"""Folders of an output directory that the WARCs alone can give again."""
QUICK: Mapping[str, str] = {
    "ALLOW_ADDRESSES": "127.0.0.0/8",
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "16",
    "IDENTITY": "named",
    "RETRY_TIMES": "0",
}
"""Settings of a crawl on this machine."""


def scrapy_command(
    *arguments: str, output: Path, settings: Mapping[str, str] | None = None
) -> list[str]:
    """``scrapy ARGUMENTS`` with the quick settings and ``settings`` over them."""
    command = [sys.executable, "-m", "scrapy", *arguments]
    for name, value in {**QUICK, "OUTPUT_DIR": str(output), **(settings or {})}.items():
        command += ["-s", f"{name}={value}"]
    return command


def run_scrapy(
    *arguments: str,
    output: Path,
    settings: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """The command of ``scrapy_command``, run to its end."""
    return run(scrapy_command(*arguments, output=output, settings=settings), timeout=timeout)


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


def start_crawl(seeds: str, *, output: Path, **settings: str) -> subprocess.Popen[str]:
    """The same, started with a process group of its own, so that all of it can be killed."""
    return subprocess.Popen(
        scrapy_command("crawl", "news", "-a", f"seeds={seeds}", output=output, settings=settings),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=_environment(),
    )


def run(
    command: list[str],
    *,
    standard_input: str | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Any command of the project, run to its end."""
    return subprocess.run(
        command,
        input=standard_input,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def captures(output: Path) -> Iterator[tuple[Path, Capture]]:
    """Every capture of the output directory with its file."""
    for path in sorted((output / "warc").glob("*.warc.gz")):
        for capture in read_captures(path):
            yield path, capture


def outcomes(output: Path) -> dict[str, str]:
    """What the frontier says became of each URL; ``""`` where it waits."""
    connection = sqlite3.connect(output / "state" / "frontier.sqlite")
    try:
        return {
            url: outcome or ""
            for url, outcome in connection.execute("SELECT url, outcome FROM urls")
        }
    finally:
        connection.close()


def captured_outcomes(output: Path) -> dict[str, str]:
    """The outcome of each URL in the table ``captures``."""
    return {row["url"]: row["outcome"] for row in rows(output, "captures")}


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its parts."""
    found: list[dict[str, Any]] = []
    for part in sorted((output / "dataset" / table).glob("crawl_date=*/*.parquet")):
        found += pq.ParquetFile(part).read().to_pylist()
    return found


def derived_files(output: Path) -> dict[str, str]:
    """SHA-256 of every derived file."""
    return {
        str(path.relative_to(output)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in DERIVED
        for path in (output / folder).rglob("*")
        if path.is_file()
    }


def derive_again(output: Path, *options: str) -> dict[str, str]:
    """``derived_files`` after all of them were removed and derived without any memo."""
    for folder in DERIVED:
        shutil.rmtree(output / folder)
    assert not list((output / "state" / "memo").iterdir()), "a memo is gone once it was used"
    warcs = [str(path) for path in sorted((output / "warc").glob("*.warc.gz"))]
    command = [sys.executable, "-m", "archiver", "derive", *warcs, "-o", str(output), "--quiet"]
    done = run([*command, *options])
    assert (done.returncode, done.stderr) == (0, "")
    return derived_files(output)


def settings_of(**settings: str) -> Settings:
    """The project's settings with ``settings`` over them, as a crawl sees them."""
    project = Settings()
    project.setmodule("archiver.crawl.settings", priority="project")
    project.update(settings, priority="cmdline")
    return project
