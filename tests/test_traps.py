"""Traps are known by their shape, and ordinary addresses of news are none."""

from __future__ import annotations

import json

import pytest

from archiver.errors import UrlError
from archiver.urls import is_trap, normalise
from tests.shared import shared_path

TRAPS = [
    "https://a.example/post/?replytocom=12",
    "https://a.example/post/?unapproved=9&moderation-hash=0123456789abcdef",
    "https://a.example/post/?like_comment=3&_wpnonce=abc",
    "https://a.example/wp-login.php?redirect_to=https%3A%2F%2Fa.example%2F",
    "https://a.example/wp-admin/",
    "https://a.example/post/trackback/",
    "https://a.example/?s=climate+change",
    "https://a.example/index.php?action=edit&title=X",
    "https://a.example/post/?preview=true",
    "https://a.example/events/2031-05/",
    "https://a.example/events/2031-05-17/",
    "https://a.example/calendar/2031/5/",
    "https://a.example/en/kalender/2031/05/17",
    "https://a.example/calendar/week-31/",
    "https://a.example/events/?tribe-bar-date=2031-05-01",
    "https://a.example/2131/05/",
    "https://a.example/x;jsessionid=0A1B2C",
    "https://a.example/x?PHPSESSID=0123456789abcdef0123456789",
    "https://a.example/x?sid=0123456789abcdef0123456789abcdef",
    "https://a.example/(S(abcdefghijklmnopqrstuvwx))/page.aspx",
    "https://a.example/a/a/a/",
    "https://a.example/a/b/a/b/a/b/c",
    "https://a.example/img/x/img/y/img/z/img/",
    "https://a.example/" + "/".join(f"d{n}" for n in range(21)),
    "https://a.example/x?q=" + "y" * 2000,
    "https://a.example/shop?" + "&".join(f"f{n}=1" for n in range(13)),
]
ORDINARY = [
    "https://a.example/",
    "https://a.example/2026/08/23/a-slug-of-many-words-about-everything/",
    "https://a.example/2012/12/12/twelve-twelve-twelve/",
    "https://a.example/2026/08/",
    "https://a.example/news/2026/aug/23/article-comment-page-design",
    "https://a.example/events/2026/08/23/a-concert-in-the-park/",
    "https://a.example/events/a-concert-in-the-park/",
    "https://a.example/?p=1234",
    "https://a.example/index.php?id=1234&cat=7",
    "https://a.example/news/article.php?story=20260823&sid=42",
    "https://a.example/news/world-europe-12345678",
    "https://a.example/a/b/a/b/c",
    "https://a.example/post/comment-page-2/",
    "https://a.example/post/2/",
    "https://a.example/page/12/",
    "https://a.example/category/news/page/3/",
    "https://a.example/calendar-of-the-week-2026-08-23/",
    "https://a.example/2099/01/a-look-ahead/",
    "https://a.example/x?utm_source=a&utm_medium=b&utm_campaign=c",
    "https://a.example/artikel,id-0123456789abcdef0123456789abcdef.html",
]


@pytest.mark.parametrize("url", TRAPS)
def test_traps_are_known(url: str) -> None:
    assert is_trap(url)


@pytest.mark.parametrize("url", ORDINARY)
def test_ordinary_addresses_are_no_traps(url: str) -> None:
    assert not is_trap(url)


def test_no_address_of_a_real_article_is_a_trap() -> None:
    import gzip

    with gzip.open(shared_path("corpora/pages.jsonl.gz"), "rt", encoding="utf-8") as lines:
        addresses = [json.loads(line)["url"] for line in lines]
    caught = []
    for address in addresses:
        try:
            url = normalise(address)
        except UrlError:
            continue
        if is_trap(url):
            caught.append(url)
    assert len(addresses) > 1000
    assert caught == []


def test_an_address_that_does_not_parse_is_a_trap() -> None:
    assert is_trap("http://[::bad/")
