"""Our files before readers that are not ours: warcio, and zlib with hashlib alone."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.checker import Checker

from archiver.warc.reader import read_captures
from archiver.warc.recover import recover_file
from archiver.warc.verify import verify_directory
from tests.warc.samples import PAGE, STATUSES, exchange, sealed_warc


class BrotliMember:
    """What warcio 1.8.1 expects of a decompressor; with ``brotli`` it fails on every br body."""

    unused_data = b""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def decompress(self, data: bytes) -> bytes:
        unpacked: bytes = self._decompressor.process(data)
        return unpacked

    def flush(self) -> bytes:
        return b""


@pytest.fixture
def odd_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(BufferedReader.DECOMPRESSORS, "br", BrotliMember)
    chunked = b"3\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (PAGE[:3], len(PAGE) - 3, PAGE[3:])
    packed = brotli.compress(PAGE)
    answers = [
        *(status + b"\r\n" + PAGE for status in STATUSES),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunked,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + PAGE,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n" % len(packed)
        + packed,
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + PAGE,
        b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nCaf\xe9: \xff\r\n\r\n" + PAGE,
        b"garbage",
        b"",
    ]
    return sealed_warc(
        tmp_path, *(exchange(f"http://e.example/{n}", one) for n, one in enumerate(answers))
    )


def test_warcio_check_finds_nothing(odd_archive: Path) -> None:
    checker = Checker(SimpleNamespace(inputs=[str(odd_archive)], verbose=True))
    checker.process_all()
    assert checker.exit_value == 0


def test_warcio_reads_the_same_pages_at_the_same_places(odd_archive: Path) -> None:
    ours = {
        one.ref.record_id: (one.ref.offset, one.ref.length, one.payload)
        for one in read_captures(odd_archive)
        if one.record_type == "response"
    }
    theirs: dict[str, Any] = {}
    with odd_archive.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type == "response":
                payload = record.raw_stream.read()
                place = (records.get_record_offset(), records.get_record_length())
                theirs[record.rec_headers.get_header("WARC-Record-ID")] = (*place, payload)
    assert theirs == ours
    assert len(ours) == 9


def test_every_member_and_digest_holds_by_zlib_and_hashlib_alone(odd_archive: Path) -> None:
    raw = odd_archive.read_bytes()
    count = 0
    while raw:
        member = zlib.decompressobj(31)
        plain = member.decompress(raw)
        assert member.eof
        raw = member.unused_data
        head, _, rest = plain.partition(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        size = int(fields[b"Content-Length"])
        block, ending = rest[:size], rest[size:]
        assert ending == b"\r\n\r\n"
        digest = base64.b32encode(hashlib.sha1(block).digest())
        assert fields[b"WARC-Block-Digest"] == b"sha1:" + digest
        if fields[b"WARC-Type"] == b"response":
            payload = block[len(block) - len(block.split(b"\n\r\n", 1)[-1]) :]
            told = fields[b"WARC-Payload-Digest"].removeprefix(b"sha1:")
            assert told in (
                base64.b32encode(hashlib.sha1(payload).digest()),
                base64.b32encode(hashlib.sha1(block.split(b"\n\n", 1)[-1]).digest()),
            )
        count += 1
    assert count > 25


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from tests.warc.samples import exchange, writer
warcs = writer(Path(sys.argv[1]), max_bytes=200_000)
futures = []
n = 0
while True:
    page = b"HTTP/1.1 200 OK\\r\\n\\r\\n" + str(n).encode() * 2000
    futures.append(warcs.write(exchange(f"http://e.example/{n}", page)))
    n += 1
    if len(futures) > 8:
        print(futures.pop(0).result().url, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 60, 333, 1000])
def test_no_acknowledged_capture_is_lost_when_the_process_is_killed(
    tmp_path: Path, after: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.readlines()
    promised = {line.decode().strip() for line in acknowledged if line.endswith(b"\n")}
    for path in sorted((tmp_path / "warc").glob("*.open")):
        recover_file(path, manifest=tmp_path / "manifest.jsonl")
    assert verify_directory(tmp_path).faults == ()
    found = [
        capture.url
        for path in sorted((tmp_path / "warc").glob("*.warc.gz"))
        for capture in read_captures(path)
    ]
    assert len(found) == len(set(found))
    assert promised <= set(found)
    assert len(promised) >= after
