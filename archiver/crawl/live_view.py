"""A crawl as it stands, drawn: one screen for a terminal of any size, or one line for a log.

Knows values and words; neither Scrapy nor the clock. Lines are made as text, not as a table of
``rich``, which took ten times as long for the same screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from archiver.outcomes import SUCCESSES

_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WIDE = 64
"""Columns from which a site's line has room for what is in flight and for its rest."""
_MOST_SITES = 15
_MOST_MESSAGES = 4


@dataclass(frozen=True, slots=True)
class SiteStanding:
    """One site (a slot of the queue) at this moment."""

    name: str
    pages: int
    """Downloads that ended in this run."""
    per_minute: float
    waiting: int | None
    """URLs that wait in the queue; ``None`` where the scheduler does not tell."""
    in_flight: int
    rests_seconds: float | None = None
    """How long it is still left alone because it asked for that."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The crawl at one moment."""

    name: str
    phase: str
    """What it does: crawls, seals …"""
    elapsed_seconds: float
    pages: int
    """URLs that ended in an outcome."""
    per_minute: float
    size_bytes: int
    """Received in responses."""
    outcomes: Mapping[str, int]
    in_flight: int
    waiting: int | None = None
    sites: Sequence[SiteStanding] = ()
    """The liveliest, first."""
    site_count: int = 0
    """Sites of which anything was asked."""
    resting: Mapping[str, float] = field(default_factory=dict)
    """Seconds of rest by site."""
    messages: Sequence[str] = ()
    """The newest warnings, the newest last."""
    warnings: int = 0
    errors: int = 0


def one_line(standing: Standing) -> str:
    """``standing`` as a line of a log."""
    parts = [
        f"{standing.pages:,} pages in {clock(standing.elapsed_seconds)}",
        f"{standing.per_minute:,.0f} a minute",
        f"{size(standing.size_bytes)} received",
        f"{standing.in_flight:,} in flight",
    ]
    if standing.waiting is not None:
        parts.append(f"{standing.waiting:,} waiting")
    if standing.resting:
        parts.append(_rest(standing))
    told = ", ".join(f"{name} {count:,}" for name, count in _by_count(standing.outcomes))
    return ", ".join(parts) + (f"; {told}" if told else "")


def screen(standing: Standing, *, width: int, height: int) -> list[Text]:
    """``standing`` as at most ``height`` lines of ``width`` columns."""
    head = list(_head(standing, width))
    messages = list(_messages(standing))
    room = height - len(head) - len(messages) - 1
    shown = standing.sites[: max(0, min(_MOST_SITES, room - 2))]
    lines = [*head]
    if shown:
        lines += [_heading(width), *(_site_line(site, width) for site in shown)]
        more = standing.site_count - len(shown)
        if more > 0:
            lines.append(Text(f"and {more:,} more sites", "dim"))
    lines += messages
    for line in lines:
        line.no_wrap = True
        line.truncate(width, overflow="ellipsis")
    return lines[: max(1, height - 1)]


def clock(seconds: float) -> str:
    """A length of time as 0:07 or 12:34:56."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def size(value: float) -> str:
    """Bytes in a fitting unit."""
    for unit in ("B", "KB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.{0 if unit == 'B' or value >= 100 else 1}f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def visible(text: str) -> str:
    """``text`` as a terminal may have it: no page moves the cursor of who watches."""
    return _UNSHOWN.sub("\ufffd", text)


def _flat(text: str) -> str:
    """``text`` on one line."""
    return visible(text.replace("\n", " ").replace("\t", " "))


def _head(standing: Standing, width: int) -> Iterator[Text]:
    yield Text.assemble(
        (f"{standing.name} ", "bold"), (f"{standing.phase} ", ""), clock(standing.elapsed_seconds)
    )
    counts = [
        f"{standing.pages:,} pages",
        f"{standing.per_minute:,.0f}/min",
        size(standing.size_bytes),
        f"{standing.in_flight:,} in flight",
    ]
    if standing.waiting is not None:
        counts.append(f"{standing.waiting:,} waiting")
    yield from _filled([Text(count) for count in counts], width)
    outcomes = [
        Text(f"{name} {count:,}", "" if name in SUCCESSES else "yellow")
        for name, count in _by_count(standing.outcomes)
    ]
    yield from _filled(outcomes, width, lines=4)
    if standing.resting:
        longest = sorted(standing.resting.items(), key=lambda pair: (-pair[1], pair[0]))
        told = ", ".join(f"{_flat(name)} {clock(left)}" for name, left in longest[:3])
        yield Text(f"{_rest(standing)}: {told}{' …' if len(longest) > 3 else ''}", "cyan")


def _rest(standing: Standing) -> str:
    count = len(standing.resting)
    return "1 site rests" if count == 1 else f"{count:,} sites rest"


def _filled(parts: Sequence[Text], width: int, *, lines: int = 2) -> Iterator[Text]:
    """The parts with two spaces between, on as many lines as they need and no more than
    ``lines``."""
    line = Text()
    for part in parts:
        if len(line) and len(line) + 2 + len(part) > width:
            lines -= 1
            if not lines:
                line.append(" …")
                break
            yield line
            line = Text()
        line.append("  " if len(line) else "").append_text(part)
    if len(line):
        yield line


def _messages(standing: Standing) -> Iterator[Text]:
    if standing.messages:
        counts = "1 warning" if standing.warnings == 1 else f"{standing.warnings:,} warnings"
        yield Text(counts + (f", {standing.errors:,} errors" if standing.errors else ""), "yellow")
        for message in standing.messages[-_MOST_MESSAGES:]:
            yield Text(f"  {_flat(message)}", "dim")


def _heading(width: int) -> Text:
    more = f"{'in flight':>10}" if width >= _WIDE else ""
    return Text(f"{'site':<{_name_width(width)}}{'pages':>8}{'/min':>6}{'waiting':>9}{more}", "dim")


def _site_line(site: SiteStanding, width: int) -> Text:
    room = _name_width(width)
    name = Text(_flat(site.name))
    name.truncate(room - 1, overflow="ellipsis", pad=False)
    name.pad_right(room - name.cell_len)
    waiting = "" if site.waiting is None else f"{site.waiting:,}"
    line = name.append(f"{site.pages:>8,}{site.per_minute:>6.0f}{waiting:>9}")
    if width >= _WIDE:
        line.append(f"{site.in_flight:>10,}")
        if site.rests_seconds is not None:
            line.append(f"  rests {clock(site.rests_seconds)}", "cyan")
    elif site.rests_seconds is not None:
        line.stylize("cyan")
    return line


def _name_width(width: int) -> int:
    return max(8, min(36, width - (48 if width >= _WIDE else 23)))


def _by_count(outcomes: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was archived first, the most frequent first."""
    return sorted(
        ((name, count) for name, count in outcomes.items() if count),
        key=lambda pair: (pair[0] not in SUCCESSES, -pair[1], pair[0]),
    )
