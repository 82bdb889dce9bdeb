from __future__ import annotations

from archiver.crawl.frontier import Entry, Lease
from archiver.crawl.slots import Slots
from archiver.model import Purpose


def leases(slot: str, *ids: int) -> list[Lease]:
    entry = Entry(f"https://{slot}/", slot, Purpose.ARTICLE)
    return [Lease(number, entry) for number in ids]


def turn(slots: Slots) -> str | None:
    """Hands out the lease of the slot whose turn it is; the slot's name."""
    slot = slots.next_slot()
    if slot is not None:
        slots.hand_out(slot)
    return slot


def with_leases(per_slot: int, **work: int) -> Slots:
    slots = Slots(per_slot=per_slot)
    slots.add(work)
    number = 0
    for slot, count in work.items():
        slots.lease(slot, leases(slot, *range(number, number + count)))
        number += count
    return slots


def test_slots_take_turns() -> None:
    slots = with_leases(2, a=2, b=2, c=1)
    assert [turn(slots) for _ in range(6)] == ["a", "b", "c", "a", "b", None]


def test_a_slot_without_room_lets_the_others_go_on() -> None:
    slots = with_leases(1, a=3, b=3)
    assert [turn(slots) for _ in range(3)] == ["a", "b", None]
    slots.land(3)  # the first of b
    assert [turn(slots) for _ in range(2)] == ["b", None]


def test_work_in_the_store_is_asked_for_once_and_forgotten_when_there_is_none() -> None:
    slots = Slots(per_slot=1)
    slots.add(["a"])
    assert slots.next_slot() == "a"
    assert slots.needs_lease("a")
    slots.lease("a", [])
    assert slots.next_slot() is None
    assert not slots


def test_something_waits_as_long_as_anything_is_pending_or_leased() -> None:
    slots = with_leases(1, a=1)
    assert slots
    turn(slots)
    assert not slots


def test_a_paused_slot_has_no_turn_until_it_is_resumed() -> None:
    slots = with_leases(2, a=2)
    turn(slots)
    slots.pause("a", 10.0)
    assert turn(slots) is None
    assert slots, "its work still waits"
    slots.resume("a", 10.0)
    assert turn(slots) == "a"


def test_of_two_pauses_the_longer_counts() -> None:
    slots = with_leases(2, a=2)
    slots.pause("a", 30.0)
    slots.pause("a", 10.0)
    slots.resume("a", 10.0)
    assert turn(slots) is None
    slots.resume("a", 30.0)
    assert turn(slots) == "a"


def test_a_closed_slot_keeps_nobody_waiting_and_gives_back_what_it_was_lent() -> None:
    slots = with_leases(1, a=2, b=1)
    assert [lease.id for lease in slots.close("a")] == [0, 1]
    slots.add(["a"])
    assert turn(slots) == "b"
    assert not slots
    assert slots.close("a") == []
