from __future__ import annotations

import errno
import hashlib
import os
import resource
import threading
import zlib
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import DiskFull, WriteFailed
from archiver.model import Capture
from archiver.warc import manifest
from archiver.warc.durable import KERNEL, Kernel
from archiver.warc.reader import read_captures, scan
from archiver.warc.verify import verify_directory, verify_file
from tests.warc.samples import NOON, exchange, sealed_warc, writer

TIMEOUT = 10


def members(raw: bytes) -> list[bytes]:
    """The gzip members of a file, unpacked by zlib, not by our own code."""
    found = []
    while raw:
        member = zlib.decompressobj(31)
        found.append(member.decompress(raw))
        assert member.eof
        raw = member.unused_data
    return found


def warc_types(path: Path) -> list[str]:
    return [
        member.split(b"\r\n")[1].decode().removeprefix("WARC-Type: ")
        for member in members(path.read_bytes())
    ]


def names(output: Path) -> list[str]:
    return sorted(path.name for path in (output / "warc").iterdir())


def test_sealed_file_holds_one_member_for_each_record(tmp_path: Path) -> None:
    path = sealed_warc(tmp_path, exchange(), exchange("https://news.example/2"))
    assert path.name == "news-20260301120000-00000-run1.warc.gz"
    assert names(tmp_path) == [path.name]
    assert warc_types(path) == [
        "warcinfo", "request", "metadata", "response", "request", "metadata", "response",
    ]  # fmt: skip


def test_warcinfo_says_who_wrote_the_file(tmp_path: Path) -> None:
    first = members(sealed_warc(tmp_path, exchange()).read_bytes())[0]
    assert first.decode().split("\r\n\r\n")[1].split("\r\n") == [
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "software: archiver/0.1.0",
        "http-header-user-agent: archiver",
        "isPartOf: run1",
    ]


def test_written_capture_is_the_one_read_back(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    written = warcs.write(exchange()).result(TIMEOUT)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert list(read_captures(path)) == [written]


def test_promise_is_kept_before_it_resolves(tmp_path: Path) -> None:
    synced: list[int] = []

    def fsync(handle: int) -> None:
        os.fsync(handle)
        synced.append(os.fstat(handle).st_size)

    warcs = writer(tmp_path, kernel=replace(KERNEL, fsync=fsync))
    capture = warcs.write(exchange()).result(TIMEOUT)
    [path] = (tmp_path / "warc").iterdir()
    assert path.name.endswith(".open")
    end = capture.ref.offset + capture.ref.length
    assert end in synced
    assert len(members(path.read_bytes()[:end])) == 4
    warcs.close()


class Gate:
    """An fsync that waits, so that jobs queue up behind the first group."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self.files = 0

    def __call__(self, handle: int) -> None:
        if os.fstat(handle).st_mode & 0o100000:
            self.files += 1
            self.reached.set()
            assert self.open.wait(TIMEOUT)
        os.fsync(handle)


def test_what_waits_is_written_with_one_fsync(tmp_path: Path) -> None:
    gate = Gate()
    warcs = writer(tmp_path, kernel=replace(KERNEL, fsync=gate))
    futures = [warcs.write(exchange())]
    assert gate.reached.wait(TIMEOUT)
    futures += [warcs.write(exchange(f"https://news.example/{n}")) for n in range(50)]
    assert not any(future.done() for future in futures)
    gate.open.set()
    for future in futures:
        future.result(TIMEOUT)
    assert gate.files == 2
    warcs.close()


def test_full_file_is_followed_by_another_and_both_are_in_the_manifest(tmp_path: Path) -> None:
    sealed: list[Path] = []
    warcs = writer(tmp_path, max_bytes=1, on_sealed=sealed.append)
    for n in range(3):
        warcs.write(exchange(f"https://news.example/{n}")).result(TIMEOUT)
    warcs.close()
    assert [path.name for path in sealed] == names(tmp_path)
    assert len(sealed) == 3
    entries = manifest.check(tmp_path / "manifest.jsonl").entries
    assert [(entry.path, entry.size, entry.sha256) for entry in entries] == [
        (
            f"warc/{path.name}",
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sealed
    ]
    assert verify_directory(tmp_path).faults == ()


def test_old_file_is_followed_by_another(tmp_path: Path) -> None:
    moments = [NOON]
    warcs = writer(tmp_path, max_age_seconds=60, clock=lambda: moments[-1])
    warcs.write(exchange()).result(TIMEOUT)
    moments.append(NOON + timedelta(seconds=61))
    warcs.write(exchange("https://news.example/2")).result(TIMEOUT)
    warcs.write(exchange("https://news.example/3")).result(TIMEOUT)
    warcs.close()
    assert names(tmp_path) == [
        "news-20260301120000-00000-run1.warc.gz",
        "news-20260301120101-00001-run1.warc.gz",
    ]


def test_idle_writer_seals_its_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.warc.writer.IDLE_SECONDS", 0.01)
    moments = [NOON]
    is_sealed = threading.Event()
    warcs = writer(
        tmp_path,
        max_age_seconds=60,
        clock=lambda: moments[-1],
        on_sealed=lambda _: is_sealed.set(),
    )
    warcs.write(exchange()).result(TIMEOUT)
    assert not is_sealed.is_set()
    moments.append(NOON + timedelta(seconds=61))
    assert is_sealed.wait(TIMEOUT)
    warcs.close()


def test_held_capture_keeps_its_full_file_open_for_its_note(tmp_path: Path) -> None:
    sealed: list[Path] = []
    warcs = writer(tmp_path, max_bytes=1, on_sealed=sealed.append)
    held = warcs.write(exchange(), hold=True).result(TIMEOUT)
    other = warcs.write(exchange("https://news.example/2")).result(TIMEOUT)
    assert held.ref.filename != other.ref.filename
    warcs.note(held, {"outcome": "extract_timeout", "detail": "after 20 s"}).result(TIMEOUT)
    assert held.ref.filename not in [path.name for path in sealed]
    warcs.release(held)
    warcs.write(exchange("https://news.example/3")).result(TIMEOUT)  # a later group than release
    with pytest.raises(WriteFailed, match="sealed"):
        warcs.note(held, {"outcome": "extract_failed"}).result(TIMEOUT)
    warcs.close()
    [read] = read_captures(tmp_path / "warc" / held.ref.filename)
    assert read.notes == {**held.notes, "outcome": "extract_timeout", "detail": "after 20 s"}
    assert read.ref == held.ref


def test_closing_seals_what_is_still_held(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    warcs.write(exchange(), hold=True).result(TIMEOUT)
    warcs.close()
    warcs.close()
    assert names(tmp_path) == ["news-20260301120000-00000-run1.warc.gz"]


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    writer(tmp_path).close()
    assert names(tmp_path) == []
    assert not (tmp_path / "manifest.jsonl").exists()


def test_write_after_close_is_refused_and_release_is_harmless(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    capture = warcs.write(exchange()).result(TIMEOUT)
    warcs.close()
    warcs.release(capture)
    with pytest.raises(WriteFailed, match="closed"):
        warcs.write(exchange())


def test_file_of_an_earlier_run_is_never_touched(tmp_path: Path) -> None:
    first = sealed_warc(tmp_path, exchange())
    before = first.read_bytes()
    open_file = first.with_name("news-20260301120000-00001-run1.warc.gz.open")
    open_file.write_bytes(b"torn")
    second = sealed_warc(tmp_path, exchange())
    assert second.name == "news-20260301120000-00002-run1.warc.gz"
    assert (first.read_bytes(), open_file.read_bytes()) == (before, b"torn")


def test_receiver_that_fails_does_not_stop_the_writer(tmp_path: Path) -> None:
    def receive(path: Path) -> None:
        raise RuntimeError(path.name)

    warcs = writer(tmp_path, max_bytes=1, on_sealed=receive)
    for n in range(2):
        warcs.write(exchange(f"https://news.example/{n}")).result(TIMEOUT)
    warcs.close()
    assert len(names(tmp_path)) == 2


def test_cancelled_promise_is_not_written(tmp_path: Path) -> None:
    gate = Gate()
    warcs = writer(tmp_path, kernel=replace(KERNEL, fsync=gate))
    warcs.write(exchange())
    assert gate.reached.wait(TIMEOUT)
    unwanted = warcs.write(exchange("https://news.example/unwanted"))
    assert unwanted.cancel()
    gate.open.set()
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert [entry.url for entry in scan(path).entries] == ["https://news.example/bridge"]


def test_short_write_is_completed(tmp_path: Path) -> None:
    def write(handle: int, data: bytes) -> int:
        return os.write(handle, data[:100])

    warcs = writer(tmp_path, kernel=replace(KERNEL, write=write))
    warcs.write(exchange()).result(TIMEOUT)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert verify_file(path).faults == ()


class Faulty:
    """A kernel whose n-th call fails; of a write, some bytes are taken before."""

    def __init__(self, failing: int, code: int) -> None:
        self.calls = 0
        self.failing = failing
        self.code = code

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.failing:
            raise OSError(self.code, os.strerror(self.code))

    def write(self, handle: int, data: bytes) -> int:
        self.calls += 1
        if self.calls == self.failing:
            os.write(handle, data[: len(data) // 2])
            raise OSError(self.code, os.strerror(self.code))
        return os.write(handle, data)

    def fsync(self, handle: int) -> None:
        self._count()
        os.fsync(handle)

    def truncate(self, handle: int, size: int) -> None:
        self._count()
        os.ftruncate(handle, size)

    def rename(self, source: Path, target: Path) -> None:
        self._count()
        source.rename(target)

    @property
    def kernel(self) -> Kernel:
        return Kernel(self.write, self.fsync, self.truncate, self.rename)


def kept(futures: list[Future[Capture]]) -> set[str]:
    """URLs of the captures whose promise was kept; the others were refused by name."""
    found = set()
    for future in futures:
        error = future.exception(TIMEOUT)
        if error is None:
            found.add(future.result().url)
        else:
            assert isinstance(error, WriteFailed)
    return found


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("failing", range(1, 24))
def test_kept_promises_are_on_disk_whichever_call_fails(
    tmp_path: Path, failing: int, code: int
) -> None:
    faulty = Faulty(failing, code)
    warcs = writer(tmp_path, max_bytes=3000, kernel=faulty.kernel)
    futures = []
    for n in range(6):
        futures.append(warcs.write(exchange(f"https://news.example/{n}")))
        futures[-1].exception(TIMEOUT)
    try:
        warcs.close()
    except WriteFailed as error:
        assert isinstance(error, DiskFull) == (code == errno.ENOSPC)  # noqa: PT017
    promised = kept(futures)
    found: set[str] = set()
    for path in (tmp_path / "warc").iterdir():
        assert verify_file(path).faults == (), path
        found |= {entry.url for entry in scan(path).entries}
        if not path.name.endswith(".open"):
            named = manifest.check(tmp_path / "manifest.jsonl").latest[f"warc/{path.name}"]
            assert named.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert promised <= found
    assert len(promised) >= min(failing // 4, 1)


def test_full_disk_is_named_and_writing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    faulty = Faulty(4, errno.ENOSPC)
    warcs = writer(tmp_path, kernel=faulty.kernel)
    warcs.write(exchange("https://news.example/1")).result(TIMEOUT)
    with pytest.raises(DiskFull, match="Make room"):
        warcs.write(exchange("https://news.example/2")).result(TIMEOUT)
    warcs.write(exchange("https://news.example/3")).result(TIMEOUT)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert [entry.url for entry in scan(path).entries] == [
        "https://news.example/1",
        "https://news.example/3",
    ]


def test_disk_full_at_the_first_write_leaves_no_file_without_warcinfo(tmp_path: Path) -> None:
    faulty = Faulty(1, errno.EDQUOT)
    warcs = writer(tmp_path, kernel=faulty.kernel)
    with pytest.raises(DiskFull):
        warcs.write(exchange()).result(TIMEOUT)
    assert names(tmp_path) == []
    warcs.write(exchange()).result(TIMEOUT)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert warc_types(path) == ["warcinfo", "request", "metadata", "response"]


def test_failed_fsync_is_final(tmp_path: Path) -> None:
    faulty = Faulty(5, errno.EIO)
    warcs = writer(tmp_path, kernel=faulty.kernel)
    warcs.write(exchange("https://news.example/1")).result(TIMEOUT)
    for n in (2, 3):
        with pytest.raises(WriteFailed):
            warcs.write(exchange(f"https://news.example/{n}")).result(TIMEOUT)
    with pytest.raises(WriteFailed):
        warcs.close()
    assert names(tmp_path) == ["news-20260301120000-00000-run1.warc.gz.open"]


def test_limit_of_the_operating_system_ends_in_a_named_refusal(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    warcs = writer(tmp_path)
    warcs.write(exchange("https://news.example/1")).result(TIMEOUT)
    [path] = (tmp_path / "warc").iterdir()
    size = path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
    try:
        with pytest.raises(WriteFailed, match="File too large"):
            warcs.write(exchange("https://news.example/2")).result(TIMEOUT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.stat().st_size == size
    warcs.close()


def test_clock_that_goes_back_overwrites_nothing(tmp_path: Path) -> None:
    moments: list[datetime] = [NOON]
    warcs = writer(tmp_path, max_bytes=1, clock=lambda: moments[-1])
    for hours in (0, -24, 240, 0):
        moments.append(NOON + timedelta(hours=hours))
        warcs.write(exchange(f"https://news.example/{hours}")).result(TIMEOUT)
    warcs.close()
    assert len(names(tmp_path)) == 4
    assert verify_directory(tmp_path).faults == ()
