"""A raw server that stands for many hosts: what each host and path answers, and who was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tests.servers import Case, RawServer
from tests.servers.script import Request, Script, Send, Site, Step, head, ok, says

NOT_FOUND = says(head("HTTP/1.1 404 Not Found", "Content-Length: 0"))


Answers = Mapping[str, Script | bytes]
"""By ``host/path?query``; bytes are an HTML page."""


class _AnyPath(Mapping[str, Case]):
    """The same case whatever the path."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def __getitem__(self, path: str) -> Case:
        return self._case

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def hosts_server(answers: Callable[[Site], Answers]) -> RawServer:
    """Serves what ``answers`` says for the site that the server is; all else is not found."""

    def script(request: Request) -> Iterable[Step]:
        host = (request.header("host") or "").partition(":")[0]
        found = answers(request.site).get(host + request.target, NOT_FOUND)
        yield from (says(ok(found)) if isinstance(found, bytes) else found)(request)

    return RawServer(_AnyPath(Case("", "by host", script)))


def connect_to(server: RawServer, *hosts: str) -> str:
    """The setting that sends these hosts' connections to the server's plain door."""
    pairs = ", ".join(f'"{host}:80": "127.0.0.1:{server.http_port}"' for host in hosts)
    return "{" + pairs + "}"


def asked(server: RawServer) -> list[str]:
    """``host/path`` of every request through the plain door, in their order."""
    found = []
    for exchange in server.log:
        if exchange.door == "http":
            lines = exchange.received.decode("latin-1").split("\r\n")
            host = next(line[6:] for line in lines if line.lower().startswith("host: "))
            found.append(host.partition(":")[0] + exchange.target)
    return found


def answer(body: str, content_type: str) -> Script:
    """200 with a body of some type."""
    return says(ok(body.encode(), content_type=content_type))


def moved(status: int, location: str) -> Script:
    """A redirect."""
    lines = (f"Location: {location}", "Content-Length: 0")
    return lambda request: (Send(head(f"HTTP/1.1 {status} Moved", *lines)),)
