"""What the page shows of a run: the account, findings in order, coverage, silence, change.

Knows records and no markup: from the record of a run and those before it follow the rows of its
tables and the heights of its plots. Every list is bounded, so that a run of 10,000 sites gives a
page that a person reads and a browser opens; the rest is summed.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from archiver.findings import Severity
from archiver.outcomes import SUCCESSES
from archiver.report_page.records import Finding, RunRecord, SiteRecord
from archiver.report_page.wording import shown

MOST_SITES = 50
"""Rows of a table of sites; more are summed in its last row."""
MOST_FIELDS = 16
"""Columns of the table of coverage."""
FINDINGS_BYTES = 1_200_000
"""Of the page that the table of findings may take; all else of 10,000 sites takes 300,000."""
_ROW_BYTES = 260
"""Of a finding's row beside its texts."""
MOST_RUNS = 12
"""Past runs that a run is compared with."""

_SEVERITIES = (Severity.SERIOUS, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings, the gravest first, as many as the page has room for."""

    listed: Sequence[Finding]
    by_kind: Sequence[tuple[str, str, int, int]]
    """Severity, name, findings and sites of each kind, the gravest first."""
    left_out: int


def sort_findings(findings: Iterable[Finding]) -> Findings:
    """The findings by severity, then name, then site."""

    def rank(severity: str) -> tuple[int, str]:
        known = severity.lower()
        place = _SEVERITIES.index(known) if known in _SEVERITIES else len(_SEVERITIES)
        return place, severity

    ordered = sorted(
        findings, key=lambda entry: (rank(entry.severity), entry.name, entry.site, entry.text)
    )
    counts = Counter((entry.severity, entry.name) for entry in ordered)
    sites: dict[tuple[str, str], set[str]] = {}
    for entry in ordered:
        sites.setdefault((entry.severity, entry.name), set()).add(entry.site)
    taken, listed = 0, 0
    for entry in ordered:
        texts = (entry.site, entry.text, entry.name, entry.subject, entry.severity)
        taken += _ROW_BYTES + sum(len(html.escape(shown(text)).encode()) for text in texts)
        if taken > FINDINGS_BYTES:
            break
        listed += 1
    return Findings(
        listed=ordered[:listed],
        by_kind=[
            (severity, name, counts[severity, name], len(sites[severity, name]))
            for severity, name in sorted(counts, key=lambda kind: (rank(kind[0]), kind[1]))
        ],
        left_out=len(ordered) - listed,
    )


def outcome_rows(outcomes: Mapping[str, int]) -> list[tuple[str, int, bool]]:
    """Name, count and whether it is a failure; what was archived first, the most frequent first."""
    return sorted(
        ((name, count, name not in SUCCESSES) for name, count in outcomes.items()),
        key=lambda row: (row[2], -row[1], row[0]),
    )


@dataclass(frozen=True, slots=True)
class SiteRows:
    """The first sites of an order, and all the others as one."""

    first: Sequence[SiteRecord]
    rest: SiteRecord | None
    rest_count: int


def first_sites(sites: Iterable[SiteRecord], most: int = MOST_SITES) -> SiteRows:
    """The sites with the most articles, then the most captures; the others summed up."""
    ordered = sorted(
        sites, key=lambda site: (-(site.articles or 0), -(site.captures or 0), site.name)
    )
    if len(ordered) <= most + 1:  # a rest of one would be a site without its name
        return SiteRows(ordered, None, 0)
    return SiteRows(ordered[:most], summed(ordered[most:]), len(ordered) - most)


def summed(sites: Sequence[SiteRecord]) -> SiteRecord:
    """All of ``sites`` as one: counts added, shares weighted by pages. Percentiles cannot be
    added and are ``None``."""
    outcomes: Counter[str] = Counter()
    found_by: Counter[str] = Counter()
    read: dict[str, float] = {}
    asked: dict[str, int] = {}
    for site in sites:
        outcomes.update(site.outcomes)
        found_by.update(site.found_by)
        pages = site.articles if site.article_pages is None else site.article_pages
        for name, share in site.fields.items():
            read[name] = read.get(name, 0.0) + share * (pages or 0)
            asked[name] = asked.get(name, 0) + (pages or 0)
    comments, articles = _sum(site.comments for site in sites), _sum(s.articles for s in sites)
    return SiteRecord(
        name="",
        captures=_sum(site.captures for site in sites),
        outcomes=outcomes,
        size_bytes=_sum(site.size_bytes for site in sites),
        articles=articles,
        new_articles=_sum(site.new_articles for site in sites),
        comments=comments,
        errors=_sum(site.errors for site in sites),
        fields={name: read[name] / asked[name] for name in read if asked[name]},
        comments_per_article=comments / articles if articles and comments is not None else None,
        newest_published_at=max(
            (site.newest_published_at for site in sites if site.newest_published_at), default=None
        ),
        found_by=found_by,
    )


def field_names(sites: Iterable[SiteRecord]) -> list[str]:
    """The fields that any of ``sites`` names, in the order in which they are first named."""
    return list(dict.fromkeys(name for site in sites for name in site.fields))[:MOST_FIELDS]


@dataclass(frozen=True, slots=True)
class Silent:
    """A site that gave articles in past runs and none in this one."""

    site: SiteRecord
    runs_with: int
    """Past runs with articles …"""
    runs: int
    """… of so many past runs of the site."""
    usual: float
    """Articles of a past run that had any, half of them below."""
    runs_since: int
    """Runs of the site, this one among them, since the last that had articles."""
    newest: datetime | None
    """When its newest article was published, of this run and the past ones."""


def silent_sites(now: RunRecord, past: Sequence[RunRecord]) -> list[Silent]:
    """Those of ``now``, the site first that was least often silent before. ``past`` is in the
    order of time."""
    silent = []
    for site in (now.sites or {}).values():
        if site.articles != 0:
            continue
        own = [run.sites[site.name] for run in past if run.sites and site.name in run.sites]
        given = [entry.articles for entry in own if entry.articles]
        if not given:
            continue
        since = next(index for index, entry in enumerate(reversed(own)) if entry.articles)
        silent.append(
            Silent(
                site=site,
                runs_with=len(given),
                runs=len(own),
                usual=median(given),
                runs_since=since + 1,
                newest=max(
                    (e.newest_published_at for e in [*own, site] if e.newest_published_at),
                    default=None,
                ),
            )
        )
    return sorted(
        silent,
        key=lambda entry: (-entry.runs_with / entry.runs, -entry.usual, entry.site.name),
    )


MEASURES = ("articles", "comments", "errors")


@dataclass(frozen=True, slots=True)
class Change:
    """One site's figures over its past runs and this one, for each of ``MEASURES``."""

    site: str
    series: Sequence[Sequence[int | None]]
    """In the order of time, this run last; ``None`` where a run did not know the site."""
    usual: Sequence[float | None]
    """The median of the past runs; ``None`` where there is none."""


def changes(
    now: RunRecord, past: Sequence[RunRecord], named: Iterable[str], most: int = MOST_SITES
) -> tuple[list[Change], Change | None]:
    """How the run stands against the past of its own sites: the sites ``named`` first, then those
    with the most articles; all others as one."""
    sites = now.sites or {}
    marked = [name for name in dict.fromkeys(named) if name in sites]
    ordered = [*marked[:most], *(s.name for s in first_sites(sites.values(), len(sites)).first)]
    chosen = list(dict.fromkeys(ordered))
    if len(chosen) > most + 1:
        chosen = chosen[:most]
    runs = [*past, now]
    kept = set(chosen)
    others = [name for name in sites if name not in kept]
    return (
        [_change(name, [name], runs) for name in chosen],
        _change("", others, runs) if others else None,
    )


def _change(label: str, names: Sequence[str], runs: Sequence[RunRecord]) -> Change:
    series: list[list[int | None]] = []
    for measure in MEASURES:
        row = []
        for run in runs:
            known = run.sites or {}
            row.append(_sum(getattr(known[name], measure) for name in names if name in known))
        series.append(row)
    past = [[value for value in row[:-1] if value is not None] for row in series]
    return Change(label, series, [median(row) if row else None for row in past])


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; ``None`` where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
