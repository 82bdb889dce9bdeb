"""A site beside its own past: what is said when it breaks, and that nothing is said otherwise."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.findings import Finding, Name, Severity
from archiver.monitors import findings
from archiver.site_measures import FIELDS, RunMeasures, SiteMeasures
from bench.monitors import FAULTS, runs_of, some_site

BEGAN = datetime(2026, 9, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL = SiteMeasures(
    captures=70,
    outcomes={"article": 60, "feed": 9, "not_found": 1},
    errors=1 / 70,
    duration_p50_ms=300,
    duration_p95_ms=900,
    articles=60,
    new_articles=55,
    article_pages=60,
    fields=dict.fromkeys(FIELDS, 0.9),
    words_median=450,
    words_p10=120,
    comments=300,
    articles_read=80,
    articles_commented=40,
)


def run(day: float, site: SiteMeasures | None = USUAL, **changes: Any) -> RunMeasures:
    """A run ``day`` days after the first, of one site or none."""
    at = BEGAN + day * DAY
    sites = {} if site is None else {"paper.example": site}
    return replace(RunMeasures(f"{at:%Y%m%d%H%M%S}", at, sites, scope="all"), **changes)


def past(days: int = 40, site: SiteMeasures = USUAL) -> list[RunMeasures]:
    """Runs of each day, as the monitors want them: newest first."""
    return [run(day, site) for day in reversed(range(days))]


def said(now: RunMeasures, history: Iterable[RunMeasures]) -> list[tuple[Name, str | None]]:
    return [(one.name, one.field) for one in findings(now, history)]


def test_nothing_is_said_of_a_site_that_is_as_it_was() -> None:
    assert findings(run(40), past()) == ()


def test_a_field_that_vanished_is_told_in_full() -> None:
    broken = replace(USUAL, fields={**USUAL.fields, "authors": 0.0})
    (finding,) = findings(run(40, broken), past())
    assert finding.as_json() == {
        "name": "coverage_low",
        "site": "paper.example",
        "field": "authors",
        "value": 0.0,
        "expected": [0.745, 0.9831],
        "text": "paper.example: authors on 0% of the last 60 article pages, 75% to 98% before",
        "severity": "serious",
        "since": "2026-10-11T03:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        ({"new_articles": 0}, "silent", "0 new articles in 24 hours, 32 to 84 in 5 like windows"),
        ({"new_articles": 9}, "volume_low", "9 new articles in 24 hours"),
        ({"new_articles": 900}, "volume_high", "900 new articles in 24 hours"),
        ({"words_median": 200}, "body_short", "the middle text of the last 60 has 200 words"),
        ({"articles_commented": 4}, "comments_low", "5% of the last 80 articles show comments"),
        ({"comments": 20}, "comments_low", "0.2 comments for each of the last 80 articles"),
        (
            {"errors": 0.5, "outcomes": {"article": 35, "server_error": 34, "not_found": 1}},
            "errors_high",
            "50% of the last 70 captures failed (now mostly server_error), 0% to",
        ),
        ({"duration_p50_ms": 4000}, "slow", "the middle answer of the last 70 took 4000 ms"),
    ],
)
def test_each_way_to_break_has_its_name(changes: dict[str, Any], name: str, text: str) -> None:
    (finding,) = findings(run(40, replace(USUAL, **changes)), past())
    assert finding.name == name
    assert finding.text.startswith(f"paper.example: {text}")


def test_nothing_is_said_before_there_is_a_past() -> None:
    nothing = SiteMeasures(captures=70, outcomes={"server_error": 70}, errors=1.0, new_articles=0)
    assert findings(run(40, nothing), []) == ()
    assert findings(run(4, nothing), past(4)) == ()


def test_what_a_site_never_had_is_not_missed() -> None:
    poor = replace(USUAL, fields=dict.fromkeys(FIELDS, 0.0), comments=0, articles_commented=0)
    assert findings(run(40, poor), past(site=poor)) == ()


def test_a_run_of_an_hour_is_seen_with_those_before_it() -> None:
    hourly = replace(USUAL, captures=7, articles=3, new_articles=3, article_pages=3,
                     articles_read=4, articles_commented=2, comments=15)  # fmt: skip
    runs = [run(number / 24, hourly) for number in reversed(range(24 * 30))]
    broken = replace(hourly, fields={**hourly.fields, "section": 0.0})
    after: list[RunMeasures] = []
    for number in range(1, 25):
        after.append(run(30 + number / 24, broken))
        if said(after[-1], [*reversed(after[:-1]), *runs]):
            break
    assert said(after[-1], [*reversed(after[:-1]), *runs]) == [(Name.COVERAGE_LOW, "section")]
    assert 5 <= len(after) <= 15  # some twenty or thirty pages of fifty


def test_weekends_are_compared_with_weekends() -> None:
    def at(day: int) -> RunMeasures:
        is_weekend = (BEGAN + day * DAY).weekday() >= 5
        return run(day, replace(USUAL, new_articles=4 if is_weekend else 60))

    days = [at(day) for day in reversed(range(42))]
    for day in range(42, 49):
        assert findings(at(day), days) == (), day
        days.insert(0, at(day))
    monday = run(55, replace(USUAL, new_articles=4))
    assert monday.started_at.weekday() == 0
    days = [at(day) for day in reversed(range(55))]
    assert said(monday, days) == [(Name.VOLUME_LOW, None)]


def test_a_quiet_site_is_silent_only_after_twice_its_longest_pause() -> None:
    def at(day: int) -> RunMeasures:
        return run(day, replace(USUAL, new_articles=1 if day % 4 == 0 and day <= 48 else 0))

    first = next(
        day for day in range(45, 70) if findings(at(day), [at(d) for d in reversed(range(day))])
    )
    assert first == 57  # the last article came on day 48
    (finding,) = findings(at(57), [at(day) for day in reversed(range(57))])
    assert finding.name is Name.SILENT
    assert finding.text == (
        "paper.example: nothing new for 9 days; it never paused for more than 4 days"
    )


def test_a_site_that_is_not_visited_any_more_is_missed_for_a_week() -> None:
    def absent(days: int) -> list[tuple[Name, str | None]]:
        after = [run(40 + day, None) for day in reversed(range(days))]
        return said(run(40 + days, None), [*after, *past()])

    told = [days for days in range(20) if absent(days)]
    assert told == [0, 1, 2, 3, 4, 5, 6]
    assert said(run(40, None, scope="other"), past()) == []
    (finding,) = findings(run(41, None), past())
    assert finding.text.endswith("(and this run did not visit it)")


@pytest.mark.parametrize("changes", [{"is_finished": False}, {"is_backfill": True}])
def test_how_many_is_not_judged_where_it_says_nothing(changes: dict[str, Any]) -> None:
    broken = replace(USUAL, new_articles=0, fields={**USUAL.fields, "authors": 0.0})
    assert said(run(40, broken, **changes), past()) == [(Name.COVERAGE_LOW, "authors")]


def test_a_backfill_does_not_make_later_runs_look_empty() -> None:
    flood = run(39.5, replace(USUAL, new_articles=90_000), is_backfill=True)
    assert findings(run(40), [flood, *past()]) == ()


def test_what_a_killed_run_took_is_not_missed() -> None:
    killed = run(39.5, sites=None, is_finished=False)
    little = run(40, replace(USUAL, new_articles=2))
    assert said(little, [killed, *past()]) == []
    assert said(little, past()) == [(Name.VOLUME_LOW, None)]


def test_a_finding_remembers_when_it_began() -> None:
    broken = replace(USUAL, fields={**USUAL.fields, "authors": 0.0})
    runs = past()
    for day in range(40, 45):
        now = run(day, broken)
        (finding,) = findings(now, runs)
        assert finding.since == BEGAN + 40 * DAY
        key = (str(finding.name), finding.site, str(finding.field))
        runs.insert(0, replace(now, known_since={key: finding.since}))
    assert findings(run(45), runs) == ()
    (later,) = findings(run(48, broken), [run(47), run(46), run(45), *runs])
    assert later.since == BEGAN + 48 * DAY


def test_what_broke_and_stays_so_is_the_norm_after_two_months() -> None:
    broken = replace(USUAL, fields={**USUAL.fields, "authors": 0.0})
    after = [run(day, broken) for day in reversed(range(40, 110))]
    assert findings(after[0], [*after[1:], *past()]) == ()
    assert said(after[50], [*after[51:], *past()]) == [(Name.COVERAGE_LOW, "authors")]


def test_serious_things_come_first() -> None:
    def of(site: SiteMeasures, now: RunMeasures) -> RunMeasures:
        return replace(now, sites={"a.example": site, "b.example": site, **(now.sites or {})})

    runs = [of(USUAL, one) for one in past()]
    now = of(replace(USUAL, duration_p50_ms=4000), run(40, replace(USUAL, new_articles=0)))
    assert [(one.severity, one.site) for one in findings(now, runs)] == [
        (Severity.SERIOUS, "paper.example"),
        (Severity.WARNING, "a.example"),
        (Severity.WARNING, "b.example"),
    ]


def test_the_history_is_read_no_further_than_it_counts() -> None:
    asked: list[float] = []

    def endless() -> Iterable[RunMeasures]:
        for number in range(1, 10_000):
            asked.append(number)
            yield run(-number)

    findings(run(0), endless())
    assert len(asked) == 61


site_measures = st.builds(
    SiteMeasures,
    captures=st.integers(0, 200),
    outcomes=st.dictionaries(st.sampled_from(["article", "timeout"]), st.integers(0, 200)),
    errors=st.none() | st.floats(0, 1),
    duration_p50_ms=st.none() | st.floats(0, 10**7),
    new_articles=st.none() | st.integers(0, 10**6),
    article_pages=st.integers(0, 200),
    fields=st.dictionaries(st.sampled_from(FIELDS), st.floats(0, 1)),
    words_median=st.none() | st.floats(0, 10**6),
    comments=st.integers(0, 10**6),
    articles_read=st.integers(0, 200),
    articles_commented=st.integers(0, 200),
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.dictionaries(st.sampled_from("ab"), site_measures), st.booleans()),
        min_size=1,
        max_size=40,
    ),
    st.lists(st.floats(0, 20), min_size=40, max_size=40),
)
def test_whatever_was_recorded_gives_findings_in_order(
    told: Sequence[tuple[dict[str, SiteMeasures] | None, bool]], days: Sequence[float]
) -> None:
    """Also of clocks that stood still, and of counts that do not go together."""
    moment, runs = 0.0, []
    for (sites, is_finished), pause in zip(told, days, strict=False):
        moment += pause
        runs.append(run(moment, sites=sites, is_finished=is_finished))
    now, *history = reversed(runs)
    found: tuple[Finding, ...] = findings(now, history)
    assert sorted(found, key=lambda one: (one.severity != Severity.SERIOUS, one.site)) == [*found]
    for one in found:
        assert one.as_json()["expected"] == sorted(one.as_json()["expected"])


def test_next_to_nothing_is_said_of_ordinary_sites_in_half_a_year() -> None:
    """Six sites for a month. The whole measurement is ``python -m bench.monitors``."""
    said_of: set[tuple[str, Name, str | None]] = set()
    for number in range(6):
        chance = random.Random(number)
        runs = [*reversed([*runs_of(some_site(number, chance), 86_400, 75, chance)])]
        for place in range(30):
            found = findings(runs[place], runs[place + 1 :])
            said_of |= {(one.site, one.name, one.field) for one in found}
    assert len(said_of) <= 1


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says)
def test_each_fault_of_a_busy_site_is_found_within_a_week(fault: Any) -> None:
    chance = random.Random(7)
    site = replace(some_site(7, chance), a_day=60.0, weekend=0.8, commented=0.5, duration_ms=400)
    runs = list(runs_of(site, 86_400, 90, chance, fault, 80 * 86_400.0))
    week = [place for place in range(len(runs)) if 80 <= (runs[place].started_at.timestamp()
            - datetime(2026, 1, 1, tzinfo=UTC).timestamp()) / 86_400 < 87.5]  # fmt: skip
    names = {one.name for place in week for one in findings(runs[place], runs[:place][::-1])}
    assert fault.name in names
