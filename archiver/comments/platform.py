"""What a comment platform's module offers, and what the modules share in words.

A platform is one module of this folder with four functions and a name. It knows how that
platform marks up or serves its threads; nothing of other platforms, of fetching or of articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from archiver.dom import Document, Node
from archiver.model import Thread


@dataclass(frozen=True, slots=True)
class Finding:
    """What a page says about its thread on one platform."""

    thread_ref: str | None = None
    """The platform's name for the thread: a post id, a forum and an identifier …"""
    urls: tuple[str, ...] = ()
    """Addresses (absolute) where the thread, or more of it, can be asked for."""
    declared: int | None = None
    """How many comments the page says there are."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page itself shows of a thread, and where it stands there."""

    thread: Thread | None = None
    """None when the page shows neither a comment nor a place for one."""
    regions: tuple[Node, ...] = ()
    """Elements of the page that hold comments and nothing else: no part of the article."""


class Platform(Protocol):
    """A platform's module, as ``PLATFORMS`` lists it."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """The platform's name, as ``Thread.platform`` and the dataset hold it."""

    def find(self, document: Document) -> Finding | None:
        """What the page says about its thread; ``None`` when it does not use the platform."""

    def owns(self, url: str) -> bool:
        """True when ``url`` is one under which the platform answers with comments."""

    def read(self, document: Document) -> Found | None:
        """The comments that the page itself shows; ``None`` when it shows none of this platform.

        Parents are named, comments stand in page order; depth and position are not yet set. Most
        pages have no comments: to find that out, ``Document.named`` is asked before any XPath.
        """

    def read_answer(self, url: str, payload: bytes) -> Thread | None:
        """The comments in a decoded answer (JSON) to a request for ``url``.

        ``None`` for a platform that serves no answers of its own; raises ``PlatformError`` when
        the answer has not the platform's shape.
        """
