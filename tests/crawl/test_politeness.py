"""What a server asks of its visitors: robots.txt obeyed, its silence too, and its crawl-delay.

One crawl of four hosts that each say something else, and one that was told not to obey.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.outcomes import Outcome
from tests.crawl.hosts import Answers, answer, asked, connect_to, hosts_server
from tests.crawl.running import captured_outcomes, crawl, outcomes
from tests.servers.bodies import PAGE, linking
from tests.servers.script import Close, Request, Send, Site, Step, head, ok

OBEYED = "obeyed.example"
BUSY = "busy.example"
SILENT = "silent.example"
SLOW = "slow.example"
HOSTS = (OBEYED, BUSY, SILENT, SLOW)
DELAY = 0.5
_PAGES = tuple(f"/page-{number}" for number in range(4))


def _unavailable(request: Request) -> Iterable[Step]:
    yield Send(head("HTTP/1.1 503 Service Unavailable", "Content-Length: 0"))


def _hang_up(request: Request) -> Iterable[Step]:
    yield Close()


class _Slow:
    """A host that notes when it was asked."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, request: Request) -> Iterable[Step]:
        self.times.append(time.monotonic())
        yield Send(ok(PAGE))


def _answers(slow: _Slow) -> Answers:
    front = linking("/open", "/closed/page", "/closed/but-open")
    return {
        f"{OBEYED}/": front,
        f"{OBEYED}/robots.txt": answer(
            "User-agent: archiver\nDisallow: /closed\nAllow: /closed/but-open\n\n"
            "User-agent: *\nDisallow: /\n\nSitemap: /map.xml\n",
            "text/plain",
        ),
        f"{OBEYED}/open": PAGE,
        f"{OBEYED}/closed/page": PAGE,
        f"{OBEYED}/closed/but-open": PAGE,
        f"{BUSY}/robots.txt": _unavailable,
        f"{BUSY}/": PAGE,
        f"{SILENT}/robots.txt": _hang_up,
        f"{SILENT}/": PAGE,
        f"{SLOW}/robots.txt": answer(f"User-agent: *\nCrawl-delay: {DELAY}\n", "text/plain"),
        f"{SLOW}/": linking(*_PAGES),
        **{f"{SLOW}{path}": slow for path in _PAGES},
    }


@dataclass(frozen=True)
class Visit:
    exit_code: int
    log: str
    asked: list[str]
    outcomes: dict[str, str]
    captured: dict[str, str]
    slow_times: list[float]

    def asked_of(self, host: str) -> set[str]:
        return {name.removeprefix(host) for name in self.asked if name.partition("/")[0] == host}


def _visit(output: Path, *hosts: str, obey: bool) -> Visit:
    slow = _Slow()

    def answers(site: Site) -> Answers:
        return _answers(slow)

    with hosts_server(answers) as server:
        done = crawl(
            ",".join(f"http://{host}/" for host in hosts),
            output=output,
            ALLOW_ADDRESSES="",
            CONNECT_TO=connect_to(server, *hosts),
            ROBOTSTXT_OBEY=str(obey),
        )
        return Visit(
            exit_code=done.returncode,
            log=done.stderr,
            asked=asked(server),
            outcomes=outcomes(output),
            captured=captured_outcomes(output),
            slow_times=slow.times,
        )


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    return _visit(tmp_path_factory.mktemp("obeying") / "output", *HOSTS, obey=True)


@pytest.fixture(scope="module")
def heedless(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    return _visit(tmp_path_factory.mktemp("heedless") / "output", OBEYED, BUSY, SLOW, obey=False)


def test_what_robots_txt_forbids_is_not_asked_for(obeying: Visit) -> None:
    assert obeying.exit_code == 0, obeying.log
    assert obeying.asked_of(OBEYED) == {
        "/robots.txt", "/", "/map.xml", "/open", "/closed/but-open",
    }  # fmt: skip
    assert obeying.outcomes[f"http://{OBEYED}/closed/page"] == Outcome.ROBOTS_DENIED


@pytest.mark.parametrize("host", [BUSY, SILENT])
def test_of_a_host_that_cannot_give_its_robots_txt_nothing_is_asked(
    obeying: Visit, host: str
) -> None:
    assert obeying.asked_of(host) == {"/robots.txt"}
    assert obeying.outcomes[f"http://{host}/"] == Outcome.ROBOTS_UNREACHABLE


def test_every_answer_to_robots_txt_is_in_the_archive(obeying: Visit) -> None:
    assert {host: obeying.captured[f"http://{host}/robots.txt"] for host in HOSTS} == {
        OBEYED: "robots",
        SLOW: "robots",
        BUSY: "robots",
        SILENT: "no_response",
    }


def test_crawl_delay_is_kept(obeying: Visit) -> None:
    assert len(obeying.slow_times) == len(_PAGES)
    gaps = [after - before for before, after in pairwise(obeying.slow_times)]
    # The server's clock sees what the network and a busy machine add or take from one gap.
    assert min(gaps) > DELAY * 0.7
    assert sum(gaps) > DELAY * len(gaps) * 0.95


def test_whoever_sets_it_aside_takes_its_sitemaps_and_obeys_nothing(heedless: Visit) -> None:
    assert heedless.exit_code == 0, heedless.log
    assert heedless.asked_of(OBEYED) == {
        "/robots.txt", "/", "/map.xml", "/open", "/closed/page", "/closed/but-open",
    }  # fmt: skip
    assert heedless.asked_of(BUSY) == {"/robots.txt", "/", "/sitemap.xml"}
    assert heedless.asked_of(SLOW) >= {"/", *_PAGES}
    gaps = [after - before for before, after in pairwise(heedless.slow_times)]
    assert max(gaps) < DELAY
