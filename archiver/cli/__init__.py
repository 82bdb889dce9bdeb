"""The ``archiver`` command: parsing and printing only.

Each command turns its words into typed values, calls one room, and prints what came back: for a
person, or as JSON with ``--json``. Faults of ours end in one line and exit code 2.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from archiver import __version__
from archiver.cli.archive import recover, verify
from archiver.cli.derive import derive
from archiver.cli.diff import diff
from archiver.cli.extract import extract
from archiver.cli.learn import learn
from archiver.cli.printing import fail, in_words
from archiver.cli.privacy import forget, key
from archiver.cli.tell import report, trace
from archiver.cli.thread import thread
from archiver.errors import ArchiverError

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


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Set what holds for every command."""
    if version:
        print(__version__)
        raise typer.Exit


for command in (derive, extract, report, trace, diff, thread, learn, key, forget, verify, recover):
    app.command()(command)


def main() -> None:
    """The entry point: faults of ours become one line and exit code 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output went away (`archiver … | head`). Python would complain once more when
        # it flushes at its own end (docs.python.org, "Note on SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ArchiverError, OSError) as error:
        fail(in_words(error))
