"""``Content-Usage``: what a publisher prefers about use of its pages by machines.

Knows the IETF's AI Preferences drafts: the vocabulary (draft-ietf-aipref-vocab-08, 14 September
2026) and the structured dictionary (RFC 9651, 3.2) that header and robots.txt write it in
(draft-ietf-aipref-attach-05, 19 August 2026). Labels that only older drafts had (``bots``, ``all``,
``train-genai`` …) are unknown to the newest, and unknown labels are passed over (vocab, 6.4).

Written here and not taken from a library: of a dictionary only the values ``y`` and ``n`` are
asked for, which is a table of patterns, and a field is not to cost another dependency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

CATEGORIES: Final = ("train-ai", "ai-use", "search")
"""Labels of the categories of use (vocab, 6.1), case sensitive."""
LONGEST_STATEMENT = 4096
"""Characters. What is longer is no statement of three preferences."""
BETWEEN_STATEMENTS: Final = " | "
"""Between statements that apply apart: no dictionary can hold it outside a quoted string."""

# RFC 9651, 3.3 and 4.2. Quantifiers are possessive: nothing is tried twice.
_KEY = r"[a-z*][a-z0-9_.*-]*+"
_ITEM = (
    r"(?:@?-?[0-9]{1,15}+(?:\.[0-9]{1,3}+)?+"  # integer, decimal, date
    r'|"(?:[ !#-\[\]-~]|\\["\\])*+"'  # string
    r'|%"(?:[ !#-$&-~]|%[0-9a-f]{2})*+"'  # display string
    r"|[A-Za-z*][\w!#$%&'*+.^`|~:/-]*+"  # token
    r"|:[A-Za-z0-9+/=]*+:"  # bytes
    r"|\?[01])"
)
_PARAMETERS = rf"(?:;[ ]*+{_KEY}(?:={_ITEM})?+)*+"
_INNER_LIST = rf"\([ ]*+(?:{_ITEM}{_PARAMETERS}(?:[ ]++|(?=\))))*+\)"
_MEMBER = re.compile(rf"({_KEY})(?:=({_ITEM}|{_INNER_LIST}))?+{_PARAMETERS}", re.ASCII)
_COMMA = re.compile(r"[ \t]*+,[ \t]*+")


def preferences_of(statement: str) -> Mapping[str, bool]:
    """By category what one statement says: True allows, False disallows; nothing for a category
    that it leaves unknown. A statement that is no dictionary says nothing (vocab, 6.5)."""
    text = statement.strip(" ")
    if len(text) > LONGEST_STATEMENT:
        return {}
    said: dict[str, bool] = {}
    at = 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None:
            return {}
        key, value = member[1], member[2]
        said.pop(key, None)  # of a key that comes twice the last counts, whatever it is
        if key in CATEGORIES and value in ("y", "n"):
            said[key] = value == "y"
        at = member.end()
        if at == len(text):
            return said
        comma = _COMMA.match(text, at)
        if comma is None or comma.end() == len(text):
            return {}
        at = comma.end()
    return said


def combined(statements: Iterable[str]) -> Mapping[str, bool]:
    """What several statements come to: whatever one of them disallows is disallowed (vocab,
    5.1)."""
    found: dict[str, bool] = {}
    for statement in statements:
        for category, allows in preferences_of(statement).items():
            found[category] = allows and found.get(category, True)
    return found
