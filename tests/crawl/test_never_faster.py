"""Never faster than allowed, asserted from the server's own log: across hosts of one site, across
runs, and after a kill.

The server notes when it has read a request, on the monotonic clock of its own process. What the
network and a busy machine add to one request and not to the next is the tolerance.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.crawl.hosts import NOT_FOUND, answer, connect_to, hosts_server
from tests.crawl.running import crawl, outcomes, start_crawl
from tests.servers.bodies import PAGE, linking
from tests.servers.script import Request, Script, Send, Step, head, ok, says

TOLERANCE = 0.02
"""Seconds."""


class Times:
    """When each path of a host was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []

    def noting(self, answers: Mapping[str, Script | bytes]) -> dict[str, Script]:
        """The answers, which now note when they were given."""
        return {name: self._noting(name, found) for name, found in answers.items()}

    def _noting(self, name: str, found: Script | bytes) -> Script:
        def script(request: Request) -> Iterable[Step]:
            self.asked.append((time.monotonic(), name))
            yield from (says(ok(found)) if isinstance(found, bytes) else found)(request)

        return script

    def of(self, *hosts: str) -> list[float]:
        """Moments at which one of ``hosts`` was asked, in their order."""
        return sorted(moment for moment, name in self.asked if name.partition("/")[0] in hosts)

    def wait_for(self, name: str, timeout_seconds: float = 60.0) -> None:
        """Until ``name`` has been asked for."""
        deadline = time.monotonic() + timeout_seconds
        while name not in [asked for _, asked in self.asked]:
            assert time.monotonic() < deadline, f"nobody asked for {name}"
            time.sleep(0.01)


def gaps(moments: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(moments)]


def robots(text: str) -> Script:
    return answer(text, "text/plain")


def test_a_crawl_that_is_killed_and_restarted_keeps_the_crawl_delay(tmp_path: Path) -> None:
    host, delay = "slow.example", 3.0
    times = Times()
    pages = [f"/page-{number}" for number in range(2)]
    answers = times.noting(
        {
            f"{host}/robots.txt": robots(f"User-agent: *\nCrawl-delay: {delay}\n"),
            f"{host}/": linking(*pages),
            f"{host}/sitemap.xml": NOT_FOUND,
            **{f"{host}{page}": PAGE for page in pages},
        }
    )
    with hosts_server(lambda site: answers) as server:
        seed = f"http://{host}/"
        quick: dict[str, Any] = {"CONNECT_TO": connect_to(server, host), "ALLOW_ADDRESSES": ""}
        output = tmp_path / "output"
        first = start_crawl(seed, output=output, **quick)
        times.wait_for(f"{host}/")
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate(timeout=10)
        killed = time.monotonic()
        done = crawl(seed, output=output, **quick)
    assert done.returncode == 0, done.stderr
    asked = [name.removeprefix(host) for _, name in times.asked]
    assert asked.count("/robots.txt") == 1, "the second run knows it"
    assert set(asked) == {"/robots.txt", "/", "/sitemap.xml", *pages}
    assert min(gaps(times.of(host))) > delay - TOLERANCE
    assert next(moment for moment in times.of(host) if moment > killed) < killed + delay + 15


def test_all_hosts_of_a_site_share_one_pace_and_other_sites_have_their_own(tmp_path: Path) -> None:
    """AutoThrottle is on, and would go back to a tenth of the delay."""
    slow, sibling, other = "www.paper.example", "blogs.paper.example", "else.example"
    delay = 0.8
    times = Times()
    pages = [f"/page-{number}" for number in range(4)]
    found: dict[str, Script | bytes] = {
        f"{slow}/robots.txt": robots(f"User-agent: *\nCrawl-delay: {delay}\n"),
        f"{sibling}/robots.txt": NOT_FOUND,
        f"{other}/robots.txt": NOT_FOUND,
    }
    for host in (slow, sibling, other):
        found |= {f"{host}/": linking(*pages), f"{host}/sitemap.xml": NOT_FOUND}
        found |= {f"{host}{page}": PAGE for page in pages}
    answers = times.noting(found)
    with hosts_server(lambda site: answers) as server:
        done = crawl(
            ",".join(f"http://{host}/" for host in (slow, sibling, other)),
            output=tmp_path / "output",
            CONNECT_TO=connect_to(server, slow, sibling, other),
            ALLOW_ADDRESSES="",
            AUTOTHROTTLE_ENABLED="True",
            AUTOTHROTTLE_START_DELAY="0.1",
            DOWNLOAD_DELAY="0.1",
            CONCURRENT_REQUESTS_PER_DOMAIN="2",
        )
    assert done.returncode == 0, done.stderr
    both = times.of(slow, sibling)
    assert len(both) == 2 * (len(pages) + 3)
    # The first request of all, before any robots.txt was read, was followed at our own pace.
    known = next(moment for moment, name in times.asked if name == f"{slow}/robots.txt")
    later = [moment for moment in both if moment >= known]
    assert min(gaps(later)) > delay - TOLERANCE
    assert min(gaps(times.of(other))) > 0.1 - TOLERANCE
    assert times.of(other)[-1] < both[-1] - 2 * delay, "it did not wait for the slow site"


def test_a_server_that_is_too_busy_is_asked_more_and_more_slowly(tmp_path: Path) -> None:
    host, delay = "busy.example", 0.3
    times = Times()
    pages = [f"/page-{number}" for number in range(3)]

    def busy(request: Request) -> Iterable[Step]:
        yield Send(head("HTTP/1.1 429 Too Many Requests", "Content-Length: 0"))

    answers = times.noting(
        {
            f"{host}/robots.txt": NOT_FOUND,
            f"{host}/": linking(*pages),
            f"{host}/sitemap.xml": NOT_FOUND,
            **{f"{host}{page}": busy for page in pages},
        }
    )
    with hosts_server(lambda site: answers) as server:
        done = crawl(
            f"http://{host}/",
            output=tmp_path / "output",
            CONNECT_TO=connect_to(server, host),
            ALLOW_ADDRESSES="",
            DOWNLOAD_DELAY=str(delay),
            AUTOTHROTTLE_MAX_DELAY="2",
            RETRY_TIMES="1",
        )
    assert done.returncode == 0, done.stderr
    refused = [moment for moment, name in times.asked if "/page-" in name]
    assert len(refused) == 2 * len(pages)
    for gap, least in zip(gaps(refused), (0.6, 1.2, 2.0, 2.0, 2.0), strict=True):
        assert gap > least - TOLERANCE


def test_a_rest_outlives_the_run(tmp_path: Path) -> None:
    host, fair = "tired.example", "fair.example"
    times = Times()

    def tired(request: Request) -> Iterable[Step]:
        yield Send(
            head(
                "HTTP/1.1 503 Service Unavailable",
                "Date: Mon, 23 Nov 2026 12:00:00 GMT",
                "Retry-After: Mon, 23 Nov 2026 18:00:00 GMT",
                "Content-Length: 0",
            )
        )

    answers = times.noting(
        {
            f"{host}/robots.txt": NOT_FOUND,
            f"{host}/": linking("/a", "/b"),
            f"{host}/sitemap.xml": NOT_FOUND,
            f"{host}/a": tired,
            f"{host}/b": tired,
            f"{fair}/": PAGE,
            f"{fair}/robots.txt": NOT_FOUND,
        }
    )
    with hosts_server(lambda site: answers) as server:
        quick: dict[str, Any] = {
            "CONNECT_TO": connect_to(server, host, fair),
            "ALLOW_ADDRESSES": "",
            "CONCURRENT_REQUESTS_PER_DOMAIN": "1",
            "RETRY_TIMES": "1",
        }
        seeds = f"http://{host}/,http://{fair}/"
        first = crawl(seeds, output=tmp_path / "output", **quick)
        asked_first = len(times.of(host))
        second = crawl(seeds, output=tmp_path / "output", **quick)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert [name for _, name in times.asked].count(f"{host}/a") == 1
    assert not any(name == f"{host}/b" for _, name in times.asked)
    assert len(times.of(host)) == asked_first, "it rests for six hours"
    assert "left for the next run" in second.stderr
    found = outcomes(tmp_path / "output")
    assert [found[f"http://{host}/{page}"] for page in "ab"] == ["", ""], "both still wait"
    assert found[f"http://{fair}/"] != ""


def test_what_asks_for_more_than_a_run_waits_is_asked_once_in_a_run(tmp_path: Path) -> None:
    host = "hourly.example"
    times = Times()
    answers = times.noting(
        {
            f"{host}/robots.txt": robots("User-agent: *\nCrawl-delay: 3600\n"),
            f"{host}/": linking("/a"),
        }
    )
    with hosts_server(lambda site: answers) as server:
        quick: dict[str, Any] = {"CONNECT_TO": connect_to(server, host), "ALLOW_ADDRESSES": ""}
        for _ in range(2):
            done = crawl(f"http://{host}/", output=tmp_path / "output", **quick)
            assert done.returncode == 0, done.stderr
    assert [name for _, name in times.asked] == [f"{host}/robots.txt"]
    assert "asks for 3600 s between requests, which is kept" in done.stderr
    assert outcomes(tmp_path / "output")[f"http://{host}/"] == ""


def test_a_stop_does_not_wait_for_a_slow_site(tmp_path: Path) -> None:
    host = "slow.example"
    times = Times()
    answers = times.noting(
        {
            f"{host}/robots.txt": robots("User-agent: *\nCrawl-delay: 100\n"),
            f"{host}/": linking("/a"),
        }
    )
    with hosts_server(lambda site: answers) as server:
        running = start_crawl(
            f"http://{host}/,http://www.{host}/",
            output=tmp_path / "output",
            CONNECT_TO=connect_to(server, host, f"www.{host}"),
            ALLOW_ADDRESSES="",
        )
        times.wait_for(f"{host}/robots.txt")
        running.send_signal(signal.SIGTERM)
        _, log = running.communicate(timeout=30)
    assert running.returncode is not None
    assert "Traceback" not in log
    assert len(times.asked) == 1
