"""robots.txt as RFC 9309 reads it: what may be asked for, how slowly, which sitemaps are named.

Knows the answer to one request for ``/robots.txt`` and decides about URLs of that host; fetches
nothing, keeps no time and follows no redirect (all three are the crawl's).

Written here and not taken from ``protego``, on which Scrapy leans: of the 146 expectations of
Google's specification test protego 0.7 misses 14 (byte order marks, escapes, names with a space),
it matches a group's name anywhere in the User-Agent (a group ``example`` binds a crawler whose
contact address ends in ``@example.org``), and it needs 6 ms for one decision on 30,000 rules
where a table of prefixes needs a hundredth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from archiver.outcomes import Outcome

PARSED_BYTES = 500 * 1024
"""What is read of a robots.txt; RFC 9309, 2.5 asks for at least this much."""
LONGEST_PATTERN = 2048
"""Bytes. No URL that is followed is longer, so no longer pattern can match one."""
MOST_WILDCARDS = 1000
"""Patterns with ``*`` or ``$`` kept for one group, the first ones: each costs a search in every
decision (0.4 µs on a URL of 100 signs), while plain prefixes of any number cost a look-up for each
of their lengths. The busiest of 496 real files has 319."""
MOST_USAGES = 1000
"""Content-Usage rules kept for one group, the first ones: each costs a search, like a wildcard."""

# Spellings that Google's parser takes for the directive (robots.cc, "AllowFrequentTypos").
_USER_AGENT = frozenset({b"user-agent", b"useragent", b"user agent"})
_DISALLOW = frozenset(
    {b"disallow", b"dissallow", b"dissalow", b"disalow", b"diasllow", b"disallaw"}
)
_SITEMAP = frozenset({b"sitemap", b"site-map"})
_CRAWL_DELAY = frozenset({b"crawl-delay", b"crawldelay"})
_CONTENT_USAGE = b"content-usage"

_TOKEN = re.compile(r"[A-Za-z_-]+")
_PRODUCT = re.compile(r"([A-Za-z_-]+)(?=/|\s*\(|\s*$)")
_COMPATIBLE = re.compile(r"\(compatible;\s*([A-Za-z_-]+)(?=[/;)\s])", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_AFTER_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?[^/?#;]*")


class _Wildcard(NamedTuple):
    length: int
    allows: bool
    pieces: tuple[str, ...]
    """What stands between the ``*``."""
    is_anchored: bool
    """True when the pattern ends in ``$``."""


@dataclass(slots=True)
class _Group:
    """The rules of all groups that name one product token, joined (RFC 9309, 2.2.1)."""

    prefixes: dict[str, bool] = field(default_factory=dict)
    wildcards: dict[tuple[tuple[str, ...], bool], _Wildcard] = field(default_factory=dict)
    crawl_delay: float | None = None
    usages: dict[str, dict[str, None]] = field(default_factory=dict)
    """By pattern, "" for a rule without one: statements of preference, each once."""
    _lengths: tuple[int, ...] | None = None

    def add(self, pattern: str, *, allows: bool) -> None:
        is_anchored = pattern.endswith("$")
        if not is_anchored and "*" not in pattern:
            # Of two equal patterns the one that allows wins (RFC 9309, 2.2.2).
            self.prefixes[pattern] = self.prefixes.get(pattern, False) or allows
            return
        pieces = tuple(pattern.removesuffix("$").split("*"))
        known = self.wildcards.get((pieces, is_anchored))
        if known is None and len(self.wildcards) >= MOST_WILDCARDS:
            return
        allowed = allows or (known is not None and known.allows)
        rule = _Wildcard(len(pattern), allowed, pieces, is_anchored)
        self.wildcards[(pieces, is_anchored)] = rule

    def prefer(self, pattern: str, statement: str) -> None:
        """A Content-Usage rule; of two with one pattern both apply (aipref-attach-05, 3.1)."""
        if pattern in self.usages or len(self.usages) < MOST_USAGES:
            self.usages.setdefault(pattern, {}).setdefault(statement)

    def usages_of(self, path: str) -> tuple[str, ...]:
        """The statements of the longest pattern that matches."""
        for pattern in sorted(self.usages, key=len, reverse=True):
            if matcher(pattern)(path):
                return tuple(self.usages[pattern])
        return ()

    def allows(self, path: str) -> bool:
        """The longest pattern that matches decides; where none does, all is allowed."""
        if self._lengths is None:
            self._lengths = tuple(sorted({len(prefix) for prefix in self.prefixes}, reverse=True))
        length, allowed = -1, True
        for size in self._lengths:
            if size <= len(path) and path[:size] in self.prefixes:
                length, allowed = size, self.prefixes[path[:size]]
                break
        for rule in self.wildcards.values():
            decides = rule.length > length or (rule.length == length and rule.allows)
            if decides and _matches(rule, path):
                length, allowed = rule.length, rule.allows
        return allowed


def _matches(rule: _Wildcard, path: str) -> bool:
    """Each piece at its first place after the one before: linear, whatever the pattern."""
    first, *rest = rule.pieces
    if not path.startswith(first):
        return False
    position = len(first)
    if rule.is_anchored:
        if not rest:
            return position == len(path)
        end = len(path) - len(rest[-1])
        if end < position or not path.endswith(rest[-1]):
            return False
        path, rest = path[:end], rest[:-1]
    for piece in rest:
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return True


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path (``path_of``) matches ``pattern``, as it would that of a rule: other files
    borrow this notation."""
    spelled = next(_patterns(pattern.encode("utf-8", "replace"), allows=False), "")
    is_anchored = spelled.endswith("$")
    pieces = tuple(spelled.removesuffix("$").split("*"))
    rule = _Wildcard(len(spelled), allows=True, pieces=pieces, is_anchored=is_anchored)
    return lambda path: _matches(rule, path)


@dataclass(frozen=True, slots=True)
class RobotsPolicy:
    """What one host's robots.txt says, ready for decisions."""

    groups: Mapping[str, _Group] = field(default_factory=dict)
    """By product token in lower case; ``*`` is everybody else's."""
    sitemaps: tuple[str, ...] = ()
    """Values of the ``Sitemap`` lines as written, each once."""
    is_unreachable: bool = False
    """True when the host could not say, so that nothing may be asked for (RFC 9309, 2.3.1.4)."""

    @classmethod
    def from_response(cls, status: int | None, body: bytes = b"") -> RobotsPolicy:
        """The policy that an answer to ``/robots.txt`` makes.

        ``status`` is that of the last answer when redirects were followed, None when there was
        none; ``body`` has its content coding undone. 2xx: its rules. 3xx (redirects without end)
        and 4xx: no rules, all allowed (2.3.1.2, 2.3.1.3). 429, 5xx, anything else and no answer:
        nothing allowed for now; 429 says "too fast", not "no rules", and is read as 5xx.
        """
        if status is not None and 200 <= status < 300:
            return cls.parse(body)
        if status is not None and 300 <= status < 500 and status != 429:
            return cls()
        return cls(is_unreachable=True)

    @classmethod
    def parse(cls, body: bytes) -> RobotsPolicy:
        """The policy that the first 500 KiB of ``body`` state; unreadable lines are passed over."""
        groups: dict[str, _Group] = {}
        sitemaps: dict[str, None] = {}
        # By token: a robots.txt may name one crawler a thousand times over.
        current: dict[str, _Group] = {}
        is_naming = True  # between the first User-agent line of a group and its first rule
        for name, value in _lines(body):
            if name in _USER_AGENT:
                if not is_naming:
                    current = {}
                is_naming = True
                token = _group_token(value)
                if token is not None:
                    current[token] = groups.setdefault(token, _Group())
            elif name == b"allow" or name in _DISALLOW:
                is_naming = False
                for pattern in _patterns(value, allows=name == b"allow"):
                    for group in current.values():
                        group.add(pattern, allows=name == b"allow")
            elif name == _CONTENT_USAGE:
                is_naming = False
                pattern_, statement = _usage(value)
                for group in current.values():
                    if statement:
                        group.prefer(pattern_, statement)
            elif name in _SITEMAP:
                if value:
                    sitemaps.setdefault(value.decode("utf-8", "replace"))
            elif name in _CRAWL_DELAY:
                delay = _delay(value)
                for group in current.values():
                    if delay is not None:
                        group.crawl_delay = max(delay, group.crawl_delay or 0.0)
        return cls(groups, tuple(sitemaps))

    def allows(self, url: str, user_agent: str) -> bool:
        """True when the crawler whose User-Agent header is ``user_agent`` may ask for ``url``."""
        return self.refusal(url, user_agent) is None

    def refusal(self, url: str, user_agent: str) -> Outcome | None:
        """ROBOTS_DENIED, ROBOTS_UNREACHABLE, or None when ``url`` may be asked for."""
        path = path_of(url)
        if path == "/robots.txt":
            return None
        if self.is_unreachable:
            return Outcome.ROBOTS_UNREACHABLE
        group = self._group_for(user_agent)
        return None if group is None or group.allows(path) else Outcome.ROBOTS_DENIED

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds between two requests that the crawler's group asks for; None when it does not."""
        group = self._group_for(user_agent)
        return None if group is None else group.crawl_delay

    def content_usages(self, url: str, user_agent: str) -> tuple[str, ...]:
        """The statements of the ``Content-Usage`` rules (draft-ietf-aipref-attach-05, 3) that
        apply to ``url``, as written; several apply apart. Only of a URL that may be asked for."""
        group = self._group_for(user_agent)
        return group.usages_of(path_of(url)) if group is not None and group.usages else ()

    def _group_for(self, user_agent: str) -> _Group | None:
        group = self.groups.get(product_token(user_agent))
        return self.groups.get("*") if group is None else group


def product_token(user_agent: str) -> str:
    """The name by which a robots.txt speaks of a crawler, in lower case (RFC 9309, 2.2.1):
    ``archiver/0.1 (+mailto:…)`` → ``archiver``; of a browser-like header the name after
    ``compatible;``."""
    compatible = _COMPATIBLE.search(user_agent)
    if compatible and user_agent.lower().startswith("mozilla/"):
        return compatible[1].lower()
    match = _PRODUCT.match(user_agent.strip())
    return (match[1] if match else user_agent).lower()


def _lines(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name in lower case and value of each line that has both, comments removed."""
    body = body[:PARSED_BYTES]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    # A byte order mark, whole or cut, is passed over, as Google's parser does.
    for mark in (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"):
        if body.startswith(mark):
            body = body[len(mark) :]
            break
    for line in body.splitlines():  # bytes: CR, LF and CRLF only
        text = line.partition(b"#")[0].strip()
        name, colon, value = text.partition(b":")
        if not colon:
            # "Disallow /x": two words are read as name and value.
            words = text.split()
            if len(words) != 2:
                continue
            name, value = words
        yield name.strip().lower(), value.strip()


def _group_token(value: bytes) -> str | None:
    if value[:1] == b"*" and (len(value) == 1 or value[1:2].isspace()):
        return "*"
    match = _TOKEN.match(value.decode("latin-1"))
    return match[0].lower() if match else None


def _usage(value: bytes) -> tuple[str, str]:
    """Pattern and statement of a Content-Usage rule; a value that begins with no slash has no
    path, and is about all that may be asked for (aipref-attach-05, 3.2)."""
    path, _, rest = value.replace(b"\t", b" ").partition(b" ")
    if not value.startswith(b"/"):
        return "", value.decode("latin-1")
    pattern = next(_patterns(path, allows=False), None)
    return (pattern, rest.strip().decode("latin-1")) if pattern is not None else ("", "")


def _patterns(value: bytes, *, allows: bool) -> Iterator[str]:
    """The pattern of a rule in the spelling of URLs; none for an empty rule."""
    if not value or len(value) > LONGEST_PATTERN:
        return
    if value.isascii():
        pattern = value.decode("ascii")
    else:
        pattern = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value)
    pattern = _upper_escapes(pattern)
    if "**" in pattern:
        pattern = re.sub(r"\*{2,}", "*", pattern)
    yield pattern
    # Whoever allows the index page allows the folder (Google's parser; index-page.textproto).
    if allows and "*" not in pattern and pattern.endswith(("/index.html", "/index.htm")):
        yield pattern[: pattern.rindex("/") + 1] + "$"


def _upper_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda match: match[0].upper(), text) if "%" in text else text


def path_of(url: str) -> str:
    """Path and query of ``url``, "/" where there is none."""
    match = _AFTER_HOST.match(url)
    path = url[match.end() if match else 0 :].partition("#")[0]
    return _upper_escapes(path if path.startswith("/") else "/" + path)


def _delay(value: bytes) -> float | None:
    try:
        delay = float(value)
    except ValueError:
        return None
    return delay if math.isfinite(delay) and delay >= 0 else None
