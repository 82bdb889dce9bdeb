"""``Content-Usage``: statements of preference, as the drafts and RFC 9651 read them."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.content_usage import CATEGORIES, combined, preferences_of
from archiver.robots import MOST_USAGES, RobotsPolicy


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("train-ai=n", {"train-ai": False}),
        ("train-ai=y, search=n", {"train-ai": True, "search": False}),
        ("ai-use=n,\tsearch=y", {"ai-use": False, "search": True}),
        ('train-ai=y, train-ai, search=n, search="n"', {}),  # vocab-08, 6.5.1
        ("train-ai;allow=n, train-ai=y", {"train-ai": True}),  # vocab-08, 6.5.2
        ('train-ai;has;parameters="?"', {}),
        ("train-ai=n;until=@1767225600;by=:YWI=:", {"train-ai": False}),
        ('x=(a "b;c" 1.5;q=?1);p, search=n', {"search": False}),
        ("bots=n, all=n, train-genai=n, tdm=n", {}),
        ("Train-AI=n", {}),
        ("train-ai=N", {}),
        ("train-ai=n search=n", {}),
        ("train-ai=n,", {}),
        ("train-ai=n, =", {}),
        ("train-ai=?0", {}),
        ("", {}),
        ("train-ai=n" + " " * 5000 + ", x=1", {}),
    ],
)
def test_a_statement_says_what_its_dictionary_says(statement: str, said: dict[str, bool]) -> None:
    assert preferences_of(statement) == said


def test_of_several_statements_what_one_disallows_is_disallowed() -> None:
    said = combined(["train-ai=y, search=y", "train-ai=n", "nonsense here", "search=y"])
    assert said == {"train-ai": False, "search": True}


@given(st.text(alphabet="trainse-h*=yn,; ()\"'\\%@:?.0a\x00é", max_size=60))
def test_any_text_is_read_without_a_fault(statement: str) -> None:
    assert set(preferences_of(statement)) <= set(CATEGORIES)


@pytest.mark.parametrize("piece", ['a="', "a=(b ", "a;b;", "a=b,", "(", "a=:b", 'a="\\"', 'a=%"'])
def test_the_longest_statement_is_read_at_once(piece: str) -> None:
    statement = (piece * 4096)[:4096]
    begun = perf_counter()
    preferences_of(statement)
    assert perf_counter() - begun < 0.1


ROBOTS = b"""\
Content-Usage: search=n
User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
User-Agent: OtherBot
Content-Usage : /\ttrain-ai=y # for now
Content-usage: / ai-use=n
Content-Usage: /*.pdf$ search=n
Content-Usage: /empty/
Content-Usage:
Disallow: /x
"""
"""The first group is that of the draft (attach-05, 3.4)."""


@pytest.mark.parametrize(
    ("agent", "path", "statements"),
    [
        ("archiver/0.1", "/test", ("train-ai=n",)),
        ("archiver/0.1", "/ai-ok/test", ("train-ai=y",)),
        ("ExampleBot", "/test", ("train-ai=y", "ai-use=n")),
        ("otherbot/2", "/test", ("train-ai=y", "ai-use=n")),
        ("ExampleBot", "/a.pdf", ("search=n",)),
        ("ExampleBot", "/a.pdf?x", ("train-ai=y", "ai-use=n")),
        ("ExampleBot", "/empty/a", ("train-ai=y", "ai-use=n")),
    ],
)
def test_of_the_rules_of_a_group_the_longest_path_decides(
    agent: str, path: str, statements: tuple[str, ...]
) -> None:
    policy = RobotsPolicy.parse(ROBOTS)
    assert policy.content_usages(f"https://paper.example{path}", agent) == statements


def test_a_rule_of_use_is_a_rule_that_ends_the_naming_of_a_group() -> None:
    policy = RobotsPolicy.parse(ROBOTS)
    assert not policy.allows("https://paper.example/x", "ExampleBot")
    assert policy.allows("https://paper.example/x", "archiver")
    named = RobotsPolicy.parse(b"User-agent: a\nContent-Usage: search=n\nUser-agent: b\n")
    assert named.content_usages("https://paper.example/", "b") == ()


def test_a_host_that_says_nothing_prefers_nothing() -> None:
    assert RobotsPolicy.parse(b"User-agent: *\nDisallow: /x\n").content_usages("/y", "a") == ()
    assert RobotsPolicy().content_usages("https://paper.example/", "a") == ()


def test_a_robots_txt_full_of_statements_is_read_at_once() -> None:
    lines = [f"Content-Usage: /{n}*{n} train-ai=n\n".encode() for n in range(15_000)]
    policy = RobotsPolicy.parse(b"User-agent: *\n" + b"".join(lines))
    assert len(policy.groups["*"].usages) == MOST_USAGES
    url = "https://paper.example/" + "9" * 2000
    policy.content_usages(url, "a")  # patterns are prepared once
    begun = perf_counter()
    assert policy.content_usages(url, "a") == ("train-ai=n",)
    assert perf_counter() - begun < 0.1
