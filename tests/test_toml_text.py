"""TOML text: values, and the line of each."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.errors import RulesError
from archiver.toml_text import Path, lines_of, read_toml

EVERYTHING = '''\
# of every kind
host = "a" # and a comment
seeds = [
  "a # no comment", # one
  'b]',
  """c
]""", "d"
]
when = 2020-01-01 00:00:00
x.y = 3
"q\\"z" = {a = 1, b = [1,
2]}

[[layout]]
body = "x"
[[layout]]
  body = ["y",
"z"]
[layout.more]
q = 1
[[layout.other]]
'l' = \'\'\'
[[layout]]\'\'\'
'''


def test_each_key_table_and_entry_has_its_line() -> None:
    read_toml(EVERYTHING, "a.toml")
    assert lines_of(EVERYTHING) == {
        ("host",): 2,
        ("seeds",): 3,
        ("seeds", 0): 4,
        ("seeds", 1): 5,
        ("seeds", 2): 6,
        ("seeds", 3): 7,
        ("when",): 9,
        ("x",): 10,
        ("x", "y"): 10,
        ('q"z',): 11,
        ('q"z', "a"): 11,
        ('q"z', "b"): 11,
        ('q"z', "b", 0): 11,
        ('q"z', "b", 1): 12,
        ("layout",): 14,
        ("layout", 0): 14,
        ("layout", 0, "body"): 15,
        ("layout", 1): 16,
        ("layout", 1, "body"): 17,
        ("layout", 1, "body", 0): 17,
        ("layout", 1, "body", 1): 18,
        ("layout", 1, "more"): 19,
        ("layout", 1, "more", "q"): 20,
        ("layout", 1, "other"): 21,
        ("layout", 1, "other", 0): 21,
        ("layout", 1, "other", 0, "l"): 22,
    }


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x7f", min_codepoint=32), max_size=12
)
KEYS = st.text("abcdefg-_", min_size=1, max_size=5)
VALUES = st.recursive(
    WORDS | st.integers(-9, 9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def paths_of(value: object, here: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        return {here} | {path for key in value for path in paths_of(value[key], (*here, key))}
    if isinstance(value, list):
        return {here} | {p for at, one in enumerate(value) for p in paths_of(one, (*here, at))}
    return {here}


def spelled(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {spelled(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(spelled, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_stated_every_value_has_a_line_that_holds_its_key(
    said: dict[str, object],
) -> None:
    text = "".join(f"{key} = {spelled(value)}\n" for key, value in said.items())
    assert read_toml(text, "a.toml") == said
    lines = lines_of(text)
    assert set(lines) == paths_of(said) - {()}
    rows = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in rows[line - 1]


SNIPPETS = st.sampled_from(
    ["a", "b.c", '"d e"', " = ", "1", '"x"', "[", "]", "[[", "]]", "{", "}", ", ", "\n", "# z\n"]
)


@given(st.lists(SNIPPETS, max_size=14).map("".join))
@example("[[b.c]]\n[b.c.d]\n[[b.c]]\na.a=1")
def test_every_way_of_writing_that_the_parser_reads_is_walked_to_its_end(text: str) -> None:
    try:
        said = read_toml(text, "a.toml")
    except RulesError:
        return
    assert set(lines_of(text)) == paths_of(said) - {()}


@pytest.mark.parametrize(
    ("text", "place"),
    [('a = 1\nb = "', "a.toml, line 2"), ("a = 2024-02-30", "a.toml, line 1"), ("a = " + "[" * 99_999, "a.toml")],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line(text: str, place: str) -> None:
    with pytest.raises(RulesError, match="no TOML") as caught:
        read_toml(text, "a.toml")
    assert str(caught.value.place).startswith(place)
