"""Sites that cannot be reached or answer errors only: each URL has its name, and exit code 3."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.outcomes import Outcome
from archiver.warc.reader import read_received
from tests.crawl.hosts import NOT_FOUND, connect_to, hosts_server
from tests.crawl.running import captured_outcomes, captures, crawl, outcomes
from tests.servers import RawServer
from tests.servers.script import Close, Request, Send, Step, WaitForClient, head


@dataclass(frozen=True)
class Failed:
    exit_code: int
    log: str
    outcomes: dict[str, str]
    captured: dict[str, str]
    requests: set[str]
    """URLs that have a request record."""
    received: dict[str, bytes]


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


SEEDS = {
    "https://unknown-authority.example/": Outcome.TLS_FAILURE,
    "https://plain-text.example/": Outcome.TLS_FAILURE,
    "https://closes-in-handshake.example/": Outcome.TLS_FAILURE,
    "https://never-shakes-hands.example/": Outcome.TIMEOUT,
    "http://nobody-listens.example/": Outcome.CONNECTION_REFUSED,
    "http://no-such-host.invalid/": Outcome.DNS_FAILURE,
    "http://errors-only.example/": Outcome.SERVER_ERROR,
    "http://gone.example/": Outcome.NOT_FOUND,
    "http://hangs-up.example/": Outcome.NO_RESPONSE,
    "http://never-answers.example/": Outcome.TIMEOUT,
    "http://stops-halfway.example/": Outcome.TIMEOUT,
}


HALF = head("HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 4000") + b"<p>The tide"


def _error(request: Request) -> list[Step]:
    return [Send(head("HTTP/1.1 500 Jammed", "Content-Length: 0"))]


@contextmanager
def _port_that_says(data: bytes | None) -> Iterator[int]:
    """A port whose every connection gets these bytes and is closed; None: gets nothing."""

    class Desk(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            if data is None:
                self.request.recv(4096)
            else:
                self.request.sendall(data)

    with ThreadingTCPServer(("127.0.0.1", 0), Desk) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Failed:
    output = tmp_path_factory.mktemp("failed") / "output"
    answers = {
        "errors-only.example/": _error,
        "gone.example/": NOT_FOUND,
        "hangs-up.example/": lambda request: (Close(),),
        "never-answers.example/": lambda request: (WaitForClient(),),
        "stops-halfway.example/": lambda request: (Send(HALF), WaitForClient()),
    }
    with (
        hosts_server(lambda site: answers) as server,
        RawServer({}) as secured,
        _port_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain,
        _port_that_says(b"") as closing,
        _port_that_says(None) as mute,
    ):
        detours = {
            "unknown-authority.example:443": f"127.0.0.1:{secured.https_port}",
            "plain-text.example:443": f"127.0.0.1:{plain}",
            "closes-in-handshake.example:443": f"127.0.0.1:{closing}",
            "never-shakes-hands.example:443": f"127.0.0.1:{mute}",
            "nobody-listens.example:80": f"127.0.0.1:{_unused_port()}",
            **json.loads(connect_to(server, *(address.partition("/")[0] for address in answers))),
        }
        done = crawl(
            ",".join(SEEDS),
            output=output,
            ALLOW_ADDRESSES="",
            CONNECT_TO=json.dumps(detours),
            CONTACT="crawl@example.org",
            ROBOTSTXT_OBEY="False",
            DOWNLOAD_TIMEOUT="3",
        )
    return Failed(
        done.returncode,
        done.stderr,
        outcomes(output),
        captured_outcomes(output),
        {url for url, record_type in _records(output) if record_type == "request"},
        {capture.url: read_received(path, capture) for path, capture in captures(output)},
    )


def _records(output: Path) -> Iterator[tuple[str, str]]:
    for path in (output / "warc").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                yield record.rec_headers.get_header("WARC-Target-URI"), record.rec_type


def test_a_crawl_of_which_nothing_came_says_so(failed: Failed) -> None:
    assert failed.exit_code == 3, failed.log
    assert "Traceback" not in failed.log


def test_every_failure_has_its_name(failed: Failed) -> None:
    assert {url: failed.outcomes[url] for url in SEEDS} == SEEDS


def test_a_fetch_without_an_answer_leaves_its_record_too(failed: Failed) -> None:
    assert {url: failed.captured[url] for url in SEEDS} == SEEDS


def test_a_request_that_never_crossed_the_wire_is_not_archived(failed: Failed) -> None:
    assert failed.requests & set(SEEDS) == {url for url in SEEDS if url[:5] == "http:"} - {
        "http://nobody-listens.example/",
        "http://no-such-host.invalid/",
    }


def test_what_came_before_a_server_fell_silent_is_archived(failed: Failed) -> None:
    assert failed.received["http://stops-halfway.example/"] == HALF
    assert failed.received["http://never-answers.example/"] == b""


def test_the_log_says_of_each_what_happened(failed: Failed) -> None:
    for url, outcome in SEEDS.items():
        assert f"{outcome} {url}" in failed.log
