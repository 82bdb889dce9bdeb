from __future__ import annotations

import gzip
import json
import tarfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import cdx_lists
from archiver.cdx_forms import LONGEST_LINE, moment_of, read_rows
from archiver.cdx_lists import Listed, Passed, Tally, read_captures
from archiver.errors import ConfigError
from archiver.url_shapes import is_file
from archiver.urls import is_comment_page, is_trap, normalise
from tests.shared import shared_path

URL = "https://paper.example/2024/01/31/the-old-bridge-reopens/"
KEY = "example,paper)/2024/01/31/the-old-bridge-reopens"
DIGEST = "B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A"
THEN = datetime(2024, 2, 1, 3, 4, 5, tzinfo=UTC)
BRIDGE = Listed(URL, THEN, 200, "text/html", DIGEST)

TOLD = {"url": URL, "mime": "text/html", "status": "200", "digest": DIGEST, "length": "9"}
FORMS = {
    "Common Crawl": json.dumps({"urlkey": KEY, "timestamp": "20240201030405", **TOLD}),
    "columns as JSON": json.dumps(
        {"url": URL, "fetch_time": "2024-02-01 03:04:05.000", "fetch_status": 200,
         "content_mime_type": "text/plain", "content_mime_detected": "text/html",
         "content_digest": DIGEST}
    ),
    "CDXJ": f"{KEY} 20240201030405 {json.dumps(TOLD)}",
    "CDX 11, legend": f" CDX N b a m s k r M S V g\n{KEY} 20240201030405 {URL} text/html 200 "
    f"{DIGEST} - - 900 333 a.warc.gz",
    "CDX, another order": f"CDX A b e a m s c k\n{KEY} 20240201030405 192.0.2.1 {URL} text/html "
    f"200 58670fbe {DIGEST}",
    "CDX 11": f"{KEY} 20240201030405 {URL} text/html 200 {DIGEST} - - 900 333 a.warc.gz",
    "CDX 9": f"{KEY} 20240201030405 {URL} text/html 200 {DIGEST} - 333 a.warc.gz",
    "CDX 7, the answer of a server": f"{KEY} 20240201030405 {URL} text/html 200 {DIGEST} 900",
    "CDX 6": f"{KEY} 20240201030405 {URL} text/html 200 {DIGEST}",
    "fl=": f"20240201030405 {DIGEST} {URL} 200 text/html",
    "JSON of a server": '[["urlkey","timestamp","original","mimetype","statuscode","digest",'
    f'"length"],\n["{KEY}","20240201030405","{URL}","text/html","200","{DIGEST}","900"],\n'
    '[],\n["com%2Cexample%29%2F+20240201030406"]]',
    "JSON of a server, fl=": '[["original","statuscode","mimetype","timestamp","digest"],'
    f'["{URL}","200","text/html","20240201030405","{DIGEST}"]]',
    "JSON without names": f'[["{KEY}","20240201030405","{URL}","text/html","200","{DIGEST}"]]',
    "array of objects": json.dumps([{"timestamp": "20240201030405", **TOLD}], indent=2),
}  # fmt: skip


def taken(text: str | bytes, tally: Tally | None = None) -> list[Listed]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_captures([data], tally or Tally(), name="list.cdx"))


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_forms_of_a_list_say_the_same(text: str) -> None:
    assert taken(text) == [BRIDGE]
    assert taken(text + "\r\n") == [BRIDGE]


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_neither_gzip_nor_where_it_is_cut_changes_a_list(text: str, size: int) -> None:
    half = len(text) // 2
    members = gzip.compress(text[:half].encode()) + gzip.compress(text[half:].encode())
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), members, gzip.compress(members)):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        assert list(read_captures(chunks, Tally(), name="x")) == [BRIDGE]


def test_a_plain_list_has_comments_and_may_be_an_array() -> None:
    lines = f"# from an export\n\n{URL}\nHTTPS://Paper.Example:443/opinion\n"
    expected = [Listed(URL), Listed("https://paper.example/opinion")]
    assert taken(lines) == expected
    assert taken(json.dumps([listed.url for listed in expected])) == expected


def test_the_oldest_indexes_write_no_scheme() -> None:
    text = (
        "CDX A b e a m s\n"
        "paper.example/Bridge.html 20010424210551 192.0.2.1 "
        "paper.example:80/Bridge.html text/html 200\n"
    )
    (found,) = taken(text)
    assert found.url == "http://paper.example/Bridge.html"


def test_files_of_several_forms_may_be_joined() -> None:
    second = FORMS["CDX 9"].replace("the-old-bridge", "the-new-bridge")
    assert [found.url for found in taken("\n".join((FORMS["CDXJ"], second)))] == [
        URL,
        URL.replace("old", "new"),
    ]


LEFT_OUT = [
    (Passed.STATUS, {"status": "301"}),
    (Passed.STATUS, {"status": "404"}),
    (Passed.STATUS, {"status": 503}),
    (Passed.MIME, {"mime": "image/jpeg"}),
    (Passed.MIME, {"mime": "text/html", "mime-detected": "application/pdf"}),
    (Passed.ADDRESS, {"url": "dns:paper.example"}),
    (Passed.ADDRESS, {"url": "ftp://paper.example/a-file"}),
    (Passed.ADDRESS, {"url": "http://paper..example/"}),
    (Passed.TRAP, {"url": "https://paper.example/wp-login.php"}),
    (Passed.TRAP, {"url": "https://paper.example/a-story/?replytocom=3"}),
    (Passed.TRAP, {"url": "https://paper.example/a-story/comment-page-2/"}),
    (Passed.FILE, {"url": "https://paper.example/bridge.jpg", "mime": "unk"}),
    (Passed.FILE, {"url": "https://paper.example/wp-json/wp/v2/posts"}),
    (Passed.ELSEWHERE, {"url": "https://other.example/a-story/"}),
    (Passed.UNREADABLE, {"url": ""}),
]


@pytest.mark.parametrize(("why", "told"), LEFT_OUT, ids=lambda value: str(value)[:60])
def test_what_was_no_page_is_left_out_and_counted(why: Passed, told: dict[str, str]) -> None:
    lines = [FORMS["Common Crawl"], json.dumps({**TOLD, **told})]
    tally = Tally()
    found = read_captures(
        ["\n".join(lines).encode()], tally, name="x", holds=lambda url: "//paper." in url
    )
    assert list(found) == [BRIDGE]
    assert (tally.lines, tally.taken, tally.passed) == (2, 1, {why: 1})


@pytest.mark.parametrize(
    "told",
    [
        {"mime": "warc/revisit", "status": "-"},
        {"mime": "text/html; charset=utf-8"},
        {"mime": "application/xhtml+xml"},
        {"mime": "-"},
        {"mime": "unk", "status": None},
        {"status": "206"},
    ],
    ids=str,
)
def test_what_may_be_a_page_is_taken(told: dict[str, str]) -> None:
    assert [found.url for found in taken(json.dumps({**TOLD, **told}))] == [URL]


def test_of_captures_of_one_address_in_a_row_the_oldest_is_given() -> None:
    tally = Tally()
    later = FORMS["CDX 7, the answer of a server"].replace("20240201", "20250201")
    assert taken(f"{FORMS['CDX 7, the answer of a server']}\n{later}", tally) == [BRIDGE]
    assert tally.passed == {Passed.REPEATED: 1}


def test_lines_that_cannot_be_read_are_counted_and_named() -> None:
    bad = ["{no json", "three words here", "x" * (LONGEST_LINE + 2), '{"url": 3', "[1]", "\udcff"]
    data = "\n".join([FORMS["CDXJ"], *bad, FORMS["CDX 6"].replace("old", "new")])
    tally = Tally()
    chunks = data.encode("utf-8", "surrogateescape")
    pieces = [chunks[at : at + 4096] for at in range(0, len(chunks), 4096)]
    assert len(list(read_captures(pieces, tally, name="x"))) == 2
    assert tally.passed == {Passed.UNREADABLE: 6}
    assert tally.unreadable == [2, 3, 4, 5, 6]
    assert str(tally) == (
        "2 of 8 lines taken; passed over: 6 unreadable (unreadable: line 2, 3, 4, 5, 6)"
    )


def test_an_array_goes_on_after_a_row_that_cannot_be_read() -> None:
    rows = FORMS["JSON of a server"].split("\n")
    tally = Tally()
    assert taken("\n".join([rows[0], '["broken,', rows[1]]), tally) == [BRIDGE]
    assert tally.unreadable == [2]
    cut = FORMS["JSON of a server"][: FORMS["JSON of a server"].index("[],") + 1]
    assert taken(cut) == [BRIDGE]


def test_a_torn_gzip_gives_what_was_before_the_break() -> None:
    lines = "".join(
        f"{KEY}-{number} 20240201030405 {URL}{number * 7919 % 10007} text/html 200 {DIGEST}\n"
        for number in range(5000)
    )
    packed = gzip.compress(lines.encode(), mtime=0)
    tally = Tally()
    found = taken(packed[: len(packed) // 2], tally)
    assert 1500 < len(found) < 3500
    assert 1 <= tally.passed[Passed.UNREADABLE] <= 2, "the cut line, and the break"
    middle = len(packed) // 2
    assert 1000 < len(taken(packed[:middle] + b"\xff" * 90 + packed[middle + 90 :])) < 4500


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\n",
        b" CDX N b a m s k r M S V g\n",
        b"# nothing but a comment\n",
        b"<html><body>no list</body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9000,
        b"paper.example 20140127171200\tzipnum\t0\t275\t1\n",
        b"\x1f\x8b\x08 no gzip",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[[]]",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_a_file_of_which_nothing_can_be_read_is_refused_with_its_name(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"list\.cdx: no list of captures.*Give an index"):
        taken(data)


def test_a_file_that_is_no_list_is_not_read_to_its_end() -> None:
    asked = 0

    def endless() -> object:
        nonlocal asked
        while True:
            asked += 1
            yield b"no capture in this line\n" * 100

    with pytest.raises(ConfigError, match="none of the first 1,000 lines"):
        list(read_captures(endless(), Tally(), name="x"))  # type: ignore[arg-type]
    assert asked < 20


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_raise_anything_but_the_fault_that_names_the_file(data: bytes, size: int) -> None:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    with suppress(ConfigError):
        list(read_captures(chunks, Tally(), name="x"))


_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.just("http://a.example/b"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
_TOLD = st.dictionaries(st.sampled_from([*TOLD, "timestamp", "original"]), _JSON, min_size=1)


@given(_JSON | _TOLD, st.sampled_from(["", URL + "\n", f"[{json.dumps(TOLD)},"]))
def test_no_json_raises_either(value: object, before: str) -> None:
    with suppress(ConfigError):
        taken(before + json.dumps(value))


@pytest.mark.parametrize(
    "told",
    [
        {"url": [URL]},
        {"url": {"a": 1}},
        {"url": 7},
        {"url": URL, "status": "2" * 5000},
        {"url": URL, "status": [200], "mime": {}, "timestamp": 20240201030405},
        {"url": "http://\ud800.example/"},
        {"url": "http://[/"},
    ],
    ids=lambda told: str(told)[:40],
)
def test_fields_of_the_wrong_kind_are_nothing(told: dict[str, object]) -> None:
    found = taken(f"{json.dumps(told)}\n{FORMS['CDX 6'].replace('old', 'new')}")
    assert found[-1].url == URL.replace("old", "new")
    assert all(listed.url == URL and listed.mime is None for listed in found[:-1])


_SEGMENTS = st.sampled_from(
    ["a", "b-c", "2024", "12", "2124", "x.html", "y.php", "z.jpg", "story.aspx", "events", "agenda",
     "Calendar", "amp", "api", "api-news", "ajax", "wp-json", "wp-login.php", "trackback", "feed",
     "comment-page-3", "whats-on", "week-12", "2024-05", "..", ".", "", "%41", "a,b", "~c", "_d",
     "cgi-bin", "mt", "xmlrpc.php", "kalender", "a-very-long-headline-about-a-bridge", "rss.xml"]
)  # fmt: skip
_ADDRESSES = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["paper.example", "a.b.example", "Paper.example", "192.0.2.1", "x", "xn--a.de",
                     "paper.example:80", "paper.example.", "-.example", "a..example"]),
    st.lists(_SEGMENTS, max_size=24).map(lambda parts: "/" + "/".join(parts)) | st.just(""),
)  # fmt: skip


@given(_ADDRESSES)
def test_a_plain_address_is_one_that_every_question_leaves_alone(url: str) -> None:
    if cdx_lists._is_plain(url):
        assert normalise(url) == url
        assert not is_trap(url)
        assert not is_comment_page(url)
        assert not is_file(url)


def test_most_addresses_of_articles_are_plain() -> None:
    lines = (shared_path("corpora") / "pages.jsonl.gz").read_bytes()
    urls = [json.loads(line)["url"] for line in gzip.decompress(lines).splitlines()]
    plain = [url for url in urls if url and cdx_lists._is_plain(url)]
    assert len(plain) > 0.8 * len(urls)
    assert not [
        url
        for url in plain
        if normalise(url) != url or is_trap(url) or is_comment_page(url) or is_file(url)
    ]


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("20240201030405", THEN),
        ("202402", datetime(2024, 2, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-02-01T04:04:05+01:00", THEN),
        ("2024-02-01T03:04:05Z", THEN),
        ("20240231000000", None),
        ("20240201036405", None),
        ("202", None),
        ("soon", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("٢٠٢٤", None),
    ],
)
def test_a_timestamp_is_an_instant_or_none(time: str, moment: datetime | None) -> None:
    assert moment_of(time) == moment


def test_the_indexes_of_other_programs_are_read() -> None:
    """The samples of pywb; every line of theirs that has a URL has it here."""
    read: dict[str, int] = {}
    with tarfile.open(shared_path("corpora") / "warcs.tar.xz") as archive:
        for member in archive:
            if not member.isfile() or ("/cdx" not in member.name and "-cdx/" not in member.name):
                continue
            file = archive.extractfile(member)
            assert file is not None
            data = file.read()
            text = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
            rows = list(read_rows([data], member.name))
            assert all(row.url for row in rows), member.name
            assert all(moment_of(row.time) for row in rows), member.name
            legends = sum(line.lstrip().startswith(b"CDX ") for line in text.splitlines())
            read[member.name.rpartition("/")[2]] = len(rows)
            assert len(rows) == len(text.splitlines()) - legends, member.name
    assert len(read) >= 18
    assert read["iana.cdx"] > 150


def test_a_block_index_is_told_from_a_list() -> None:
    with pytest.raises(ConfigError, match="no list"):
        taken("com,example)/ 20140127171200\tzipnum\t0\t275\t1\n" * 3)
