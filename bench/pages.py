"""A press of many large real pages, made from the shared corpus and served from memory.

The corpus has some 290 pages between 200 and 500 KB. The ``DISTINCT`` nearest to ``TYPICAL_BYTES``
are served under many addresses, each with a number of its own in title and text, so that no two
answers are alike and every page is a row.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import compress
from pathlib import Path

TYPICAL_BYTES = 330_000
DISTINCT = 250
_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)
_TITLE_END = re.compile(rb"</title>", re.IGNORECASE)
_HEAD = re.compile(rb"<head[^>]*>", re.IGNORECASE)
_BASE = b'<base href="https://elsewhere.example/">'
"""Relative links lead off the crawl, or thousands of missing pages would be asked for."""


@dataclass(frozen=True, slots=True)
class BenchPage:
    """One answer."""

    path: str
    body: bytes
    """As it is sent."""
    size: int
    """Of the page itself."""


def unpack(shared: Path, work: Path) -> Path:
    """The corpus unpacked below ``work``; again only when it changed."""
    target = work / "corpus"
    subprocess.run(["sh", str(shared / "corpora" / "unpack.sh"), str(target)], check=True)
    return target


def typical_pages(corpus: Path) -> list[bytes]:
    """The ``DISTINCT`` pages of the corpus whose size is nearest to ``TYPICAL_BYTES``."""
    lines = (corpus / "pages.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    files = [corpus / "pages" / row["file"].removeprefix("pages/") for row in rows]
    nearest = sorted(files, key=lambda file: (abs(file.stat().st_size - TYPICAL_BYTES), file.name))
    return [file.read_bytes() for file in nearest[:DISTINCT]]


def path_of(number: int) -> str:
    """The address of a page."""
    return f"/2026/11/story-{number}/"


def make_pages(corpus: Path, count: int, *, gzip: bool) -> Iterator[BenchPage]:
    """``count`` pages, no two alike; their bodies as gzip where asked."""
    originals = typical_pages(corpus)
    for number in range(count):
        page = originals[number % len(originals)]
        page = _HEAD.sub(lambda found: found.group() + _BASE, page, count=1)
        page = _TITLE_END.sub(rb"%d\g<0>" % number, page, count=1)
        page = _BODY.sub(rb"\g<0><!--%d-->" % number, page, count=1)
        body = compress(page, 6) if gzip else page
        yield BenchPage(path_of(number), body, len(page))
