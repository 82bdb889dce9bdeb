from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.errors import TornRecord, WarcError
from archiver.model import Capture, RecordRef
from archiver.outcomes import Outcome
from archiver.warc.digests import sha1_label
from archiver.warc.parse import parse_date
from archiver.warc.reader import (
    read_capture,
    read_captures,
    read_received,
    read_record_bytes,
    scan,
)
from tests.warc.samples import NOON, PAGE, PAGE_ANSWER, exchange, sealed_warc, writer


def record(kind: str, block: bytes, **fields: str) -> bytes:
    """A WARC/1.0 record as another tool writes it."""
    told = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:x:{kind}>",
        "WARC-Date": "2020-02-02T02:02:02Z",
        "WARC-Target-URI": "http://old.example/",
        **{name.replace("_", "-"): value for name, value in fields.items()},
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def captures_of(path: Path, raw: bytes) -> list[Capture]:
    path.write_bytes(raw)
    return list(read_captures(path))


HTTP = "application/http; msgtype=response"
RESPONSE = record("response", PAGE_ANSWER, Content_Type=HTTP)
OTHER = record("response", b"HTTP/1.1 404 Not Found\r\n\r\ngone", Content_Type=HTTP)


def test_own_exchange_is_read_back_whole(tmp_path: Path) -> None:
    path = sealed_warc(tmp_path, exchange())
    [capture] = read_captures(path)
    assert capture == Capture(
        ref=RecordRef(
            filename="news-20260301120000-00000-run1.warc.gz",
            offset=capture.ref.offset,
            length=path.stat().st_size - capture.ref.offset,
            record_id="<urn:uuid:00000000-0000-0000-0000-000000000002>",
        ),
        record_type="response",
        url="https://news.example/bridge",
        captured_at=NOON,
        status=200,
        headers=(
            (b"Content-Type", b"text/html; charset=utf-8"),
            (b"Content-Length", str(len(PAGE)).encode()),
        ),
        payload=PAGE,
        payload_size=len(PAGE),
        payload_digest=sha1_label(PAGE),
        ip_address="192.0.2.7",
        protocols=("http/1.1", "tls/1.3"),
        notes={"purpose": "article", "via": "https://news.example/", "fetchTimeMs": "42"},
        run_id="run1",
    )


def test_every_kind_of_exchange_is_a_capture_and_gives_back_what_was_received(
    tmp_path: Path,
) -> None:
    answers = [
        b"HTTP/1.1 200 OK\r\nTransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n+",
        b"HTTP/1.1 304 Not Modified\r\nX: y\r\n\r\n",
        b"not http",
        b"",
    ]
    path = sealed_warc(
        tmp_path,
        *(exchange(f"http://e.example/{n}", answer) for n, answer in enumerate(answers)),
        exchange("http://no.example/", b"", sent=b"", failure=Outcome.DNS_FAILURE),
    )
    captures = list(read_captures(path))
    assert [(one.record_type, one.status, one.notes.get("outcome")) for one in captures] == [
        ("response", 200, None),
        ("revisit", 304, None),
        ("metadata", None, "no_response"),
        ("metadata", None, "no_response"),
        ("metadata", None, "dns_failure"),
    ]
    assert [read_received(path, one) for one in captures] == [*answers, b""]
    assert captures[1].headers == ((b"X", b"y"),)


def test_later_note_belongs_to_its_capture_only(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    held = warcs.write(exchange(), hold=True).result(10)
    warcs.write(exchange("https://news.example/2")).result(10)
    warcs.note(held, {"outcome": "extract_timeout"}).result(10)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    assert [one.notes.get("outcome") for one in read_captures(path)] == ["extract_timeout", None]


def test_scan_tells_of_the_whole_file(tmp_path: Path) -> None:
    path = sealed_warc(tmp_path, exchange())
    found = scan(path)
    assert (found.stem, found.filename) == ("news-20260301120000-00000-run1", path.name)
    assert (found.run_id, found.first_date, found.records) == ("run1", NOON, 4)
    assert found.size == path.stat().st_size
    assert [(e.url, e.status, e.mime) for e in found.entries] == [
        ("https://news.example/bridge", 200, "text/html")
    ]


PACKINGS: dict[str, Callable[..., bytes]] = {
    "member-per-record": lambda *records: b"".join(map(gzip.compress, records)),
    "one-member": lambda *records: gzip.compress(b"".join(records)),
    "plain": lambda *records: b"".join(records),
    "members-cut-anywhere": lambda *records: b"".join(
        gzip.compress(piece)
        for piece in (b"".join(records)[:300], b"".join(records)[300:])
    ),
    "member-per-two": lambda first, *rest: gzip.compress(first)
    + gzip.compress(b"".join(rest)),
}  # fmt: skip


@pytest.mark.parametrize("packing", PACKINGS)
def test_each_record_can_be_reached_however_the_file_is_packed(
    tmp_path: Path, packing: str
) -> None:
    info = record("warcinfo", b"isPartOf: old-run\r\n", Content_Type="application/warc-fields")
    path = tmp_path / "old.warc.gz"
    captures = captures_of(path, PACKINGS[packing](info, RESPONSE, OTHER))
    assert [(one.status, one.payload) for one in captures] == [(200, PAGE), (404, b"gone")]
    for one in captures:
        assert one.run_id == "old-run"
        assert read_capture(path, one.ref.offset) == one
        raw = read_record_bytes(path, one.ref.offset, one.ref.length)
        if packing == "member-per-record":
            raw = gzip.decompress(raw)
        assert raw == (RESPONSE if one.status == 200 else OTHER)


def test_body_kept_chunked_by_another_tool_is_dechunked(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n"
    [capture] = captures_of(tmp_path / "w.warc", record("response", answer, Content_Type=HTTP))
    assert (capture.payload, capture.payload_size) == (b"abc", 3)
    assert capture.payload_digest == sha1_label(b"abc")


def test_body_dechunked_by_another_tool_is_left_as_it_is(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>"
    [capture] = captures_of(tmp_path / "w.warc", record("response", answer, Content_Type=HTTP))
    assert capture.payload == b"<html>"


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ("<http://old.example/>", "http://old.example/"),
        ("http://old.example/a b", "http://old.example/a%20b"),
        ("http://old.example/caf\u00e9", "http://old.example/caf%C3%A9"),
    ],
)
def test_target_uri_is_read_as_it_was_meant(tmp_path: Path, told: str, url: str) -> None:
    raw = record("response", PAGE_ANSWER, Content_Type=HTTP, WARC_Target_URI=told)
    assert [one.url for one in captures_of(tmp_path / "w.warc", raw)] == [url]


def test_records_that_are_no_http_give_their_block(tmp_path: Path) -> None:
    dns = record(
        "response", b"20200202\nold.example 192.0.2.1", Content_Type="text/dns",
        WARC_Target_URI="dns:old.example",
    )  # fmt: skip
    image = record("resource", b"\x89PNG", Content_Type="image/png")
    unread = record("conversion", b"text") + record("continuation", b"x") + record("odd", b"x")
    captures = captures_of(tmp_path / "w.warc", dns + image + unread)
    assert [(one.record_type, one.status, one.payload, one.content_type) for one in captures] == [
        ("response", None, b"20200202\nold.example 192.0.2.1", None),
        ("resource", None, b"\x89PNG", "image/png"),
    ]


def test_notes_of_another_tool_are_taken_as_they_are(tmp_path: Path) -> None:
    note = record(
        "metadata", b"via: http://old.example/\r\nhopsFromSeed: L\r\n",
        Content_Type="application/warc-fields", WARC_Concurrent_To="<urn:x:response>",
    )  # fmt: skip
    [capture] = captures_of(tmp_path / "w.warc", RESPONSE + note)
    assert capture.notes == {"via": "http://old.example/", "hopsFromSeed": "L"}


ARC_HEADER = (
    b"1 0 Example\nURL IP-address Archive-date Content-type Archive-length\nwritten by hand\n"
)
ARC_ANSWER = b"HTTP/1.0 200 OK\r\n\r\n<p>old</p>"
ARC = (
    b"filedesc://old.arc 0.0.0.0 20010203040506 text/plain %d\n%s\n"
    b"http://old.example/a b 192.0.2.9 20010203040507 text/html %d\n%s\n"
) % (len(ARC_HEADER), ARC_HEADER, len(ARC_ANSWER), ARC_ANSWER)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["arc", "arc.gz"])
def test_arc_files_are_read(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    path = tmp_path / "old.arc"
    [capture] = captures_of(path, pack(ARC))
    assert (capture.url, capture.status, capture.payload) == (
        "http://old.example/a%20b",
        200,
        b"<p>old</p>",
    )
    assert capture.captured_at == datetime(2001, 2, 3, 4, 5, 7, tzinfo=UTC)
    assert read_capture(path, capture.ref.offset) == capture


def test_payload_beyond_the_limit_is_digested_but_never_in_memory(tmp_path: Path) -> None:
    body = b"0123456789abcdef" * 2**20
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer += b"".join(
        b"100000\r\n%s\r\n" % body[n : n + 2**20] for n in range(0, len(body), 2**20)
    )
    path = tmp_path / "large.warc.gz"
    path.write_bytes(gzip.compress(record("response", answer + b"0\r\n\r\n", Content_Type=HTTP), 1))
    digest = sha1_label(body)
    del body, answer
    tracemalloc.start()
    [capture] = read_captures(path, payload_limit=2**20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (capture.payload, capture.payload_size) == (None, 2**24)
    assert capture.payload_digest == digest
    assert peak < 10 * 2**20


def test_captures_before_the_torn_one_are_given(tmp_path: Path) -> None:
    path = tmp_path / "torn.warc.gz"
    whole = gzip.compress(RESPONSE)
    path.write_bytes(whole + gzip.compress(OTHER)[:-1])
    found = read_captures(path)
    assert next(found).payload == PAGE
    with pytest.raises(TornRecord, match=rf"torn.warc.gz at offset {len(whole)}: "):
        next(found)
    assert isinstance(scan(path).fault, TornRecord)
    assert scan(path).size == path.stat().st_size


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "the file is empty"),
        (b"<html>", "no WARC or ARC file"),
        (b"\x1f\x8bgarbage", "no gzip member begins|damaged"),
        (gzip.compress(b"<html>"), "no WARC or ARC file"),
        (b"\x28\xb5\x2f\xfd" + b"x" * 9, "zstd"),
        (b"WARC/1.0\r\nContent-Length: 5", "inside the record's headers"),
        (b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", "'-5' is no Content-Length"),
        (b"WARC/1.0\r\n\r\n", "None is no Content-Length"),
        (b"WARC/1.0\r\n" + b"A: b\r\n" * 200_000, "headers have no end"),
        (b"WARC/1.0\r\nA: " + b"b" * 2_000_000, "headers have no end"),
        (RESPONSE.replace(b"2020-02-02", b"2020-02-xx"), "no date"),
        (RESPONSE.replace(b"Content-Length: ", b"Content-Length: 1", 1), "the file ends"),
        (b"filedesc://x 0.0.0.0 20010203040506 text/plain -1\n", "no Content-Length"),
        (b"filedesc://x\n", "no header line of an ARC record"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_warc_is_refused_by_name(tmp_path: Path, raw: bytes, what: str) -> None:
    path = tmp_path / "odd.warc.gz"
    with pytest.raises(WarcError, match=what) as refusal:
        captures_of(path, raw)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("offset", [1, 5, 10**6])
def test_offset_without_record_is_refused(tmp_path: Path, offset: int) -> None:
    path = sealed_warc(tmp_path, exchange())
    with pytest.raises(WarcError):
        read_capture(path, offset)
    with pytest.raises(WarcError):
        read_record_bytes(path, path.stat().st_size - 1, 10)


def test_record_that_is_no_capture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarcError, match="warcinfo record is no capture"):
        read_capture(sealed_warc(tmp_path, exchange()), 0)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2020", datetime(2020, 1, 1, tzinfo=UTC)),
        ("2020-03", datetime(2020, 3, 1, tzinfo=UTC)),
        ("2020-03-04", datetime(2020, 3, 4, tzinfo=UTC)),
        ("2020-03-04T05:06:07Z", datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("2020-03-04T05:06:07.123456789Z", datetime(2020, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)),
        ("2020-03-04T05:06:07+02:00", datetime(2020, 3, 4, 3, 6, 7, tzinfo=UTC)),
        ("20200304050607", datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("202003040506070000", datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("2020-13-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_of_all_tools_are_read(told: str, moment: datetime | None) -> None:
    assert parse_date(told) == moment


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, 5000), st.sampled_from([b"", b"\x00", b"\n", b"9", b"-", b"\xff"])
        ),
        min_size=1,
        max_size=4,
    ),
    packing=st.sampled_from(["plain", "member-per-record"]),
    source=st.sampled_from([RESPONSE + OTHER, ARC, record("revisit", b"") + RESPONSE]),
)
def test_no_damage_ends_in_anything_but_captures_or_a_named_error(
    tmp_path: Path, changes: list[tuple[int, bytes]], packing: str, source: bytes
) -> None:
    raw = PACKINGS[packing](source)
    for anywhere, value in changes:
        place = anywhere % len(raw)
        raw = raw[:place] + value + raw[place + 1 :]
    path = tmp_path / "damaged"
    path.write_bytes(raw)
    try:
        for capture in read_captures(path):
            read_capture(path, capture.ref.offset)
    except WarcError as error:
        assert error.place is not None  # noqa: PT017
        assert error.place.name == str(path)  # noqa: PT017
