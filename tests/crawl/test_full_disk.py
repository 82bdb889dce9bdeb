"""A disk that fills up in mid-crawl: a clean stop, and with room again the same command goes on."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from bench.check_archive import check
from bench.graph_site import GraphSite, graph_site
from tests.crawl.running import crawl, outcomes, rows, run, scrapy_command
from tests.shared import require

ARTICLES = 30
FULL_AT = 700_000
"""Bytes of the small disk. The site's pages take about 1.2 MB in the archive."""


@contextmanager
def heavy_site() -> Iterator[GraphSite]:
    """Pages with something in them that no compression makes small."""
    dice = random.Random(7)
    with graph_site(ARTICLES) as site:
        for path, page in site.pages.items():
            ballast = dice.randbytes(30_000).hex()
            site.pages[path] = page.replace(b"</body>", f"<!-- {ballast} --></body>".encode())
        yield site


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """A file system of ``FULL_AT`` bytes at ``folder``; what is given makes it large."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_AT}", "tmpfs", str(folder)]
    require(
        os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0,
        "mounting a small file system needs root",
    )

    def make_room() -> None:
        subprocess.run(["mount", "-o", "remount,size=100m", str(folder)], check=True)

    try:
        yield make_room
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass(frozen=True)
class Trial:
    """A crawl that met the end of its disk, and the run after it."""

    first: subprocess.CompletedProcess[str]
    archived_first: int
    too_early: subprocess.CompletedProcess[str]
    """The same command before room was made."""
    second: subprocess.CompletedProcess[str]
    pages: set[str]
    archived: Counter[str]
    articles: set[str]
    waiting: list[str]
    faults: list[str]
    left_open: list[str]


def _try(output: Path, make_room: Callable[[], None], site: GraphSite, *limit: str) -> Trial:
    """``limit``: a command that runs what follows it under a limit of its own."""
    command = scrapy_command("crawl", "news", "-a", f"seeds={site.base}/", output=output)
    first = run([*limit, *command])
    archived_first = sum(1 for _ in _records_left(output))
    too_early = run([*limit, *command])
    make_room()
    second = crawl(f"{site.base}/", output=output)
    result = check(output)
    return Trial(
        first=first,
        archived_first=archived_first,
        too_early=too_early,
        second=second,
        pages=set(site.pages),
        archived=Counter({url.removeprefix(site.base): n for url, n in result.responses.items()}),
        articles={row["url"].removeprefix(site.base) for row in rows(output, "articles")},
        waiting=[url for url, outcome in outcomes(output).items() if not outcome],
        faults=result.faults,
        left_open=[path.name for path in output.rglob("*.open")],
    )


def _records_left(output: Path) -> Iterator[str]:
    """The responses that stand whole in what the first run left, sealed or open."""
    for path in (output / "warc").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    yield record.rec_headers.get_header("WARC-Target-URI")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("disk")
    with heavy_site() as site, small_disk(folder) as make_room:
        yield _try(folder / "output", make_room, site)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Files may not grow beyond a limit: the kernel refuses to write, and the disk is not full."""
    limit = ("bash", "-c", f'ulimit -f {FULL_AT // 2 // 1024} && exec "$@"', "limit")
    with heavy_site() as site:
        yield _try(tmp_path_factory.mktemp("limited") / "output", lambda: None, site, *limit)


def test_full_disk_stops_the_crawl_cleanly_and_says_what_to_do(full: Trial) -> None:
    assert full.first.returncode == 4, full.first.stderr[-3000:]
    assert "Make room" in full.first.stderr
    assert "run it again" in full.first.stderr
    assert "Traceback" not in full.first.stderr


def test_the_same_command_before_there_is_room_says_so_again(full: Trial) -> None:
    assert full.too_early.returncode == 4, full.too_early.stderr[-3000:]
    assert "Make room" in full.too_early.stderr
    assert "Traceback" not in full.too_early.stderr


def test_disk_that_refuses_to_write_stops_the_crawl_cleanly_too(limited: Trial) -> None:
    assert limited.first.returncode == 5, limited.first.stderr[-3000:]
    assert "File too large" in limited.first.stderr
    assert "run it again" in limited.first.stderr
    assert "Traceback" not in limited.first.stderr


@pytest.mark.parametrize("kind", ["full", "limited"])
def test_what_was_archived_stays_and_the_same_command_completes_the_crawl(
    request: pytest.FixtureRequest, kind: str
) -> None:
    trial: Trial = request.getfixturevalue(kind)
    assert 0 < trial.archived_first < len(trial.pages)
    assert trial.second.returncode == 0, trial.second.stderr[-3000:]
    assert set(trial.archived) >= trial.pages
    assert trial.articles == {path for path in trial.pages if "story" in path}
    assert trial.waiting == []
    assert trial.faults == []
    assert trial.left_open == []
