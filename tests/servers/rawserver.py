"""Listens on 127.0.0.1 over http and https, carries out cases and logs every byte.

Knows sockets and the steps of a script; what is said on which path, ``cases`` knows. A thread for
each connection, each bounded in time.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.servers.cases import CASES
from tests.servers.certificates import make_server_context
from tests.servers.script import (
    Case,
    Close,
    Pause,
    Request,
    Reset,
    ResetOnNextRequest,
    Send,
    Site,
    Step,
    WaitForClient,
    head,
)
from tests.servers.wirelog import ExchangeLog

IDLE_SECONDS = 30.0
"""A connection that is kept open with nothing on it is closed after this."""

REQUEST_LIMIT = 1024 * 1024
"""Bytes of a request; no client of ours sends as many."""

TLS_RECORD = 16 * 1024
"""Bytes of one TLS record (RFC 8446, 5.1). A larger write that fails half-way does not say how many
of its records went out; one record is sent or is not."""

LARGEST_PIECE = 1024 * 1024

UNKNOWN = head("HTTP/1.1 404 Not Found", "Content-Length: 0")


class RawServer:
    """``with RawServer() as server:`` serves on three free ports until the block ends.

    The third, ``site.other``, is a door that nothing allowed leads to: its log should stay empty.
    """

    ca_file: Path
    """PEM file of the authority behind the https door."""

    def __init__(self, cases: Mapping[str, Case] = CASES) -> None:
        self._cases = cases
        self._stopped = threading.Event()
        self._lock = threading.Condition()
        self._log: list[ExchangeLog] = []
        self._connections: dict[int, socket.socket] = {}
        self._connection_count = 0
        self._threads: list[threading.Thread] = []
        self._resources = contextlib.ExitStack()

    def __enter__(self) -> RawServer:
        folder = self._resources.enter_context(tempfile.TemporaryDirectory())
        self._context, self.ca_file = make_server_context(Path(folder))
        doors = {
            name: self._resources.enter_context(_listen()) for name in ("http", "https", "other")
        }
        ports = {name: door.getsockname()[1] for name, door in doors.items()}
        self.http_port, self.https_port, self.other_port = ports.values()
        self.site = Site(
            http=f"http://127.0.0.1:{self.http_port}",
            https=f"https://127.0.0.1:{self.https_port}",
            other=f"http://127.0.0.1:{self.other_port}",
        )
        self._doormen = [
            threading.Thread(target=self._accept, args=door, daemon=True) for door in doors.items()
        ]
        for doorman in self._doormen:
            doorman.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        for doorman in self._doormen:  # then no connection is new any more
            doorman.join(timeout=5)
        with self._lock:
            threads = tuple(self._threads)
            for connection in self._connections.values():
                with contextlib.suppress(OSError):
                    # Past the TLS layer, which belongs to the connection's own thread.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=5)
        self._resources.close()

    def url(self, path: str) -> str:
        """Address of a case over http; ``path`` begins with a slash."""
        return self.site.http + path

    def https_url(self, path: str) -> str:
        """Address of a case over https."""
        return self.site.https + path

    @property
    def log(self) -> tuple[ExchangeLog, ...]:
        """Every exchange so far, in the order in which the requests were read."""
        with self._lock:
            return tuple(self._log)

    def exchanges(self, target: str, *, door: str | None = None) -> tuple[ExchangeLog, ...]:
        """Those of ``log`` that asked for ``target``."""
        return tuple(
            exchange
            for exchange in self.log
            if exchange.target == target and door in (None, exchange.door)
        )

    def wait_for(self, target: str, *, timeout_seconds: float = 10.0) -> ExchangeLog:
        """The first exchange that asks for ``target``, as soon as its request has been read."""
        with self._lock:
            found = self._lock.wait_for(lambda: self.exchanges(target), timeout_seconds)
        if not found:
            raise TimeoutError(f"nobody asked for {target} within {timeout_seconds} seconds")
        return found[0]

    @property
    def connection_count(self) -> int:
        """Connections so far, over all doors, those without any request included."""
        with self._lock:
            return self._connection_count

    def _accept(self, name: str, door: socket.socket) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = door.accept()
            except TimeoutError:
                continue
            connection.settimeout(IDLE_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connection_count += 1
                number = self._connection_count
                self._connections[number] = connection
                thread = threading.Thread(
                    target=self._serve, args=(name, number, connection), daemon=True
                )
                self._threads = [known for known in self._threads if known.is_alive()]
                self._threads.append(thread)
                thread.start()

    def _serve(self, name: str, number: int, connection: socket.socket) -> None:
        try:
            # A client that leaves, resets or speaks no TLS has ended its connection, that is all.
            with contextlib.suppress(OSError), connection:
                if name != "https":
                    self._converse(name, number, connection)
                    return
                with self._context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                ) as secured:
                    with self._lock:
                        self._connections[number] = secured
                    secured.do_handshake()
                    self._converse(name, number, secured)
        finally:
            with self._lock:
                del self._connections[number]

    def _converse(self, name: str, number: int, connection: socket.socket) -> None:
        wire = _Wire(connection, self._cases, self._stopped)
        exchange_number = 0
        while (raw := wire.read_request()) is not None:
            exchange_number += 1
            exchange = ExchangeLog(name, number, exchange_number, raw)
            with self._lock:
                self._log.append(exchange)
                self._lock.notify_all()
            try:
                is_kept = wire.answer(_request(raw, name, self.site), exchange)
            finally:
                exchange.end()
            if not is_kept:
                return


class _Wire:
    """One connection: reads requests, carries out steps."""

    def __init__(
        self, connection: socket.socket, cases: Mapping[str, Case], stopped: threading.Event
    ) -> None:
        self._connection = connection
        self._cases = cases
        self._stopped = stopped
        self._piece_bytes = TLS_RECORD if isinstance(connection, ssl.SSLSocket) else LARGEST_PIECE
        self._buffer = b""
        self._resets_on_next = False

    def read_request(self) -> bytes | None:
        """The bytes of the next request, head and body; None when the client is done."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._receive():
                return None
        size = self._buffer.index(b"\r\n\r\n") + 4
        lines = self._buffer[:size].lower().split(b"\r\n")
        size += sum(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        while len(self._buffer) < size:
            if not self._receive():
                return None
        raw, self._buffer = self._buffer[:size], self._buffer[size:]
        return raw

    def answer(self, request: Request, exchange: ExchangeLog) -> bool:
        """Carry out the case of the request; True when the connection is kept for another."""
        if self._resets_on_next:
            return self._carry_out(Reset(), exchange)
        case = self._cases.get(request.path)
        for step in case.script(request) if case else (Send(UNKNOWN),):
            if self._stopped.is_set() or not self._carry_out(step, exchange):
                return False
        if (request.header("connection") or "").lower() == "close":
            return self._carry_out(Close(), exchange)
        return True

    def _carry_out(self, step: Step, exchange: ExchangeLog) -> bool:
        """True when the connection is still open after the step."""
        match step:
            case Send(data, times):
                for _ in range(times):
                    self._send(data, exchange)
            case Pause(seconds):
                self._stopped.wait(seconds)
            case WaitForClient(seconds):
                self._connection.settimeout(seconds)
                while self._receive():
                    pass
                return False
            case ResetOnNextRequest():
                self._resets_on_next = True
            case Reset():
                # A linger of zero seconds makes the close a reset (socket(7)).
                self._connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                return False
            case Close():
                self._end_in_order()
                return False
        return True

    def _send(self, data: bytes, exchange: ExchangeLog) -> None:
        view = memoryview(data)
        if not view:
            return
        exchange.note(view)
        written = 0
        try:
            while written < len(view):
                written += self._connection.send(view[written : written + self._piece_bytes])
        except OSError:
            exchange.take_back(len(view) - written)
            raise

    def _end_in_order(self) -> None:
        if isinstance(self._connection, ssl.SSLSocket):
            self._connection.settimeout(2)
            self._connection.unwrap().close()
        else:
            self._connection.shutdown(socket.SHUT_WR)

    def _receive(self) -> bool:
        """True when something came; False at the end of what the client sends."""
        received = self._connection.recv(65536)
        self._buffer += received
        return bool(received) and len(self._buffer) <= REQUEST_LIMIT


def _listen() -> socket.socket:
    door = socket.create_server(("127.0.0.1", 0), backlog=128)
    door.settimeout(0.05)  # how soon a stop is noticed
    return door


def _request(raw: bytes, door: str, site: Site) -> Request:
    start, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = start.decode("latin-1").split("\r\n")
    method, target, _ = (*first.split(" "), "", "")[:3]
    fields = tuple((line.partition(":")[0], line.partition(":")[2].strip()) for line in lines)
    return Request(method, target, raw, body, fields, "https" if door == "https" else "http", site)
