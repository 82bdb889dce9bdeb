"""What a run did: its record on disk, and the record in words.

Knows ``runs/<run id>/run.json``: versions, arguments, why it ended, the outcomes of its URLs, whose
values sum to ``requested``, and what ``run_history`` says of its sites.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.errors import ConfigError, Place
from archiver.run_history import account_of


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
        facts: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"the record cannot be read ({error})", place=Place(str(path))) from error
    if not isinstance(facts, dict) or not {"run_id", "started_at"} <= facts.keys():
        raise ConfigError("this is no record of a run", place=Place(str(path)))
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
    sums = account_of(outcomes)
    lines.append(
        f"  URLs     {facts.get('requested', 0)}"
        + (f": {sums['archived']} archived, {sum(sums['failed'].values())} not" if outcomes else "")
    )
    width = max((len(name) for name in outcomes), default=0)
    lines += [
        f"    {name:<{width}}  {count}"
        for name, count in sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    account = facts.get("account") or {}
    if account and not account.get("closes"):
        lines.append("  ACCOUNT does not close")
        lines += [f"    {problem}" for problem in account.get("problems", [])]
    waiting = facts.get("frontier", {}).get("pending", 0)
    if waiting:
        lines.append(f"  pending  {waiting} URLs wait for the next run")
    for name in facts.get("derived", []):
        lines.append(f"  derived  {name}")
    for name in facts.get("not_derived", []):
        lines.append(f"  NOT derived  {name}")
    return [*lines, *_site_lines(facts), *_finding_lines(facts)]


SITES_SHOWN = 20
"""In words, those with most captures; ``--json`` has all."""


def _site_lines(facts: Mapping[str, Any]) -> list[str]:
    sites: Mapping[str, Any] = facts.get("sites") or {}
    if not sites:
        return []
    busiest = sorted(sites, key=lambda name: (-sites[name].get("captures", 0), name))
    shown = busiest[:SITES_SHOWN]
    width = max(len(name) for name in shown)
    lines = [f"  sites    {len(sites)}"]
    for name in shown:
        site = sites[name]
        new = site.get("new_articles")
        lines.append(
            f"    {name:<{width}}  {site.get('articles', 0)} articles"
            + ("" if new is None else f" ({new} new)")
            + f", {site.get('comments', 0)} comments, {site.get('captures', 0)} captures"
            + (f" ({errors:.0%} failed)" if (errors := site.get("errors")) else "")
        )
    if len(sites) > len(shown):
        lines.append(f"    and {len(sites) - len(shown)} more (--json has all)")
    return lines


def _finding_lines(facts: Mapping[str, Any]) -> list[str]:
    found: list[Mapping[str, Any]] | None = facts.get("findings")
    history = facts.get("history") or {}
    notes = [f"  note     {note}" for note in history.get("notes", [])]
    if found is None:
        return notes
    runs = history.get("runs", 0)
    beside = "1 earlier run" if runs == 1 else f"{runs} earlier runs"
    if not found:
        return [f"  findings none, beside {beside}", *notes]
    lines = [f"  FINDINGS {len(found)}, beside {beside}"]
    for entry in found:
        old = "" if entry["since"] == facts["started_at"] else f" (since {entry['since']})"
        lines.append(f"    {entry['severity']:<7}  {entry['name']}  {entry['text']}{old}")
    return [*lines, *notes]


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
    """The latest part's first rows of a table, a line each below their headings, for a person."""
    shown = _SHOWN[table]
    lines = [
        "  " + " | ".join(_cell(row.get(name), width) for name, _, width in shown).rstrip()
        for row in _rows(output_dir, table, [name for name, _, _ in shown], count)
    ]
    if not lines:
        return []
    return ["  " + " | ".join(heading.ljust(width) for _, heading, width in shown).rstrip(), *lines]


def article_url(output_dir: Path) -> str | None:
    """The URL of some article of the output, to try a command with; None where there is none."""
    return next((row.get("url") for row in _rows(output_dir, "articles", ["url"], 1)), None)


def _rows(output_dir: Path, table: str, columns: list[str], count: int) -> list[dict[str, Any]]:
    """Rows from the latest parts; ConfigError names a part that cannot be read."""
    import pyarrow as pa  # noqa: PLC0415 - half a second that most reports do not need
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows: list[dict[str, Any]] = []
    parts = sorted((output_dir / "dataset" / table).glob("crawl_date=*/*.parquet"), reverse=True)
    for part in parts:
        if len(rows) >= count:
            break
        try:
            batches = pq.ParquetFile(part).iter_batches(count - len(rows), columns=columns)
            rows += batch.to_pylist() if (batch := next(batches, None)) is not None else []
        except (pa.ArrowException, OSError) as error:
            raise ConfigError(
                f"this part cannot be read ({error})",
                place=Place(str(part)),
                remedy=f"Derive it again: archiver derive --stale -o {output_dir}",
            ) from error
    return rows


def next_commands(output_dir: Path, url: str | None = None) -> list[str]:
    """Commands worth trying after a crawl, with ``url`` where one is needed."""
    folder = shlex.quote(str(output_dir))
    page = shlex.quote(url) if url else "URL"
    commands = {
        f"archiver report -o {folder}": "this report again",
        f"archiver trace {page} -o {folder}": "a row, its record, its bytes",
        f"archiver verify {folder}": "every record and digest",
        f"archiver extract {page} -o {folder}": "one article as JSON",
    }
    width = max(map(len, commands))
    articles = json.dumps(str(output_dir / "dataset" / "articles"), ensure_ascii=False)
    code = (
        f'import pandas; print(pandas.read_parquet({articles})[["title", "published_at", "url"]])'
    )
    return [
        *(f"  {command:<{width}}  {meaning}" for command, meaning in commands.items()),
        f"  python -c {shlex.quote(code)}",
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
_SHOWN: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "articles": (
        ("published_at", "published", 16),
        ("title", "title", 44),
        ("authors", "authors", 24),
        ("comments_collected", "comments", 8),
        ("text", "text", 48),
    ),
    "comments": (
        ("published_at", "published", 16),
        ("author", "author", 19),
        ("depth", "depth", 5),
        ("comment_id", "id", 8),
        ("text", "text", 60),
    ),
}
"""Columns shown: name, heading, width in characters."""


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
