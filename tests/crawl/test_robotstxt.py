"""robots.txt in all the ways that servers give it, asked for once a day whatever the runs.

Two runs of one crawl over many hosts. Each has a front page and a page that its robots.txt closes,
if that can be read.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.outcomes import Outcome
from tests.crawl.hosts import Answers, answer, asked, connect_to, hosts_server, moved
from tests.crawl.running import crawl, outcomes
from tests.servers.bodies import PAGE, linking
from tests.servers.script import Request, Script, Send, Step, WaitForClient, head, ok, says

CLOSING = b"User-agent: archiver\nDisallow: /closed\n"
_HOPS = 6
_FAR = "far.example"


def _status(line: str) -> Script:
    return says(head(f"HTTP/1.1 {line}", "Content-Length: 0"))


def _silence(request: Request) -> Iterable[Step]:
    yield WaitForClient()


def _gzipped(request: Request) -> Iterable[Step]:
    body = gzip.compress(CLOSING)
    yield Send(
        head(
            "HTTP/1.1 200 OK",
            "Content-Type: text/plain",
            "Content-Encoding: gzip",
            f"Content-Length: {len(body)}",
        )
        + body
    )


def _text(body: bytes) -> Script:
    return says(ok(body, content_type="text/plain"))


CLOSED: dict[str, Script] = {
    "plain.example": _text(CLOSING),
    "gzipped.example": _gzipped,
    "utf16.example": _text(CLOSING.decode().encode("utf-16")),
    "huge.example": _text(CLOSING + b"# nothing\n" * 1_000_000),
    "five-hops.example": moved(301, f"http://{_FAR}/hop-5"),
    "relative.example": moved(302, "/hop-1"),
}
"""Hosts whose robots.txt is found and obeyed."""
OPEN: dict[str, Script] = {
    "missing.example": _status("404 Not Found"),
    "forbidden.example": _status("403 Forbidden"),
    "html.example": answer(
        "<!doctype html><title>Our paper</title><p>Disallow: / <p>User-agent: *", "text/html"
    ),
    "beyond.example": _text(b"# nothing\n" * 60_000 + CLOSING),
    "six-hops.example": moved(307, f"http://{_FAR}/hop-6"),
    "endless.example": moved(301, "/robots.txt"),
    "nowhere.example": moved(301, "ftp://nowhere.example/robots.txt"),
}
"""Hosts that have none, or none that can be read."""
SILENT: dict[str, Script] = {
    "busy.example": _status("503 Service Unavailable"),
    "too-fast.example": _status("429 Too Many Requests"),
    "silent.example": _silence,
    "moved-to-busy.example": moved(302, "http://busy.example/robots.txt"),
}
"""Hosts that cannot say."""
HOSTS = {**CLOSED, **OPEN, **SILENT}
ROBOTS_OUTCOMES = (Outcome.ROBOTS_DENIED, Outcome.ROBOTS_UNREACHABLE)


def _answers() -> Answers:
    found: dict[str, Script | bytes] = {}
    for host, robots in HOSTS.items():
        found |= {
            f"{host}/robots.txt": robots,
            f"{host}/": linking("/closed"),
            f"{host}/closed": PAGE,
        }
    # hop-5 is the first of five on the far host: with the one that led there, that is the fifth.
    for hop in range(2, _HOPS + 1):
        found[f"{_FAR}/hop-{hop}"] = moved(302, f"/hop-{hop - 1}")
    found[f"{_FAR}/hop-1"] = _text(CLOSING)
    found["relative.example/hop-1"] = _text(CLOSING)
    return found


@dataclass(frozen=True)
class Runs:
    log: str
    first: list[str]
    """What was asked for, in the first run …"""
    second: list[str]
    """… and in the second."""
    outcomes: dict[str, str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    output: Path = tmp_path_factory.mktemp("robots") / "output"
    answers = _answers()
    with hosts_server(lambda site: answers) as server:
        first: list[str] = []
        log = ""
        for _ in range(2):
            done = crawl(
                ",".join(f"http://{host}/" for host in HOSTS),
                output=output,
                ALLOW_ADDRESSES="",
                CONNECT_TO=connect_to(server, *HOSTS, _FAR),
                DOWNLOAD_TIMEOUT="3",
            )
            assert done.returncode == 0, done.stderr
            log += done.stderr
            first = first or asked(server)
        return Runs(log, first, asked(server)[len(first) :], outcomes(output))


@pytest.mark.parametrize("host", CLOSED)
def test_rules_that_can_be_found_are_obeyed(runs: Runs, host: str) -> None:
    assert f"{host}/" in runs.first
    assert f"{host}/closed" not in runs.first + runs.second
    assert runs.outcomes[f"http://{host}/closed"] == Outcome.ROBOTS_DENIED


@pytest.mark.parametrize("host", OPEN)
def test_where_there_are_no_rules_all_is_open(runs: Runs, host: str) -> None:
    assert {f"{host}/", f"{host}/closed"} <= set(runs.first)


@pytest.mark.parametrize("host", SILENT)
def test_whoever_cannot_say_is_asked_nothing_else(runs: Runs, host: str) -> None:
    own = {name for name in runs.first + runs.second if name.partition("/")[0] == host}
    assert own == {f"{host}/robots.txt"}
    assert runs.outcomes[f"http://{host}/"] == Outcome.ROBOTS_UNREACHABLE


def test_redirects_without_end_are_followed_five_times(runs: Runs) -> None:
    assert runs.first.count("endless.example/robots.txt") == 6
    assert [name for name in runs.first if name == f"{_FAR}/hop-1"] == [f"{_FAR}/hop-1"]


@pytest.mark.parametrize("host", [*CLOSED, *OPEN])
def test_an_answer_holds_for_the_next_run(runs: Runs, host: str) -> None:
    assert f"{host}/" in runs.second, "the round is new: the seed is asked for again"
    assert f"{host}/robots.txt" not in runs.second


@pytest.mark.parametrize("host", SILENT)
def test_whoever_could_not_say_is_asked_again_in_the_next_run(runs: Runs, host: str) -> None:
    assert f"{host}/robots.txt" in runs.second
