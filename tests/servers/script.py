"""The words in which a case says what its server does: requests, steps and the case itself.

Values only; ``rawserver`` carries the steps out, ``honest`` and ``hostile`` are written in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server itself can be reached, for pages and redirects that name it."""

    http: str
    """Base of the plain door, such as ``http://127.0.0.1:8080``; no slash at its end."""
    https: str
    other: str
    """Base of a third door on another port, that nothing allowed leads to."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was read."""

    method: str
    target: str
    """As in the request line: path and query."""
    raw: bytes
    """Head and body."""
    body: bytes
    headers: tuple[tuple[str, str], ...]
    scheme: str
    site: Site

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def base(self) -> str:
        """Base of the door that the request came through."""
        return self.site.https if self.scheme == "https" else self.site.http

    def header(self, name: str) -> str | None:
        """Value of the first header of that name, in whatever case."""
        return next((value for known, value in self.headers if known.lower() == name), None)

    def number(self, name: str, default: float, most: float) -> float:
        """A number of the query, never more than ``most``."""
        return min(float(dict(parse_qsl(urlsplit(self.target).query)).get(name, default)), most)


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes, in one go where they fit."""

    data: bytes
    times: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while, or until the server stops."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WaitForClient:
    """Do nothing until the client leaves, at most this long; then close."""

    at_most_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection in order (TLS: with its close alert)."""


@dataclass(frozen=True, slots=True)
class Reset:
    """End the connection with a TCP reset."""


@dataclass(frozen=True, slots=True)
class ResetOnNextRequest:
    """Keep the connection, and reset it when the next request has been read, unanswered."""


Step = Send | Pause | WaitForClient | Close | Reset | ResetOnNextRequest

Script = Callable[[Request], Iterable[Step]]


@dataclass(frozen=True, slots=True)
class Case:
    """What the server does for one path. After the last step the connection is kept open for the
    next request, unless a step ended it or the request said ``Connection: close``."""

    path: str
    """Without the slash; any query is accepted."""
    says: str
    script: Script
    completes: bool = True
    """True where a whole response is sent that a client with sane limits reads to its end: what
    such a client received is then byte for byte what was sent."""
    method: str = "GET"
    """The method that the case is about."""
    is_heavy: bool = False
    """Megabytes, or seconds: not for a test that tries many cases."""


def head(status_line: str, *lines: str) -> bytes:
    """A head in Latin-1 with CRLF, its empty line included."""
    return "\r\n".join((status_line, *lines, "", "")).encode("latin-1")


def ok(body: bytes, *lines: str, content_type: str = "text/html; charset=utf-8") -> bytes:
    """A plain ``200 OK`` with these further header lines."""
    described = (f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *lines)
    return head("HTTP/1.1 200 OK", *described) + body


def says(data: bytes, *after: Step) -> Script:
    """The script that sends ``data`` whatever was asked, then does what comes ``after``."""
    return lambda request: (Send(data), *after)
