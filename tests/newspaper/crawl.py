"""``python -m tests.newspaper.crawl --output output``: the sample newspaper, crawled and shown.

Serves the newspaper, runs the same ``scrapy crawl`` that a real site would get (with the settings
that a server on this machine needs), and prints the run's report with its first rows.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.newspaper.server import Newspaper

USUAL_PORT = 8490
"""The same each time, so that a second crawl meets the same URLs and finds nothing new."""


def main() -> int:
    """Exit code of the crawl."""
    parser = argparse.ArgumentParser(prog="python -m tests.newspaper.crawl", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("output"))
    arguments, options = parser.parse_known_args()
    paper = _paper()
    paper.start()
    print(f"The sample newspaper is at {paper.base}/ while it is crawled.", flush=True)
    crawl = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"seeds={paper.base}/"]
    for setting in (
        f"OUTPUT_DIR={arguments.output}",
        "ALLOW_ADDRESSES=127.0.0.1",
        "DOWNLOAD_DELAY=0",
        "AUTOTHROTTLE_ENABLED=False",
        "RETRY_TIMES=0",
        "WARC_PREFIX=sample",
    ):
        crawl += ["-s", setting]
    code = subprocess.run([*crawl, *options], check=False).returncode
    paper.shutdown()
    report = [sys.executable, "-m", "archiver", "report", "--rows", "--output", arguments.output]
    if code not in (2, 6):
        subprocess.run(report, check=False)
    return code


def _paper() -> Newspaper:
    try:
        return Newspaper(port=USUAL_PORT)
    except OSError:  # somebody else listens there
        return Newspaper()


if __name__ == "__main__":
    sys.exit(main())
