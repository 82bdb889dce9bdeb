"""How commands speak: to a person at a terminal, to a script, and when something is wrong."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Entry = TypeVar("Entry")


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """``text`` of a page as a terminal may have it: no page moves the cursor of who reads it."""
    return _CONTROLS.sub("\ufffd", text)


def fail(message: str, *, code: int = 2) -> NoReturn:
    """One line on standard error, and the end of the command."""
    complain(message)
    raise SystemExit(code)


def complain(message: str) -> None:
    """One line on standard error."""
    print(f"archiver: {message}", file=sys.stderr)


def in_words(error: Exception) -> str:
    """``error`` for a person: what, where, and what to do next where we know it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def counted(number: int, word: str) -> str:
    """``number`` of what ``word`` names, in the plural where that is due."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def print_json(value: Any) -> None:
    """``value`` as one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def with_progress(
    entries: Iterable[Entry], what: str, *, total: int, quiet: bool = False
) -> Iterator[Entry]:
    """The entries; with a bar on standard error, if that is a terminal, while they are worked
    on."""
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
    # The bar takes what is printed and shows it above itself, but never what goes to a file.
    with Progress(
        *columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()
    ) as progress:
        task = progress.add_task(what, total=total)
        for entry in entries:
            yield entry
            progress.advance(task)
