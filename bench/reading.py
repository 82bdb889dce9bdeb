"""``python -m bench.reading [--pages 60]``: where the time of reading a page goes, on one core.

Processor time of each step over the bench's pages, in this process, and beside it that of
Trafilatura alone with its metadata, which reads neither links nor threads.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from trafilatura import bare_extraction

from archiver.discover import links_of_html
from archiver.dom import parse_decoded
from archiver.extract import extract_document
from archiver.model import Page
from archiver.sites import DEFAULT_RULES
from bench.pages import make_pages
from bench.shared import corpus_folder

CAPTURED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What ``call`` gives, and its milliseconds of processor time."""
    began = time.process_time()
    result = call()
    return result, (time.process_time() - began) * 1000


def steps_of(page: Page) -> dict[str, float]:
    """Milliseconds of each step."""
    document, parsing = timed(lambda: parse_decoded(page, page.payload))
    _, linking = timed(lambda: links_of_html(document, is_seed=False, rules=DEFAULT_RULES))
    _, extracting = timed(lambda: extract_document(document, page, DEFAULT_RULES))
    _, alone = timed(lambda: bare_extraction(page.payload, url=page.url, with_metadata=True))
    return {
        "parse": parsing,
        "links": linking,
        "article, metadata, comments": extracting,
        "Trafilatura alone, with metadata": alone,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    count = parser.parse_args().pages
    pages = [
        Page(url=f"https://paper.example{page.path}", captured_at=CAPTURED_AT, payload=page.body)
        for page in make_pages(corpus_folder(), count, gzip=False)
    ]
    steps_of(pages[0])  # what parsers load on their first page is not counted
    found = [steps_of(page) for page in pages]
    print("| step | median, ms | mean, ms |\n|---|---:|---:|")
    for name in found[0]:
        taken = [steps[name] for steps in found]
        print(f"| {name} | {statistics.median(taken):.0f} | {statistics.mean(taken):.0f} |")


if __name__ == "__main__":
    main()
