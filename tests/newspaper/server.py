"""Serves the newspaper over HTTP/1.1 on this machine and remembers what was asked.

Knows how an answer goes over the wire; what the answers are, ``routes`` knows.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from tests.newspaper.routes import Answer, Delivery, answer, lay_out

CHUNK_BYTES = 1000


class Newspaper(ThreadingHTTPServer):
    """The newspaper, listening once it is made; ``start`` serves it on a thread of its own."""

    daemon_threads = True
    # A crawl opens its connections at once; the default backlog of 5 makes some of them wait 1 s.
    request_queue_size = 128

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Desk)
        self.base = f"http://{host}:{self.server_address[1]}"
        """Address without a slash at its end; the base of every link in the pages."""
        self.answers = lay_out(self.base)
        self._asked: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def server_bind(self) -> None:
        """Bind only: HTTPServer also asks the resolver for this machine's full name, which takes
        seconds where no resolver answers."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """(method, target) of every request so far, in order of arrival."""
        with self._lock:
            return tuple(self._asked)

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawl that is killed leaves its connections behind: that is no news. All else is."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def note(self, method: str, target: str) -> None:
        """Remember a request."""
        with self._lock:
            self._asked.append((method, target))

    def start(self) -> threading.Thread:
        """Serve on a new thread until ``shutdown``."""
        thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        return thread


@contextmanager
def newspaper() -> Iterator[str]:
    """Serves the newspaper on a free port of 127.0.0.1: the base URL, no slash at its end."""
    with watched_newspaper() as paper:
        yield paper.base


@contextmanager
def watched_newspaper() -> Iterator[Newspaper]:
    """The same for those who want to know what is ``asked``."""
    paper = Newspaper()
    thread = paper.start()
    try:
        yield paper
    finally:
        paper.shutdown()
        paper.server_close()
        thread.join(timeout=5)


class _Desk(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "OldmerePress"
    sys_version = ""
    timeout = 30  # an idle connection is closed; no thread outlives its use for long
    server: Newspaper

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
        """Nothing: the newspaper is quiet, ``asked`` remembers."""

    def _serve(self) -> None:
        self.server.note(self.command, self.path)
        found = answer(self.server.answers, self.path, self.server.base)
        if found.etag is not None and found.etag in self.headers.get("If-None-Match", ""):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", found.etag)
            self.end_headers()
            return
        if found.delivery is Delivery.AFTER_EARLY_HINTS:
            self.wfile.write(
                b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"
            )
        self._send_head(found)
        if self.command == "HEAD":
            return
        if found.delivery is Delivery.CHUNKED_WITH_TRAILERS:
            self._send_chunks(found.body)
        else:
            self.wfile.write(found.body)

    def _send_head(self, found: Answer) -> None:
        self.send_response(found.status)
        self.send_header("Content-Type", found.content_type)
        if found.etag is not None:
            self.send_header("ETag", found.etag)
        for name, value in found.headers:
            self.send_header(name, value)
        if found.delivery is Delivery.CHUNKED_WITH_TRAILERS:
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Trailer", "X-Verses")
        else:
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()

    def _send_chunks(self, body: bytes) -> None:
        for start in range(0, len(body), CHUNK_BYTES):
            chunk = body[start : start + CHUNK_BYTES]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\nX-Verses: 6\r\n\r\n")
