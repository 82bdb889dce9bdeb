from __future__ import annotations

import pytest

from archiver.warc.message import (
    parse_head,
    rename_transfer_encoding,
    response_parts,
    restore_transfer_encoding,
)


def body_and_excess(received: bytes, method: str = "GET") -> tuple[bytes, bytes, bool, str | None]:
    parts = response_parts(received, method)
    assert parts is not None
    return parts.body, parts.excess, parts.is_complete, parts.flaw


@pytest.mark.parametrize(
    ("fields", "rest", "expected"),
    [
        pytest.param(b"", b"to the end", (b"to the end", b"", True, None), id="until-close"),
        pytest.param(b"Content-Length: 3\r\n", b"abc", (b"abc", b"", True, None), id="exact"),
        pytest.param(b"Content-Length: 3\r\n", b"abcX", (b"abc", b"X", True, None), id="excess"),
        pytest.param(
            b"Content-Length: 9\r\n", b"abc", (b"abc", b"", False, "has 3 of 9 bytes"), id="short"
        ),
        pytest.param(
            b"Content-Length: 3\r\ncontent-length: 3, 3\r\n",
            b"abcX",
            (b"abc", b"X", True, None),
            id="repeated",
        ),
        pytest.param(
            b"Content-Length: 3\r\nContent-Length: 4\r\n",
            b"abcX",
            (b"abcX", b"", True, "has the impossible length '3, 4'"),
            id="two-lengths",
        ),
        pytest.param(
            b"Content-Length: -1\r\n",
            b"abc",
            (b"abc", b"", True, "has the impossible length '-1'"),
            id="negative",
        ),
        pytest.param(
            b"Content-Length: +3\r\n",
            b"abc",
            (b"abc", b"", True, "has the impossible length '+3'"),
            id="signed",
        ),
        pytest.param(
            b"Transfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n",
            b"3\r\nabc\r\n0\r\n\r\nX",
            (b"abc", b"X", True, None),
            id="chunked-wins-over-length",
        ),
        pytest.param(
            b"Transfer-Encoding: gzip\r\ntransfer-encoding:\r\n chunked\r\n",
            b"3\r\nabc\r\n0\r\n\r\n",
            (b"abc", b"", True, None),
            id="chunked-is-last-coding",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n",
            b"5\r\nabc",
            (b"abc", b"", False, "ends before its last chunk"),
            id="chunked-cut",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n",
            b"3\r\nabc\r\nzz\r\n",
            (b"abc", b"zz\r\n", False, "a chunk line is malformed"),
            id="chunked-malformed",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n",
            b"<html>",
            (b"<html>", b"", True, "is called chunked but has no chunks"),
            id="called-chunked",
        ),
        pytest.param(
            b"Transfer-Encoding: identity\r\nContent-Length: 1\r\n",
            b"abc",
            (b"abc", b"", True, None),
            id="other-coding-until-close",
        ),
    ],
)
def test_body_ends_where_its_head_says(
    fields: bytes, rest: bytes, expected: tuple[bytes, bytes, bool, str | None]
) -> None:
    assert body_and_excess(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" + rest) == expected


@pytest.mark.parametrize(
    ("status", "method"), [(b"200", "HEAD"), (b"204", "GET"), (b"304", "GET"), (b"200", "head")]
)
def test_answers_without_body_have_only_excess(status: bytes, method: str) -> None:
    received = b"HTTP/1.1 %s X\r\nContent-Length: 3\r\n\r\nabc" % status
    assert body_and_excess(received, method) == (b"", b"abc", True, None)


def test_interim_answers_stand_before_the_head() -> None:
    interim = b"\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\nLink: </a>\n\n"
    parts = response_parts(interim + b"HTTP/1.0 200 OK\n\nx", "GET")
    assert parts is not None
    assert (parts.preamble, parts.head, parts.body) == (interim, b"HTTP/1.0 200 OK\n\n", b"x")


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"<html>",
        b"HTTP/1.1 200 OK\r\nServer: x",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200_000 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 101 + b"HTTP/1.1 200 OK\r\n\r\n",
        b"\r\n" * 17 + b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=[
        "empty",
        "ssh",
        "html",
        "head-cut",
        "only-100",
        "four-digits",
        "no-status",
        "endless-head",
        "endless-100",
        "blank-lines",
    ],
)
def test_what_is_no_whole_answer_is_none(received: bytes) -> None:
    assert response_parts(received, "GET") is None


def test_head_is_read_as_servers_write_it() -> None:
    head = b"HTTP/1.1 200\r\nA:1\r\nno colon\r\nB : x\r\n\ty\r\na: \xe9\r\n: nameless\r\n\r\n"
    assert parse_head(head) == (200, ((b"A", b"1"), (b"B", b"x y"), (b"a", b"\xe9")))


def test_only_the_name_of_transfer_encoding_is_replaced_and_can_be_restored() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nTRANSFER-encoding :\t Chunked ;x\r\nX: transfer-encoding: y\r\n"
        b"x-Orig-Transfer-Encoding: own\r\n transfer-encoding: folded\r\n\r\n"
    )
    renamed, names = rename_transfer_encoding(head)
    assert renamed == (
        b"HTTP/1.1 200 OK\r\nx-orig-transfer-encoding :\t Chunked ;x\r\n"
        b"X: transfer-encoding: y\r\nx-orig-transfer-encoding: own\r\n"
        b" transfer-encoding: folded\r\n\r\n"
    )
    assert names == (b"TRANSFER-encoding", b"x-Orig-Transfer-Encoding")
    assert restore_transfer_encoding(renamed, names) == head
