"""Rows by the value of a column, out of all parts of a table.

Knows where parts lie, and that a column can be read without the others. For a handful of rows;
whoever asks more of a dataset asks a database (``views``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archiver.dataset.schema import TABLES
from archiver.errors import PartError, Place


def parts_of(dataset_dir: Path, table: str) -> list[Path]:
    """The parts of ``table``, in the order of their names."""
    return sorted((dataset_dir / table).glob("crawl_date=*/*.parquet"))


def find_rows(
    dataset_dir: Path, table: str, column: str, value: str, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of ``table`` whose ``column`` is ``value``, part by part, in file order; of each
    the ``columns`` asked for, or all."""
    for part in parts_of(dataset_dir, table):
        wanted = list(columns) if columns is not None else TABLES[table].names
        try:
            found = pq.ParquetFile(part).read([column])
            mask = [entry == value for entry in found.column(column).to_pylist()]
            if not any(mask):
                continue
            yield from pq.ParquetFile(part).read(wanted).filter(pa.array(mask)).to_pylist()
        except (pa.ArrowException, OSError, KeyError) as error:
            raise PartError(
                f"no whole part of the dataset: {error}",
                place=Place(str(part)),
                remedy="Derive it again from its WARC",
            ) from error


def column_of(part: Path, *columns: str) -> list[tuple[Any, ...]]:
    """The values of ``columns`` in one part, row by row."""
    table = pq.ParquetFile(part).read(list(columns))
    return list(zip(*(table.column(name).to_pylist() for name in columns), strict=True))
