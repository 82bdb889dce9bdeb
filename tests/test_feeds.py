"""Feeds: every dialect gives its articles with their times; nothing raises, nothing is opened."""

from __future__ import annotations

import json
import tarfile
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archiver import feeds
from archiver.comment_feeds import article_of
from archiver.feed_entries import FeedWords, read_entries
from archiver.feeds import MOST_ENTRIES, is_feed
from archiver.feeds import read_feed as read_whole_feed
from archiver.model import Link, LinkKind, Listing
from tests.shared import shared_path

URL = "https://a.example/feed/"
SLUG = "https://a.example/2026/08/23/a-slug/"
NOON = datetime(2026, 8, 23, 12, 0, tzinfo=UTC)


def read_feed(payload: bytes, url: str) -> tuple[Link, ...]:
    return read_whole_feed(payload, url)[0]


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
        article("https://a.example/base/2026/two.html", "<b>Two</b>", NOON),
        article(SLUG, "", NOON),
        Link("https://a.example/feed/?paged=2", LinkKind.FEED),
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


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_without_a_fault(payload: bytes) -> None:
    for data in (payload, b"<rss><item>" + payload, b'<?xml version="1.0"?><feed>' + payload):
        is_feed(data)
        read_feed(data, URL)


WORDPRESS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>A</title>
<atom:link href="https://a.example/feed/{query}" rel="self" type="application/rss+xml" />
<link>https://a.example</link><sy:updatePeriod>
  hourly </sy:updatePeriod><sy:updateFrequency> 2 </sy:updateFrequency>
<generator>https://wordpress.org/?v=6.1.9</generator>
<image><title>Image</title><link>https://a.example</link></image>
<item><title>One</title><link>{slug}</link></item></channel></rss>"""


def test_a_feed_says_how_often_it_changes_and_which_hub_tells_of_it() -> None:
    rss = f"""<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><ttl>30</ttl>
      <item><link>{SLUG}</link><ttl>1</ttl></item>
      <atom:link rel="hub" href="/hub"/><atom:link rel="hub" href="/other"/></channel></rss>"""
    links, listing = read_whole_feed(rss.encode(), URL)
    assert links == (article(SLUG),)
    assert listing == Listing(every_seconds=1800.0, hub="https://a.example/hub")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "hubs": [{"type": "rssCloud", "url": "/c"}, "x", {"type": "WebSub", "url": "/hub"}],
        "items": [],
    }
    assert read_whole_feed(json.dumps(feed).encode(), URL) == (
        (),
        Listing(hub="https://a.example/hub"),
    )
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self hub" href="javascript:x"/>
      <link rel="hub" href="https://hub.example/"/></feed>"""
    assert read_whole_feed(atom.encode(), URL)[1] == Listing(hub="https://hub.example/")
    assert read_whole_feed(RSS.encode(), URL)[1] == Listing()
    assert read_whole_feed(b"<html>", URL) == ((), Listing())


@pytest.mark.parametrize(
    ("query", "said", "following", "first"),
    [
        ("", "", "?paged=2", None),
        ("?paged=2", "?paged=2", "?paged=3", ""),
        ("?feed=rss2", "?feed=rss2", "?feed=rss2&paged=2", None),
        ("?paged=2&feed=rss2", "?feed=rss2&paged=2", "?feed=rss2&paged=3", "?feed=rss2"),
        ("?paged=7", "", None, ""),
        ("?paged=7", "?paged=1", None, ""),
        ("?paged=x", "", "?paged=2", None),
    ],
)
def test_a_feed_of_wordpress_goes_on_while_it_says_which_page_it_is(
    query: str, said: str, following: str | None, first: str | None
) -> None:
    payload = WORDPRESS.format(query=said, slug=SLUG).encode()
    links, listing = read_whole_feed(payload, URL + query)
    expected = () if following is None else (Link(URL + following, LinkKind.FEED),)
    assert links == (article(SLUG, "One"), *expected)
    first_page = None if first is None else URL + first
    assert listing == Listing(first_page=first_page, every_seconds=1800.0)


@pytest.mark.parametrize(
    "generator",
    [
        '<generator uri="https://wordpress.org/" version="6.1.9">WordPress</generator>',
        "<generator>http://wordpress.com/</generator>",
        '<a:generatorAgent xmlns:a="http://webns.net/mvcb/" rdf:resource="https://wordpress.org/?v=6"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)
def test_wordpress_names_itself_in_each_dialect(generator: str) -> None:
    feed = f"<feed>{generator}<entry><link href='{SLUG}'/></entry></feed>"
    (_, following) = read_feed(feed.encode(), URL)
    assert following.url == f"{URL}?paged=2"


@pytest.mark.parametrize(
    "payload",
    [
        WORDPRESS.format(query="", slug="javascript:x"),
        WORDPRESS.format(query="", slug=SLUG).replace("wordpress.org", "notwordpress.org"),
        WORDPRESS.format(query="", slug=SLUG).replace("<title>A<", "<title>Comments for A<"),
    ],
    ids=["no entries", "another generator", "comments"],
)
def test_what_has_no_further_page_is_not_asked_for_one(payload: str) -> None:
    assert not [link for link in read_feed(payload.encode(), URL) if link.kind is LinkKind.FEED]


def test_paged_and_archived_feeds_say_where_they_go_on_and_begin() -> None:
    page = f"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="first" href="/feed/"/>
      <link rel="next" href="?p=3"/><link rel="next" href="/x"/>
      <entry><id>{SLUG}</id></entry></feed>"""
    following = Link(f"{URL}?p=3", LinkKind.FEED)
    assert read_whole_feed(page.encode(), f"{URL}?p=2") == (
        (article(SLUG), following),
        Listing(first_page=URL),
    )
    assert read_whole_feed(page.encode(), URL) == ((article(SLUG), following), Listing())
    archive = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="current" href="/feed/"/>
      <link rel="prev-archive" href="/2026/07.xml"/></feed>"""
    assert read_whole_feed(archive.encode(), "https://a.example/2026/08.xml") == (
        (Link("https://a.example/2026/07.xml", LinkKind.FEED),),
        Listing(first_page=URL),
    )
    foreign = page.replace('href="/feed/"', 'href="https://b.example/feed/"')
    assert read_whole_feed(foreign.encode(), f"{URL}?p=2")[1] == Listing()


COMMENTS = f"""<rss version="2.0"><channel><title> {{title}} </title>
<item><title>Comment on A slug by Rita R.</title><link>{SLUG}comment-page-2/#comment-9</link>
  <pubDate>Sun, 23 Aug 2026 12:00:00 GMT</pubDate></item>
<item><title>Comment on Old by Omar O.</title><link>https://a.example/?p=7&amp;cpage=1#comment-8</link></item>
<item><link>{SLUG}#comment-7</link><pubDate>Sat, 22 Aug 2026 12:00:00 GMT</pubDate></item>
<item><link>https://a.example/events/2031-05/#comment-3</link></item>
</channel></rss>"""
THREADS = (
    Link(SLUG, LinkKind.THREAD, listed=True, modified=NOON),
    Link("https://a.example/?p=7", LinkKind.THREAD, listed=True),
)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://a.example/comments/feed/", "A"),
        ("https://a.example/feed/", "Comments for A"),
        (SLUG + "feed/", "Comments on: A slug"),
        ("https://a.example/x", "Latest"),
        ("not an address", "Latest"),
    ],
)
def test_a_feed_of_comments_gives_their_articles_and_no_reader_s_name(url: str, title: str) -> None:
    assert read_feed(COMMENTS.format(title=title).encode(), url) == THREADS


def test_the_comments_of_blogger_and_json_lead_to_their_articles() -> None:
    post = "https://b.example/2026/08/post.html"
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Comments on B</title>
      <link rel="next" href="/feeds/comments/default?start-index=26"/>
      <entry><link rel="alternate" type="text/html" href="{post}?showComment=12#c34"/>
      <updated>2026-08-23T12:00:00Z</updated></entry></feed>"""
    assert read_feed(atom.encode(), "https://b.example/feeds/comments/default") == (
        Link(post, LinkKind.THREAD, listed=True, modified=NOON),
        Link("https://b.example/feeds/comments/default?start-index=26", LinkKind.FEED),
    )
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": SLUG + "#comment-1"}]}
    (link,) = read_feed(json.dumps(feed).encode(), URL)
    assert (link.url, link.kind) == (SLUG, LinkKind.THREAD)


@pytest.mark.parametrize("title", ["Kommentare", "Comment", "Comment is free", "Opinión"])
def test_a_feed_of_opinions_is_one_of_articles(title: str) -> None:
    feed = f"<rss><channel><title>{title}</title><item><link>{SLUG}#xtor=RSS-1</link></item>"
    (link,) = read_feed(feed.encode(), "https://a.example/comment/rss")
    assert link.kind is LinkKind.ARTICLE


def test_a_feed_with_ever_new_links_to_one_article_is_read_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds, "MOST_EXAMINED", 100)
    items = f"<item><link>{SLUG}</link></item>" * 200 + "<item><link>/late/</link></item>"
    assert read_feed(f"<rss>{items}</rss>".encode(), URL) == (article(SLUG),)


def test_a_feed_of_one_thing_over_and_over_takes_seconds() -> None:
    """1 MB of it: 20,000 links to one article, 250,000 elements without a meaning."""
    for part in (f"<item><link>{SLUG}</link></item>", "<title>x</title>", "<a/>", "<link/>"):
        payload = f"<rss><channel>{part * (1_000_000 // len(part))}</channel></rss>".encode()
        start = time.thread_time()
        read_feed(payload, URL)
        assert time.thread_time() - start < 5


def test_the_conformance_feeds_raise_nothing_and_give_their_entries() -> None:
    """Of the well-formed ones as many entries are seen as a strict parser counts, and of those the
    addresses that a strict parser finds are given."""
    read = with_entries = counted = with_links = complete = 0
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
            entries, named = _entries_and_addresses(payload)
            if entries:
                with_entries += 1
                seen = len(list(read_entries(payload, "https://a.example/feed.xml", FeedWords())))
                counted += seen == entries
            if named:
                with_links += 1
                complete += named <= found
            if (entries and seen != entries) or not named <= found:
                missing.append((member.name, entries, named - found))
    assert read > 1000
    assert with_entries >= 550
    assert counted / with_entries >= 0.99, missing
    assert with_links >= 28
    assert complete / with_links >= 0.99, missing


def _entries_and_addresses(payload: bytes) -> tuple[int, set[str]]:
    """How many entries a well-formed feed has, and the absolute addresses of the pages that they
    link, by a strict parser; comments stand for their article."""
    try:
        root: Any = etree.fromstring(
            payload, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError:
        return 0, set()
    if etree.QName(root).localname.lower() not in ("rss", "feed", "rdf", "channel"):
        return 0, set()
    named = set()
    entries = root.xpath("//*[local-name()='item' or local-name()='entry']")
    for entry in entries:
        for link in entry.xpath("./*[local-name()='link']"):
            address = (link.get("href") or link.text or "").strip()
            if link.get("rel", "alternate") == "alternate" and address.startswith("http"):
                named.add(article_of(address, address) or "")
                break
    return len(entries), named
