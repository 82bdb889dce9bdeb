"""``archiver key`` and ``archiver forget``: what they say, and what they leave alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.identity import Identity, fingerprint_of
from archiver.lock import DirectoryLock
from tests.archives import SITE, answer, archived, exchange
from tests.cli.conftest import KEY, Archiver, warc_of

FINGERPRINT = fingerprint_of(bytes.fromhex(KEY))
ANN = Identity("pseudonym", bytes.fromhex(KEY)).pseudonym("news.example", "Ann Smith")


def files(output: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()}


def test_a_key_is_made_and_shown_by_its_fingerprint_only(
    archiver: Archiver, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "identity.key"
    first = archiver("key", "--key-file", file)
    key = file.read_text().strip()
    fingerprint = fingerprint_of(bytes.fromhex(key))
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[:2] == [
        f"key          {file} (made just now)",
        f"fingerprint  {fingerprint}",
    ]
    again = archiver("key", "--key-file", file)
    assert again.out.splitlines()[0] == f"key          {file}"
    assert key not in first.out + again.out
    told = json.loads(archiver("key", "--key-file", file, "--json").out)
    assert told == {"file": str(file), "fingerprint": fingerprint, "is_new": False, "parts": {}}


def test_a_key_says_which_parts_are_its_own(
    archiver: Archiver, derived: Path, tmp_path: Path
) -> None:
    said = archiver("key", "--check", derived)
    assert said.code == 0
    assert said.out.splitlines()[2:] == [f"3 parts      pseudonym:{FINGERPRINT}  this key"]
    other = tmp_path / "other.key"
    archiver("key", "--key-file", other)
    assert archiver("key", "--check", derived, "--key-file", other).code == 1
    missing = tmp_path / "missing.key"
    said = archiver("key", "--check", derived, "--key-file", missing)
    assert (said.code, missing.exists()) == (2, False)
    assert archiver("key", "--check", tmp_path).code == 2


def test_derive_refuses_to_mix_and_changes_when_told(
    archiver: Archiver, derived: Path, tmp_path: Path
) -> None:
    warc = warc_of(derived)
    before = files(derived)
    said = archiver("derive", warc, "-o", derived, "--identity", "named")
    assert said.code == 2
    assert f"under the key {FINGERPRINT}" in said.err
    other = tmp_path / "other.key"
    archiver("key", "--key-file", other)
    said = archiver("derive", "--stale", "-o", derived, "--key-file", other)
    assert said.code == 2
    assert FINGERPRINT in said.err
    assert "--change-identity" in said.err
    assert files(derived) == before
    said = archiver("derive", "--stale", "--change-identity", "-o", derived, "--key-file", other)
    assert (said.code, said.err) == (0, "")
    assert archiver("key", "--check", derived, "--key-file", other).code == 0
    assert archiver("derive", "--stale", "-o", derived).code == 2


def test_forget_says_what_would_go_and_changes_nothing(archiver: Archiver, derived: Path) -> None:
    before = files(derived)
    said = archiver("forget", "--author", "Ann Smith", "-o", derived, "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("1 comment and 0 articles would go. Nothing is changed\n")
    assert files(derived) == before


@pytest.mark.parametrize("author", ["Ann Smith", ANN])
def test_forget_takes_out_and_names_what_stands(
    archiver: Archiver, derived: Path, author: str
) -> None:
    said = archiver("forget", "--author", author, "-o", derived)
    warc = warc_of(derived)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[:4] == [
        "1 comment and 0 articles found and taken out",
        "1 comment left empty, for the answers to it",
        "1 text of others named the reader and names nobody now",
        f"outputs of 1 WARC made anew; {derived}/tombstones.jsonl keeps it so",
    ]
    assert lines[5] == "still in the archive, which only you remove:"
    assert lines[6].startswith(f"  {warc.name}  offset ")
    assert lines[6].endswith(f"{SITE}/bridge?utm_source=x")
    assert archiver("derive", "--stale", "-o", derived).out == "nothing is out of date\n"
    again = archiver("forget", "-o", derived)
    assert again.out.startswith("0 comments and 0 articles found")
    assert "outputs of 0 WARCs made anew" in again.out
    more, _ = archived(derived, [exchange("/bridge", answer())], prefix="later")
    assert archiver("derive", more, "-o", derived).code == 0
    told = archiver("forget", "--author", author, "-o", derived, "--dry-run", "--json")
    assert json.loads(told.out)["comments"] == 0


def test_forget_says_who_is_not_there(archiver: Archiver, derived: Path) -> None:
    said = archiver("forget", "--author", "Zoe Nobody", "-o", derived)
    assert said.code == 1
    assert "'Zoe Nobody' is not in" in said.err
    said = archiver("forget", "--author", "Zoe Nobody", "--site", "www.news.example", "-o", derived)
    assert (said.code, said.err) == (0, "")
    assert archiver("forget", "--site", "no host", "-o", derived).code == 2
    assert archiver("forget", "--url", "story", "-o", derived).code == 2
    assert archiver("forget", "-o", derived / "warc").code == 2


def test_forget_waits_for_no_crawl(archiver: Archiver, derived: Path) -> None:
    lock = DirectoryLock(derived / "state" / "lock", run_id="r1")
    try:
        said = archiver("forget", "--comment", "12", "-o", derived)
    finally:
        lock.release()
    assert said.code == 2
    assert "run r1" in said.err
    assert not (derived / "tombstones.jsonl").exists()
