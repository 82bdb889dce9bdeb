"""How scripts know a page, and the addresses of requests."""

from __future__ import annotations

import json

import pytest

from archiver.comments.locations import (
    absolute,
    address_of,
    host_of,
    page_fields,
    pathname_of,
    posted,
    query_of,
    with_query,
)
from archiver.model import Ask
from tests.pages import URL, document


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://Paper.example:443/a%20b/?x#y", "paper.example", "/a%20b/"),
        ("http://paper.example:443", "paper.example:443", "/"),
        ("http://me@paper.example:80/ä/(1)", "paper.example", "/%C3%A4/(1)"),
    ],
)
def test_location(url: str, host: str, path: str) -> None:
    assert (host_of(url), pathname_of(url)) == (host, path)


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="canonical" href="/a/#top">', "https://paper.example/a/"),
        ('<link rel="canonical" href=""><link rel="canonical" href="/b/">', "https://paper.example/b/"),
        ('<link rel="canonical" href="javascript:void(0)">', URL),
        ("", URL),
    ],
)  # fmt: skip
def test_address_is_the_canonical_one(head: str, address: str) -> None:
    assert address_of(document("", head=head, url=f"{URL}#comments")) == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("HTTPS://x.example/a", "https://x.example/a"),
        ("//x.example/a", "https://x.example/a"),
        ("/a", "https://paper.example/a"),
        ("PAGE_URL", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_names_of_variables_are_no_addresses(said: str | None, address: str | None) -> None:
    assert absolute(document(""), said) == address


def test_fields_of_a_query_keep_their_order_and_the_first_of_each_name() -> None:
    assert query_of("https://x.example/?b=1&a=&b=2") == {"b": "1", "a": ""}
    assert query_of("https://[/?a=1") == {}
    assert page_fields("https://x.example/p?b=1+2&a=3#f", {"a": "4", "c": "ä/"}) == (
        "https://x.example/p?b=1%202&a=4&c=%C3%A4%2F"
    )


def test_pairs_of_a_query_may_repeat_their_name() -> None:
    pairs = [("thread:ident", "a&b"), ("include", "x"), ("include", "\ud800")]
    assert with_query("https://x.example/p?old=1#f", pairs) == (
        "https://x.example/p?thread:ident=a%26b&include=x&include=%3F"
    )


def test_posted() -> None:
    ask = posted("https://x.example/", {"path": "/ä"})
    headers = (("Content-Type", "application/json"),)
    assert ask == Ask("https://x.example/", "POST", headers, json.dumps({"path": "/ä"}))
