"""When sites are due: grids, missed runs, clocks that jump, what is crawled together."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.commands.crawl import ExitCode
from archiver.schedule import (
    ENDINGS,
    WORST_FIRST,
    AtTime,
    Cadence,
    Every,
    LastRun,
    Setup,
    Site,
    Standing,
    judge,
    judge_all,
    plan,
    worst,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALL_DAYS = frozenset(range(7))
BERLIN = ZoneInfo("Europe/Berlin")
HERE = Setup("/srv/output")

moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
cadences: st.SearchStrategy[Cadence] = st.one_of(
    st.integers(1, 60 * 24 * 14).map(lambda minutes: Every(timedelta(minutes=minutes))),
    st.builds(
        AtTime,
        st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0)),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.sampled_from(
            [UTC, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")]
        ),
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


HOURLY = Every(HOUR)


def site(cadence: Cadence = HOURLY, name: str = "paper.example", **more: object) -> Site:
    known: dict[str, object] = {"setup": HERE} | more
    return Site(name, (name,), cadence, "?", **known)  # type: ignore[arg-type]


def ran(slot: datetime, exit_code: int | None = 0, began_at: datetime | None = None) -> LastRun:
    began = began_at or slot
    return LastRun(slot, began, None if exit_code is None else began, exit_code)


@given(cadences, moments)
def test_a_moment_lies_between_two_neighbours_of_the_grid(cadence: Cadence, now: datetime) -> None:
    before, after = cadence.at_or_before(now), cadence.after(now)
    assert before <= now < after
    assert cadence.at_or_before(before) == before
    assert cadence.after(before) == after
    assert cadence.at_or_before(after) == after


@given(cadences, moments, st.integers(0, 86_400))
def test_a_later_moment_never_has_an_earlier_slot(
    cadence: Cadence, now: datetime, seconds: int
) -> None:
    later = now + timedelta(seconds=seconds)
    assert cadence.at_or_before(now) <= cadence.at_or_before(later)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", range(4))
def test_a_time_of_day_comes_once_a_day_when_the_clocks_change(zone: str, hour: int) -> None:
    grid = AtTime(time(hour, 30), ALL_DAYS, ZoneInfo(zone))
    moment = at("2026-01-01")
    found = []
    for _ in range(364):
        moment = grid.after(moment)
        found.append(moment)
    assert all(HOUR * 22 < later - sooner < HOUR * 26 for sooner, later in pairwise(found))
    assert len({one.astimezone(ZoneInfo(zone)).date() for one in found}) == 364


def test_a_day_begins_at_midnight_and_a_week_on_monday() -> None:
    assert Every(DAY).after(at("2026-11-24T03:00")) == at("2026-11-25")
    assert Every(7 * DAY).after(at("2026-11-24T03:00")) == at("2026-11-30")
    assert AtTime(time(7, 30), frozenset({0, 3})).after(at("2026-11-24")) == at("2026-11-26T07:30")
    assert AtTime(time(7, 30), ALL_DAYS, BERLIN).after(at("2026-07-01T12:00")) == at(
        "2026-07-02T05:30"
    )


def test_what_never_ran_is_due() -> None:
    verdict = judge(site(), None, at("2026-11-24T03:10"))
    assert (verdict.standing, verdict.since) == (Standing.NEVER, None)
    assert (verdict.slot, verdict.next_at) == (at("2026-11-24T03:00"), at("2026-11-24T04:00"))


def test_what_ran_waits_for_its_next_moment_however_late_it_ran() -> None:
    last = ran(at("2026-11-24T03:00"), began_at=at("2026-11-24T03:58"))
    assert judge(site(), last, at("2026-11-24T03:59")).standing is Standing.WAITING
    verdict = judge(site(), last, at("2026-11-24T04:00"))
    assert (verdict.standing, verdict.since) == (Standing.DUE, at("2026-11-24T04:00"))


@given(cadences, moments, st.integers(0, 400))
def test_missed_runs_are_caught_up_once(cadence: Cadence, now: datetime, days: int) -> None:
    one = site(cadence)
    last = ran(one.at_or_before(now))
    back = now + timedelta(days=days)
    verdict = judge(one, last, back)
    assert verdict.is_due == (cadence.after(now) <= back)
    if verdict.is_due:
        assert verdict.since == cadence.after(now)
        caught_up = judge(one, ran(verdict.slot, began_at=back), back)
        assert caught_up.standing is Standing.WAITING
        assert caught_up.next_at == cadence.after(back)


@given(cadences, moments, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_clock_set_back_makes_a_site_due_at_most_once(
    cadence: Cadence, before: datetime, back: timedelta
) -> None:
    one = site(cadence)
    now = (before - back).replace(microsecond=0)
    verdict = judge(one, ran(one.at_or_before(before), began_at=before), now)
    if verdict.is_due:
        verdict = judge(one, ran(verdict.slot, began_at=now), now)
    assert verdict.standing is Standing.WAITING
    assert verdict.next_at is not None
    # ... and it waits for its next moment, or the one after that: never for the clock of old.
    assert verdict.next_at <= one.after(one.after(now))


@given(cadences, moments, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_clock_set_forward_makes_a_site_due_once(
    cadence: Cadence, before: datetime, ahead: timedelta
) -> None:
    one = site(cadence)
    now = (before + ahead).replace(microsecond=0)
    verdict = judge(one, ran(one.at_or_before(before), began_at=before), now)
    if verdict.is_due:
        assert judge(one, ran(verdict.slot, began_at=now), now).standing is Standing.WAITING


@pytest.mark.parametrize("exit_code", [None, -9, -15, 2, 4, 5, 6, 8])
def test_what_was_not_crawled_is_due_again(exit_code: int | None) -> None:
    last = ran(at("2026-11-24T03:00"), exit_code)
    verdict = judge(site(), last, at("2026-11-24T03:10"))
    assert (verdict.standing, verdict.since) == (Standing.AGAIN, at("2026-11-24T03:00"))


@pytest.mark.parametrize("exit_code", [0, 1, 3, 7])
def test_what_was_crawled_waits_also_when_it_failed(exit_code: int) -> None:
    last = ran(at("2026-11-24T03:00"), exit_code)
    assert judge(site(), last, at("2026-11-24T03:10")).standing is Standing.WAITING


def test_what_runs_is_not_due_and_what_an_earlier_run_due_left_is() -> None:
    last = ran(at("2026-11-24T03:00"), None, began_at=at("2026-11-24T03:05"))
    now = at("2026-11-24T05:00")
    running = judge(site(), last, now, at_work_since=at("2026-11-24T03:04"))
    assert running.standing is Standing.RUNNING
    assert judge(site(), last, now, at_work_since=at("2026-11-24T04:00")).is_due


def test_what_is_switched_off_is_never_due() -> None:
    verdict = judge(site(is_enabled=False), None, at("2026-11-24"))
    assert (verdict.standing, verdict.is_due, verdict.next_at) == (Standing.OFF, False, None)


@given(cadences, moments, st.text(min_size=1), st.integers(0, 3600))
def test_jitter_moves_a_site_by_less_than_itself_and_always_alike(
    cadence: Cadence, now: datetime, name: str, seconds: int
) -> None:
    moved = site(cadence, name, jitter=timedelta(seconds=seconds))
    assert timedelta(0) <= moved.shift <= timedelta(seconds=seconds)
    assert moved.after(now + moved.shift) - cadence.after(now) == moved.shift
    assert moved.at_or_before(now) <= now < moved.after(now)


def test_jitter_spreads_sites_of_one_cadence() -> None:
    sites = [site(name=f"news{number}.example", jitter=HOUR) for number in range(600)]
    shifts = [one.shift // timedelta(minutes=10) for one in sites]
    assert all(60 < shifts.count(tenth) < 140 for tenth in range(6))


def test_sites_of_one_setup_are_one_job_and_others_others() -> None:
    sites = [
        site(name="a.example"),
        site(name="b.example", setup=Setup("/srv/b")),
        site(name="c.example"),
        site(name="d.example", setup=Setup("/srv/output", settings=(("DOWNLOAD_DELAY", "2"),))),
        site(name="off.example", is_enabled=False),
    ]
    jobs = plan(judge_all(sites, {}, at("2026-11-24")), most_sites=10)
    assert [[one.name for one in job.sites] for job in jobs] == [
        ["a.example", "c.example"],
        ["b.example"],
        ["d.example"],
    ]


def test_a_job_has_no_more_sites_than_allowed_and_the_longest_wait_is_first() -> None:
    sites = [site(name=f"{number}.example") for number in range(5)]
    last_runs = {
        one.name: ran(at("2026-11-24T03:00") - number * HOUR) for number, one in enumerate(sites)
    }
    del last_runs["1.example"]
    jobs = plan(judge_all(sites, last_runs, at("2026-11-24T04:30")), most_sites=2)
    assert [[one.name for one in job.sites] for job in jobs] == [
        ["1.example", "4.example"],
        ["3.example", "2.example"],
        ["0.example"],
    ]


@given(st.lists(st.integers(-64, 8)))
def test_the_exit_code_is_that_of_the_worst(codes: list[int]) -> None:
    summed = worst(codes)
    assert (summed == 0) == all(code == 0 for code in codes)
    assert summed in codes or (summed == 1 and min(codes) < 0) or not codes


def test_every_exit_code_of_a_crawl_has_its_words_and_its_rank() -> None:
    assert set(ENDINGS) == set(ExitCode) == set(WORST_FIRST)
