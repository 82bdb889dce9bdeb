"""A site of small pages that only links lead to, and a log of what was asked for.

A front page, sections below it, articles below them, each article linking to two others: a page
that is lost in a crash takes the pages below it along, and the log shows it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECTIONS = 12
_WORDS = (
    "The harbour office counted {n} boats on the morning of the fair, and the keeper of the "
    "lamp wrote each of them into his book before the fog came in from the point. "
)


class GraphSite(ThreadingHTTPServer):
    """Serves ``articles`` articles; ``asked`` counts the requests for each path."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, articles: int) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.pages = dict(_pages(articles))
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed client leaves its connections behind; that is what is tried here."""

    def note(self, path: str) -> None:
        with self._lock:
            self._asked[path] += 1

    def asked(self) -> Counter[str]:
        with self._lock:
            return Counter(self._asked)


class _Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: GraphSite

    def do_GET(self) -> None:
        self.server.note(self.path)
        body = self.server.pages.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *arguments: object) -> None:
        """The counter is the log."""


def _pages(articles: int) -> Iterator[tuple[str, bytes]]:
    def path_of(number: int) -> str:
        return f"/2026/11/story-{number % articles}/"

    sections = [f"/section-{number}/" for number in range(SECTIONS)]
    yield "/", _page("The Lamp", [], sections)
    for index, section in enumerate(sections):
        # Only every third article stands on a section page; the rest is found through articles.
        own = [path_of(number) for number in range(index * 3, articles, SECTIONS * 3)]
        yield section, _page(f"Section {index}", [], [*sections, *own])
    for number in range(articles):
        text = [_WORDS.format(n=number * 7 + part) for part in range(12)]
        yield (
            path_of(number),
            _page(
                f"Boats at the fair, part {number}",
                text,
                [path_of(number + 1), path_of(number * 2)],
            ),
        )


def _page(title: str, paragraphs: list[str], links: list[str]) -> bytes:
    is_article = bool(paragraphs)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    rows = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    kind = '<meta property="og:type" content="article">' if is_article else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{kind}'
        f"</head><body><main><article><h1>{title}</h1>{text}</article></main>"
        f"<nav><ul>{rows}</ul></nav></body></html>"
    ).encode()


@contextmanager
def graph_site(articles: int) -> Iterator[GraphSite]:
    """The site on a free port."""
    site = GraphSite(articles)
    thread = threading.Thread(
        target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
