"""Cases in which the server breaks off, lies, or wants to do harm.

A response that comes to no end, or is larger than a client should let it be, does not complete.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.servers import bodies
from tests.servers.bodies import MEBIBYTE, PAGE, chunked, linking
from tests.servers.script import (
    Case,
    Close,
    Pause,
    Request,
    Reset,
    Script,
    Send,
    Step,
    WaitForClient,
    head,
    ok,
    says,
)

HTML = "Content-Type: text/html; charset=utf-8"
XML = "application/xml"
LENGTH_TOO_LONG = head("HTTP/1.1 200 OK", HTML, f"Content-Length: {len(PAGE) * 3}")
GZIPPED = gzip.compress(PAGE, mtime=0)
CHUNKED_HEAD = head("HTTP/1.1 200 OK", HTML, "Transfer-Encoding: chunked")

FILE_URL = "file:///etc/passwd"
METADATA_URL = "http://169.254.169.254/latest/meta-data/"
REFRESHING = PAGE.replace(
    b"<head>", f'<head><meta http-equiv="refresh" content="0; url={METADATA_URL}">'.encode()
)


def _broken_off(data: bytes, *, how: Step) -> Script:
    """Send, let it cross the wire, end. Without the pause a reset may overtake the bytes."""
    return says(data, Pause(0.05), how)


def _redirect(location: str) -> bytes:
    return head("HTTP/1.1 302 Found", f"Location: {location}", "Content-Length: 0")


def _to_other_port(request: Request) -> Iterable[Step]:
    yield Send(_redirect(f"{request.site.other}/secret"))


def _sitemap_index_without_end(request: Request) -> Iterable[Step]:
    """``?n=`` names ``?n+1``: 2,646 requests in 6 s were made of it."""
    number = int(request.number("n", 0, 10**9))
    here = f"{request.base}{urlsplit(request.target).path}"
    text = (
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{here}?n={number + 1}</loc></sitemap></sitemapindex>"
    )
    yield Send(ok(text.encode(), content_type=XML))


def _forbidden_links(request: Request) -> tuple[str, ...]:
    return (FILE_URL, METADATA_URL, f"{request.site.other}/secret")


def _sitemap(request: Request) -> Iterable[Step]:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in _forbidden_links(request))
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    yield Send(ok(text.encode(), content_type=XML))


def _feed(request: Request) -> Iterable[Step]:
    entries = "".join(
        f"<item><title>A quiet day</title><link>{url}</link></item>"
        for url in _forbidden_links(request)
    )
    text = f'<rss version="2.0"><channel><title>Feed</title>{entries}</channel></rss>'
    yield Send(ok(text.encode(), content_type="application/rss+xml"))


def _page_of_links(request: Request) -> Iterable[Step]:
    yield Send(ok(linking(*_forbidden_links(request))))


def _endless(request: Request) -> Iterable[Step]:
    """Until the client leaves, at most 256 MiB."""
    yield Send(head("HTTP/1.1 200 OK", HTML))
    yield Send(b"<p>and then</p>\n" * 4096, times=4096)
    yield Close()


def _header_flood(request: Request) -> Iterable[Step]:
    """400,000 lines (9 MB): Scrapy accepted a like one in 5.8 s."""
    lines = b"".join(b"X-Flood-%06d: water\r\n" % number for number in range(400_000))
    yield Send(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 0\r\n\r\n")


def _endless_headers(request: Request) -> Iterable[Step]:
    """Until the client leaves, at most 64 MiB."""
    yield Send(b"HTTP/1.1 200 OK\r\n")
    yield Send(b"X-More: water\r\n" * 4096, times=1092)
    yield Close()


def _huge_header(request: Request) -> Iterable[Step]:
    yield Send(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"h" * (20 * MEBIBYTE) + b"\r\n")
    yield Send(b"Content-Length: 0\r\n\r\n")


def _hint_flood(request: Request) -> Iterable[Step]:
    hint = head("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload; as=style")
    yield Send(hint * 1000, times=20)
    yield Send(ok(PAGE))


HOSTILE = (
    Case(
        "cut-length",
        "closes after a third of Content-Length",
        _broken_off(LENGTH_TOO_LONG + PAGE, how=Close()),
        completes=False,
    ),
    Case(
        "cut-chunked",
        "closes before the last chunk",
        _broken_off(CHUNKED_HEAD + chunked(PAGE)[: -len("0\r\n\r\n")], how=Close()),
        completes=False,
    ),
    Case(
        "cut-in-chunk",
        "closes in the middle of a chunk",
        _broken_off(CHUNKED_HEAD + b"400\r\n" + PAGE, how=Close()),
        completes=False,
    ),
    Case(
        "bad-chunk",
        "a chunk whose size is no number",
        _broken_off(CHUNKED_HEAD + b"tide\r\n" + PAGE, how=Close()),
        completes=False,
    ),
    Case(
        "huge-chunk",
        "a chunk of 2^64 - 1 bytes, or so it says",
        _broken_off(CHUNKED_HEAD + b"ffffffffffffffff\r\n" + PAGE, how=Close()),
        completes=False,
    ),
    Case(
        "lengths-differ",
        "two Content-Length that disagree",
        _broken_off(ok(PAGE, "Content-Length: 7"), how=Close()),
        completes=False,
    ),
    Case(
        "length-negative",
        "Content-Length: -1",
        _broken_off(head("HTTP/1.1 200 OK", HTML, "Content-Length: -1") + PAGE, how=Close()),
        completes=False,
    ),
    Case(
        "cut-head",
        "closes within the head",
        _broken_off(b"HTTP/1.1 200 OK\r\nContent-Ty", how=Close()),
        completes=False,
    ),
    Case(
        "reset-body",
        "resets within the body",
        _broken_off(LENGTH_TOO_LONG + PAGE, how=Reset()),
        completes=False,
    ),
    Case("reset-head", "resets before the head", says(b"", Reset()), completes=False),
    Case("empty", "closes without a byte", says(b"", Close()), completes=False),
    Case(
        "garbage",
        "answers something that is not HTTP",
        _broken_off(b"220 harbour ESMTP ready\r\n\x00\xff\xfe<p>hello</p>\r\n", how=Close()),
        completes=False,
    ),
    Case("never", "reads the request and never answers", lambda r: (WaitForClient(),), False),
    Case(
        "stalls",
        "sends a part of the body and no more",
        says(LENGTH_TOO_LONG + PAGE, WaitForClient()),
        completes=False,
    ),
    Case("header-flood", "400,000 header lines", _header_flood, False, is_heavy=True),
    Case("endless-headers", "header lines without end", _endless_headers, False, is_heavy=True),
    Case("huge-header", "one header of 20 MB", _huge_header, False, is_heavy=True),
    Case("hint-flood", "20,000 times 103 Early Hints", _hint_flood, False, is_heavy=True),
    Case("endless", "a body without end", _endless, False, is_heavy=True),
    Case(
        "gzip-bomb",
        "120 kB of gzip that hold 120 MB of page",
        lambda r: (Send(ok(bodies.gzip_bomb(), "Content-Encoding: gzip")),),
        is_heavy=True,
    ),
    Case(
        "gzip-not",
        "says gzip and is not",
        says(ok(PAGE, "Content-Encoding: gzip")),
    ),
    Case(
        "gzip-cut",
        "gzip that lacks its last third, in a response that is whole",
        says(ok(GZIPPED[: len(GZIPPED) * 2 // 3], "Content-Encoding: gzip")),
    ),
    Case("large", "a page of 30 MB", lambda r: (Send(ok(bodies.large_page())),), is_heavy=True),
    Case(
        "attributes",
        "200,000 attributes on one tag, 1.9 MB",
        lambda r: (Send(ok(bodies.attributes())),),
        is_heavy=True,
    ),
    Case(
        "empty-elements",
        "7 MB of <i></i>",
        lambda r: (Send(ok(bodies.empty_elements())),),
        is_heavy=True,
    ),
    Case("sitemap-loop.xml", "a sitemap index that names itself anew", _sitemap_index_without_end),
    Case(
        "sitemap-bomb.xml",
        "entities that expand without end, and one that reads a file",
        lambda r: (Send(ok(bodies.entity_bomb(), content_type=XML)),),
    ),
    Case("sitemap-inside.xml", "a sitemap of a file and of internal addresses", _sitemap),
    Case("feed-inside.xml", "a feed of a file and of internal addresses", _feed),
    Case("links-inside", "links to a file and to internal addresses", _page_of_links),
    Case("refresh-inside", "a page that refreshes to an internal address", says(ok(REFRESHING))),
    Case("redirect-bad", "302 to what is no address", says(_redirect("http://[::bad/"))),
    Case("redirect-file", f"302 to {FILE_URL}", says(_redirect(FILE_URL))),
    Case("redirect-metadata", f"302 to {METADATA_URL}", says(_redirect(METADATA_URL))),
    Case("redirect-other-port", "302 to another port of this machine", _to_other_port),
)
