"""Is a site as it was? A run's measures compared with the site's own past, in words.

Pure: measures in, findings out. Every site is its own norm; nothing is said before there is enough
of a past, and nothing that chance explains. How often these speak for nothing, and how soon they
speak when something breaks, ``bench/monitors.py`` measures on synthetic sites.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from archiver.baselines import (
    DAY,
    WEEK,
    Curve,
    Pool,
    Pools,
    Usual,
    share_of_scale,
    share_scale,
    usual_level,
    usual_share,
)
from archiver.findings import LEAST_SAMPLES, SURE, Draft, Finding, Name, Severity, between
from archiver.outcomes import SUCCESSES
from archiver.site_measures import FIELDS, RunMeasures, SiteMeasures
from archiver.volume_monitor import of_volume

HORIZON_SECONDS: Final = 60 * DAY
"""What is older is no norm any more; eight weeks of it are compared week by week."""

_LEAST_FALL: Final = 0.2
"""Of a share: what is likely but small is nobody's concern."""


def findings(now: RunMeasures, history: Iterable[RunMeasures]) -> tuple[Finding, ...]:
    """What is not as it was, the serious things first, then by site. ``history`` are earlier runs,
    newest first; it is read once, until ``HORIZON_SECONDS`` and 60 runs before ``now``."""
    pasts: dict[str, _Past] = {}
    unmeasured: list[float] = []
    known: dict[tuple[str, str, str], datetime] = {}
    _add(now, pasts, unmeasured)
    age = 0.0
    for number, run in enumerate(history):
        age = now.started_at.timestamp() - run.started_at.timestamp()
        if age > HORIZON_SECONDS and number >= 60:
            break
        if age <= 2 * DAY or number == 0:
            known = {**run.known_since, **known}
        _add(run, pasts, unmeasured)
    found: list[Finding] = []
    for site, past in sorted(pasts.items()):
        is_here = site in (now.sites or {})
        if is_here or past.is_missed(now):
            past.curve.add_holes(unmeasured)
            found += _of_site(site, past, now, known)
    return tuple(sorted(found, key=lambda one: (one.severity != Severity.SERIOUS, one.site)))


# --- one site's past --------------------------------------------------------------------------


def _page_pools() -> Pools:
    """Of things a run of an hour has few of: fifty are a third of a day of a busy site. Half of
    them without a field that nine tenths had is seven standard deviations."""
    return Pools(enough=50, least=10, longest=WEEK)


def _wire_pools() -> Pools:
    """Of captures: an outage of an hour is to be seen within it, if it is not of one request."""
    return Pools(enough=30, least=10, longest=DAY)


@dataclass(slots=True)
class _Past:
    """The runs of one site, newest first, the one that is judged among them."""

    curve: Curve = field(default_factory=Curve)
    fields: dict[str, Pools] = field(
        default_factory=lambda: {name: _page_pools() for name in FIELDS}
    )
    words: Pools = field(default_factory=_page_pools)
    commented: Pools = field(default_factory=_page_pools)
    comments: Pools = field(default_factory=_page_pools)
    errors: Pools = field(default_factory=_wire_pools)
    durations: Pools = field(default_factory=_wire_pools)
    last_visit: RunMeasures | None = None

    def add(self, run: RunMeasures, site: SiteMeasures) -> None:
        """The next older run."""
        at = run.started_at.timestamp()
        self.last_visit = self.last_visit or run
        if site.new_articles is not None and not run.is_backfill:
            self.curve.add(at, site.new_articles)
        if site.article_pages:
            for name, share in site.fields.items():
                if name in self.fields:
                    self.fields[name].add(at, site.article_pages, share)
            if site.words_median:
                self.words.add(at, site.article_pages, site.words_median)
        if site.articles_read:
            self.commented.add(at, site.articles_read, site.articles_commented / site.articles_read)
            self.comments.add(at, site.articles_read, site.comments_per_article or 0.0)
        if site.captures and site.errors is not None:
            self.errors.add(at, site.captures, site.errors)
            if site.duration_p50_ms:
                self.durations.add(at, site.captures, site.duration_p50_ms)

    def is_missed(self, now: RunMeasures) -> bool:
        """Whether ``now`` should have visited the site: it goes where the last visit came from, a
        week ago at most. (A site that was taken off a list is told of for a week.)"""
        last = self.last_visit
        if last is None or last.scope != now.scope or now.sites is None:
            return False
        return (now.started_at - last.started_at).total_seconds() <= WEEK


def _add(run: RunMeasures, pasts: dict[str, _Past], unmeasured: list[float]) -> None:
    if run.sites is None:
        unmeasured.append(run.started_at.timestamp())
        return
    for name, site in run.sites.items():
        past = pasts.get(name)
        if past is None:
            past = pasts[name] = _Past()
        past.add(run, site)


# --- what is compared -------------------------------------------------------------------------


def _of_site(
    site: str, past: _Past, now: RunMeasures, known: Mapping[tuple[str, str, str], datetime]
) -> Iterator[Finding]:
    measures = (now.sites or {}).get(site, SiteMeasures())
    drafts = [*_fields(past, measures), *_bodies(past, measures), *_comments(past, measures)]
    drafts += [*_errors(past, measures), *_durations(past, measures)]
    if now.is_finished and not now.is_backfill:
        past.curve.settle(now.started_at.timestamp())
        drafts += of_volume(
            past.curve, now.started_at.timestamp(), is_here=site in (now.sites or {})
        )
    for draft in drafts:
        key = (str(draft.name), site, draft.field or "")
        yield Finding(
            name=draft.name,
            site=site,
            field=draft.field,
            value=draft.value,
            low=draft.low,
            high=draft.high,
            text=f"{site}: {draft.text}",
            severity=Severity.SERIOUS if draft.is_serious else Severity.WARNING,
            since=known.get(key, now.started_at),
        )


def _fields(past: _Past, measures: SiteMeasures) -> Iterator[Draft]:
    if not measures.article_pages:
        return
    for name in FIELDS:
        fall = _fall(past.fields[name])
        if fall is None:
            continue
        sample, usual = fall
        low, high = _band(usual, share_of_scale)
        yield Draft(
            Name.COVERAGE_LOW,
            sample.share,
            low,
            high,
            f"{name} on {sample.share:.0%} of the last {sample.size:.0f} article pages,"
            f" {between(f'{low:.0%}', f'{high:.0%}')} before",
            sample.share < share_of_scale(usual.centre) / 4,
            name,
        )


def _fall(pools: Pools) -> tuple[Pool, Usual] | None:
    """The newest sample and where its share should be, if it is far below."""
    newest, older = pools.samples()
    if newest is None or len(older) < LEAST_SAMPLES:
        return None
    usual = usual_share([pool.share for pool in older], [pool.size for pool in older], newest.size)
    expected = share_of_scale(usual.centre)
    is_less = newest.share <= expected - max(_LEAST_FALL, expected / 4)
    # Where one in three had it, a fall of a fifth is nearly all: of little, nearly all must go.
    is_less = is_less or (expected >= 0.1 and newest.share <= expected / 10)
    if is_less and usual.deviation(share_scale(newest.share, newest.size)) < -SURE:
        return newest, usual
    return None


def _bodies(past: _Past, measures: SiteMeasures) -> Iterator[Draft]:
    newest, older = past.words.samples()
    if not measures.article_pages or newest is None or len(older) < LEAST_SAMPLES:
        return
    # Half the articles of a site lie within a factor of 1.6 of their middle: a middle of fifty
    # spreads by .15 on this scale.
    usual = usual_level([pool.level for pool in older], 0.15)
    if newest.level > 0.7 * 2**usual.centre or usual.deviation(math.log2(newest.level)) >= -SURE:
        return
    low, high = _band(usual, lambda scaled: 2**scaled)
    yield Draft(
        Name.BODY_SHORT,
        newest.level,
        low,
        high,
        f"the middle text of the last {newest.size:.0f} has {newest.level:.0f} words,"
        f" {between(f'{low:.0f}', f'{high:.0f}')} before",
        newest.level < 2**usual.centre / 4,
    )


def _comments(past: _Past, measures: SiteMeasures) -> Iterator[Draft]:
    if not measures.articles_read:
        return
    fall = _fall(past.commented)
    if fall is not None:
        sample, usual = fall
        low, high = _band(usual, share_of_scale)
        yield Draft(
            Name.COMMENTS_LOW,
            sample.share,
            low,
            high,
            f"{sample.share:.0%} of the last {sample.size:.0f} articles show comments,"
            f" {between(f'{low:.0%}', f'{high:.0%}')} before",
            sample.share < share_of_scale(usual.centre) / 4,
        )
        return
    newest, older = past.comments.samples()
    older = [pool for pool in older if pool.share > 0]
    if newest is None or len(older) < 2 * LEAST_SAMPLES or newest.share <= 0:
        return
    # One article in a hundred has most of a site's comments: means of fifty spread widely.
    usual = usual_level([pool.share for pool in older], 0.7)
    if newest.share > 0.3 * 2**usual.centre or usual.deviation(math.log2(newest.share)) >= -SURE:
        return
    low, high = _band(usual, lambda scaled: 2**scaled)
    yield Draft(
        Name.COMMENTS_LOW,
        newest.share,
        low,
        high,
        f"{newest.share:.1f} comments for each of the last {newest.size:.0f} articles,"
        f" {between(f'{low:.1f}', f'{high:.1f}')} before",
        is_serious=False,
    )


def _errors(past: _Past, measures: SiteMeasures) -> Iterator[Draft]:
    newest, older = past.errors.samples()
    if not measures.captures or not measures.errors or newest is None:
        return
    if len(older) < LEAST_SAMPLES:
        return
    usual = usual_share([pool.share for pool in older], [pool.size for pool in older], newest.size)
    expected = share_of_scale(usual.centre)
    if newest.share < expected + _LEAST_FALL:
        return
    if usual.deviation(share_scale(newest.share, newest.size)) <= SURE:
        return
    low, high = _band(usual, share_of_scale)
    failures = [(count, name) for name, count in measures.outcomes.items() if name not in SUCCESSES]
    worst = f" (now mostly {max(failures)[1]})" if failures else ""
    yield Draft(
        Name.ERRORS_HIGH,
        newest.share,
        low,
        high,
        f"{newest.share:.0%} of the last {newest.size:.0f} captures failed{worst},"
        f" {between(f'{low:.0%}', f'{high:.0%}')} before",
        newest.share >= 0.5,
    )


def _durations(past: _Past, measures: SiteMeasures) -> Iterator[Draft]:
    newest, older = past.durations.samples()
    if not measures.captures or newest is None or len(older) < LEAST_SAMPLES:
        return
    usual = usual_level([pool.level for pool in older], 0.3)
    is_slow = newest.level >= 1000 and newest.level > 3 * 2**usual.centre
    if not is_slow or usual.deviation(math.log2(newest.level)) <= SURE:
        return
    low, high = _band(usual, lambda scaled: 2**scaled)
    yield Draft(
        Name.SLOW,
        newest.level,
        low,
        high,
        f"the middle answer of the last {newest.size:.0f} took {newest.level:.0f} ms,"
        f" {between(f'{low:.0f}', f'{high:.0f}')} before",
        is_serious=False,
    )


def _band(usual: Usual, back: Callable[[float], float]) -> tuple[float, float]:
    """What nearly all samples lie between, off the scale."""
    return (
        float(back(usual.centre - 3 * usual.spread)),
        float(back(usual.centre + 3 * usual.spread)),
    )
