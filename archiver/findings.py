"""Findings: what is not as it was at a site, as a value that stands in ``run.json``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Name(StrEnum):
    """What can be wrong. The comment beside each is its definition."""

    SILENT = "silent"  # no new article for far longer than this site ever pauses
    VOLUME_LOW = "volume_low"  # far fewer new articles than at like times
    VOLUME_HIGH = "volume_high"  # far more: a flood of pages that are none, or of old ones
    COVERAGE_LOW = "coverage_low"  # a field that its pages had is missing from many
    BODY_SHORT = "body_short"  # texts are much shorter than they were
    COMMENTS_LOW = "comments_low"  # articles show fewer comments, or fewer articles show any
    ERRORS_HIGH = "errors_high"  # many more captures fail
    SLOW = "slow"  # answers take several times as long


class Severity(StrEnum):
    """How much a finding is worth waking somebody."""

    WARNING = "warning"
    SERIOUS = "serious"  # what is measured is gone, or nearly


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was."""

    name: Name
    site: str
    field: str | None
    """The column of ``articles``; None where it is about none."""
    value: float
    """As measured: a share, words, milliseconds, articles, hours; ``text`` says which."""
    low: float
    high: float
    """What was expected, in the same unit."""
    text: str
    """One sentence for a person."""
    severity: Severity
    since: datetime
    """When the first run began that found it, without a break since."""

    def as_json(self) -> dict[str, Any]:
        """The form in ``run.json`` and in an alert."""
        return {
            "name": str(self.name),
            "site": self.site,
            "field": self.field,
            "value": round(self.value, 4),
            "expected": [round(self.low, 4), round(self.high, 4)],
            "text": self.text,
            "severity": str(self.severity),
            "since": self.since.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding without what all of a site's have in common."""

    name: Name
    value: float
    low: float
    high: float
    text: str
    is_serious: bool
    field: str | None = None


SURE: Final = 4.5
"""Standard deviations. An hourly crawl compares each site fifteen times an hour, 11,000 times a
month: a twentieth of one false alarm needs a chance of 5 in a million, which this is, where what is
compared were normal and of one night only."""

LEAST_SAMPLES: Final = 5
"""Of the past, before anything is said: a middle of fewer is moved by one bad day."""


def between(low: str, high: str) -> str:
    """What was expected, in words."""
    return low if low == high else f"{low} to {high}"
