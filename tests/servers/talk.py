"""A newspaper and a comment server of the Isso kind, on one port, each under its own host name.

Every article has a thread that behaves, or does not, in a way of its own. Knows the interface that
Isso publishes (``isso/views/comments.py``): ``GET /?uri=…&limit=&offset=&after=&parent=``.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAPER = "paper.example"
TALK = "talk.example"
_FIRST = 1_763_800_000.5
_WORDS = "The ferry was late again on {} mornings of this month, and nobody said a word about why."

Row = dict[str, Any]
Reply = tuple[int, Mapping[str, str], bytes]
Behaviour = Callable[["TalkServer", str, Mapping[str, list[str]]], Reply]


def comment(number: int, parent: int | None = None, **more: Any) -> Row:
    """A comment as Isso keeps it."""
    return {
        "id": number,
        "parent": parent,
        "text": f"<p>Remark number {number} about the matter in hand, and a <b>bold</b> one.</p>",
        "author": f"Reader {number % 7}",
        "website": None,
        "created": _FIRST + 60 * number,
        "modified": None,
        "mode": 1,
        "likes": number % 3,
        "dislikes": 0,
        "hash": "0123456789ab",
        "gravatar_image": "https://www.gravatar.com/avatar/d41d8cd98f00b204e9800998ecf8427e?d=x",
        **more,
    }


def served(rows: list[Row], query: Mapping[str, list[str]]) -> Reply:
    """The answer to ``query`` over ``rows``, top comments and those nested in them."""
    said = {name: values[0] for name, values in query.items()}
    below: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        below[row["parent"]].append(row)

    def page(parent: int | None, limit: str | None, offset: int) -> list[Row]:
        found = [row for row in below[parent] if row["created"] > after][offset:]
        return found if limit is None else found[: int(limit)]

    offset, after = int(said.get("offset", "0")), float(said.get("after", "0"))
    root = int(said["parent"]) if said.get("parent", "").isdigit() else None
    replies = []
    for row in page(root, said.get("limit"), offset):
        nested = page(row["id"], said.get("nested_limit"), 0) if root is None else []
        total = len(below[row["id"]])
        replies.append(
            {
                **row,
                "replies": nested,
                "total_replies": total,
                "hidden_replies": total - len(nested),
            }
        )
    total = len(below[root])
    answer: Row = {
        "id": root,
        "total_replies": len(rows) if root is None else total,
        "hidden_replies": total - offset - len(replies),
        "replies": replies,
        "config": {},
    }
    return _json(answer)


def _json(value: object) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@dataclass(frozen=True, slots=True)
class Thread:
    """An article's thread: its comments, and how the server behaves about it."""

    rows: tuple[Row, ...] = ()
    behaves: Behaviour | None = None
    """None: as it should."""


@dataclass(slots=True)
class Asked:
    """What was asked for, in its order: ``host/path?query``."""

    targets: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, target: str) -> int:
        """Remember; how often it was asked for now."""
        with self.lock:
            self.targets.append(target)
            return self.targets.count(target)


class TalkServer(ThreadingHTTPServer):
    """Both hosts. ``threads``: by path of the article; may be changed while it serves."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, threads: Mapping[str, Thread]) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.threads = dict(threads)
        self.asked = Asked()

    def server_bind(self) -> None:
        """Bind only: HTTPServer also asks the resolver for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def connect_to(self) -> str:
        """The setting that sends the connections of both hosts here."""
        here = f"127.0.0.1:{self.server_port}"
        return json.dumps({f"{host}:80": here for host in (PAPER, TALK)})

    def reply(self, host: str, target: str) -> Reply:
        """What is answered to a request for ``target`` of ``host``."""
        parts = urlsplit(target)
        if parts.path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /closed/\n"
        if host == PAPER:
            return self._page(parts.path)
        query = parse_qs(parts.query)
        path = query.get("uri", [""])[0]
        thread = self.threads.get(path)
        if thread is None:
            return _json({"id": None, "total_replies": 0, "hidden_replies": 0, "replies": []})
        if thread.behaves is not None:
            return thread.behaves(self, path, query)
        return served(list(thread.rows), query)

    def _page(self, path: str) -> Reply:
        html = {"Content-Type": "text/html; charset=utf-8"}
        if path == "/":
            links = "".join(f'<li><a href="{p}">Story of {p[1:-1]}</a></li>' for p in self.threads)
            return 200, html, f"<html><body><h1>Paper</h1><ul>{links}</ul></body></html>".encode()
        if path not in self.threads:
            return 404, html, b"<html><body>Not here</body></html>"
        name = escape(path.strip("/"))
        paragraphs = "".join(f"<p>{_WORDS.format(n)} ({name})</p>" for n in range(2, 12))
        page = (
            f'<html lang="en"><head><title>The story of {name}</title>'
            '<meta property="og:type" content="article">'
            '<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head><body>'
            f"<article><h1>The story of {name}</h1>{paragraphs}</article>"
            f'<script data-isso="http://{TALK}/" src="http://{TALK}/js/embed.min.js"></script>'
            f'<section id="isso-thread" data-title="{name}"></section></body></html>'
        )
        return 200, html, page.encode()


class _Desk(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: TalkServer

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        self.server.asked.note(host + self.path)
        status, headers, body = self.server.reply(host, self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name
        """Nothing: ``asked`` remembers."""


@contextmanager
def talk_server(threads: Mapping[str, Thread]) -> Iterator[TalkServer]:
    """The two hosts, serving while the block runs."""
    server = TalkServer(threads)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield server
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
