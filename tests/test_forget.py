"""Forget: what was asked for is gone from every output, stays away, and the rest is untouched."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archiver.config import DeriveConfig
from archiver.dataset.measures import article_id as of_rows
from archiver.derive import derive_warc
from archiver.derive.forget import Findings, Wish, bury_all, find
from archiver.derive.stale import find_stale
from archiver.errors import ConfigError
from archiver.identity import Identity
from archiver.privacy import Privacy, set_tombstones
from archiver.sites import RuleBook
from archiver.tombstones import FORGOTTEN, Kind, Tombstone, Tombstones, article_id
from archiver.warc.manifest import append, check, read
from archiver.warc.reader import read_capture
from archiver.warc.verify import verify_directory
from archiver.workers import Readers
from tests.archives import ARTICLE, SITE, answer, archived, exchange
from tests.threads import archived_thread

KEY = bytes(range(32))
IDENTITIES = {"pseudonym": Identity("pseudonym", KEY), "named": Identity("named", KEY)}
WHOM = IDENTITIES["pseudonym"]
DORA = WHOM.pseudonym("news.example", "Dora Quill")
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(RuleBook()) as pool:
        yield pool


@pytest.fixture(scope="module")
def derived_once(
    tmp_path_factory: pytest.TempPathFactory, readers: Readers
) -> dict[str, tuple[Path, Path]]:
    made = {}
    for mode, identity in IDENTITIES.items():
        output = tmp_path_factory.mktemp(mode) / "output"
        warc = archived_thread(output)
        derive_warc(warc, DeriveConfig(output, identity), readers=readers)
        made[mode] = (output, warc)
    return made


@pytest.fixture(params=["pseudonym", "named"])
def config(
    request: pytest.FixtureRequest, derived_once: dict[str, tuple[Path, Path]], tmp_path: Path
) -> DeriveConfig:
    output = shutil.copytree(derived_once[request.param][0], tmp_path / "output")
    return DeriveConfig(Path(output), IDENTITIES[request.param])


def warc_of(config: DeriveConfig) -> Path:
    (path,) = (config.output_dir / "warc").glob("*.warc.gz")
    return path


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    (part,) = (output / "dataset" / table).rglob("*.parquet")
    found: list[dict[str, Any]] = pq.ParquetFile(part).read().to_pylist()
    return found


def outputs(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for folder in ("dataset", "clean", "cdxj")
        for path in sorted((output / folder).rglob("*"))
        if path.is_file()
    }


def everything(output: Path) -> str:
    """All that outputs say, unpacked."""
    tables = ("articles", "comments", "captures")
    told = [json.dumps(rows(output, table), default=str, ensure_ascii=False) for table in tables]
    (clean,) = (output / "clean").glob("*.warc.gz")
    return "\n".join([*told, gzip.decompress(clean.read_bytes()).decode()])


def forgotten(config: DeriveConfig, wish: Wish) -> tuple[Findings, Tombstones]:
    found = find(config.output_dir, wish, Privacy(config.identity))
    stones = set_tombstones(config.output_dir, found.stones, day=DAY)
    burial = bury_all(config.output_dir, stones, config.identity)
    assert burial.faults == {}
    return found, stones


WISHES = {
    "a reader": Wish(authors=("Dora Quill",)),
    "a reader, by pseudonym": Wish(authors=(DORA,)),
    "a comment with answers": Wish(comments=("21",)),
    "a comment without": Wish(comments=("26",)),
    "a comment, by permalink": Wish(comments=(f"{SITE}/bridge#comment-22",)),
    "a chain": Wish(comments=("24", "25", "22")),
    "an article": Wish(urls=(f"{SITE}/bridge",)),
    "everything": Wish(("Dora Quill", "Ann Smith"), ("22", "11"), (f"{SITE}/ferry",)),
}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_forgetting_and_deriving_anew_give_the_same_bytes(
    config: DeriveConfig, readers: Readers, wish: Wish, tmp_path: Path
) -> None:
    found, stones = forgotten(config, wish)
    assert found.stones
    assert not found.unknown
    assert found.comments > 0
    assert find_stale(config.output_dir, replace(config, tombstones=stones)) == ()
    anew = replace(config, output_dir=tmp_path / "anew", tombstones=stones)
    derive_warc(warc_of(config), anew, readers=readers)
    assert outputs(config.output_dir) == outputs(tmp_path / "anew")
    assert verify_directory(config.output_dir).faults == ()


def test_one_after_the_other_is_as_at_once(config: DeriveConfig, readers: Readers) -> None:
    for comment in ("21", "23", "25", "22"):
        forgotten(config, Wish(comments=(comment,)))
    _, stones = forgotten(config, Wish(authors=("Dora Quill",)))
    before = outputs(config.output_dir)
    derive_warc(warc_of(config), replace(config, tombstones=stones), readers=readers)
    assert outputs(config.output_dir) == before


def test_a_forgotten_reader_is_nowhere_and_answers_still_hang_together(
    config: DeriveConfig,
) -> None:
    forgotten(config, WISHES["a reader"])
    told = everything(config.output_dir)
    assert "Dora" not in told
    assert DORA not in told
    assert "fine bridge" not in told
    assert "dora.example" not in told
    found = {row["comment_id"]: row for row in rows(config.output_dir, "comments")
             if row["article_url"].endswith("/bridge")}  # fmt: skip
    node = found["21"]
    assert (node["status"], node["text"], node["author"], node["published_at"]) == (
        "deleted", "", None, None,
    )  # fmt: skip
    assert found["22"]["parent_id"] == "21"
    assert found["22"]["text"] == f"Not so fast, @{FORGOTTEN}."
    assert found["24"]["text"].endswith(f"and never with {FORGOTTEN}.")
    assert "26" not in found
    assert len(found) == 7
    elsewhere = [row["text"] for row in rows(config.output_dir, "comments")
                 if row["article_url"].endswith("/ferry")]  # fmt: skip
    assert elsewhere[1] == f"{FORGOTTEN}, who wrote elsewhere, was right."


def test_a_forgotten_article_leaves_its_captures_which_say_what_the_warc_holds(
    config: DeriveConfig,
) -> None:
    before = rows(config.output_dir, "captures")
    found, _ = forgotten(config, WISHES["an article"])
    assert (found.articles, found.comments) == (1, 8)
    assert [row["canonical_url"] for row in rows(config.output_dir, "articles")] == [
        f"{SITE}/ferry"
    ]
    assert {row["article_url"] for row in rows(config.output_dir, "comments")} == {f"{SITE}/ferry"}
    after = rows(config.output_dir, "captures")
    assert [row["url"] for row in after] == [row["url"] for row in before]
    assert [row["comments_collected"] for row in after] == [None, 0, 0, None, None]
    (clean,) = (config.output_dir / "clean").glob("*.warc.gz")
    assert gzip.decompress(clean.read_bytes()).count(b"WARC-Type: conversion") == 1


def test_what_still_stands_in_the_archive_is_named(config: DeriveConfig) -> None:
    found = find(config.output_dir, WISHES["a reader"], Privacy(config.identity))
    assert found.comments == 2
    warc = warc_of(config)
    for record in found.standing:
        capture = read_capture(warc, record.warc_record_offset)
        assert (capture.url, capture.ref.record_id) == (record.url, record.warc_record_id)
        assert b"Dora Quill" in (capture.payload or b"")
    assert [record.url for record in sorted(found.standing)] == [
        f"{SITE}/wp-json/wp/v2/comments?post=7&page={page}" for page in (1, 2)
    ]
    of_article = find(config.output_dir, WISHES["an article"], Privacy(config.identity))
    assert len(of_article.standing) == 3


def test_tombstones_name_nobody(config: DeriveConfig) -> None:
    forgotten(config, WISHES["everything"])
    lines = (config.output_dir / "tombstones.jsonl").read_text().splitlines()
    assert not [name for name in ("Dora", "Quill", "Ann", "Smith") if name in "".join(lines)]
    assert json.loads(next(line for line in lines if DORA in line)) == {
        "forget": "author",
        "site": "news.example",
        "reader": DORA,
        "key": WHOM.fingerprint,
        "since": "2026-11-24",
    }


def test_parts_whose_warc_is_gone_forget_all_the_same(config: DeriveConfig) -> None:
    warc_of(config).unlink()
    forgotten(config, WISHES["a reader"])
    assert "Dora" not in everything(config.output_dir)


def test_a_dataset_shared_without_its_clean_records_forgets_too(config: DeriveConfig) -> None:
    shutil.rmtree(config.output_dir / "clean")
    forgotten(config, WISHES["a comment without"])
    assert "26" not in {row["comment_id"] for row in rows(config.output_dir, "comments")}
    assert not (config.output_dir / "clean").exists()


def test_other_sites_are_not_touched(config: DeriveConfig) -> None:
    before = outputs(config.output_dir)
    stones = {Tombstone("other.example", Kind.COMMENT, "21")}
    stones |= {Tombstone("other.example", Kind.AUTHOR, DORA, WHOM.fingerprint)}
    burial = bury_all(config.output_dir, Tombstones(frozenset(stones)), config.identity)
    assert burial.done == {}
    assert outputs(config.output_dir) == before


def test_what_was_done_is_not_done_twice_and_a_broken_part_is_named(config: DeriveConfig) -> None:
    _, stones = forgotten(config, WISHES["a reader"])
    assert bury_all(config.output_dir, stones, config.identity).done == {}
    (part,) = (config.output_dir / "dataset" / "comments").rglob("*.parquet")
    part.write_bytes(b"PAR1")
    burial = bury_all(config.output_dir, stones, config.identity)
    assert list(burial.faults) == [part.stem]
    assert [path.name for path in config.output_dir.rglob("*.new")] == []


def test_tombstones_make_only_their_site_stale_and_deriving_makes_it_fresh(
    config: DeriveConfig, readers: Readers
) -> None:
    stones = Tombstones(frozenset({Tombstone("news.example", Kind.COMMENT, "26")}))
    (stale,) = find_stale(config.output_dir, replace(config, tombstones=stones))
    assert stale.reasons == ("other tombstones",)
    elsewhere = Tombstones(frozenset({Tombstone("else.example", Kind.COMMENT, "26")}))
    assert find_stale(config.output_dir, replace(config, tombstones=elsewhere)) == ()
    derive_warc(warc_of(config), replace(config, tombstones=stones), readers=readers)
    assert find_stale(config.output_dir, replace(config, tombstones=stones)) == ()


def test_a_manifest_that_lists_outputs_is_told_their_new_bytes(config: DeriveConfig) -> None:
    manifest = config.output_dir / "manifest.jsonl"
    (part,) = (config.output_dir / "dataset" / "comments").rglob("*.parquet")
    when = read(manifest).entries[0].sealed_at
    append(manifest, part, size=1, sha256="0" * 64, sealed_at=datetime.fromisoformat(when))
    before = len(read(manifest).entries)
    forgotten(config, WISHES["a reader"])
    chain = check(manifest)
    assert len(chain.entries) == before + 1
    assert chain.entries[-1].size == part.stat().st_size


def test_who_is_not_found_is_kept_out_where_a_site_is_named(config: DeriveConfig) -> None:
    privacy = Privacy(config.identity)
    nowhere = find(config.output_dir, Wish(("Zoe Nobody",), ("999",)), privacy)
    assert (nowhere.unknown, nowhere.stones) == (["Zoe Nobody", "999"], set())
    wish = Wish(("Zoe Nobody",), ("999",), site="news.example")
    assert {stone.kind for stone in find(config.output_dir, wish, privacy).stones} == {
        Kind.AUTHOR,
        Kind.COMMENT,
    }
    other = find(config.output_dir, Wish(("Dora Quill",), site="other.example"), privacy)
    assert other.comments == 0


def test_one_name_on_two_sites_is_asked_about(config: DeriveConfig, readers: Readers) -> None:
    body = ARTICLE.replace(b"www.news.example", b"www.paper.example")
    one = replace(exchange("/bridge", answer(body=body)), url="https://www.paper.example/bridge")
    path, _ = archived(config.output_dir, [one], prefix="paper")
    derive_warc(path, config, readers=readers)
    privacy = Privacy(config.identity)
    with pytest.raises(ConfigError, match=r"news.example and paper.example"):
        find(config.output_dir, Wish(("Ann Smith",)), privacy)
    found = find(config.output_dir, Wish(("Ann Smith",), site="paper.example"), privacy)
    assert [stone.site for stone in found.stones if stone.kind is Kind.AUTHOR] == ["paper.example"]


def test_an_article_is_known_by_the_id_that_rows_have() -> None:
    for url in ("https://news.example/ä", "https://news.example/\udc80"):
        assert article_id(url) == of_rows(url)
