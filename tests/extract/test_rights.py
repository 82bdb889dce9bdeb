"""What a publisher says about use: robots rules, text and data mining, licences."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.dom import parse_decoded
from archiver.extract.rights import rights_of
from archiver.extract.structured import read_said
from archiver.model import Errand, Header, Purpose, Rights
from tests.pages import page

CC = "https://creativecommons.org/licenses/by/4.0/"
META = '<meta name="robots" content="max-snippet:50"><meta name="tdm-reservation" content="1">'


def read(
    body: str = "",
    head: str = "",
    headers: tuple[Header, ...] = (),
    errand: Errand | None = None,
) -> tuple[Rights, str | None]:
    sent = ((b"Content-Type", b"text/html"), *headers)
    made = page(body, head=head, headers=sent, errand=errand)
    parsed = parse_decoded(made, made.payload)
    return rights_of(parsed, made, read_said(parsed))


def test_rights_are_what_page_and_headers_say() -> None:
    body = f'<a rel="license" href="{CC}">CC BY</a>'
    assert read(body, META, ((b"X-Robots-Tag", b"noarchive"),)) == (
        Rights(
            "max-snippet:50, noarchive",
            noarchive=True,
            tdm_reservation=True,
            license=CC,
            reserved=("noarchive", "tdm-reservation"),
        ),
        "meta, header, markup",
    )


def test_what_the_files_of_the_host_said_is_told_with_the_page() -> None:
    """Robots.txt and tdmrep.json are no part of the page: its errand brings what they said."""
    errand = Errand(
        Purpose.ARTICLE,
        content_usage="train-ai=n",
        tdm_reservation=True,
        tdm_policy="https://paper.example/policy.json",
    )
    assert read(headers=((b"Content-Usage", b"search=y"),), errand=errand) == (
        Rights(
            tdm_reservation=True,
            tdm_policy="https://paper.example/policy.json",
            content_usage="search=y | train-ai=n",
            reserved=("tdm-reservation", "train-ai"),
        ),
        "tdmrep.json, header, robots.txt",
    )


def test_silence_is_told_as_silence() -> None:
    assert read() == (Rights(), None)


@pytest.mark.parametrize(
    ("head", "headers", "rule", "noarchive"),
    [
        ('<meta name="robots" content="index, follow">', (), "index, follow", False),
        ('<meta name="ROBOTS" content="NOARCHIVE">', (), "NOARCHIVE", True),
        ('<meta name="googlebot" content="noarchive">', (), "googlebot: noarchive", True),
        ('<meta name="archiver" content="nosnippet">', (), "archiver: nosnippet", False),
        ('<meta name="robots" content="none, noai, noimageai">', (), "none, noai, noimageai", False),
        ("", ((b"x-robots-tag", b"otherbot: noindex"), (b"X-Robots-Tag", b"nocache")), "otherbot: noindex, nocache", True),
    ],
    ids=["nothing against it", "in capitals", "for one reader", "for this one", "other words", "two headers"],
)  # fmt: skip
def test_noarchive_is_seen_wherever_it_stands(
    head: str, headers: tuple[Header, ...], rule: str, noarchive: bool
) -> None:
    rights, _ = read("", head, headers)
    assert (rights.robots_rule, rights.noarchive) == (rule, noarchive)


@pytest.mark.parametrize(
    ("head", "headers", "reserved", "source"),
    [
        ('<meta name="tdm-reservation" content="0">', (), False, "meta"),
        ('<meta name="tdm-reservation" content="0">', ((b"TDM-Reservation", b"1"),), False, "meta"),
        ("", ((b"TDM-Reservation", b"1"), (b"TDM-Reservation", b"0")), True, "header"),
        ('<meta name="tdm-policy" content="https://paper.example/policy.json">', (), True, "meta"),
        ("", ((b"tdm-policy", b"https://paper.example/policy.json"),), True, "header"),
        ('<meta name="tdm-reservation" content="yes">', (), None, None),
    ],
    ids=["not reserved", "the page supersedes its header", "two headers", "policy", "policy in a header", "no value of the protocol"],
)  # fmt: skip
def test_mining_is_reserved_as_the_protocol_says(
    head: str, headers: tuple[Header, ...], reserved: bool | None, source: str | None
) -> None:
    rights, spoken = read("", head, headers)
    assert (rights.tdm_reservation, spoken) == (reserved, source)


@pytest.mark.parametrize(
    ("head", "body", "license_", "source"),
    [
        (f'<script type="application/ld+json">{{"@type": "Article", "license": "{CC}"}}</script>', "", CC, "json-ld"),
        (f'<link rel="license" href="{CC}">', "", CC, "link"),
        ('<meta name="dcterms.license" content="CC BY 4.0">', "", "CC BY 4.0", "meta"),
        ("", f'<footer><a href="{CC}">CC BY</a></footer>', CC, "markup"),
        ("", f'<figure><figcaption><a href="{CC}">CC BY</a></figcaption></figure>', None, None),
        ("", '<a href="https://creativecommons.org/about/">About</a>', None, None),
    ],
    ids=["JSON-LD", "link", "meta", "plain link", "of a picture", "no licence"],
)  # fmt: skip
def test_licence_is_the_pages_own(
    head: str, body: str, license_: str | None, source: str | None
) -> None:
    rights, spoken = read(body, head)
    assert (rights.license, spoken) == (license_, source)
