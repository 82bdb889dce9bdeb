"""``scrapy crawl --alert``: who is told, and that nothing else depends on it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archiver.crawl.telling import Telling, read_telling, tell
from archiver.errors import ConfigError
from archiver.report import read_run_record, write_run_record
from tests.crawl.running import run, scrapy_command

NOBODY = "http://127.0.0.1:9/"


def hook(folder: Path, code: str = "") -> str:
    """A command that keeps what it is told in ``folder``, and then runs ``code``."""
    path = folder / "hook.py"
    path.write_text(
        f"import sys; open({str(folder / 'told.json')!r}, 'w').write(sys.stdin.read())\n{code}"
    )
    return f"'{sys.executable}' '{path}' --token s3cret-token"


def test_a_run_that_fails_is_told_and_its_exit_code_stays(tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = scrapy_command(
        "crawl", "news", "-a", f"seeds={NOBODY}", "--alert",
        hook(tmp_path, "sys.exit('--token s3cret-token: no')"), output=output,
    )  # fmt: skip
    done = run(command)
    assert done.returncode == 3, done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    facts = read_run_record(output)
    assert (told["run_id"], told["exit_code"]) == (facts["run_id"], 3)
    assert told["output_dir"] == str(output)
    assert facts["alert"] == {
        "to": Path(sys.executable).name,
        "arrived": False,
        "fault": "it ended with code 1: … …: no",
    }
    assert "was not told of the run: it ended with code 1" in done.stderr
    assert "s3cret" not in done.stderr + json.dumps(facts)


def test_a_crawl_that_cannot_begin_is_told(tmp_path: Path) -> None:
    command = scrapy_command(
        "crawl", "news", "-a", "seeds=nonsense", "--alert", hook(tmp_path), output=tmp_path / "o"
    )
    done = run(command)
    assert done.returncode == 2
    told = json.loads((tmp_path / "told.json").read_text())
    assert (told["run_id"], told["exit_code"]) == (None, 2)
    assert "'nonsense' is no URL" in told["fault"]


def test_a_wrong_alert_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    command = scrapy_command(
        "crawl", "news", "-a", f"seeds={NOBODY}", "--alert", "ftp://h/s3cret", output=tmp_path / "o"
    )
    done = run(command)
    assert done.returncode == 2
    assert "archiver: ALERT is neither a command nor an http or https address" in done.stderr
    assert "s3cret" not in done.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALERT_ON", "sometimes", "ALERT_ON is 'sometimes'"),
        ("ALERT_TIMEOUT", "soon", "ALERT_TIMEOUT is no time"),
        ("ALERT_TIMEOUT", "0", "ALERT_TIMEOUT is no time"),
        ("ALERT_TIMEOUT", "nan", "ALERT_TIMEOUT is no time"),
        ("ALERT", "@/nowhere/alert", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, says: str) -> None:
    settings = {"ALERT": "notify", "ALERT_ON": "findings", "ALERT_TIMEOUT": 30, name: value}
    with pytest.raises(ConfigError, match=says):
        read_telling(Settings(settings))


def test_a_record_that_is_gone_is_told_as_well(tmp_path: Path) -> None:
    telling = read_telling(
        Settings({"ALERT": hook(tmp_path), "ALERT_ON": "always", "ALERT_TIMEOUT": 30})
    )
    assert isinstance(telling, Telling)
    tell(telling, tmp_path, "r1", exit_code=4, fault=None, is_failure=True)
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["fault"].startswith(f"{tmp_path}: no run has been recorded here")
    write_run_record(tmp_path, {"run_id": "r1", "started_at": "2026-11-23T12:00:00+00:00"})
    tell(telling, tmp_path, "r1", exit_code=0, fault=None, is_failure=False)
    assert read_run_record(tmp_path, "r1")["alert"]["arrived"] is True
