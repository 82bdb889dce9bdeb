from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Errand, Exchange, Purpose, Truncation
from archiver.outcomes import Outcome
from archiver.warc.digests import sha1_label
from archiver.warc.fields import first, parse_fields
from archiver.warc.notes import KEPT_BYTES_LIMIT
from archiver.warc.records import (
    NOTE_FIELDS,
    Earlier,
    ExchangeRecords,
    note_record,
    received_bytes,
    record_bytes,
    records_of,
    warc_date,
)
from tests.warc.samples import NOON, PAGE, counted_ids, exchange


def made(one: Exchange, earlier: Earlier | None = None) -> ExchangeRecords:
    return records_of(one, new_id=counted_ids(), earlier=earlier)


def rebuilt(one: Exchange) -> bytes:
    records = made(one)
    is_response = records.capture.record_type == "response"
    block = b"".join(records.capture.block) if is_response else b""
    return received_bytes(block, records.notes)


CHUNKED = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b"3;q=1\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\nleft over"
)


def test_chunked_answer_becomes_these_three_records() -> None:
    records = made(exchange(received=CHUNKED, sent=b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"))
    written = b"".join(map(record_bytes, records.records)).decode()
    assert written.replace("\r\n", "\n") == (
        """WARC/1.1
WARC-Type: request
WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000003>
WARC-Date: 2026-03-01T12:00:00.250000Z
WARC-Target-URI: https://news.example/bridge
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000002>
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000001>
WARC-IP-Address: 192.0.2.7
WARC-Protocol: http/1.1
WARC-Protocol: tls/1.3
WARC-Cipher-Suite: TLS_AES_256_GCM_SHA384
WARC-Block-Digest: sha1:6FOLKI6EKNRCDPXKLMRRUZXJWHVFPMWR
Content-Type: application/http; msgtype=request
Content-Length: 38

GET / HTTP/1.1
Host: news.example



WARC/1.1
WARC-Type: metadata
WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>
WARC-Date: 2026-03-01T12:00:00.250000Z
WARC-Target-URI: https://news.example/bridge
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000003>
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000001>
WARC-Block-Digest: sha1:FTKDMQ46IY6SCWS2V3I5DILHHNL325JC
Content-Type: application/warc-fields
Content-Length: 228

purpose: article
via: https://news.example/
fetchTimeMs: 42
interimResponses: HTTP/1.1%20103%20Early%20Hints%0D%0ALink:%20</a.css>%0D%0A%0D%0A
chunkLines: 3;q=1 0
trailers: X-Sum:%201%0D%0A%0D%0A
excessBytes: left%20over


WARC/1.1
WARC-Type: response
WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>
WARC-Date: 2026-03-01T12:00:00.250000Z
WARC-Target-URI: https://news.example/bridge
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000003>
WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000002>
WARC-IP-Address: 192.0.2.7
WARC-Protocol: http/1.1
WARC-Protocol: tls/1.3
WARC-Cipher-Suite: TLS_AES_256_GCM_SHA384
WARC-Payload-Digest: sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5
WARC-Block-Digest: sha1:MLPVS7QRKATLLBTORVIJ247UKOJGH3PE
Content-Type: application/http; msgtype=response
Content-Length: 83

HTTP/1.1 200 OK
content-type: text/plain
x-orig-transfer-encoding: Chunked

abc

"""
    )


def test_304_is_a_revisit_without_block_and_its_head_is_in_the_notes() -> None:
    head = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    earlier = Earlier("<urn:uuid:e>", "https://news.example/bridge", NOON, "sha1:AAAA")
    records = made(exchange(received=head), earlier)
    headers = dict(records.capture.headers)
    assert records.capture.record_type == "revisit"
    assert records.capture.block == ()
    assert headers["Content-Length"] == "0"
    assert headers["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert headers["WARC-Refers-To"] == "<urn:uuid:e>"
    assert headers["WARC-Refers-To-Target-URI"] == "https://news.example/bridge"
    assert headers["WARC-Refers-To-Date"] == warc_date(NOON)
    assert headers["WARC-Payload-Digest"] == "sha1:AAAA"
    assert records.notes["responseHead"] == (
        'HTTP/1.1%20304%20Not%20Modified%0D%0AETag:%20"1"%0D%0A%0D%0A'
    )
    assert rebuilt(exchange(received=head)) == head


SAME = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"


def earlier_with(body: bytes) -> Earlier:
    return Earlier("<urn:uuid:e>", "https://news.example/bridge", NOON, sha1_label(body))


def test_the_same_payload_again_is_a_revisit_with_its_head() -> None:
    one = exchange(received=SAME)
    records = made(one, earlier_with(b"abc"))
    headers = dict(records.capture.headers)
    assert records.capture.record_type == "revisit"
    assert b"".join(records.capture.block) == SAME[:-3]
    assert headers["WARC-Profile"].endswith("/revisit/identical-payload-digest")
    assert headers["WARC-Payload-Digest"] == sha1_label(b"abc")
    assert headers["WARC-Refers-To"] == records.refers_to == "<urn:uuid:e>"
    assert headers["WARC-Refers-To-Date"] == warc_date(NOON)


@pytest.mark.parametrize(
    ("one", "earlier"),
    [
        (exchange(received=SAME), earlier_with(b"abd")),
        (exchange(received=SAME.replace(b"200 OK", b"404 Not Found")), earlier_with(b"abc")),
        (exchange(received=SAME.replace(b": 3", b": 4")), earlier_with(b"abc")),
    ],
    ids=["another payload", "an error", "cut short"],
)
def test_what_is_not_the_same_whole_answer_is_a_response(one: Exchange, earlier: Earlier) -> None:
    records = made(one, earlier)
    assert records.capture.record_type == "response"
    assert records.refers_to is None


@pytest.mark.parametrize("received", [b"", b"SSH-2.0-x\r\n\xff", b"HTTP/1.1 200 OK\r\nServ"])
def test_what_is_no_answer_leaves_a_metadata_record_that_keeps_it(received: bytes) -> None:
    records = made(exchange(received=received, failure=Outcome.TRUNCATED))
    assert [record.record_type for record in records.records] == ["request", "metadata"]
    assert records.notes["outcome"] == "truncated"
    assert rebuilt(exchange(received=received)) == received


def test_fetch_that_sent_nothing_has_only_its_metadata_record() -> None:
    records = made(exchange(received=b"", sent=b"", failure=Outcome.DNS_FAILURE))
    assert [record.record_type for record in records.records] == ["metadata"]
    assert records.notes["outcome"] == "dns_failure"
    assert first(records.capture.headers, "WARC-Concurrent-To") is None


def test_endless_garbage_is_kept_up_to_a_limit_and_counted() -> None:
    records = made(exchange(received=b"\x00" * (KEPT_BYTES_LIMIT + 5)))
    assert records.notes["omittedBytes"] == "5"
    assert len(received_bytes(b"", records.notes)) == KEPT_BYTES_LIMIT


@pytest.mark.parametrize(
    ("received", "truncated", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", None, "disconnect"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Truncation.TIME, "time"),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", Truncation.LENGTH, "length"),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", None, None),
    ],
)
def test_answer_that_ends_early_says_so(
    received: bytes, truncated: Truncation | None, told: str | None
) -> None:
    records = made(exchange(received=received, truncated=truncated))
    assert first(records.capture.headers, "WARC-Truncated") == told


def test_errand_of_a_thread_stands_in_the_notes() -> None:
    errand = Errand(
        Purpose.THREAD,
        via="https://news.example/a",
        article_url="https://news.example/a",
        article_canonical_url="https://news.example/A",
        page_number=3,
    )
    notes = made(replace(exchange(), errand=errand, certificate=b"\x30\x82")).notes
    assert notes == {
        "purpose": "thread",
        "via": "https://news.example/a",
        "articleUrl": "https://news.example/a",
        "articleCanonicalUrl": "https://news.example/A",
        "pageNumber": "3",
        "fetchTimeMs": "42",
        "certificate": "MII=",
    }
    assert set(notes) <= set(NOTE_FIELDS)


EVIL = "http://e/\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\u2028\x00 \x85"


@pytest.mark.parametrize("field", ["url", "ip", "detail", "via"])
def test_no_value_can_add_a_line_of_its_own(field: str) -> None:
    one = exchange(received=b"")
    evil = {
        "url": replace(one, url=EVIL),
        "ip": replace(one, ip_address=EVIL, protocols=(EVIL, EVIL), cipher_suite=EVIL),
        "detail": replace(one, failure_detail=EVIL),
        "via": replace(one, errand=Errand(Purpose.ARTICLE, via=EVIL)),
    }[field]
    plain = b"".join(map(record_bytes, made(one).records))
    written = b"".join(map(record_bytes, made(evil).records))
    added = 1 if field == "detail" else 0
    assert written.count(b"\n") == plain.count(b"\n") + added
    assert b"\r\n" not in re.sub(rb"\r\n", b"", written)
    assert b"\x00" not in written
    note = note_record(
        about_id="<urn:x>", url=EVIL, at=NOON, fields=[("detail", EVIL)], record_id=counted_ids()()
    )
    block = note.block[0]
    assert block.count(b"\n") == 1
    assert [name for name, _ in parse_fields(block)] == ["detail"]


def test_metadata_has_no_payload_digest() -> None:
    for record in made(exchange()).records:
        has_digest = first(record.headers, "WARC-Payload-Digest") is not None
        assert has_digest == (record.record_type == "response")


def test_same_exchange_and_ids_give_the_same_bytes() -> None:
    one, two = (b"".join(map(record_bytes, made(exchange()).records)) for _ in range(2))
    assert one == two


ANSWERS = st.tuples(
    st.sampled_from(
        [
            b"",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"\r\nHTTP/1.1 103 Early\nLink: x\n\nHTTP/1.1 102 P\r\n\r\n",
        ]
    ),
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.0 404", b"http/1.1 304 NM", b"HTTP/1.1 204 x"]),
    st.lists(
        st.sampled_from(
            [
                b"Transfer-Encoding: chunked",
                b"transfer-encoding : Chunked",
                b"Transfer-Encoding: gzip,\r\n chunked",
                b"x-orig-transfer-encoding: chunked",
                b"Content-Length: 4",
                b"Content-Length: -1",
                b"Content-Encoding: gzip",
                b"no colon",
                b"Caf\xe9: \xff",
                b"Folded: a\r\n\tb",
            ]
        ),
        max_size=5,
    ),
    st.sampled_from([b"\r\n", b"\n"]),
    st.lists(
        st.sampled_from(
            [b"4\r\n", b"4;x=y\r\n", b"abcd", b"\r\n", b"\n", b"0\r\n", b"T: v\r\n", b"zz", b"\x00"]
        ),
        max_size=12,
    ),
).map(lambda t: t[0] + t[3].join([t[1], *t[2], b"", b""]) + b"".join(t[4]))


@given(
    received=st.one_of(ANSWERS, st.binary(max_size=60)),
    cut=st.integers(0, 400),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_what_came_over_the_wire_can_be_put_together_again(
    received: bytes, cut: int, method: str
) -> None:
    for one in (received, received[:cut]):
        assert rebuilt(exchange(received=one, method=method)) == one


def test_real_page_is_archived_byte_for_byte() -> None:
    records = made(exchange())
    assert records.capture.block[1] == PAGE
    assert records.payload_digest == first(records.capture.headers, "WARC-Payload-Digest")
    assert records.headers == (
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Length", str(len(PAGE)).encode()),
    )
