from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.errors import WarcError, WriteFailed
from archiver.warc import manifest
from archiver.warc.durable import KERNEL, Kernel
from archiver.warc.reader import scan
from archiver.warc.recover import RecoverReport, recover_directory, recover_file
from archiver.warc.verify import verify_directory
from tests.warc.samples import NOON, exchange, sealed_warc
from tests.warc.test_verify import gzip_members


def left_open(output: Path, cut: Callable[[bytes], bytes]) -> Path:
    """What a killed writer left: the first bytes of a file, and no manifest."""
    sealed = sealed_warc(output, exchange(), exchange("https://news.example/2"))
    (output / "manifest.jsonl").unlink()
    raw = sealed.read_bytes()
    sealed.unlink()
    path = sealed.with_name(sealed.name + ".open")
    path.write_bytes(cut(raw))
    return path


def recover(path: Path, kernel: Kernel = KERNEL) -> RecoverReport:
    return recover_file(
        path,
        manifest=path.parent.parent / "manifest.jsonl",
        clock=lambda: NOON,
        kernel=kernel,
    )


def end_of(raw: bytes, count: int) -> int:
    return sum(map(len, gzip_members(raw)[:count]))


def test_whole_file_is_sealed_as_the_writer_would_have(tmp_path: Path) -> None:
    path = left_open(tmp_path, lambda raw: raw)
    raw = path.read_bytes()
    report = recover(path)
    assert report == RecoverReport(path.with_suffix(""), 7, len(raw), 0, None)
    assert report.sealed is not None
    assert report.sealed.read_bytes() == raw
    assert verify_directory(tmp_path).faults == ()
    assert [entry.path for entry in manifest.check(tmp_path / "manifest.jsonl").entries] == [
        f"warc/{report.sealed.name}"
    ]


def test_cut_at_every_byte_keeps_whole_exchanges_and_loses_no_byte(tmp_path: Path) -> None:
    path = left_open(tmp_path, lambda raw: raw)
    raw = path.read_bytes()
    first = end_of(raw, 4)
    for cut in range(0, len(raw), 7):
        output = tmp_path / str(cut)
        (output / "warc").mkdir(parents=True)
        torn = output / "warc" / path.name
        torn.write_bytes(raw[:cut])
        report = recover(torn)
        kept = first if cut >= first else 0
        assert (report.kept_bytes, report.cut_bytes) == (kept, cut - kept)
        assert (report.sealed is not None) == (kept > 0)
        pieces = [one.read_bytes() for one in (report.sealed, report.side_file) if one is not None]
        assert b"".join(pieces) == raw[:cut]
        assert not torn.exists()
        assert verify_directory(output).faults == ()
        if report.side_file is not None:
            assert report.side_file.name == f"{path.name.removesuffix('.open')}.torn-{kept}"


def test_exchange_without_its_response_is_cut_although_its_members_are_whole(
    tmp_path: Path,
) -> None:
    path = left_open(tmp_path, lambda raw: raw[: end_of(raw, 6)])
    report = recover(path)
    assert report.records == 4
    assert report.sealed is not None
    assert [entry.url for entry in scan(report.sealed).entries] == ["https://news.example/bridge"]


def test_damaged_member_in_the_middle_ends_what_is_kept(tmp_path: Path) -> None:
    def damage(raw: bytes) -> bytes:
        place = end_of(raw, 5) + 40
        return raw[:place] + b"\x00\x00\x00" + raw[place + 3 :]

    report = recover(left_open(tmp_path, damage))
    assert report.records == 4
    assert report.side_file is not None
    assert report.cut_bytes == report.side_file.stat().st_size


@pytest.mark.parametrize("count", [0, 1, 3])
def test_file_without_a_whole_exchange_is_put_aside_or_removed(tmp_path: Path, count: int) -> None:
    path = left_open(tmp_path, lambda raw: raw[: end_of(raw, count)])
    size = path.stat().st_size
    report = recover(path)
    assert (report.sealed, report.kept_bytes, report.cut_bytes) == (None, 0, size)
    assert [one.name for one in path.parent.iterdir()] == (
        [f"{path.name.removesuffix('.open')}.torn-0"] if size else []
    )
    assert not (tmp_path / "manifest.jsonl").exists()


class Crash(Exception):
    """A kill in the middle of recovery."""


@pytest.mark.parametrize("failing", range(1, 12))
def test_recovery_that_is_killed_can_be_run_again(tmp_path: Path, failing: int) -> None:
    path = left_open(tmp_path, lambda raw: raw[:-5])
    raw = path.read_bytes()
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise Crash

    def fsync(handle: int) -> None:
        count()
        os.fsync(handle)

    def truncate(handle: int, size: int) -> None:
        count()
        os.ftruncate(handle, size)

    def rename(source: Path, target: Path) -> None:
        count()
        source.rename(target)

    crashed = False
    try:
        recover(path, Kernel(fsync=fsync, truncate=truncate, rename=rename))
    except Crash:
        crashed = True
    assert crashed == (calls >= failing)
    recover(path)
    recover(path)
    sealed = path.with_suffix("")
    side = path.with_name(f"{sealed.name}.torn-{sealed.stat().st_size}")
    assert sealed.read_bytes() + side.read_bytes() == raw
    assert len(manifest.check(tmp_path / "manifest.jsonl").entries) == 1
    assert verify_directory(tmp_path).faults == ()


def test_sealed_file_is_never_replaced(tmp_path: Path) -> None:
    path = left_open(tmp_path, lambda raw: raw)
    path.with_suffix("").write_bytes(b"another")
    with pytest.raises(WriteFailed, match="there already"):
        recover(path)
    assert path.with_suffix("").read_bytes() == b"another"


def test_file_that_is_not_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarcError, match="left open"):
        recover(tmp_path / "x.warc.gz")


def test_full_disk_leaves_the_open_file_as_it_was(tmp_path: Path) -> None:
    path = left_open(tmp_path, lambda raw: raw)
    raw = path.read_bytes()

    def rename(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteFailed, match="No space left"):
        recover(path, replace(KERNEL, rename=rename))
    assert path.read_bytes() == raw


def test_all_files_of_a_folder_are_recovered(tmp_path: Path) -> None:
    left_open(tmp_path / "one", lambda raw: raw)
    folder = tmp_path / "one" / "warc"
    (folder / "b.warc.gz.open").write_bytes(b"\x1f\x8b")
    reports = recover_directory(folder, manifest=tmp_path / "one" / "manifest.jsonl")
    assert [report.records for report in reports] == [0, 7]
    assert list(folder.glob("*.open")) == []
