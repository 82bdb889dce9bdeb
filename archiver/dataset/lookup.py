"""Rows by the value of a column, out of all parts of a table.

Knows where parts lie, and that a column can be read without the others. For a handful of rows;
whoever asks more of a dataset asks a database (``views``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archiver.dataset.schema import TABLES
from archiver.errors import PartError, Place

BATCH_ROWS = 2_000
"""That are values of Python at a time."""


def parts_of(dataset_dir: Path, table: str) -> list[Path]:
    """The parts of ``table``, in the order of their names."""
    return sorted((dataset_dir / table).glob("crawl_date=*/*.parquet"))


def find_rows(
    dataset_dir: Path, table: str, column: str, value: str, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of ``table`` whose ``column`` is ``value``, part by part, in file order; of each
    the ``columns`` asked for, or all."""
    wanted = list(columns) if columns is not None else TABLES[table].names
    for part in parts_of(dataset_dir, table):
        yield from rows_of(part, wanted, column, {value})


def rows_of(
    part: Path, columns: Sequence[str], column: str, values: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The rows of one part whose ``column`` is one of ``values``, in file order; of each the
    ``columns`` asked for. One row group is in memory at a time, and few of its rows as values."""
    among = pa.array(sorted(values), pa.string())
    try:
        with pq.ParquetFile(part) as file:
            for group in range(file.num_row_groups):
                found = file.read_row_group(group, columns=[column]).column(column)
                mask = pc.is_in(found, value_set=among)
                if not pc.any(mask).as_py():
                    continue
                chosen = file.read_row_group(group, columns=list(columns)).filter(mask)
                for batch in chosen.select(list(columns)).to_batches(max_chunksize=BATCH_ROWS):
                    yield from batch.to_pylist()
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
