"""The egg of this project, built as an operator builds it, crawls in a real scrapyd."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archiver import __version__
from tests.crawl.running import QUICK
from tests.newspaper.server import Newspaper
from tests.services.sites import lab_folder
from tests.shared import require

pytestmark = pytest.mark.service

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("scrapyd>=1.6,<2", "scrapyd-client>=2,<3", "setuptools>=77,<81")
"""scrapyd needs pkg_resources, which newer setuptools do not have; older ones cannot read our
pyproject.toml."""
PACKED = ("archiver", "spiders", "setup.py", "pyproject.toml", "scrapy.cfg", "README.md", "LICENSE")
PATIENCE = 60.0


@dataclass(frozen=True)
class Scrapyd:
    """A server that has the project."""

    base: str
    folder: Path
    environment: Path

    def ask(self, service: str, **words: Any) -> dict[str, Any]:
        """The answer of one of its services; words are posted."""
        posted = urllib.parse.urlencode(words, doseq=True).encode() or None
        if service.startswith(("list", "daemon")):  # these are asked, not told
            service, posted = f"{service}?{urllib.parse.urlencode(words)}", None
        with urllib.request.urlopen(f"{self.base}{service}", posted, timeout=30) as answer:
            said: dict[str, Any] = json.load(answer)
        assert said["status"] == "ok", said
        return said

    def run(self, **words: Any) -> Path:
        """Schedules the spider and waits for its end; the log of the job."""
        job = self.ask("schedule.json", project="archiver", spider="news", **words)["jobid"]

        def is_finished() -> bool:
            jobs = self.ask("listjobs.json", project="archiver")["finished"]
            return any(one["id"] == job for one in jobs)

        wait_for(is_finished, f"job {job} did not end")
        return self.folder / "logs" / "archiver" / "news" / f"{job}.log"


def wait_for(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.2)


@pytest.fixture(scope="module")
def environment() -> Path:
    """Python with scrapyd and what the project needs, and not the project: that is in the egg. Made
    on first use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*TOOLS, *project["dependencies"]]
    digest = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    folder = lab_folder() / f"scrapyd-{digest}"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        done = subprocess.run(
            [folder / "bin" / "python", "-m", "pip", "install", "-q",
             "--disable-pip-version-check", *wanted],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        require(done.returncode == 0, f"scrapyd can be installed: {done.stderr[-300:]}")
        (folder / "ready").touch()
    return folder


@pytest.fixture(scope="module")
def scrapyd(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """A scrapyd on loopback to which ``scrapyd-deploy`` has brought the project."""
    folder = tmp_path_factory.mktemp("scrapyd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n"
        "max_proc = 1\n"
    )
    unwanted = ("PYTHONPATH", "SCRAPY_SETTINGS_MODULE", "VIRTUAL_ENV")
    server = subprocess.Popen(
        [environment / "bin" / "python", "-m", "scrapyd"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in unwanted},
        stdout=(folder / "server.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    running = Scrapyd(f"http://127.0.0.1:{port}/", folder, environment)

    def is_up() -> bool:
        assert server.poll() is None, (folder / "server.log").read_text()
        try:
            return bool(running.ask("daemonstatus.json"))
        except OSError:
            return False

    try:
        wait_for(is_up, "scrapyd did not come up")
        deploy(environment, folder / "project", port)
        yield running
    finally:
        server.terminate()
        server.wait(30)


def deploy(environment: Path, project: Path, port: int) -> None:
    """``scrapyd-deploy`` in a copy of the project: it builds in the folder that it packs."""
    project.mkdir()
    for name in PACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project / name)
    config = project / "scrapy.cfg"
    config.write_text(config.read_text().replace(":6800/", f":{port}/"))
    done = subprocess.run(
        [environment / "bin" / "scrapyd-deploy", "--debug", "--version", __version__],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    newspaper.start()
    yield newspaper
    newspaper.shutdown()


def settings(output: Path, **more: str) -> list[str]:
    """What ``setting=`` says, several times."""
    words = {**QUICK, "OUTPUT_DIR": str(output), **more}
    return [f"{name}={value}" for name, value in words.items()]


def test_the_project_is_there_with_its_spider(scrapyd: Scrapyd) -> None:
    assert scrapyd.ask("listspiders.json", project="archiver")["spiders"] == ["news"]
    assert scrapyd.ask("listversions.json", project="archiver")["versions"] == [
        __version__.replace(".", "_")
    ]


def test_the_egg_holds_all_that_the_packages_hold(scrapyd: Scrapyd) -> None:
    (egg,) = (scrapyd.folder / "eggs" / "archiver").glob("*.egg")
    held = set(zipfile.ZipFile(egg).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("archiver", "spiders")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - held == set()


def test_a_crawl_archives_reads_and_derives(
    scrapyd: Scrapyd, paper: Newspaper, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    log = scrapyd.run(seeds=f"{paper.base}/", setting=settings(output, WARC_PREFIX="egg"))
    record = json.loads(next((output / "runs").glob("*/run.json")).read_text())
    assert record["finish_reason"] == "finished", log.read_text()[-3000:]
    assert record["outcomes"]["article"] >= 10
    (warc,) = (output / "warc").glob("egg-*.warc.gz")
    assert warc.stat().st_size > 10_000
    parts = list((output / "dataset" / "articles").glob("crawl_date=*/*.parquet"))
    assert parts, log.read_text()[-3000:]
    assert sum(pq.ParquetFile(part).metadata.num_rows for part in parts) >= 10


def test_a_wrong_setting_is_told_in_the_log(scrapyd: Scrapyd, tmp_path: Path) -> None:
    log = scrapyd.run(
        seeds="http://127.0.0.1:9/", setting=settings(tmp_path / "output", IDENTITY="nobody")
    )
    assert "IDENTITY is 'nobody'" in log.read_text() + (scrapyd.folder / "server.log").read_text()
    assert not (tmp_path / "output" / "warc").exists()
