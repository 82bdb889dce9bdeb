"""``archiver`` as a whole: help, version, quiet where nobody looks, one line for a fault."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archiver import __version__
from archiver.cli import app
from tests.cli.conftest import ESCAPE, Archiver, readable, warc_of

COMMANDS = [
    "derive", "diff", "due", "extract", "forget", "key", "learn", "recover", "report", "run-due",
    "thread", "trace", "verify",
]  # fmt: skip
PROGRAM = [sys.executable, "-m", "archiver"]
PLAIN = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}


def test_the_first_page_names_every_command_and_how_to_crawl(archiver: Archiver) -> None:
    said = archiver("--help")
    assert said.code == 0
    page = readable(said.out)
    assert "scrapy crawl news -a seeds=https://example.org/" in page
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.callback.__name__.replace("_", "-")
        first = (command.callback.__doc__ or "").partition("\n")[0]
        assert f"{name} {first}" in page
    named = (c.callback.__name__ for c in app.registered_commands if c.callback)
    assert sorted(name.replace("_", "-") for name in named) == COMMANDS
    assert readable(archiver().out) == page


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_its_arguments_and_every_option(
    archiver: Archiver, command: str
) -> None:
    said = archiver(command, "--help")
    assert said.code == 0
    lines = [line.strip("│ ") for line in ESCAPE.sub("", said.out).splitlines()]
    options = [line for line in lines if line.startswith("-")]
    assert options
    for line in options:
        # name, kind and then words of its own, in this line or the next
        assert re.search(r" {2,}[A-Z]\w+", line), line


def test_the_version_is_that_of_the_package(archiver: Archiver) -> None:
    assert archiver("--version").out == f"{__version__}\n"


def test_an_unknown_command_is_wrong_usage(archiver: Archiver) -> None:
    said = archiver("crawl")
    assert (said.code, said.out) == (2, "")
    assert "No such command 'crawl'" in readable(said.err)


def test_a_fault_of_the_system_is_one_line(archiver: Archiver, tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").touch()
    out = tmp_path / "no folder" / "out.jsonl"
    said = archiver("extract", "--pages", tmp_path / "pages.jsonl", "--out", out)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"archiver: {out}: No such file or directory\n"


def test_a_file_of_rules_that_does_not_hold_is_named(archiver: Archiver, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "news.example.toml").write_text("host = ")
    said = archiver("derive", "a.warc.gz", "--rules-dir", rules)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"archiver: {rules / 'news.example.toml'}")
    assert said.err.count("\n") == 1


def test_no_bar_and_no_escape_codes_where_nobody_looks(derived: Path) -> None:
    (derived / "dataset").rename(derived / "made-under-a-key")
    words = ["derive", str(warc_of(derived)), "--output", str(derived), "--identity", "named"]
    done = subprocess.run([*PROGRAM, *words], capture_output=True, env=PLAIN, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    name = warc_of(derived).name.encode()
    assert done.stdout == name + b": 1 clean, 1 articles, 2 comments, 10 captures\n"


def test_a_terminal_shows_a_bar_and_a_file_gets_the_lines(derived: Path, tmp_path: Path) -> None:
    warc = tmp_path / "empty-20260101000000.warc.gz"
    warc.write_bytes(warc_of(derived).read_bytes())
    words = ["derive", str(warc), "--output", str(tmp_path / "o"), "--identity", "named"]
    keeper, terminal = pty.openpty()
    told = tmp_path / "told"
    with told.open("wb") as file:
        environment = {**PLAIN, "TERM": "xterm-256color"}
        process = subprocess.Popen(
            [*PROGRAM, *words], stdout=file, stderr=terminal, env=environment
        )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(keeper, 65536)
        except OSError:  # the other side is closed (Linux says EIO)
            break
        if not piece:
            break
        shown += piece
    os.close(keeper)
    assert process.wait() == 0
    assert b"deriving" in shown
    assert b"1/1" in shown
    assert told.read_text() == f"{warc.name}: 1 clean, 1 articles, 2 comments, 10 captures\n"


def test_a_reader_that_goes_away_is_no_traceback(derived: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = ["trace", "https://www.news.example/bridge", "--output", str(derived)]
    process = subprocess.Popen(
        [*PROGRAM, *words], stdout=writing, stderr=subprocess.PIPE, env=PLAIN
    )
    os.close(writing)
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (1, b"")


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path: Path) -> None:
    pages = tmp_path / "pages.jsonl"
    os.mkfifo(pages)
    words = ["extract", "--pages", str(pages), "--out", str(tmp_path / "out.jsonl")]
    process = subprocess.Popen(
        [*PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=PLAIN,
        # What is started in the background inherits that it ignores Ctrl-C: a terminal's does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    with pages.open("wb"):  # opens once the command reads
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, (b"", b""))
