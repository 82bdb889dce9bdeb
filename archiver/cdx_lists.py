"""Which captures of other people's archives a crawl for articles begins with.

Knows what of a list is worth asking a server for; in which forms such lists come is known in
``cdx_forms``. Pure and streaming: a list may have any length, and what has been seen is the
frontier's to know.

Left out, and counted: answers that were no page then. A redirect (3xx) is left out as well: where
it led is a capture of its own in the same list, and asking for it would cost a request for a page
that is had anyway. A page that was gone (4xx) or broken (5xx) is not asked for on a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archiver.cdx_forms import Row, moment_of, read_rows
from archiver.errors import UrlError
from archiver.url_shapes import is_file
from archiver.urls import is_comment_page, is_trap, normalise

MOST_NAMED = 5
"""Lines that cannot be read of which the number is kept: enough to see what is wrong."""


class Passed(StrEnum):
    """Why a line of a list was passed over."""

    UNREADABLE = "unreadable"
    STATUS = "status"  # no 2xx
    MIME = "mime"  # no HTML
    REPEATED = "repeated"  # another capture of the page in the line before
    ADDRESS = "address"  # nothing that can be asked for: dns:, ftp:, a broken host
    ELSEWHERE = "elsewhere"  # of a site that this crawl has nothing to do with
    TRAP = "trap"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of which somebody has a capture."""

    url: str
    """Normalised."""
    captured_at: datetime | None = None
    """When that was: the page existed then. None where the list does not say."""
    status: int | None = None
    """2xx, or None where the list does not say (revisits)."""
    mime: str | None = None
    digest: str | None = None
    """Of the payload, as the list writes it."""


@dataclass(slots=True)
class Tally:
    """What became of the lines of a list, so far; a crawl's account of it."""

    lines: int = 0
    taken: int = 0
    passed: Counter[Passed] = field(default_factory=Counter)
    unreadable: list[int] = field(default_factory=list)
    """Numbers of the first lines that cannot be read, from 1; at most ``MOST_NAMED``."""

    def __str__(self) -> str:
        reasons = ", ".join(f"{count:,} {why}" for why, count in self.passed.most_common())
        lines = ", ".join(f"{number:,}" for number in self.unreadable)
        told = f"{self.taken:,} of {self.lines:,} lines taken"
        if reasons:
            told += f"; passed over: {reasons}"
        return f"{told} (unreadable: line {lines})" if lines else told


def read_captures(
    chunks: Iterable[bytes],
    tally: Tally,
    *,
    name: str,
    holds: Callable[[str], bool] | None = None,
) -> Iterator[Listed]:
    """The pages of the list ``name`` that a crawl can use, in its order; ``tally`` is kept.

    ``chunks`` are the bytes of the file, gzipped or not. Of captures of one address that follow
    each other (indexes are sorted by address and time) the first is given, the oldest. ``holds``
    says of a normalised URL whether its site belongs to the crawl; without it every site does.
    ConfigError where nothing of the list can be read.
    """
    last = ""
    for row in read_rows(chunks, name):
        tally.lines += 1
        url = _judged(row, last, holds)
        if isinstance(url, Passed):
            tally.passed[url] += 1
            if url is Passed.UNREADABLE and len(tally.unreadable) < MOST_NAMED:
                tally.unreadable.append(row.line)
            continue
        last = row.url
        tally.taken += 1
        yield Listed(
            url,
            moment_of(row.time) if row.time else None,
            int(row.status) if len(row.status) == 3 and row.status.isdecimal() else None,
            row.mime or None,
            row.digest or None,
        )


def _judged(row: Row, last: str, holds: Callable[[str], bool] | None) -> str | Passed:
    """The normalised address of a row that is taken, else why it is not."""
    if not row.url:
        return Passed.UNREADABLE
    if row.status and row.status[0] != "2" and row.status.isdecimal():
        return Passed.STATUS
    if row.mime and row.mime not in _PAGES and not _is_page(row.mime):
        return Passed.MIME
    if row.url == last:
        return Passed.REPEATED
    if _is_plain(row.url):
        return row.url if holds is None or holds(row.url) else Passed.ELSEWHERE
    try:
        url = normalise(row.url)
    except UrlError:
        return Passed.ADDRESS
    if holds is not None and not holds(url):
        return Passed.ELSEWHERE
    if is_trap(url) or is_comment_page(url):
        return Passed.TRAP
    return Passed.FILE if is_file(url) else url


_PAGES = frozenset({"text/html", "application/xhtml+xml", "warc/revisit", "unk", "no-type"})
"""Pages, a page that had not changed, and what the archive did not know."""


def _is_page(mime: str) -> bool:
    essence = mime.partition(";")[0].strip().lower()
    return essence in _PAGES or "html" in essence


# An address of which the shape alone says that it is normalised and neither a trap nor a file: no
# query, no escapes, a host with a common top level. Nine addresses of ten are such, and the
# questions that need not be asked of them take 45 µs each.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}(/(?:[A-Za-z0-9_~-][A-Za-z0-9_~,-]*/)*"
    r"(?:[A-Za-z0-9_~-][A-Za-z0-9_~,-]*(?:\.(?:html?|php|aspx?))?)?)"
)
_SUSPECT = re.compile(
    r"/(?:wp-|xmlrpc|cdn-cgi|cgi-bin|trackback|comment-page-|api/|ajax|oembed|(?:api|amp)/?$"
    r"|(?:2[1-9]|[3-9]\d)\d\d/|calend|kalend|event|evenement|veranstalt|termin|agenda|whats-on)",
    re.IGNORECASE,
)
_LONGEST_PLAIN = 250


def _is_plain(url: str) -> bool:
    """True when ``normalise``, ``is_trap``, ``is_comment_page`` and ``is_file`` are sure to leave
    ``url`` alone; tests/test_cdx_lists.py compares."""
    found = _PLAIN.fullmatch(url) if len(url) <= _LONGEST_PLAIN else None
    if found is None or _SUSPECT.search(found[1]):
        return False
    folders = found[1].split("/")[1:-1]
    return len(set(folders)) == len(folders) < 15
