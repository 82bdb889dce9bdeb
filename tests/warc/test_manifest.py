from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from archiver.errors import WarcError
from archiver.warc.manifest import FIRST, append, check, read
from tests.warc.samples import NOON


def add(manifest: Path, name: str, sha256: str = "ab", source: str | None = None) -> None:
    path = manifest.parent / name
    append(manifest, path, size=3, sha256=sha256, sealed_at=NOON, source=source)


def test_each_line_holds_the_digest_of_the_one_before(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    add(manifest, "warc/a.warc.gz")
    add(manifest, "dataset/é.parquet", source="a.warc.gz")
    first, second = manifest.read_bytes().splitlines()
    assert json.loads(first) == {
        "path": "warc/a.warc.gz",
        "size": 3,
        "sha256": "ab",
        "sealed_at": "2026-03-01T12:00:00+00:00",
        "source": None,
        "previous": FIRST,
    }
    assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest()
    assert read(manifest).head == hashlib.sha256(second).hexdigest()
    assert check(manifest).latest["dataset/é.parquet"].source == "a.warc.gz"


def test_file_that_is_named_already_gets_no_second_line(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    for sha256 in ("ab", "ab", "cd", "cd", "ab"):
        add(manifest, "a", sha256)
    assert [entry.sha256 for entry in check(manifest).entries] == ["ab", "cd", "ab"]


def test_half_a_line_of_a_killed_process_is_put_aside(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    add(manifest, "a")
    whole = manifest.read_bytes()
    manifest.write_bytes(whole + b'{"path": "b')
    assert read(manifest).flaws == ((2, "is no entry"), (2, "is not ended"))
    add(manifest, "c")
    assert [entry.path for entry in check(manifest).entries] == ["a", "c"]
    assert (tmp_path / f"manifest.jsonl.torn-{len(whole)}").read_bytes() == b'{"path": "b'


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("change", ["edit", "remove"])
def test_changed_or_missing_line_breaks_the_chain(tmp_path: Path, line: int, change: str) -> None:
    manifest = tmp_path / "manifest.jsonl"
    for name in "abcd":
        add(manifest, name)
    lines = manifest.read_bytes().splitlines(keepends=True)
    if change == "edit":
        lines[line - 1] = lines[line - 1].replace(b'"size": 3', b'"size": 4')
    else:
        del lines[line - 1]
    manifest.write_bytes(b"".join(lines))
    with pytest.raises(WarcError, match="the line does not hold the digest"):
        check(manifest)


def test_shortened_manifest_shows_in_its_head(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    add(manifest, "a")
    add(manifest, "b")
    head = read(manifest).head
    manifest.write_bytes(manifest.read_bytes().splitlines(keepends=True)[0])
    assert read(manifest).flaws == ()
    assert read(manifest).head != head


def test_many_threads_make_one_chain(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"

    def add_ten(number: int) -> None:
        for n in range(10):
            add(manifest, f"{number}-{n}")

    threads = [threading.Thread(target=add_ten, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(check(manifest).entries) == 40


@pytest.mark.parametrize("line", [b"[]", b"{}", b"null", b"\xff", b'{"path": 1}'])
def test_line_that_is_no_entry_is_named(tmp_path: Path, line: bytes) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(line + b"\n")
    with pytest.raises(WarcError, match=r"manifest.jsonl, line 1: the line is no entry"):
        check(manifest)
