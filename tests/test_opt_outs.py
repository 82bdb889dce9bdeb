"""Which uses of a page are reserved: by header, by ``meta``, by the files of its host."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from time import perf_counter

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Errand, Header, Purpose
from archiver.opt_outs import (
    OPENING_DECODED_BYTES,
    Metas,
    OptOuts,
    Reservation,
    Use,
    opening_metas,
    opt_outs_of,
)
from tests.pages import page

NOARCHIVE = '<meta name="robots" content="noarchive">'


def said_by(
    *headers: Header, metas: Metas = (), reader: str = "archiver", **errand: object
) -> OptOuts:
    made = replace(page("", headers=headers), errand=Errand(Purpose.ARTICLE, **errand))  # type: ignore[arg-type]
    return opt_outs_of(made, metas, reader=reader)


def uses(opt_outs: OptOuts) -> list[str]:
    return [f"{one.use} by {one.source}" for one in opt_outs.reserved]


def robots(*values: str) -> list[Header]:
    return [(b"X-Robots-Tag", value.encode("latin-1")) for value in values]


def found(markup: str | bytes, *headers: Header) -> Metas:
    payload = markup.encode() if isinstance(markup, str) else markup
    return opening_metas(replace(page(""), payload=payload, headers=headers))


# --- robots rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "reserved"),
    [
        (["noarchive"], ["noarchive by header"]),
        (["NOINDEX, NoArchive"], ["noarchive by header"]),
        (["noindex nocache"], ["noarchive by header"]),
        (["noindex", "noarchive"], ["noarchive by header"]),
        (["noai, noimageai"], ["noai by header"]),
        (["none"], []),
        (["noindex, nosnippet, noimageai"], []),
        (["archiver: noarchive"], ["noarchive by header"]),
        (["Archiver:noarchive"], ["noarchive by header"]),
        (["robots: noarchive"], ["noarchive by header"]),
        (["otherbot: noarchive"], []),
        (["otherbot: noindex, noarchive"], []),
        (["otherbot: noindex, archiver: noindex, noarchive"], ["noarchive by header"]),
        (["noarchive, otherbot: noindex"], ["noarchive by header"]),
        (["otherbot: noarchive", "noai"], ["noai by header"]),
        (["unavailable_after: 25 Jun 2010 15:00:00 PST, noarchive"], ["noarchive by header"]),
        (["max-snippet: 50, noarchive"], ["noarchive by header"]),
        (["noarchives, xnoarchive"], []),
        ([""], []),
        ([":noarchive"], []),
    ],
)  # fmt: skip
def test_a_header_binds_all_or_whom_it_names(values: list[str], reserved: list[str]) -> None:
    assert uses(said_by(*robots(*values))) == reserved


@pytest.mark.parametrize(
    ("metas", "reserved"),
    [
        ([("robots", "noarchive")], ["noarchive by meta"]),
        ([("archiver", "noindex,noarchive")], ["noarchive by meta"]),
        ([("googlebot", "noarchive")], []),
        ([("robots", "index"), ("robots", "noai")], ["noai by meta"]),
        ([("description", "noarchive")], []),
    ],
)
def test_a_meta_binds_all_or_whom_it_names(metas: Metas, reserved: list[str]) -> None:
    assert uses(said_by(metas=metas)) == reserved


def test_a_crawler_with_a_name_of_its_own_hears_that_too() -> None:
    assert uses(said_by(*robots("papercrawl: noarchive"), reader="PaperCrawl")) == ["noarchive by header"]  # fmt: skip


def test_every_rule_is_recorded_as_written_whomever_it_binds() -> None:
    opt_outs = said_by(*robots("otherbot: noindex", "none"), metas=[("googlebot", "nosnippet")])
    assert opt_outs.robots_rules == (
        ("googlebot: nosnippet", "meta"),
        ("otherbot: noindex", "header"),
        ("none", "header"),
    )


# --- text and data mining --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_meta", "in_header", "in_file", "reservation", "source"),
    [
        ("1", "0", False, True, "meta"),
        ("0", "1", True, False, "meta"),
        (None, "1", False, True, "header"),
        (None, "0", True, False, "header"),
        (None, None, True, True, "tdmrep.json"),
        ("yes", "2", True, True, "tdmrep.json"),
        ("yes", None, None, None, None),
        (None, None, None, None, None),
    ],
)  # fmt: skip
def test_the_page_supersedes_its_header_and_that_the_host(
    in_meta: str | None,
    in_header: str | None,
    in_file: bool | None,
    reservation: bool | None,
    source: str | None,
) -> None:
    """Report, 6.4."""
    opt_outs = said_by(
        *([(b"TDM-Reservation", in_header.encode())] if in_header else []),
        metas=[("tdm-reservation", in_meta)] if in_meta else [],
        tdm_reservation=in_file,
    )
    assert (opt_outs.tdm_reservation, opt_outs.tdm_source) == (reservation, source)
    assert uses(opt_outs) == ([f"tdm-reservation by {source}"] if reservation else [])


def test_a_policy_is_told_where_rights_are_reserved() -> None:
    policy = (b"tdm-policy", b"https://paper.example/policy.json")
    reserved = said_by(policy, (b"tdm-reservation", b"1"))
    assert reserved.tdm_policy == "https://paper.example/policy.json"
    assert str(reserved.reserved[0]) == (
        "tdm-reservation (header: tdm-reservation: 1, "
        "tdm-policy: https://paper.example/policy.json)"
    )
    assert said_by(policy, (b"tdm-reservation", b"0")).tdm_policy is None


# --- preferences -----------------------------------------------------------------------------


def test_header_and_robots_txt_are_statements_of_their_own() -> None:
    opt_outs = said_by(
        (b"Content-Usage", b"train-ai=y"),
        (b"content-usage", b"search=n"),
        content_usage="train-ai=n | ai-use=y",
    )
    assert opt_outs.content_usage == (
        ("train-ai=y, search=n", "header"),
        ("train-ai=n | ai-use=y", "robots.txt"),
    )
    assert opt_outs.reserved == (
        Reservation(Use.TRAIN_AI, "robots.txt", "train-ai=n | ai-use=y"),
        Reservation(Use.SEARCH, "header", "train-ai=y, search=n"),
    )


def test_one_asks_for_the_reservations_that_are_obeyed() -> None:
    opt_outs = said_by(*robots("noarchive, noai"), (b"Content-Usage", b"train-ai=n"))
    assert [one.use for one in opt_outs.among({Use.NOAI, Use.TDM})] == [Use.NOAI]
    assert [one.use for one in opt_outs.reserved] == [Use.NOARCHIVE, Use.NOAI, Use.TRAIN_AI]
    assert said_by().reserved == ()


# --- the beginning of a page -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "metas"),
    [
        (f"<head>{NOARCHIVE}</head>", [("robots", "noarchive")]),
        ("<META CONTENT='noarchive'  NAME = ROBOTS />", [("robots", "noarchive")]),
        ('<meta name=" Robots "content="no&#97;rchive\n,  noai">', [("robots", "noarchive , noai")]),
        ('<meta property="og:title" itemprop="headline" content="A">', [("og:title", "A"), ("headline", "A")]),
        ("<!-- <meta name=robots content=noarchive> --><meta name=a content=b>", [("a", "b")]),
        ("<!--><meta name=a content=b>", [("a", "b")]),
        ("<script>'<meta name=robots content=noarchive>'</script><meta name=a content=b>", [("a", "b")]),
        ("<style>x</STYLE ><title><meta name=x content=y></title><meta name=a content=b>", [("a", "b")]),
        (f"<head></head><body class=x><p>{NOARCHIVE}", [("robots", "noarchive")]),
        (f"<!-- never closed {NOARCHIVE}", []),
        (f"<script> never closed {NOARCHIVE}", []),
        (f"<metadata {NOARCHIVE}", [("robots", "noarchive")]),
        ("<header></header><meta name=a content=b>", [("a", "b")]),
        ("<meta name=a><meta content=b><meta name= content=b><meta", []),
        ("", []),
    ],
)  # fmt: skip
def test_metas_are_found_without_a_parser(markup: str, metas: list[tuple[str, str]]) -> None:
    assert list(found(markup)) == metas


@pytest.mark.parametrize(
    ("payload", "coding"),
    [
        (gzip.compress(f"<head>{NOARCHIVE}".encode()), b"gzip"),
        (gzip.compress(f"<head>{NOARCHIVE}".encode() + bytes(range(256)) * 4000), b"gzip"),
        (gzip.compress(f"<head>{NOARCHIVE}".encode() + b" " * 50_000_000), b"gzip"),
        (zlib.compress(f"<head>{NOARCHIVE}".encode()), b"deflate"),
        (brotli.compress(f"<head>{NOARCHIVE}</head>".encode()), b"br"),
        (f"<head>{NOARCHIVE}".encode("utf-16"), b""),
        (f"<head>{NOARCHIVE}".encode("utf-16-be"), b"identity"),
    ],
    ids=["gzip", "long", "a bomb after it", "deflate", "br", "utf-16", "utf-16 without a mark"],
)
def test_codings_are_undone(payload: bytes, coding: bytes) -> None:
    assert list(found(payload, (b"Content-Encoding", coding))) == [("robots", "noarchive")]


@pytest.mark.parametrize(
    ("payload", "coding"),
    [(b"\x00\x01", b"gzip"), (b"x", b"zstd"), (b"", b"br"), (brotli.compress(b" " * 10**8), b"br")],
    ids=["broken", "unknown", "empty", "bomb"],
)
def test_what_cannot_be_decoded_says_nothing(payload: bytes, coding: bytes) -> None:
    assert list(found(payload, (b"Content-Encoding", coding))) == []


PIECES = [
    "<", "<!--", "<meta ", '<meta a="', "<meta a='b' ", "<meta name=a content=b>", "<script>", "a=",
    "</", '"', " ", "/", "<title ", "<body", "&#", "<meta content=&amp;",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_beginnings_are_read_in_linear_time(piece: str) -> None:
    payload = (piece * OPENING_DECODED_BYTES)[:OPENING_DECODED_BYTES].encode()
    begun = perf_counter()
    found(gzip.compress(payload), (b"Content-Encoding", b"gzip"))
    assert perf_counter() - begun < 0.5


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join))
def test_any_beginning_is_read_without_a_fault(markup: str) -> None:
    for name, _ in found(markup):
        assert name == name.strip().lower()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"X-Robots-Tag", b"tdm-reservation", b"tdm-policy", b"Content-Usage"]),
            st.binary(max_size=30) | st.sampled_from([b"noarchive", b"1", b"train-ai=n"]),
        )
    )
)
def test_any_headers_are_read_without_a_fault(headers: list[Header]) -> None:
    opt_outs = said_by(*headers)
    assert [one.use for one in opt_outs.reserved] == sorted(
        (one.use for one in opt_outs.reserved), key=list(Use).index
    )


@pytest.mark.parametrize(
    "piece", ["a:b,", "noarchive,", "a" * 50 + " ", ",", " ", "archiver: noai,"]
)
def test_long_headers_are_read_in_linear_time(piece: str) -> None:
    value = (piece * 65536)[:65536]
    begun = perf_counter()
    said_by(
        *robots(value), (b"Content-Usage", value.encode()), (b"tdm-reservation", value.encode())
    )
    assert perf_counter() - begun < 0.5
