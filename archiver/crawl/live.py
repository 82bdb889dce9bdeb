"""What a person sees while a crawl runs: one live view on a terminal, else a line now and then.

An extension of Scrapy. It counts downloads by site, reads the rest where it is counted already,
and never asks the frontier. While the view stands, the log's lines for the terminal go through it:
warnings are its last lines, errors are printed whole above it. A log that goes to a file is left
alone.
"""

from __future__ import annotations

import atexit
import heapq
import logging
import math
import sys
from collections import OrderedDict, deque
from collections.abc import Mapping
from itertools import islice
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any, Protocol, cast

from rich.console import Console, Group
from rich.live import Live as Screen
from rich.text import Text
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import call_later
from scrapy.utils.log import get_scrapy_root_handler

from archiver.crawl.live_view import SiteStanding, Standing, one_line, screen, visible
from archiver.crawl.run import Run
from archiver.errors import ConfigError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.utils.asyncio import CallLaterResult

logger = logging.getLogger(__name__)

_SHORTEST_SECONDS = 1.0
"""Between two drawings of about 1 ms: 0.8 % of what the process computed for 2,000 quick pages."""
_DRAWING_SHARE = 0.005
"""Of the processor's time that drawing may take: what a drawing took decides when the next is."""
_RATE_SECONDS = 30.0
"""How far back a rate looks: what happened so long ago counts a third (1/e) as much."""
_LIVELY_SITES = 500
"""Sites asked last, of which the busiest are shown …"""
_MOST_SITES = 20
"""… and so many are looked up in the queue."""


class Queue(Protocol):
    """What ``Slots`` tells of the work that waits."""

    @property
    def waiting_count(self) -> int:
        """Entries that wait, in all slots."""

    @property
    def resting(self) -> Mapping[str, float]:
        """Slots that pause, each with the ``time.monotonic`` of its end."""

    def waiting_in(self, slot: str) -> int:
        """Entries of ``slot`` that wait."""


class Rate:
    """How often something happens, without keeping when: each time counts less as it ages."""

    __slots__ = ("_began", "_last", "_weight", "count")

    def __init__(self, now: float) -> None:
        self.count = 0
        self._began = self._last = now
        self._weight = 0.0

    def add(self, now: float) -> None:
        """It happened once more."""
        self.count += 1
        self._weight = self._weight * math.exp((self._last - now) / _RATE_SECONDS) + 1
        self._last = now

    def per_minute(self, now: float) -> float:
        """Times a minute, lately. Of the first seconds nothing is made up: they count as one."""
        weight = self._weight * math.exp((self._last - now) / _RATE_SECONDS)
        seen = 1 - math.exp(-max(1.0, now - self._began) / _RATE_SECONDS)
        return weight / (_RATE_SECONDS * seen) * 60


class Live:
    """Shows the crawl while it runs."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._view = _View() if _is_wanted(str(settings["LIVE"]), settings["LOG_LEVEL"]) else None
        self._interval = settings.getfloat("LOGSTATS_INTERVAL")
        if self._view is None and self._interval <= 0:
            raise NotConfigured
        self._began = monotonic()
        self._phase = "crawls"
        self._has_ended = False
        """Rates are then those of the whole run."""
        self._all = Rate(self._began)
        self._sites: OrderedDict[str, Rate] = OrderedDict()
        self._next: CallLaterResult | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Live:
        """Scrapy's way of building a component."""
        live = cls(crawler)
        connect = crawler.signals.connect
        connect(live._opened, signals.spider_opened)
        connect(live._left_downloader, signals.request_left_downloader)
        connect(live._closing, signals.spider_closed)
        connect(live._stopped, signals.engine_stopped)
        return live

    def standing(self) -> Standing:
        """The crawl at this moment."""
        now = monotonic()
        engine: Any = self._crawler.engine
        queue = cast("Queue | None", getattr(engine.scheduler, "slots", None))
        downloading: Mapping[str, Any] = engine.downloader.slots
        resting = {} if queue is None else {
            slot: until - now for slot, until in queue.resting.items() if until > now
        }  # fmt: skip
        return Standing(
            name=str(self._crawler.spider.name if self._crawler.spider else ""),
            phase=self._phase,
            elapsed_seconds=now - self._began,
            pages=self._run.outcomes.total(),
            per_minute=self._all.count / max(1.0, now - self._began) * 60
            if self._has_ended
            else self._all.per_minute(now),
            size_bytes=self._crawler.stats.get_value("downloader/response_bytes", 0),
            outcomes={str(name): count for name, count in self._run.outcomes.items()},
            in_flight=len(engine.downloader.active),
            waiting=None if queue is None else queue.waiting_count,
            sites=[
                SiteStanding(
                    name=name,
                    pages=self._sites[name].count,
                    per_minute=self._sites[name].per_minute(now),
                    waiting=None if queue is None else queue.waiting_in(name),
                    in_flight=len(slot.active) if (slot := downloading.get(name)) else 0,
                    rests_seconds=resting.get(name),
                )
                for name in self.liveliest(now)
            ],
            site_count=len(self._sites),
            resting=resting,
            messages=() if self._view is None else tuple(self._view.messages),
            warnings=0 if self._view is None else self._view.warnings,
            errors=0 if self._view is None else self._view.errors,
        )

    def liveliest(self, now: float) -> list[str]:
        """The busiest of the sites that were asked last, the busiest first. Of equals the order is
        that of their names, or the lines would dance."""
        lately = islice(reversed(self._sites), _LIVELY_SITES)
        return heapq.nsmallest(
            _MOST_SITES, lately, key=lambda name: (-round(self._sites[name].per_minute(now)), name)
        )

    def _opened(self) -> None:
        self._run = Run.of(self._crawler)
        self._began = monotonic()
        self._all = Rate(self._began)
        if self._view is not None:
            self._view.enter()
            self._draw()
        elif self._interval > 0:
            self._next = call_later(self._interval, self._say)

    def _left_downloader(self, request: Request) -> None:
        now = monotonic()
        slot = request.meta.get("download_slot", "")
        self._all.add(now)
        rate = self._sites.get(slot)
        if rate is None:
            rate = self._sites[slot] = Rate(now)
        else:
            self._sites.move_to_end(slot)
        rate.add(now)

    def _say(self) -> None:
        logger.info("%s", one_line(self.standing()))
        self._next = call_later(self._interval, self._say)

    def _draw(self) -> None:
        assert self._view is not None
        began = thread_time()
        if self._view.draw(self.standing()):
            pause = max(_SHORTEST_SECONDS, (thread_time() - began) / _DRAWING_SHARE)
            self._next = call_later(pause, self._draw)
        else:  # no terminal any more: the crawl goes on, and says so as it would have without one
            self._view = None
            if self._interval > 0:
                self._next = call_later(self._interval, self._say)

    def _closing(self) -> None:
        self._phase = "seals and derives"

    def _stopped(self) -> None:
        if self._next is not None:
            self._next.cancel()
        self._has_ended = True
        self._phase = f"ended ({self._run.finish_reason})"
        if self._view is not None:
            self._view.draw(self.standing())
            self._view.leave()
        elif self._interval > 0:
            logger.info("%s", one_line(self.standing()))


def _is_wanted(setting: str, level: object) -> bool:
    """Whether there is to be a live view, by the setting LIVE and where standard error goes."""
    if setting not in ("auto", "on", "off"):
        raise ConfigError(f"LIVE={setting}: this is auto, on or off")
    if setting == "off" or (setting == "auto" and level == "DEBUG"):
        return False
    return sys.stderr.isatty() and not Console(stderr=True).is_dumb_terminal


class _View(logging.Handler):
    """The terminal: a screen that is drawn again and again, and the log's lines on it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: deque[str] = deque(maxlen=4)
        self.warnings = 0
        self.errors = 0
        self._console = Console(stderr=True, highlight=False)
        self._screen = Screen(
            console=self._console,
            auto_refresh=False,
            redirect_stdout=sys.stdout.isatty(),  # what goes to a file goes there
        )
        self._silenced: logging.Handler | None = None
        self._whole: deque[str] = deque()
        """Errors that are to be printed above the screen at its next drawing."""

    def enter(self) -> None:
        """The terminal's log goes through the view from now on."""
        handler = get_scrapy_root_handler()
        if handler is not None:
            self.setFormatter(handler.formatter)
        if isinstance(handler, logging.StreamHandler) and handler.stream.isatty():
            self._silenced = handler
            handler.addFilter(_nothing)
        logging.root.addHandler(self)
        atexit.register(self.leave)  # a second Ctrl-C ends the crawl without a signal of Scrapy
        self._screen.start()
        # Its cursor hidden, a terminal stays so when the crawl is killed.
        self._console.show_cursor(show=True)

    def emit(self, record: logging.LogRecord) -> None:
        """The record is shown at the next drawing. From any thread."""
        if record.levelno >= logging.ERROR:
            self.errors += 1
            self._whole.append(self.format(record))
        else:
            self.warnings += 1
            self.messages.append(record.getMessage())

    def draw(self, standing: Standing) -> bool:
        """The screen shows ``standing``; False, and the end of the view, where it cannot be."""
        try:
            width, height = self._console.size
            lines = screen(standing, width=width, height=height)
            self._screen.update(Group(*lines))
            self._print_whole()
            self._screen.refresh()
        except Exception:  # whatever a terminal does: the crawl goes on
            self.leave()
            logger.warning("the live view ended", exc_info=True)
            return False
        return True

    def leave(self) -> None:
        """The log prints its own lines again; the last screen stays."""
        atexit.unregister(self.leave)
        logging.root.removeHandler(self)
        if self._silenced is not None:
            self._silenced.removeFilter(_nothing)
            self._silenced = None
        try:
            self._print_whole()
            self._screen.stop()
        except (OSError, ValueError):  # the terminal has gone
            pass

    def _print_whole(self) -> None:
        while self._whole:
            self._console.print(Text(visible(self._whole.popleft())), soft_wrap=True)


def _nothing(_: logging.LogRecord) -> bool:
    """A filter that lets no record through."""
    return False
