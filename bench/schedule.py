"""``python -m bench.schedule``: how long ``archiver due`` takes over 10,000 sites.

The schedule is written here: cadences of every kind, fifty output directories, each site with a
past run. Measured is the command as a timer starts it, interpreter and all.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.schedule import judge_all, plan
from archiver.schedule_file import read_schedule
from archiver.schedule_store import ScheduleStore, state_folder

CADENCES = ("30m", "1h", "6h", "1d", "1w", "07:30 daily", "18:00 mon,thu")
OUTPUTS = 50
LIMIT_SECONDS = 1.0


def write_schedule(path: Path, sites: int) -> None:
    """A file of this many sites."""
    lines = ['[defaults]\njitter = "5m"\nsettings = { CONTACT = "you@example.org" }\n']
    for number in range(sites):
        lines.append(
            f'[[site]]\nhost = "news{number}.example.org"\n'
            f'cadence = "{CADENCES[number % len(CADENCES)]}"\noutput = "out/{number % OUTPUTS}"\n'
        )
    path.write_text("\n".join(lines))


def remember(path: Path) -> None:
    """Every site has run an hour ago; every tenth run failed."""
    then = datetime.now(UTC) - timedelta(hours=1)
    with closing(ScheduleStore(state_folder(path))) as store:
        jobs = plan(judge_all(read_schedule(path).sites, {}, then), most_sites=100)
        for number, job in enumerate(jobs):
            job_id = store.begin(job, log=Path("x.log"), now=then)
            store.end(job_id, exit_code=0 if number % 10 else 3, now=then)


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds by the wall clock, and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def main() -> int:
    """Prints the figures; 1 when the limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.schedule", description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.toml"
        write_schedule(path, arguments.sites)
        state_folder(path).mkdir()
        remember(path)
        command = [sys.executable, "-m", "archiver", "due", "--sites", str(path)]
        said = json.loads(subprocess.run([*command, "--json"], capture_output=True,
                                         check=True).stdout)  # fmt: skip
        print(f"{len(said['sites']):,} sites, {said['due']:,} of them due")
        for words in ([], ["--json"]):
            runs = [measure([*command, *words]) for _ in range(arguments.rounds)]
            wall = statistics.median(wall for wall, _ in runs)
            used = statistics.median(used for _, used in runs)
            slowest = max(slowest, wall)
            print(f"archiver due {' '.join(words):7} {wall:.2f} s, processor {used:.2f} s")
    return int(slowest > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
