"""Whatever a publisher sends, reading it gives an outcome and no exception."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import gzip
import json
import random
from datetime import timedelta

import pytest

from archiver.config import ReadLimits
from archiver.model import Errand, Listing, Page, Purpose
from archiver.outcomes import Outcome
from archiver.reading import read
from archiver.sites import DEFAULT_RULES
from tests.comments.test_wordpress import HTML5, REST
from tests.pages import PARAGRAPHS, URL, page, raw_page

LIMITS = ReadLimits(page_bytes=1024 * 1024, listing_bytes=2 * 1024 * 1024)
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>P</title><item><title>A</title>'
    f"<link>{URL}</link></item></channel></rss>"
).encode()
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    f"<url><loc>{URL}</loc></url></urlset>"
).encode()
GZIP = ((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip"))
XML = ((b"Content-Type", b"application/xml"),)
LISTING = Errand(Purpose.LISTING)
POSTS_URL = "https://paper.example/wp-json/wp/v2/posts?per_page=2"
POSTS = json.dumps(
    [
        {
            "id": 1,
            "link": URL,
            "date_gmt": "2026-01-01T00:00:00",
            "modified_gmt": "2099-01-01T00:00:00",
        }
    ]
).encode()
REST_URL = "https://paper.example/wp-json/wp/v2/comments?post=44"


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        pytest.param(page(f"<h1>T</h1>{PARAGRAPHS}"), Outcome.ARTICLE, id="article"),
        pytest.param(page("<p>x</p>", url="https://paper.example/"), Outcome.NOT_AN_ARTICLE, id="front"),
        pytest.param(raw_page(FEED, headers=XML), Outcome.FEED, id="feed"),
        pytest.param(raw_page(FEED), Outcome.FEED, id="feed as text/html"),
        pytest.param(raw_page(SITEMAP, headers=XML), Outcome.SITEMAP, id="sitemap"),
        pytest.param(raw_page(b"Sitemap: /s.xml", errand=Errand(Purpose.ROBOTS)), Outcome.ROBOTS, id="robots"),
        pytest.param(raw_page(b"\x89PNG\r\n", errand=Errand(Purpose.REQUISITE)), Outcome.REQUISITE, id="image"),
        pytest.param(raw_page(b"%PDF-1.7"), Outcome.OTHER_CONTENT, id="PDF"),
        pytest.param(raw_page(b'{"a": "<p>"}'), Outcome.OTHER_CONTENT, id="JSON as HTML"),
        pytest.param(raw_page(b""), Outcome.OTHER_CONTENT, id="empty"),
        pytest.param(page(HTML5, purpose=Purpose.THREAD), Outcome.THREAD, id="page of comments"),
        pytest.param(raw_page(json.dumps([REST]).encode(), url=REST_URL, headers=()), Outcome.THREAD, id="REST"),
        pytest.param(raw_page(b"{}", url=REST_URL, headers=()), Outcome.OTHER_CONTENT, id="REST error"),
        pytest.param(raw_page(POSTS, url=POSTS_URL, errand=LISTING), Outcome.LISTING, id="listing"),
        pytest.param(raw_page(b'{"code":"rest_no_route"}', url=POSTS_URL, errand=LISTING), Outcome.OTHER_CONTENT, id="no listing"),
        pytest.param(raw_page(b"<p>" * 400_000, url=POSTS_URL, errand=LISTING), Outcome.OTHER_CONTENT, id="HTML as listing"),
        pytest.param(page("<p>x</p>", url="https://paper.example/", purpose=Purpose.SITEMAP), Outcome.NOT_AN_ARTICLE, id="HTML as sitemap"),
        pytest.param(page("<p>x</p>", url="https://paper.example/", purpose=Purpose.FEED), Outcome.NOT_AN_ARTICLE, id="HTML as feed"),
        pytest.param(raw_page(b"x" * 2_000_000, headers=GZIP), Outcome.UNDECODABLE, id="no gzip"),
        pytest.param(raw_page(gzip.compress(b"<p>" * 10**6), headers=GZIP), Outcome.PAGE_TOO_LARGE, id="bomb"),
        pytest.param(raw_page(b"<p>" * 400_000), Outcome.PAGE_TOO_LARGE, id="large"),
    ],
)  # fmt: skip
def test_outcome(made: Page, outcome: Outcome) -> None:
    reading = read(made, DEFAULT_RULES, LIMITS)
    assert reading.outcome is outcome
    assert (reading.article is not None) == (
        outcome in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE, Outcome.THREAD)
    )


def test_links_of_page_feed_and_sitemap_come_along() -> None:
    front = page(f'<a href="{URL}">A story about a bridge</a>', url="https://paper.example/")
    for made in (front, raw_page(FEED), raw_page(SITEMAP, headers=XML)):
        reading = read(made, DEFAULT_RULES, LIMITS)
        assert [link.url for link in reading.links] == [URL]


def test_lists_say_what_they_say_of_themselves() -> None:
    feed = FEED.replace(b"<title>P</title>", b"<ttl>60</ttl>")
    total = ((b"X-WP-Total", b"201"), (b"X-WP-TotalPages", b"101"))
    posts = raw_page(POSTS, url=POSTS_URL, headers=total, errand=LISTING)
    assert read(raw_page(feed), DEFAULT_RULES, LIMITS).listing == Listing(every_seconds=3600.0)
    assert read(raw_page(SITEMAP), DEFAULT_RULES, LIMITS).listing == Listing(is_whole=True)
    assert read(posts, DEFAULT_RULES, LIMITS).listing == Listing(total=201)
    assert read(page("<p>x</p>"), DEFAULT_RULES, LIMITS).listing is None


@pytest.mark.parametrize(
    ("days", "is_kept"), [(0.0, True), (0.9, True), (1.1, False), (9999, False)]
)
def test_a_time_to_come_says_nothing_about_an_entry(days: float, is_kept: bool) -> None:
    moment = raw_page(b"").captured_at + timedelta(days=days)
    sitemap = SITEMAP.replace(b"</loc>", f"</loc><lastmod>{moment.isoformat()}</lastmod>".encode())
    feed = FEED.replace(b"</item>", f"<updated>{moment.isoformat()}</updated></item>".encode())
    posts = POSTS.replace(b"2099-01-01T00:00:00", f"{moment:%Y-%m-%dT%H:%M:%S}".encode())
    for made in (raw_page(sitemap), raw_page(feed), raw_page(posts, url=POSTS_URL, errand=LISTING)):
        (link, *_) = read(made, DEFAULT_RULES, LIMITS).links
        assert link.modified == (moment.replace(microsecond=0) if is_kept else None)


def test_page_of_comments_has_the_thread_and_not_the_article_again() -> None:
    errand = Errand(Purpose.THREAD, article_url=URL, article_canonical_url=f"{URL}canonical/")
    made = page(PARAGRAPHS + HTML5, url=f"{URL}comment-page-2/", errand=errand)
    article = read(made, DEFAULT_RULES, LIMITS).article
    assert article is not None
    assert (article.url, article.canonical_url, article.text) == (URL, f"{URL}canonical/", "")
    assert article.thread is not None
    assert len(article.thread.comments) == 3


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"<div>" * 5000 + PARAGRAPHS.encode(), id="5,000 nested tags"),
        pytest.param(b"<p><b><i>" * 3000 + b"x", id="nested inline"),
        pytest.param(b"<ul><li>" * 2000 + b"x", id="nested lists"),
        pytest.param(b"<table><tr><td>" * 250 + b"x", id="nested tables"),
        pytest.param(b"<blockquote>" * 1500 + PARAGRAPHS.encode(), id="nested quotes"),
        pytest.param(b"<p>\x00\x01\x02&#1;&#x1F;&#xFFFE;\x0b\x1f\x7f</p><nav>x</nav>\x02" + PARAGRAPHS.encode(), id="control bytes"),
        pytest.param(b"<p>\xff\xfe\xed\xa0\x80\xc0\xaf</p>" + PARAGRAPHS.encode(), id="no UTF-8"),
        pytest.param("<p>\u202eabc\u200b\ufeff</p>".encode() + PARAGRAPHS.encode(), id="bidi, zero width"),
        pytest.param(b"<html><html><body><body><p>a</body></html><p>b", id="two of everything"),
        pytest.param(b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script><p>x", id="deep JSON"),
        pytest.param(b'<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":[{}]},'
                     b'"headline":{"@value":7},"datePublished":["x",9]}</script><p>x', id="lying JSON-LD"),
        pytest.param(b"<meta name='date' content='99999-99-99'><base href='http://['><a href='//['>x</a>"
                     b"<link rel=canonical href='http://[::1'><p>x", id="bad dates and addresses"),
        pytest.param(b"<img src='http://['><img srcset=',,'><p>" + b"word " * 500, id="bad pictures"),
        pytest.param(b"<li id=comment-1>" * 300 + b"x", id="one comment in itself"),
        pytest.param(b"<p id='comment-99999999999999999999999'>x</p><li id='comment-'>y", id="odd ids"),
    ],
)  # fmt: skip
def test_bad_markup_has_a_defined_result(payload: bytes) -> None:
    reading = read(raw_page(payload), DEFAULT_RULES, LIMITS)
    assert reading.outcome in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE)


def test_bytes_damaged_at_random_never_raise() -> None:
    sound = page(f"<h1>T</h1>{PARAGRAPHS}{HTML5}").payload
    chance = random.Random(17)
    for _ in range(60):
        damaged = bytearray(sound)
        for _ in range(chance.randrange(1, 60)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        reading = read(raw_page(bytes(damaged)), DEFAULT_RULES, LIMITS)
        assert reading.outcome in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE)


def test_truncated_gzip_is_read_as_far_as_it_goes() -> None:
    whole = gzip.compress(page(f"<h1>T</h1>{PARAGRAPHS}").payload)
    reading = read(raw_page(whole[:-40], headers=GZIP), DEFAULT_RULES, LIMITS)
    assert reading.article is not None
    assert reading.article.title == "T"
