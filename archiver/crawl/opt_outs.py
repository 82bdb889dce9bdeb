"""Opt-outs of publishers, obeyed where the operator says so (setting OPT_OUTS).

Knows what becomes of an exchange, a capture and a reading whose publisher reserves a use: it is
decided from header, page and errand before the answer is archived. Which words reserve which use
is known in ``archiver.opt_outs``; what a host says beforehand in ``declarations``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from archiver.discover import is_feed, is_sitemap
from archiver.dom import looks_like_html
from archiver.model import Capture, Exchange, Page, Purpose, Reading
from archiver.opt_outs import Use, decoded_opening, opening_metas, opt_outs_of
from archiver.outcomes import Outcome
from archiver.robots import product_token
from archiver.warc.message import response_parts

_LOOKED_AT = 128 * 1024
"""Bytes of an answer in which opt-outs are looked for: no HTTP head is longer than half of it."""


def obey(exchange: Exchange, uses: Collection[Use], *, user_agent: str) -> Exchange:
    """``exchange`` as it may be archived, where the operator obeys reservations of ``uses``.

    An answer with ``noarchive`` is left out: its metadata record says why. One whose text may not
    be used is archived with the outcome OPTED_OUT, so that nobody reads it into a dataset; of a
    feed, a sitemap or a listing nothing but links is taken, and they stay what they are. Errors
    and redirects hold nothing to be reserved, and robots.txt is what speaks of the rest.
    """
    if not uses or not exchange.received or exchange.errand.purpose is Purpose.ROBOTS:
        return exchange
    parts = response_parts(exchange.received[:_LOOKED_AT], exchange.method)
    if parts is None or not 200 <= parts.status < 300:
        return exchange
    page = Page(exchange.url, exchange.started_at, parts.headers, parts.body, exchange.errand)
    opt_outs = opt_outs_of(page, opening_metas(page), reader=product_token(user_agent))
    obeyed = opt_outs.among(uses)
    if not obeyed:
        return exchange
    why = "; ".join(str(one) for one in obeyed)
    if any(one.use is Use.NOARCHIVE for one in obeyed):
        return replace(
            exchange,
            received=b"",
            truncated=None,
            failure=exchange.failure or Outcome.OPTED_OUT,
            failure_detail="; ".join(filter(None, (exchange.failure_detail, why))),
        )
    if exchange.failure is not None or _only_links(page):
        return exchange
    return replace(exchange, failure=Outcome.OPTED_OUT, failure_detail=why)


def for_reading(capture: Capture, exchange: Exchange) -> Capture:
    """``capture``, with the answer where that was left out of the archive: its links are followed
    all the same. ``exchange`` is what crossed the wire."""
    is_withheld = capture.record_type == "metadata" and is_opted_out(capture)
    parts = response_parts(exchange.received, exchange.method) if is_withheld else None
    if parts is None:
        return capture
    return replace(
        capture,
        status=parts.status,
        headers=parts.headers,
        payload=parts.body,
        payload_size=len(parts.body),
    )


def _only_links(page: Page) -> bool:
    if page.errand.purpose is Purpose.THREAD:
        return False
    head = decoded_opening(page)
    if is_feed(head) or is_sitemap(head):
        return True
    return page.errand.purpose is Purpose.LISTING and not looks_like_html(page, head)


def is_opted_out(capture: Capture) -> bool:
    """Whether the archive says of ``capture`` that its text may not be used."""
    return capture.notes.get("outcome") == Outcome.OPTED_OUT


def usable(reading: Reading, capture: Capture, uses: Collection[Use]) -> Reading:
    """What may be used of ``reading``: of a page that opted out, only where it leads. The parser
    sees what stands beyond the beginning of a page too."""
    if is_opted_out(capture):
        return _links_of(reading, capture.notes.get("detail"))
    article = reading.article
    obeyed = [use for use in uses if article is not None and use in article.rights.reserved]
    if article is None or not obeyed:
        return reading
    sources = article.field_sources.get("rights")
    return _links_of(reading, f"{', '.join(sorted(obeyed))} ({sources})")


def _links_of(reading: Reading, why: str | None) -> Reading:
    return Reading(
        Outcome.OPTED_OUT,
        links=reading.links,
        listing=reading.listing,
        detail=why,
        seconds=reading.seconds,
    )
