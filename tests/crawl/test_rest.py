"""A server that is too busy is given the rest it asks for, within limits, in later runs too."""

from __future__ import annotations

from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from archiver.crawl.downloader import CAN_BE_PUT_OFF, LeftForNextRun, PutOff
from archiver.crawl.handler import _for_the_server
from archiver.crawl.pace import Pace
from archiver.crawl.rest import RestMiddleware
from archiver.crawl.run import LEASE, Run

URL = "https://paper.example/a"
SLOT = "paper.example"
Told = list[tuple[Any, ...]]


class House:
    """Stands for scheduler, downloader and memory, and notes what they are told."""

    def __init__(self, *, delay: float = 0.0, rests: dict[str, float] | None = None) -> None:
        self.told: Told = []
        self.noted: Told = []
        self.paces: dict[str, Pace] = {}
        self.wait = 0.0
        self._delay = delay
        self._rests = rests or {}

    def pause(self, slot: str, seconds: float) -> None:
        self.told.append(("pause", slot, round(seconds, 1)))

    def close_slot(self, slot: str) -> None:
        self.told.append(("close", slot))

    def give_back(self, request: Request) -> None:
        self.told.append(("give back", request.url))

    def pace(self, slot: str) -> Pace:
        return self.paces.setdefault(slot, Pace())

    def own_delay(self, slot: str) -> float:
        return self._delay

    def note_pace(self, slot: str) -> None:
        self.noted.append(("pace", slot, self.pace(slot).delay(self._delay)))

    def seconds_until_due(self, slot: str) -> float:
        return self.wait

    def leave(self, slot: str) -> None:
        self.pace(slot).is_left = True

    def get_slot_key(self, request: Request) -> str:
        return str(request.meta["download_slot"])

    def rests(self) -> dict[str, float]:
        return self._rests

    def note_rest(self, slot: str, seconds: float) -> None:
        self.noted.append(("rest", slot, round(seconds, 1)))


@pytest.fixture
def house() -> House:
    return House()


def middleware_of(house: House, monkeypatch: pytest.MonkeyPatch) -> RestMiddleware:
    run = SimpleNamespace(courtesy=house)
    monkeypatch.setattr(Run, "of", lambda crawler: run)
    crawler: Any = SimpleNamespace(
        engine=SimpleNamespace(scheduler=house, downloader=house),
        settings=SimpleNamespace(getfloat={"AUTOTHROTTLE_MAX_DELAY": 60.0}.__getitem__),
    )
    return RestMiddleware(crawler)


@pytest.fixture
def middleware(house: House, monkeypatch: pytest.MonkeyPatch) -> RestMiddleware:
    return middleware_of(house, monkeypatch)


def request_of(**meta: Any) -> Request:
    return Request(URL, meta={"download_slot": SLOT, LEASE: 1, **meta})


def answer(middleware: RestMiddleware, status: int, *headers: str, date: str | None = None) -> None:
    named: dict[str, Any] = {"Retry-After": list(headers)}
    if date is not None:
        named["Date"] = date
    response = Response(URL, status=status, headers=named)
    assert middleware.process_response(request_of(), response) is response


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (503, ["30"], [("pause", SLOT, 30.0)]),
        (429, ["5"], [("pause", SLOT, 5.0)]),
        (429, ["5", "40"], [("pause", SLOT, 40.0)]),
        (429, [], []),
        (429, ["soon"], []),
        (429, ["0"], []),
        (200, ["30"], []),
        (500, ["30"], []),
        (503, ["86400"], [("close", SLOT)]),
    ],
)
def test_rest_is_given_where_it_is_asked_for(
    house: House, middleware: RestMiddleware, status: int, headers: list[str], told: Told
) -> None:
    answer(middleware, status, *headers)
    assert house.told == told
    rests = [noted for noted in house.noted if noted[0] == "rest"]
    assert len(rests) == len(told), "each is remembered for the next run"


def test_a_short_rest_is_waited_for_in_the_downloader(
    house: House, middleware: RestMiddleware
) -> None:
    answer(middleware, 503, "1")
    assert house.told == []
    assert house.pace(SLOT).resting_until > monotonic() + 0.9


def test_a_shorter_rest_does_not_end_a_longer_one(house: House, middleware: RestMiddleware) -> None:
    answer(middleware, 503, "300")
    answer(middleware, 503, "10")
    assert [noted for noted in house.noted if noted[0] == "rest"] == [
        ("rest", SLOT, 300.0),
        ("rest", SLOT, 300.0),
    ]
    assert house.pace(SLOT).waited == pytest.approx(300.0, abs=1.0)


def test_a_site_that_asks_again_and_again_is_left_for_the_next_run(
    house: House, middleware: RestMiddleware
) -> None:
    answer(middleware, 503, "400")
    answer(middleware, 503, "800")
    assert house.told == [("pause", SLOT, 400.0), ("close", SLOT)]
    assert house.pace(SLOT).is_left


def test_a_site_that_answers_in_between_is_not_left(
    house: House, middleware: RestMiddleware
) -> None:
    for _ in range(3):
        answer(middleware, 503, "300")
        answer(middleware, 200)
        house.pace(SLOT).resting_until = 0.0
    assert house.told == [("pause", SLOT, 300.0)] * 3


def test_a_date_is_taken_against_the_clock_of_the_server(
    house: House, middleware: RestMiddleware
) -> None:
    """Ours is years away from both."""
    answer(
        middleware,
        503,
        "Sun, 06 Nov 1994 08:50:07 GMT",
        date="Sun, 06 Nov 1994 08:49:37 GMT",
    )
    assert house.told == [("pause", SLOT, 30.0)]


def test_without_a_word_each_refusal_doubles_the_delay_until_the_site_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House(delay=1.0)
    middleware = middleware_of(house, monkeypatch)
    now = 0.0
    monkeypatch.setattr("archiver.crawl.rest.monotonic", lambda: now)
    while not house.pace(SLOT).is_left:
        now += 1000.0
        answer(middleware, 429)
    delays = [noted[2] for noted in house.noted]
    assert delays == [2.0, 4.0, 8.0, 16.0, 32.0] + [60.0] * 9
    assert house.told[-1] == ("close", SLOT)


def test_without_a_delay_refusals_are_outcomes_like_others(
    house: House, middleware: RestMiddleware
) -> None:
    for _ in range(100):
        answer(middleware, 429)
    assert house.told == []


def test_what_an_earlier_run_was_asked_holds_for_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(rests={"short.example": 120.0, "long.example": 7200.0})
    middleware_of(house, monkeypatch).resume_rests()
    assert house.told == [("pause", "short.example", 120.0), ("close", "long.example")]
    assert house.pace("short.example").resting_until == pytest.approx(monotonic() + 120, abs=5)


def test_a_request_whose_turn_is_near_waits_in_the_downloader(
    house: House, middleware: RestMiddleware
) -> None:
    house.wait = 1.5
    middleware.process_request(request_of())
    assert house.told == []


def test_a_request_whose_turn_is_far_off_makes_room_for_others(
    house: House, middleware: RestMiddleware
) -> None:
    house.wait = 20.0
    request = request_of()
    with pytest.raises(PutOff) as caught:
        middleware.process_request(request)
    middleware.process_exception(request, caught.value)
    assert house.told == [("pause", SLOT, 20.0), ("give back", URL)]


def test_who_has_no_lease_waits_unless_it_says_otherwise(
    house: House, middleware: RestMiddleware
) -> None:
    house.wait = 20.0
    request = Request(URL, meta={"download_slot": SLOT})
    middleware.process_request(request)
    request.meta[CAN_BE_PUT_OFF] = True
    with pytest.raises(PutOff):
        middleware.process_request(request)


def test_a_request_whose_turn_does_not_come_in_this_run_is_left_for_the_next(
    house: House, middleware: RestMiddleware
) -> None:
    house.wait = 601.0
    for _ in range(2):
        with pytest.raises(LeftForNextRun):
            middleware.process_request(request_of())
    assert house.told == [("close", SLOT)]


def test_other_failures_are_not_touched(house: House, middleware: RestMiddleware) -> None:
    middleware.process_exception(request_of(), ValueError())
    assert house.told == []


def test_what_is_said_to_the_proxy_is_not_archived() -> None:
    said = b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n"
    sent = said + b"Proxy-Authorization: Basic eA==\r\n\r\n"
    assert _for_the_server(sent) == said + b"\r\n"
