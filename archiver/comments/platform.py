"""What a comment platform's module offers, and what the modules share in words.

A platform is one module of this folder with five functions and a name. It knows how that
platform marks up or serves its threads; nothing of other platforms, of fetching or of articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from archiver.dom import Document, Node
from archiver.model import Ask, Header, Thread


@dataclass(frozen=True, slots=True)
class Finding:
    """What a page says about its thread on one platform."""

    thread_ref: str | None = None
    """The platform's name for the thread: a post id, a forum and an identifier …"""
    asks: tuple[Ask, ...] = ()
    """What must be asked for the thread to be whole; empty when the page shows all of it."""
    declared: int | None = None
    """How many comments the page says there are."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page itself shows of a thread, and where it stands there."""

    thread: Thread | None = None
    """None when the page shows neither a comment nor a place for one."""
    regions: tuple[Node, ...] = ()
    """Elements of the page that hold comments and nothing else: no part of the article."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform's server answered when it was asked for a thread."""

    url: str
    payload: bytes
    """Decoded as its Content-Encoding says."""
    captured_at: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    thread_ref: str | None = None
    """As the ask had it; None in an archive that another program made."""
    page_number: int = 1
    """1 for the answer to what a page asked for, one more for each answer after it."""
    headers: tuple[Header, ...] = ()
    article_url: str | None = None
    """Of the page commented on, as the ask had it; None in an archive that another program made."""

    def header(self, name: str) -> str | None:
        """The first value of an HTTP header; None where there is none."""
        wanted = name.lower().encode()
        values = (value for given, value in self.headers if given.lower() == wanted)
        value = next(values, None)
        return None if value is None else value.decode("latin-1").strip()


@dataclass(frozen=True, slots=True)
class Batch:
    """The comments in one answer, and what must be asked for those that are still missing."""

    thread: Thread
    asks: tuple[Ask, ...] = ()
    article_url: str | None = None
    """Of the page commented on, where the answer says it."""


class Platform(Protocol):
    """A platform's module, as ``PLATFORMS`` lists it."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """The platform's name, as ``Thread.platform`` and the dataset hold it."""

    def find(self, document: Document) -> Finding | None:
        """What the page says about its thread; ``None`` when it does not use the platform.

        Most pages do not: ``Document.hints`` is asked before anything that walks the tree.
        """

    def owns(self, url: str) -> bool:
        """True when ``url`` is one under which the platform answers with comments."""

    def read(self, document: Document) -> Found | None:
        """The comments that the page itself shows; ``None`` when it shows none of this platform.

        Parents are named, comments stand in page order; depth and position are not yet set. Most
        pages have no comments: to find that out, ``Document.named`` is asked before any XPath.
        """

    def read_answer(self, answer: Answer) -> Batch | None:
        """The comments in an answer to one of the module's asks, in the order of the thread.

        ``None`` for an answer that is a page like others, to be read as one (``read``). Raises
        ``PlatformError`` when the answer has not the platform's shape.
        """
