"""URLs: one spelling, a key for the same page, host and site."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archiver.errors import UrlError
from archiver.urls import (
    canonical_key,
    host_is_address,
    host_of,
    is_comment_page,
    is_trap,
    normalise,
    registrable_domain,
    site_of,
    surt_key,
)
from tests.shared import shared_path

NORMALISED = [
    ("HTTP://WWW.Example.COM:80/A/../b/./C?x=1#part", "http://www.example.com/b/C?x=1"),
    ("https://example.com:443", "https://example.com/"),
    ("https://example.com:8443/", "https://example.com:8443/"),
    ("https://user:secret@example.com/", "https://example.com/"),
    ("https://example.com./a", "https://example.com/a"),
    ("https://bücher.example/ä?ö=ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"),
    ("https://ex\tam\nple.com/a b", "https://example.com/a%20b"),
    ("  https://example.com/a\r\nX-Injected: 1 ", "https://example.com/aX-Injected:%201"),
    ("https:\\\\example.com\\a\\b?c\\d", "https://example.com/a/b?c%5Cd"),
    ("https://example.com/%2e%2E/a/%2e/b", "https://example.com/a/b"),
    ("https://example.com/?b=2&a=1&utm_source=x", "https://example.com/?b=2&a=1&utm_source=x"),
    ("https://example.com/?", "https://example.com/"),
    ("https://example.com/100%", "https://example.com/100%"),
    ("http://2130706433/", "http://127.0.0.1/"),
    ("http://[0:0::FFFF:7f00:1]/", "http://[::ffff:7f00:1]/"),
    ("https://💩.example/", "https://xn--ls8h.example/"),
]


@pytest.mark.parametrize(("given_url", "expected"), NORMALISED, ids=[row[0] for row in NORMALISED])
def test_normalise_gives_the_one_spelling(given_url: str, expected: str) -> None:
    assert normalise(given_url) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("c", "https://example.com/a/c"),
        ("/c", "https://example.com/c"),
        ("../../../c", "https://example.com/c"),
        ("?q=1", "https://example.com/a/b?q=1"),
        ("#top", "https://example.com/a/b?x=1"),
        ("", "https://example.com/a/b?x=1"),
        ("//other.example/c", "https://other.example/c"),
        ("https:c", "https://example.com/a/c"),
        ("http:c", "http://c/"),
    ],
)
def test_references_are_resolved_as_a_browser_does(reference: str, expected: str) -> None:
    assert normalise(reference, "https://example.com/a/b?x=1#y") == expected


def test_a_query_is_written_in_the_charset_of_the_page_and_the_path_in_utf8() -> None:
    link = normalise("/ж?q=ж", "https://example.com/", encoding="windows-1251")
    assert link == "https://example.com/%D0%B6?q=%E6"
    for charset, query in (
        ("latin-1", "q=%E9%26%231078%3B"),
        ("utf-16-le", "q=%C3%A9%D0%B6"),
        ("no-such-charset", "q=%C3%A9%D0%B6"),
    ):
        link = normalise("?q=éж", "https://example.com/", encoding=charset)
        assert link == f"https://example.com/?{query}"


@pytest.mark.parametrize(
    "bad",
    [
        "", "example.com", "/a", "mailto:a@example.com", "javascript:void(0)", "file:///etc/passwd",
        "data:text/html,x", "ftp://example.com/", "http://", "https:///", "http://[::bad",
        "http://[fe80::1%25eth0]/", "http://exa mple.com/", "http://example.com:0/",
        "http://example.com:65536/", "http://example.com:x/", "http://example.com:1000000000000080/",
        "http://1.2.3.4.5/", "http://256.1.1.1/", "http://a..example/", "http://.example/",
        "http://%00.example/", "http://" + "a" * 64 + ".example/",
        "http://a.example/" + "x" * 20000,
        "http://xn--a\u0000b/", "//example.com", "http://example.com:²/",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused_by_name(bad: str) -> None:
    with pytest.raises(UrlError):
        normalise(bad)


def test_browsers_cases_end_in_their_url_or_in_urlerror() -> None:
    cases = json.loads(shared_path("conformance/urls/urltestdata.json").read_text("utf-8"))
    cases = [case for case in cases if isinstance(case, dict)]
    assert len(cases) > 800
    same = 0
    for case in cases:
        expected = case.get("href") or ""
        if not expected.startswith(("http:", "https:")):
            expected = None
        try:
            found = normalise(case["input"], case.get("base"))
        except UrlError:
            same += expected is None
        else:
            assert found.isascii()
            assert found.isprintable()
            assert " " not in found
            same += expected is not None and found == _without_what_is_never_sent(expected)
        surt_key(case["input"])
        is_trap(case["input"])
    # The rest: port 0, empty labels, closing dots, signs that RFC 3986 does not allow.
    assert same / len(cases) >= 0.985


def _without_what_is_never_sent(href: str) -> str:
    scheme, _, rest = href.partition("#")[0].partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


urls = st.builds(
    "{}://{}{}/{}?{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["example.com", "WWW.Exämple.org", "127.1", "[::1]", "a.b.c.example."]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text(st.sampled_from("ab.A/%2e5;~ é\\"), max_size=30),
    st.text(st.sampled_from("ab=&%7E5sidutm_x+;é[]'"), max_size=30),
)


@given(urls)
@settings(max_examples=300, deadline=None)
def test_normalise_and_canonical_key_are_idempotent(url: str) -> None:
    once = normalise(url)
    assert normalise(once) == once
    key = canonical_key(url)
    assert canonical_key(key) == key
    assert canonical_key(once) == key


@given(urls)
@settings(max_examples=300, deadline=None)
def test_scrapy_sends_a_normalised_url_as_it_is(url: str) -> None:
    once = normalise(url)
    assert safe_url_string(once) == once


@given(st.text(max_size=80))
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_url_or_a_urlerror(text: str) -> None:
    try:
        link = normalise(text, "https://example.com/a/")
    except UrlError:
        return
    assert link.isascii()
    assert link.isprintable()
    assert host_of(link)
    assert site_of(link)
    surt_key(link)


SAME_PAGE = [
    ("https://a.example/x?utm_source=feed&utm_medium=rss", "https://a.example/x"),
    ("https://a.example/x?fbclid=1&id=7", "https://a.example/x?id=7"),
    ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
    ("https://a.example/x?", "https://a.example/x"),
    ("https://a.example/%7euser/%e4", "https://a.example/~user/%E4"),
    ("https://a.example/x;jsessionid=0A1B?y=1", "https://a.example/x?y=1"),
    ("https://a.example/b/..;sid=1", "https://a.example/"),
    ("https://a.example/?PHPSESSID=0123&p=4", "https://a.example/?p=4"),
    ("https://a.example/post/?replytocom=12#respond", "https://a.example/post/"),
    ("https://a.example/post/?unapproved=1&moderation-hash=abc", "https://a.example/post/"),
    ("https://a.example/post/?share=facebook&nb=1", "https://a.example/post/?nb=1"),
    ("https://a.example/?s=climate", "https://a.example/?s=climate"),
    ("https://a.example/?a=2&a=1", "https://a.example/?a=2&a=1"),
    ("http://a.example/X/", "http://a.example/X/"),
]


@pytest.mark.parametrize(("url", "key"), SAME_PAGE, ids=[row[0] for row in SAME_PAGE])
def test_canonical_key_drops_what_does_not_name_the_page(url: str, key: str) -> None:
    assert canonical_key(url) == key


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("www.example.com", "example.com"),
        ("a.b.blogspot.com", "b.blogspot.com"),
        ("index.lab.example", "lab.example"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("WWW.Example.COM.", "example.com"),
        ("www.xn--bcher-kva.de", "xn--bcher-kva.de"),
    ],
)
def test_registrable_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://www.bbc.co.uk:8443/news", "bbc.co.uk"),
        ("http://127.0.0.1:8101/a", "127.0.0.1:8101"),
        ("http://127.0.0.1/a", "127.0.0.1:80"),
        ("https://localhost/", "localhost:443"),
        ("http://[::1]:8101/", "[::1]:8101"),
    ],
)
def test_site_of_an_address_always_names_its_port(url: str, site: str) -> None:
    assert site_of(url) == site


def test_host_of_has_no_brackets_and_no_port() -> None:
    assert host_of("http://[::1]:80/") == "::1"
    assert host_of("https://Example.com:8443/") == "example.com"
    assert [host_is_address(host) for host in ("::1", "10.0.0.1", "a1.example", "7.example")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("tail", ["é" * 5000, "?" + "[" * 9000], ids=["path", "query"])
def test_an_address_is_not_too_long_after_escaping_either(tail: str) -> None:
    with pytest.raises(UrlError):
        normalise("https://a.example/" + tail)


def test_lone_surrogates_do_no_harm() -> None:
    assert normalise("https://a.example/\ud800?\udfff") == "https://a.example/%3F?%26%2357343%3B"
    with pytest.raises(UrlError):
        normalise("https://\ud800.example/")
    assert surt_key("https://a.example/\ud800") == "example,a)/?"


def test_pages_of_comments_are_known() -> None:
    assert is_comment_page("https://a.example/post/comment-page-2/")
    assert is_comment_page("https://a.example/?p=7&cpage=2")
    assert not is_comment_page("https://a.example/2026/08/comment-page-design/")
    assert not is_comment_page("https://a.example/post/2/")
