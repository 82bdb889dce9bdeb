from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.warc.cdxj import cdxj_lines, lookup, write_cdxj
from archiver.warc.reader import read_capture, scan
from archiver.warc.records import Earlier
from tests.warc.samples import NOON, exchange, sealed_warc, writer


def test_index_has_a_sorted_line_for_each_capture(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    page = warcs.write(exchange("https://www.news.example/B?x=1&a=2")).result(10)
    earlier = Earlier(page.ref.record_id, page.url, NOON, page.payload_digest)
    not_modified = exchange(page.url, b"HTTP/1.1 304 NM\r\n\r\n")
    not_modified = replace(not_modified, started_at=NOON + timedelta(days=1))
    revisit = warcs.write(not_modified, earlier=earlier).result(10)
    warcs.write(exchange("https://news.example/none", b"HTTP/1.1 304 NM\r\n\r\n")).result(10)
    warcs.write(exchange("https://news.example/broken", b"garbage")).result(10)
    gone = warcs.write(exchange("https://news.example/a", b"HTTP/1.1 404 X\r\n\r\n")).result(10)
    warcs.close()
    [path] = (tmp_path / "warc").iterdir()
    target = tmp_path / "cdxj" / f"{scan(path).stem}.cdxj"
    assert write_cdxj(path, target) == 3
    lines = [line.split(" ", 2) for line in target.read_text().splitlines()]
    assert [(key, at, json.loads(told)) for key, at, told in lines] == [
        (
            "example,news)/a",
            "20260301120000",
            {
                "url": "https://news.example/a",
                "mime": "unk",
                "status": "404",
                "digest": "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
                "length": str(gone.ref.length),
                "offset": str(gone.ref.offset),
                "filename": path.name,
            },
        ),
        (
            "example,news)/b?a=2&x=1",
            "20260301120000",
            {
                "url": "https://www.news.example/B?x=1&a=2",
                "mime": "text/html",
                "status": "200",
                "digest": (page.payload_digest or "").removeprefix("sha1:"),
                "length": str(page.ref.length),
                "offset": str(page.ref.offset),
                "filename": path.name,
            },
        ),
        (
            "example,news)/b?a=2&x=1",
            "20260302120000",
            {
                "url": "https://www.news.example/B?x=1&a=2",
                "mime": "warc/revisit",
                "digest": (page.payload_digest or "").removeprefix("sha1:"),
                "length": str(revisit.ref.length),
                "offset": str(revisit.ref.offset),
                "filename": path.name,
            },
        ),
    ]
    assert [one.name for one in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_url_is_found_in_any_place_of_the_index(tmp_path: Path, count: int) -> None:
    urls = [f"https://news.example/{n}/{'x' * (n % 5) * 30}" for n in range(count)]
    path = sealed_warc(tmp_path, *(exchange(url) for url in (*urls, urls[0])))
    target = tmp_path / "a.cdxj"
    write_cdxj(path, target)
    for url in urls:
        found = list(lookup([target], url))
        assert len(found) == (2 if url == urls[0] else 1)
        assert {line.url for line in found} == {url}
        assert read_capture(path, found[0].offset).url == url
    assert list(lookup([target], "https://news.example/absent")) == []
    assert list(lookup([target], "https://aaa.example/")) == []
    assert list(lookup([target], "https://zzz.example/")) == []


def test_index_of_nothing_is_empty(tmp_path: Path) -> None:
    path = sealed_warc(tmp_path, exchange(received=b""))
    assert cdxj_lines(scan(path)) == []
    assert write_cdxj(path, tmp_path / "a.cdxj") == 0
    assert list(lookup([tmp_path / "a.cdxj"], "https://news.example/")) == []


def test_failed_write_leaves_the_index_that_was_there(tmp_path: Path) -> None:
    from archiver.warc.durable import KERNEL

    def fsync(handle: int) -> None:
        raise OSError(28, "No space left on device")

    path = sealed_warc(tmp_path, exchange())
    target = tmp_path / "a.cdxj"
    target.write_text("before\n")
    with pytest.raises(OSError, match="No space left"):
        write_cdxj(path, target, kernel=replace(KERNEL, fsync=fsync))
    assert target.read_text() == "before\n"
