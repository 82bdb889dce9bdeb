"""Parts: whole or not there, the same bytes for the same rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archiver.dataset import ARTICLES, CAPTURES, COMMENTS, TABLES, read_footer, write_part
from archiver.dataset import parts as parts_room
from archiver.dataset.rows import article_row, capture_row, comment_rows
from archiver.errors import PartError
from archiver.outcomes import Outcome
from tests.dataset.samples import ARTICLE, CAPTURE, captured_again

FOOTER = {"archiver.schema_version": "1", "archiver.version": "0"}


def captures(count: int) -> Iterator[dict[str, Any]]:
    return (capture_row(captured_again(i), Outcome.ARTICLE) for i in range(count))


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    written = {
        "articles": [article_row(ARTICLE, CAPTURE, rules_digest="r", extractor="e")],
        "comments": comment_rows(ARTICLE, CAPTURE),
        "captures": [capture_row(CAPTURE, Outcome.ARTICLE)],
    }
    for table, rows in written.items():
        path = tmp_path / table / "crawl_date=2026-11-23" / "stem.parquet"
        assert write_part(path, TABLES[table], rows, FOOTER) == len(rows)
        assert pq.ParquetFile(path).read().to_pylist() == rows


def test_identical_rows_are_identical_bytes_whatever_was_there_before(tmp_path: Path) -> None:
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    second.write_bytes(b"something else")
    for path in (first, second):
        write_part(path, CAPTURES, captures(100), FOOTER)
    assert (
        hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()
    )


def test_the_footer_and_each_columns_meaning_travel_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_part(path, COMMENTS, (), FOOTER)
    assert read_footer(path) == FOOTER
    schema = pq.read_schema(path)
    assert schema.names == COMMENTS.names
    assert all(field.metadata[b"description"] for field in schema)
    assert pq.read_metadata(path).num_rows == 0


def test_files_are_compressed_with_zstd_have_a_page_index_and_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_room, "GROUP_ROWS", 40)
    path = tmp_path / "a.parquet"
    write_part(path, CAPTURES, captures(100), FOOTER)
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [40, 40, 20]
    column = metadata.row_group(0).column(0)
    assert (column.compression, column.has_column_index, column.has_offset_index) == (
        "ZSTD",
        True,
        True,
    )


def test_long_texts_close_a_group_early_so_that_memory_stays_flat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_room, "GROUP_BYTES", 10_000)
    path = tmp_path / "a.parquet"
    row = article_row(ARTICLE, CAPTURE, rules_digest="r", extractor="e")
    write_part(path, ARTICLES, ({**row, "text": "x" * 6000} for _ in range(5)), FOOTER)
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [2, 2, 1]


def failing() -> Iterator[dict[str, Any]]:
    yield from captures(3)
    raise RuntimeError("the source broke")


def test_a_part_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_part(path, CAPTURES, captures(1), FOOTER)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="the source broke"):
        write_part(path, CAPTURES, failing(), FOOTER)
    with pytest.raises(PartError):
        write_part(path, CAPTURES, [{**next(captures(1)), "url": None}], FOOTER)
    with pytest.raises(PartError):
        write_part(path, CAPTURES, [{**next(captures(1)), "fetch_status": "odd"}], FOOTER)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", None])
def test_a_broken_part_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PartError, match=r"broken\.parquet"):
        read_footer(path)
