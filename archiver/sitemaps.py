"""Sitemaps: the addresses and further sitemaps that a site lists for crawlers.

Knows sitemaps.org 0.9 as XML (also gzipped, also as an index), the news extension, and the plain
text form. An index yields links of kind SITEMAP: whoever follows them counts the depth, because an
index may name itself under ever new addresses (2,646 requests in 6 s were seen); nothing here
follows anything.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from archiver.errors import UrlError
from archiver.feeds import is_feed, read_feed, read_time
from archiver.lenient_xml import Element, decode_xml, elements, local_name, root_name
from archiver.model import Link, LinkKind
from archiver.url_shapes import is_file, looks_like_article
from archiver.urls import canonical_key, is_comment_page, is_trap, normalise

MOST_ADDRESSES = 50_000
"""Entries of one sitemap (sitemaps.org: "no more than 50,000 URLs")."""
LARGEST_SITEMAP = 50 * 1024 * 1024
"""Bytes of one sitemap, unpacked (sitemaps.org: "no larger than 50MB (52,428,800 bytes)")."""

_GZIP = b"\x1f\x8b"
_ROOTS = frozenset({"urlset", "sitemapindex"})
_ENTRIES = frozenset({"url", "sitemap"})
_TEXT_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


def is_sitemap(payload: bytes) -> bool:
    """True when ``payload`` (gzipped or not) begins as a sitemap or an index does, or is a text
    of addresses only."""
    head = unpack(payload, 4096)
    return root_name(head) in _ROOTS or _is_text_sitemap(head, is_whole=len(payload) <= 4096)


def read_sitemap(payload: bytes, url: str) -> tuple[Link, ...]:
    """What the sitemap at ``url`` lists, in its order, each address once.

    SITEMAP for the entries of an index; of a sitemap ARTICLE where the news extension or the
    address says so, else PAGE. A feed given as a sitemap (the protocol allows it) is read as one.
    Empty for anything else; what follows a break in the file may be missing.
    """
    data = unpack(payload, LARGEST_SITEMAP)
    if is_feed(data):
        return read_feed(data, url)
    # A text has no root; a broken beginning still has its entries.
    links = _text_links(data, url) if _is_text_sitemap(data[:4096]) else _xml_links(data, url)
    found: dict[str, Link] = {}
    own = _key(url)
    for link in links:
        key = canonical_key(link.url)
        if key != own or link.kind is not LinkKind.SITEMAP:
            found.setdefault(key, link)
        if len(found) >= MOST_ADDRESSES:
            break
    return tuple(found.values())


def unpack(payload: bytes, limit_bytes: int) -> bytes:
    """At most ``limit_bytes`` of ``payload``, its gzip undone where it has any (``.xml.gz``; some
    servers gzip the gzip). A broken stream gives what could be undone."""
    data = payload
    for _ in range(2):
        if not data.startswith(_GZIP):
            break
        try:
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, limit_bytes)
        except zlib.error:
            return b""
    return data[:limit_bytes]


def _key(url: str) -> str:
    try:
        return canonical_key(url)
    except UrlError:
        return ""


def _xml_links(data: bytes, url: str) -> Iterator[Link]:
    if root_name(data) not in _ROOTS:
        return
    for entry in elements(data, _ENTRIES):
        location = _text(entry, "loc")
        if not location:
            continue
        is_index = local_name(entry) == "sitemap"
        modified = read_time(_text(entry, "lastmod") or _news(entry, "publication_date"))
        link = _link(location, url, is_index=is_index, is_news=_has_news(entry))
        if link is not None:
            yield Link(
                link.url, link.kind, _news(entry, "title")[:300], listed=True, modified=modified
            )


def _text_links(data: bytes, url: str) -> Iterator[Link]:
    for line in decode_xml(data).splitlines():
        if _TEXT_LINE.fullmatch(line.strip()):
            link = _link(line, url, is_index=False, is_news=False)
            if link is not None:
                yield link


def _link(location: str, url: str, *, is_index: bool, is_news: bool) -> Link | None:
    try:
        target = normalise(location, url)
    except UrlError:
        return None
    if is_index:
        return Link(target, LinkKind.SITEMAP, listed=True)
    if is_trap(target) or is_comment_page(target) or is_file(target):
        return None
    kind = LinkKind.ARTICLE if is_news or looks_like_article(target) else LinkKind.PAGE
    return Link(target, kind, listed=True)


def _is_text_sitemap(head: bytes, *, is_whole: bool = False) -> bool:
    lines = [line.strip() for line in decode_xml(head).splitlines() if line.strip()]
    if len(lines) > 1 and not is_whole:
        lines.pop()  # it may be cut
    return bool(lines) and all(_TEXT_LINE.fullmatch(line) for line in lines)


def _text(entry: Element, name: str) -> str:
    for child in entry:
        if local_name(child) == name:
            return "".join(child.itertext()).strip()
    return ""


def _has_news(entry: Element) -> bool:
    return any(local_name(child) == "news" for child in entry)


def _news(entry: Element, name: str) -> str:
    for child in entry:
        if local_name(child) == "news":
            return " ".join(_text(child, name).split())
    return ""
