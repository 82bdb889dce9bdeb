"""The large bodies of hostile pages, made when first asked for and then kept.

Sizes are those that did harm when they were measured (docs of the cases say which).
"""

from __future__ import annotations

import zlib
from functools import cache

MEBIBYTE = 1024 * 1024

PAGE = (
    b'<!DOCTYPE html><html lang="en"><head><title>A quiet day</title></head>'
    b"<body><article><h1>A quiet day</h1>"
    b"<p>Nothing happened in the harbour today, and it happened slowly.</p>"
    b"</article></body></html>\n"
)
"""An ordinary small page."""


def chunked(body: bytes, *, size: int = 64, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    """The body in chunks of ``size``, each with its ``extension``; ``trailers`` end in CRLF."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
    return framed + b"0" + extension + b"\r\n" + trailers + b"\r\n"


def linking(*urls: str) -> bytes:
    """A page that links to ``urls``."""
    links = "".join(f'<li><a href="{url}">More</a></li>' for url in urls)
    return f'<!DOCTYPE html><html lang="en"><title>Links</title><ul>{links}</ul></html>'.encode()


@cache
def attributes() -> bytes:
    """A page whose one paragraph has 200,000 attributes (1.9 MB): lxml would take 53 s over it."""
    return b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">x</p></body>"


@cache
def empty_elements() -> bytes:
    """7 MB of ``<i></i>``: Trafilatura took 25 s and 448 MB over it."""
    return b"<html><body>" + b"<i></i>" * 1_000_000 + b"</body></html>"


@cache
def large_page() -> bytes:
    """30 MB of paragraphs."""
    paragraph = b"<p>The tide came in and the tide went out, and nobody wrote it down.</p>\n"
    return b"<html><body>" + paragraph * (30 * MEBIBYTE // len(paragraph)) + b"</body></html>"


@cache
def gzip_bomb(decoded_mebibytes: int = 120) -> bytes:
    """A gzip member of about 120 kB that holds ``decoded_mebibytes`` of one page."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = b"\x20" * MEBIBYTE
    parts = [packer.compress(b"<html><body>")]
    parts += [packer.compress(piece) for _ in range(decoded_mebibytes)]
    return b"".join((*parts, packer.compress(b"</body></html>"), packer.flush()))


@cache
def entity_bomb() -> bytes:
    """A sitemap whose one address would be ten to the ninth ``lol`` when expanded."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY l0 "lol">{entities}'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>http://news.example/?x=&l9;</loc></url>"
        "<url><loc>http://news.example/?y=&file;</loc></url></urlset>"
    ).encode()
