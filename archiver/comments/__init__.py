"""Readers' comments: which platforms are known, and the one call that asks them all.

Knows the table of platforms and their order; what each looks like is its module's.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.comments import wordpress
from archiver.comments.platform import Finding, Platform
from archiver.comments.thread import arrange
from archiver.dom import Document
from archiver.model import Thread

PLATFORMS: tuple[Platform, ...] = (wordpress,)
"""In order of trial: the first that shows comments speaks."""


def read_thread(document: Document) -> Thread | None:
    """The thread that the page itself shows, arranged; ``None`` when no platform speaks.

    A platform that shows comments goes before one that only shows an empty thread.
    """
    empty: Thread | None = None
    for platform in PLATFORMS:
        thread = platform.read(document)
        if thread is None:
            continue
        if thread.comments:
            return replace(thread, comments=arrange(thread.comments))
        empty = empty or thread
    return empty


def read_answer(url: str, payload: bytes) -> Thread | None:
    """The thread in a platform's own answer to a request for ``url``, arranged; ``None`` when no
    platform owns it. Raises ``PlatformError``."""
    for platform in PLATFORMS:
        if platform.owns(url):
            thread = platform.read_answer(url, payload)
            if thread is not None:
                return replace(thread, comments=arrange(thread.comments))
    return None


def findings(document: Document) -> tuple[tuple[str, Finding], ...]:
    """What the page says about its threads, by name of the platform."""
    found = ((platform.NAME, platform.find(document)) for platform in PLATFORMS)
    return tuple((name, finding) for name, finding in found if finding is not None)
