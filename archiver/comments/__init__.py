"""Readers' comments: which platforms are known, and the calls that ask them all.

Knows the table of platforms and their order; what each looks like is its module's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archiver.comments import (
    blogger,
    comentario,
    commento,
    coral,
    discourse,
    disqus,
    drupal,
    facebook,
    generic,
    ghost,
    giscus,
    guardian,
    hyvor,
    isso,
    komento,
    livefyre,
    microformats,
    openweb,
    phpbb,
    remark42,
    schema_org,
    utterances,
    vbulletin,
    viafoura,
    wordpress,
    xenforo,
)
from archiver.comments.platform import Answer, Batch, Finding, Found, Platform
from archiver.comments.thread import arrange, judged
from archiver.dom import Document
from archiver.model import Ask, Thread
from archiver.outcomes import ThreadOutcome
from archiver.urls import site_of

PLATFORMS: tuple[Platform, ...] = (
    disqus,
    blogger,
    drupal,
    xenforo,
    phpbb,
    vbulletin,
    komento,
    wordpress,
    coral,
    openweb,
    viafoura,
    hyvor,
    isso,
    remark42,
    commento,
    comentario,
    giscus,
    utterances,
    guardian,
    ghost,
    livefyre,
    facebook,
    discourse,
    schema_org,
    microformats,
    generic,
)
"""In order of trial: the first that shows comments speaks."""

_AT_HOME = frozenset(
    platform.NAME for platform in (blogger, drupal, komento, phpbb, vbulletin, wordpress, xenforo)
)
"""Software of the site itself: what it serves stands on the site."""
MOST_ABROAD = 4
"""Requests to another site that a page may lead to; answers lead to more, one after the other."""


def find_thread(document: Document) -> Found:
    """The thread that the page itself shows, arranged, and the regions of all platforms.

    A platform that shows comments goes before one that only shows an empty thread.
    """
    answers = (platform.read(document) for platform in PLATFORMS if platform is not generic)
    found = [answer for answer in answers if answer is not None]
    if not any(answer.thread is not None and answer.thread.comments for answer in found):
        # The dearest of all and the least sure: only where no other shows a comment.
        guessed = generic.read(document)
        found += [guessed] if guessed is not None else []
    threads = [answer.thread for answer in found if answer.thread is not None]
    regions = tuple(dict.fromkeys(region for answer in found for region in answer.regions))
    spoken = next((thread for thread in threads if thread.comments), None)
    if spoken is None:
        return Found(next(iter(threads), None), regions)
    arranged = replace(spoken, comments=arrange(spoken.comments))
    return Found(judged(arranged, if_fewer=ThreadOutcome.PARTIAL), regions)


def read_thread(document: Document) -> Thread | None:
    """The thread that the page itself shows, arranged; ``None`` when no platform speaks."""
    return find_thread(document).thread


def read_answer(answer: Answer, platform: str | None = None) -> Batch | None:
    """The comments in an answer to an ask of ``platform`` (None: of whoever owns its URL),
    arranged; ``None`` when it is a page like others. Raises ``PlatformError``."""
    for module in PLATFORMS:
        if platform == module.NAME or (platform is None and _owns(module, answer.url)):
            batch = module.read_answer(answer)
            if batch is not None:
                return _whole(batch, module.NAME, answer)
    return None


def is_answer(url: str) -> bool:
    """True when a platform answers under ``url``."""
    return any(_owns(platform, url) for platform in PLATFORMS)


def findings(document: Document) -> tuple[tuple[str, Finding], ...]:
    """What the page says about its threads, by name of the platform."""
    found = ((platform.NAME, platform.find(document)) for platform in PLATFORMS)
    return tuple((name, finding) for name, finding in found if finding is not None)


def asks_of(document: Document) -> tuple[Ask, ...]:
    """What must be asked for the threads of this page to be whole, each named by its platform.

    A page may name any host as its platform: what its own site serves is asked of its own site
    only, and of another host not more than a few things.
    """
    asks: list[Ask] = []
    for name, finding in findings(document):
        signed = _signed(finding.asks, name, finding.thread_ref)
        home = [ask for ask in signed if site_of(ask.url) == site_of(document.url)]
        abroad = [ask for ask in signed if ask not in home]
        asks += home if name in _AT_HOME else [*home, *abroad[:MOST_ABROAD]]
    return tuple(asks)


def _owns(platform: Platform, url: str) -> bool:
    try:
        return platform.owns(url)
    except ValueError:  # of urlsplit: other programs archive broken addresses too
        return False


def _whole(batch: Batch, name: str, answer: Answer) -> Batch:
    thread = replace(
        batch.thread,
        comments=arrange(batch.thread.comments),
        thread_ref=batch.thread.thread_ref or answer.thread_ref,
    )
    return replace(
        batch,
        thread=_judged_answer(thread, answer, batch),
        asks=_signed(batch.asks, name, thread.thread_ref),
    )


def _judged_answer(thread: Thread, answer: Answer, batch: Batch) -> Thread:
    if batch.asks and thread.outcome is None:
        return replace(thread, outcome=ThreadOutcome.PARTIAL)
    # A later answer does not say how many were in those before it.
    return judged(thread, if_fewer=ThreadOutcome.SHORT) if answer.page_number == 1 else thread


def _signed(asks: Iterable[Ask], name: str, thread_ref: str | None) -> tuple[Ask, ...]:
    return tuple(
        replace(
            ask,
            platform=name,
            thread_ref=ask.thread_ref or thread_ref,
            instead=_signed(ask.instead, name, thread_ref),
        )
        for ask in asks
    )
