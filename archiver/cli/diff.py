"""``archiver diff``: what changed between the captures of an article, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from archiver.changes import Fate, Run, compare, paragraphs_of, units_of, word_count
from archiver.cli.finding import article_named, moment_of, time_told
from archiver.cli.options import Json, Output
from archiver.cli.printing import counted, fail, print_json, visible

if TYPE_CHECKING:
    from archiver.dataset.versions import Change, Version

    Pages = Mapping[int, tuple[Version, ...]]


def diff(
    article: Annotated[
        str, typer.Argument(help="An article id, a URL or a canonical URL.", metavar="ARTICLE")
    ],
    output: Output = Path("output"),
    begin: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Compare this capture: a number, or what stood at a time.",
            metavar="TIME",
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", help="With this one; the last if none is given.", metavar="TIME"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what changed between the captures of an article, word by word.

    Every change in turn, oldest first; with --from or --to, the difference of two captures.
    Exit code 1 when no article has that name.
    """
    from archiver.dataset.versions import (  # noqa: PLC0415 - pyarrow
        article_ids_of,
        changes_of,
        versions_of,
    )

    first, last = _moment("--from", begin, time.min), _moment("--to", end, time.max)
    article_id, url = article_named(output, article, article_ids_of)
    pages = versions_of(output / "dataset", article_id)
    if first is None and last is None:
        changes = [change for versions in pages.values() for change in changes_of(versions)]
    else:
        changes = _chosen(pages, first, last)
    if as_json:
        print_json([_facts(change) for change in changes])
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text(f"{visible(url)}  article {article_id}", "bold"))
    console.print(Text(_in_short(pages, changes)))
    for change in changes:
        console.print()
        for line in _lines(change, len(pages) > 1):
            console.print(line)


def _moment(option: str, said: str | None, at: time) -> int | datetime | None:
    """A capture number, or a time; a day alone is meant from its beginning, or to its end."""
    if said is None:
        return None
    try:
        if re.fullmatch(r"\d{1,6}", said):
            return int(said)
        return moment_of(said, at)
    except ValueError:
        fail(
            f"{option}: {said!r} is neither the number of a capture nor a time. "
            "Write it like 2, 2026-11-23 or 2026-11-23T12:00"
        )


def _chosen(
    pages: Pages, first: int | datetime | None, last: int | datetime | None
) -> list[Change]:
    """The difference of two captures of each page that has both and shows one."""
    from archiver.dataset.versions import change_between, version_at  # noqa: PLC0415

    if isinstance(first, int) and isinstance(last, int) and first >= last:
        fail(f"--from {first} is not before --to {last}")
    found: list[Change] = []
    are_there = False
    for versions in pages.values():
        before = version_at(versions, 1 if first is None else first)
        if isinstance(first, datetime) and before is None:
            before = versions[0]
        after = version_at(versions, len(versions) if last is None else last)
        if before is None or after is None:
            continue
        are_there = True
        change = change_between(before, after)
        if before.number < after.number and change.fields:
            found.append(change)
    if not are_there:
        known = "; ".join(
            f"page {page} has {counted(len(versions), 'capture')}, {_span(versions)}"
            for page, versions in pages.items()
        )
        fail(f"there is no such capture: {known}")
    return found


def _in_short(pages: Pages, changes: Sequence[Change]) -> str:
    versions = sorted(
        (one for versions in pages.values() for one in versions), key=lambda one: one.captured_at
    )
    if all(len(one) == 1 for one in pages.values()):
        return f"captured once, {time_told(versions[0].captured_at)}: there is nothing to compare"
    shown = counted(len(changes), "change") if changes else "no change"
    return f"{counted(len(versions), 'capture')}, {_span(versions)}: {shown}"


def _span(versions: Sequence[Version]) -> str:
    return f"{time_told(versions[0].captured_at)} to {time_told(versions[-1].captured_at)}"


def _lines(change: Change, has_pages: bool) -> Iterator[Text]:
    before, after = change.before, change.after
    page = f", page {after.row['page_number']}" if has_pages else ""
    yield Text(
        f"{time_told(before.captured_at)} -> {time_told(after.captured_at)}"
        f"  capture {before.number} -> {after.number}{page}",
        "bold",
    )
    for name, version in (("before", before), ("after", after)):
        row = version.row
        yield Text(f"  {name:<13}{row['warc_filename']}@{row['warc_record_offset']}")
    yield Text(f"  {'changed':<13}{', '.join(change.fields)}")
    if not change.is_read_alike:
        yield Text(
            f"  {'note':<13}read by different programs or rules, which may be what differs. "
            "Derive both again: archiver derive --stale"
        )
    for name in change.fields:
        if name != "text":
            told = (_told(version.value(name)) for version in (before, after))
            yield Text(f"  {name:<13}{' -> '.join(told)}")
    if "text" in change.fields:
        yield from text_lines(compare(before.value("text"), after.value("text")))


def _told(value: object) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, datetime):
        return time_told(value)
    if isinstance(value, list):
        return visible(", ".join(value))
    return visible(str(value))


SIGNS = {
    Fate.KEPT: ("", "", ""),
    Fate.REMOVED: ("[-", "-]", "red"),
    Fate.ADDED: ("{+", "+}", "green"),
}


def text_lines(runs: Sequence[Run]) -> Iterator[Text]:
    """How many words went and came, and the paragraphs in which they did."""
    removed, added = (word_count(runs, fate) for fate in (Fate.REMOVED, Fate.ADDED))
    yield Text(f"  {'text':<13}{counted(removed, 'word')} removed, {counted(added, 'word')} added")
    folded = 0
    for paragraph in (*paragraphs_of(runs), None):
        if paragraph is not None and all(run.fate is Fate.KEPT for run in paragraph):
            folded += 1
            continue
        if folded:
            yield Text()
            yield Text(f"    ({counted(folded, 'paragraph')} unchanged)", "dim")
            folded = 0
        if paragraph is not None:
            yield Text()
            yield _paragraph(paragraph)


def _paragraph(runs: Sequence[Run]) -> Text:
    line = Text("    ")
    for number, run in enumerate(runs):
        begin, end, style = SIGNS[run.fate]
        text = run.text
        if run.fate is Fate.KEPT:
            text = _shortened(text, is_first=number == 0, is_last=number == len(runs) - 1)
        shown = visible(text.rstrip()).replace("\n", "\n    ")
        line.append(f"{begin}{shown}{end}", style)
        following = runs[number + 1].fate if number + 1 < len(runs) else None
        # The blank behind a removed and the added run is one and the same.
        if text != text.rstrip() and (run.fate, following) != (Fate.REMOVED, Fate.ADDED):
            line.append("\n    " if "\n" in text[len(text.rstrip()) :] else " ")
    return line


CONTEXT = 20
"""Words shown on each side of a change where many were kept in one paragraph: some extractors, and
some sites, know no paragraphs."""


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    units = units_of(text)
    if len(units) <= 4 * CONTEXT:
        return text
    head = [] if is_first else units[:CONTEXT]
    tail = [] if is_last else units[-CONTEXT:]
    left_out = len(units) - len(head) - len(tail)
    return "".join([*head, f"… {left_out:,} words … ", *tail])


def _facts(change: Change) -> dict[str, Any]:
    runs = compare(change.before.value("text"), change.after.value("text"))
    text = {
        "words_removed": word_count(runs, Fate.REMOVED),
        "words_added": word_count(runs, Fate.ADDED),
        "runs": [{"fate": run.fate, "text": run.text} for run in runs],
    }
    about = ("article_id", "canonical_url", "page_number")
    return {
        **{name: change.after.row[name] for name in about},
        "before": _capture_facts(change.before),
        "after": _capture_facts(change.after),
        "is_read_alike": change.is_read_alike,
        "fields": {
            name: {"before": change.before.value(name), "after": change.after.value(name)}
            for name in change.fields
            if name != "text"
        },
        "text": text if "text" in change.fields else None,
    }


def _capture_facts(version: Version) -> dict[str, Any]:
    names = ("captured_at", "url", "warc_filename", "warc_record_offset", "warc_record_id")
    return {"capture_number": version.number, **{name: version.row[name] for name in names}}
