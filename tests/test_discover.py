"""The links of a page: their kinds, and what of them is not followed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from archiver import discover
from archiver.discover import links_of_html, read_robots_sitemaps
from archiver.dom import Document, parse
from archiver.model import Link, LinkKind, Page
from archiver.sites import DEFAULT_RULES, SiteRules
from archiver.wordpress_rest import listings_of

HOME = "https://a.example/"
POST = "https://a.example/2026/08/23/a-post/"


def document(body: str, url: str = HOME, head: str = "", charset: str = "utf-8") -> Document:
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    page = Page(
        url=url,
        captured_at=datetime(2026, 11, 23, tzinfo=UTC),
        headers=((b"Content-Type", f"text/html; charset={charset}".encode()),),
        payload=html.encode(charset),
    )
    return parse(page, limit_bytes=50_000_000)


def links(
    body: str,
    url: str = HOME,
    head: str = "",
    *,
    is_seed: bool = False,
    rules: SiteRules = DEFAULT_RULES,
) -> list[tuple[str, str]]:
    found = links_of_html(document(body, url, head), is_seed=is_seed, rules=rules)
    return [(link.kind.value, link.url.removeprefix("https://a.example")) for link in found]


def test_a_front_page_gives_its_links_in_order_with_kind_and_text() -> None:
    page = document(
        """
        <a href="#content">Skip</a> <a href="/">Home</a>
        <a href="/category/world/">World</a> <a href="about">About  <b>us</b></a>
        <a href="/2026/08/23/a-post/"><img src="x.jpg" alt="picture"></a>
        <h2><a href="https://a.example/2026/08/23/a-post/?utm_source=x#more">The headline</a></h2>
        <a rel="next" href="/page/2/">Older</a>
        <map><area href="/2026/08/22/on-a-map/" alt="On a map"></map>
        <a href="mailto:x@a.example">Mail</a> <a href="javascript:void(0)">Menu</a>
        <a href="tel:123">Call</a> <a href="http://[::bad">Bad</a> <a>None</a> <a href="">Self</a>
        <a href="https://other.example/2026/08/21/elsewhere/">Elsewhere</a>
        """,
        head='<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">',
    )
    before = etree.tostring(page.tree)
    assert links_of_html(page, is_seed=True, rules=DEFAULT_RULES) == (
        Link("https://a.example/feed/", LinkKind.FEED, "News"),
        Link("https://a.example/category/world/", LinkKind.SECTION, "World", listed=True),
        Link("https://a.example/about", LinkKind.PAGE, "About us", listed=True),
        Link(POST, LinkKind.ARTICLE, "The headline", listed=True),
        Link("https://a.example/page/2/", LinkKind.SECTION, "Older", listed=True),
        Link("https://a.example/2026/08/22/on-a-map/", LinkKind.ARTICLE, "On a map", listed=True),
        Link(
            "https://other.example/2026/08/21/elsewhere/",
            LinkKind.ARTICLE,
            "Elsewhere",
            listed=True,
        ),
    )
    assert etree.tostring(page.tree) == before


def test_links_of_an_ordinary_page_are_not_listed() -> None:
    page = document('<a href="/2026/08/22/b/">B</a>', POST)
    (link,) = links_of_html(page, is_seed=False, rules=DEFAULT_RULES)
    assert not link.listed


def test_the_feed_of_one_article_s_comments_and_other_alternates_are_left_out() -> None:
    head = """
      <link rel="alternate" type="application/rss+xml" title="A &raquo; Feed" href="/feed/">
      <link rel="alternate" type="application/atom+xml" title="A" href="/atom.xml">
      <link rel="alternate" type="application/feed+json" title="A" href="/feed.json">
      <link rel="alternate" type="application/rss+xml" title="A &raquo; Comments Feed" href="/c1">
      <link rel="alternate" type="application/rss+xml" title="P Comments Feed" href="feed/">
      <link rel="alternate" type="application/rss+xml" title="A post" href="feed/">
      <link rel="alternate" type="application/rss+xml" title="P" href="/feeds/12/comments/default">
      <link rel="alternate" type="application/rss+xml" title="P" href="comments/feed/">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/10">
      <link rel="alternate" hreflang="de" href="/de/"> <link rel="canonical" href="/canonical/">
      <link rel="amphtml" href="/amp-edition/"> <link rel="shortlink" href="/?p=10">
      <link rel="stylesheet" href="/style.css"> <link rel="pingback" href="/xmlrpc.php">
    """
    body = '<a href="/2026/08/22/b/comments/feed/">Follow the comments</a>'
    assert links(body, POST, head) == [
        ("feed", "/feed/"),
        ("feed", "/atom.xml"),
        ("feed", "/feed.json"),
    ]


@pytest.mark.parametrize(
    "address", ["/comments/feed/", "/?feed=comments-rss2", "/feeds/comments/default"]
)
def test_the_comments_of_the_whole_site_are_a_feed(address: str) -> None:
    head = f"""<link rel="alternate" type="application/rss+xml" title="A &raquo; Comments Feed"
      href="{address}">"""
    assert links("", POST, head) == [("feed", address)]
    assert links("", HOME, head.replace("Comments", "")) == [("feed", address)]
    assert links(f'<a href="{address}">Comments feed</a>', HOME) == [("feed", address)]
    (link,) = links_of_html(document("", HOME, head), is_seed=True, rules=DEFAULT_RULES)
    assert not link.listed


def test_the_rest_interface_of_wordpress_gives_its_two_lists() -> None:
    head = '<link rel="https://api.w.org/" href="https://a.example/wp-json/" />'
    page = document("", POST, head)
    found = links_of_html(page, is_seed=True, rules=DEFAULT_RULES)
    assert found == listings_of("https://a.example/wp-json/")
    assert not any(link.listed for link in found)
    plain = document("", POST, "<link href='/?rest_route=/' rel='https://api.w.org/'>")
    found = links_of_html(plain, is_seed=False, rules=DEFAULT_RULES)
    assert found == listings_of("https://a.example/?rest_route=/")
    no_comments = SiteRules(host="a.example", exclude_url=(r"/wp/v2/comments",))
    assert links_of_html(page, is_seed=False, rules=no_comments) == tuple(
        link for link in listings_of("https://a.example/wp-json/") if "comments" not in link.url
    )
    for href in ("", "javascript:x", "http://["):
        assert links("", POST, f'<link rel="https://api.w.org/" href="{href}">') == []


def test_what_readers_and_advertisers_put_there_is_not_followed() -> None:
    body = """
      <a rel="nofollow" href="/2026/08/22/own/">own</a>
      <a rel="sponsored" href="/2026/08/22/paid/">paid</a>
      <ol class="comment-list"><li><p>
        <a rel="external nofollow" href="https://reader.example/">me</a>
        <a rel="nofollow ugc" href="https://spam.example/">look</a>
        <a href="/2026/08/21/named-by-a-reader/">an article</a></p>
        <a rel="nofollow" class="comment-reply-link" href="?replytocom=2#respond">Reply</a>
        </li></ol>
      <ul class="recent"><li><a href="/2026/08/20/c/comment-page-1/#comment-9">recent</a></li>
        <li><a href="/2026/08/20/d/#comment-10">recent</a></li></ul>
      <nav class="comment-navigation"><a href="comment-page-2/#comments">Older</a></nav>
    """
    assert links(body, POST) == [
        ("article", "/2026/08/22/own/"),
        ("article", "/2026/08/21/named-by-a-reader/"),
        ("article", "/2026/08/20/d/"),
    ]


def test_traps_and_files_are_left_out() -> None:
    body = """<a href="/?s=word">find</a> <a href="/events/2031-05/">May</a> <a href="/a.jpg">a</a>
      <a href="/wp-login.php">log in</a> <a href="/x/amp/">amp</a> <a href="/report.pdf">r</a>
      <a href="/a/a/a/a">deep</a> <a href="/x?PHPSESSID=0123456789abcdef0123456789">s</a>"""
    assert links(body) == []


def test_the_pages_of_an_article_belong_to_it_and_next_may_be_another_article() -> None:
    body = """<p class="post-nav-links"><span>1</span>
      <a class="post-page-numbers" href="https://a.example/2026/08/23/a-post/2/">2</a></p>
      <a rel="next" href="/2026/08/24/the-next-article/">Next</a>"""
    assert links(body, POST) == [
        ("article", "/2026/08/23/a-post/2/"),
        ("article", "/2026/08/24/the-next-article/"),
    ]
    later = '<a href="/2026/08/23/a-post/">1</a> <a href="/2026/08/23/a-post/3/">3</a>'
    assert links(later, POST + "2/") == [
        ("article", "/2026/08/23/a-post/"),
        ("article", "/2026/08/23/a-post/3/"),
    ]
    listing = '<link rel="next" href="/world/older"><link rel="prev" href="/world/newer">'
    assert links("", "https://a.example/world/", listing) == [
        ("section", "/world/older"),
        ("section", "/world/newer"),
    ]


def test_a_refresh_is_a_link() -> None:
    assert links("", HOME, "<meta http-equiv=Refresh content=\"0; URL='/moved'\">") == [
        ("page", "/moved")
    ]
    assert links("", HOME, '<meta http-equiv="refresh" content="300">') == []
    assert links("", HOME, '<meta http-equiv="refresh" content="0;url=file:///etc/passwd">') == []


def test_the_base_and_the_charset_of_the_page_hold() -> None:
    assert links('<a href="x">x</a>', HOME, '<base href="/folder/page">') == [("page", "/folder/x")]
    page = document('<a href="/find?q=Жук&amp;x=1">Ж</a>', charset="windows-1251")
    (link,) = links_of_html(page, is_seed=False, rules=DEFAULT_RULES)
    assert link.url == "https://a.example/find?q=%C6%F3%EA&x=1"


def test_the_rules_of_the_site_speak_first() -> None:
    rules = SiteRules(
        host="a.example", article_url=(r"/story/\w+$",), exclude_url=(r"/shop/", r"/feed/x")
    )
    body = """<a href="/story/x1">S</a> <a href="/shop/story/y1">Shop</a>
      <a href="/2026/08/23/a-post/">Dated</a> <a href="/category/world/">World</a>"""
    head = '<link rel="alternate" type="application/rss+xml" href="/feed/x">'
    assert links(body, HOME, head, rules=rules) == [
        ("article", "/story/x1"),
        ("page", "/2026/08/23/a-post/"),
        ("section", "/category/world/"),
    ]


def test_a_page_gives_no_more_links_than_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert discover.MOST_LINKS == 2_000
    body = "".join(f'<a href="/n/{number}">x</a>' for number in range(2_500))
    found = links(body)
    assert len(found) == 2_000
    assert found[0] == ("page", "/n/0")
    monkeypatch.setattr(discover, "MOST_EXAMINED", 100)
    assert len(links(body)) == 100 - len(document("").tree.xpath("//meta|//link"))


def test_two_thousand_links_to_one_article_are_one() -> None:
    body = "".join(f'<a href="{POST}?utm_content={n}#c{n}">x</a>' for n in range(2_000))
    assert links(body) == [("article", "/2026/08/23/a-post/?utm_content=0")]


def test_robots_txt_names_sitemaps_relative_and_absolute() -> None:
    body = b"User-agent: *\nSitemap: /s.xml\nSitemap: https://b.example/n.xml\nSitemap: /s.xml\n"
    body += b"Sitemap: file:///etc/passwd\nSitemap:\n"
    assert read_robots_sitemaps(body, "https://a.example/robots.txt") == (
        Link("https://a.example/s.xml", LinkKind.SITEMAP, listed=True),
        Link("https://b.example/n.xml", LinkKind.SITEMAP, listed=True),
    )
