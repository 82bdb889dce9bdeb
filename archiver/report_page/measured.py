"""What the parts of one run say that its record does not: when each page came, and how long it
took; when its comments were written.

Knows where parts lie and a few of their columns. They are read a group of rows at a time, so that
a run of millions of captures takes no more memory than a small one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archiver.outcomes import SUCCESSES
from archiver.report_page.plots import time_step

LATENCY_EDGES_MS = (*(10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000),)
"""Where one column of the histogram ends and the next begins; the last has no end."""
_MOST_BINS = 120
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures out of the parts of one run; all empty where it has none."""

    start: datetime | None = None
    """Of the first bin, a multiple of ``step_seconds``."""
    step_seconds: int = 1
    pages: Sequence[tuple[int, int]] = ()
    """Captures archived and captures failed, for each bin of time from ``start``."""
    latencies: Sequence[int] = ()
    """Captures between the ``LATENCY_EDGES_MS``, one more than there are edges."""
    comments_by_day: Mapping[date, int] = field(default_factory=dict)
    """Comments by the day on which they were written, UTC."""
    comments_undated: int = 0
    unreadable: Sequence[str] = ()
    """Names of parts that could not be read; their rows are missing from the figures."""


def measure(dataset_dir: Path, run_id: str) -> Measured:
    """The figures of the run's parts; their names end with its id."""
    captures = sorted(dataset_dir.glob(f"captures/crawl_date=*/*-{run_id}.parquet"))
    comments = sorted(dataset_dir.glob(f"comments/crawl_date=*/*-{run_id}.parquet"))
    unreadable: set[str] = set()
    first, last = _ends(captures, unreadable)
    days, undated = _days(comments, unreadable)
    if first is None or last is None:
        return Measured(
            comments_by_day=days, comments_undated=undated, unreadable=sorted(unreadable)
        )
    step = time_step((last - first).total_seconds() + 1, _MOST_BINS - 1)
    begin = int((first - _UNIX).total_seconds()) // step
    count = int((last - _UNIX).total_seconds()) // step - begin + 1
    pages = [[0, 0] for _ in range(count)]
    latencies = [0] * (len(LATENCY_EDGES_MS) + 1)
    succeeded = pa.array(sorted(SUCCESSES), pa.string())
    for table in _groups(captures, ["fetch_time", "outcome", "duration_ms"], unreadable):
        seconds = pc.cast(table.column("fetch_time"), pa.timestamp("s", "UTC"), safe=False)
        bins = pc.divide(seconds.cast(pa.int64()), step)
        failed = pc.invert(pc.is_in(table.column("outcome"), value_set=succeeded))
        for is_failed in (False, True):
            chosen = bins.filter(pc.equal(failed, is_failed))
            for entry in pc.value_counts(chosen).to_pylist():
                pages[entry["values"] - begin][is_failed] += entry["counts"]
        for entry in pc.value_counts(table.column("duration_ms").drop_null()).to_pylist():
            latencies[bisect_right(LATENCY_EDGES_MS, entry["values"])] += entry["counts"]
    return Measured(
        start=_UNIX + timedelta(seconds=begin * step),
        step_seconds=step,
        pages=[(archived, failed) for archived, failed in pages],
        latencies=latencies,
        comments_by_day=days,
        comments_undated=undated,
        unreadable=sorted(unreadable),
    )


def _ends(parts: Sequence[Path], unreadable: set[str]) -> tuple[datetime | None, datetime | None]:
    firsts, lasts = [], []
    for table in _groups(parts, ["fetch_time"], unreadable):
        ends = pc.min_max(table.column("fetch_time")).as_py()
        if ends["min"] is not None:
            firsts.append(ends["min"])
            lasts.append(ends["max"])
    return min(firsts, default=None), max(lasts, default=None)


def _days(parts: Sequence[Path], unreadable: set[str]) -> tuple[dict[date, int], int]:
    days: Counter[date] = Counter()
    undated = 0
    for table in _groups(parts, ["published_at"], unreadable):
        written = pc.cast(table.column("published_at"), pa.date32(), safe=False)
        for entry in pc.value_counts(written).to_pylist():
            if entry["values"] is None:
                undated += entry["counts"]
            else:
                days[entry["values"]] += entry["counts"]
    return dict(sorted(days.items())), undated


def _groups(parts: Sequence[Path], columns: list[str], unreadable: set[str]) -> Iterator[pa.Table]:
    """The row groups of all parts; a part that cannot be read is named and left out."""
    for part in parts:
        if part.name in unreadable:
            continue
        try:
            with pq.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group, columns=columns)
        except (pa.ArrowException, OSError, KeyError):
            unreadable.add(part.name)
