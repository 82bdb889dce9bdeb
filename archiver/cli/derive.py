"""``archiver derive``: WARC files in, replay index, clean WARC and dataset out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archiver.cli.options import (
    LIMITS,
    IdentityMode,
    Jobs,
    Json,
    KeyFile,
    Memory,
    Output,
    RulesDir,
    Timeout,
)
from archiver.cli.printing import complain, fail, in_words, print_json, with_progress
from archiver.config import DeriveConfig, ReadLimits, load_rulebook
from archiver.errors import ArchiverError, ConfigError
from archiver.privacy import privacy_of

if TYPE_CHECKING:
    from archiver.derive import DeriveReport


def derive(
    warcs: Annotated[
        list[Path] | None, typer.Argument(help="WARC files, of any tool.", metavar="WARC")
    ] = None,
    output: Output = Path("output"),
    stale: Annotated[
        bool,
        typer.Option(
            "--stale",
            help="Every WARC of the output whose outputs are missing, or were made by older code, "
            "other rules or another identity.",
        ),
    ] = False,
    jobs: Jobs = 2,
    identity: Annotated[
        IdentityMode, typer.Option(help="How readers appear.")
    ] = IdentityMode.PSEUDONYM,
    key_file: KeyFile = None,
    change_identity: Annotated[
        bool,
        typer.Option(
            "--change-identity",
            help="Go on in an output that was made under another key or with readers' names. With "
            "--stale all of it is derived anew.",
        ),
    ] = False,
    rules_dir: RulesDir = None,
    timeout: Timeout = LIMITS.seconds,
    memory: Memory = LIMITS.memory_bytes,
    memo: Annotated[
        Path | None, typer.Option("--memo", help="What a crawl has read already.", hidden=True)
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try pages again of which the archive says they failed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print faults only.")] = False,
    as_json: Json = False,
) -> None:
    """Write the outputs of WARC files: replay index, clean WARC, and the parts of the dataset.

    Exit code 1 when a file could not be read to its end; what stands before that is derived, and
    so are the other files.
    """
    if not warcs and not stale:
        fail("name WARC files to derive, or --stale for what is out of date in the output")
    privacy = privacy_of(output, mode=identity.value, key_file=key_file, change=change_identity)
    config = DeriveConfig(
        output_dir=output,
        identity=privacy.identity,
        tombstones=privacy.tombstones,
        rules=load_rulebook(rules_dir),
        limits=ReadLimits(seconds=timeout, memory_bytes=memory),
        jobs=jobs,
        retry_verdicts=retry,
    )
    quiet = quiet or as_json
    paths = list(dict.fromkeys(warcs or []))
    lost = _add_stale(paths, config, quiet=quiet) if stale else 0
    _refuse_namesakes(paths)
    told: list[dict[str, Any]] = []
    for path, report in _derived(with_progress(paths, "deriving", total=len(paths), quiet=quiet),
                                 config, memo):  # fmt: skip
        fault = report if isinstance(report, Exception) else report.fault
        if fault is not None:
            complain(in_words(fault))
        told.append(_facts(path, report))
        if not isinstance(report, Exception) and not quiet:
            entries = ", ".join(f"{count} {name}" for name, count in report.entries.items())
            print(f"{path.name}: {entries}")
    if as_json:
        print_json(told)
    elif stale and not paths and not lost and not quiet:
        print("nothing is out of date")
    raise typer.Exit(1 if lost or any(entry["fault"] for entry in told) else 0)


def _derived(
    paths: Iterable[Path], config: DeriveConfig, memo: Path | None
) -> Iterator[tuple[Path, DeriveReport | Exception]]:
    """What deriving each file came to, with the same workers for all of them."""
    from archiver.derive import ReadersOnDemand, derive_warc  # noqa: PLC0415 - pyarrow takes long

    with ReadersOnDemand(config) as readers:
        for path in paths:
            report: DeriveReport | Exception
            try:
                report = derive_warc(path, config, memo=memo, readers=readers)
            except ConfigError:
                raise  # no worker starts: no file would fare better
            except (ArchiverError, OSError) as error:
                report = error
            yield path, report


def _facts(path: Path, report: DeriveReport | Exception) -> dict[str, Any]:
    if isinstance(report, Exception):
        return {"source": path, "fault": in_words(report)}
    fault = in_words(report.fault) if report.fault is not None else None
    return asdict(report) | {"fault": fault}


def _add_stale(paths: list[Path], config: DeriveConfig, *, quiet: bool) -> int:
    """``paths`` name what is out of date too; how much of it cannot be derived from here."""
    from archiver.derive.stale import find_stale  # noqa: PLC0415

    lost = 0
    for entry in find_stale(config.output_dir, config):
        if entry.source is None:
            lost += 1
            folder = config.output_dir / "warc"
            complain(
                f"{entry.stem} is out of date, but its WARC is not in {folder}. "
                "Derive it from where it is"
            )
        elif entry.source not in paths:
            paths.append(entry.source)
            if not quiet:
                print(f"{entry.source.name}: {', '.join(entry.reasons)}")
    return lost


def _refuse_namesakes(paths: Iterable[Path]) -> None:
    """Outputs take the name of their WARC: those of two of one name would replace each other."""
    from archiver.warc.reader import stem_of  # noqa: PLC0415

    named: dict[str, Path] = {}
    for path in paths:
        other = named.setdefault(stem_of(path), path)
        if other.resolve() != path.resolve():
            fail(f"{other} and {path} have one name, and so would their outputs. Rename one")
