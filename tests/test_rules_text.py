"""The text of a rules file: all that is wrong with it, with line, key and remedy."""

# ruff: noqa: E501 - a table, a case to a line

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import archiver
from archiver.errors import Place, RulesError
from archiver.rules_text import SELECTORS, Fault, FaultyRules, faults_of, read_values, schema
from archiver.sites import Routes, Strategy, check_rules

WRONG = r"""host = "Bad.example"
sedes = []
valid_until = 3
delay_seconds = nan
article_url = ["(", "ok", "(?!x)a"]
archives = ["https://a.example/{yyyy}/{day}/", "https://a.example/{yyyy}/"]
discover = ["feeds",
  "feed"]
revisits = "no"
colour = "red"
[[layout]]
body = ["//div/text()", "div["]
feeds = []
titel = "h1"
valid_until = 2024-02-28T00:00:00
[[layout]]
remove = [3]
valid_until = 2020-01-01
[[layout]]
valid_until = 2020-01-01
"""


def told(text: str) -> list[str]:
    return [str(fault) for fault in read_values(text, "a.toml")[1]]


def test_all_that_is_wrong_is_told_in_the_order_of_the_lines() -> None:
    assert told(WRONG) == [
        'a.toml, line 1: host: must be a host name in lower case, without https://, not "Bad.example". Write host = "example.org"',
        "a.toml, line 2: sedes: is no key of a rules file. Did you mean seeds?",
        "a.toml, line 3: valid_until: is no key of a rules file. Put it below a line [[layout]]",
        "a.toml, line 4: delay_seconds: must be a number of seconds from 0 to 3600, not NaN. Write delay_seconds = 2.0",
        "a.toml, line 5: article_url: '(' is no regular expression: missing ): (. Mend it",
        "a.toml, line 5: article_url: '(?!x)a' is no regular expression: invalid perl operator: (?!. Look-around and back references cannot be had: say what does match",
        "a.toml, line 6: archives: 'https://a.example/{yyyy}/' names no year and month. Write it like https://example.org/{yyyy}/{mm}/{dd}/",
        "a.toml, line 6: archives: {day} stands for nothing. Write it like https://example.org/{yyyy}/{mm}/{dd}/",
        'a.toml, line 8: discover: must be a list of "feeds", "sitemaps", "listings", "archives" and "links", each once, not "feed". Write discover = ["feeds", "sitemaps"]',
        'a.toml, line 9: revisits: must be true or false, not "no". Write revisits = false',
        "a.toml, line 10: colour: is no key of a rules file. Take it out, or choose one of archives, article_url, delay_seconds, discover, exclude_url, feeds, host, layout, listings, revisits, seeds, sitemaps, threads",
        "a.toml, line 12: body: '//div/text()' gives a text, and elements are needed here. Mend it",
        "a.toml, line 12: body: 'div[' is no CSS selector: Expected ident or '*', got <EOF at 4>. Mend it",
        "a.toml, line 13: feeds: is no key of a layout. Put it above the first [[layout]]",
        "a.toml, line 14: titel: is no key of a layout. Did you mean title?",
        'a.toml, line 15: valid_until: must be a day, not "2024-02-28T00:00:00". Write valid_until = 2024-05-31',
        'a.toml, line 17: remove: must be a list of selectors, not 3. Write remove = ["div.article-text"]',
        "a.toml, line 20: valid_until: two layouts are valid until 2020-01-01. Join them",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "a.toml: host: is missing"),
        ("host = 3", "a.toml, line 1: host: must be a host name in lower case, without https://, not 3"),
        ('host = ""', "a.toml, line 1: host: must be a host name"),
        ('host = "*"\nlayout = 3', "a.toml, line 2: layout: must be tables, not 3"),
        ('host = "*"\nlayout = [3]', "a.toml, line 2: layout: must be a table, not 3"),
        ('host = "*"\nseeds = "ftp://a"', "a.toml, line 2: seeds: must be addresses"),
        ('host = "*"\nfeeds = [["https://a"]]', 'a.toml, line 2: feeds: must be addresses that begin with https:// or http://, not ["https://a"]'),
        ('host = "*"\nexclude_url = ""', "a.toml, line 2: exclude_url: must be a list of regular"),
        ('host = "*"\ndelay_seconds = true', "a.toml, line 2: delay_seconds: must be a number"),
        ('host = "*"\ndelay_seconds = inf', "a.toml, line 2: delay_seconds: must be a number"),
        ('host = "*"\ndelay_seconds = "2"', "a.toml, line 2: delay_seconds: must be a number"),
        ('host = "*"\ndiscover = ["feeds", "feeds"]', "a.toml, line 2: discover: must be a list"),
        ('host = "*"\nthreads = 1', 'a.toml, line 2: threads: must be one of "off", "page"'),
        ('host = "*"\n[[layout]]\nvalid_until = 12:00:00', 'a.toml, line 3: valid_until: must be a day, not "12:00:00"'),
        ('host = "*"\n[[layout]]\ntitle = ["h1", ""]', 'a.toml, line 3: title: must be a list of selectors, not ""'),
        ('host = "*"\n[layout]\ntitle = ["h1"]', "a.toml, line 2: layout: must be tables"),
        ('host = "*"\nseeds = ["https://a/",', "a.toml, line 2: no TOML: "),
    ],
)  # fmt: skip
def test_one_thing_that_is_wrong_is_one_fault(text: str, fault: str) -> None:
    (found,) = told(text)
    assert found.startswith(fault)


@pytest.mark.parametrize(
    "text",
    [
        'host = "127.0.0.1:8101"',
        'host = "[::1]:80"',
        'host = "*"\nthreads = false',
        'host = "*"\ndiscover = []\ndelay_seconds = 0',
        'host = "*"\n[[layout]]\nvalid_until = "2024-02-29"\n[[layout]]',
        'host = "*"\nlayout = [{title = "h1"}]',
        '#:schema ./schema.json\nhost = "*"',
    ],
)
def test_what_is_right_has_no_fault(text: str) -> None:
    rules, faults = check_rules(text, "a.toml")
    assert faults == ()
    assert rules is not None


@given(
    st.dictionaries(
        st.sampled_from([*schema()["properties"], *SELECTORS, "valid_until", "x"]),
        st.sampled_from(["", "x", "(", 3, -1, 0.5, True, [], ["("], [3], [[]], {}, [{}], [{"body": "("}], [{"valid_until": 1}], "https://a.example/{yyyy}{mm}"]),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_a_file_states_it_is_rules_or_it_has_faults(said: dict[str, object]) -> None:
    def spelled(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {spelled(one)}" for key, one in value.items()) + "}"
        return (
            "[" + ", ".join(map(spelled, value)) + "]"
            if isinstance(value, list)
            else json.dumps(value)
        )

    text = "".join(f"{key} = {spelled(value)}\n" for key, value in said.items())
    rules, faults = check_rules(text, "a.toml")
    assert (rules is None) == bool(faults)
    assert all(fault.what and fault.remedy for fault in faults)
    for fault in faults:
        assert fault.place.line is None or fault.key in text.split("\n")[fault.place.line - 1]


def test_the_schema_is_a_schema_and_knows_what_the_program_knows() -> None:
    assert jsonschema_rs.meta.is_valid(dict(schema()))
    properties = schema()["properties"]
    assert properties["discover"]["items"]["enum"] == list(Strategy)
    assert properties["threads"]["enum"][:4] == list(Routes)
    layout = properties["layout"]["items"]["properties"]
    assert sorted(layout) == sorted([*SELECTORS, "valid_until"])
    assert all("description" in one for one in [*properties.values(), *layout.values()])


def test_the_schema_is_one_that_older_editors_understand() -> None:
    """taplo knows draft 4: beside a ``$ref`` nothing but words, and no keyword that came later."""
    text = json.dumps(schema())
    for keyword in ("const", "if", "then", "contains", "exclusiveMinimum", "prefixItems"):
        assert f'"{keyword}":' not in text
    properties = schema()["properties"]
    for one in [*properties.values(), *properties["layout"]["items"]["properties"].values()]:
        assert "$ref" not in one or sorted(one) == ["$ref", "description"]


def test_the_schema_lies_beside_the_packaged_rules() -> None:
    folder = Path(archiver.__file__).parent / "rules"
    assert json.loads((folder / "schema.json").read_text()) == schema()


@pytest.mark.parametrize(
    "carry",
    [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
    ids=["copied", "copied deeply", "pickled"],
)
def test_an_error_with_many_faults_is_carried_whole(
    carry: Callable[[FaultyRules], FaultyRules],
) -> None:
    faults = read_values(WRONG, "a.toml")[1]
    carried = carry(FaultyRules.of(faults))
    assert faults_of(carried) == faults
    assert str(carried) == "\n".join(map(str, faults))


def test_an_error_of_another_room_is_one_fault() -> None:
    error = RulesError("not UTF-8", place=Place("a.toml"), remedy="Save it as UTF-8")
    assert faults_of(error) == (Fault(Place("a.toml"), "", "not UTF-8", "Save it as UTF-8"),)
    assert str(faults_of(error)[0]) == str(error)
