"""The ``archiver`` command: parsing and printing only.

Each command turns its words into typed values, calls one room, and prints what came back: for a
person, or as JSON with ``--json``. Faults of ours end in one line and exit code 2.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from archiver import __version__
from archiver.config import DeriveConfig, ReadLimits, load_or_make_key, load_rulebook
from archiver.errors import ArchiverError
from archiver.identity import Identity
from archiver.lock import DirectoryLock

if TYPE_CHECKING:
    from archiver.derive.trace import Trace

_LIMITS = ReadLimits()

app = typer.Typer(
    name="archiver",
    help="News pages and their readers' comments: archives checked, read and traced.\n\n"
    "Crawling is Scrapy's: [bold]scrapy crawl news -a seeds=https://example.org/ "
    "-s CONTACT=you@example.org[/bold]",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
console = Console()


class IdentityMode(StrEnum):
    """How readers appear."""

    PSEUDONYM = "pseudonym"
    NAMED = "named"


OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="The output directory.", metavar="DIR")
]
JobsOption = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
RulesOption = Annotated[
    Path | None, typer.Option("--rules-dir", help="Your own site rules.", metavar="DIR")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Seconds after which a page is given up.")
]
MemoryOption = Annotated[
    int, typer.Option("--memory", min=1024, help="Bytes that reading one page may take.")
]


def main() -> None:
    """The entry point: faults of ours become one line and exit code 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except ArchiverError as error:
        _fail(str(error))
    except BrokenPipeError:
        # The reader of our output went away (`archiver … | head`): nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        _fail("interrupted", code=130)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Set what holds for every command."""
    if version:
        print(__version__)
        raise typer.Exit


@app.command()
def derive(
    warcs: Annotated[list[Path] | None, typer.Argument(help="WARC files of any tool.")] = None,
    output: OutputOption = Path("output"),
    jobs: JobsOption = 2,
    stale: Annotated[
        bool,
        typer.Option("--stale", help="Redo what older code, rules or identity wrote, or nothing."),
    ] = False,
    identity: Annotated[
        IdentityMode, typer.Option(help="How readers appear.")
    ] = IdentityMode.PSEUDONYM,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="Key of the pseudonyms.", metavar="FILE")
    ] = None,
    rules_dir: RulesOption = None,
    timeout: TimeoutOption = _LIMITS.seconds,
    memory: MemoryOption = _LIMITS.memory_bytes,
    memo: Annotated[
        Path | None, typer.Option("--memo", help="What a crawl has read already.", hidden=True)
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try pages again that could not be read.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print faults only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the outputs of WARC files: replay index, clean WARC, and the parts of the dataset.

    Exit code 1 when a file could not be read to its end; what stands before is derived.
    """
    from archiver.derive import derive_warc  # noqa: PLC0415 - pyarrow takes a while
    from archiver.derive.stale import find_stale  # noqa: PLC0415

    config = DeriveConfig(
        output_dir=output,
        identity=_identity(identity, key_file, output),
        rules=load_rulebook(rules_dir),
        limits=ReadLimits(seconds=timeout, memory_bytes=memory),
        jobs=jobs,
        retry_verdicts=retry,
    )
    paths = list(warcs or [])
    has_fault = False
    if not paths and not stale:
        _fail("name WARC files to derive, or --stale for what is out of date in the output")
    for entry in find_stale(output, config) if stale else ():
        if entry.source is None:
            has_fault = True
            print(
                f"archiver: {entry.stem} is out of date, but its WARC is not in {output}/warc: "
                "derive it from where it is",
                file=sys.stderr,
            )
        elif entry.source not in paths:
            paths.append(entry.source)
            if not quiet and not as_json:
                print(f"{entry.source.name}: {', '.join(entry.reasons)}")
    for path in _with_progress(paths, "deriving", quiet=quiet or as_json):
        try:
            report = derive_warc(path, config, memo=memo)
        except (ArchiverError, OSError) as error:
            has_fault = True
            print(f"archiver: {error}", file=sys.stderr)
            continue
        has_fault = has_fault or report.fault is not None
        if as_json:
            _print_json(asdict(report))
        elif report.fault is not None:
            print(f"archiver: {report.fault}", file=sys.stderr)
        if not quiet and not as_json:
            told = ", ".join(f"{count} {name}" for name, count in report.entries.items())
            print(f"{path.name}: {told}")
    if not quiet and not as_json and stale and not paths:
        print("nothing is out of date")
    raise typer.Exit(1 if has_fault else 0)


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="An output directory, or WARC files.")],
    as_json: JsonOption = False,
) -> None:
    """Check every gzip member, length, digest and manifest line. Exit code 1 where one is wrong."""
    from archiver.warc.verify import verify_directory, verify_file  # noqa: PLC0415

    faults: list[Any] = []
    files = records = size = 0
    for path in paths:
        if not path.exists():
            _fail(f"{path} is not there")
        if path.is_dir():
            whole = verify_directory(path)
            reports, found = whole.files, whole.faults
            for still_open in whole.open_files:
                if not as_json:
                    print(f"{still_open}: still open; `archiver recover {path}` seals it")
        else:
            one = verify_file(path)
            reports, found = (one,), one.faults
        faults += found
        files += len(reports)
        records += sum(report.records for report in reports)
        size += sum(report.bytes for report in reports)
    if as_json:
        told = [
            {"path": fault.path, "offset": fault.offset, "what": fault.what} for fault in faults
        ]
        _print_json({"files": files, "records": records, "bytes": size, "faults": told})
    else:
        for fault in faults:
            print(fault)
        print(f"{files} files, {records} records, {size:,} bytes: {len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@app.command()
def recover(
    output: Annotated[Path, typer.Argument(help="The output directory of a crawl.")],
) -> None:
    """Seal WARCs that a crawl left open. What is torn is cut off and kept aside."""
    from archiver.warc.recover import recover_directory  # noqa: PLC0415

    if not output.is_dir():
        _fail(f"{output} is no directory")
    folder = output / "warc" if (output / "warc").is_dir() else output
    lock = DirectoryLock(output / "state" / "lock", run_id="recovery")
    reports = recover_directory(folder, manifest=output / "manifest.jsonl")
    lock.release()
    for report in reports:
        print(report)
    if not reports:
        print("nothing was left open")
    elif any(report.sealed for report in reports):
        print(f"now derive them: archiver derive --stale -o {output}")


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A run's id; the latest if none is given.")] = "",
    output: OutputOption = Path("output"),
    rows: Annotated[
        bool, typer.Option("--rows", help="Show files, the first rows, and what to try next.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a run did: how it ended and what became of its URLs."""
    from archiver.report import (  # noqa: PLC0415
        first_rows,
        next_commands,
        read_run_record,
        run_lines,
        written_files,
    )

    facts = read_run_record(output, run)
    if as_json:
        _print_json(facts)
        return
    print("\n".join(run_lines(facts)))
    if rows:
        print("\nfiles")
        print("\n".join(written_files(output)))
        for table in ("articles", "comments"):
            print(f"\n{table}, the first rows")
            print("\n".join(first_rows(output, table)) or "  none")
        print("\nnext")
        print("\n".join(next_commands(output)))


@app.command()
def trace(
    key: Annotated[str, typer.Argument(help="A URL, a record id or an article id.")],
    output: OutputOption = Path("output"),
    as_json: JsonOption = False,
) -> None:
    """Follow a row to its record and its bytes, and check their digest. Exit code 1 if none."""
    from archiver.derive.trace import trace as trace_key  # noqa: PLC0415

    traces = list(trace_key(output, key))
    if as_json:
        _print_json([asdict(entry) for entry in traces])
    else:
        for entry in traces:
            print("\n".join(_trace_lines(entry)))
    if any(entry.fault for entry in traces):
        raise typer.Exit(1)
    if not traces:
        _fail(f"nothing in {output} has the URL, record id or article id {key!r}", code=1)


@app.command()
def extract(
    target: Annotated[
        str | None, typer.Argument(help="An HTML file, a WARC file, or a URL in the archive.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the page.")] = None,
    output: OutputOption = Path("output"),
    pages: Annotated[
        Path | None, typer.Option(help="Many pages: JSON lines with id, file, url, captured.")
    ] = None,
    root: Annotated[Path, typer.Option(help="Folder of the files that --pages names.")] = Path(),
    out: Annotated[Path | None, typer.Option(help="Where the lines of --pages go.")] = None,
    jobs: JobsOption = 1,
    rules_dir: RulesOption = None,
    timeout: TimeoutOption = _LIMITS.seconds,
    memory: MemoryOption = _LIMITS.memory_bytes,
) -> None:
    """Read one page and print its article as JSON, comments included; or read many pages.

    Readers appear as the page shows them.
    """
    from archiver import predictions, single  # noqa: PLC0415

    rules = load_rulebook(rules_dir)
    limits = ReadLimits(seconds=timeout, memory_bytes=memory)
    if pages is not None:
        if target is not None or out is None:
            _fail("--pages goes with --out, and without a single page")
        listed = predictions.read_manifest(pages, root)
        found = predictions.predict(listed, rules=rules, limits=limits, jobs=jobs)
        count = predictions.write(_with_progress(found, "reading", total=len(listed)), out)
        print(f"{count} pages read into {out}")
        return
    if target is None:
        _fail("name an HTML file, a WARC file or a URL of the archive (or --pages for many)")
    page = single.find_page(target, url=url, output_dir=output, now=datetime.now(UTC))
    reading = single.read_one(page, rules=rules, limits=limits)
    if reading.article is None:
        detail = f" ({reading.detail})" if reading.detail else ""
        _fail(f"{page.url}: {reading.outcome}{detail}", code=1)
    _print_json({"outcome": reading.outcome, **asdict(reading.article)})


def _trace_lines(entry: Trace) -> Iterator[str]:
    row = entry.capture
    yield f"{row['fetch_time']:%Y-%m-%d %H:%M:%S}  {row['outcome']}  {row['url']}"
    if entry.article is not None:
        yield f"  article   {entry.article['article_id']}  {entry.article['title']}"
        yield f"  text      {entry.article['word_count']} words, {entry.comments} comments"
    yield f"  record    {row['warc_record_id']}"
    yield (
        f"  bytes     {entry.warc}  offset {row['warc_record_offset']}  "
        f"length {row['warc_record_length']}"
    )
    yield f"  payload   {row['content_digest']}"
    yield f"  check     {entry.fault or 'the record is there and its payload has this digest'}"


def _identity(mode: IdentityMode, key_file: Path | None, output: Path) -> Identity:
    if mode is IdentityMode.NAMED:
        return Identity("named")
    return Identity("pseudonym", load_or_make_key(key_file, output_dir=output))


def _with_progress(
    entries: Iterable[Any], what: str, *, total: int | None = None, quiet: bool = False
) -> Iterable[Any]:
    """The entries; with a bar on a terminal while they are worked on."""
    known = total if total is not None else len(entries) if isinstance(entries, list) else None
    if quiet or not sys.stderr.isatty():
        yield from entries
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=known)
        for entry in entries:
            yield entry
            progress.advance(task)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _fail(message: str, *, code: int = 2) -> NoReturn:
    print(f"archiver: {message}", file=sys.stderr)
    raise SystemExit(code)
