"""What an address alone says about its page."""

from __future__ import annotations

import pytest

from archiver.url_shapes import (
    continuation_number,
    is_file,
    looks_like_article,
    looks_like_comment_feed,
    looks_like_feed,
    looks_like_section,
)

ARTICLES = [
    "https://a.example/2026/08/23/a-slug/",
    "https://a.example/2026/08/slug",
    "https://a.example/news/2026-08-23/slug.html",
    "https://a.example/politics/minister-says-nothing-new-today/",
    "https://a.example/news/world-europe-12345678",
    "https://a.example/article/436674/best-pc.html",
    "https://a.example/artikel_1234567.html",
    "https://a.example/?p=123",
    "https://a.example/news.php?id=99",
]
SECTIONS = [
    "https://a.example/",
    "https://a.example/page/2/",
    "https://a.example/category/arts-and-culture-in-the-city/",
    "https://a.example/tag/elections/page/3/",
    "https://a.example/author/jane-doe-of-the-paper/",
    "https://a.example/2026/08/",
    "https://a.example/2026/08/23/",
    "https://a.example/?paged=2",
    "https://a.example/?cat=4",
    "https://a.example/world/?page=2",
]
NEITHER = [
    "https://a.example/world/",
    "https://a.example/about",
    "https://a.example/arts-and-culture/",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_articles_have_dates_headlines_or_numbers(url: str) -> None:
    assert looks_like_article(url)
    assert not looks_like_section(url)


@pytest.mark.parametrize("url", SECTIONS)
def test_sections_have_their_words_and_page_numbers(url: str) -> None:
    assert looks_like_section(url)
    assert not looks_like_article(url)


@pytest.mark.parametrize("url", NEITHER)
def test_the_rest_is_left_to_the_reading(url: str) -> None:
    assert not looks_like_section(url)
    assert not looks_like_article(url)


def test_feeds_are_told_from_feeds_of_comments() -> None:
    for url in ("/feed/", "/world/rss", "/rss.xml", "/news.rss", "/atom.xml", "/?feed=rss2"):
        assert looks_like_feed("https://a.example" + url)
        assert not looks_like_comment_feed("https://a.example" + url)
    for url in ("/comments/feed/", "/feeds/12/comments/default", "/?feed=comments-rss2"):
        assert not looks_like_feed("https://a.example" + url)
        assert looks_like_comment_feed("https://a.example" + url)
    assert not looks_like_feed("https://a.example/2026/08/feeding-the-birds/")


def test_files_machine_interfaces_and_amp_editions_are_no_pages() -> None:
    for url in ("/a.jpg", "/A.PDF", "/wp-json/wp/v2/posts", "/x/amp/", "/x?amp=1", "/x?amp"):
        assert is_file("https://a.example" + url)
    for url in ("/a.html", "/feed.json", "/2026/08/amp-it-up/", "/x?id=1.jpg", "/news.rss"):
        assert not is_file("https://a.example" + url)


@pytest.mark.parametrize(
    ("url", "article", "number"),
    [
        ("https://a.example/post/2/", "https://a.example/post/", 2),
        ("https://a.example/post/12", "https://a.example/post", 12),
        ("https://a.example/post/page/2/", "https://a.example/post/", 2),
        ("https://a.example/post/page-3", "https://a.example/post", 3),
        ("https://a.example/post/?page=2", "https://a.example/post/", 2),
        ("https://a.example/?p=7&page=2", "https://a.example/?p=7", 2),
        ("https://a.example/?p=7&page=3", "https://a.example/?p=7&page=2", 3),
        ("https://a.example/post/1/", "https://a.example/post/", None),
        ("https://a.example/post/", "https://a.example/post/", None),
        ("https://a.example/post/2026/", "https://a.example/post/", None),
        ("https://a.example/other/2/", "https://a.example/post/", None),
        ("https://b.example/post/2/", "https://a.example/post/", None),
        ("https://a.example/?p=8&page=2", "https://a.example/?p=7", None),
        ("https://a.example/post/comment-page-2/", "https://a.example/post/", None),
    ],
)
def test_later_pages_of_an_article_have_numbers(url: str, article: str, number: int | None) -> None:
    assert continuation_number(url, article) == number
