from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from archiver.crawl.asking import MOST_ANSWERS, Asking
from archiver.crawl.frontier import Lease
from archiver.crawl.options import CrawlOptions, Secret, read_options
from archiver.crawl.requests import entry_of, request_of
from archiver.model import Ask, Comment, Errand, Purpose, Thread
from archiver.sites import Routes
from spiders.news import NewsSpider
from tests.crawl.running import settings_of

PAGE = "https://paper.example/bridge/"
API = "https://talk.example/api?page={}"
ARTICLE = Errand(
    Purpose.THREAD, via=PAGE, article_url=PAGE, article_canonical_url="https://paper.example/b"
)


@pytest.fixture
def options(tmp_path: Path) -> CrawlOptions:
    return read_options(settings_of(OUTPUT_DIR=str(tmp_path)))


def asking(options: CrawlOptions) -> Asking:
    spider = NewsSpider(seeds=PAGE)
    return Asking(options, lambda _: [options.threads], spider.parse, spider.thread_failed)


def ask(page: int = 1, **more: object) -> Ask:
    return replace(
        Ask(API.format(page), platform="talk", thread_ref="t1"),
        **more,  # type: ignore[arg-type]
    )


def thread(*ids: str) -> Thread:
    return Thread("talk", tuple(Comment(comment_id=one, text="Yes.") for one in ids))


def answer(request: Request) -> Response:
    return Response(request.url, request=request)


def test_one_ask_is_the_first_answer_and_asks_beside_the_page_are_later_ones(
    options: CrawlOptions,
) -> None:
    (only,) = asking(options).begin((ask(),), ARTICLE, depth=2)
    assert only.meta["errand"] == replace(ARTICLE, platform="talk", thread_ref="t1")
    assert (only.url, only.method, only.meta["depth"]) == (API.format(1), "GET", 2)
    two = asking(options).begin((ask(1), ask(2)), ARTICLE, depth=0)
    assert [request.meta["errand"].page_number for request in two] == [2, 3]


def test_a_request_for_a_thread_comes_back_from_the_frontier_as_it_was(
    options: CrawlOptions,
) -> None:
    spider = NewsSpider(seeds=PAGE)
    made = Asking(options, lambda _: [options.threads], spider.parse, spider.thread_failed)
    posted = ask(
        method="POST",
        headers=(("Content-Type", "application/json"), ("Accept", "application/json")),
        body='{"thread": "é"}',
        instead=(ask(9, instead=(ask(10),)),),
    )
    (request,) = made.begin((posted,), ARTICLE, depth=0)
    entry = entry_of(request, spider)
    (again,) = asking(options).begin((posted,), ARTICLE, depth=0)
    assert entry.key == entry_of(again, spider).key
    assert entry.key != entry_of(made.begin((ask(),), ARTICLE, depth=0)[0], spider).key

    lease = Lease(1, entry)
    back = request_of(lease, spider, lambda failure, errback: None)
    assert (back.method, back.body) == ("POST", '{"thread": "é"}'.encode())
    assert back.headers["Accept"] == b"application/json"
    assert back.meta["errand"] == request.meta["errand"]
    (other,) = made.instead(back)
    assert other.url == API.format(9)
    assert other.meta["errand"].via == back.url
    (last,) = made.instead(other)
    assert (last.url, made.instead(last)) == (API.format(10), [])


def test_a_thread_goes_on_until_an_answer_repeats_one_before_it(options: CrawlOptions) -> None:
    made = asking(options)
    (request,) = made.begin((ask(1),), ARTICLE, depth=0)
    shown = [thread("1", "2"), thread("3"), thread("4"), thread("3")]
    for page, part in enumerate(shown[:-1], 2):
        (request,) = made.go_on((ask(page),), part, answer(request))
        assert request.meta["errand"].page_number == page
        assert request.meta["errand"].article_url == PAGE
    assert made.go_on((ask(9),), shown[-1], answer(request)) == []


def test_a_thread_without_an_end_is_left_after_so_many_answers(options: CrawlOptions) -> None:
    made = asking(options)
    (request,) = made.begin((ask(1),), ARTICLE, depth=0)
    answers = 1
    while following := made.go_on((ask(answers + 1),), thread(str(answers)), answer(request)):
        (request,) = following
        answers += 1
    assert answers == MOST_ANSWERS


def test_what_needs_a_key_is_asked_only_by_who_has_it(options: CrawlOptions) -> None:
    keyed = ask(5, needs="DISQUS_API_KEY", instead=(ask(6),))
    (without,) = asking(options).begin((keyed,), ARTICLE, depth=0)
    assert without.url == API.format(6)
    keys = {"DISQUS_API_KEY": Secret("https://disqus.com/api/", "api_key", "k" * 20)}
    (with_key,) = asking(replace(options, secrets=keys)).begin((keyed,), ARTICLE, depth=0)
    assert with_key.url == API.format(5)
    assert "kkk" not in repr(replace(options, secrets=keys))


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (Routes.PAGE, []),
        (Routes.SITE, ["https://paper.example/c"]),
        (Routes.ALL, ["https://paper.example/c", API.format(1)]),
    ],
)
def test_how_far_a_crawl_goes_for_comments_is_the_operators_choice(
    options: CrawlOptions, routes: Routes, expected: list[str]
) -> None:
    asks = (Ask("https://paper.example/c"), ask(1), Ask("mailto:nobody@paper.example"))
    requests = asking(replace(options, threads=routes)).begin(asks, ARTICLE, depth=0)
    assert [request.url for request in requests] == expected


def test_answers_that_lead_to_many_others_are_no_way_round_the_bound(
    options: CrawlOptions,
) -> None:
    made = asking(options)
    waiting = made.begin((ask(1),), ARTICLE, depth=0)
    asked = 1
    while waiting:
        request = waiting.pop()
        asks = tuple(ask(asked + n) for n in range(1, 301))
        following = made.go_on(asks, thread(str(asked)), answer(request))
        asked += len(following)
        waiting += following
    assert asked == MOST_ANSWERS


def test_a_retry_keeps_what_is_asked_instead(options: CrawlOptions) -> None:
    spider = NewsSpider(seeds=PAGE)
    made = Asking(options, lambda _: [options.threads], spider.parse, spider.thread_failed)
    (request,) = made.begin((ask(1, instead=(ask(9),)),), ARTICLE, depth=0)
    lease = Lease(1, entry_of(request, spider))
    leased = request_of(lease, spider, lambda failure, errback: None)
    again = entry_of(leased.replace(priority=3), spider)
    assert again.details["errback"] == "thread_failed"
    (other,) = made.instead(request_of(Lease(1, again), spider, lambda failure, errback: None))
    assert other.url == API.format(9)


def test_headers_of_an_ask_come_back_as_they_were(options: CrawlOptions) -> None:
    spider = NewsSpider(seeds=PAGE)
    made = Asking(options, lambda _: [options.threads], spider.parse, spider.thread_failed)
    headers = (("x-post-id", "caf\u00e9"), ("Referer", PAGE))
    (request,) = made.begin((ask(1, headers=headers),), ARTICLE, depth=0)
    for _ in range(2):
        lease = Lease(1, entry_of(request, spider))
        request = request_of(lease, spider, lambda failure, errback: None)
    assert request.headers["x-post-id"] == "caf\u00e9".encode()
    assert request.headers["Referer"] == PAGE.encode()
