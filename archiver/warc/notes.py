"""What the metadata record of an exchange says, and what came over the wire put together from it.

Knows the fields of our metadata records and that nothing received is lost: what the response
record does not hold stands here. Knows nothing of record headers.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from archiver.model import Exchange
from archiver.outcomes import Outcome
from archiver.warc.chunks import ends_with_last_chunk, join_chunks, read_chunks, write_chunks
from archiver.warc.fields import Field, quote_bytes, safe_value, unquote_bytes
from archiver.warc.message import ResponseParts, restore_transfer_encoding, split_head

NOTE_FIELDS: Mapping[str, str] = {
    "via": "URL of the page, feed or sitemap that named this one; absent for a seed",
    "foundBy": "how the URL was found: seed, feed, sitemap, listing, section, link, cdx, …",
    "purpose": "why the URL was asked for: seed, feed, sitemap, section, article, thread, …",
    "outcome": "of a fetch without a whole response, or (in a later note) of its reading",
    "detail": "the outcome or a flaw of the framing in words, for a person",
    "fetchTimeMs": "milliseconds from the first byte sent to the last byte received",
    "articleUrl": "of a thread or continuation page: URL of the article it belongs to",
    "articleCanonicalUrl": "of a thread or continuation page: canonical URL of that article",
    "pageNumber": "of a continuation page, or of a later answer about a thread: 2 and up",
    "threadPlatform": "of a thread: the comment platform that was asked, as the dataset names it",
    "threadRef": "of a thread: the platform's name for it",
    "contentUsage": "what robots.txt said of the URL's use when it was asked for (Content-Usage)",
    "tdmReservation": "what /.well-known/tdmrep.json said of the URL then: 1 or 0",
    "tdmPolicy": "URL of the policy that it named",
    "interimResponses": "1xx answers before the response, percent-encoded",
    "chunkLines": "chunk lines taken off the body, separated by blanks, percent-encoded",
    "trailers": "trailer section of a chunked body, percent-encoded, unless it is one empty line",
    "transferEncodingNames": "names of the lines now called x-orig-transfer-encoding, separated "
    "by blanks, percent-encoded, unless each was Transfer-Encoding and chunkLines is there",
    "excessBytes": "bytes received after the end of the answer, percent-encoded",
    "responseHead": "head of a 304 answer, percent-encoded (its revisit record has no block)",
    "receivedBytes": "all that was received when it is no HTTP answer, percent-encoded",
    "omittedBytes": "how many of those bytes were received beyond what is kept here",
    "certificate": "the server's certificate: DER, base 64",
}
"""Names of the fields in our metadata records (``application/warc-fields``), with their meaning."""

KEPT_BYTES_LIMIT = 1024 * 1024
"""Of ``excessBytes`` and ``receivedBytes``, which nothing else bounds: more is only counted."""


def notes_of(
    exchange: Exchange, parts: ResponseParts | None, names: tuple[bytes, ...]
) -> list[Field]:
    """The fields of the exchange's metadata record; only those that apply.

    ``names`` are those of the lines that ``rename_transfer_encoding`` gave another name.
    """
    errand = exchange.errand
    notes: list[Field] = [("purpose", errand.purpose.value)]
    if errand.via:
        notes.append(("via", errand.via))
    if errand.found_by:
        notes.append(("foundBy", errand.found_by.value))
    if errand.article_url:
        notes.append(("articleUrl", errand.article_url))
    if errand.article_canonical_url:
        notes.append(("articleCanonicalUrl", errand.article_canonical_url))
    if errand.page_number != 1:
        notes.append(("pageNumber", str(errand.page_number)))
    if errand.platform:
        notes.append(("threadPlatform", errand.platform))
    if errand.thread_ref:
        notes.append(("threadRef", errand.thread_ref))
    if errand.content_usage:
        notes.append(("contentUsage", errand.content_usage))
    if errand.tdm_reservation is not None:
        notes.append(("tdmReservation", "1" if errand.tdm_reservation else "0"))
    if errand.tdm_policy:
        notes.append(("tdmPolicy", errand.tdm_policy))
    notes.append(("fetchTimeMs", str(exchange.duration_ms)))
    detail = [exchange.failure_detail] if exchange.failure_detail else []
    failure = exchange.failure or (Outcome.NO_RESPONSE if parts is None else None)
    if failure is not None:
        notes.append(("outcome", failure.value))
    if parts is None:
        notes += _kept("receivedBytes", exchange.received)
    else:
        if parts.flaw:
            detail.append(f"the body {parts.flaw}")
        notes += _framing_notes(parts, names)
    if detail:
        notes.append(("detail", "; ".join(detail)))
    if exchange.certificate:
        notes.append(("certificate", base64.b64encode(exchange.certificate).decode("ascii")))
    return [(name, safe_value(value)) for name, value in notes]


def _framing_notes(parts: ResponseParts, names: tuple[bytes, ...]) -> list[Field]:
    notes: list[Field] = []
    if parts.preamble:
        notes.append(("interimResponses", quote_bytes(parts.preamble)))
    if parts.status == 304:
        notes.append(("responseHead", quote_bytes(parts.head)))
    if names and (parts.chunks is None or any(name != b"Transfer-Encoding" for name in names)):
        notes.append(("transferEncodingNames", " ".join(quote_bytes(name) for name in names)))
    if parts.chunks is not None:
        notes.append(("chunkLines", write_chunks(list(parts.chunks))))
        is_plain = parts.trailers == b"\r\n"
        if ends_with_last_chunk(list(parts.chunks)) and not is_plain:
            notes.append(("trailers", quote_bytes(parts.trailers)))
    return notes + _kept("excessBytes", parts.excess)


def _kept(name: str, raw: bytes) -> list[Field]:
    if not raw:
        return []
    notes = [(name, quote_bytes(raw[:KEPT_BYTES_LIMIT]))]
    if len(raw) > KEPT_BYTES_LIMIT:
        notes.append(("omittedBytes", str(len(raw) - KEPT_BYTES_LIMIT)))
    return notes


def received_bytes(block: bytes, notes: Mapping[str, str]) -> bytes:
    """What came over the wire, from the block of the response record (empty for a revisit and a
    fetch without response) and its notes; without the bytes that ``omittedBytes`` counts."""
    if "receivedBytes" in notes:
        return unquote_bytes(notes["receivedBytes"])
    if "responseHead" in notes:
        head, body = unquote_bytes(notes["responseHead"]), b""
    else:
        head, body = split_head(block) or (b"", block)
    names = tuple(unquote_bytes(name) for name in notes.get("transferEncodingNames", "").split())
    framed = body
    if "chunkLines" in notes:
        chunks = read_chunks(notes["chunkLines"])
        trailers = b""
        if ends_with_last_chunk(chunks):
            trailers = unquote_bytes(notes.get("trailers", "%0D%0A"))
        framed = join_chunks(chunks, body, trailers)
    if "chunkLines" in notes or names:
        head = restore_transfer_encoding(head, names)
    preamble = unquote_bytes(notes.get("interimResponses", ""))
    return preamble + head + framed + unquote_bytes(notes.get("excessBytes", ""))
