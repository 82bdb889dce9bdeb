"""Cases in which the server means well, however oddly it writes.

All of them end in a whole response; a recorder must keep every byte of it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

import brotli

from tests.servers.bodies import PAGE, chunked, linking
from tests.servers.script import (
    Case,
    Close,
    Pause,
    Request,
    ResetOnNextRequest,
    Send,
    Step,
    head,
    ok,
    says,
)

GZIPPED = gzip.compress(PAGE, mtime=0)
HTML = "Content-Type: text/html; charset=utf-8"
SIZED = f"Content-Length: {len(PAGE)}"
CHUNKED = "Transfer-Encoding: chunked"
EARLY_HINTS = head("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload; as=style")

ODD_HEADERS = (
    b"HTTP/1.1 200 OK\r\n"
    b"content-TYPE: text/html; charset=utf-8\r\n"
    b"Content-Length: %d\r\n"
    b"Set-Cookie: a=1\r\n"
    b"X-Between: the two\r\n"
    b"set-cookie: b=2\r\n"
    b"X-Tight:no space\r\n"
    b"X-Loose:   three spaces and a tab \t\r\n"
    b"X-Empty:\r\n"
    b"X-Folded: first line\r\n"
    b"\tsecond line\r\n"
    b"X-Town: Sm\xf8rrebr\xf8d-sur-Mer\r\n"
    b"this line has no colon\r\n"
    b"X-Last: yes\r\n"
    b"\r\n"
) % len(PAGE)


def _echo(request: Request) -> Iterable[Step]:
    yield Send(ok(f"{request.method} {request.target}\n".encode() + request.body))


def _head(request: Request) -> Iterable[Step]:
    whole = ok(PAGE)
    yield Send(whole[: -len(PAGE)] if request.method == "HEAD" else whole)


def _validated(request: Request) -> Iterable[Step]:
    if request.header("if-none-match") == '"v1"':
        yield Send(head("HTTP/1.1 304 Not Modified", 'ETag: "v1"'))
    else:
        yield Send(ok(PAGE, 'ETag: "v1"', "Last-Modified: Tue, 05 Mar 2024 16:30:00 GMT"))


def _drip(request: Request) -> Iterable[Step]:
    """``?bytes=`` (at most 600) one by one, ``?pause=`` seconds (at most 1) before each."""
    body = b"." * int(request.number("bytes", 40, 600))
    yield Send(ok(body)[: -len(body)])
    for _ in body:
        yield Pause(request.number("pause", 0.02, 1))
        yield Send(b".")


def _across_schemes(request: Request) -> Iterable[Step]:
    target = request.site.http if request.scheme == "https" else request.site.https
    yield Send(_redirect(302, f"{target}/plain"))


def _redirect(status: int, location: str) -> bytes:
    return head(f"HTTP/1.1 {status} Elsewhere", f"Location: {location}", "Content-Length: 0")


def _redirect_to_plain(status: int) -> Case:
    return Case(
        f"redirect-{status}",
        f"{status} to an absolute address",
        lambda request: (Send(_redirect(status, f"{request.base}/plain")),),
    )


def _robots(request: Request) -> Iterable[Step]:
    rules = f"User-agent: *\nDisallow: /forbidden\n\nSitemap: {request.base}/sitemap.xml\n"
    yield Send(ok(rules.encode(), content_type="text/plain"))


def _sitemap(request: Request) -> Iterable[Step]:
    text = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{request.base}/plain</loc></url></urlset>"
    )
    yield Send(ok(text.encode(), content_type="application/xml"))


def _index(request: Request) -> Iterable[Step]:
    yield Send(ok(linking(f"{request.base}/plain", f"{request.base}/query?b=2&a=1&a=%20")))


def _sent_as(path: str, text: str, *lines: str, body: bytes) -> Case:
    return Case(path, text, says(head("HTTP/1.1 200 OK", HTML, *lines) + body))


HONEST = (
    Case("", "a front page that links to two others", _index),
    Case("plain", "200 with Content-Length", says(ok(PAGE))),
    Case("query", "echoes the target, query and all", _echo),
    Case("echo", "echoes a POST with its body", _echo, method="POST"),
    Case("head", "HEAD: Content-Length without a body", _head, method="HEAD"),
    Case("robots.txt", "robots.txt that disallows /forbidden", _robots),
    Case("sitemap.xml", "a sitemap with one address", _sitemap),
    Case("forbidden", "a page that robots.txt disallows", says(ok(PAGE))),
    Case(
        "headers",
        "mixed case, repeated, folded, tight, empty, Latin-1 and colon-less header lines",
        says(ODD_HEADERS + PAGE),
    ),
    Case(
        "bare-lf",
        "a head whose lines end in LF alone",
        says(head("HTTP/1.1 200 OK", HTML, SIZED).replace(b"\r\n", b"\n") + PAGE),
    ),
    Case(
        "reason-odd",
        "a reason phrase in Latin-1 with punctuation",
        says(head("HTTP/1.1 200 Très bien: (merci)", HTML, SIZED) + PAGE),
    ),
    Case(
        "reason-empty",
        "a space after the status, but no reason phrase",
        says(head("HTTP/1.1 200 ", HTML, SIZED) + PAGE),
    ),
    Case(
        "reason-none",
        "neither reason phrase nor the space before it",
        says(head("HTTP/1.1 200", HTML, SIZED) + PAGE),
    ),
    _sent_as("chunked", "chunks", CHUNKED, body=chunked(PAGE)),
    _sent_as(
        "chunked-odd",
        "chunks with extensions, and trailers",
        CHUNKED,
        "Trailer: X-Sum, X-End",
        body=chunked(PAGE, extension=b';ext="a b"', trailers=b"X-Sum: 12\r\nx-end: yes\r\n"),
    ),
    _sent_as(
        "chunked-title-case",
        "Transfer-Encoding: Chunked",
        "Transfer-Encoding: Chunked",
        body=chunked(PAGE),
    ),
    _sent_as(
        "gzip", "gzip", "Content-Encoding: gzip", f"Content-Length: {len(GZIPPED)}", body=GZIPPED
    ),
    _sent_as(
        "gzip-chunked",
        "gzip in chunks",
        "Content-Encoding: gzip",
        CHUNKED,
        body=chunked(GZIPPED),
    ),
    _sent_as(
        "br",
        "br in chunks",
        "Content-Encoding: br",
        CHUNKED,
        body=chunked(brotli.compress(PAGE)),
    ),
    _sent_as(
        "deflate",
        "deflate with its zlib wrapper, as the standard has it",
        "Content-Encoding: deflate",
        CHUNKED,
        body=chunked(zlib.compress(PAGE)),
    ),
    _sent_as(
        "deflate-raw",
        "deflate without the wrapper, as many servers have it",
        "Content-Encoding: deflate",
        CHUNKED,
        body=chunked(zlib.compress(PAGE)[2:-4]),
    ),
    _sent_as(
        "length-and-chunked",
        "Content-Length and chunks at once; chunks win (RFC 9112, 6.3)",
        "Content-Length: 5",
        CHUNKED,
        body=chunked(PAGE),
    ),
    Case("status-odd", "a status that nobody knows", says(ok(PAGE).replace(b"200 OK", b"799 Fog"))),
    Case("no-content", "204", says(head("HTTP/1.1 204 No Content", "X-Empty: yes"))),
    Case("not-modified", "304 to any request", says(head("HTTP/1.1 304 Not Modified"))),
    Case("validated", '200 with ETag "v1"; 304 to a request that knows it', _validated),
    Case("not-found", "404 with a page", says(ok(PAGE).replace(b"200 OK", b"404 Not Found"))),
    Case(
        "rate-limited",
        "429 with Retry-After",
        says(ok(PAGE, "Retry-After: 1").replace(b"200 OK", b"429 Too Many Requests")),
    ),
    Case(
        "unavailable",
        "503 with Retry-After",
        says(ok(PAGE, "Retry-After: 1").replace(b"200 OK", b"503 Service Unavailable")),
    ),
    Case("hint", "one 103 before the response", says(EARLY_HINTS + ok(PAGE))),
    Case("hints", "five 103 before the response", says(EARLY_HINTS * 5 + ok(PAGE))),
    Case(
        "http10",
        "HTTP/1.0, body ended by the close",
        says(head("HTTP/1.0 200 OK", HTML) + PAGE, Close()),
    ),
    Case(
        "excess",
        "bytes after the body",
        says(ok(PAGE, "Connection: close") + b"<!-- and another thing -->", Close()),
    ),
    Case(
        "short-length",
        "Content-Length 5 for a longer body",
        says(
            head("HTTP/1.1 200 OK", HTML, "Content-Length: 5", "Connection: close") + PAGE, Close()
        ),
    ),
    Case("drip", "a byte at a time (?bytes=40&pause=0.02)", _drip),
    *(_redirect_to_plain(status) for status in (301, 302, 303, 307, 308)),
    Case(
        "redirect-nowhere", "302 without Location", says(ok(PAGE).replace(b"200 OK", b"302 Gone"))
    ),
    Case("redirect-relative", "302 to a relative address", says(_redirect(302, "plain?from=here"))),
    Case("redirect-scheme", "302 from http to https or back", _across_schemes),
    Case(
        "redirect-loop",
        "302 to itself",
        lambda request: (Send(_redirect(302, f"{request.base}/redirect-loop")),),
    ),
    Case(
        "keep-alive-reset",
        "answers, keeps the connection, and resets it when the next request has come",
        says(ok(PAGE, "Connection: keep-alive"), ResetOnNextRequest()),
    ),
)
