from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.gunzip import BREAK, unpacked

TEXT = b"".join(b"line %d of a long list\n" % number for number in range(20_000))


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.binary(max_size=2000), st.integers(1, 700), st.integers(1, 4))
def test_what_was_packed_comes_back(data: bytes, size: int, members: int) -> None:
    packed = b"".join(gzip.compress(part) for part in cut(data, len(data) // members + 1))
    assert b"".join(unpacked(cut(packed, size))) == data


@given(st.binary(max_size=2000), st.integers(1, 700))
def test_what_was_not_packed_stays(data: bytes, size: int) -> None:
    plain = b"x" + data
    assert b"".join(unpacked(cut(plain, size))) == plain
    assert b"".join(unpacked(cut(b"\xef\xbb\xbf" + plain, size))) == plain


def test_blocks_that_are_filled_up_follow_each_other() -> None:
    packed = gzip.compress(TEXT) + bytes(700) + gzip.compress(b"the end") + bytes(9)
    assert b"".join(unpacked(cut(packed, 512))) == TEXT + b"the end"


@pytest.mark.parametrize("size", [100, 1 << 16, 1 << 24])
def test_a_break_is_marked_and_little_before_it_is_lost(size: int) -> None:
    packed = gzip.compress(TEXT, mtime=0)
    middle = len(packed) // 2
    for broken in (packed[:middle], packed[:middle] + b"\xff" * 90 + packed[middle + 90 :]):
        given_back = b"".join(unpacked(cut(broken, size)))
        text, mark, after = given_back.partition(BREAK)
        assert mark
        assert not after
        assert TEXT.startswith(text[: len(TEXT) // 3])
        assert len(text) > len(TEXT) // 3


def test_a_bomb_is_given_in_pieces() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    pieces = [len(piece) for piece in unpacked([bomb])]
    assert max(pieces) <= 1 << 16
    assert sum(pieces) == 64 << 20
