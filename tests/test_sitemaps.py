"""Sitemaps: their addresses and further sitemaps, in every form; bombs stay unlit."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import sitemaps
from archiver.model import Link, LinkKind, Listing
from archiver.sitemaps import MOST_ADDRESSES, is_sitemap, unpack
from archiver.sitemaps import read_sitemap as read_whole_sitemap

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


def read_sitemap(payload: bytes, url: str) -> tuple[Link, ...]:
    return read_whole_sitemap(payload, url)[0]


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


@pytest.mark.parametrize(
    ("payload", "is_whole"),
    [
        (URLSET.replace("news:news", "news:none").encode(), True),
        (gzip.compress(URLSET.replace("news:news", "news:none").encode()), True),
        (f"<urlset {NS}><url><loc>/a</loc></url></urlset><!-- by a plugin -->".encode(), True),
        (f"<urlset {NS}><url><loc>/a</loc></url></urlset>".encode("utf-16"), True),
        (b"<s:urlset xmlns:s='x'><s:url><s:loc>/a</s:loc></s:url></s:urlset>", True),
        (b"https://a.example/a\nhttps://a.example/b\n", True),
        (f"<urlset {NS}><url><loc>/a</loc></url></x><url/></urlset>".encode(), True),
        (URLSET.encode(), False),
        (f"<urlset {NS}><url><loc>/a</loc></url>".encode(), False),
        (f"<urlset {NS}></urlset>".encode(), False),
        (f"<sitemapindex {NS}><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>".encode(), False),
        (b"<rss><item><link>/a</link></item></rss>", False),
        (b"<html></html>", False),
    ],
    ids=["plain", "gzip", "signed", "utf-16", "prefix", "text", "broken", "news", "cut", "empty",
         "index", "feed", "html"],
)  # fmt: skip
def test_a_sitemap_that_came_to_its_end_is_all_there_is(payload: bytes, is_whole: bool) -> None:
    assert read_whole_sitemap(payload, URL)[1] == Listing(is_whole=is_whole)


def test_a_sitemap_as_long_as_may_be_is_not_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f"<url><loc>https://a.example/p{n}</loc></url>" for n in range(5))
    payload = f"<urlset>{body}</urlset>".encode()
    for name, limit in (("MOST_ADDRESSES", 5), ("LARGEST_SITEMAP", len(payload))):
        with monkeypatch.context() as context:
            context.setattr(sitemaps, name, limit)
            links, listing = read_whole_sitemap(payload, URL)
        assert len(links) == 5
        assert not listing.is_whole
    assert read_whole_sitemap(payload, URL)[1].is_whole


def test_an_address_given_twice_keeps_its_latest_time() -> None:
    body = "".join(
        f"<url><loc>https://a.example/x</loc><lastmod>2026-08-{day}</lastmod></url>"
        for day in ("02", "05", "03")
    )
    (link,) = read_sitemap(f"<urlset>{body}<url><loc>/x</loc></url></urlset>".encode(), URL)
    assert link.modified == datetime(2026, 8, 5, tzinfo=UTC)


def test_other_languages_pictures_and_films_are_no_addresses_of_the_entry() -> None:
    text = f"""<urlset {NS} xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:image="urn:i"
      xmlns:video="urn:v"><url><xhtml:link rel="alternate" hreflang="de" href="/de/x"/>
      <image:image><image:loc>https://a.example/photo</image:loc></image:image>
      <video:video><video:content_loc>https://a.example/film</video:content_loc></video:video>
      <loc>https://a.example/en/x</loc></url></urlset>"""
    assert [link.url for link in read_sitemap(text.encode(), URL)] == ["https://a.example/en/x"]


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


def test_a_sitemap_of_one_address_over_and_over_is_read_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitemaps, "MOST_EXAMINED", 100)
    body = "<url><loc>/x</loc></url>" * 200 + "<url><loc>/late</loc></url>"
    assert len(read_sitemap(f"<urlset>{body}</urlset>".encode(), URL)) == 1


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
