"""Feeds of comments: which they are, whose they are, and which article each comment is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.comment_feeds import article_of, is_comment_feed, is_site_wide
from archiver.url_shapes import looks_like_comment_feed, looks_like_feed

A = "https://a.example"

SITE_WIDE = [
    "/comments/feed/",  # WordPress
    "/comments/feed/atom/",
    "/comments/feed/?paged=2",
    "/blog/comments/feed/",
    "/index.php/comments/feed/",
    "/?feed=comments-rss2",
    "/?feed=comments-atom",
    "/feeds/comments/default",  # Blogger
    "/feeds/comments/default?max-results=500&alt=rss",
    "/feed/atom/comments",  # Dotclear
    "/feeds/comments.rss2",  # Serendipity
    "/rss.php?version=2.0&type=comments",
    "/comments.xml",  # Movable Type
    "/blog/comments/index.rdf",  # TypePad
    "/crss",  # Drupal
    "/comments-feed.xml",
    "/commentrss",
]
OF_ONE_ARTICLE = [
    "/2026/08/23/a-slug/comments/feed/",
    "/2026/08/a-slug/comments/atom.xml",
    "/a-headline-of-five-words/comments/feed",
    "/story-123456/comments/rss",
    "/feeds/8723468723/comments/default",
    "/feed/atom/comments/12",
    "/rss.php?version=2.0&type=comments&cid=12",
    "/?feed=comments-rss2&p=7",
    "/crss/node/12",
]
NO_COMMENT_FEED = [
    "/feed/",
    "/comment/rss",  # the opinion pages
    "/comment/feed/",
    "/commentisfree/rss",
    "/kommentare/rss",
    "/comments/",
    "/2026/08/23/no-comments-on-the-feed-of-news/",
    "/2026/08/a-slug/feed/",
    "/uncommented/feed",
    "/?s=comments",
]


@pytest.mark.parametrize("url", SITE_WIDE)
def test_the_comments_of_a_whole_site_are_known_by_their_address(url: str) -> None:
    assert looks_like_comment_feed(A + url)
    assert not looks_like_feed(A + url)
    assert is_site_wide(A + url, f"{A}/2026/08/23/a-slug/")
    assert is_site_wide(A + url, f"{A}/")
    assert is_comment_feed(A + url, "", ())


@pytest.mark.parametrize("url", OF_ONE_ARTICLE)
def test_the_comments_of_one_article_are_not_those_of_the_site(url: str) -> None:
    assert looks_like_comment_feed(A + url)
    assert not is_site_wide(A + url, f"{A}/2026/08/23/another-slug/")
    assert is_comment_feed(A + url, "", ())


def test_the_comments_of_the_very_page_are_not_those_of_the_site() -> None:
    assert not is_site_wide(f"{A}/about/comments/feed/", f"{A}/about/")
    assert is_site_wide(f"{A}/blog/comments/feed/", f"{A}/about/")
    assert is_site_wide(f"{A}/comments/feed/", None)


@pytest.mark.parametrize("url", NO_COMMENT_FEED)
def test_opinion_pages_and_articles_are_no_feeds_of_comments(url: str) -> None:
    assert not looks_like_comment_feed(A + url)
    assert not is_site_wide(A + url, None)
    assert not is_comment_feed(A + url, "News", (f"{A}/2026/08/23/a-slug/",))


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("Comments for The Paper", True),
        ("\n\tComments on: A story", True),
        ("Kommentare zu: Eine Geschichte", True),
        ("Commentaires pour Le Journal", True),
        ("Comentarios en El Diario", True),
        ("Comentários sobre: Uma história", True),
        ("Reacties op: Een verhaal", True),
        ("Комментарии к записи", True),
        ("Kommentare", False),
        ("Comment & analysis", False),
        ("Our comments for you", False),
        ("", False),
    ],
)
def test_a_title_says_comments_as_platforms_do(title: str, says: bool) -> None:
    assert is_comment_feed(f"{A}/feed/", title, (f"{A}/x/",)) is says


@pytest.mark.parametrize(
    ("permalinks", "is_one"),
    [
        (["/x/#comment-1", "/y/#comment-2", "/z/"], True),
        (["/x/comment-page-2", "/y/?cpage=3"], True),
        (["/x#c12", "/y#c-13"], True),
        (["/x/#comment-1", "/y/"], False),
        (["/x/#xtor=RSS-3208", "/y/#ref=rss"], False),
        (["http://[", "::"], False),
        ([], False),
    ],
)
def test_most_first_entries_decide(permalinks: list[str], is_one: bool) -> None:
    assert is_comment_feed(f"{A}/feed/", "", permalinks) is is_one


@pytest.mark.parametrize(
    ("permalink", "article"),
    [
        (f"{A}/2026/a/comment-page-1/#comment-2", f"{A}/2026/a/"),
        (f"{A}/2026/a/comment-page-12#comment-2", f"{A}/2026/a"),
        (f"{A}/2026/a/#comment-2", f"{A}/2026/a/"),
        (f"{A}/?p=7&cpage=2#comment-3", f"{A}/?p=7"),
        (f"{A}/a.html?showComment=12#c3", f"{A}/a.html"),
        (f"{A}/a?x=1&replytocom=4&y=2", f"{A}/a?x=1&y=2"),
        (f"{A}/comment-page-2/", f"{A}/"),
        (f"{A}/comment-page-2", f"{A}/"),
        ("/a/#comment-2", f"{A}/a/"),
        (f"{A}/about-comment-page-2/", f"{A}/about-comment-page-2/"),
        ("javascript:x", None),
        ("http://[", None),
    ],
)
def test_a_comment_belongs_to_its_article(permalink: str, article: str | None) -> None:
    assert article_of(permalink, f"{A}/feed/") == article


@given(st.text(max_size=60))
def test_any_text_is_an_article_or_none(text: str) -> None:
    article = article_of(text, f"{A}/feed/")
    assert article is None or article_of(article, article) == article
    assert isinstance(is_comment_feed(f"{A}/feed/", text, (text,)), bool)
