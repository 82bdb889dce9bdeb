"""The last door before the wire keeps each slot's pace, whatever Scrapy makes of its own delay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from archiver.crawl.courtesy import KeptPace
from archiver.crawl.downloader import LeftForNextRun, PacedDownloader, PacedSlot, request_sent
from archiver.crawl.pace import Pace
from archiver.crawl.requests import entry_of
from archiver.crawl.run import Run
from archiver.errors import WriteFailed
from archiver.model import Errand, Purpose
from spiders.news import NewsSpider
from tests.crawl.running import settings_of

URL = "https://paper.example/a"
SLOT = "paper.example"
DELAY = 0.2


def paced(pace: Pace, *, delay: float, jitter: float = 0.0) -> PacedSlot:
    return PacedSlot(Slot(2, delay, jitter), pace)


# --- what is relied on of Scrapy ------------------------------------------------------------------


def test_jitter_never_makes_a_delay_shorter() -> None:
    slot = paced(Pace(floor=3.0), delay=2.0, jitter=0.5)
    assert min(slot.download_delay() for _ in range(200)) == 3.0
    slot = paced(Pace(), delay=2.0, jitter=0.5)
    found = [slot.download_delay() for _ in range(200)]
    assert min(found) == 2.0
    assert max(found) > 2.5


def test_our_delay_has_no_jitter() -> None:
    assert settings_of().getfloat("DOWNLOAD_DELAY_JITTER") == 0.0


def test_autothrottle_goes_below_neither_our_delay_nor_a_crawl_delay() -> None:
    throttle = AutoThrottle(Crawler(NewsSpider, settings_of()))
    throttle.mindelay, throttle.maxdelay = throttle._min_delay(), throttle._max_delay()
    slot = paced(Pace(floor=5.0), delay=throttle._start_delay())
    for _ in range(20):
        throttle._adjust_delay(slot, 0.05, Response(URL))
    assert slot.delay == 1.0
    assert slot.download_delay() == 5.0
    throttle._adjust_delay(slot, 30.0, Response(URL))
    assert slot.download_delay() == 30.0, "a slow server is asked more slowly still"
    throttle._adjust_delay(slot, 0.05, Response(URL, status=503))
    assert slot.download_delay() == 30.0, "an error that comes quickly is no reason to hurry"


def test_a_rest_holds_for_what_waits_already() -> None:
    pace = Pace(asked_at=monotonic())
    slot = paced(pace, delay=1.0)
    pace.rest(100.0, monotonic())
    slot.lastseen = monotonic() - 50.0
    assert slot.download_delay() == pytest.approx(150.0, abs=1.0)


# --- whose politeness counts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "slot"),
    [
        ("https://www.paper.example/a", "paper.example"),
        ("http://blogs.paper.example:8080/a", "paper.example"),
        ("https://www.paper.co.uk/a", "paper.co.uk"),
        ("https://disqus.com/embed/comments/?t_i=1", "disqus.com"),
        ("https://api.github.com/repos/a/b", "github.com"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
    ],
)
def test_a_site_has_one_slot_and_a_thread_host_its_own(url: str, slot: str) -> None:
    request = Request(url, meta={"errand": Errand(Purpose.THREAD, via="https://paper.example/")})
    assert entry_of(request, NewsSpider()).slot == slot


# --- the downloader itself ------------------------------------------------------------------------


class Memory:
    """What earlier runs left, and what this one notes."""

    def __init__(self, kept: KeptPace | None = None) -> None:
        self.kept = kept
        self.noted: list[KeptPace] = []
        self.is_full = False

    def pace(self, slot: str) -> KeptPace | None:
        return self.kept

    def note_asked(self, slot: str, pace: KeptPace) -> None:
        if self.is_full:
            raise WriteFailed("the disk is full")
        self.noted.append(pace)


class Wire:
    """Takes requests, and as long as it likes until each has left."""

    def __init__(self, crawler: Crawler, *, connecting: float = 0.0) -> None:
        self.left: list[float] = []
        self._crawler = crawler
        self._connecting = [connecting]

    async def download_request_async(self, request: Request) -> Response:
        await asyncio.sleep(self._connecting.pop() if self._connecting else 0.0)
        self.left.append(monotonic())
        self._crawler.signals.send_catch_log(request_sent, request=request)
        return Response(request.url)


Trial = Callable[[PacedDownloader, Wire], Coroutine[Any, Any, None]]


def run(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, memory: Memory, *, connecting: float = 0.0
) -> None:
    """Carries out ``trial`` with a downloader whose delay is ``DELAY``."""
    stopped: list[Exception] = []
    house = SimpleNamespace(courtesy=memory, stop=stopped.append)
    monkeypatch.setattr(Run, "of", lambda crawler: house)

    async def with_downloader() -> None:
        settings = settings_of(
            DOWNLOAD_DELAY=str(DELAY),
            DOWNLOADER_MIDDLEWARES_BASE="{}",
            DOWNLOAD_HANDLERS="{}",
            DOWNLOAD_HANDLERS_BASE="{}",
        )
        settings.set("DOWNLOADER_MIDDLEWARES", {}, priority="cmdline")
        crawler = Crawler(NewsSpider, settings)
        downloader = PacedDownloader(crawler)
        wire = Wire(crawler, connecting=connecting)
        monkeypatch.setattr(downloader, "handlers", wire)
        try:
            await trial(downloader, wire)
        finally:
            downloader.close()

    asyncio.run(with_downloader())


async def fetch(downloader: PacedDownloader) -> Response:
    request = Request(URL, meta={"download_slot": SLOT})
    return await downloader._enqueue_request(request)


def test_the_delay_lies_between_requests_as_they_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first needs a connection, which takes as long as two delays; the others have one."""

    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        await asyncio.gather(*(fetch(downloader) for _ in range(3)))
        first, second, third = wire.left
        assert second - first >= DELAY
        assert third - second >= DELAY

    run(trial, monkeypatch, Memory(), connecting=2 * DELAY)


def test_the_pace_is_noted_before_each_request_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()

    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        await fetch(downloader)
        downloader.slow_down(SLOT, 2 * DELAY)
        downloader.slow_down(SLOT, DELAY)
        await fetch(downloader)
        assert wire.left[1] - wire.left[0] >= 2 * DELAY

    run(trial, monkeypatch, memory)
    assert [kept.delay_seconds for kept in memory.noted] == [DELAY, 2 * DELAY, 2 * DELAY]
    assert all(kept.age_seconds < DELAY for kept in memory.noted)


def test_a_run_begins_no_faster_than_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(KeptPace(age_seconds=1.0, delay_seconds=0.3, caution_seconds=0.5))

    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        started = monotonic()
        await fetch(downloader)
        await fetch(downloader)
        assert wire.left[0] - started >= 0.3, "one second may lie between the note and the wire"
        assert wire.left[1] - wire.left[0] >= 0.5

    run(trial, monkeypatch, memory)


def test_what_waits_when_a_slot_is_left_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        asked = [asyncio.ensure_future(fetch(downloader)) for _ in range(3)]
        await asked[0]
        assert downloader.seconds_until_due(SLOT) > 2 * DELAY, "after the two that wait"
        downloader.leave(SLOT)
        for waiting in asked[1:]:
            with pytest.raises(LeftForNextRun):
                await waiting
        assert len(wire.left) == 1
        assert downloader.pace(SLOT).is_left

    run(trial, monkeypatch, Memory())


def test_nothing_leaves_that_cannot_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    memory.is_full = True

    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        with pytest.raises(WriteFailed):
            await fetch(downloader)
        assert wire.left == []

    run(trial, monkeypatch, memory)


def test_a_slot_that_scrapy_forgets_keeps_its_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        await fetch(downloader)
        downloader.slow_down(SLOT, 500.0)
        downloader.slots[SLOT].lastseen -= 1000.0
        downloader._slot_gc()
        assert SLOT not in downloader.slots
        assert downloader.seconds_until_due(SLOT) > 490.0

    run(trial, monkeypatch, Memory())


def test_of_many_paces_the_idle_ones_are_left_to_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.crawl.downloader._MANY_PACES", 3)

    async def trial(downloader: PacedDownloader, wire: Wire) -> None:
        now = monotonic()
        downloader.pace("idle.example").asked_at = now - 4000.0
        downloader.pace("resting.example").resting_until = now + 500.0
        downloader.pace("left.example").is_left = True
        downloader.pace("new.example")
        assert set(downloader._paces) == {"resting.example", "left.example", "new.example"}

    run(trial, monkeypatch, Memory())
