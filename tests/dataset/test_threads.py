"""The captures of a thread, out of all parts: pages, answers, revisits, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.dataset.measures import article_id
from archiver.dataset.threads import thread_captures, thread_ids_of
from archiver.errors import PartError
from archiver.outcomes import Outcome, ThreadOutcome
from archiver.sightings import Route, Sighting
from archiver.thread_history import ThreadInTime
from tests.dataset.answers import API, Taken, again, answer, comment, dataset, page, refused
from tests.dataset.samples import CANONICAL, MORNING, URL

ID = article_id(CANONICAL)


def told(sighting: Sighting) -> tuple[int, Route, str | None, int | None, ThreadOutcome | None]:
    seconds = int((sighting.captured_at - MORNING).total_seconds())
    return (seconds, sighting.route, sighting.url, sighting.declared, sighting.outcome)


def test_pages_and_answers_are_one_history_in_the_order_of_time(tmp_path: Path) -> None:
    folder = dataset(
        tmp_path,
        answer(61, [comment(3)], number=2),
        page(0, [comment(1), comment(2)], 3, outcome=ThreadOutcome.PARTIAL),
        answer(60, [comment(2)], 3, outcome=ThreadOutcome.PARTIAL),
        page(120, [], 0),
        Taken(page(7, [comment(9)]).capture, Outcome.EXTRACT_FAILED),
    )
    (history,) = thread_captures(folder, ID).histories
    assert [told(one) for one in history.sightings] == [
        (0, Route.PAGE, URL, 3, ThreadOutcome.PARTIAL),
        (60, Route.ANSWER, API.format(1), 3, ThreadOutcome.PARTIAL),
        (61, Route.ANSWER, API.format(2), None, None),
        (120, Route.PAGE, URL, 0, None),
    ]
    assert [one.platform for one in history.sightings] == [*["wordpress"] * 3, None]
    assert history.shown == (((0, "1"), (1, "2")), ((0, "2"),), ((0, "3"),), ())
    assert history.sightings[1].thread_ref == "post-77"
    assert history.sightings[1].read_by == "e pseudonym"
    assert history.seen["1"][0].comment == comment(1)


def test_a_page_of_comments_is_a_page_though_it_was_asked_for_as_a_thread(tmp_path: Path) -> None:
    html = ((b"Content-Type", b"text/html"),)
    folder = dataset(tmp_path, answer(0, [comment(1)], headers=html))
    (history,) = thread_captures(folder, ID).histories
    assert history.sightings[0].route is Route.PAGE


def test_an_answer_that_another_program_archived_has_its_address(tmp_path: Path) -> None:
    folder = dataset(tmp_path, answer(0, [comment(1)], notes={}))
    (history,) = thread_captures(folder, ID).histories
    assert told(history.sightings[0]) == (0, Route.ANSWER, API.format(1), None, None)


def test_a_revisit_shows_what_the_same_bytes_showed(tmp_path: Path) -> None:
    first, second = answer(0, [comment(1)]), answer(60, [comment(1), comment(2)])
    folder = dataset(tmp_path, again(first, 120), first, second, again(second, 180))
    (history,) = thread_captures(folder, ID).histories
    shown = [[comment_id for _, comment_id in shown] for shown in history.shown]
    assert shown == [["1"], ["1", "2"], ["1"], ["1", "2"]]
    node = ThreadInTime(history).at(MORNING + timedelta(seconds=180)).nodes[1]
    assert (node.last_seen_at - node.first_seen_at).total_seconds() == 120


def test_two_platforms_have_two_histories_and_refusals_are_told(tmp_path: Path) -> None:
    folder = dataset(
        tmp_path,
        page(0, [comment(1)]),
        answer(60, [comment(1)], platform="disqus"),
        refused(61),
    )
    found = thread_captures(folder, ID)
    assert [one.platform for one in found.histories] == ["disqus", "wordpress"]
    assert found.refusals == (
        (MORNING + timedelta(seconds=61), "coral", ThreadOutcome.LOGIN_NEEDED),
    )


def test_what_other_programs_read_is_told_apart(tmp_path: Path) -> None:
    dataset(tmp_path, page(0, [comment(1)]), extractor="e 1")
    folder = dataset(tmp_path, page(60, [comment(1)]), extractor="e 2")
    (history,) = thread_captures(folder, ID).histories
    assert [one.read_by for one in history.sightings] == ["e 1 pseudonym", "e 2 pseudonym"]


def test_a_copy_of_a_record_is_no_second_sighting(tmp_path: Path) -> None:
    first = page(0, [comment(1)])
    ref = replace(first.capture.ref, filename="copy.warc.gz")
    copy = replace(first, capture=replace(first.capture, ref=ref))
    (history,) = thread_captures(dataset(tmp_path, first, copy), ID).histories
    assert [one.place[0] for one in history.sightings] == ["copy.warc.gz"]
    assert len(history.seen["1"]) == 1


def test_other_articles_are_left_out(tmp_path: Path) -> None:
    other = page(5, [comment(7)])
    assert other.article is not None
    elsewhere = replace(other.article, canonical_url="https://www.news.example/other")
    folder = dataset(tmp_path, page(0, [comment(1)]), replace(other, article=elsewhere))
    (history,) = thread_captures(folder, ID).histories
    assert set(history.seen) == {"1"}
    assert len(history.sightings) == 1


def test_an_article_without_comments_has_no_history(tmp_path: Path) -> None:
    found = thread_captures(dataset(tmp_path, page(0, [], 0)), ID)
    assert (found.histories, found.refusals) == ((), ())


def test_an_article_of_which_there_are_only_comments_is_found(tmp_path: Path) -> None:
    folder = dataset(tmp_path, answer(0, [comment(1)]))
    for key in (ID, CANONICAL):
        assert thread_ids_of(folder, key) == {ID: CANONICAL}
    assert thread_ids_of(folder, "nothing") == {}


def test_a_torn_part_is_a_fault_with_its_name(tmp_path: Path) -> None:
    folder = dataset(tmp_path, page(0, [comment(1)]))
    part = next((folder / "comments").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(PartError, match=part.name):
        thread_captures(folder, ID)
