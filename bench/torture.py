"""``python -m bench.torture --kills 50``: kills a crawl at random moments and looks for losses.

Each trial crawls a site that only links lead to, kills the whole process group with SIGKILL after
a random time, runs the same command again, and so on until a run ends by itself. Then it checks,
with an eye that shares no code with the crawl:

* what the frontier had acknowledged before a kill has its record in a sealed WARC;
* every page of the site has been archived (none vanished) and has its row;
* no sealed file is torn and no record has two rows;
* pages fetched twice are no more than what was in flight at the kills.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.check_archive import check
from bench.graph_site import GraphSite, graph_site

CONCURRENCY = 8
ARTICLES = 240
LONGEST_RUN = 120.0
MOST_REFETCHED = CONCURRENCY + 32
"""In flight, and waiting for a worker (``archiver.crawl.scheduler``)."""


@dataclass
class Tally:
    """What the trials came to."""

    trials: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refetched: list[int] = field(default_factory=list)
    """Per kill: pages that were asked for again by the run after it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", type=Path, help="folder in which failed trials are kept")
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    tally = Tally()
    print(f"seed {arguments.seed}")
    while tally.kills < arguments.kills:
        with graph_site(ARTICLES) as site, tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            _trial(site, output, dice, tally, arguments.kills)
            print(
                f"trial {tally.trials}: {tally.kills} kills, lost {len(tally.lost)}, "
                f"vanished {len(tally.vanished)}, faults {len(tally.faults)}",
                flush=True,
            )
            failed = tally.lost or tally.vanished or tally.faults
            if failed and arguments.keep:
                subprocess.run(["cp", "-a", str(output), str(arguments.keep)], check=True)
            if failed:
                break
    return _verdict(tally)


def _verdict(tally: Tally) -> int:
    for name in ("lost", "vanished", "faults"):
        for entry in getattr(tally, name)[:10]:
            print(f"{name}: {entry}")
    most = max(tally.refetched, default=0)
    mean = sum(tally.refetched) / max(1, len(tally.refetched))
    print(
        f"{tally.kills} kills in {tally.trials} trials: {len(tally.lost)} acknowledged captures "
        f"lost, {len(tally.vanished)} URLs vanished, {len(tally.faults)} faults; fetched again "
        f"after a kill: mean {mean:.1f}, most {most} pages"
    )
    if most > MOST_REFETCHED:
        print(f"more than the {MOST_REFETCHED} that may be in flight or wait for a worker")
    has_failed = tally.lost or tally.vanished or tally.faults or most > MOST_REFETCHED
    return 1 if has_failed else 0


def _trial(site: GraphSite, output: Path, dice: random.Random, tally: Tally, kills: int) -> None:
    tally.trials += 1
    acknowledged: set[str] = set()
    before: Counter[str] = Counter()
    while True:
        process = _start(site, output)
        is_killed = tally.kills < kills and _kill_within(process, dice.uniform(0.8, 8.0))
        if not is_killed:
            code = process.wait(timeout=LONGEST_RUN)
            if code != 0:
                tally.faults.append(f"a run ended with exit code {code}")
        asked = site.asked()
        again = sum(1 for path in asked if before[path] and asked[path] > before[path])
        if before:
            # robots.txt and the guessed sitemap belong to every run.
            tally.refetched.append(max(0, again - 2))
        before = asked
        acknowledged |= _done(output)
        if not is_killed:
            break
        tally.kills += bool(asked)  # before the first request there was nothing to lose
    result = check(output)
    archived = {uri.removeprefix(site.base) for uri in result.responses}
    tally.lost += sorted(acknowledged - set(result.responses))
    tally.vanished += sorted(set(site.pages) - archived)
    tally.faults += result.faults
    leftovers = [path.name for path in (output / "warc").glob("*.open")]
    tally.faults += [f"{name} was left open" for name in leftovers]
    if result.rows["articles"] < ARTICLES:
        tally.faults.append(f"{result.rows['articles']} article rows of {ARTICLES}")


def _start(site: GraphSite, output: Path) -> subprocess.Popen[bytes]:
    settings = {
        "OUTPUT_DIR": str(output),
        "ALLOW_ADDRESSES": "127.0.0.0/8",
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "False",
        "CONCURRENT_REQUESTS_PER_DOMAIN": str(CONCURRENCY),
        "WARC_MAX_BYTES": "60000",
        "IDENTITY": "named",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"seeds={site.base}/"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    return subprocess.Popen(command, start_new_session=True)


def _kill_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """True when the process was still running after ``seconds`` and has been killed."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def _done(output: Path) -> set[str]:
    """URLs that the frontier has acknowledged as captured."""
    database = output / "state" / "frontier.sqlite"
    if not database.exists():
        return set()
    with sqlite3.connect(database) as connection:
        try:
            rows = connection.execute(
                "SELECT url FROM urls WHERE state = 2 OR outcome IN ('not_found', 'server_error')"
            ).fetchall()
        except sqlite3.OperationalError:  # killed before the first table
            return set()
    return {row[0] for row in rows}


if __name__ == "__main__":
    sys.exit(main())
