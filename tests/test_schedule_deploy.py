"""The ready-made files of docs/deploy: what they start exists, and who reads them accepts them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest
import typer.main

from archiver.cli import app
from archiver.schedule_file import parse_schedule
from tests.shared import require

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "docs" / "deploy"
STARTING = ("archiver.service", "archiver.cron", "cronjob.yaml")
SCHEMA = json.loads((DEPLOY / "sites.schema.json").read_text("utf-8"))


def words_after_run_due(name: str) -> list[str]:
    """The words with which a file starts ``run-due``, whatever its language."""
    found = re.search(r"^[^#\n]*\brun-due\b(.*)$", (DEPLOY / name).read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return shlex.split(found[1].replace(",", " ").replace("]", " "))


@pytest.mark.parametrize("name", STARTING)
def test_what_a_timer_starts_is_a_command_with_these_options(name: str) -> None:
    command = typer.main.get_group(app).commands["run-due"]
    known = {option for one in command.params for option in one.opts}
    options = {word for word in words_after_run_due(name) if word.startswith("-")}
    assert "--sites" in options
    assert options <= known


@pytest.mark.parametrize("unit", ["archiver.service", "archiver.timer"])
def test_systemd_reads_the_units(unit: str, tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze") is not None, "systemd-analyze is there")
    for path in DEPLOY.glob("archiver.[st]*"):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.M)
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_signal_of_systemd_goes_to_run_due_alone() -> None:
    assert "\nKillMode=mixed\n" in (DEPLOY / "archiver.service").read_text()


def schedules() -> list[str]:
    """Every schedule that is shown: in the document, and in the config map."""
    document = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    shown = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    manifest = (DEPLOY / "cronjob.yaml").read_text("utf-8")
    block = re.search(r"^  sites\.toml: \|\n((?:    .*\n|\n)+)", manifest, re.MULTILINE)
    assert block is not None
    return [*shown, re.sub(r"^    ", "", block[1], flags=re.MULTILINE)]


def test_every_schedule_that_is_shown_is_one_for_us_and_for_editors() -> None:
    found = schedules()
    assert len(found) == 2
    for text in found:
        assert parse_schedule(text, Path("/srv/sites.toml")).sites
        jsonschema_rs.validate(SCHEMA, tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        '[[site]]\nhost = "a.example"\ncadense = "1h"\n',
        '[[site]]\nhost = "a.example"\ncadence = "hourly"\n',
        '[[site]]\nhost = "a.example"\nseeds = ["https://a.example/"]\n',
        '[[site]]\nhost = "a.example"\nsettings = { OUTPUT_DIR = "x" }\n',
        '[defaults]\nname = "a"\n[[site]]\nhost = "a.example"\n',
        "site = []\n",
    ],
)
def test_an_editor_marks_what_we_refuse(text: str) -> None:
    assert not jsonschema_rs.is_valid(SCHEMA, tomllib.loads(text))
