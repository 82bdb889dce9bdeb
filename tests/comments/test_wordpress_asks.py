"""What WordPress' pages make us ask for: comment pages, REST, wpDiscuz, feeds; in which order."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from archiver.comments import asks_of, findings, wordpress
from archiver.model import Ask
from tests.pages import PARAGRAPHS, URL, document

API = '<link rel="https://api.w.org/" href="https://paper.example/wp-json/">'
POST = '<link rel="alternate" type="application/json" href="https://paper.example/wp-json/wp/v2/posts/44">'
FEED = f'<link rel="alternate" type="application/rss+xml" href="{URL}feed/">'
HEAD = f'{API}{POST}{FEED}<link rel="canonical" href="{URL}">'
REST = (
    "https://paper.example/wp-json/wp/v2/comments?post=44&per_page=100&page=1&order=asc&orderby=id"
)
FORM = '<form id="commentform" action="/wp-comments-post.php"></form>'


def comment(
    number: int, *, depth: int = 1, page: int | None = None, reply: bool = True, inner: str = ""
) -> str:
    address = f"{URL}comment-page-{page}/" if page else URL
    link = f'<a class="comment-reply-link" data-commentid="{number}" href="#">Reply</a>'
    return (
        f'<li id="comment-{number}" class="comment even depth-{depth}"><b class="fn">Ann</b>'
        f'<a href="{address}#comment-{number}">May 3, 2026</a><div class="comment-content">'
        f"<p>Words.</p></div>{link if reply else ''}<ol>{inner}</ol></li>"
    )


def asks(body: str, *, head: str = HEAD, url: str = URL) -> tuple[Ask, ...]:
    return asks_of(document(f"{PARAGRAPHS}{body}", head=head, url=url))


def heading(count: int) -> str:
    return f'<h2 class="comments-title">{count} thoughts</h2>'


def test_nothing_is_asked_where_the_page_shows_all() -> None:
    page = document(f"{heading(1)}<ol>{comment(7)}</ol>{FORM}", head=HEAD)
    ((name, finding),) = findings(page)
    assert (name, finding.thread_ref, finding.declared, finding.asks) == ("wordpress", "44", 1, ())
    assert asks(f"<ol>{comment(7)}</ol>{FORM}") == ()
    assert asks(FORM) == ()


def test_page_without_comments_or_a_place_for_them_says_nothing() -> None:
    assert findings(document(PARAGRAPHS, head=HEAD)) == ()


@pytest.mark.parametrize(
    ("links", "page", "wanted"),
    [
        pytest.param("5", 6, [5, 4, 3, 2, 1], id="newest first: the last page is shown"),
        pytest.param("2 7", None, [2, 3, 4, 5, 6, 7], id="oldest first: the first page is shown"),
        pytest.param("1 4 5", 6, [5, 4, 3, 2, 1], id="numbers with a gap"),
        pytest.param("501", None, [501], id="a number that is too high to count to"),
    ],
)
def test_all_comment_pages_follow_from_those_that_are_linked(
    links: str, page: int | None, wanted: list[int]
) -> None:
    nav = "".join(f'<a href="{URL}comment-page-{n}/#comments">{n}</a>' for n in links.split())
    made = asks(f"{heading(99)}<ol>{comment(7, page=page)}</ol><nav>{nav}</nav>{FORM}")
    assert [ask.url for ask in made] == [f"{URL}comment-page-{n}/" for n in wanted]
    assert {ask.instead[0].url for ask in made} == {REST}
    assert [ask.url for ask in made[0].instead[0].instead] == [f"{URL}feed/"]
    assert all(wordpress.owns(ask.url) and ask.thread_ref == "44" for ask in made)


def test_comment_pages_without_paths_are_numbered_in_the_query() -> None:
    url = "https://paper.example/?p=44"
    nav = (
        '<a href="/?p=44&amp;cpage=2#comments">Newer</a><a href="/?p=9&amp;cpage=2#comments">No</a>'
    )
    shown = '<ol><li id="comment-7"><b class="fn">Ann</b>Words.</li></ol>'
    made = asks(f"{heading(99)}{shown}{nav}", head="", url=url)
    assert [ask.url for ask in made] == [
        "https://paper.example/?p=44&cpage=1",  # nothing says which one is shown
        "https://paper.example/?p=44&cpage=2",
    ]


def test_links_to_comments_replies_and_other_threads_are_no_pages_of_this_one() -> None:
    nav = (
        f'<a href="{URL}comment-page-2/?replytocom=7#respond">Reply</a>'
        f'<a href="{URL}comment-page-2/#comment-7">May 3</a>'
        '<a href="https://paper.example/other/comment-page-2/#comments">elsewhere</a>'
    )
    assert asks(f"{heading(1)}<ol>{comment(7)}</ol>{nav}{FORM}") == ()


def test_rest_is_asked_where_a_long_thread_links_no_pages() -> None:
    (ask,) = asks(f"{heading(134)}<ol>{comment(7)}</ol>{FORM}")
    assert (ask.url, ask.method, ask.platform, ask.thread_ref) == (REST, "GET", "wordpress", "44")
    assert [other.url for other in ask.instead] == [f"{URL}feed/"]
    query = '<link rel="https://api.w.org/" href="https://paper.example/index.php?rest_route=/">'
    (ask,) = asks(f"{heading(134)}<ol>{comment(7)}</ol>{FORM}", head=HEAD.replace(API, query))
    assert ask.url == REST.replace(
        "wp-json/wp/v2/comments?", "index.php?rest_route=/wp/v2/comments&"
    )
    assert wordpress.owns(ask.url)


def test_count_is_that_of_a_link_to_the_comments_where_no_heading_says_it() -> None:
    link = f'<a href="{URL}#comments">12 Comments</a><a href="/other/#comments">99 Comments</a>'
    ((_, finding),) = findings(document(f'{link}<div id="comments"></div>', head=HEAD))
    assert (finding.declared, [ask.url for ask in finding.asks]) == (12, [REST])


def test_feed_is_the_last_resort_and_never_that_of_the_site() -> None:
    head = FEED + '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
    assert [ask.url for ask in asks(f"{heading(9)}<ol>{comment(7)}</ol>", head=head)] == [
        f"{URL}feed/"
    ]
    assert asks(f"{heading(9)}<ol>{comment(7)}</ol>", head=head.replace(FEED, "")) == ()


@pytest.mark.parametrize(
    ("deepest", "asked"),
    [
        pytest.param([False, False], [REST], id="nobody may answer either of two"),
        pytest.param([True, True], [], id="both may be answered"),
        pytest.param([False], [], id="there is one only"),
    ],
)
def test_rest_is_asked_where_answers_may_stand_beside_what_they_answer(
    deepest: list[bool], asked: list[str]
) -> None:
    inner = "".join(comment(n, depth=2, reply=open_) for n, open_ in enumerate(deepest, 8))
    count = 1 + len(deepest)
    made = asks(f"{heading(count)}<ol>{comment(7, inner=inner)}</ol>{FORM}")
    assert [ask.url for ask in made] == asked


def test_wpdiscuz_is_asked_where_rest_is_refused() -> None:
    script = (
        '<div id="wpdcom"><span id="wpdiscuzHasMoreComments" data-is_show_load_more="1"></span></div>'
        r'<script>var wpdiscuzAjaxObj = {"x":"y","url":"https:\/\/paper.example\/wp-admin\/admin-ajax.php"};</script>'
    )
    (ask,) = asks(f'<div id="comments">{comment(7)}</div>{script}')
    assert ask.url == REST
    (other,) = ask.instead
    assert (other.method, other.url) == ("POST", "https://paper.example/wp-admin/admin-ajax.php")
    assert dict(other.headers)["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(other.body, keep_blank_values=True) == {
        "action": ["wpdLoadMoreComments"], "sorting": ["newest"], "offset": ["0"],
        "lastParentId": ["0"], "isFirstLoad": ["1"], "wpdType": [""], "postId": ["44"],
    }  # fmt: skip
    assert [last.url for last in other.instead] == [f"{URL}feed/"]


@pytest.mark.parametrize(
    ("url", "is_owned"),
    [
        (f"{URL}comment-page-2/", True),
        (f"{URL}comment-page-2/?utm=x", True),
        ("https://paper.example/?p=44&cpage=3", True),
        (REST, True),
        ("https://paper.example/?rest_route=%2Fwp%2Fv2%2Fcomments&post=44", True),
        (URL, False),
        ("https://paper.example/wp-json/wp/v2/comments", False),  # of the whole site
        ("https://paper.example/wp-json/wp/v2/comments/7", False),
        ("https://paper.example/wp-json/wp/v2/posts?post=44", False),
        ("https://paper.example/wp-admin/admin-ajax.php", False),
        ("https://paper.example/?cpage=next", False),
        ("https://paper.example/tag/comment-page-2x/", False),
    ],
)
def test_addresses_that_are_ours(url: str, *, is_owned: bool) -> None:
    assert wordpress.owns(url) is is_owned


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "//", "?cpage=2&cpage=", "\x00"])
def test_addresses_that_are_none_cost_nothing(address: str) -> None:
    links = "".join(
        f'<a href="{address}{end}">9 Comments</a>'
        for end in (
            "",
            "#comments",
            "#comment-7",
            "/comment-page-2/#comments",
            "?replytocom=7#respond",
        )
    )
    head = "".join(
        f'<link rel="{rel}" href="{address}">'
        for rel in ("canonical", "shortlink", "alternate", "https://api.w.org/")
    )
    made = document(
        f'<ol><li id="comment-7"><b class="fn">A</b>x</li></ol>{links}{FORM}', head=head
    )
    assert findings(made)[0][0] == "wordpress"
    found = wordpress.read(made)
    assert found is not None
    assert wordpress.owns(f"{address}/comment-page-2/") in (True, False)
