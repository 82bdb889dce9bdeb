"""What is seen of a crawl while it runs: on terminals wide and narrow, and in a log."""

from __future__ import annotations

import codecs
import fcntl
import logging
import os
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from scrapy.utils.test import get_crawler

from archiver.crawl import live
from archiver.crawl.live import Live, Rate
from archiver.crawl.live_view import SiteStanding, Standing, clock, one_line, screen
from archiver.errors import ConfigError
from tests.crawl.running import ROOT, run_scrapy, scrapy_command
from tests.newspaper.server import Newspaper

STANDING = Standing(
    name="news",
    phase="crawls",
    elapsed_seconds=3725,
    pages=1234,
    per_minute=102.6,
    size_bytes=45_200_000,
    outcomes={"article": 900, "thread": 300, "not_found": 30, "timeout": 4},
    in_flight=16,
    waiting=5012,
    sites=[
        SiteStanding("valley-herald.example", 700, 61.2, 4000, 8),
        SiteStanding("post.example", 534, 41.4, 1012, 8, rests_seconds=75),
    ],
    site_count=12,
    resting={"post.example": 75},
    messages=["not_found https://post.example/old"],
    warnings=34,
)


class Terminal:
    """As much of a terminal as a live view needs: where the cursor is, and what stands on the
    screen. Anything that it does not know fails the test."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.row = self.column = 0
        self.cursor_is_shown = True

    def feed(self, data: str) -> None:
        for part in re.findall(r"\x1b\[\??[\d;]*[A-Za-z]|\x1b.?|[\r\n]|[^\x1b\r\n]+", data):
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            elif part[0] != "\x1b":
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[: self.column] + part + line[self.column + len(part) :]
                self.column += len(part)
            elif part == "\x1b[2K":
                self.lines[self.row] = ""
            elif re.fullmatch(r"\x1b\[\d*A", part):
                self.row -= int(part[2:-1] or 1)
            elif part in ("\x1b[?25l", "\x1b[?25h"):
                self.cursor_is_shown = part[-1] == "h"
            else:
                assert part[-1] == "m", part

    @property
    def text(self) -> list[str]:
        return [line.rstrip() for line in self.lines if line.strip()]


class Watched:
    """A crawl of the newspaper with a terminal of its own as standard error."""

    def __init__(
        self, paper: Newspaper, output: Path, *, width: int, height: int = 30, **more: str
    ):
        self.shown = ""
        main, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.modes = termios.tcgetattr(theirs)
        self._main, self._theirs = main, theirs
        command = scrapy_command(
            "crawl", "news", "-a", f"seeds={paper.base}/", output=output, settings=more
        )
        kept = {name: value for name, value in os.environ.items() if name not in _OF_TERMINALS}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            env={**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while data := os.read(self._main, 65536):
            self.shown += decoder.decode(data)

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """``text`` has been shown."""
        waited = threading.Event()
        for _ in range(int(seconds * 20)):
            if text in self.shown:
                return
            waited.wait(0.05)
        pytest.fail(f"{text!r} was not shown: {self.shown[-2000:]!r}")

    def end(self) -> Terminal:
        """The terminal as the crawl leaves it."""
        code = self.process.wait(timeout=120)
        after = termios.tcgetattr(self._theirs)
        os.write(self._theirs, b"END\n")
        self.wait_for("END")
        assert after == self.modes, "the terminal's modes are as they were"
        self.code = code
        terminal = Terminal()
        terminal.feed(self.shown)
        return terminal


_OF_TERMINALS = {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "CI"}


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    paper = Newspaper()
    paper.start()
    yield paper
    paper.shutdown()


# --- on a terminal -------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [110, 40])
def test_a_crawl_on_a_terminal_leaves_one_screen_and_nothing_torn(
    paper: Newspaper, tmp_path: Path, width: int
) -> None:
    log = tmp_path / "crawl.log"
    has_file = width == 40
    watched = Watched(
        paper, tmp_path / "output", width=width, LOG_FILE=str(log) if has_file else ""
    )
    lines = watched.end().text
    assert watched.code == 0
    if has_file:  # a log that goes to a file is whole there
        assert log.read_text().count(" INFO: article http") == 14
        assert " WARNING: not_found http" in log.read_text()
        lines.insert(0, "INFO")
    assert [line for line in lines if "INFO" in line] == lines[:1], "before the view began"
    assert re.fullmatch(r"news ended \(finished\) \d:\d\d", lines[1]), lines
    assert lines[-1] == "END"
    assert all(len(line) <= width for line in lines[1:])
    text = "\n".join(lines[1:])
    assert text.count("35 pages") == text.count("pages  /min") == 1
    for named in ("article 14", "not_found 1", "site ", "waiting", "warnings"):
        assert named in text


def test_ctrl_c_leaves_the_terminal_sane_once_and_twice(paper: Newspaper, tmp_path: Path) -> None:
    for times, code in ((1, 8), (2, 8)):
        watched = Watched(paper, tmp_path / str(times), width=90, DOWNLOAD_DELAY="1")
        watched.wait_for("pages")
        for _ in range(times):
            watched.process.send_signal(signal.SIGINT)
            threading.Event().wait(0.4)
        terminal = watched.end()
        assert watched.code == code
        assert terminal.cursor_is_shown
        assert terminal.text[-1] == "END"


def test_a_crawl_that_is_killed_leaves_the_cursor_where_it_can_be_seen(
    paper: Newspaper, tmp_path: Path
) -> None:
    watched = Watched(paper, tmp_path, width=90, DOWNLOAD_DELAY="1")
    watched.wait_for("pages")
    watched.process.kill()
    assert watched.end().cursor_is_shown


def test_without_a_terminal_there_are_plain_lines(paper: Newspaper, tmp_path: Path) -> None:
    done = run_scrapy(
        *("crawl", "news", "-a", f"seeds={paper.base}/"),
        output=tmp_path,
        settings={"LIVE": "on", "LOGSTATS_INTERVAL": "0.5"},
    )
    told = re.findall(r"\[archiver\.crawl\.live\] INFO: (.*)", done.stderr)
    assert done.returncode == 0
    assert len(told) >= 2
    assert re.match(r"35 pages in 0:\d\d, \d+ a minute, \d+ KB received, 0 in flight", told[-1])
    assert told[-1].endswith(
        "; article 14, not_an_article 8, redirect 4, sitemap 4, feed 2, "
        "not_found 1, robots_denied 1, server_error 1"
    )
    assert "\x1b" not in done.stderr
    assert "Crawled" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "level", "is_terminal", "kind", "wanted"),
    [
        ("auto", "INFO", True, "xterm", True),
        ("auto", "INFO", False, "xterm", False),
        ("auto", "INFO", True, "dumb", False),
        ("auto", "DEBUG", True, "xterm", False),
        ("on", "DEBUG", True, "xterm", True),
        ("on", "INFO", False, "xterm", False),
        ("off", "INFO", True, "xterm", False),
    ],
)
def test_there_is_a_view_where_it_is_wanted_and_can_be(
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    level: str,
    is_terminal: bool,
    kind: str,
    wanted: bool,
) -> None:
    terminal, _ = logged_on_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(terminal, "isatty", lambda: is_terminal)
    assert live._is_wanted(setting, level) is wanted


def test_a_setting_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="auto, on or off"):
        live._is_wanted("yes", "INFO")


# --- the log on the screen -----------------------------------------------------------------------


class _Tty:
    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text.replace("\n", "\r\n")
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def logged_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> tuple[_Tty, logging.Logger]:
    """A terminal that is standard error, and a logger that prints on it. (No fixture: pytest gives
    each phase of a test a standard error of its own.)"""
    tty = _Tty()
    monkeypatch.setattr("sys.stderr", tty)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in (("COLUMNS", "90"), ("LINES", "30")):
        monkeypatch.setenv(name, value)
    handler = logging.StreamHandler(tty)
    handler.setLevel(logging.INFO)
    monkeypatch.setattr(live, "get_scrapy_root_handler", lambda: handler)
    monkeypatch.setattr(logging.root, "handlers", [handler])
    monkeypatch.setattr(logging.root, "level", logging.NOTSET)
    return tty, logging.getLogger("tests.live")


def test_warnings_are_kept_errors_are_printed_whole_and_the_rest_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, log = logged_on_a_terminal(monkeypatch)
    view = live._View()
    view.enter()
    log.info("article https://a.example/")
    for index in range(6):
        log.warning("not_found https://a.example/%d", index)
    fault = ValueError("no such page \x1b[2J")
    log.error("callback_failed %s", "https://a.example/", exc_info=fault)
    assert view.draw(STANDING)
    view.leave()
    log.info("after")
    shown = Terminal()
    shown.feed(terminal.written)
    assert list(view.messages) == [f"not_found https://a.example/{index}" for index in (2, 3, 4, 5)]
    assert (view.warnings, view.errors) == (6, 1)
    assert shown.text[:3] == [
        "callback_failed https://a.example/",
        "ValueError: no such page \ufffd[2J",
        "news crawls 1:02:05",
    ]
    assert shown.text[-1] == "after"
    assert "article https" not in terminal.written


def test_a_terminal_that_goes_away_ends_the_view_and_not_the_crawl(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, log = logged_on_a_terminal(monkeypatch)
    view = live._View()
    view.enter()

    def gone(text: str) -> int:
        raise OSError(5, "Input/output error")

    terminal.write = gone  # type: ignore[method-assign]
    assert not view.draw(STANDING)
    del terminal.write
    log.info("after")
    assert terminal.written.endswith("after\r\n")


# --- what is drawn -------------------------------------------------------------------------------


def drawn(standing: Standing, width: int, height: int = 30) -> list[str]:
    return [line.plain.rstrip() for line in screen(standing, width=width, height=height)]


def test_the_wide_screen() -> None:
    assert drawn(STANDING, 100) == [
        "news crawls 1:02:05",
        "1,234 pages  103/min  45.2 MB  16 in flight  5,012 waiting",
        "article 900  thread 300  not_found 30  timeout 4",
        "1 site rests: post.example 1:15",
        "site                                   pages  /min  waiting in flight",
        "valley-herald.example                    700    61    4,000         8",
        "post.example                             534    41    1,012         8  rests 1:15",
        "and 10 more sites",
        "34 warnings",
        "  not_found https://post.example/old",
    ]


def test_the_screen_of_40_columns() -> None:
    assert drawn(STANDING, 40) == [
        "news crawls 1:02:05",
        "1,234 pages  103/min  45.2 MB",
        "16 in flight  5,012 waiting",
        "article 900  thread 300  not_found 30",
        "timeout 4",
        "1 site rests: post.example 1:15",
        "site                pages  /min  waiting",
        "valley-herald.e…      700    61    4,000",
        "post.example          534    41    1,012",
        "and 10 more sites",
        "34 warnings",
        "  not_found https://post.example/old",
    ]


@given(
    width=st.integers(1, 200),
    height=st.integers(1, 60),
    names=st.lists(st.text(max_size=80), max_size=30),
    messages=st.lists(st.text(max_size=200), max_size=6),
    outcomes=st.dictionaries(
        st.sampled_from(["article", "timeout", "feed"]), st.integers(0, 10**9)
    ),
)
def test_no_screen_is_larger_than_its_terminal_or_moves_the_cursor(
    width: int, height: int, names: list[str], messages: list[str], outcomes: Mapping[str, int]
) -> None:
    sites = [SiteStanding(name, 10**6, 1e4, None, 3, 1e5) for name in names]
    standing = replace(
        STANDING, sites=sites, messages=messages, outcomes=outcomes, site_count=len(sites),
        resting=dict.fromkeys(names, 1.0),
    )  # fmt: skip
    lines = drawn(standing, width, height)
    assert 1 <= len(lines) <= max(1, height - 1)
    assert all(cell_len(line) <= width for line in lines)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", "".join(lines))


def test_a_line_of_the_log_says_it_all() -> None:
    assert one_line(STANDING) == (
        "1,234 pages in 1:02:05, 103 a minute, 45.2 MB received, 16 in flight, 5,012 waiting, "
        "1 site rests; article 900, thread 300, not_found 30, timeout 4"
    )
    assert clock(59.9) == "0:59"


@pytest.mark.parametrize("per_minute", [6, 600])
@pytest.mark.parametrize("seconds", [20, 300])
def test_a_rate_is_near_what_happens(per_minute: int, seconds: int) -> None:
    rate = Rate(0.0)
    pause = 60 / per_minute
    for index in range(int(seconds / pause)):
        rate.add((index + 1) * pause)
    assert rate.per_minute(float(seconds)) == pytest.approx(per_minute, rel=0.35)
    assert rate.per_minute(seconds + 300.0) < per_minute / 1000
    assert rate.count == int(seconds / pause)


def test_ten_thousand_sites_are_counted_and_the_liveliest_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(live, "monotonic", lambda: now)
    watch = Live(get_crawler(settings_dict={"LIVE": "off", "LOGSTATS_INTERVAL": 60}))

    class Request:
        def __init__(self, slot: str) -> None:
            self.meta = {"download_slot": slot}

    for index in range(10_000):
        watch._left_downloader(Request(f"s{index}.example"))  # type: ignore[arg-type]
    for _ in range(5):
        now += 1
        watch._left_downloader(Request("s9900.example"))  # type: ignore[arg-type]
    liveliest = watch.liveliest(now)
    assert liveliest[0] == "s9900.example"
    assert len(liveliest) == 20
