"""Parameters of an address: read, set and taken away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.url_parts import parameter, with_parameters
from archiver.urls import normalise

URL = "https://a.example/x?a=1&B=%C3%A9&a=2&empty="


def test_a_parameter_is_the_first_of_its_name_unescaped() -> None:
    assert parameter(URL, "a") == "1"
    assert parameter(URL, "b") == "é"
    assert parameter(URL, "empty") == ""
    assert parameter(URL, "none") is None
    assert parameter("https://a.example/x", "a") is None


def test_parameters_are_replaced_and_taken_away() -> None:
    assert with_parameters(URL, {"A": "3"}) == "https://a.example/x?B=%C3%A9&empty=&A=3"
    assert with_parameters(URL, {"a": None, "b": None, "empty": None}) == "https://a.example/x"
    assert (
        with_parameters("https://a.example/", {"f": "id,link", "at": "2026-01-01T00:00:00Z"})
        == "https://a.example/?f=id,link&at=2026-01-01T00:00:00Z"
    )


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_what_was_set_is_read_and_stays_normalised(name: str, value: str) -> None:
    name, value = (text.encode("utf-8", "ignore").decode() for text in (name, value))
    made = with_parameters(URL, {name: value})
    assert parameter(made, name) == value
    assert normalise(made) == made
