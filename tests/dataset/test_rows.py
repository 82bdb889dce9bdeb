"""Rows: every field in its column, and nothing that a column cannot hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.dataset.measures import simhash, text_digest, word_count
from archiver.dataset.rows import article_row, capture_row, comment_rows
from archiver.dataset.schema import TABLES
from archiver.model import Comment, RecordRef, Thread
from archiver.outcomes import Outcome, ThreadOutcome
from archiver.words import words_of
from tests.dataset.samples import ARTICLE, CANONICAL, CAPTURE, MORNING, NOON, RECORD_ID, URL

RECORD = {
    "warc_filename": "news-20261123073000-00001-r1.warc.gz",
    "warc_record_offset": 1234,
    "warc_record_length": 567,
    "warc_record_id": RECORD_ID,
}


def test_an_article_is_one_row() -> None:
    assert article_row(ARTICLE, CAPTURE, rules_digest="rrr", extractor="archiver/0") == {
        "article_id": "f101f68f3b8ee4fc",
        "url": URL,
        "canonical_url": CANONICAL,
        "site": "news.example",
        "host": "www.news.example",
        "page_number": 1,
        "title": "Bridge opens",
        "subtitle": "After ten years",
        "description": "A bridge.",
        "authors": [
            {"name": "Ann Smith", "url": "https://www.news.example/ann"},
            {"name": "Bob", "url": None},
        ],
        "agencies": ["dpa"],
        "published_at": MORNING,
        "modified_at": NOON,
        "published_raw": "23 November 2026, 7.30",
        "modified_raw": "2026-11-23T12:00Z",
        "published_precision": "minute",
        "language": "en-GB",
        "section": "Politics",
        "tags": ["bridges", "ten years"],
        "text": "The bridge is open.\n\nIt took ten years.",
        "markdown": "The **bridge** is open.\n\nIt took ten years.",
        "images": [
            {
                "url": "https://www.news.example/b.jpg",
                "caption": "The bridge",
                "alt": "a bridge",
                "is_lead": True,
            }
        ],
        "links": [{"url": "https://other.example/", "text": "ten years"}],
        "word_count": 8,
        "access": "free",
        "comments_declared": 3,
        "comments_collected": 2,
        "thread_outcome": None,
        "text_digest": "a318ee4bc693d48470f3944c8a88290c6b5c255cba085c5c8700d9928d0a976e",
        "simhash": 1158612646589676097,
        "field_sources": [("text", "trafilatura"), ("title", "json-ld")],
        "rights": {
            "robots_rule": "noarchive",
            "noarchive": True,
            "tdm_reservation": False,
            "license": "CC BY 4.0",
            "tdm_policy": None,
            "content_usage": "search=n",
            "reserved": ["noarchive", "search"],
        },
        "captured_at": MORNING,
        **RECORD,
        "payload_digest": "sha1:AAAA",
        "run_id": "r1",
        "rules_digest": "rrr",
        "furniture_digest": "none",
        "extractor": "archiver/0",
    }


def test_a_comment_is_one_row_and_an_empty_answer_stays_empty() -> None:
    first, second = comment_rows(ARTICLE, CAPTURE)
    about = {
        "article_id": "f101f68f3b8ee4fc",
        "article_url": CANONICAL,
        "platform": "wordpress",
        "thread_ref": "post-77",
        "captured_at": MORNING,
        **RECORD,
        "run_id": "r1",
        "author_url": None,
        "is_article_author": None,
        "is_pinned": None,
        "edited_at": None,
        "html": None,
        "is_orphan": False,
        "published_precision": None,
    }
    assert first == {
        **about,
        "comment_id": "11",
        "parent_id": None,
        "parent_source": None,
        "depth": 0,
        "position": 0,
        "author": "reader-000000000001",
        "author_id": "00000000000000aa",
        "is_staff": False,
        "published_at": MORNING,
        "published_raw": "today, 7:30",
        "text": "A bridge at last.",
        "likes": 3,
        "dislikes": 1,
        "score": 2,
        "reply_count": 1,
        "status": "visible",
        "permalink": f"{CANONICAL}#comment-11",
    }
    assert second == {
        **about,
        "comment_id": "12",
        "parent_id": "11",
        "parent_source": "nesting",
        "depth": 1,
        "position": 1,
        "author": None,
        "author_id": None,
        "is_staff": None,
        "published_at": None,
        "published_raw": None,
        "text": "",
        "likes": None,
        "dislikes": None,
        "score": None,
        "reply_count": None,
        "status": "deleted",
        "permalink": None,
    }


def test_a_capture_is_one_row() -> None:
    row = capture_row(
        CAPTURE, Outcome.ARTICLE, mime_detected="text/html", charset="utf-8", language="en"
    )
    assert row == {
        "url": URL,
        "url_surtkey": "example,news)/politics/bridge?utm_source=x",
        "url_host_name": "www.news.example",
        "url_host_registered_domain": "news.example",
        "fetch_time": MORNING,
        "fetch_status": 200,
        "content_digest": "sha1:AAAA",
        "content_mime_type": "text/html",
        "content_mime_detected": "text/html",
        "content_charset": "utf-8",
        "content_languages": "en",
        "content_truncated": None,
        **RECORD,
        "record_type": "response",
        "via": "https://www.news.example/",
        "found_by": None,
        "purpose": "article",
        "outcome": "article",
        "ip_address": "192.0.2.1",
        "tls_version": "1.3",
        "redirect_to": None,
        "duration_ms": 321,
        "run_id": "r1",
        **dict.fromkeys(
            ("article_id", "article_url", "thread_platform", "thread_ref", "comments_declared",
             "comments_collected", "thread_outcome")
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "is_read", "expected"),
    [
        (200, True, ("wordpress", "post-77", 3, 2, ThreadOutcome.PARTIAL)),
        (401, False, ("isso", "/bridge", None, 0, ThreadOutcome.LOGIN_NEEDED)),
        (404, False, ("isso", "/bridge", None, 0, ThreadOutcome.NOT_FOUND)),
        (500, False, ("isso", "/bridge", None, 0, None)),
    ],
)
def test_the_capture_of_a_thread_says_whose_it_is_and_how_whole(
    status: int, is_read: bool, expected: tuple[object, ...]
) -> None:
    notes = {"purpose": "thread", "articleCanonicalUrl": CANONICAL, "threadPlatform": "isso",
             "threadRef": "/bridge"}  # fmt: skip
    assert ARTICLE.thread is not None
    thread = replace(ARTICLE.thread, outcome=ThreadOutcome.PARTIAL)
    row = capture_row(
        replace(CAPTURE, status=status, notes=notes),
        Outcome.THREAD,
        article=replace(ARTICLE, thread=thread) if is_read else None,
    )
    assert (row["article_id"], row["article_url"]) == ("f101f68f3b8ee4fc", CANONICAL)
    assert expected == tuple(
        row[name]
        for name in ("thread_platform", "thread_ref", "comments_declared", "comments_collected",
                     "thread_outcome")
    )  # fmt: skip


def test_rows_have_the_columns_of_their_tables_in_no_other_words() -> None:
    rows = {
        "articles": article_row(ARTICLE, CAPTURE, rules_digest="", extractor=""),
        "comments": comment_rows(ARTICLE, CAPTURE)[0],
        "captures": capture_row(CAPTURE, Outcome.ARTICLE),
    }
    assert {table: sorted(row) for table, row in rows.items()} == {
        table: sorted(schema.names) for table, schema in TABLES.items()
    }


def test_a_failed_fetch_and_a_record_of_another_kind_have_their_row() -> None:
    failed = replace(
        CAPTURE,
        record_type="metadata",
        url="dns:news.example",
        status=None,
        headers=(),
        protocols=(),
        notes={"fetchTimeMs": "soon"},
        run_id=None,
        ref=RecordRef("f.warc.gz", 0, 1, "<urn:x>"),
    )
    row = capture_row(failed, Outcome.DNS_FAILURE)
    assert {name for name, value in row.items() if value is not None} == {
        "url",
        "fetch_time",
        "content_digest",
        "warc_filename",
        "warc_record_offset",
        "warc_record_length",
        "warc_record_id",
        "record_type",
        "outcome",
        "ip_address",
    }


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (b"/new", "https://www.news.example/new"),
        (b"http://other.example", "http://other.example/"),
        (b"javascript:alert(1)", None),
        (b"http://[::bad", None),
        (None, None),
    ],
)
def test_a_redirect_says_where_to(location: bytes | None, expected: str | None) -> None:
    headers = ((b"location", location),) if location is not None else ()
    moved = replace(CAPTURE, status=301, headers=headers)
    assert capture_row(moved, Outcome.REDIRECT)["redirect_to"] == expected


def test_what_a_column_cannot_hold_costs_a_value_and_not_the_part() -> None:
    odd = Comment("1", "half \ud83d a pair", likes=10**12, score=-(10**12), depth=10**6)
    (row,) = comment_rows(replace(ARTICLE, thread=Thread("p", (odd,))), CAPTURE)
    assert (row["text"], row["likes"], row["score"], row["depth"]) == (
        "half \ufffd a pair",
        None,
        None,
        32767,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("...", 0),
        ("Don't count 3,000.50 well-known things_twice", 6),
        ("L’été à Saint-Étienne", 3),
        ("Straße, Übergröße!", 2),
        ("राम रानी।", 2),
        ("北京是中国的首都", 8),
        ("漢字 and kana かな", 6),
        ("한국어 단어", 2),
        ("שָׁלוֹם עולם", 2),
    ],
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert word_count(text) == words


def test_two_renderings_of_one_text_have_one_digest() -> None:
    assert text_digest("Cafe\u0301  au\n\nlait ") == text_digest("Café au lait")
    assert text_digest("Café au lait") != text_digest("Café au lait!")


def test_an_edit_moves_few_bits_of_a_simhash_and_another_text_many() -> None:
    text = " ".join(f"Paragraph {i} tells how the bridge was built in year {i}." for i in range(40))
    edited = text.replace("the bridge was built in year 20", "the tunnel was dug in year 20")
    other = " ".join(f"Goal {i} came from the left after {i} minutes of play." for i in range(40))
    assert (simhash(text) ^ simhash(edited)).bit_count() <= 6
    assert (simhash(text) ^ simhash(other)).bit_count() >= 16
    assert simhash("") == 0
    assert simhash("The Bridge") == simhash("the bridge")


def test_the_quick_way_to_words_is_the_same_way() -> None:
    text = "Don't count 3,000.50 well-known things_twice -- L’été à «Saint-Étienne»; 5.a, ½ ² x_"
    assert words_of(text) == words_of(text + " 的")[:-1]
