"""How fast one slot may be asked: the arithmetic of being polite.

Knows numbers and no clock: all moments are handed in, in monotonic seconds. What is asked for a
slot (a registrable domain) holds for all its hosts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

_EASING = 0.9
"""What an answer takes off the caution. Seven answers halve it: a server that takes one request
in three seconds refuses one in eight, where halving at each answer made it one in two."""
_LEAST_CAUTION = 0.01
"""Seconds; less is none."""


@dataclass(slots=True)
class Pace:
    """The pace of one slot."""

    floor: float = 0.0
    """Seconds between two requests that robots.txt or the rules of one of its hosts ask for."""
    caution: float = 0.0
    """Seconds between two requests that refusals (429, 503) have taught, and what was in force
    when an earlier run asked last. Answers ease it."""
    asked_at: float = -inf
    """When the last request went out."""
    resting_until: float = -inf
    on_their_way: int = 0
    """Requests that have been begun, and are not known to have left yet: a connection is made."""
    waited: float = 0.0
    """Seconds of rest since the last answer."""
    cautious_since: float = -inf
    is_left: bool = False
    """Nothing more is asked in this run."""

    def delay(self, own: float) -> float:
        """Seconds between two requests, where the crawl by itself would leave ``own``."""
        return max(own, self.floor, self.caution)

    def due_at(self, own: float, now: float) -> float:
        """When the next request may go out. Not before the delay has passed since the last one
        *left*: while a connection is being made the delay has not begun."""
        delay = self.delay(own)
        begins = now if self.on_their_way and delay else self.asked_at
        return max(begins + delay, self.resting_until)

    def rest(self, seconds: float, now: float) -> None:
        """Nothing is asked for so long, or for as long as was said before, if that is longer."""
        self.waited += max(0.0, now + seconds - max(now, self.resting_until))
        self.resting_until = max(self.resting_until, now + seconds)

    def refused(self, own: float, *, asked_at: float, now: float, longest: float) -> None:
        """The server said that it is too busy: the delay doubles, up to ``longest``. Requests
        that were under way when it last doubled (``asked_at`` before that) say nothing new."""
        if asked_at < self.cautious_since:
            return
        self.caution = max(self.caution, min(2 * self.delay(own), longest))
        self.cautious_since = now

    def answered(self, own: float) -> None:
        """The server answered as it should."""
        self.waited = 0.0
        self.caution *= _EASING
        if self.caution <= max(own, self.floor, _LEAST_CAUTION):
            self.caution = 0.0
