"""Privacy: one output directory, one key, one mode; and what is forgotten stays so."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from archiver.config import load_or_make_key
from archiver.dataset import CAPTURES, COMMENTS, write_part
from archiver.dataset.identities import count_identities, identities_at_a_glance
from archiver.errors import ConfigError
from archiver.identity import fingerprint_of
from archiver.privacy import privacy_of, read_tombstones, set_tombstones
from archiver.tombstones import Kind, Tombstone, Tombstones, parse_tombstones

DAY = date(2026, 11, 24)
COMMENT = Tombstone("news.example", Kind.COMMENT, "17")
OURS = Tombstone("news.example", Kind.AUTHOR, "reader-0123456789ab", "f" * 16)


def part(output: Path, label: str, *, day: str = "2026-11-23", stem: str = "a") -> None:
    path = output / "dataset" / "comments" / f"crawl_date={day}" / f"{stem}.parquet"
    write_part(path, COMMENTS, [], {"archiver.identity": label})


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "identity.key"
    load_or_make_key(file)
    return file


def label_of(key_file: Path) -> str:
    return f"pseudonym:{fingerprint_of(load_or_make_key(key_file))}"


def test_an_empty_directory_takes_any_identity_and_makes_the_key(tmp_path: Path) -> None:
    file, output = tmp_path / "identity.key", tmp_path / "output"
    assert privacy_of(output, mode="named", key_file=file).identity.label == "named"
    assert not file.exists()
    assert privacy_of(output, key_file=file).identity.label == label_of(file)
    assert not output.exists()


def test_what_was_made_under_this_key_is_gone_on_with(tmp_path: Path, key_file: Path) -> None:
    part(tmp_path / "output", label_of(key_file))
    assert privacy_of(tmp_path / "output", key_file=key_file).identity.label == label_of(key_file)


def test_another_key_is_refused_and_both_are_named(tmp_path: Path, key_file: Path) -> None:
    part(tmp_path / "output", "pseudonym:aaaaaaaaaaaaaaaa")
    with pytest.raises(ConfigError) as refused:
        privacy_of(tmp_path / "output", key_file=key_file)
    said = str(refused.value)
    assert "under the key aaaaaaaaaaaaaaaa" in said
    assert label_of(key_file).partition(":")[2] in said
    assert "archiver derive --stale --change-identity" in said
    assert privacy_of(tmp_path / "output", key_file=key_file, change=True)


@pytest.mark.parametrize(("there", "mode"), [("named", "pseudonym"), ("pseudonym:aa", "named")])
def test_another_mode_is_refused(tmp_path: Path, key_file: Path, there: str, mode: str) -> None:
    part(tmp_path / "output", there)
    with pytest.raises(ConfigError, match="two names"):
        privacy_of(tmp_path / "output", mode=mode, key_file=key_file)
    assert privacy_of(tmp_path / "output", mode=mode, key_file=key_file, change=True)


def test_a_key_that_is_gone_is_asked_for_and_not_made_anew(tmp_path: Path) -> None:
    part(tmp_path / "output", "pseudonym:aaaaaaaaaaaaaaaa")
    file = tmp_path / "identity.key"
    with pytest.raises(ConfigError, match="Restore that key from its backup"):
        privacy_of(tmp_path / "output", key_file=file)
    assert not file.exists()
    set_tombstones(tmp_path / "other", [OURS], day=DAY)
    with pytest.raises(ConfigError, match="Restore that key from its backup"):
        privacy_of(tmp_path / "other", mode="named", key_file=file)
    assert not file.exists()


def test_a_change_that_was_broken_off_is_refused_from_both_sides(
    tmp_path: Path, key_file: Path
) -> None:
    output = tmp_path / "output"
    for day, label in [(1, label_of(key_file)), (2, "named"), (3, "named")]:
        part(output, label, day=f"2026-11-0{day}")
    for mode in ("pseudonym", "named"):
        with pytest.raises(ConfigError):
            privacy_of(output, mode=mode, key_file=key_file)


def test_few_footers_speak_for_many_and_all_are_counted_when_asked(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for number in range(100):
        label = "named" if number in (0, 99) else "pseudonym:aa"
        part(output, label, day=f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}")
    broken = output / "dataset" / "comments" / "crawl_date=2026-01-01" / "b.parquet"
    broken.write_bytes(b"PAR1")
    other = output / "dataset" / "captures" / "crawl_date=2026-01-01" / "a.parquet"
    write_part(other, CAPTURES, [], {"archiver.identity": "named"})
    assert set(identities_at_a_glance(output / "dataset")) == {"named", "pseudonym:aa"}
    assert count_identities(output / "dataset") == {"named": 3, "pseudonym:aa": 98}


def test_tombstones_of_another_key_are_refused(tmp_path: Path, key_file: Path) -> None:
    output = tmp_path / "output"
    set_tombstones(output, [OURS, COMMENT], day=DAY)
    for mode in ("pseudonym", "named"):
        with pytest.raises(ConfigError, match="forget the same readers again"):
            privacy_of(output, mode=mode, key_file=key_file, change=True)
    own = Tombstone("news.example", Kind.AUTHOR, OURS.value, label_of(key_file).partition(":")[2])
    set_tombstones(tmp_path / "ours", [own], day=DAY)
    named = privacy_of(tmp_path / "ours", mode="named", key_file=key_file)
    assert (named.identity.label, named.identity.key_fingerprint) == ("named", own.key)


def test_tombstones_are_added_once_and_read_as_written(tmp_path: Path) -> None:
    assert read_tombstones(tmp_path) == Tombstones()
    set_tombstones(tmp_path, [OURS], day=DAY)
    (tmp_path / "tombstones.jsonl").write_text(
        (tmp_path / "tombstones.jsonl").read_text().rstrip("\n")
    )
    told = set_tombstones(tmp_path, [COMMENT, OURS], day=DAY)
    assert told == read_tombstones(tmp_path) == Tombstones(frozenset({OURS, COMMENT}))
    assert len((tmp_path / "tombstones.jsonl").read_text().splitlines()) == 2


def test_several_processes_add_tombstones_at_once(tmp_path: Path) -> None:
    def add(number: int) -> None:
        stone = Tombstone("news.example", Kind.COMMENT, str(number))
        set_tombstones(tmp_path, [stone, COMMENT], day=DAY)

    adding = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for one in adding:
        one.start()
    for one in adding:
        one.join()
    assert len(read_tombstones(tmp_path).stones) == 20


@pytest.mark.parametrize(
    "line",
    [
        "{}", "[]", "nonsense", "[" * 100_000, '{"forget": "reader", "site": "s", "reader": "r"}',
        '{"forget": "author", "site": "s"}', '{"forget": "author", "site": "", "reader": "r"}',
        '{"forget": "comment", "site": "s", "comment_id": 7}',
        '{"forget": ["author"], "site": "s", "reader": "r"}',
        '{"forget": "author", "site": "s", "reader": "r", "key": 7}',
    ],
)  # fmt: skip
def test_a_line_that_says_nothing_is_named_and_nothing_goes_on(line: str) -> None:
    with pytest.raises(ConfigError, match=r"t\.jsonl, line 2"):
        parse_tombstones(
            f'{{"forget": "comment", "site": "s", "comment_id": "7"}}\n{line}\n', "t.jsonl"
        )


def test_a_digest_speaks_of_the_sites_of_a_warc_only() -> None:
    stones = Tombstones(frozenset({COMMENT, OURS}))
    assert stones.digest_for(["other.example"]) == "none"
    here = stones.digest_for(["news.example", "other.example"])
    assert here == stones.digest_for(["news.example"]) != "none"
    assert Tombstones(frozenset({COMMENT})).digest_for(["news.example"]) != here
