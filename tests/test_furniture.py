"""Furniture as data: what is one block, what the file says, and that a person has the last word."""

from __future__ import annotations

from datetime import date

import pytest

from archiver.errors import RulesError
from archiver.furniture import (
    NO_FURNITURE,
    Block,
    Furniture,
    format_furniture,
    key_of,
    merge,
    parse_furniture,
)

LETTER = Block(
    text='Sign up for our "letter"',
    articles=180,
    of=200,
    before=1,
    inside=12,
    after=168,
    first_seen=date(2026, 11, 1),
    last_seen=date(2026, 11, 23),
    examples=("https://paper.example/a", "https://paper.example/b"),
)
COUNT = Block("12 comments", articles=90, of=200, after=90, first_seen=date(2026, 11, 1),
              last_seen=date(2026, 11, 23))  # fmt: skip
OWN = Block("From the vault")
PAPER = Furniture("paper.example", (COUNT, LETTER, OWN))

FILE = """\
# What the pages of paper.example print again and again: it is left out of texts.
# Learned by `archiver learn paper.example`; you have the last word. Write
#   keep = true     below a text, and the block stays in the texts, whatever is learned later;
#   [[block]]       with nothing but a text, and that is furniture because you say so.

host = "paper.example"

[[block]]
text = "From the vault"

[[block]]
text = "Sign up for our \\"letter\\""
articles = 180
of = 200
before = 1
inside = 12
after = 168
first_seen = 2026-11-01
last_seen = 2026-11-23
examples = [
    "https://paper.example/a",
    "https://paper.example/b",
]

[[block]]
text = "12 comments"
articles = 90
of = 200
before = 0
inside = 0
after = 90
first_seen = 2026-11-01
last_seen = 2026-11-23
"""


def test_the_file_is_what_a_person_reviews_texts_first() -> None:
    assert format_furniture(PAPER) == FILE


def test_what_is_written_is_read_again() -> None:
    again = parse_furniture(FILE, "paper.example.furniture.toml")
    assert (again.host, set(again.blocks)) == (PAPER.host, set(PAPER.blocks))
    assert format_furniture(again) == FILE
    odd = Furniture("paper.example", (Block('\\ " \u2028 \x7f ключ 🙂 \u0007'),))
    assert parse_furniture(format_furniture(odd), "f").keys == odd.keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Comments", "3 comments"),
        ("Read  more\n", "read more"),
        ("STRASSE", "Straße"),
        ("ﬁnance", "Finance"),
        ("٣ تعليقات", "12 تعليقات"),
        ("10:45", "9:05"),
    ],
)
def test_printings_of_one_block_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("text", "is_held"),
    [
        ("sign up for our “letter”", False),
        ('SIGN UP FOR  OUR "LETTER"', True),
        ("3 comments", True),
        ("3 comments were rude", False),
        ("", False),
    ],
)
def test_only_a_whole_block_is_furniture(text: str, is_held: bool) -> None:
    assert PAPER.holds(text) is is_held


def test_the_digest_is_over_what_is_left_out_and_nothing_else() -> None:
    counted_again = Furniture("paper.example", (OWN, LETTER, Block("3 comments", articles=7, of=9)))
    assert counted_again.digest == PAPER.digest
    assert Furniture("paper.example", (OWN, LETTER)).digest != PAPER.digest
    vetoed = Furniture("paper.example", (Block("From the vault", keep=True),))
    assert (vetoed.digest, vetoed.holds("From the vault")) == ("none", False)
    assert (NO_FURNITURE.digest, NO_FURNITURE.holds("anything")) == ("none", False)


def test_a_veto_stands_against_another_block_of_the_same_key() -> None:
    paper = Furniture("paper.example", (Block("12 comments", keep=True), Block("3 comments")))
    assert not paper.holds("5 comments")


def test_merging_keeps_vetoes_own_blocks_and_what_was_not_seen_again() -> None:
    known = Furniture("paper.example", (OWN, LETTER, Block("4 comments", keep=True)))
    later = Block("99 comments", articles=120, of=300, after=120, first_seen=date(2026, 12, 1),
                  last_seen=date(2026, 12, 24))  # fmt: skip
    new = Block("Follow us", articles=300, of=300, after=300, first_seen=date(2026, 12, 1),
                last_seen=date(2026, 12, 24))  # fmt: skip
    merged = merge(known, Furniture("paper.example", (later, new)))
    assert merged.blocks == (
        OWN,
        LETTER,
        new,
        Block("4 comments", keep=True, articles=120, of=300, after=120,
              first_seen=date(2026, 12, 1), last_seen=date(2026, 12, 24)),
    )  # fmt: skip
    assert merge(merged, Furniture("paper.example", (later, new))) == merged


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("host = x\n", "f.toml, line 1: no TOML"),
        ("\n[[block]]\ntext = 'a'\n", "f.toml, line 1: host: None is no host name"),
        ("host = 'https://a.example'", "f.toml, line 1: host: "),
        ("host = 'a.example'\nkeep = true\n", "f.toml, line 2: keep: is no key of a furniture"),
        ("host = 'a.example'\nblock = 3\n", "f.toml, line 2: block: must be tables"),
        ("host = 'a.example'\n\n[[block]]\nkeep = true\n", "f.toml, line 3: text: must be a text"),
        ("host = 'a.example'\n[[block]]\ntext = 'a'\n[[block]]\ntext = 'b'\nkeep = 'no'\n",
         "f.toml, line 6: keep: 'no' is no true or false"),
        ("host = 'a.example'\n[[block]]\ntext = 'a'\nseen = 3\n",
         "f.toml, line 4: seen: is no key of a block"),
        ("host = 'a.example'\n[[block]]\ntext = 'a'\ninside = -3\n",
         "f.toml, line 4: inside: must be a number of articles"),
        ("host = 'a.example'\n[[block]]\ntext = 'a'\nfirst_seen = 2026-11-01T10:00:00\n",
         "f.toml, line 4: first_seen: must be a day"),
        ("host = 'a.example'\n[[block]]\ntext = 'a'\nexamples = [3]\n",
         "f.toml, line 4: examples: must be a list of texts"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_key(text: str, said: str) -> None:
    with pytest.raises(RulesError) as raised:
        parse_furniture(text, "f.toml")
    assert str(raised.value).startswith(said)
