from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Link, LinkKind
from archiver.shapes import LONGEST_SHAPE, kind_of, shape_of

SITE = "https://www.paper.example"

SHAPES = [
    ("/", "/"),
    ("/politics/2024/05/17/the-bridge-is-open/", "/w/9999/99/99/slug/"),
    ("/sport/2023/12/01/rain-stops-the-game/", "/w/9999/99/99/slug/"),
    ("/politics/", "/w/"),
    ("/politics", "/w"),
    ("/arts-and-culture/", "/w-w-w/"),
    ("/tag/bridge/", "/tag/w/"),
    ("/Author/jane-doe", "/author/w-w"),
    ("/the-bridge-is-open-after-seven-long-years", "/slug+"),
    ("/article-1234567.html", "/w-99999.html"),
    ("/the-bridge-is-open-1234567.html", "/slug-99999.html"),
    ("/1234567-the-bridge-is-open", "/99999-slug"),
    ("/12345-the-bridge-is-open", "/99999-slug"),
    ("/10-reasons-to-stay-here", "/slug"),
    ("/wahl-2024", "/w-9999"),
    ("/news/articles/c4gkz3xj2rpo", "/news/articles/code"),
    ("/a/9f86d081-884c-4d65-9a2f-eaa0c55ad015", "/a/hex"),
    ("/123", "/999"),
    ("/?p=12", "/?p"),
    ("/index.php?id=12&Sec=a&id=13", "/w.php?id&sec"),
    ("/feed.xml?", "/w.xml?"),
    ("/%E6%96%B0%E3%81%97%E3%81%84%E6%A9%8B%E3%81%8C%E9%96%8B%E9%80%9A%E3%81%97%E3%81%BE%E3%81%97"
     "%E3%81%9F%E3%80%82", "/slug"),
    ("/%D0%BC%D0%BE%D1%81%D1%82/", "/w/"),
    ("//double/", "//w/"),
    ("/-/", "/-/"),
    ("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/w/f/w/w/+"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "shape"), SHAPES, ids=lambda value: value[:40])
def test_the_parts_of_an_address_have_kinds(address: str, shape: str) -> None:
    assert shape_of(SITE + address) == "paper.example" + shape


def test_another_host_of_a_site_has_shapes_of_its_own() -> None:
    assert shape_of("https://blog.paper.example/x/") == "blog.paper.example/w/"
    assert shape_of("http://paper.example/x/") == shape_of("https://www.paper.example/y/")


@given(st.integers(5, 12), st.integers(5, 12), st.integers(2, 9))
def test_ids_grow_within_their_shape(short: int, long: int, digit: int) -> None:
    first, second = str(digit) * short, str(digit) * long
    for form in ("/{}", "/a-b-c-d-{}.html", "/{}/x", "/?p={}", "/{}-a-b"):
        assert shape_of(SITE + form.format(first)) == shape_of(SITE + form.format(second))


@given(st.text(max_size=400))
def test_a_shape_is_short_whatever_the_address(text: str) -> None:
    for url in (text, f"{SITE}/{text}"):
        shape = shape_of(url)
        assert len(shape) <= LONGEST_SHAPE
        assert shape == shape_of(url)


@pytest.mark.parametrize("kind", LinkKind)
def test_only_an_ordinary_link_changes_its_kind(kind: LinkKind) -> None:
    link = Link(f"{SITE}/x", kind)
    assert kind_of(link, None) is kind
    is_ordinary = kind is LinkKind.PAGE
    assert kind_of(link, True) is (LinkKind.ARTICLE if is_ordinary else kind)
    assert kind_of(link, False) is (LinkKind.SECTION if is_ordinary else kind)
