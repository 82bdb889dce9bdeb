"""What the first bytes of a payload show: media type and charset. Simple, and always the same.

Knows the signatures of WHATWG MIME Sniffing (section 6 and 7.1) that a news archive meets, and the
roots of feeds and sitemaps. Looks at bytes only, never at names; decides nothing about reading.
"""

from __future__ import annotations

import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

LOOKED_AT = 1445
"""Bytes of the "resource header" (MIME Sniffing, 5.2): all that signatures need."""

_SIGNATURES = (
    (rb"%PDF-", "application/pdf"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"RIFF....WEBPVP", "image/webp"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"BM", "image/bmp"),
    (rb"\x00\x00\x01\x00", "image/x-icon"),
    (rb"wOF2", "font/woff2"),
    (rb"wOFF", "font/woff"),
    (rb"\x00\x01\x00\x00|OTTO", "font/sfnt"),
    (rb"OggS\x00", "application/ogg"),
    (rb"ID3", "audio/mpeg"),
    (rb"RIFF....WAVE", "audio/wave"),
    (rb"....ftyp", "video/mp4"),
    (rb"\x1a\x45\xdf\xa3", "video/webm"),
    (rb"\x1f\x8b\x08", "application/gzip"),
    (rb"PK\x03\x04", "application/zip"),
    (rb"\x28\xb5\x2f\xfd", "application/zstd"),
)
_MAGIC = tuple((re.compile(sign, re.DOTALL), name) for sign, name in _SIGNATURES)
_ROOTS = (
    (re.compile(rb"<\s*(?:rss|rdf:RDF)[\s>]", re.I), "application/rss+xml"),
    (re.compile(rb"<\s*(?:\w+:)?feed[\s>]", re.I), "application/atom+xml"),
    (re.compile(rb"<\s*(?:urlset|sitemapindex)[\s>]", re.I), "application/xml"),
    (re.compile(rb"<\s*svg[\s>]", re.I), "image/svg+xml"),
)
# The tags of MIME Sniffing, 7.1, and doctype.
_HTML = re.compile(
    rb"<\s*(?:!doctype\s+html|(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|"
    rb"meta|link|article)(?=[\s>/]))",
    re.I,
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# Binary data bytes (MIME Sniffing, 3).
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def media_type_of(head: bytes) -> str | None:
    """The media type that ``head``, the beginning of a decoded payload, shows; None when empty.

    Text that is nothing more special is ``text/plain``, anything else
    ``application/octet-stream``.
    """
    head = head[:LOOKED_AT]
    if not head:
        return None
    for magic, name in _MAGIC:
        if magic.match(head):
            return name
    encoding = read_bom(head)[0]
    text = head.decode(encoding, "ignore").encode() if encoding else head
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return _markup_type(text)
    if _BINARY.search(text):
        return "application/octet-stream"
    return "application/json" if text[:1] in (b"{", b"[") else "text/plain"


def _markup_type(text: bytes) -> str:
    bare = _COMMENT.sub(b"", text).lstrip()
    if not bare.startswith(b"<?xml"):
        if _HTML.match(bare):
            return "text/html"
    elif re.search(rb"<\s*(?:!doctype\s+)?html[\s>]", bare, re.I):
        return "application/xhtml+xml"
    for root, name in _ROOTS:
        if root.search(bare):
            return name
    if bare.startswith(b"<?xml"):
        return "application/xml"
    return "text/html" if _HTML.search(bare) else "text/plain"


def charset_of(content_type: str | None, head: bytes) -> str | None:
    """The charset that byte order mark, ``Content-Type`` or meta element say, in that order, under
    Python's name for it; None when none says one that is known."""
    by_mark = read_bom(head)[0]
    if by_mark:
        return by_mark
    by_header = http_content_type_encoding(content_type) if content_type else None
    return by_header or html_body_declared_encoding(head[:4096])
