"""``archiver due`` and ``archiver run-due``: what they print, and a crawl as the schedule asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archiver.schedule import judge_all, plan
from archiver.schedule_file import read_schedule
from archiver.schedule_store import ScheduleStore, database_in, state_folder
from tests.cli.conftest import Archiver
from tests.newspaper.server import Newspaper

THREE = """\
[defaults]
cadence = "1d"
[[site]]
host = "a.example"
[[site]]
host = "b.example"
cadence = "07:30 daily"
[[site]]
host = "c.example"
enabled = false
"""


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.toml"
    path.write_text(THREE)
    return path


def remember(sites: Path, *names: str, exit_code: int | None, days_ago: int = 0) -> datetime:
    """Runs of these sites; the moment at which they began."""
    then = datetime.now(UTC) - timedelta(days=days_ago)
    folder = state_folder(sites)
    folder.mkdir(exist_ok=True)
    with closing(ScheduleStore(folder)) as store:
        due = judge_all(read_schedule(sites).sites, {}, then)
        (job,) = plan((one for one in due if one.site.name in names), most_sites=10)
        job_id = store.begin(job, log=Path("x.log"), now=then)
        if exit_code is not None:
            store.end(job_id, exit_code=exit_code, now=then)
    return then


def lines(text: str) -> list[list[str]]:
    """The words of each line, where two blanks part columns."""
    return [
        [word.strip() for word in line.split("  ") if word.strip()] for line in text.splitlines()
    ]


def test_due_says_what_never_ran(archiver: Archiver, sites: Path) -> None:
    said = archiver("due", "--sites", sites)
    assert (said.code, said.err) == (0, "")
    assert lines(said.out) == [
        ["2 sites due (times are UTC)"],
        ["a.example", "1d, never run"],
        ["b.example", "07:30 daily, never run"],
        ["1 other site"],
        ["c.example", "switched off", "1d, never run"],
    ]
    assert not state_folder(sites).exists()


def test_due_says_since_when_and_how_the_last_run_ended(archiver: Archiver, sites: Path) -> None:
    failed = remember(sites, "a.example", exit_code=3)
    killed = remember(sites, "b.example", exit_code=-9)
    said = lines(archiver("due", "--sites", sites).out)
    midnight = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d} 00:00"
    assert said[0] == ["1 site due (times are UTC)"]
    assert said[1][0] == "b.example"
    assert said[1][1].startswith("since 20")
    assert said[1][2] == f"07:30 daily, last run {killed:%Y-%m-%d %H:%M}: killed by signal 9"
    assert said[3] == [
        "a.example",
        f"at {midnight}",
        f"1d, last run {failed:%Y-%m-%d %H:%M}: every URL failed; tried again at its time",
    ]


def test_due_speaks_json(archiver: Archiver, sites: Path) -> None:
    then = remember(sites, "a.example", exit_code=0, days_ago=9)
    said = json.loads(archiver("due", "--sites", sites, "--json").out)
    assert (said["due"], said["at_work_since"]) == (2, None)
    first = said["sites"][0]
    since = (then + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert first["last_run"].pop("began_at") == first["last_run"].pop("ended_at")
    assert datetime.fromisoformat(first.pop("next_at")) > datetime.now(UTC)
    assert first == {
        "site": "a.example",
        "cadence": "1d",
        "standing": "due",
        "is_due": True,
        "since": since.isoformat(),
        "output": str(sites.parent / "output"),
        "last_run": {"exit_code": 0, "ending": "finished", "failures": 0},
    }
    assert [one["standing"] for one in said["sites"]] == ["due", "never run", "off"]


def test_a_damaged_memory_is_said_and_left_for_run_due(archiver: Archiver, sites: Path) -> None:
    remember(sites, "a.example", exit_code=0)
    database_in(state_folder(sites)).write_bytes(b"?" * 4096)
    said = archiver("due", "--sites", sites)
    assert said.code == 0
    assert said.out.startswith("2 sites due")
    assert "is damaged" in said.err
    assert "every site is due once" in said.err
    assert database_in(state_folder(sites)).read_bytes() == b"?" * 4096


def test_a_schedule_that_is_wrong_is_told(archiver: Archiver, sites: Path) -> None:
    sites.write_text('[[site]]\nhost = "a.example"\ncadense = "1h"\n')
    for command in ("due", "run-due"):
        said = archiver(command, "--sites", sites)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            f"archiver: {sites}, line 3: cadense: is no key of a [[site]]. Did you mean cadence?\n"
        )


def test_a_dry_run_prints_the_commands_and_does_nothing(archiver: Archiver, sites: Path) -> None:
    said = archiver("run-due", "--sites", sites, "--dry-run", "--alert", "mail me")
    assert said.code == 0
    command = said.out.splitlines()[1]
    assert command.startswith(f"  {sys.executable} -m scrapy crawl news -a sites=")
    assert command.endswith(f"-s OUTPUT_DIR={sites.parent / 'output'} -s 'ALERT=mail me'")
    assert not state_folder(sites).exists()


def test_where_nothing_is_due_run_due_says_so(archiver: Archiver, sites: Path) -> None:
    remember(sites, "a.example", "b.example", exit_code=0)
    said = archiver("run-due", "--sites", sites)
    assert (said.code, said.out, said.err) == (0, "nothing is due\n", "")


def test_due_loads_neither_pages_nor_tables(sites: Path) -> None:
    code = (
        "import sys; from archiver.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "due", "--sites", str(sites)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "archiver.schedule" in loaded
    assert not loaded & {"archiver.config", "lxml", "pyarrow", "scrapy", "tldextract", "asyncio"}


@pytest.fixture
def papers() -> Iterator[list[Newspaper]]:
    both = [Newspaper(), Newspaper()]
    for paper in both:
        paper.start()
    yield both
    for paper in both:
        paper.shutdown()


def test_run_due_crawls_and_then_nothing_is_due(
    archiver: Archiver, papers: list[Newspaper], tmp_path: Path
) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text(
        '[defaults]\ncadence = "52w"\noutput = "out"\n'
        'settings = { ALLOW_ADDRESSES = "127.0.0.0/8", DOWNLOAD_DELAY = 0, '
        'AUTOTHROTTLE_ENABLED = false, RETRY_TIMES = 0, IDENTITY = "named" }\n'
        + "".join(f'[[site]]\nseeds = ["{paper.base}/"]\n' for paper in papers)
        + '[[site]]\nname = "dead"\nseeds = ["http://127.0.0.1:9/"]\noutput = "dead"\n'
    )
    said = archiver("run-due", "--sites", sites, "--jobs", "2")
    assert said.code == 3, said.out
    assert f"into {tmp_path / 'out'} after" in said.out
    assert "dead after" in said.out
    parts = (tmp_path / "out" / "dataset" / "articles").glob("crawl_date=*/*.parquet")
    urls = [url for part in parts for url in pq.ParquetFile(part).read()["url"].to_pylist()]
    for paper in papers:
        assert sum(url.startswith(paper.base) for url in urls) > 10
    facts = json.loads(archiver("due", "--sites", sites, "--json").out)
    assert facts["due"] == 0
    assert [one["last_run"]["exit_code"] for one in facts["sites"]] == [0, 0, 3]
