from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.chunks import (
    Chunk,
    Dechunker,
    ends_with_last_chunk,
    join_chunks,
    read_chunks,
    write_chunks,
)


def taken_apart(framed: bytes, sizes: list[int] | None = None) -> tuple[bytes, Dechunker]:
    dechunker = Dechunker()
    data = b""
    position = 0
    for size in sizes or [len(framed)]:
        data += dechunker.feed(framed[position : position + size])
        position += size
    data += dechunker.feed(framed[position:])
    return data + dechunker.finish(), dechunker


@pytest.mark.parametrize(
    ("framed", "data", "rest", "complete"),
    [
        pytest.param(b"3\r\nabc\r\n0\r\n\r\n", b"abc", b"", True, id="plain"),
        pytest.param(b"3;name=v\r\nabc\r\n0;x\r\n\r\n", b"abc", b"", True, id="extensions"),
        pytest.param(b"A\r\n0123456789\r\n000\r\n\r\n", b"0123456789", b"", True, id="hex"),
        pytest.param(b"3\nabc\n0\n\n", b"abc", b"", True, id="bare-lf"),
        pytest.param(b"0\r\nT: 1\r\nU: 2\r\n\r\n", b"", b"", True, id="trailers"),
        pytest.param(b"0\r\n\r\nGET /", b"", b"GET /", True, id="excess"),
        pytest.param(b"5\r\nabc", b"abc", b"", False, id="cut-in-data"),
        pytest.param(b"3\r\nabc", b"abc", b"", False, id="cut-before-data-end"),
        pytest.param(b"3\r\nabc\r", b"abc", b"", False, id="cut-in-data-end"),
        pytest.param(b"3\r\nabc\r\n4", b"abc", b"", False, id="cut-in-line"),
        pytest.param(b"3\r\nabc\r\n0\r\nT: ", b"abc", b"", False, id="cut-in-trailers"),
        pytest.param(b"3\r\nabcX4\r\n", b"abc", b"X4\r\n", False, id="no-data-end"),
        pytest.param(b"3\r\nabc\r\n-4\r\nxx", b"abc", b"-4\r\nxx", False, id="negative"),
        pytest.param(b"3\r\nabc\r\n0x4\r\n", b"abc", b"0x4\r\n", False, id="0x"),
        pytest.param(b"3\r\nabc\r\n1_0\r\n", b"abc", b"1_0\r\n", False, id="underscore"),
        pytest.param(
            b"3\r\nabc\r\n" + b"f" * 16 + b"\r\n", b"abc", b"f" * 16 + b"\r\n", False, id="huge"
        ),
    ],
)
def test_body_is_taken_off_its_framing(
    framed: bytes, data: bytes, rest: bytes, complete: bool
) -> None:
    found, dechunker = taken_apart(framed)
    assert (found, dechunker.rest, dechunker.is_complete) == (data, rest, complete)
    assert dechunker.is_chunked


@pytest.mark.parametrize("body", [b"<html>", b"<html>\r\n<p>", b"x" * 20000, b"+3\r\nabc\r\n"])
def test_body_that_never_was_chunked_is_given_as_it_stands(body: bytes) -> None:
    found, dechunker = taken_apart(body)
    assert found == body
    assert not dechunker.is_chunked


def test_chunks_are_written_as_one_readable_line() -> None:
    _, dechunker = taken_apart(b"3;a=b c\r\nabc\r\n2\nde\r\n0\r\n\r\n")
    assert write_chunks(dechunker.chunks) == "3;a=b%20c 2|%0A|%0D%0A 0"


FRAMINGS = st.lists(
    st.tuples(
        st.binary(min_size=1, max_size=40),
        st.sampled_from([b"", b";x", b';name="v w|%"', b" ", b"\xff"]),
        st.sampled_from([b"\r\n", b"\n", b""]),
        st.sampled_from([b"\r\n", b"\n", b"", b"\r"]),
    ),
    max_size=6,
)


@given(
    chunks=FRAMINGS,
    ending=st.sampled_from(
        [b"0\r\n\r\n", b"0\n\n", b"0;last\r\nT: v\r\n\r\n", b"", b"0\r\n", b"zz"]
    ),
    excess=st.binary(max_size=10),
    cut=st.integers(min_value=0, max_value=400),
    sizes=st.lists(st.integers(min_value=0, max_value=7), max_size=40),
)
def test_framing_is_put_together_again_whatever_came(
    chunks: list[tuple[bytes, bytes, bytes, bytes]],
    ending: bytes,
    excess: bytes,
    cut: int,
    sizes: list[int],
) -> None:
    framed = b"".join(
        b"%x%s%s%s%s" % (len(data), extension, line_end, data, data_end)
        for data, extension, line_end, data_end in chunks
    )
    framed = (framed + ending + excess)[: max(cut, 1)]
    body, dechunker = taken_apart(framed)
    if dechunker.is_chunked:
        again = read_chunks(write_chunks(dechunker.chunks))
        assert again == dechunker.chunks
        trailers = dechunker.trailers if ends_with_last_chunk(again) else b""
        assert trailers == dechunker.trailers
        assert join_chunks(again, body, trailers) + dechunker.rest == framed
    else:
        assert body == framed
    in_pieces, piecewise = taken_apart(framed, sizes)
    assert (in_pieces, piecewise.chunks, piecewise.rest, piecewise.trailers) == (
        body,
        dechunker.chunks,
        dechunker.rest,
        dechunker.trailers,
    )


def test_a_line_cut_before_its_end_promises_no_data() -> None:
    assert Chunk(b"ff", b"", b"").size == 0
