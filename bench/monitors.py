"""``python -m bench.monitors [--sites 200] [--days 90]``: do the monitors speak for nothing, and
do they speak when something breaks?

Synthetic sites, each with its own rate (1 to 150 articles a day, some ten times fewer on weekends,
hardly any at night, busy and slack days), fields, lengths, readers, errors and speed. First nothing
is wrong: each sentence is a false alarm, and one that lasts counts once. Then each site breaks in
one way at a random hour, and it counts after how many runs the finding of that name appears.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archiver.findings import Finding, Name
from archiver.monitors import findings
from archiver.site_measures import FIELDS, RunMeasures, SiteMeasures

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3600.0
WATCHED_DAYS = 30
"""At the end of the time; before it lies the past."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is usual at one site."""

    name: str
    a_day: float
    weekend: float
    night: float
    fields: dict[str, float]
    words: float
    commented: float
    comments: float
    errors: float
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Fault:
    """How a site breaks: factors of what is usual."""

    name: Name
    says: str
    volume: float = 1.0
    field: float = 1.0
    words: float = 1.0
    comments: float = 1.0
    errors: float | None = None
    duration: float = 1.0


FAULTS = (
    Fault(Name.SILENT, "no new articles", volume=0.0),
    Fault(Name.VOLUME_LOW, "a fifth of the articles", volume=0.2),
    Fault(Name.VOLUME_HIGH, "eight times the articles", volume=8.0),
    Fault(Name.COVERAGE_LOW, "a field vanishes", field=0.0),
    Fault(Name.COVERAGE_LOW, "a field vanishes from half the pages", field=0.5),
    Fault(Name.BODY_SHORT, "half the body", words=0.5),
    Fault(Name.COMMENTS_LOW, "no comments", comments=0.0),
    Fault(Name.ERRORS_HIGH, "two thirds of the captures fail", errors=0.67),
    Fault(Name.SLOW, "six times as slow", duration=6.0),
)


def some_site(number: int, chance: random.Random) -> Site:
    """A site of its own kind."""
    often = (0.995, 0.95, 0.85, 0.6, 0.3)
    return Site(
        name=f"site{number:03d}.example",
        a_day=math.exp(chance.uniform(0, math.log(150))),
        weekend=chance.uniform(0.1, 1.0),
        night=chance.uniform(0.02, 0.5),
        fields={
            name: 0.995 if name in {"title", "text", "language"} else chance.choice(often)
            for name in FIELDS
        },
        words=chance.uniform(250, 900),
        commented=chance.choice([0.0, chance.uniform(0.05, 0.8), chance.uniform(0.05, 0.8)]),
        comments=math.exp(chance.uniform(0, 3)),
        errors=chance.choice([0.002, 0.01, 0.05]),
        duration_ms=chance.uniform(80, 900),
    )


def runs_of(
    site: Site,
    every_seconds: float,
    days: float,
    chance: random.Random,
    fault: Fault | None = None,
    broken_at: float = math.inf,
) -> Iterator[RunMeasures]:
    """Its runs, oldest first; broken from ``broken_at`` seconds on."""
    broken_field = chance.choice([name for name in FIELDS if site.fields[name] >= 0.6])
    moment, before = every_seconds, 0.0
    busy: dict[int, float] = {}
    while moment < days * 24 * HOUR:
        at = moment + chance.uniform(-0.02, 0.02) * every_seconds
        hit = fault if at >= broken_at else None
        expected = sum(
            _rate(site, part, busy, chance) * (hit.volume if hit and part > broken_at else 1)
            for part in _slices(before, at)
        )
        measures = _measures(site, _poisson(expected, chance), hit, broken_field, chance)
        yield RunMeasures(
            run_id=f"{BEGAN + timedelta(seconds=at):%Y%m%d%H%M%S}",
            started_at=BEGAN + timedelta(seconds=at),
            sites={site.name: measures},
            scope="all",
        )
        before, moment = at, moment + every_seconds


def _slices(begin: float, end: float) -> list[float]:
    """The middle of each hour or less between two moments, weighted alike."""
    count = max(1, round((end - begin) / HOUR))
    return [begin + (number + 0.5) * (end - begin) / count for number in range(count)]


def _rate(site: Site, at: float, busy: dict[int, float], chance: random.Random) -> float:
    """Articles in the hour about ``at``."""
    day, hour = divmod(at / HOUR, 24)
    if int(day) not in busy:
        busy[int(day)] = chance.gammavariate(16, 1 / 16)  # a day in three is off by a quarter
    by_hour = 1.0 if 6 <= hour < 22 else site.night
    weekend = site.weekend if int(day) % 7 in (2, 3) else 1.0  # 1 January 2026 is a Thursday
    return site.a_day / 16 * by_hour * weekend * busy[int(day)]


def _measures(
    site: Site, articles: int, hit: Fault | None, broken_field: str, chance: random.Random
) -> SiteMeasures:
    def share(usual: float, count: int, noise: float = 0.4) -> float:
        if not 0 < usual < 1:
            return usual
        odds = usual / (1 - usual) * math.exp(chance.gauss(0, noise))
        likely = odds / (1 + odds)
        return sum(chance.random() < likely for _ in range(count)) / count

    captures = 3 + round(articles * 1.3)
    error = hit.errors if hit and hit.errors is not None else site.errors
    failed = share(error, captures, 0.7)
    read = articles + _poisson(articles * 0.5, chance)
    some = round(share(site.commented, read) * read) if read else 0
    some = round(some * (hit.comments if hit else 1.0))
    lengths = [site.words * math.exp(chance.gauss(0, 0.6)) for _ in range(articles)]
    factor = hit.words if hit else 1.0
    return SiteMeasures(
        captures=captures,
        outcomes={"server_error": round(failed * captures), "article": articles},
        errors=failed,
        duration_p50_ms=site.duration_ms * math.exp(chance.gauss(0, 0.25))
        * (hit.duration if hit else 1.0),
        articles=articles,
        new_articles=articles,
        article_pages=articles,
        fields={
            name: share(usual, articles)
            * (hit.field if hit is not None and name == broken_field else 1.0)
            for name, usual in site.fields.items()
        } if articles else {},
        words_median=statistics.median(lengths) * factor if lengths else None,
        comments=sum(math.ceil(site.comments * chance.lognormvariate(0, 1)) for _ in range(some)),
        articles_read=read,
        articles_commented=some,
    )  # fmt: skip


def _poisson(expected: float, chance: random.Random) -> int:
    if expected > 50:
        return max(0, round(chance.gauss(expected, math.sqrt(expected))))
    count, product, least = 0, chance.random(), math.exp(-expected)
    while product > least:
        count += 1
        product *= chance.random()
    return count


def spidermon_rule(runs: list[RunMeasures], place: int) -> bool:
    """The comparison that Spidermon's manual shows: fewer items than nine tenths of the mean."""
    counts = [sum(site.articles for site in (run.sites or {}).values()) for run in runs[:place]]
    now = sum(site.articles for site in (runs[place].sites or {}).values())
    return bool(counts) and now < 0.9 * statistics.fmean(counts[-100:])


def quiet(sites: int, every: float, days: float, seed: int) -> None:
    """Prints how often something is said where nothing is wrong."""
    said: Counter[str] = Counter()
    ratio = calls = 0
    examples: dict[str, str] = {}
    began = time.process_time()
    for number in range(sites):
        chance = random.Random(seed + number)
        runs = list(runs_of(some_site(number, chance), every, days, chance))
        before: set[tuple[Name, str | None]] = set()
        was_low = False
        for place, now in watched(runs):
            found = findings(now, reversed(runs[:place]))
            calls += 1
            here = {(one.name, one.field) for one in found}
            for one in found:
                if (one.name, one.field) not in before:
                    said[one.name] += 1
                    examples[one.name] = one.text
            before = here
            is_low = spidermon_rule(runs, place)
            ratio += is_low and not was_low
            was_low = is_low
    months = sites * WATCHED_DAYS / 30
    print(f"| false alarms a site and month | {sum(said.values()) / months:.3f} |")
    for name, count in sorted(said.items()):
        print(f"| … `{name}` | {count / months:.3f} ({examples[name]}) |")
    print(f"| … of nine tenths of the mean | {ratio / months:.1f} |")
    print(f"| a comparison | {(time.process_time() - began) / calls * 1000:.1f} ms |", flush=True)


def watched(runs: list[RunMeasures]) -> Iterator[tuple[int, RunMeasures]]:
    """The runs of the last ``WATCHED_DAYS``."""
    since = runs[-1].started_at - timedelta(days=WATCHED_DAYS)
    return ((place, run) for place, run in enumerate(runs) if run.started_at >= since)


def broken(
    fault: Fault, sites: int, every: float, days: float, seed: int, limit_days: float
) -> None:
    """Prints how soon the finding of a fault's name appears."""
    waits: list[int] = []
    tried = 0
    for number in range(sites):
        chance = random.Random(seed + number)
        site = some_site(number, chance)
        if fault.comments < 1 and site.commented < 0.2:
            continue  # where hardly anybody writes, nobody is missed
        at = (days - WATCHED_DAYS + chance.uniform(0, 7)) * 24 * HOUR
        site = replace(site, name="site.example")
        runs = list(runs_of(site, every, days, chance, fault, at))
        tried += 1
        wait = _wait(runs, fault.name, BEGAN + timedelta(seconds=at), limit_days)
        if wait is not None:
            waits.append(wait)
    if waits:
        ordered = sorted(waits)
        p90 = ordered[int(0.9 * (len(ordered) - 1))]
        after = f"{len(waits) / tried:.2f} | {statistics.median(waits):.0f} | {p90}"
    else:
        after = "0.00 | – | –"
    print(f"| {fault.says} | {after} |", flush=True)


def _wait(runs: list[RunMeasures], name: Name, since: datetime, limit_days: float) -> int | None:
    """The number of the run, from the fault on, in which it is found."""
    number = 0
    for place, now in enumerate(runs):
        if now.started_at < since:
            continue
        number += 1
        if now.started_at - since > timedelta(days=limit_days):
            return None
        if _names(findings(now, reversed(runs[:place]))) & _accepted(name):
            return number
    return None


def _names(found: tuple[Finding, ...]) -> set[Name]:
    return {one.name for one in found}


def _accepted(name: Name) -> set[Name]:
    """Silence is an extreme of few, and few may look like silence where there are few anyway."""
    return {Name.SILENT, Name.VOLUME_LOW} if name in {Name.SILENT, Name.VOLUME_LOW} else {name}


WAYS: dict[str, Callable[[], float]] = {"hourly": lambda: HOUR, "daily": lambda: 24 * HOUR}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.monitors", description=__doc__)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--days", type=float, default=90)
    parser.add_argument("--cadence", choices=WAYS, nargs="*", default=list(WAYS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit-days", type=float, default=14)
    parser.add_argument("--only", choices=("quiet", "broken"))
    arguments = parser.parse_args()
    for cadence in arguments.cadence:
        every = WAYS[cadence]()
        print(f"\n{arguments.sites} sites, {cadence}, {arguments.days:.0f} days\n")
        if arguments.only != "broken":
            quiet(arguments.sites, every, arguments.days, arguments.seed)
        if arguments.only != "quiet":
            print("\n| fault | found | after runs, median | 90 % |")
            for fault in FAULTS:
                broken(fault, arguments.sites, every, arguments.days, arguments.seed + 10_000,
                       arguments.limit_days)  # fmt: skip


if __name__ == "__main__":
    main()
