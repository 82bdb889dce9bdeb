"""What a run did: its record on disk, and the record in words.

Knows ``runs/<run id>/run.json``: versions, arguments, why it ended, and the outcomes of its URLs,
whose values sum to ``requested``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.errors import ConfigError, Place


def write_run_record(output_dir: Path, facts: Mapping[str, Any]) -> Path:
    """The record of the run that ``facts`` describe stands in its folder, whole; OSError."""
    folder = output_dir / "runs" / str(facts["run_id"])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "run.json"
    temporary = folder / "run.json.new"
    temporary.write_text(json.dumps(facts, indent=2, default=_plain) + "\n", encoding="utf-8")
    temporary.replace(target)
    return target


def read_run_record(output_dir: Path, run_id: str = "") -> dict[str, Any]:
    """The record of a run, the latest without ``run_id``; ConfigError where there is none."""
    runs = output_dir / "runs"
    known = sorted(path.parent.name for path in runs.glob("*/run.json"))
    if not known:
        raise ConfigError(
            "no run has been recorded here",
            place=Place(str(output_dir)),
            remedy="Name the output directory of a crawl",
        )
    chosen = run_id or known[-1]
    if chosen not in known:
        raise ConfigError(
            f"there is no run {chosen!r}",
            place=Place(str(runs)),
            remedy=f"The latest runs are {', '.join(known[-5:])}",
        )
    path = runs / chosen / "run.json"
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"the record cannot be read ({error})", place=Place(str(path))) from error
    return facts


def run_lines(facts: Mapping[str, Any]) -> list[str]:
    """The record of a run as lines for a person."""
    ended = facts.get("finished_at") or "not finished (stopped without closing, or still running)"
    lines = [
        f"run {facts['run_id']}",
        f"  began    {facts['started_at']}",
        f"  ended    {ended}",
    ]
    if facts.get("finish_reason"):
        lines.append(f"  because  {facts['finish_reason']}")
    outcomes: Mapping[str, int] = facts.get("outcomes", {})
    lines.append(f"  URLs     {facts.get('requested', 0)}")
    width = max((len(name) for name in outcomes), default=0)
    lines += [
        f"    {name:<{width}}  {count}"
        for name, count in sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    waiting = facts.get("frontier", {}).get("pending", 0)
    if waiting:
        lines.append(f"  pending  {waiting} URLs wait for the next run")
    for name in facts.get("derived", []):
        lines.append(f"  derived  {name}")
    for name in facts.get("not_derived", []):
        lines.append(f"  NOT derived  {name}")
    return lines


def written_files(output_dir: Path) -> list[str]:
    """What stands in the output directory, a line for each kind of file with its size."""
    lines: list[str] = []
    for name, pattern in _KINDS:
        files = [path for path in output_dir.glob(pattern) if path.is_file()]
        if files:
            size = sum(path.stat().st_size for path in files)
            first = min(files).relative_to(output_dir)
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            lines.append(f"  {name:<22} {_size(size):>9}  {first}{more}")
    return lines


def first_rows(output_dir: Path, table: str, count: int = 5) -> list[str]:
    """The latest part's first rows of a table, a line each, for a person."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - half a second that most reports do not need

    lines: list[str] = []
    parts = sorted((output_dir / "dataset" / table).glob("crawl_date=*/*.parquet"), reverse=True)
    for part in parts:
        for row in pq.ParquetFile(part).read(columns=list(_SHOWN[table])).to_pylist():
            if len(lines) == count:
                return lines
            lines.append(
                "  " + " | ".join(_cell(row[name], width) for name, width in _SHOWN[table].items())
            )
    return lines


def next_commands(output_dir: Path) -> list[str]:
    """Commands worth trying after a crawl."""
    place = f"-o {output_dir}"
    return [
        f"  archiver report {place}                    this report again",
        f"  archiver trace URL {place}                 a row, its record, its bytes",
        f"  archiver verify {output_dir}                    every record and digest",
        f"  archiver extract URL {place}               one article as JSON",
        '  python -c "import pandas; print(pandas.read_parquet('
        f"'{output_dir}/dataset/articles')[['title', 'published_at', 'url']])\"",
        "  make crawl SEEDS=https://example.org/ CONTACT=you@example.org",
        "  (archiver and python stand in .venv/bin)",
    ]


_KINDS = (
    ("WARC", "warc/*.warc.gz"),
    ("WARC, still open", "warc/*.open"),
    ("clean WARC", "clean/*.warc.gz"),
    ("replay index", "cdxj/*.cdxj"),
    ("articles", "dataset/articles/*/*.parquet"),
    ("comments", "dataset/comments/*/*.parquet"),
    ("captures", "dataset/captures/*/*.parquet"),
    ("manifest", "manifest.jsonl"),
    ("frontier", "state/frontier.sqlite"),
)
_SHOWN: Mapping[str, Mapping[str, int]] = {
    "articles": {
        "published_at": 16,
        "title": 44,
        "authors": 24,
        "comments_collected": 3,
        "text": 48,
    },
    "comments": {"published_at": 16, "author": 20, "depth": 2, "comment_id": 8, "text": 60},
}
"""Columns shown, with their width in characters."""


def _cell(value: object, width: int) -> str:
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M")
    elif isinstance(value, list):
        text = ", ".join(
            entry["name"] if isinstance(entry, dict) else str(entry) for entry in value
        )
    else:
        text = " ".join(str("" if value is None else value).split())
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def _size(size: int) -> str:
    amount = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    return str(value)
