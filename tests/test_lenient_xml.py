"""Broken XML: what is whole in it is found, and nothing of it costs more than its length."""

from __future__ import annotations

import time

import pytest

from archiver.lenient_xml import elements

NAMES = frozenset({"title"})
ENTRIES = frozenset({"item"})


def found(text: str, entries: frozenset[str] = ENTRIES) -> list[str]:
    """The links of the entries, each once, in the order of their first coming."""
    links = [
        element.findtext("link") or ""
        for element in elements(text.encode(), NAMES, entries=entries)
        if element.tag == "item"
    ]
    return list(dict.fromkeys(filter(None, links)))


def feed(middle: str) -> str:
    before = "".join(f"<item><link>{number}</link></item>" for number in range(3))
    after = "".join(f"<item><link>{number}</link></item>" for number in range(3, 6))
    return f"<rss><channel>{before}{middle}{after}</channel></rss>"


@pytest.mark.parametrize(
    "middle",
    [
        "",
        "</wrong>",
        "</channel></rss>",
        "<item><title>a<br>b</title></item>",
        "<item a=b c><title>x</title></item>",
        "<item><title>1 < 2</title></item>",
        "<item>" + "<b>" * 400 + "</item>",
        "<item><title>no end",
        "<?php echo 1",
        "<!DOCTYPE x>",
        "<!-- <item><link>9</link></item> -->",
        "<![CDATA[ <item><link>9</link></item> ]]>",
        "<x:y/>",
    ],
)
def test_a_broken_entry_spoils_no_other(middle: str) -> None:
    assert found(feed(middle)) == ["0", "1", "2", "3", "4", "5"]


def test_names_come_with_entries_in_their_order_and_prefixes_hold() -> None:
    text = (
        """<r xmlns:a="urn:a"><a:title>T</a:title><a:item><b:title/></a:item></zz><a:item/></r>"""
    )
    tags = [element.tag for element in elements(text.encode(), NAMES, entries=ENTRIES)]
    assert tags[:2] == ["{urn:a}title", "{urn:a}item"]
    assert tags.count("{urn:a}item") == 3  # the first comes twice, the second after the break


@pytest.mark.parametrize(
    "part",
    ["<item>", "<item></x>", "<![CDATA[", "<!--", "</item>", "<item a='", "&", "&a;", "<", "<r "],
)
def test_broken_markup_of_one_kind_is_read_in_linear_time(part: str) -> None:
    text = "<rss>" + part * (500_000 // len(part))
    start = time.thread_time()
    found(text)
    assert time.thread_time() - start < 5
