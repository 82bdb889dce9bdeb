"""Regular expressions over URLs: which match, which are refused, and in what time."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.url_patterns import fault_of_patterns, matching

URL = "https://paper.example/2024/05/a-story.html"


def test_all_expressions_that_are_found_are_named_in_their_order() -> None:
    known = (r"\.html$", "/shop/", r"/\d{4}/\d{2}/", "^https://paper")
    assert matching(known, URL) == (r"\.html$", r"/\d{4}/\d{2}/", "^https://paper")
    assert matching(("/shop/",), URL) == matching((), URL) == ()


@given(st.text("ab/-.", max_size=12), st.text("ab/-.", max_size=30))
def test_a_plain_text_is_found_where_it_stands(part: str, url: str) -> None:
    expression = re.escape(part)
    assert bool(matching((expression,), url)) == (re.search(expression, url) is not None)


@pytest.mark.parametrize(
    "expression", ["(a+)+$", "(a|a)*b", "(?:a*)*b", "(.*a){12}b", "a*a*a*a*b$"]
)
def test_no_expression_takes_longer_than_the_address_is_long(expression: str) -> None:
    url = "a" * 20_000 + "!"
    began = time.process_time()
    assert matching((expression,), url) == ()
    # Python's own takes minutes for thirty letters of the first three.
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("expressions", "fault"),
    [
        (("/a", "("), (1, "'(' is no regular expression: missing ): (")),
        ((r"(?!/shop/)",), (0, "'(?!/shop/)' is no regular expression: invalid perl operator: (?!")),
        ((r"(a)\1",), (0, r"'(a)\\1' is no regular expression: invalid escape sequence: \1")),
        (("a{1001}",), (0, "'a{1001}' is no regular expression: invalid repetition size: {1001}")),
        ((r"/\d{4}/", "(?i)/NEWS/"), None),
        ((), None),
    ],
)  # fmt: skip
def test_what_cannot_be_matched_in_linear_time_is_refused(
    expressions: tuple[str, ...], fault: tuple[int, str] | None
) -> None:
    assert fault_of_patterns(expressions) == fault


def test_a_url_with_half_a_character_is_looked_at() -> None:
    assert matching(("/a",), "https://paper.example/a\ud800") == ("/a",)
