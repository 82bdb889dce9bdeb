"""Selectors: CSS and XPath told apart, and what is wrong with one."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector

from archiver.selectors import fault_of_selector, is_xpath


@pytest.mark.parametrize(
    ("selector", "found"),
    [("div.a > p", False), (".headline", False), ("//p", True), ("./p", True), (".//p", True), ("(//p)[1]", True), ("string(//p)", True), ("//p[contains(., 'a (b)') and (last() or @x)]", True)],
)  # fmt: skip
def test_xpath_is_known_by_its_beginning(selector: str, found: bool) -> None:
    assert is_xpath(selector) is found
    assert fault_of_selector(selector) is None


@pytest.mark.parametrize(
    ("selector", "fault"),
    [
        ("div[", "is no CSS selector"),
        ("p:nonsense", "is no CSS selector"),
        ("//div[", "is no XPath selector"),
        ("//x:div", "is no XPath selector"),
        ("//div[foo()]", "is no XPath selector"),
        ("//a[ends-with(@href, 'x(')]", "XPath 1.0 has no function ends-with"),
        ("//p[. = '\x00']", "is no XPath selector"),
        ("(1 + 1)", "gives a number"),
    ],
)
def test_what_cannot_be_used_is_told(selector: str, fault: str) -> None:
    assert fault in (fault_of_selector(selector) or "")


@pytest.mark.parametrize(
    "selector", ["//div/text()", "//a/@href", "string(//p)", "//p/attribute::class/@x"]
)
def test_where_elements_are_needed_a_text_is_none(selector: str) -> None:
    assert fault_of_selector(selector) is None
    assert "elements are needed" in (fault_of_selector(selector, of_elements=True) or "")


def test_an_attribute_in_a_condition_is_fine_for_elements() -> None:
    assert fault_of_selector("//a[@href]", of_elements=True) is None
    assert fault_of_selector("//a[text()]", of_elements=True) is None


PIECES = st.sampled_from(
    [
        "div",
        "*",
        ".a-b",
        "#c",
        "[rel]",
        "[rel=author]",
        '[class~="x y"]',
        "[a|=b]",
        " ",
        " > ",
        ",",
        "+",
        "~",
        ":",
        "::",
        "-",
        "3",
        "|",
        "=",
        "(",
        ")",
        '"',
        "é",
        "_x",
        "\n",
        "\\",
    ]
)


@given(st.lists(PIECES, max_size=7).map("".join))
def test_css_has_a_fault_when_the_library_says_so(selector: str) -> None:
    if is_xpath(selector):
        return
    try:
        CSSSelector(selector, translator="html")
    except Exception:
        assert fault_of_selector(selector) is not None
    else:
        assert fault_of_selector(selector) is None
