"""``python -m bench.sizes [--seconds 60]``: what reading a page costs against its size, to 10 MB.

Pages of three shapes, each doubled from 80 KB to 10 MB, read whole (parsed, links, article,
threads) in this process; processor time, and beside it that of Trafilatura alone until it takes
longer than ``--seconds``. A cost that is linear doubles from line to line.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from trafilatura import bare_extraction

from archiver.config import ReadLimits
from archiver.model import Page
from archiver.reading import read
from archiver.sites import DEFAULT_RULES

CAPTURED_AT = datetime(2026, 11, 1, tzinfo=UTC)
SIZES = tuple(80 * 1024 * 2**power for power in range(8))
SENTENCE = (
    "The council of the small town voted on Tuesday to rebuild the old bridge over the river. "
)
ITEM = '<li><a href="/2026/11/story-{0}/">Another story of that day, number {0}</a></li>'


def paragraphs(size: int) -> str:
    """An article of so many bytes."""
    return f"<p>{SENTENCE * 3}</p>\n" * (size // (3 * len(SENTENCE) + 8))


def links(size: int) -> str:
    """A short article beside so many bytes of links to others."""
    count = size // (len(ITEM) + 4)
    return paragraphs(4096) + "<ul>" + "".join(ITEM.format(n) for n in range(count)) + "</ul>"


def marks(size: int) -> str:
    """One paragraph of so many bytes, most of them markup."""
    return "<p>" + "A <b>word</b> or <i>two</i>. " * (size // 30) + "</p>"


SHAPES: Mapping[str, Callable[[int], str]] = {
    "paragraphs": paragraphs,
    "links": links,
    "marks": marks,
}


def seconds_of(call: Callable[[], object]) -> float:
    """Processor time of ``call``."""
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.sizes", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    limits = ReadLimits()
    print(
        "| shape | bytes | seconds | MB/s | Trafilatura alone, seconds |\n|---|---:|---:|---:|---:|"
    )
    for name, shape in SHAPES.items():
        is_patient = True
        for size in SIZES:
            body = shape(size)
            payload = f"<html><body><h1>A long story</h1>{body}</body></html>".encode()
            page = Page("https://paper.example/a-long-story", CAPTURED_AT, (), payload)
            spent = seconds_of(lambda page=page: read(page, DEFAULT_RULES, limits))  # type: ignore[misc]
            rival = None
            if is_patient:
                rival = seconds_of(lambda raw=payload: bare_extraction(raw))  # type: ignore[misc]
                is_patient = rival < options.seconds / 2
            told = "" if rival is None else f"{rival:.2f}"
            rate = len(payload) / spent / 1e6
            print(f"| {name} | {len(payload)} | {spent:.2f} | {rate:.1f} | {told} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
