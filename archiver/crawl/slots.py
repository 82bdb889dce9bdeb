"""Whose turn it is: the slots (registrable domains) of a crawl, each with room and with work.

Knows counts and turns. A slot that has work and room stands in a queue, and the slots of the queue
take turns, so one slow host never stalls the rest. It knows neither requests nor the store.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping

from archiver.crawl.frontier import Lease


class Slots:
    """Work and room by slot. ``pending`` counts entries in the store, ``leased`` holds those that
    were taken out of it and not handed out yet."""

    def __init__(self, *, per_slot: int) -> None:
        self._per_slot = max(1, per_slot)
        self._pending: Counter[str] = Counter()
        self._leased: dict[str, deque[Lease]] = {}
        self._leased_count = 0
        self._in_flight: dict[int, str] = {}
        self._taken: Counter[str] = Counter()
        self._queue: deque[str] = deque()
        self._queued: set[str] = set()
        self._paused: dict[str, float] = {}
        self._closed: set[str] = set()

    def __bool__(self) -> bool:
        """Whether any entry waits."""
        return self._leased_count > 0 or bool(self._pending)

    @property
    def leased_count(self) -> int:
        """Entries leased and not handed out."""
        return self._leased_count

    @property
    def in_flight_count(self) -> int:
        """Leases handed out that take room."""
        return len(self._in_flight)

    @property
    def waiting_slots(self) -> int:
        """Slots with work and room."""
        return len(self._queue)

    @property
    def waiting_count(self) -> int:
        """Entries that wait, in all slots, leased or not."""
        return self._leased_count + self._pending.total()

    @property
    def resting(self) -> Mapping[str, float]:
        """Slots that pause, each with its end as ``pause`` was told."""
        return self._paused

    def waiting_in(self, slot: str) -> int:
        """Entries of ``slot`` that wait, leased or not."""
        return self._pending[slot] + len(self._leased.get(slot, ()))

    def add(self, counts: Mapping[str, int] | Iterable[str]) -> None:
        """So many entries more are pending."""
        for slot, count in Counter(counts).items():
            if slot not in self._closed:
                self._pending[slot] += count
                self._enqueue(slot)

    def next_slot(self) -> str | None:
        """The slot whose turn it is, with work and room; None when there is none."""
        while self._queue:
            slot = self._queue[0]
            if self._may_go(slot):
                return slot
            self._queue.popleft()
            self._queued.discard(slot)
        return None

    def needs_lease(self, slot: str) -> bool:
        """Whether the work of ``slot`` is still in the store."""
        return not self._leased.get(slot)

    def lease(self, slot: str, batch: list[Lease]) -> None:
        """``batch`` was taken out of the store; an empty one says that nothing was there."""
        self._pending[slot] -= len(batch)
        if self._pending[slot] <= 0 or not batch:
            del self._pending[slot]
        if batch:
            self._leased[slot] = deque(batch)
            self._leased_count += len(batch)

    def hand_out(self, slot: str) -> Lease:
        """The next lease of ``slot``, which now takes room; the next slot has its turn."""
        leased = self._leased[slot]
        lease = leased.popleft()
        if not leased:
            del self._leased[slot]
        self._leased_count -= 1
        self._in_flight[lease.id] = slot
        self._taken[slot] += 1
        self._queue.rotate(-1)
        return lease

    def land(self, lease_id: int | None) -> None:
        """The lease takes no room any more."""
        slot = self._in_flight.pop(lease_id, None) if lease_id is not None else None
        if slot is None:
            return
        self._taken[slot] -= 1
        if self._taken[slot] <= 0:
            del self._taken[slot]
        self._enqueue(slot)

    def pause(self, slot: str, until: float) -> None:
        """``slot`` has no turn until ``resume`` says that ``until`` has come, on any clock. Of
        several pauses the longest counts."""
        self._paused[slot] = max(until, self._paused.get(slot, until))

    def resume(self, slot: str, until: float) -> None:
        """``until`` has come: ``slot`` takes its turns again, unless it pauses for longer."""
        if self._paused.get(slot, until) <= until:
            self._paused.pop(slot, None)
            self._enqueue(slot)

    def close(self, slot: str) -> list[Lease]:
        """``slot`` has no turn any more in this run; its work stays in the store. Returns what
        had been taken out of it."""
        self._closed.add(slot)
        self._pending.pop(slot, None)
        leased = list(self._leased.pop(slot, ()))
        self._leased_count -= len(leased)
        return leased

    def _may_go(self, slot: str) -> bool:
        has_work = bool(self._leased.get(slot)) or self._pending[slot] > 0
        if not self._pending[slot]:
            del self._pending[slot]
        return has_work and slot not in self._paused and self._taken[slot] < self._per_slot

    def _enqueue(self, slot: str) -> None:
        if slot not in self._queued and slot not in self._closed and self._may_go(slot):
            self._queued.add(slot)
            self._queue.append(slot)
