"""Content codings: undone in order, within the limit, and lenient where archives are."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from archiver.codings import decode_payload
from archiver.errors import PageTooLarge, Undecodable
from tests.pages import raw_page

TEXT = b"<!doctype html><p>" + b" ".join(b"%x" % (n * n * 2654435761 % 2**32) for n in range(2000))
LIMIT = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


@pytest.mark.parametrize(
    ("codings", "payload"),
    [
        pytest.param(b"", TEXT, id="none"),
        pytest.param(b"identity", TEXT, id="identity"),
        pytest.param(b"gzip", gzip.compress(TEXT), id="gzip"),
        pytest.param(b"x-gzip", gzip.compress(TEXT), id="x-gzip"),
        pytest.param(b"GZip", gzip.compress(TEXT), id="case does not matter"),
        pytest.param(
            b"gzip", gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), id="two members"
        ),
        pytest.param(b"gzip", gzip.compress(TEXT) + b"\0" * 8, id="gzip with padding"),
        pytest.param(b"deflate", zlib.compress(TEXT), id="deflate"),
        pytest.param(b"deflate", raw_deflate(TEXT), id="raw deflate"),
        pytest.param(b"br", brotli.compress(TEXT), id="br"),
        pytest.param(
            b"gzip, br", brotli.compress(gzip.compress(TEXT)), id="stacked, last one first"
        ),
        pytest.param(b"gzip", TEXT, id="declared but already undone, as other archives store it"),
    ],
)
def test_coding_is_undone(codings: bytes, payload: bytes) -> None:
    page = raw_page(payload, headers=((b"Content-Encoding", codings),))
    assert decode_payload(page, limit_bytes=LIMIT) == TEXT


@pytest.mark.parametrize(
    ("coding", "payload"), [(b"gzip", gzip.compress(TEXT * 9)), (b"br", brotli.compress(TEXT * 9))]
)
def test_truncated_stream_gives_what_could_be_decoded(coding: bytes, payload: bytes) -> None:
    page = raw_page(payload[: len(payload) * 2 // 3], headers=((b"content-encoding", coding),))
    decoded = decode_payload(page, limit_bytes=LIMIT)
    assert TEXT.startswith(decoded[:1000])
    assert decoded


def test_stream_broken_at_its_end_gives_what_came_before() -> None:
    payload = gzip.compress(TEXT)
    page = raw_page(payload[:-8] + b"notacrc!", headers=((b"content-encoding", b"gzip"),))
    assert decode_payload(page, limit_bytes=LIMIT) == TEXT


@pytest.mark.parametrize(
    ("coding", "payload"),
    [
        (b"gzip", gzip.compress(b"\0" * 9_000_000)),
        (b"deflate", zlib.compress(b"\0" * 9_000_000)),
        (b"br", brotli.compress(b"\0" * 9_000_000)),
        (b"gzip, gzip", gzip.compress(gzip.compress(b"\0" * 9_000_000))),
        (b"", b"<p>" * 900_000),
    ],
    ids=["gzip", "deflate", "br", "gzip twice", "plain"],
)
def test_bomb_is_refused_at_the_limit(coding: bytes, payload: bytes) -> None:
    page = raw_page(payload, headers=((b"content-encoding", coding),))
    with pytest.raises(PageTooLarge, match="1048576 bytes"):
        decode_payload(page, limit_bytes=LIMIT)


@pytest.mark.parametrize(
    ("codings", "payload"),
    [
        pytest.param(b"zstd", b"\x28\xb5\x2f\xfd", id="not asked for"),
        pytest.param(b"gzip", b"\x00\x01\x02 no gzip", id="no gzip"),
        pytest.param(b"br", b"\xff" * 40, id="no brotli"),
        pytest.param(b"gzip, gzip, gzip, gzip, gzip", gzip.compress(TEXT), id="five upon another"),
    ],
)
def test_what_cannot_be_undone_is_said_with_its_place(codings: bytes, payload: bytes) -> None:
    page = raw_page(payload, headers=((b"content-encoding", codings),))
    with pytest.raises(Undecodable, match=r"paper\.example"):
        decode_payload(page, limit_bytes=LIMIT)
