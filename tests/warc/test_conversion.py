"""The clean WARC: an article in schema.org's words, as a conversion of its record."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archiver.model import Access, Article, Capture, Comment, Thread
from archiver.outcomes import Outcome
from archiver.warc.conversion import DEEPEST, CleanWriter, json_ld, nested
from archiver.warc.verify import verify_file
from tests.dataset.samples import ARTICLE, CANONICAL, CAPTURE, MORNING, RECORD_ID, URL


def clean(
    path: Path,
    *articles: Article,
    capture: Capture = CAPTURE,
    filename: str = "stem.clean.warc.gz",
) -> Path:
    writer = CleanWriter(path, filename=filename, at=MORNING, info={"software": "archiver/0"})
    for article in articles:
        writer.append(capture, article, identifier="f101f68f3b8ee4fc")
    writer.close()
    return path


def test_the_file_is_these_bytes(tmp_path: Path) -> None:
    short = Article(URL, CANONICAL, Outcome.ARTICLE, text="The bridge is open.", title="Bridge")
    assert gzip.decompress(clean(tmp_path / "a.gz", short).read_bytes()).decode() == (
        "WARC/1.1\r\n"
        "WARC-Type: warcinfo\r\n"
        "WARC-Record-ID: <urn:uuid:2861cd4f-0677-59a9-911c-339cba25ab50>\r\n"
        "WARC-Date: 2026-11-23T07:30:00.000000Z\r\n"
        "WARC-Filename: stem.clean.warc.gz\r\n"
        "WARC-Block-Digest: sha1:5NAEMUX6C56OQFPJEMGC7CETJPKLMEAU\r\n"
        "Content-Type: application/warc-fields\r\n"
        "Content-Length: 144\r\n"
        "\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
        "warc-1.1/\r\n"
        "software: archiver/0\r\n"
        "\r\n\r\n"
        "WARC/1.1\r\n"
        "WARC-Type: conversion\r\n"
        "WARC-Record-ID: <urn:uuid:24223dfb-cf80-5fbd-bd4d-411469e3f082>\r\n"
        "WARC-Date: 2026-11-23T07:30:00.000000Z\r\n"
        f"WARC-Target-URI: {URL}\r\n"
        "WARC-Warcinfo-ID: <urn:uuid:2861cd4f-0677-59a9-911c-339cba25ab50>\r\n"
        f"WARC-Refers-To: {RECORD_ID}\r\n"
        "WARC-Payload-Digest: sha1:QGSO3M5YP5S5RYEODM5P5BZAD2MO432K\r\n"
        "WARC-Block-Digest: sha1:QGSO3M5YP5S5RYEODM5P5BZAD2MO432K\r\n"
        "Content-Type: application/ld+json\r\n"
        "Content-Length: 267\r\n"
        "\r\n"
        '{"@context":"https://schema.org","@type":"NewsArticle","identifier":"f101f68f3b8ee4fc",'
        f'"url":"{URL}","mainEntityOfPage":"{CANONICAL}","headline":"Bridge",'
        '"articleBody":"The bridge is open."}'
        "\r\n\r\n"
    )


def test_equal_articles_are_equal_bytes_and_each_record_a_member_without_a_time(
    tmp_path: Path,
) -> None:
    raw = clean(tmp_path / "a.gz", ARTICLE, ARTICLE).read_bytes()
    assert clean(tmp_path / "b.gz", ARTICLE, ARTICLE).read_bytes() == raw
    kinds = []
    while raw:
        assert raw[:8] == b"\x1f\x8b\x08\x00" + bytes(4)  # no name, no time (RFC 1952, 2.3)
        member = zlib.decompressobj(31)
        kinds.append(member.decompress(raw).split(b"\r\n", 2)[1])
        assert member.eof
        raw = member.unused_data
    assert kinds == [b"WARC-Type: warcinfo", *[b"WARC-Type: conversion"] * 2]


def test_warcio_check_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = clean(tmp_path / "a.warc.gz", replace(ARTICLE, text="ü\r\n\r\nWARC/1.1\r\n"))
    checker = Checker(SimpleNamespace(inputs=[str(file)], verbose=True))
    assert checker.process_all() == 0
    assert capsys.readouterr().out.count("digest pass") == 2
    assert verify_file(file).faults == ()


def test_no_name_and_no_address_adds_a_line(tmp_path: Path) -> None:
    odd = "x\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\udcff"
    ref = replace(CAPTURE.ref, record_id=odd.replace("\udcff", ""))
    capture = replace(CAPTURE, url=f"https://www.news.example/{odd}", ref=ref)
    file = clean(tmp_path / "a.warc.gz", ARTICLE, capture=capture, filename=odd)
    with file.open("rb") as raw:
        headers = [dict(record.rec_headers.headers) for record in ArchiveIterator(raw)]
    assert [one["WARC-Type"] for one in headers] == ["warcinfo", "conversion"]
    line = "%0D%0AWARC-Type: response%0D%0A%0D%0AHTTP/1.1 200 OK"
    assert headers[0]["WARC-Filename"] == f"x{line}?"
    assert headers[1]["WARC-Refers-To"] == f"x{line}"
    uri = line.replace(" ", "%20")
    assert headers[1]["WARC-Target-URI"] == f"https://www.news.example/x{uri}%FF"


def test_another_tool_reads_it(tmp_path: Path) -> None:
    with clean(tmp_path / "a.warc.gz", ARTICLE).open("rb") as file:
        kinds = []
        for record in ArchiveIterator(file, check_digests=True):
            kinds.append(record.rec_type)
            body = record.content_stream().read()
            assert record.digest_checker.passed is not False
    assert kinds == ["warcinfo", "conversion"]
    assert json.loads(body)["headline"] == "Bridge opens"


def test_a_full_article_says_all_it_knows() -> None:
    thread = json_ld(ARTICLE, identifier="id").pop("comment")
    assert thread == [
        {
            "@type": "Comment",
            "identifier": "11",
            "url": f"{CANONICAL}#comment-11",
            "author": {
                "@type": "Person",
                "name": "reader-000000000001",
                "identifier": "00000000000000aa",
            },
            "datePublished": "2026-11-23T07:30:00+00:00",
            "text": "A bridge at last.",
            "upvoteCount": 3,
            "downvoteCount": 1,
            "comment": [
                {
                    "@type": "Comment",
                    "identifier": "12",
                    "parentItem": {"@type": "Comment", "identifier": "11"},
                    "text": "",
                    "creativeWorkStatus": "deleted",
                }
            ],
        }
    ]
    said = json_ld(replace(ARTICLE, page_number=2), identifier="id")
    del said["comment"]
    assert said == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": "id",
        "url": URL,
        "mainEntityOfPage": CANONICAL,
        "headline": "Bridge opens",
        "alternativeHeadline": "After ten years",
        "description": "A bridge.",
        "author": [
            {"@type": "Person", "name": "Ann Smith", "url": "https://www.news.example/ann"},
            {"@type": "Person", "name": "Bob"},
        ],
        "sourceOrganization": [{"@type": "Organization", "name": "dpa"}],
        "datePublished": "2026-11-23T07:30:00+00:00",
        "dateModified": "2026-11-23T12:00:00+00:00",
        "inLanguage": "en-GB",
        "articleSection": "Politics",
        "keywords": ["bridges", "ten years"],
        "articleBody": "The bridge is open.\n\nIt took ten years.",
        "pagination": "2",
        "image": [
            {
                "@type": "ImageObject",
                "url": "https://www.news.example/b.jpg",
                "caption": "The bridge",
            }
        ],
        "isAccessibleForFree": True,
        "license": "CC BY 4.0",
        "commentCount": 3,
    }


def test_an_unknown_access_is_not_said() -> None:
    assert "isAccessibleForFree" not in json_ld(
        replace(ARTICLE, access=Access.TRUNCATED), identifier="id"
    )


def test_a_thread_fetched_apart_is_a_page_about_its_article() -> None:
    thread = Thread("disqus", (Comment("1", "Hello"),))
    apart = Article(
        "https://disqus.com/api", CANONICAL, Outcome.THREAD, title="no headline", thread=thread
    )
    assert json_ld(apart, identifier="id") == {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": "https://disqus.com/api",
        "about": {"@type": "NewsArticle", "url": CANONICAL, "identifier": "id"},
        "comment": [{"@type": "Comment", "identifier": "1", "text": "Hello"}],
    }


def count(tree: list[dict[str, Any]]) -> int:
    return sum(1 + count(node.get("comment", [])) for node in tree)


def test_every_comment_stands_once_in_circles_orphaned_doubled_or_very_deep() -> None:
    circle = [Comment("1", "", parent_id="2"), Comment("2", "", parent_id="1")]
    odd = [Comment("3", "", parent_id="3"), Comment("4", "", parent_id="gone"), Comment("4", "")]
    deep = [Comment(f"d{i}", "", parent_id=f"d{i - 1}" if i else None) for i in range(1500)]
    assert count(nested([*circle, *odd, Comment("", "")])) == 6
    tree = nested(deep)
    depth, node = 0, tree
    while node:
        depth += 1
        node = node[0].get("comment", [])
    assert depth == DEEPEST + 1
    assert json.loads(json.dumps(tree)) == tree
    flat = tree
    for _ in range(DEEPEST):
        flat = flat[0]["comment"]
    assert len(flat) == 1500 - DEEPEST
    assert flat[-1]["parentItem"] == {"@type": "Comment", "identifier": "d1498"}
