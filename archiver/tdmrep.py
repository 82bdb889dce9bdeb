"""``/.well-known/tdmrep.json``: what a host reserves of text and data mining, path by path.

Knows the file of the TDM Reservation Protocol (W3C community group, final report of 10 May 2024,
6.2) and decides about URLs of its host; fetches nothing. What header and ``meta`` of a page say
instead is known in ``opt_outs``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archiver.robots import LONGEST_PATTERN, matcher, path_of

WELL_KNOWN = "/.well-known/tdmrep.json"
PARSED_BYTES = 500 * 1024
"""A larger file is not read: as much as robots.txt may have."""
MOST_RULES = 1000
"""Rules that are read, the first ones: each page is compared with them until one matches."""


@dataclass(frozen=True, slots=True)
class TdmRule:
    """What is said of the URLs that a pattern matches."""

    location: str
    """A path pattern as in robots.txt: ``*`` for anything, ``$`` for the end."""
    reservation: bool | None
    """None where the value is none of the protocol: nothing is declared."""
    policy: str | None = None
    """URL of the policy by which rights can be had."""


@dataclass(frozen=True, slots=True)
class TdmPolicy:
    """What one host's file says, ready for decisions."""

    rules: tuple[TdmRule, ...] = ()
    """In the order of the file."""

    @classmethod
    def from_response(cls, status: int | None, body: bytes = b"") -> TdmPolicy:
        """The policy that an answer to a request for the file makes. Without a file that can be
        read the host takes no part in the protocol (6.2). ``body`` has its content coding undone.
        """
        if status is None or not 200 <= status < 300 or len(body) > PARSED_BYTES:
            return cls()
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        # One rule without its brackets is what many mean; the report asks for an array.
        listed = said if isinstance(said, list) else [said]
        return cls(tuple(_rules(listed[:MOST_RULES])))

    def rule_for(self, url: str) -> TdmRule | None:
        """The rule that decides about ``url``: the first that matches (6.2, "the most specific
        match is the first in sequence"); None where none does."""
        path = path_of(url)
        return next((rule for rule in self.rules if matcher(rule.location)(path)), None)


def _rules(listed: list[Any]) -> Iterator[TdmRule]:
    for entry in listed:
        location = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(location, str) and 0 < len(location) <= LONGEST_PATTERN:
            policy = entry.get("tdm-policy")
            yield TdmRule(
                location=location,
                reservation=_reservation(entry.get("tdm-reservation")),
                policy=policy if isinstance(policy, str) and policy else None,
            )


def _reservation(value: Any) -> bool | None:
    """1 and 0, as text too: "1" can mean nothing else. JSON's true is no integer."""
    if isinstance(value, bool) or value not in (0, 1, "0", "1"):
        return None
    return value in (1, "1")
