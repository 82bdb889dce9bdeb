"""Readers' comments: which platforms are known, and the one call that asks them all.

Knows the table of platforms and their order; what each looks like is its module's.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.comments import wordpress
from archiver.comments.platform import Finding, Found, Platform
from archiver.comments.thread import arrange
from archiver.dom import Document
from archiver.model import Thread

PLATFORMS: tuple[Platform, ...] = (wordpress,)
"""In order of trial: the first that shows comments speaks."""


def find_thread(document: Document) -> Found:
    """The thread that the page itself shows, arranged, and the regions of all platforms.

    A platform that shows comments goes before one that only shows an empty thread.
    """
    answers = (platform.read(document) for platform in PLATFORMS)
    found = [answer for answer in answers if answer is not None]
    threads = [answer.thread for answer in found if answer.thread is not None]
    regions = tuple(region for answer in found for region in answer.regions)
    spoken = next((thread for thread in threads if thread.comments), None)
    if spoken is None:
        return Found(next(iter(threads), None), regions)
    return Found(replace(spoken, comments=arrange(spoken.comments)), regions)


def read_thread(document: Document) -> Thread | None:
    """The thread that the page itself shows, arranged; ``None`` when no platform speaks."""
    return find_thread(document).thread


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
