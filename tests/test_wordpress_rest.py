"""WordPress' lists for programs: where they lie, what they hold, where they go on and end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import PlatformError
from archiver.model import Header, Link, LinkKind, Listing
from archiver.traps import is_trap
from archiver.urls import canonical_key, normalise
from archiver.wordpress_rest import (
    MOST_PAGES,
    is_comment_listing,
    is_listing,
    listings_of,
    posts_between,
    read_listing,
)

A = "https://a.example"
POSTS = (
    f"{A}/wp-json/wp/v2/posts?per_page=100&orderby=modified&order=desc"
    "&_fields=id,link,date_gmt,modified_gmt"
)
COMMENTS = (
    f"{A}/wp-json/wp/v2/comments?per_page=100&orderby=date_gmt&order=desc"
    "&_fields=id,post,link,date_gmt"
)
JANUARY, FEBRUARY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def counted(total: int, pages: int) -> tuple[Header, ...]:
    return (
        (b"Content-Type", b"application/json"),
        (b"x-wp-total", str(total).encode()),
        (b"X-WP-TotalPages", str(pages).encode()),
    )


def post(number: int, **other: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date_gmt": "2026-01-01T00:00:00",
        "modified_gmt": "2026-02-01T00:00:00",
        "link": f"{A}/2026/01/story-{number}/",
    } | other


def article(number: int, modified: datetime | None = FEBRUARY) -> Link:
    return Link(f"{A}/2026/01/story-{number}/", LinkKind.ARTICLE, listed=True, modified=modified)


def read(said: Any, url: str = POSTS, headers: tuple[Header, ...] = ()) -> Any:
    return read_listing(json.dumps(said).encode(), url, headers)


@pytest.mark.parametrize(
    ("root", "posts"),
    [
        ("/wp-json/", "/wp-json/wp/v2/posts?"),
        ("/wp-json", "/wp-json/wp/v2/posts?"),
        ("/news/api/", "/news/api/wp/v2/posts?"),
        ("/index.php/wp-json/", "/index.php/wp-json/wp/v2/posts?"),
        ("/wp-json/?lang=de", "/wp-json/wp/v2/posts?lang=de&"),
        ("/?rest_route=/", "/?rest_route=/wp/v2/posts&"),
        ("/?rest_route=%2F", "/?rest_route=/wp/v2/posts&"),
        ("/index.php?rest_route=/&lang=de", "/index.php?lang=de&rest_route=/wp/v2/posts&"),
    ],
)
def test_a_root_leads_to_the_lists_of_posts_and_of_comments(root: str, posts: str) -> None:
    found = listings_of(A + root)
    asked_posts, asked_comments = POSTS.partition("?")[2], COMMENTS.partition("?")[2]
    assert found == (
        Link(A + posts + asked_posts, LinkKind.LISTING),
        Link(A + posts.replace("posts", "comments") + asked_comments, LinkKind.LISTING),
    )
    for link in found:
        assert normalise(link.url) == link.url
        assert is_listing(link.url)
        assert is_listing(canonical_key(link.url))
        assert not is_trap(link.url)
    assert [is_comment_listing(link.url) for link in found] == [False, True]


def test_a_list_is_its_own_only_list() -> None:
    named = f"{A}/wp-json/wp/v2/posts?categories=7"
    assert listings_of(named) == (Link(named, LinkKind.LISTING),)
    assert listings_of(COMMENTS) == (Link(COMMENTS, LinkKind.LISTING),)


@pytest.mark.parametrize(
    "url",
    [
        "/wp-json/",
        "/wp-json/wp/v2/posts/7",
        "/wp-json/wp/v2/pages",
        "/wp-json/wp/v2/comments?post=7",
        "/wp-json/wp/v2/comments?post[]=7",
        "/wp-json/wp/v2/comments/7",
        "/?rest_route=/wp/v2/posts/7",
        "/wp-json/wp/v2/posts?rest_route=/x",
        "/posts",
    ],
)
def test_single_posts_and_threads_of_one_post_are_no_lists(url: str) -> None:
    assert not is_listing(A + url)
    assert not is_listing(url)  # no address


def test_posts_are_articles_with_their_last_change() -> None:
    said = [
        post(1),
        post(2, modified_gmt="2025-12-01T00:00:00"),  # scheduled: edited before it was published
        post(3, modified_gmt="0000-00-00T00:00:00", date_gmt=None),
        post(4, link="/2026/01/story-4/", modified_gmt=7),
        post(1),
        post(5, link=None),
        post(6, link=f"{A}/photo.jpg"),
        post(7, link="javascript:x"),
    ]
    assert read(said, headers=counted(8, 1)) == (
        (article(1), article(2, JANUARY), article(3, None), article(4, JANUARY)),
        Listing(total=8),
    )


def test_comments_are_threads_of_their_articles() -> None:
    said = [
        {"id": 9, "post": 1, "date_gmt": "2026-01-01T00:00:00",
         "link": f"{A}/2026/01/story-1/comment-page-2/#comment-9"},
        {"id": 8, "post": 1, "date_gmt": "2026-02-01T00:00:00",
         "link": f"{A}/2026/01/story-1/#comment-8"},
        {"id": 7, "post": 2, "date_gmt": "2026-01-01T00:00:00", "link": f"{A}/?p=2#comment-7"},
    ]  # fmt: skip
    assert read(said, COMMENTS, counted(1900, 19)) == (
        (
            Link(f"{A}/2026/01/story-1/", LinkKind.THREAD, listed=True, modified=FEBRUARY),
            Link(f"{A}/?p=2", LinkKind.THREAD, listed=True, modified=JANUARY),
            Link(f"{COMMENTS}&page=2", LinkKind.LISTING),
        ),
        Listing(total=1900),
    )


@pytest.mark.parametrize(
    ("url", "entries", "headers", "following"),
    [
        (POSTS, 100, counted(201, 3), f"{POSTS}&page=2"),
        (f"{POSTS}&page=2", 100, counted(201, 3), f"{POSTS}&page=3"),
        (f"{POSTS}&page=3", 1, counted(201, 3), None),
        (f"{POSTS}&page=4", 1, counted(201, 3), None),
        (POSTS, 99, counted(201, 3), f"{POSTS}&page=2"),  # some were hidden
        (POSTS, 0, counted(201, 3), None),
        (POSTS, 100, (), f"{POSTS}&page=2"),
        (POSTS, 99, (), None),
        (POSTS, 99, ((b"X-WP-TotalPages", b"many"),), None),
        (f"{A}/wp-json/wp/v2/posts", 10, (), f"{A}/wp-json/wp/v2/posts?page=2"),
        (f"{POSTS}&page=0", 100, (), f"{POSTS}&page=2"),
        (f"{POSTS}&page={MOST_PAGES}", 100, counted(10**8, 10**6), None),
        (f"{POSTS}&page={10**12}", 100, (), f"{POSTS}&page=2"),
    ],
)
def test_a_list_goes_on_while_wordpress_says_so_or_a_page_is_full(
    url: str, entries: int, headers: tuple[Header, ...], following: str | None
) -> None:
    links, listing = read([post(number) for number in range(entries)], url, headers)
    further = [link.url for link in links if link.kind is LinkKind.LISTING]
    assert further == ([] if following is None else [following])
    is_further = url.startswith(f"{POSTS}&page=") and not url.endswith(("=0", f"={10**12}"))
    assert listing.first_page == (POSTS if is_further else None)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>Not here</html>",
        b'{"code":"rest_no_route","message":"No route","data":{"status":404}}',
        b'{"a": 1}',
        b'"text"',
        b"[1, 2]",
        b"[[]]",
        b'[{"a": 1}]',
        b"null",
        b"[" * 200_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_list_says_so(payload: bytes) -> None:
    with pytest.raises(PlatformError):
        read_listing(payload, POSTS, ())


def test_an_error_of_wordpress_is_named() -> None:
    with pytest.raises(PlatformError, match="rest_forbidden"):
        read({"code": "rest_forbidden", "message": "Sorry", "data": {"status": 401}})


def test_an_empty_list_is_a_list() -> None:
    assert read([], headers=counted(0, 0)) == ((), Listing(total=0))


@pytest.mark.parametrize(
    ("url", "at"),
    [
        (f"{A}/wp-json/", f"{A}/wp-json/wp/v2/posts?"),
        (f"{POSTS}&page=3", f"{A}/wp-json/wp/v2/posts?"),
        (COMMENTS, f"{A}/wp-json/wp/v2/posts?"),
        (f"{A}/wp-json/wp/v2/posts?lang=de&page=2", f"{A}/wp-json/wp/v2/posts?lang=de&"),
        (f"{A}/?rest_route=/", f"{A}/?rest_route=/wp/v2/posts&"),
        (f"{A}/?rest_route=/wp/v2/comments&per_page=100", f"{A}/?rest_route=/wp/v2/posts&"),
    ],
)
def test_a_window_of_days_is_asked_for_oldest_first(url: str, at: str) -> None:
    made = posts_between(url, JANUARY, FEBRUARY)
    assert made.startswith(at)
    assert normalise(made) == made
    assert is_listing(made)
    asked = parse_qs(urlsplit(made).query)
    assert asked["after"] == ["2025-12-31T23:59:59Z"]
    assert asked["before"] == ["2026-02-01T00:00:00Z"]
    assert (asked["orderby"], asked["order"], asked["per_page"]) == (["date"], ["asc"], ["100"])
    assert "page" not in asked


def test_a_window_may_be_open_on_either_side() -> None:
    assert "after=" not in posts_between(POSTS, None, FEBRUARY)
    assert "before=" not in posts_between(POSTS, JANUARY, None)
    assert posts_between(posts_between(POSTS, JANUARY, FEBRUARY), None, None) == posts_between(
        POSTS, None, None
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["link", "date_gmt", "modified_gmt", "code"]), inner)
        ),
    )
)
@settings(max_examples=200, deadline=None)
def test_any_json_is_read_or_refused(said: Any) -> None:
    try:
        links, _ = read(said, COMMENTS)
    except PlatformError:
        return
    assert all(link.kind in (LinkKind.THREAD, LinkKind.LISTING) for link in links)
