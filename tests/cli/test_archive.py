"""``archiver verify`` and ``archiver recover``."""

from __future__ import annotations

import json
from pathlib import Path

from archiver.lock import DirectoryLock
from archiver.warc.durable import OPEN_SUFFIX
from archiver.warc.reader import read_captures
from tests.archives import EXCHANGES
from tests.cli.conftest import Archiver, warc_of
from tests.warc.samples import exchange, writer


def test_a_whole_archive_has_no_faults(archiver: Archiver, derived: Path) -> None:
    said = archiver("verify", derived)
    size = sum(path.stat().st_size for path in derived.rglob("*.warc.gz"))
    assert (said.code, said.err) == (0, "")
    # a warcinfo, of each exchange request, metadata and response, a note on the bomb; the DNS
    # failure has one record only, and the clean WARC has two
    records = 1 + 3 * (len(EXCHANGES) - 1) + 1 + 1 + 2
    assert said.out == f"2 files, {records} records, {size:,} bytes: 0 faults\n"


def test_a_flipped_byte_is_found_with_its_record(archiver: Archiver, derived: Path) -> None:
    warc = warc_of(derived)
    ref = next(one.ref for one in read_captures(warc) if one.url.endswith("/gone"))
    raw = bytearray(warc.read_bytes())
    raw[ref.offset + ref.length - 5] ^= 0x01  # in the trailer of its gzip member
    warc.write_bytes(raw)
    said = archiver("verify", warc)
    assert said.code == 1
    fault, summary = said.out.splitlines()
    assert fault.startswith(f"{warc} at offset {ref.offset}: ")
    assert summary.endswith(": 1 fault")
    assert "another SHA-256 than the manifest says" in archiver("verify", derived).out


def test_a_cut_file_is_found_and_told_as_json(archiver: Archiver, derived: Path) -> None:
    warc = warc_of(derived)
    warc.write_bytes(warc.read_bytes()[:-10])
    said = archiver("verify", derived, "--json")
    assert said.code == 1
    facts = json.loads(said.out)
    assert (facts["files"], facts["open"]) == (2, [])
    torn, other = facts["faults"]
    assert (torn["path"], other["path"]) == (str(warc), str(warc))
    assert 0 < torn["offset"] < warc.stat().st_size
    assert other["offset"] is None
    size = warc.stat().st_size
    assert other["what"] == f"has {size} bytes, the manifest says {size + 10}"


def test_a_missing_path_is_wrong_usage(archiver: Archiver, derived: Path) -> None:
    said = archiver("verify", derived, derived / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert said.err == f"archiver: {derived / 'nowhere'} is not there\n"


def left_open(output: Path) -> Path:
    """A WARC that a killed crawl left: two whole exchanges and a part of a third."""
    warcs = writer(output)
    for number in range(3):
        warcs.write(exchange(f"https://news.example/{number}")).result(10)
    warcs.close()
    (sealed,) = (output / "warc").glob("*.warc.gz")
    path = sealed.rename(sealed.with_name(sealed.name + OPEN_SUFFIX))
    path.write_bytes(path.read_bytes()[:-50])
    (output / "manifest.jsonl").unlink()
    return path


def test_an_open_file_is_told_of_cut_sealed_and_then_whole(
    archiver: Archiver, tmp_path: Path
) -> None:
    path = left_open(tmp_path)
    size = path.stat().st_size
    hint = f"{path}: still open. If no crawl runs: archiver recover {tmp_path}\n"
    assert archiver("verify", tmp_path).out.startswith(hint)
    said = archiver("recover", tmp_path)
    assert (said.code, said.err) == (0, "")
    (side_file,) = (tmp_path / "warc").glob("*.torn-*")
    kept = size - side_file.stat().st_size
    name = path.name.removesuffix(OPEN_SUFFIX)
    assert said.out == (
        f"{name} recovered: 7 records, {kept} bytes; "
        f"{size - kept} torn bytes stand in {side_file}\n"
        f"now derive them: archiver derive --stale -o {tmp_path}\n"
    )
    assert archiver("verify", tmp_path).out == f"1 file, 7 records, {kept:,} bytes: 0 faults\n"
    assert archiver("recover", tmp_path).out == "nothing was left open\n"


def test_nothing_is_touched_while_a_crawl_runs(archiver: Archiver, tmp_path: Path) -> None:
    path = left_open(tmp_path)
    lock = DirectoryLock(tmp_path / "state" / "lock", run_id="r1")
    said = archiver("recover", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"archiver: {tmp_path}: another crawl is writing here: process ")
    assert said.err.endswith(". It seals its files itself; wait for it to end\n")
    assert path.exists()
    lock.release()
    assert archiver("recover", tmp_path).code == 0


def test_only_an_output_directory_is_recovered(archiver: Archiver, tmp_path: Path) -> None:
    path = left_open(tmp_path)
    for folder in (tmp_path / "warc", tmp_path / "nowhere"):
        said = archiver("recover", folder)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            f"archiver: {folder} is no output directory: it has no folder warc. "
            "Name the folder above it\n"
        )
    assert path.exists()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["warc"]
