"""Every command of ``archiver``, in one program with its help."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver import __version__
from archiver.cli.archive import recover, verify
from archiver.cli.derive import derive
from archiver.cli.diff import diff
from archiver.cli.extract import extract
from archiver.cli.learn import learn
from archiver.cli.privacy import forget, key
from archiver.cli.schedule import due, run_due
from archiver.cli.site import site
from archiver.cli.tell import report, trace
from archiver.cli.thread import thread

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
app.add_typer(site, name="site")
for scheduling in (due, run_due):
    app.command()(scheduling)
