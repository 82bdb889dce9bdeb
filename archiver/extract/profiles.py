"""Addresses that are the page of a person, and addresses that are of something else.

Knows the words that publishers put before a person's name in a path; a path alone proves nothing.
"""

from __future__ import annotations

import re
from typing import Final

_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:en|es|i|e|a|y)?|auteurs?|profile|profil|people|our-people|team|staff|redaktion|"
    r"redaktor|redakteure?|journalists?|journalisten|reporters?|contributors?|writers?|columnists?|"
    r"periodista|by|byline|users?|members?|producers|person|penulis|yazar|yazarlar|redakcja|redattore|"
    r"firmas?|correspondents?|editorial-team|bio)/[^/?#]+",
    re.IGNORECASE,
)
_NO_PERSON: Final = re.compile(
    r"/(?:tags?|category|categories|kategorie|topics?|thema|rubrik|section)/|facebook\.com|twitter\.com|"
    r"linkedin\.com|instagram\.com|/x\.com|youtube\.com|whatsapp|mailto:|javascript:",
    re.IGNORECASE,
)


def is_profile(address: str) -> bool:
    """True for ``/author/ann-lee`` and the like."""
    return _PROFILE.search(address) is not None and not leads_elsewhere(address)


def leads_elsewhere(address: str) -> bool:
    """True for a topic, a category or an account at another service."""
    return _NO_PERSON.search(address) is not None
