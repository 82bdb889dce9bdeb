"""``tdmrep.json``: which paths of a host are reserved, as the report's examples have it."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.tdmrep import MOST_RULES, PARSED_BYTES, TdmPolicy, TdmRule

POLICY = "https://provider.example/policies/policy.json"
EXAMPLE = [
    {"location": "/directory-a/", "tdm-reservation": 1},
    {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": POLICY},
    {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
]


def policy_of(said: object) -> TdmPolicy:
    return TdmPolicy.from_response(200, json.dumps(said).encode())


def reservation(said: object, path: str) -> bool | None:
    rule = policy_of(said).rule_for(f"https://provider.example{path}")
    return None if rule is None else rule.reservation


@pytest.mark.parametrize(
    ("path", "reserved"),
    [
        ("/directory-a/x.pdf", True),
        ("/directory-a", None),
        ("/directory-b/html/page", True),
        ("/directory-b/images/new/1.jpg?w=5", False),
        ("/Directory-a/x.pdf", None),
        ("", None),
    ],
)
def test_each_path_has_what_the_first_matching_rule_says(path: str, reserved: bool | None) -> None:
    assert reservation(EXAMPLE, path) is reserved


def test_the_policy_comes_with_its_rule() -> None:
    rule = policy_of(EXAMPLE).rule_for("https://provider.example/directory-b/html/page")
    assert rule == TdmRule("/directory-b/html/", reservation=True, policy=POLICY)


def test_the_first_match_decides_though_a_later_one_is_longer() -> None:
    said = [
        {"location": "/", "tdm-reservation": 1},
        {"location": "/free/", "tdm-reservation": 0},
    ]
    assert reservation(said, "/free/page") is True


@pytest.mark.parametrize(
    ("location", "path", "matches"),
    [
        ("/exactly$", "/exactly", True),
        ("/exactly$", "/exactly/more", False),
        ("/this/*/then", "/this/and/then/that", True),
        ("/path/foo-%24", "/path/foo-%24", True),
        ("/caf\u00e9", "/caf%c3%a9/menu", True),
        ("*.pdf", "/a.pdf", True),
    ],
)
def test_patterns_are_those_of_robots_txt(location: str, path: str, matches: bool) -> None:
    said = [{"location": location, "tdm-reservation": 1}]
    assert (reservation(said, path) is True) is matches


@pytest.mark.parametrize(
    ("value", "reserved"),
    [(1, True), (0, False), ("1", True), (2, None), (True, None), (None, None), ([1], None)],
    ids=repr,
)
def test_a_value_that_the_protocol_does_not_know_declares_nothing(
    value: object, reserved: bool | None
) -> None:
    assert reservation([{"location": "/", "tdm-reservation": value}], "/page") is reserved


@pytest.mark.parametrize("status", [None, 301, 404, 410, 500, 503])
def test_a_host_without_a_file_takes_no_part(status: int | None) -> None:
    body = json.dumps(EXAMPLE).encode()
    assert TdmPolicy.from_response(status, body) == TdmPolicy()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000, b'["/", 1, null, {}]',
     b'[{"location": 5}]', b'[{"location": ""}]', b" " * (PARSED_BYTES + 1)],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_a_file_that_says_nothing_reserves_nothing(body: bytes) -> None:
    assert TdmPolicy.from_response(200, body) == TdmPolicy()


def test_one_rule_needs_no_brackets() -> None:
    assert reservation({"location": "/", "tdm-reservation": 1}, "/page") is True


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner:
       st.lists(inner) | st.dictionaries(st.sampled_from(
           ["location", "tdm-reservation", "tdm-policy"]), inner), max_leaves=20))  # fmt: skip
def test_any_json_is_read_without_a_fault(said: object) -> None:
    policy_of(said).rule_for("https://provider.example/page")


def test_a_host_with_many_rules_is_answered_at_once() -> None:
    said = [{"location": f"/{'*a' * 80}{n}", "tdm-reservation": 1} for n in range(2000)]
    policy = policy_of(said)
    assert len(policy.rules) == MOST_RULES
    url = "https://provider.example/" + "a" * 2000
    policy.rule_for(url)  # patterns are prepared once
    begun = perf_counter()
    policy.rule_for(url)
    assert perf_counter() - begun < 1.0
