"""Parts: one Parquet file for one table and one WARC, whole or not there.

Knows how rows become a file that is written under another name first, and how a footer is read.
Identical rows and footer give identical bytes (pyarrow writes no time and no name of a machine).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archiver.errors import PartError, Place

GROUP_ROWS = 50_000
GROUP_BYTES = 16 * 1024 * 1024
"""A row group is written when either is reached: what is held in memory stays flat, and a reader
that wants one column of one group reads little. (On 4,005 articles 8, 16 and 32 MiB took 365, 406
and 509 MB of memory, at 28.7, 28.3 and 27.8 MB of file.)"""
ROW_BYTES = 400
"""What a row takes beside its texts; of captures, which have none, rows bound the group."""


class PartWriter:
    """Writes rows to a Parquet file at exactly ``path``, group by group. The file is a part only
    after ``close``; ``write_part`` is the way to a whole one under its own name."""

    def __init__(self, path: Path, schema: pa.Schema, footer: Mapping[str, str]) -> None:
        self.rows = 0
        self._path = path
        self._schema = schema
        self._waiting: list[Mapping[str, Any]] = []
        self._waiting_bytes = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._writer = pq.ParquetWriter(
                path,
                schema.with_metadata(dict(sorted(footer.items()))),
                compression="zstd",
                compression_level=9,
                use_dictionary=True,
                write_page_index=True,
            )
        except OSError as error:
            raise _fault(path, error) from error

    def append(self, row: Mapping[str, Any]) -> None:
        """``row`` stands after the rows before it. PartError when it does not fit the schema."""
        self._waiting.append(row)
        self._waiting_bytes += ROW_BYTES + sum(
            len(value) for value in row.values() if isinstance(value, str)
        )
        if len(self._waiting) >= GROUP_ROWS or self._waiting_bytes >= GROUP_BYTES:
            self._write_group()

    def close(self) -> None:
        """The file is whole (one empty row group where there is no row) and on its disk."""
        if self._waiting:
            self._write_group()
        try:
            self._writer.close()
            with self._path.open("rb") as stream:
                os.fsync(stream.fileno())
        except OSError as error:
            raise _fault(self._path, error) from error

    def abandon(self) -> None:
        """The file is gone."""
        with suppress(pa.ArrowException, OSError):
            self._writer.close()
        self._path.unlink(missing_ok=True)

    def _write_group(self) -> None:
        rows, self._waiting, self._waiting_bytes = self._waiting, [], 0
        try:
            table = pa.Table.from_pylist(rows, schema=self._schema)
            table.validate(full=True)
            self._writer.write_table(table, row_group_size=len(rows))
        except (pa.ArrowException, OSError, ValueError, TypeError) as error:
            raise _fault(self._path, error) from error
        self.rows += len(rows)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abandon()
            return
        try:
            self.close()
        except BaseException:  # pyarrow's or the disk's; Ctrl-C too: never half a part
            self.abandon()
            raise


def write_part(
    path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, Any]], footer: Mapping[str, str]
) -> int:
    """The part at ``path`` holds these rows, in their order; returns how many.

    A reader sees the part that was there before, or the new one, never half of one: the file is
    written under a temporary name in the same folder, brought to disk and renamed. PartError
    when that fails; then what was there before still is.
    """
    unfinished = path.with_name(f".{path.name}.part")
    with PartWriter(unfinished, schema, footer) as part:
        for row in rows:
            part.append(row)
    unfinished.replace(path)
    sync_folder(path.parent)
    return part.rows


def sync_folder(folder: Path) -> None:
    """The names in ``folder`` are on its disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_footer(path: Path) -> dict[str, str]:
    """What the footer of the part at ``path`` says (keys ``archiver.…``). PartError when the file
    is no whole Parquet file."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise _fault(path, error) from error
    return {
        key.decode(): value.decode()
        for key, value in metadata.items()
        if key.startswith(b"archiver.")
    }


def _fault(path: Path, error: Exception) -> PartError:
    return PartError(
        f"no whole part of the dataset: {error}",
        place=Place(str(path)),
        remedy="Derive it again from its WARC",
    )
