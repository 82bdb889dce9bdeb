"""What ``archiver site`` prints for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from typing import TYPE_CHECKING

from archiver.cli.printing import counted, visible
from archiver.config import RuleFile
from archiver.model import Link, LinkKind, Page, Reading
from archiver.rules_text import SELECTORS
from archiver.site_plan import Fate, Plan
from archiver.sites import ANY_HOST, Layout, Strategy

if TYPE_CHECKING:
    from archiver.extract.candidates import Candidate, Trial

_ANNOUNCED = (LinkKind.FEED, LinkKind.SITEMAP, LinkKind.LISTING)
_EXAMPLES = 3
_SHOWN_VALUE = 80
_LONG = ("text", "remove")
"""Fields of which the length is told too."""


def check_lines(plan: Plan, serving: list[RuleFile], fates: list[Fate]) -> Iterator[str]:
    """What a crawl would do; ``serving`` are the files that speak for the host."""
    yield plan.host
    for file in serving:
        whose = "packaged" if file.is_packaged else "your own"
        of = "" if file.host == plan.host else f", of {file.host}"
        yield f"  {file.kind:<14}{file.path} ({whose}{of})"
    if not any(file.kind == "rules" for file in serving):
        yield "  rules         none: what holds for every site"
    if plan.has_hook:
        yield "  the hook has the last word on each page"
    if plan.furniture:
        yield f"  {counted(plan.furniture, 'block')} of furniture left out of texts"
    yield ""
    for setting in plan.settings:
        values = _values(setting.value)
        by = "" if setting.is_stated else "   (default)"
        yield f"  {setting.name:<14}{values[0]}{by}"
        yield from (f"  {'':<14}{value}" for value in values[1:])
    if plan.layouts:
        yield ""
    for number, layout in enumerate(plan.layouts):
        yield from _layout_lines(layout, holds=number == plan.layout)
    if plan.remarks:
        yield ""
    yield from (f"  note: {remark}" for remark in plan.remarks)
    for fate in fates:
        yield ""
        yield f"  {fate.url}"
        what = f"followed as {fate.taken_as}" if fate.is_followed else "not followed"
        yield f"    {what}: {fate.why}"


def _values(value: object) -> list[str]:
    if value is None:
        return ["the crawl's own"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, tuple):
        if all(isinstance(entry, Strategy) for entry in value):
            return [", ".join(value) or "none"]
        return [str(entry) for entry in value]
    return [str(value)]


def _layout_lines(layout: Layout, *, holds: bool) -> Iterator[str]:
    until = "" if layout.valid_until is None else f" until {layout.valid_until}"
    yield f"  layout{until}{' (holds today)' if holds else ''}"
    for name in SELECTORS:
        for selector in getattr(layout, name):
            yield f"    {name:<12}{selector}"


def try_lines(page: Page, host: str, reading: Reading, trial: Trial) -> Iterator[str]:
    """What each source gives; ``host`` is that of the rules."""
    whose = "no rules" if host == ANY_HOST else f"the rules of {host}"
    yield page.url
    yield f"{reading.outcome}, captured {page.captured_at:%Y-%m-%d}, read by {whose}"
    yield _layout_in_words(trial.layout)
    yield from (f"! {visible(warning)}" for warning in trial.warnings)
    for field, rows in groupby(trial.candidates, key=lambda row: row.field):
        yield ""
        value = trial.values.get(field)
        yield field if field == "remove" else f"{field}: {_shown(value, field)}"
        yield from map(_row_line, rows)
    yield ""
    yield from _page_lines(reading, trial)


def _layout_in_words(layout: Layout | None) -> str:
    if layout is None:
        return "layout: none"
    until = "the present one" if layout.valid_until is None else f"until {layout.valid_until}"
    stated = [
        one.name for one in fields(layout) if one.name in SELECTORS and getattr(layout, one.name)
    ]
    return f"layout: {until}, with {', '.join(stated) or 'no selector'}"


def _row_line(row: Candidate) -> str:
    mark = "→" if row.is_chosen else " "
    where = visible(row.where) if row.matches is None else f"{visible(row.where)} ({row.matches})"
    return f"  {mark} {row.source:<12}{where:<28} {_shown(row.value, row.field)}"


def _shown(value: str | None, field: str) -> str:
    if value is None:
        return "–"
    size = f"{len(value):,} signs: " if field in _LONG else ""
    short = value if len(value) <= _SHOWN_VALUE else value[: _SHOWN_VALUE - 1].rstrip() + "…"
    return size + visible(short)


def _page_lines(reading: Reading, trial: Trial) -> Iterator[str]:
    kinds = dict(by_kind(reading.links))
    announced = [link for kind in _ANNOUNCED for link in kinds.get(kind, ())]
    yield "announced: " + (", ".join(f"{link.kind} {link.url}" for link in announced) or "nothing")
    for kind, links in kinds.items():
        if kind not in _ANNOUNCED:
            shown = ", ".join(link.url for link in links[:_EXAMPLES])
            more = "" if len(links) <= _EXAMPLES else ", …"
            yield f"links as {kind}: {len(links):,} ({shown}{more})"
    if reading.next_page:
        yield f"goes on at: {reading.next_page}"
    if not trial.threads:
        yield "comments: no platform was found"
    for thread in trial.threads:
        declared = "" if thread.declared is None else f" of {thread.declared}"
        yield f"comments by {thread.platform}: {thread.shown}{declared} in the page"
        yield from (f"    a crawl asks for the rest: {visible(ask)}" for ask in thread.asks)


def by_kind(links: Iterable[Link]) -> list[tuple[LinkKind, list[Link]]]:
    """The links of each kind, in the order of the kinds."""
    known = list(links)
    found = [(kind, [link for link in known if link.kind is kind]) for kind in LinkKind]
    return [(kind, some) for kind, some in found if some]
