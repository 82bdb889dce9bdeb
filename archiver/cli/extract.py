"""``archiver extract``: one page, or many saved ones, read outside of any crawl."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archiver import predictions, single
from archiver.cli import explain as explaining
from archiver.cli.options import LIMITS, Jobs, Memory, Output, RulesDir, Timeout
from archiver.cli.printing import counted, fail, print_json, with_progress
from archiver.config import ReadLimits, load_rulebook
from archiver.urls import host_of


def extract(
    target: Annotated[
        str | None,
        typer.Argument(
            help="An HTML file, a WARC file, or a URL of the archive.", metavar="FILE|WARC|URL"
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Address of the page in FILE or WARC.", metavar="URL")
    ] = None,
    output: Output = Path("output"),
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Instead of the article: why each block is in it or not."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --explain: print JSON, for scripts.")
    ] = False,
    pages: Annotated[
        Path | None,
        typer.Option(
            help="Many pages: JSON lines (perhaps gzip) with id, file, url and perhaps captured.",
            metavar="FILE",
        ),
    ] = None,
    root: Annotated[
        Path, typer.Option(help="Folder of the files that --pages names.", metavar="DIR")
    ] = Path(),
    out: Annotated[
        Path | None, typer.Option(help="Where the lines of --pages go.", metavar="FILE")
    ] = None,
    jobs: Jobs = 1,
    rules_dir: RulesDir = None,
    timeout: Timeout = LIMITS.seconds,
    memory: Memory = LIMITS.memory_bytes,
) -> None:
    """Read one page and print its article as JSON, comments included; or read many pages.

    With --explain, say of each block of one page who kept or dropped it, and why. Readers appear
    as the page shows them. Exit code 1 when the page cannot be read.
    """
    rules = load_rulebook(rules_dir)
    limits = ReadLimits(seconds=timeout, memory_bytes=memory)
    if pages is not None:
        if target is not None or out is None:
            fail("--pages goes with --out, and without a single page")
        if explain:
            fail("--explain goes with a single page, not with --pages")
        listed = predictions.read_manifest(pages, root)
        found = predictions.predict(listed, rules=rules, limits=limits, jobs=jobs)
        count = predictions.write(with_progress(found, "reading", total=len(listed)), out)
        print(f"{counted(count, 'page')} read into {out}")
        return
    if target is None:
        fail("name an HTML file, a WARC file or a URL of the archive (or --pages for many)")
    page = single.find_page(target, url=url, output_dir=output, now=datetime.now(UTC))
    reading = single.read_one(page, rules=rules, limits=limits)
    if reading.article is None:
        detail = f" ({reading.detail})" if reading.detail else ""
        fail(f"{page.url}: {reading.outcome}{detail}", code=1)
    if not explain:
        print_json({"outcome": reading.outcome, **asdict(reading.article)})
        return
    explanation = explaining.explanation_of(page, rules.choose(host_of(page.url)))
    told = (page.url, explanation, reading.article.field_sources.get("text"))
    if as_json:
        print_json(explaining.facts(*told))
    else:
        print("\n".join(explaining.lines(*told)))
