"""SURT keys: what pywb and cdxj-indexer would write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.surt import surt_key

# Each row was checked against surt 0.3.1, the package that pywb 2.10 and cdxj-indexer use.
KEYS = [
    ("http://example.com/path/file.html", "com,example)/path/file.html"),
    ("https://www.Example.com:443/A/?b=2&a=1#x", "com,example)/a?a=1&b=2"),
    ("http://www2.example.com/", "com,example)/"),
    ("http://wwww.example.com/", "com,example,wwww)/"),
    ("http://127.0.0.1:8101/2026/08/x/", "1,0,0,127:8101)/2026/08/x"),
    ("http://[::1]:8080/a", "::1:8080)/a"),
    ("https://user:secret@example.com/", "com,example)/"),
    ("http://example.com//a///b/", "com,example)/a/b"),
    ("http://example.com/../a", "com,example)/../a"),
    ("http://example.com/a/./b/../c", "com,example)/a/c"),
    ("http://example.com/%2525/%252F%C3%84", "com,example)/%25/%c3%84"),
    ("http://example.com/?", "com,example)/"),
    ("http://example.com/?a&B=&A=", "com,example)/?a&a=&b="),
    ("http://example.com/a b?c d", "com,example)/a%20b?c%20d"),
    ("http://bücher.de/", "de,xn--bcher-kva)/"),
    ("http://e.com/?sid=0123456789abcdef0123456789abcdef&a=1", "com,e)/?a=1"),
    ("http://e.com/(S(abcdefghijklmnopqrstuvwx))/p.aspx", "com,e)/p.aspx"),
    ("http://2130706433/", "1,0,0,127)/"),
    ("http:////////example.com/a", "com,example)/a"),
    ("http://https://example.com/a", "com,example)/a"),
    ("example.com/a", "com,example)/a"),
    ("dns:example.com", "dns:example.com"),
    ("urn:uuid:1", "urn:uuid:1"),
]


@pytest.mark.parametrize(("url", "key"), KEYS, ids=[row[0] for row in KEYS])
def test_keys_are_those_of_the_replay_tools(url: str, key: str) -> None:
    assert surt_key(url) == key


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_target_uri_has_a_key_on_one_line_without_white_space(text: str) -> None:
    for uri in (text, "http://" + text, "https://example.com/" + text):
        key = surt_key(uri)
        assert key
        assert not any(sign.isspace() for sign in key)
