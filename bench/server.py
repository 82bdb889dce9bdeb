"""``python -m bench.server CORPUS COUNT [--identity] [--repeat]``: pages over HTTP/1.1 from memory.

One process, asyncio, no parsing beyond the request line, so that the crawler under measurement
and not the server is what takes the time. Prints its port and the mean page size.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import monotonic

from bench.pages import DISTINCT, make_pages, path_of

_SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


class _Clock:
    """Counts pages, from the first request to the last."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.count = 0
        self.first = self.last = 0.0

    def tick(self) -> None:
        self.last = monotonic()
        self.first = self.first or self.last
        self.count += 1


class _Desk(asyncio.Protocol):
    def __init__(self, answers: dict[bytes, bytes], clock: _Clock) -> None:
        self._answers = answers
        self._clock = clock
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            self._transport.write(self._answer_to(target))  # type: ignore[attr-defined]

    def _answer_to(self, target: bytes) -> bytes:
        if target == b"/-/reset":
            self._clock.reset()
            return _answer(b"", "text/plain")
        if target == b"/-/count":
            clock = self._clock
            return _answer(f"{clock.count} {clock.last - clock.first}".encode(), "text/plain")
        if target.startswith(b"/2026/"):
            self._clock.tick()
        return self._answers.get(target, _NOT_FOUND)


_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _answer(body: bytes, kind: str, *, is_gzip: bool = False) -> bytes:
    coding = "Content-Encoding: gzip\r\n" if is_gzip else ""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def serve(corpus: Path, count: int, *, gzip: bool, repeat: bool) -> None:
    """Serves until it is killed. ``repeat``: the same few pages under all addresses, which takes
    no memory here."""
    answers: dict[bytes, bytes] = {}
    sizes = 0
    distinct = min(count, DISTINCT) if repeat else count
    for page in make_pages(corpus, distinct, gzip=gzip):
        sizes += page.size
        answers[page.path.encode()] = _answer(page.body, "text/html", is_gzip=gzip)
    bodies = list(answers.values())
    for number in range(distinct, count):
        answers[path_of(number).encode()] = bodies[number % distinct]
    paths = [path.decode() for path in answers]
    clock = _Clock()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Desk(answers, clock), "127.0.0.1", 0, backlog=256
    )
    port = server.sockets[0].getsockname()[1]
    entries = "".join(f"<url><loc>http://127.0.0.1:{port}{path}</loc></url>" for path in paths)
    answers[b"/sitemap.xml"] = _answer(f"{_SITEMAP}{entries}</urlset>".encode(), "application/xml")
    print(port, sizes // max(1, distinct), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(
        serve(
            Path(sys.argv[1]),
            int(sys.argv[2]),
            gzip="--identity" not in sys.argv,
            repeat="--repeat" in sys.argv,
        )
    )
