from __future__ import annotations

import gzip
import http.client
import io
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator

import brotli
import pytest

from tests.servers import CASES, Case, RawServer
from tests.servers.bodies import MEBIBYTE, PAGE, linking
from tests.servers.honest import HONEST
from tests.servers.hostile import HOSTILE
from tests.servers.script import ok, says

LIGHT = [case for case in CASES.values() if not case.is_heavy]
COMPLETE = [case for case in LIGHT if case.completes]
WAITING = {"never", "stalls"}
BROKEN_OFF = [case for case in LIGHT if not case.completes and case.path not in WAITING]


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer() as made:
        yield made


def _connect(server: RawServer, scheme: str = "http") -> socket.socket:
    port = server.https_port if scheme == "https" else server.http_port
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    if scheme == "http":
        return connection
    context = ssl.create_default_context(cafile=str(server.ca_file))
    return context.wrap_socket(connection, server_hostname="127.0.0.1")


def _request(target: str, method: str = "GET", *lines: str, body: bytes = b"") -> bytes:
    sized = (f"Content-Length: {len(body)}",) if body else ()
    head = (f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *sized, *lines, "", "")
    return "\r\n".join(head).encode() + body


def _read_to_end(connection: socket.socket, at_most: int = 64 * MEBIBYTE) -> bytes:
    """Everything until the server ends the connection, in whichever way."""
    received = bytearray()
    try:
        while len(received) < at_most and (piece := connection.recv(65536)):
            received += piece
    except ConnectionError:
        pass
    return bytes(received)


def _ask(server: RawServer, request: bytes, scheme: str = "http") -> bytes:
    with _connect(server, scheme) as connection:
        connection.sendall(request)
        return _read_to_end(connection)


class _Received:
    """Bytes that came off a socket, in the shape that http.client reads a response from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("case", COMPLETE, ids=lambda case: case.path)
def test_log_of_a_whole_response_is_what_the_client_sent_and_saw(
    server: RawServer, case: Case, scheme: str
) -> None:
    body = b"two boats and a dog" if case.method == "POST" else b""
    target = f"/{case.path}?{scheme}"
    request = _request(target, case.method, "Connection: close", body=body)
    received = _ask(server, request, scheme)
    [exchange] = server.exchanges(target, door=scheme)
    assert received.startswith(b"HTTP/1.")
    assert (exchange.received, exchange.sent) == (request, received)
    assert exchange.sent_size == len(received)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("case", BROKEN_OFF, ids=lambda case: case.path)
def test_log_of_a_broken_response_is_what_the_client_saw_before_the_end(
    server: RawServer, case: Case, scheme: str
) -> None:
    target = f"/{case.path}?{scheme}"
    received = _ask(server, _request(target), scheme)
    [exchange] = server.exchanges(target, door=scheme)
    assert exchange.wait_until_over(10)
    assert exchange.sent == received


@pytest.mark.parametrize("path", sorted(WAITING))
def test_server_that_keeps_silent_waits_for_the_client_to_leave(
    server: RawServer, path: str
) -> None:
    with _connect(server) as connection:
        connection.sendall(_request(f"/{path}?waiting"))
        exchange = server.wait_for(f"/{path}?waiting")
        assert not exchange.wait_until_over(0.05)
    assert exchange.wait_until_over(10)


ENCODINGS = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize(
    "path",
    [
        "plain",
        "headers",
        "bare-lf",
        "reason-odd",
        "reason-none",
        "chunked",
        "chunked-odd",
        "chunked-title-case",
        "gzip",
        "gzip-chunked",
        "br",
        "hint",
        "hints",
        "http10",
        "excess",
        "length-and-chunked",
    ],
)
def test_honest_responses_hold_the_page_however_they_are_written(
    server: RawServer, path: str
) -> None:
    received = _ask(server, _request(f"/{path}?read", "GET", "Connection: close"))
    while received.startswith(b"HTTP/1.1 103"):
        received = received.partition(b"\r\n\r\n")[2]
    response = http.client.HTTPResponse(_Received(received))  # type: ignore[arg-type]
    response.begin()
    assert ENCODINGS[response.getheader("Content-Encoding")](response.read()) == PAGE


def test_connection_is_kept_for_further_requests(server: RawServer) -> None:
    first, second = (
        _request("/plain?kept=1"),
        _request("/chunked?kept=2", "GET", "Connection: close"),
    )
    with _connect(server) as connection:
        connection.sendall(first)
        seen = connection.recv(65536)
        connection.sendall(second)
        seen += _read_to_end(connection)
    kept = [exchange for exchange in server.log if "kept=" in exchange.target]
    assert [exchange.number for exchange in kept] == [1, 2]
    assert len({exchange.connection for exchange in kept}) == 1
    assert [exchange.received for exchange in kept] == [first, second]
    assert b"".join(exchange.sent for exchange in kept) == seen


def test_kept_connection_is_reset_as_the_next_request_arrives(server: RawServer) -> None:
    request = _request("/keep-alive-reset?again")
    with _connect(server) as connection:
        connection.sendall(request)
        first = connection.recv(65536)
        connection.sendall(request)
        with pytest.raises(ConnectionResetError):
            connection.recv(65536)
    answered, unanswered = server.exchanges("/keep-alive-reset?again")
    assert (answered.sent, unanswered.sent) == (first, b"")
    assert unanswered.received == request


def test_reset_is_a_reset_and_not_an_end(server: RawServer) -> None:
    with _connect(server) as connection:
        connection.sendall(_request("/reset-head"))
        with pytest.raises(ConnectionResetError):
            connection.recv(65536)


def test_https_needs_the_authority_of_ca_file(server: RawServer) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.https_port), timeout=10) as connection,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(connection, server_hostname="127.0.0.1")


def test_redirects_lead_across_schemes_and_to_the_other_door(server: RawServer) -> None:
    plain = _ask(server, _request("/redirect-scheme", "GET", "Connection: close"))
    secured = _ask(server, _request("/redirect-scheme", "GET", "Connection: close"), "https")
    other = _ask(server, _request("/redirect-other-port", "GET", "Connection: close"))
    assert f"Location: {server.https_url('/plain')}\r\n".encode() in plain
    assert f"Location: {server.url('/plain')}\r\n".encode() in secured
    assert f"Location: {server.site.other}/secret\r\n".encode() in other


def test_sitemap_index_without_end_names_itself_anew(server: RawServer) -> None:
    received = _ask(server, _request("/sitemap-loop.xml?n=41", "GET", "Connection: close"))
    assert f"<loc>{server.url('/sitemap-loop.xml?n=42')}</loc>".encode() in received


def test_gzip_bomb_is_small_on_the_wire_and_large_within(server: RawServer) -> None:
    received = _ask(server, _request("/gzip-bomb", "GET", "Connection: close"))
    body = received.partition(b"\r\n\r\n")[2]
    unpacker, size = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
    while not unpacker.eof:
        size += len(unpacker.decompress(body, MEBIBYTE))
        body = unpacker.unconsumed_tail
    assert len(received) < 200_000
    assert size > 100 * MEBIBYTE


@pytest.mark.parametrize(
    ("path", "at_least"),
    [
        ("large", 29 * MEBIBYTE),
        ("attributes", 1_800_000),
        ("empty-elements", 7_000_000),
        ("header-flood", 9_000_000),
        ("huge-header", 20 * MEBIBYTE),
        ("hint-flood", 1_400_000),
    ],
)
def test_large_answers_are_sent_whole(server: RawServer, path: str, at_least: int) -> None:
    received = _ask(server, _request(f"/{path}?large", "GET", "Connection: close"))
    [exchange] = server.exchanges(f"/{path}?large")
    assert len(received) >= at_least
    assert exchange.sent == received


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["endless", "endless-headers", "huge-header"])
def test_log_of_an_answer_that_the_client_leaves_holds_all_it_saw(
    server: RawServer, path: str, scheme: str
) -> None:
    with _connect(server, scheme) as connection:
        connection.sendall(_request(f"/{path}?left&{scheme}"))
        received = _read_to_end(connection, at_most=MEBIBYTE)
    [exchange] = server.exchanges(f"/{path}?left&{scheme}")
    assert exchange.wait_until_over(10)
    assert exchange.sent.startswith(received)
    assert exchange.sent_size < 64 * MEBIBYTE


def test_table_names_every_case_once() -> None:
    assert len(CASES) == len(HONEST) + len(HOSTILE)
    assert all(case.completes for case in HONEST)


def test_server_can_be_given_cases_of_its_own_and_ends_with_its_block() -> None:
    before = set(threading.enumerate())
    own = Case("own", "a case of this test", says(ok(linking())))
    with RawServer({"/own": own}) as server, _connect(server, "https") as idle:
        assert b"Links" in _ask(server, _request("/own", "GET", "Connection: close"))
        assert b" 404 " in _ask(server, _request("/plain", "GET", "Connection: close"))
        idle.sendall(_request("/own"))
        assert idle.recv(65536)
    assert set(threading.enumerate()) <= before
    assert server.connection_count == 3
