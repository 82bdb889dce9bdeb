"""Sniffing: what the first bytes show, whatever was declared."""

from __future__ import annotations

import pytest

from archiver.sniff import charset_of, media_type_of


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", None),
        (b"<!DOCTYPE HTML><html>", "text/html"),
        (b"\xef\xbb\xbf \n<html>", "text/html"),
        (b"<!-- a comment --><body>", "text/html"),
        ("<html><p>über".encode("utf-16"), "text/html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', "application/xhtml+xml"),
        (b'<?xml version="1.0"?><rss version="2.0">', "application/rss+xml"),
        (b"<rss>", "application/rss+xml"),
        (b'<?xml version="1.0"?><feed xmlns="a">', "application/atom+xml"),
        (b'<?xml version="1.0"?><!-- x --><urlset xmlns="a">', "application/xml"),
        (b'<?xml version="1.0"?><other>', "application/xml"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
        (b'{"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        (b"User-agent: *\nDisallow:", "text/plain"),
        (b"< 5 is less than 6", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"wOF2", "font/woff2"),
        (b"\x1f\x8b\x08\x00", "application/gzip"),
        (b"PK\x03\x04", "application/zip"),
    ],
)
def test_the_first_bytes_show_the_media_type(head: bytes, expected: str | None) -> None:
    assert media_type_of(head) == expected


@pytest.mark.parametrize(
    ("content_type", "head", "expected"),
    [
        (None, b"plain", None),
        ("text/html", b"<html>", None),
        ("text/html; charset=ISO-8859-1", b"", "cp1252"),
        ("text/html; charset=utf-8", b"\xff\xfe<\x00", "utf-16-le"),
        ("text/html; charset=nonsense", b'<meta charset="windows-1251">', "cp1251"),
        ("text/html; charset=utf-8", b'<meta charset="windows-1251">', "utf-8"),
    ],
)
def test_a_mark_a_header_and_a_meta_element_say_the_charset_in_this_order(
    content_type: str | None, head: bytes, expected: str | None
) -> None:
    assert charset_of(content_type, head) == expected
