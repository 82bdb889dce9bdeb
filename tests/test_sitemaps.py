"""Sitemaps: their addresses and further sitemaps, in every form; bombs stay unlit."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import sitemaps
from archiver.model import Link, LinkKind
from archiver.sitemaps import MOST_ADDRESSES, is_sitemap, read_sitemap, unpack

URL = "https://a.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'

URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand --><urlset {NS} {NEWS}>
<url><loc> https://a.example/2026/08/23/a-slug/ </loc><lastmod>2026-08-23</lastmod></url>
<url><loc>https://a.example/about/?a=1&amp;b=2</loc></url>
<url><loc>https://a.example/short</loc><news:news><news:publication><news:name>A</news:name>
  </news:publication><news:publication_date>2026-08-23T12:00:00Z</news:publication_date>
  <news:title>A  title</news:title></news:news></url>
<url><loc>https://a.example/2026/08/23/a-slug/?utm_source=sitemap</loc></url>
<url><loc>file:///etc/passwd</loc></url><url><loc>https://a.example/photo.jpg</loc></url>
<url><loc>https://a.example/calendar/2031/05/</loc></url><url><loc/></url><url/>
</urlset>"""
LINKS = (
    Link(
        "https://a.example/2026/08/23/a-slug/",
        LinkKind.ARTICLE,
        listed=True,
        modified=datetime(2026, 8, 23, tzinfo=UTC),
    ),
    Link("https://a.example/about/?a=1&b=2", LinkKind.PAGE, listed=True),
    Link(
        "https://a.example/short",
        LinkKind.ARTICLE,
        "A title",
        listed=True,
        modified=datetime(2026, 8, 23, 12, tzinfo=UTC),
    ),
)


@pytest.mark.parametrize(
    "payload",
    [
        URLSET.encode(),
        URLSET.replace(NS, "").encode(),
        gzip.compress(URLSET.encode()),
        gzip.compress(gzip.compress(URLSET.encode())),
        gzip.compress(URLSET.encode())[:-8],
        URLSET.removesuffix("</urlset>").encode(),
        b"\xef\xbb\xbf\n" + URLSET.split("?>", 1)[1].encode(),
        URLSET.replace("UTF-8", "UTF-16").encode("utf-16"),
    ],
    ids=["plain", "no namespace", "gzip", "gzip twice", "gzip cut", "cut", "mark", "utf-16"],
)
def test_a_urlset_gives_its_addresses_in_every_packing(payload: bytes) -> None:
    assert is_sitemap(payload)
    assert read_sitemap(payload, URL) == LINKS


def test_an_index_gives_sitemaps_and_never_itself() -> None:
    index = f"""<sitemapindex {NS}><sitemap><loc>/news.xml.gz</loc>
      <lastmod>2026-08-23T12:00Z</lastmod>
      </sitemap><sitemap><loc>{URL}</loc></sitemap><sitemap><loc>{URL}?again=1</loc></sitemap>
      <sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"""
    assert is_sitemap(index.encode())
    # The same index under a new query is for the caller's count of depth.
    assert read_sitemap(index.encode(), URL) == (
        Link(
            "https://a.example/news.xml.gz",
            LinkKind.SITEMAP,
            listed=True,
            modified=datetime(2026, 8, 23, 12, tzinfo=UTC),
        ),
        Link(f"{URL}?again=1", LinkKind.SITEMAP, listed=True),
    )


def test_a_text_of_addresses_is_a_sitemap() -> None:
    text = "\ufeffhttps://a.example/2026/08/23/a-slug/\r\n\r\nhttps://a.example/about/\r\n"
    assert is_sitemap(text.encode())
    assert [link.url for link in read_sitemap(text.encode(), URL)] == [
        "https://a.example/2026/08/23/a-slug/",
        "https://a.example/about/",
    ]
    long = "".join(f"https://a.example/page-{number}\n" for number in range(3000))
    assert is_sitemap(long.encode())
    assert len(read_sitemap(long.encode(), URL)) == 3000


def test_a_feed_given_as_a_sitemap_is_read_as_a_feed() -> None:
    feed = b"<rss><channel><item><link>https://a.example/x</link></item></channel></rss>"
    assert not is_sitemap(feed)
    assert [link.url for link in read_sitemap(feed, URL)] == ["https://a.example/x"]


def test_no_entity_of_a_document_type_is_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<!DOCTYPE urlset [<!ENTITY a0 "ha">{bomb}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<urlset><url><loc>https://a.example/?x=&a11;&x;</loc></url></urlset>"
    )
    assert [link.url for link in read_sitemap(text.encode(), URL)] == [
        "https://a.example/?x=&a11;&x;"
    ]


def test_a_bomb_is_unpacked_to_the_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"<urlset><url><loc>https://a.example/x</loc></url>" + b" " * 20_000_000)
    assert len(unpack(bomb, 1_000_000)) == 1_000_000
    monkeypatch.setattr(sitemaps, "LARGEST_SITEMAP", 1_000_000)
    assert [link.url for link in read_sitemap(bomb, URL)] == ["https://a.example/x"]


def test_no_more_addresses_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ADDRESSES == 50_000
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 100)
    body = "".join(f"<url><loc>https://a.example/p{n}</loc></url>" for n in range(150))
    assert len(read_sitemap(f"<urlset>{body}</urlset>".encode(), URL)) == 100


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html><body>https://a.example/</body></html>",
        b"see https://a.example/ for more",
        b"\x1f\x8b\x08\x00broken",
        b"<urlset>" + b"<url>" * 100_000,
        b"<!--" * 100_000,
        b"User-agent: *\nSitemap: https://a.example/s.xml",
    ],
)
def test_what_is_no_sitemap_lists_nothing(payload: bytes) -> None:
    assert read_sitemap(payload, URL) == ()


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_without_a_fault(payload: bytes) -> None:
    for data in (payload, b"<urlset><url><loc>" + payload, b"\x1f\x8b\x08" + payload):
        is_sitemap(data)
        read_sitemap(data, URL)
