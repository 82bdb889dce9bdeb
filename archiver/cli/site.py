"""``archiver site``: what the rules of a site say, and what they give on one of its pages. Nothing
is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archiver import single
from archiver.cli.options import LIMITS, Json, Memory, Output, RulesDir, Timeout
from archiver.cli.printing import complain, fail, print_json
from archiver.cli.site_lines import by_kind, check_lines, try_lines
from archiver.config import ReadLimits, RuleFile, load_rulebook, read_rule_files
from archiver.dom import parse
from archiver.errors import ConfigError, UrlError
from archiver.model import Page
from archiver.rules_text import Fault, schema
from archiver.site_plan import Fate, Plan, fate_of, plan_for
from archiver.sites import ANY_HOST, suffixes_of
from archiver.urls import host_of

if TYPE_CHECKING:
    from archiver.extract.candidates import Trial
    from archiver.model import Reading

site = typer.Typer(
    help="Check the rules of a site, and try them on one of its pages. Nothing is fetched.",
    no_args_is_help=True,
)


@site.command()
def check(
    host: Annotated[str, typer.Argument(help="Like example.org.", metavar="HOST")],
    rules_dir: RulesDir = None,
    urls: Annotated[
        list[str] | None,
        typer.Option(
            "--url", help="An address: would it be followed, and what for? May be repeated."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a crawl of HOST would do by its rules, and what is wrong with any rules file.

    Exit code 1 where something is wrong.
    """
    name = _host_named(host)
    book, files, faults = read_rule_files(rules_dir)
    rules = book.choose(name)
    today = datetime.now(UTC).date()
    plan = plan_for(name, rules, day=today)
    serving = _serving(name, files)
    fates = [fate_of(url, name, rules) for url in urls or ()]
    if as_json:
        print_json(_check_facts(plan, serving, fates, faults))
    else:
        print("\n".join(check_lines(plan, serving, fates)))
        for fault in faults:
            complain(str(fault))
    if faults:
        raise typer.Exit(1)


@site.command("try")
def try_page(
    target: Annotated[
        str,
        typer.Argument(
            help="An HTML file, a WARC file, or a URL of the archive.", metavar="FILE|WARC|URL"
        ),
    ],
    url: Annotated[
        str | None, typer.Option(help="Address of the page in FILE or WARC.", metavar="URL")
    ] = None,
    output: Output = Path("output"),
    rules_dir: RulesDir = None,
    as_json: Json = False,
    timeout: Timeout = LIMITS.seconds,
    memory: Memory = LIMITS.memory_bytes,
) -> None:
    """Show what each rule and each default gives on one page, and which of them won.

    Exit code 1 when the page cannot be read.
    """
    book = load_rulebook(rules_dir)
    limits = ReadLimits(seconds=timeout, memory_bytes=memory)
    page = single.find_page(target, url=url, output_dir=output, now=datetime.now(UTC))
    reading = single.read_one(page, rules=book, limits=limits)
    if reading.article is None:
        detail = f" ({reading.detail})" if reading.detail else ""
        fail(f"{page.url}: {reading.outcome}{detail}", code=1)
    # Here, outside of any worker: the page is one that a worker has read unharmed.
    from archiver.extract.candidates import try_rules  # noqa: PLC0415 - Trafilatura takes long

    rules = book.choose(host_of(page.url))
    document = parse(page, limit_bytes=limits.page_bytes)
    trial = try_rules(document, page, rules, reading.article)
    if as_json:
        print_json(_try_facts(page, rules.host, reading, trial))
    else:
        print("\n".join(try_lines(page, rules.host, reading, trial)))


@site.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of rules files, for editors that check TOML while it is written."""
    print_json(schema())


def _host_named(word: str) -> str:
    """The host that ``word`` (a host, perhaps with a port, or a URL) names."""
    name = word.strip().lower().rstrip("/")
    try:
        if "://" in name:
            return host_of(name)
        host_of(f"https://{name}/")
    except UrlError as error:
        raise ConfigError(
            f"{word!r} is no host name ({error.what})", remedy="Write it like example.org"
        ) from error
    if "/" in name:
        raise ConfigError(f"{word!r} is no host name", remedy="Write it like example.org")
    return name


def _serving(host: str, files: Iterable[RuleFile]) -> list[RuleFile]:
    """Of each kind the file that speaks for ``host``."""
    names = [*suffixes_of(host), ANY_HOST]
    found = []
    for _, group in groupby(files, key=lambda file: file.kind):
        by_host = {file.host: file for file in group}
        found += [by_host[name] for name in names if name in by_host][:1]
    return found


def _check_facts(
    plan: Plan, serving: list[RuleFile], fates: list[Fate], faults: Iterable[Fault]
) -> dict[str, Any]:
    return {
        **asdict(plan),
        "settings": {
            one.name: {"value": one.value, "stated": one.is_stated} for one in plan.settings
        },
        "files": [asdict(file) for file in serving],
        "urls": [asdict(fate) for fate in fates],
        "faults": [
            {
                "file": fault.place.name,
                "line": fault.place.line,
                "key": fault.key,
                "what": fault.what,
                "remedy": fault.remedy,
            }
            for fault in faults
        ],
    }


def _try_facts(page: Page, host: str, reading: Reading, trial: Trial) -> dict[str, Any]:
    return {
        "url": page.url,
        "captured_at": page.captured_at,
        "outcome": reading.outcome,
        "rules": host,
        "layout": None if trial.layout is None else asdict(trial.layout),
        "values": trial.values,
        "candidates": [asdict(row) for row in trial.candidates],
        "warnings": trial.warnings,
        "links": [
            {"kind": kind, "count": len(links), "urls": [link.url for link in links]}
            for kind, links in by_kind(reading.links)
        ],
        "threads": [asdict(thread) for thread in trial.threads],
        "next_page": reading.next_page,
    }
