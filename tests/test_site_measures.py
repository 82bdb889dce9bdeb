"""One site of one run: its form in ``run.json``, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.site_measures import FIELDS, SiteMeasures, as_json, from_json

FULL = SiteMeasures(
    captures=7,
    outcomes={"article": 4, "not_found": 3},
    size_bytes=70_000,
    found_by={"feed": 4},
    errors=3 / 7,
    duration_p50_ms=120.0,
    duration_p95_ms=900.5,
    articles=3,
    new_articles=2,
    article_pages=4,
    fields={"title": 1.0, "authors": 0.25},
    words_median=410.0,
    words_p10=80.0,
    newest_published_at=datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    comments=9,
    articles_read=4,
    articles_commented=2,
)
WRITTEN = {
    "captures": 7,
    "outcomes": {"article": 4, "not_found": 3},
    "bytes": 70_000,
    "found_by": {"feed": 4},
    "errors": 0.4286,
    "duration_ms": {"p50": 120.0, "p95": 900.5},
    "articles": 3,
    "new_articles": 2,
    "article_pages": 4,
    "fields": {"title": 1.0, "authors": 0.25},
    "words": {"median": 410.0, "p10": 80.0},
    "newest_published_at": "2026-11-23T07:30:00+00:00",
    "comments": 9,
    "comments_per_article": 2.25,
    "articles_read": 4,
    "articles_commented": 2,
}


def test_the_form_in_a_record() -> None:
    assert as_json(FULL) == WRITTEN
    assert as_json(from_json(WRITTEN)) == WRITTEN


def test_a_site_of_which_nothing_is_known() -> None:
    assert from_json({}) == SiteMeasures()
    assert from_json(json.loads(json.dumps(as_json(SiteMeasures())))) == SiteMeasures()


def test_what_another_version_says_besides_is_passed_over() -> None:
    assert from_json({"articles": 2, "mood": "good"}) == SiteMeasures(articles=2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "site",
        {"captures": -1},
        {"captures": 1.5},
        {"captures": True},
        {"captures": "7"},
        {"captures": 10**400},
        {"captures": float("nan")},
        {"outcomes": ["article"]},
        {"outcomes": {"article": "4"}},
        {"errors": 1.01},
        {"fields": {"title": -0.1}},
        {"fields": None},
        {"words": {"median": float("inf")}},
        {"duration_ms": 12},
        {"newest_published_at": 5},
        {"newest_published_at": "yesterday"},
    ],
)
def test_what_is_no_site_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for a person
        from_json(value)


@given(
    st.builds(
        SiteMeasures,
        captures=st.integers(0, 10**9),
        outcomes=st.dictionaries(st.text(), st.integers(0, 10**9), max_size=3),
        errors=st.none() | st.floats(0, 1),
        articles=st.integers(0, 10**9),
        new_articles=st.none() | st.integers(0, 10**9),
        fields=st.dictionaries(st.sampled_from(FIELDS), st.floats(0, 1)),
        words_median=st.none() | st.floats(0, 10**6),
        newest_published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_whatever_is_written_can_be_read(measures: SiteMeasures) -> None:
    written = json.loads(json.dumps(as_json(measures)))
    assert as_json(from_json(written)) == written
