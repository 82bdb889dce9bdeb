from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from archiver.cdx_lists import Passed, Tally
from archiver.crawl.seeds import first_captures, paths_of_lists, read_captures_list
from archiver.errors import ConfigError

SITE = "https://paper.example"


def written(path: Path, count: int, *, packed: bool = False) -> Path:
    with gzip.open(path, "wt", compresslevel=1) if packed else path.open("w") as file:
        for number in range(count):
            told = {"url": f"{SITE}/story/{number}/the-bridge", "mime": "text/html",
                    "status": "200" if number % 2 else "404", "filename": "x" * 90}  # fmt: skip
            file.write(f"example,paper)/story/{number} 20240201030405 {json.dumps(told)}\n")
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_a_list_is_read_whatever_its_name_says(tmp_path: Path, packed: bool) -> None:
    path = written(tmp_path / "list.txt", 10, packed=packed)
    tally = Tally()
    found = [listed.url for listed in read_captures_list(path, tally)]
    assert found == [f"{SITE}/story/{number}/the-bridge" for number in (1, 3, 5, 7, 9)]
    assert tally.passed == {Passed.STATUS: 5}


def test_only_addresses_of_the_sites_of_the_crawl_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(f"{SITE}/a\nhttps://other.example/b\n")
    tally = Tally()
    found = read_captures_list(path, tally, holds=lambda url: "//other." in url)
    assert [listed.url for listed in found] == ["https://other.example/b"]
    assert tally.passed == {Passed.ELSEWHERE: 1}


def test_several_lists_are_named_with_commas_and_looked_at_at_once(tmp_path: Path) -> None:
    first = written(tmp_path / "one.cdxj", 4)
    second = written(tmp_path / "two.cdxj.gz", 2, packed=True)
    paths = paths_of_lists(f" {first}, {second},{first},")
    assert paths == [first, second]
    assert first_captures(paths) == [f"{SITE}/story/1/the-bridge"]
    assert paths_of_lists("") == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "the list of captures cannot be read .*No such file.*Give cdx=FILE"),
        (b"", "no list of captures: empty"),
        (
            b"<html>\n<body>\n",
            "no list of captures: none of the first 2 lines is a capture or a URL",
        ),
    ],
)
def test_a_file_that_is_no_list_is_refused_before_the_crawl(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "list.cdx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"list\.cdx: {told}"):
        paths_of_lists(str(path))


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "list.cdx"
    path.write_text(f"{SITE}/a 404\n")
    os.truncate(path, 1 << 40)  # a terabyte of nothing after it
    assert paths_of_lists(str(path)) == [path]
    tally = Tally()
    assert list(read_captures_list(path, tally)) == []
    assert tally.passed == {Passed.STATUS: 1, Passed.UNREADABLE: 1}


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        paths_of_lists(str(tmp_path))


def test_a_list_that_cannot_be_used_has_no_first_page(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("dns:paper.example\nhttps://paper.example/bridge.jpg\n")
    assert first_captures(paths_of_lists(str(path))) == []


def test_a_long_list_takes_no_memory(tmp_path: Path) -> None:
    """Peak of what Python holds while a list of 2 MB is read, and one of a quarter of it."""
    peaks = []
    for count in (3_000, 12_000):
        path = written(tmp_path / f"{count}.gz", count, packed=True)
        tracemalloc.start()
        taken = sum(1 for _ in read_captures_list(path, Tally()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert taken == count // 2
        path.unlink()
    assert peaks[1] < peaks[0] + 200_000
    assert peaks[1] < 3_000_000
