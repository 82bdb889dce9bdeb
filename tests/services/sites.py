"""Real software on loopback: brought up by its own scripts, with the truth about it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.shared import require, shared_path

REALWEB_INDEX = "http://index.lab.example/"
WORDPRESS_PORTS = {8101: "twentytwentyone", 8102: "twentytwentytwo", 8103: "twentytwentythree"}


def lab_folder() -> Path:
    """Where the sites keep their work: ``LAB_DIR``, else a folder among the temporary ones."""
    return Path(os.environ.get("LAB_DIR") or Path(tempfile.gettempdir()) / "archiver-lab")


@dataclass(frozen=True)
class RealWeb:
    """The corpus' pages under their own host names."""

    manifest: list[dict[str, Any]]
    corpus: Path
    settings: dict[str, str]
    """What a crawl of it needs."""


@dataclass(frozen=True)
class WordPress:
    """One newspaper in three themes, and what is in its database."""

    truth: dict[int, list[dict[str, Any]]]
    """By port: posts and comments that a visitor can see."""


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout


def _is_reachable(url: str) -> bool:
    """False for an address with a dot segment at its end: every client takes it off (RFC 3986,
    5.2.4), and this server answers the address as it is written."""
    return not urlsplit(url).path.endswith(("/.", "/.."))


def _jsonl(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


@contextmanager
def running_realweb() -> Iterator[RealWeb]:
    """The site, up while the context lasts."""
    sites = shared_path("sites")
    require(os.geteuid() == 0, "the real sites are installed and started by root")
    work, corpus = lab_folder() / "realweb", lab_folder() / "corpus"
    _run("sh", shared_path("corpora") / "unpack.sh", corpus)
    _run(sites / "realweb" / "up.sh", corpus, work)
    try:
        yield RealWeb(
            manifest=[
                entry
                for entry in _jsonl(_run(sites / "realweb" / "manifest.sh", work))
                if _is_reachable(entry["url"])
            ],
            corpus=corpus,
            settings={
                "CONNECT_TO": json.dumps({"*:80": "127.0.0.1:8301", "*:443": "127.0.0.1:8302"}),
                "TLS_CA_FILE": str(work / "tls" / "ca.pem"),
                "ALLOW_ADDRESSES": "",
            },
        )
    finally:
        _run(sites / "realweb" / "down.sh", work)


@contextmanager
def running_wordpress() -> Iterator[WordPress]:
    """The sites, up while the context lasts."""
    sites = shared_path("sites")
    require(os.geteuid() == 0, "the real sites are installed and started by root")
    work = lab_folder() / "wordpress"
    _run(sites / "wordpress" / "up.sh", work)
    try:
        yield WordPress(
            {
                port: _jsonl(_run(sites / "wordpress" / "truth.sh", "--port", str(port), work))
                for port in WORDPRESS_PORTS
            }
        )
    finally:
        _run(sites / "wordpress" / "down.sh", work)


@contextmanager
def running_static() -> Iterator[list[dict[str, Any]]]:
    """The static newspaper with its Isso, up while the context lasts: its posts and comments."""
    sites = shared_path("sites")
    require(os.geteuid() == 0, "the real sites are installed and started by root")
    work = lab_folder() / "static"
    _run(sites / "static" / "up.sh", work)
    try:
        yield _jsonl(_run(sites / "static" / "truth.sh", work))
    finally:
        _run(sites / "static" / "down.sh", work)
