"""Bytes to trees and trees to text: charset by trust, defined results for bad input."""

from __future__ import annotations

import pytest

from archiver.dom import join, paragraphs_of, parse, text_of
from archiver.errors import NotHtml
from tests.pages import document, raw_page

LIMIT = 16 * 1024 * 1024
WORD = "Grüße, Müller – “ja”"


def page_in(charset: str, *, meta: str = "") -> bytes:
    tag = f'<meta charset="{meta}">' if meta else ""
    return f"<!doctype html><html><head>{tag}</head><body><p>{WORD}</p></body></html>".encode(
        charset
    )


@pytest.mark.parametrize(
    ("payload", "content_type", "encoding"),
    [
        pytest.param(page_in("utf-8"), b"text/html; charset=utf-8", "utf-8", id="header"),
        pytest.param(
            page_in("cp1252"), b"text/html; charset=windows-1252", "cp1252", id="header 1252"
        ),
        pytest.param(page_in("cp1252", meta="iso-8859-1"), b"text/html", "cp1252", id="meta"),
        pytest.param(
            page_in("utf-8-sig"), b"text/html; charset=iso-8859-1", "utf-8", id="BOM first"
        ),
        pytest.param(page_in("utf-16"), b"text/html", "utf-16-le", id="UTF-16 by its BOM"),
        pytest.param(
            page_in("utf-8"), b"text/html; charset=iso-8859-1", "utf-8", id="stale header"
        ),
        pytest.param(page_in("utf-8", meta="iso-8859-1"), b"text/html", "utf-8", id="stale meta"),
        pytest.param(
            page_in("cp1252"), b"text/html; charset=utf-8", "cp1252", id="no UTF-8 at all"
        ),
        pytest.param(
            page_in("cp1252"), b"text/html; charset=klingon", "cp1252", id="unknown charset"
        ),
        pytest.param(
            page_in("cp1252"), b"text/html; charset=base64", "cp1252", id="codec, no charset"
        ),
        pytest.param(
            page_in("cp1252"), b"text/html; charset=utf-7", "cp1252", id="UTF-7 is refused"
        ),
        pytest.param(page_in("utf-8"), b"text/html", "utf-8", id="guess"),
    ],
)
def test_charset_is_taken_in_order_of_trust(
    payload: bytes, content_type: bytes, encoding: str
) -> None:
    parsed = parse(raw_page(payload, headers=((b"Content-Type", content_type),)), limit_bytes=LIMIT)
    assert (parsed.encoding, text_of(parsed.tree.find(".//p"))) == (encoding, WORD)


def test_one_bad_byte_does_not_change_the_charset() -> None:
    payload = page_in("utf-8").replace(b"</p>", b"\xe4</p>")
    parsed = parse(raw_page(payload), limit_bytes=LIMIT)
    assert text_of(parsed.tree.find(".//p")) == WORD + "\ufffd"


def test_page_cut_inside_a_character_is_still_utf8() -> None:
    payload = ("<html><body><p>" + "ä" * 50).encode()[:-1]
    parsed = parse(raw_page(payload, headers=((b"content-type", b"text/html"),)), limit_bytes=LIMIT)
    assert text_of(parsed.tree).startswith("ä" * 49)


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [
        pytest.param(b"", b"text/html", id="empty"),
        pytest.param(b" \r\n\t", b"text/html", id="blank"),
        pytest.param(b"\x00" * 99, b"text/html", id="NUL only"),
        pytest.param(b'{"html": "<p>text</p>"}', b"application/json", id="JSON"),
        pytest.param(b'{"html": "text"}', b"text/html", id="JSON as HTML"),
        pytest.param(b"%PDF-1.7 <html>", b"text/html", id="PDF as HTML"),
        pytest.param(b"\x89PNG\r\n\x1a\n", b"image/png", id="PNG"),
        pytest.param(b"document.write('<div>')", b"text/javascript", id="script"),
        pytest.param(b"plain words", b"text/plain", id="plain text"),
    ],
)
def test_what_is_no_page_is_said_to_be_none(payload: bytes, content_type: bytes) -> None:
    with pytest.raises(NotHtml, match=r"paper\.example"):
        parse(raw_page(payload, headers=((b"Content-Type", content_type),)), limit_bytes=LIMIT)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(b"<p>a\x00b</p>", "ab", id="NUL bytes"),
        pytest.param(b"<html><body><p>a</p></body></html><html><p>b</p>", "a b", id="two html"),
        pytest.param(b"<?xml version='1.0' encoding='x'?><html><p>a</p></html>", "a", id="XHTML"),
        pytest.param(b"<p>a<p>b</div></table><i>c", "a bc", id="unclosed"),
        pytest.param(b"<div>&#0;&#xD800;&#99999999;a</div>", None, id="bad character references"),
        pytest.param(
            b"<p>&#128512;&#x1f600;&#49;&#1;&#x1F;</p>", "😀😀1", id="character references"
        ),
        pytest.param(b"<div>" * 5000 + b"<p>a</p>", None, id="5,000 nested tags"),
    ],
)
def test_broken_markup_gives_a_tree(payload: bytes, expected: str | None) -> None:
    parsed = parse(raw_page(payload), limit_bytes=LIMIT)
    text = text_of(parsed.tree)
    assert expected is None or text == expected


def test_text_after_three_hundred_open_elements_is_kept() -> None:
    payload = b"<html><body>" + b"<font>" * 300 + b"<p>late words</p>"
    assert text_of(parse(raw_page(payload), limit_bytes=LIMIT).tree) == "late words"


def test_base_is_what_links_are_resolved_against() -> None:
    parsed = document("", head='<base href="/archive/">')
    assert parsed.base_url == "https://paper.example/archive/"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("b/c", "https://paper.example/a/b/c"),
        ("//other.example/x", "https://other.example/x"),
        ("javascript:void(0)", None),
        ("mailto:a@b.example", None),
        ("http://[::bad", None),
        ("data:text/html,x", None),
    ],
)
def test_join_gives_web_addresses_only(reference: str, expected: str | None) -> None:
    assert join("https://paper.example/a/", reference) == expected


def test_paragraphs_are_what_a_reader_sees() -> None:
    parsed = document(
        "<div>One <b>two</b>.<br>Three.<p>Four\n five</p><script>no()</script><ul><li>Six</li></ul>"
        "<span>Seven<br><br>Eight</span><p class='x'>left out</p> Nine</div>"
    )
    body = parsed.tree.find("body")
    assert paragraphs_of(body, lambda node: node.get("class") == "x") == (
        "One two.\nThree.\n\nFour five\n\nSix\n\nSeven\n\nEight\n\nNine"
    )
    assert text_of(body) == "One two. Three. Four five Six Seven Eight left out Nine"
