"""Feeds: every dialect gives its articles with their times; nothing raises, nothing is opened."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archiver.feeds import MOST_ENTRIES, is_feed, read_feed, read_time
from archiver.model import Link, LinkKind
from archiver.urls import normalise
from tests.shared import shared_path

URL = "https://a.example/feed/"
SLUG = "https://a.example/2026/08/23/a-slug/"
NOON = datetime(2026, 8, 23, 12, 0, tzinfo=UTC)


def article(url: str, text: str = "", modified: datetime | None = None) -> Link:
    return Link(url, LinkKind.ARTICLE, text, listed=True, modified=modified)


RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>A</title><link>https://a.example/</link>
<item><title>One &amp; two</title><link>{SLUG}</link>
  <pubDate>Sun, 23 Aug 2026 14:00:00 +0200</pubDate><guid isPermaLink="false">tag:1</guid></item>
<item><title>Counted</title><link>https://counter.example/~r/a/1</link>
  <feedburner:origLink>https://a.example/2026/08/23/counted/</feedburner:origLink></item>
<item><guid>https://a.example/2026/08/23/guid/</guid></item>
<item><guid isPermaLink="false">https://a.example/?p=9</guid></item>
<item><link>/2026/08/23/relative/?a=1&b=2</link></item>
<item><link>{SLUG}#comment-5</link></item>
<item><link>{SLUG}comment-page-2/#comment-9</link></item>
<item><link>https://a.example/post/?replytocom=4</link></item>
<item><link>javascript:alert(1)</link></item>
<item><link>https://a.example/report.pdf</link></item>
<item><title>nothing</title></item>
</channel></rss>"""


def test_rss_gives_each_article_once_with_title_and_time() -> None:
    assert is_feed(RSS.encode())
    assert read_feed(RSS.encode(), URL) == (
        article(SLUG, "One & two", NOON),
        article("https://a.example/2026/08/23/counted/", "Counted"),
        article("https://a.example/2026/08/23/guid/"),
        article("https://a.example/2026/08/23/relative/?a=1&b=2"),
    )


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/base/">
<link rel="self" href="/feed/"/><link rel="next" href="/feed/?paged=2"/>
<entry xml:base="2026/"><title type="html">&lt;b&gt;Two&lt;/b&gt;</title>
  <link rel="replies" href="/comments"/><link rel="enclosure" href="/a.mp3"/>
  <link rel="alternate" type="text/html" href="two.html"/>
  <published>2026-08-22T00:00:00Z</published><updated>2026-08-23T12:00:00Z</updated></entry>
<entry><id>{SLUG}</id><issued>2026-08-23T08:00:00-04:00</issued></entry>
<entry><id>urn:uuid:1</id></entry>
</feed>"""


def test_atom_gives_the_html_edition_its_last_change_and_the_next_page() -> None:
    assert is_feed(ATOM.encode())
    assert read_feed(ATOM.encode(), URL) == (
        Link("https://a.example/feed/?paged=2", LinkKind.FEED),
        article("https://a.example/base/2026/two.html", "<b>Two</b>", NOON),
        article(SLUG, "", NOON),
    )


def test_rdf_and_the_oldest_dialects_are_read() -> None:
    rdf = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://a.example/"/>
      <item rdf:about="{SLUG}"><dc:date>2026-08-23T12:00Z</dc:date></item></rdf:RDF>"""
    assert read_feed(rdf.encode(), URL) == (article(SLUG, "", NOON),)
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a.example/r.dtd">'
    old = f"{doctype}<rss version='0.91'><channel><item><link>{SLUG}</link></item></channel></rss>"
    assert read_feed(old.encode(), URL) == (article(SLUG),)


def test_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "/feed.json?page=2",
        "items": [
            {"id": "1", "url": SLUG, "title": "One", "date_modified": "2026-08-23T12:00:00Z"},
            {"id": "https://a.example/2026/08/23/by-id/"},
            {"id": 7, "url": 7},
            "odd",
        ],
    }
    payload = json.dumps(feed).encode()
    assert is_feed(payload)
    assert read_feed(payload, URL) == (
        article(SLUG, "One", NOON),
        article("https://a.example/2026/08/23/by-id/"),
        Link("https://a.example/feed.json?page=2", LinkKind.FEED),
    )


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("</channel></rss>", ""),
        RSS.replace("<title>A</title>", "<title>A &nbsp; B & C \x0b</title><broken>"),
        RSS.replace('xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"', ""),
        "\ufeff\n\n  <!-- <rss> -->" + RSS.removeprefix('<?xml version="1.0"?>'),
        RSS.replace('"1.0"?>', '"1.0" encoding="no-such-charset"?>'),
    ],
    ids=["cut", "entities", "undeclared prefix", "space before", "charset"],
)
def test_ill_formed_feeds_give_what_they_have(broken: str) -> None:
    links = read_feed(broken.encode(), URL)
    assert links[:2] == read_feed(RSS.encode(), URL)[:2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1251"])
def test_charsets_are_told_by_mark_family_and_declaration(encoding: str) -> None:
    declared = encoding.replace("utf-8-sig", "utf-8")
    item = f"<item><title>Жук</title><link>{SLUG}</link></item>"
    text = f'<?xml version="1.0" encoding="{declared}"?><rss>{item}</rss>'
    assert read_feed(text.encode(encoding), URL) == (article(SLUG, "Жук"),)


def test_entities_define_nothing_and_open_nothing() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{bomb}'
        '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<rss><item><title>&a11;&x;</title><link>{SLUG}</link></item></rss>"
    )
    assert read_feed(text.encode(), URL) == (article(SLUG, "&a11;&x;"),)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00" * 1000,
        b"<!doctype html><html><body><a href='/x'>rss</a></body></html>",
        b"<html><rss><item><link>https://a.example/x</link></item></rss></html>",
        b"/etc/passwd",
        b"https://a.example/feed/",
        b'{"items": [{"url": "https://a.example/x"}]}',
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000,
        b"<rss>" + b"<a>" * 100_000,
        b"<rss>" + b"<!DOCTYPE a [" * 20_000,
        b"<rss>" + b"<![CDATA[" * 50_000,
        b"<rss>" + b"<!--" * 50_000,
        b"<?xml" + b" " * 500_000 + b"<rss>",
        b"\x1f\x8b" + b"x" * 100,
    ],
)
def test_what_is_no_feed_lists_nothing(payload: bytes) -> None:
    assert read_feed(payload, URL) == ()


def test_two_thousand_links_to_one_article_are_one() -> None:
    items = "".join(
        f"<item><link>{SLUG}?utm_source={n}#c{n}</link>"
        f"<pubDate>2026-08-23T12:00:{n % 60:02}Z</pubDate></item>"
        for n in range(2000)
    )
    (link,) = read_feed(f"<rss>{items}</rss>".encode(), URL)
    assert link.modified == datetime(2026, 8, 23, 12, 0, 59, tzinfo=UTC)


def test_a_huge_feed_is_read_up_to_its_cap() -> None:
    items = "".join(
        f"<item><link>/2026/08/23/a-{n}/</link></item>" for n in range(MOST_ENTRIES + 9)
    )
    assert len(read_feed(f"<rss>{items}</rss>".encode(), URL)) == MOST_ENTRIES


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 23 Aug 2026 12:00:00 GMT", NOON),
        ("23 Aug 2026 14:00 +0200", NOON),
        ("Sun, 23 Aug 2026 08:00:00 EDT", NOON),
        ("2026-08-23T12:00:00Z", NOON),
        ("2026-08-23T12:00:00.000+00:00", NOON),
        ("2026-08-23 14:00:00 +0200", NOON),
        ("2026-08-23T12:00:00", NOON),
        ("2026-08-23", datetime(2026, 8, 23, tzinfo=UTC)),
        ("2026-08", datetime(2026, 8, 1, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02-31", None),
        ("0000-00-00T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("99999-01-01", None),
        ("Sun, 99 Foo 2026", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_utc(text: str, moment: datetime | None) -> None:
    assert read_time(text) == moment


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_without_a_fault(payload: bytes) -> None:
    for data in (payload, b"<rss><item>" + payload, b'<?xml version="1.0"?><feed>' + payload):
        is_feed(data)
        read_feed(data, URL)


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_moment_in_utc_or_none(text: str) -> None:
    moment = read_time(text)
    assert moment is None or moment.tzinfo is UTC


def test_the_conformance_feeds_raise_nothing_and_give_their_entries() -> None:
    read = complete = with_links = 0
    missing = []
    with tarfile.open(shared_path("conformance/feeds.tar.xz")) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                continue
            payload = stream.read()
            is_feed(payload)
            found = {link.url for link in read_feed(payload, "https://a.example/feed.xml")}
            read += 1
            named = _addresses_of_entries(payload)
            if named:
                with_links += 1
                complete += named <= found
                if not named <= found:
                    missing.append((member.name, named - found))
    assert read > 1000
    assert with_links >= 25
    assert complete / with_links >= 0.99, missing


def _addresses_of_entries(payload: bytes) -> set[str]:
    """The absolute addresses that the entries of a well-formed feed link, by a strict parser."""
    try:
        root: Any = etree.fromstring(
            payload, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError:
        return set()
    named = set()
    for entry in root.xpath("//*[local-name()='item' or local-name()='entry']"):
        for link in entry.xpath("./*[local-name()='link']"):
            address = (link.get("href") or link.text or "").strip()
            if link.get("rel", "alternate") == "alternate" and address.startswith("http"):
                named.add(normalise(address))
                break
    return named
