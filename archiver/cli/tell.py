"""``archiver report`` and ``archiver trace``: what a run did, and where a row comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.options import Json, Output
from archiver.cli.printing import counted, fail, print_json
from archiver.report import (
    article_url,
    first_rows,
    next_commands,
    read_run_record,
    run_lines,
    written_files,
)

if TYPE_CHECKING:
    from archiver.derive.trace import Trace


def report(
    run: Annotated[
        str, typer.Argument(help="A run's id; the latest if none is given.", metavar="RUN")
    ] = "",
    output: Output = Path("output"),
    rows: Annotated[
        bool, typer.Option("--rows", help="Also the files, the first rows, and what to try next.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Write the run's page anew and say where it is.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what a run did: how it ended and what became of its URLs."""
    if html:
        from archiver.report_page import write_report  # noqa: PLC0415 - pyarrow takes long

        print(write_report(output, run))
        return
    facts = read_run_record(output, run)
    if as_json:
        print_json(facts)
        return
    print("\n".join(run_lines(facts)))
    if rows:
        print("\nfiles")
        print("\n".join(written_files(output)))
        for table in ("articles", "comments"):
            print(f"\n{table}, the first rows")
            print("\n".join(first_rows(output, table)) or "  none")
        print("\nnext")
        print("\n".join(next_commands(output, article_url(output))))


def trace(
    key: Annotated[
        str, typer.Argument(help="A URL, a record id or an article id.", metavar="KEY")
    ],
    output: Output = Path("output"),
    warc_dir: Annotated[
        list[Path] | None,
        typer.Option("--warc-dir", help="Where WARCs lie that were derived from elsewhere.",
                     metavar="DIR"),
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Follow a row to its record and its bytes, and check their digest.

    Exit code 1 when nothing has that name, or its bytes are not what the row says.
    """
    from archiver.derive.trace import trace as trace_key  # noqa: PLC0415 - pyarrow takes long

    traces = trace_key(output, key, warc_dirs=warc_dir or ())
    if as_json:
        print_json([asdict(entry) for entry in traces])
    else:
        for entry in traces:
            print("\n".join(_trace_lines(entry)))
    if not traces:
        fail(f"nothing in {output} has the URL, record id or article id {key!r}", code=1)
    raise typer.Exit(1 if any(entry.fault for entry in traces) else 0)


def _trace_lines(entry: Trace) -> Iterator[str]:
    row = entry.capture
    yield f"{row['fetch_time']:%Y-%m-%d %H:%M:%S}  {row['outcome']}  {row['url']}"
    if entry.article is not None:
        yield f"  article   {entry.article['article_id']}  {entry.article['title'] or ''}".rstrip()
        words = counted(entry.article["word_count"], "word")
        yield f"  text      {words}, {counted(entry.comments, 'comment')}"
    yield f"  record    {row['warc_record_id']}"
    yield (
        f"  bytes     {entry.warc}  offset {row['warc_record_offset']}  "
        f"length {row['warc_record_length']}"
    )
    yield f"  payload   {row['content_digest'] or 'none'}"
    yield f"  check     {entry.fault or _HOLDS[row['content_digest'] is not None]}"


_HOLDS = {
    True: "the record is there and its payload has this digest",
    False: "the record is there",
}
