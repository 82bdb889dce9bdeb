"""Sitemaps: the addresses and further sitemaps that a site lists for crawlers.

Knows sitemaps.org 0.9 as XML (also gzipped, also as an index), the news extension, and the plain
text form. Editions in other languages (``xhtml:link``) are not followed: each has an entry of its
own. An index yields links of kind SITEMAP: whoever follows them counts the depth, because an index
may name itself under ever new addresses (2,646 requests in 6 s were seen); nothing here follows
anything.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from archiver.errors import UrlError
from archiver.feeds import is_feed, read_feed
from archiver.lenient_xml import Element, decode_xml, elements, local_name, root_name
from archiver.listed_times import read_time
from archiver.model import Link, LinkKind, Listing
from archiver.url_shapes import is_file, looks_like_article
from archiver.urls import canonical_key, is_comment_page, is_trap, normalise

MOST_ADDRESSES = 50_000
"""Entries of one sitemap (sitemaps.org: "no more than 50,000 URLs")."""
LARGEST_SITEMAP = 50 * 1024 * 1024
"""Bytes of one sitemap, unpacked (sitemaps.org: "no larger than 50MB (52,428,800 bytes)")."""

MOST_EXAMINED = 2 * MOST_ADDRESSES
"""Entries looked at for them: 50 MB can name one address 700,000 times."""

_GZIP = b"\x1f\x8b"
_ROOTS = frozenset({"urlset", "sitemapindex"})
_ENTRIES = frozenset({"url", "sitemap"})
_ROOT_CLOSES = re.compile(rb"</(?:[\w.-]+:)?urlset\s*>", re.IGNORECASE)
_TEXT_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


_TAIL = 2_000
"""Bytes at the end in which the root must close; plugins sign with a comment after it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    location: str
    is_index: bool = False
    is_news: bool = False
    title: str = ""
    modified: datetime | None = None


def is_sitemap(payload: bytes) -> bool:
    """True when ``payload`` (gzipped or not) begins as a sitemap or an index does, or is a text
    of addresses only."""
    head = unpack(payload, 4096)
    return root_name(head) in _ROOTS or _is_text_sitemap(head, is_whole=len(payload) <= 4096)


def read_sitemap(payload: bytes, url: str) -> tuple[tuple[Link, ...], Listing]:
    """What the sitemap at ``url`` lists, in its order, each address once with its latest time; and
    whether that is all there is.

    SITEMAP for the entries of an index; of a sitemap ARTICLE where the news extension or the
    address says so, else PAGE. A feed given as a sitemap (the protocol allows it) is read as one.
    Nothing for anything else; what follows a break in the file may be missing.

    Whole is a sitemap with entries that came to its end. Not one with the news extension, which
    lists the last two days only, nor an index, whose entries are no pages.
    """
    data = unpack(payload, LARGEST_SITEMAP)
    if is_feed(data):
        return read_feed(data, url)
    # A text has no root; a broken beginning still has its entries.
    is_text = _is_text_sitemap(data[:4096])
    listed = _text_entries(data) if is_text else _xml_entries(data)
    found: dict[str, Link] = {}
    own, has_news = _key(url), False
    for entry in islice(listed, MOST_EXAMINED):
        has_news = has_news or entry.is_news
        link = _link(entry, url)
        if link is None:
            continue
        key = canonical_key(link.url)
        if key == own and entry.is_index:
            continue
        known = found.setdefault(key, link)
        if link.modified and (known.modified is None or link.modified > known.modified):
            found[key] = replace(known, modified=link.modified)
        if len(found) >= MOST_ADDRESSES:
            break
    came_to_its_end = len(found) < MOST_ADDRESSES and len(data) < LARGEST_SITEMAP
    is_closed = is_text or _ROOT_CLOSES.search(data[-_TAIL:].replace(b"\0", b"")) is not None
    is_whole = bool(found) and came_to_its_end and is_closed and not has_news
    return tuple(found.values()), Listing(is_whole=is_whole)


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


def _xml_entries(data: bytes) -> Iterator[_Entry]:
    if root_name(data) not in _ROOTS:
        return
    for entry in elements(data, frozenset(), entries=_ENTRIES):
        location = _text(entry, "loc")
        if location:
            yield _Entry(
                location,
                is_index=local_name(entry) == "sitemap",
                is_news=any(local_name(child) == "news" for child in entry),
                title=_news(entry, "title")[:300],
                modified=read_time(_text(entry, "lastmod") or _news(entry, "publication_date")),
            )


def _text_entries(data: bytes) -> Iterator[_Entry]:
    for line in decode_xml(data).splitlines():
        if _TEXT_LINE.fullmatch(line.strip()):
            yield _Entry(line)


def _link(entry: _Entry, url: str) -> Link | None:
    try:
        target = normalise(entry.location, url)
    except UrlError:
        return None
    if entry.is_index:
        return Link(target, LinkKind.SITEMAP, listed=True, modified=entry.modified)
    if is_trap(target) or is_comment_page(target) or is_file(target):
        return None
    is_article = entry.is_news or looks_like_article(target)
    kind = LinkKind.ARTICLE if is_article else LinkKind.PAGE
    return Link(target, kind, entry.title, listed=True, modified=entry.modified)


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


def _news(entry: Element, name: str) -> str:
    for child in entry:
        if local_name(child) == "news":
            return " ".join(_text(child, name).split())
    return ""
