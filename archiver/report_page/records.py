"""What a run's record says, read so that no older or foreign record breaks the report.

Knows the keys of ``run.json``. Whatever is missing, or is not what it should be, is ``None`` or
empty: the page says "not recorded" there.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from archiver.outcomes import SUCCESSES


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """One site in one run. ``None`` where the record says nothing."""

    name: str
    captures: int | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Captures by the name of their outcome; empty where not recorded."""
    size_bytes: int | None = None
    articles: int | None = None
    new_articles: int | None = None
    article_pages: int | None = None
    """First pages of articles: what ``fields`` are shares of."""
    comments: int | None = None
    errors: int | None = None
    """Captures that ended in a failure."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """Share of the article pages, 0 to 1, of which each field could be read."""
    words_median: float | None = None
    comments_per_article: float | None = None
    latency_p50: float | None = None
    """Milliseconds from first byte sent to last byte received, half of the captures below."""
    latency_p95: float | None = None
    newest_published_at: datetime | None = None
    found_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a monitor noticed; ``text`` says it in words."""

    name: str
    site: str
    subject: str
    """The field or measure it is about; empty where none."""
    value: float | None
    expected: tuple[float, float] | None
    """The lowest and highest value of the site's own past."""
    text: str
    severity: str
    since: datetime | None = None
    """When the first run began that found it, without a break since."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as ``run.json`` tells it."""

    run_id: str
    started_at: datetime | None
    finished_at: datetime | None
    finish_reason: str | None
    spider: str | None
    arguments: Mapping[str, str]
    versions: Mapping[str, str]
    outcomes: Mapping[str, int]
    requested: int
    archived: int
    failed: int
    closes: bool | None
    """Whether the account closes; ``None`` where the record does not say."""
    problems: Sequence[str]
    """What keeps the account from closing."""
    pending: int | None
    derived: Sequence[str]
    not_derived: Sequence[str]
    findings: Sequence[Finding] | None
    """``None`` where no monitor has looked."""
    sites: Mapping[str, SiteRecord] | None
    """By name; ``None`` where the record tells nothing of sites."""


def read_record(facts: Mapping[str, Any]) -> RunRecord:
    """The record in ``facts``, the JSON object of a ``run.json``."""
    outcomes = _counts(facts.get("outcomes"))
    archived = _integer(facts.get("archived"))
    failed = _integer(facts.get("failed"))
    requested = _integer(facts.get("requested"))
    account = _mapping(facts.get("account"))
    frontier = _mapping(facts.get("frontier"))
    closes = account.get("closes")
    findings = facts.get("findings")
    sites = facts.get("sites")
    total, failures = sum(outcomes.values()), _failures(outcomes)
    return RunRecord(
        run_id=str(facts.get("run_id", "")),
        started_at=_instant(facts.get("started_at")),
        finished_at=_instant(facts.get("finished_at")),
        finish_reason=_text(facts.get("finish_reason")),
        spider=_text(facts.get("spider")),
        arguments=_texts(facts.get("arguments")),
        versions=_texts(facts.get("versions")),
        outcomes=outcomes,
        requested=total if requested is None else requested,
        archived=total - failures if archived is None else archived,
        failed=failures if failed is None else failed,
        closes=closes if isinstance(closes, bool) else None,
        problems=_words(account.get("problems")),
        # The frontier names a state only where a URL stands in it.
        pending=_integer(frontier.get("pending", 0)) if frontier else None,
        derived=_words(facts.get("derived")),
        not_derived=_words(facts.get("not_derived")),
        findings=None
        if not isinstance(findings, list)
        else tuple(_finding(entry) for entry in findings if isinstance(entry, dict)),
        sites=None
        if not isinstance(sites, dict)
        else {name: _site(name, entry) for name, entry in sites.items() if isinstance(entry, dict)},
    )


def read_past(facts: Mapping[str, Any], names: Collection[str]) -> RunRecord:
    """The record of an earlier run, of its sites only those of ``names`` and only what a later
    run is compared with: 12 runs of 10,000 sites are in memory at once."""
    run = read_record({**facts, "sites": None, "findings": None})
    sites = {}
    for name, entry in _mapping(facts.get("sites")).items():
        if name in names and isinstance(entry, dict):
            outcomes = _counts(entry.get("outcomes"))
            sites[name] = SiteRecord(
                name=name,
                articles=_integer(entry.get("articles")),
                comments=_integer(entry.get("comments")),
                errors=_failures(outcomes) if outcomes else _integer(entry.get("errors")),
                newest_published_at=_instant(entry.get("newest_published_at")),
            )
    return replace(run, sites=sites)


def _failures(outcomes: Mapping[str, int]) -> int:
    return sum(count for name, count in outcomes.items() if name not in SUCCESSES)


def _site(name: str, facts: Mapping[str, Any]) -> SiteRecord:
    outcomes = _counts(facts.get("outcomes"))
    words = _mapping(facts.get("words"))
    latency = _mapping(facts.get("duration_ms"))
    shares = {key: _number(share) for key, share in _mapping(facts.get("fields")).items()}
    return SiteRecord(
        name=name,
        captures=_integer(facts.get("captures")),
        outcomes=outcomes,
        size_bytes=_integer(facts.get("bytes")),
        articles=_integer(facts.get("articles")),
        new_articles=_integer(facts.get("new_articles")),
        article_pages=_integer(facts.get("article_pages")),
        comments=_integer(facts.get("comments")),
        errors=_failures(outcomes) if outcomes else _integer(facts.get("errors")),
        fields={
            key: min(1.0, max(0.0, share)) for key, share in shares.items() if share is not None
        },
        words_median=_number(words.get("median")),
        comments_per_article=_number(facts.get("comments_per_article")),
        latency_p50=_number(latency.get("p50")),
        latency_p95=_number(latency.get("p95")),
        newest_published_at=_instant(facts.get("newest_published_at")),
        found_by=_counts(facts.get("found_by")),
    )


def _finding(facts: Mapping[str, Any]) -> Finding:
    expected = facts.get("expected")
    bounds = [_number(bound) for bound in expected] if isinstance(expected, list) else []
    low, high = bounds if len(bounds) == 2 else (None, None)
    return Finding(
        name=_text(facts.get("name")) or "finding",
        site=_text(facts.get("site")) or "",
        subject=_text(facts.get("field")) or "",
        value=_number(facts.get("value")),
        expected=None if low is None or high is None else (low, high),
        text=_text(facts.get("text")) or "",
        severity=_text(facts.get("severity")) or "",
        since=_instant(facts.get("since")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _counts(value: object) -> dict[str, int]:
    counts = {name: _integer(count) for name, count in _mapping(value).items()}
    return {name: count for name, count in counts.items() if count is not None}


def _texts(value: object) -> dict[str, str]:
    return {name: str(entry) for name, entry in _mapping(value).items()}


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value) if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _integer(value: object) -> int | None:
    number = _number(value)
    return None if number is None or number != int(number) or number < 0 else int(number)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
