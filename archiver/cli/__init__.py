"""The ``archiver`` command: parsing and printing only.

Each command turns its words into typed values, calls one room, and prints what came back: for a
person, or as JSON with ``--json``. Faults of ours end in one line and exit code 2.
"""

from __future__ import annotations

import logging
import os
import sys

import typer

from archiver.cli.printing import fail, in_words
from archiver.errors import ArchiverError

_QUICK = ("due", "run-due")
"""Commands that a timer starts every few minutes. Loading all others takes a third of a second."""


def __getattr__(name: str) -> typer.Typer:
    """``app``: the program with every command, loaded when somebody asks for it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archiver.cli.commands import app  # noqa: PLC0415 - see _QUICK

    return app


def _program() -> typer.Typer:
    if sys.argv[1:2] and sys.argv[1] in _QUICK:
        from archiver.cli import schedule  # noqa: PLC0415 - see above

        return schedule.app
    return __getattr__("app")


def main() -> None:
    """The entry point: faults of ours become one line and exit code 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        try:
            _program()()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output went away (`archiver … | head`). Python would complain once more when
        # it flushes at its own end (docs.python.org, "Note on SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ArchiverError, OSError) as error:
        fail(in_words(error))
