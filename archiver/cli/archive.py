"""``archiver verify`` and ``archiver recover``: is the archive whole, and mended after a crash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.options import Json
from archiver.cli.printing import counted, fail, print_json
from archiver.errors import DirectoryInUse
from archiver.lock import DirectoryLock

if TYPE_CHECKING:
    from archiver.warc.verify import Fault


def verify(
    paths: Annotated[
        list[Path],
        typer.Argument(help="An output directory, or WARC files.", metavar="DIR|WARC"),
    ],
    as_json: Json = False,
) -> None:
    """Check every gzip member, length, digest and manifest line. Exit code 1 where one is wrong."""
    from archiver.warc.verify import verify_directory, verify_file  # noqa: PLC0415

    for path in paths:
        if not path.exists():
            fail(f"{path} is not there")
    faults: list[Fault] = []
    still_open: list[Path] = []
    files = records = size = 0
    for path in paths:
        if path.is_dir():
            whole = verify_directory(path)
            reports, found = whole.files, whole.faults
            still_open += whole.open_files
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
        facts = {"files": files, "records": records, "bytes": size, "faults": told}
        print_json({**facts, "open": still_open})
    else:
        for fault in faults:
            print(fault)
        for path in still_open:
            print(f"{path}: still open. If no crawl runs: archiver recover {path.parent.parent}")
        print(
            f"{counted(files, 'file')}, {counted(records, 'record')}, {counted(size, 'byte')}: "
            f"{counted(len(faults), 'fault')}"
        )
    raise typer.Exit(1 if faults else 0)


def recover(
    output: Annotated[Path, typer.Argument(help="The output directory of a crawl.", metavar="DIR")],
) -> None:
    """Seal WARCs that a killed crawl left open. What is torn is cut off and kept aside."""
    from archiver.warc.recover import recover_directory  # noqa: PLC0415

    # Its lock and its manifest lie beside the folder of the WARCs: with another folder we would
    # neither see a crawl that runs nor tell the manifest.
    if not (output / "warc").is_dir():
        fail(f"{output} is no output directory: it has no folder warc. Name the folder above it")
    try:
        lock = DirectoryLock(output / "state" / "lock", run_id="recovery")
    except DirectoryInUse as error:
        fail(f"{error.place}: {error.what}. It seals its files itself; wait for it to end")
    try:
        reports = recover_directory(output / "warc", manifest=output / "manifest.jsonl")
    finally:
        lock.release()
    for report in reports:
        print(report)
    if not reports:
        print("nothing was left open")
    elif any(report.sealed for report in reports):
        print(f"now derive them: archiver derive --stale -o {output}")
