"""``archiver derive``: what it says of good, torn, odd and stale files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archiver.dataset import CAPTURES, write_part
from tests.archives import EXCHANGES, archived
from tests.cli.conftest import Archiver, readable, warc_of

UNREAD = [one for outcome, one in EXCHANGES.items() if outcome in ("not_found", "redirect")]
"""Exchanges that no worker has to read."""


def test_each_file_is_a_line_and_its_outputs_stand_there(
    archiver: Archiver, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    one, _ = archived(output, UNREAD, prefix="one")
    two, _ = archived(output, UNREAD[:1], prefix="two")
    said = archiver("derive", one, two, one, "-o", output)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{one.name}: 0 clean, 0 articles, 0 comments, 2 captures\n"
        f"{two.name}: 0 clean, 0 articles, 0 comments, 1 captures\n"
    )
    parts = [path.name for path in sorted((output / "dataset").rglob("*.parquet"))]
    assert len(parts) == 6


def test_what_is_wrong_is_named_with_its_offset_and_the_others_are_derived(
    archiver: Archiver, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    good, _ = archived(output, UNREAD, prefix="good")
    whole = good.read_bytes()
    torn = tmp_path / "torn-20260101000000.warc.gz"
    torn.write_bytes(whole[:-100])
    page = tmp_path / "page.html"
    page.write_text("<html><p>No archive.</p></html>")
    still_open = tmp_path / "a.warc.gz.open"
    still_open.write_bytes(whole)
    missing = tmp_path / "missing.warc.gz"
    said = archiver("derive", torn, page, still_open, missing, tmp_path, good, "-o", output)
    assert said.code == 1
    assert said.out == (
        f"{torn.name}: 0 clean, 0 articles, 0 comments, 1 captures\n"
        f"{good.name}: 0 clean, 0 articles, 0 comments, 2 captures\n"
    )
    of_torn, of_page, of_open, of_missing, of_folder = said.err.splitlines()
    assert of_torn.startswith(f"archiver: {torn} at offset ")
    offset = int(of_torn.split(" at offset ")[1].split(":")[0])
    assert whole[offset:].startswith(b"\x1f\x8b")
    assert of_page.startswith(f"archiver: {page}")
    assert of_open == (
        f"archiver: {still_open}: this file is still being written, or its crawl was killed. "
        "Wait for the crawl to end, or recover the file first"
    )
    assert of_missing == f"archiver: {missing}: No such file or directory"
    assert of_folder == f"archiver: {tmp_path}: Is a directory"


def test_json_is_one_list_with_every_file_and_its_fault(archiver: Archiver, tmp_path: Path) -> None:
    output = tmp_path / "output"
    good, _ = archived(output, UNREAD, prefix="good")
    torn = tmp_path / "torn-20260101000000.warc.gz"
    torn.write_bytes(good.read_bytes()[:-100])
    missing = tmp_path / "missing.warc.gz"
    said = archiver("derive", torn, missing, good, "-o", output, "--json")
    assert said.code == 1
    of_torn, of_missing, of_good = json.loads(said.out)
    assert of_torn["fault"].startswith(f"{torn} at offset ")
    assert of_missing == {
        "source": str(missing),
        "fault": f"{missing}: No such file or directory",
    }
    stem = good.name.removesuffix(".warc.gz")
    assert of_good == {
        "source": str(good),
        "outputs": {
            "cdxj": f"{output}/cdxj/{stem}.cdxj",
            "clean": f"{output}/clean/{stem}.clean.warc.gz",
            **{
                table: f"{output}/dataset/{table}/crawl_date=2026-11-23/{stem}.parquet"
                for table in ("articles", "comments", "captures")
            },
        },
        "entries": {"clean": 0, "articles": 0, "comments": 0, "captures": 2},
        "outcomes": {"not_found": 1, "redirect": 1},
        "settled": 2,
        "repeated": 0,
        "remembered": 0,
        "read": 0,
        "fault": None,
    }


def test_quiet_prints_faults_only(archiver: Archiver, tmp_path: Path) -> None:
    good, _ = archived(tmp_path, UNREAD)
    missing = tmp_path / "missing.warc.gz"
    said = archiver("derive", good, missing, "-o", tmp_path, "--quiet")
    assert (said.code, said.out) == (1, "")
    assert said.err == f"archiver: {missing}: No such file or directory\n"


def test_two_files_of_one_name_are_refused_before_one_replaces_the_other(
    archiver: Archiver, tmp_path: Path
) -> None:
    good, _ = archived(tmp_path, UNREAD)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / good.name
    other.write_bytes(good.read_bytes())
    said = archiver("derive", good, other, "-o", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"archiver: {good} and {other} have one name, and so would their outputs. Rename one\n"
    )
    assert not (tmp_path / "dataset").exists()


def test_without_files_it_asks_for_some(archiver: Archiver) -> None:
    said = archiver("derive")
    assert said.code == 2
    assert said.err == (
        "archiver: name WARC files to derive, or --stale for what is out of date in the output\n"
    )


def test_the_key_is_never_made_inside_the_output(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("derive", "a.warc.gz", "-o", tmp_path, "--key-file", tmp_path / "new.key")
    assert said.code == 2
    assert "the identity key would lie inside the archive" in said.err
    assert not (tmp_path / "new.key").exists()


def test_stale_finds_nothing_in_a_fresh_output(archiver: Archiver, derived: Path) -> None:
    said = archiver("derive", "--stale", "-o", derived)
    assert (said.code, said.out, said.err) == (0, "nothing is out of date\n", "")
    assert archiver("derive", "--stale", "-o", derived, "--json").out == "[]\n"
    assert archiver("derive", "--stale", "-o", derived, "--quiet").out == ""


def test_stale_redoes_what_an_older_version_wrote(archiver: Archiver, derived: Path) -> None:
    (part,) = (derived / "dataset" / "captures").rglob("*.parquet")
    before = part.read_bytes()
    table = pq.ParquetFile(part).read()
    footer = {
        key.decode(): value.decode()
        for key, value in table.schema.metadata.items()
        if key.startswith(b"archiver.")
    }
    write_part(part, CAPTURES, table.to_pylist(), {**footer, "archiver.version": "0.0.1"})
    name = warc_of(derived).name
    said = archiver("derive", "--stale", "-o", derived)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{name}: another version of archiver\n"
        f"{name}: 1 clean, 1 articles, 2 comments, 10 captures\n"
    )
    assert part.read_bytes() == before
    assert archiver("derive", "--stale", "-o", derived).out == "nothing is out of date\n"


def test_stale_parts_of_a_warc_that_lies_elsewhere_are_a_fault(
    archiver: Archiver, derived: Path, tmp_path: Path
) -> None:
    warc = warc_of(derived)
    elsewhere = warc.rename(tmp_path / warc.name)
    assert archiver("derive", "--stale", "-o", derived).out == "nothing is out of date\n"
    named = ("--identity", "named", "--change-identity")
    said = archiver("derive", "--stale", "-o", derived, *named)
    assert (said.code, said.out) == (1, "")
    stem = warc.name.removesuffix(".warc.gz")
    assert said.err == (
        f"archiver: {stem} is out of date, but its WARC is not in {warc.parent}. "
        "Derive it from where it is\n"
    )
    assert archiver("derive", elsewhere, "-o", derived, *named).code == 0
    assert archiver("derive", "--stale", "-o", derived, "--identity", "named").code == 0


@pytest.mark.parametrize(
    ("words", "wrong"),
    [(["--jobs", "0"], "--jobs"), (["--timeout", "0"], "--timeout"), (["--memory", "x"], "memory")],
)
def test_a_wrong_number_names_its_option(archiver: Archiver, words: list[str], wrong: str) -> None:
    said = archiver("derive", "a.warc.gz", *words)
    assert said.code == 2
    assert wrong in readable(said.err)
