from __future__ import annotations

import gzip
import json
import random
import shutil
import zlib
from pathlib import Path

import pytest

from archiver.model import Exchange
from archiver.warc import manifest
from archiver.warc.digests import sha1_label
from archiver.warc.durable import sha256_of
from archiver.warc.verify import Fault, verify_directory, verify_file
from tests.warc.samples import NOON, exchange, sealed_warc, writer
from tests.warc.test_reader import OTHER, RESPONSE, record

HTTP = "application/http; msgtype=response"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


def sealed(output: Path, *exchanges: Exchange) -> Path:
    return sealed_warc(output, *(exchanges or (exchange(), exchange("https://news.example/2"))))


def whats(path: Path) -> list[str]:
    return [fault.what for fault in verify_file(path).faults]


def test_sound_archive_has_no_faults(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    report = verify_directory(tmp_path)
    assert report.faults == ()
    assert [(one.path, one.records, one.has_member_per_record) for one in report.files] == [
        (path, 7, True)
    ]
    assert report.manifest_lines == 1
    assert verify_directory(tmp_path / "warc").faults == ()


def test_cut_at_every_byte_is_found(tmp_path: Path) -> None:
    path = sealed(tmp_path, exchange())
    raw = path.read_bytes()
    assert verify_file(path).records == 4
    silent = []
    for cut in range(len(raw)):
        path.write_bytes(raw[:cut])
        if not verify_file(path).faults:
            silent.append(cut)
    # Between two exchanges (here: after the warcinfo) a shorter file is a sound one: there the
    # manifest's line tells.
    first_record = len(gzip_members(raw)[0])
    assert silent == [first_record]
    path.write_bytes(raw[:first_record])
    [fault] = verify_directory(tmp_path).faults
    assert fault == Fault(path, None, f"has {first_record} bytes, the manifest says {len(raw)}")


def gzip_members(raw: bytes) -> list[bytes]:
    found = []
    while raw:
        member = zlib.decompressobj(31)
        member.decompress(raw)
        found.append(raw[: len(raw) - len(member.unused_data)])
        raw = member.unused_data
    return found


def test_cut_at_every_byte_of_an_unpacked_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    boundary = len(RESPONSE)
    raw = RESPONSE + OTHER
    for cut in range(len(raw)):
        path.write_bytes(raw[:cut])
        assert bool(verify_file(path).faults) == (cut != boundary), cut


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = path.read_bytes()
    chance = random.Random(7)
    for _ in range(300):
        place = chance.randrange(len(raw) * 8)
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        faults = verify_directory(tmp_path).faults
        assert faults, place
        assert all(fault.path == path for fault in faults)


def test_fault_is_named_with_file_and_offset(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    raw = path.read_bytes()
    second = len(gzip_members(raw)[0])
    path.write_bytes(raw[: second + 30] + b"\x00\x00\x00" + raw[second + 33 :])
    [fault] = verify_file(path).faults
    assert (fault.path, fault.offset) == (path, second)
    assert str(fault).startswith(f"{path} at offset {second}: the gzip member is damaged")


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (
            record("response", CHUNKED, WARC_Block_Digest="sha1:" + "A" * 32, Content_Type=HTTP),
            "the response record block does not have the digest that it claims",
        ),
        (
            record("response", CHUNKED, WARC_Payload_Digest="md5:" + "0" * 32, Content_Type=HTTP),
            "the response record payload does not have the digest that it claims",
        ),
        (
            record("resource", b"x", WARC_Block_Digest="crc32:12345678"),
            "the resource record block has a digest of no known kind ('crc32:12345678')",
        ),
        (RESPONSE + RESPONSE, "the response record has the id of an earlier record"),
        (RESPONSE[:-2] + OTHER, "the response record is not ended by two CR LF"),
        (RESPONSE.replace(b"WARC-Date: 2020", b"WARC-Date: MMXX"), "has a bad date"),
        (RESPONSE.replace(b"WARC-Record-ID", b"X-Record-ID"), "has no WARC-Record-ID"),
        (RESPONSE.replace(b"WARC/1.0", b"WARC/1.O"), "the file is no WARC or ARC file"),
    ],
    ids=["block", "payload", "unknown", "twice", "terminator", "date", "no-id", "version"],
)
def test_each_kind_of_fault_has_its_words(tmp_path: Path, raw: bytes, what: str) -> None:
    path = tmp_path / "w.warc"
    path.write_bytes(raw)
    assert any(what in found for found in whats(path)), whats(path)


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
        "SHA-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "md5:900150983cd24fb0d6963f7d28e17f72",
        "md5:kAFQmDzST7DWlj99KOF/cg==",
        "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        sha1_label(b"3\r\nabc\r\n0\r\n\r\n"),
    ],
    ids=["sha1", "sha1-hex", "sha256-hex", "md5-hex", "md5-base64", "bare", "with-framing"],
)
def test_digests_of_all_spellings_and_both_conventions_hold(tmp_path: Path, digest: str) -> None:
    path = tmp_path / "w.warc"
    path.write_bytes(record("response", CHUNKED, WARC_Payload_Digest=digest, Content_Type=HTTP))
    assert whats(path) == []


def test_request_without_its_response_is_no_whole_exchange(tmp_path: Path) -> None:
    path = sealed(tmp_path, exchange())
    path.write_bytes(b"".join(gzip_members(path.read_bytes())[:3]))
    assert whats(path) == ["the last exchange is not whole: a record that it names is missing"]


def test_several_records_in_one_member_are_sound_but_told(tmp_path: Path) -> None:
    path = tmp_path / "w.warc.gz"
    path.write_bytes(gzip.compress(RESPONSE + OTHER.replace(b"urn:x:response", b"urn:x:2")))
    report = verify_file(path)
    assert (report.faults, report.records, report.has_member_per_record) == ((), 2, False)


def test_manifest_vouches_for_every_file_and_every_line(tmp_path: Path) -> None:
    warcs = writer(tmp_path, max_bytes=1)
    for n in range(3):
        warcs.write(exchange(f"https://news.example/{n}")).result(10)
    warcs.close()
    manifest_path = tmp_path / "manifest.jsonl"
    first, second, third = sorted((tmp_path / "warc").iterdir())
    shutil.copy(first, first.with_name("stranger.warc.gz"))
    second.unlink()
    lines = manifest_path.read_text().splitlines()
    entry = json.loads(lines[0])
    entry["sealed_at"] = "2026-03-02T12:00:00+00:00"
    manifest_path.write_text("\n".join([json.dumps(entry), *lines[1:]]) + "\n")
    open_file = third.with_name("x.warc.gz.open")
    open_file.write_bytes(b"")
    report = verify_directory(tmp_path)
    assert report.faults == (
        Fault(manifest_path, None, "line 2 does not hold the digest of the line before it"),
        Fault(first.with_name("stranger.warc.gz"), None, "the manifest does not name this file"),
        Fault(second, None, "the manifest names this file, but it is not there"),
    )
    assert report.open_files == (open_file,)


def test_other_files_that_the_manifest_names_are_compared_too(tmp_path: Path) -> None:
    part = tmp_path / "dataset" / "part.parquet"
    part.parent.mkdir()
    part.write_bytes(b"PAR1")
    manifest.append(
        tmp_path / "manifest.jsonl", part, size=4, sha256=sha256_of(part), sealed_at=NOON
    )
    assert verify_directory(tmp_path).faults == ()
    part.write_bytes(b"PAR2")
    assert verify_directory(tmp_path).faults == (
        Fault(part, None, "has another SHA-256 than the manifest says"),
    )


@pytest.mark.parametrize("change", ["last line edited", "last line removed"])
def test_end_of_the_manifest_is_what_the_run_noted(tmp_path: Path, change: str) -> None:
    sealed(tmp_path)
    path = tmp_path / "manifest.jsonl"
    run_record = tmp_path / "runs" / "run1" / "run.json"
    run_record.parent.mkdir(parents=True)
    run_record.write_text(json.dumps({"manifest_head": manifest.read(path).head}))
    assert verify_directory(tmp_path).faults == ()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"2026-03", b"2026-04") if "edited" in change else b"")
    assert (
        Fault(path, None, "no line has the digest that run1 noted as its last")
        in verify_directory(tmp_path).faults
    )
