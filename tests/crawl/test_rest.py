"""A server that is too busy is given the rest it asks for, within limits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from archiver.crawl.handler import _for_the_server
from archiver.crawl.politeness import RetryAfterMiddleware

URL = "https://paper.example/a"


class Scheduler:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def pause(self, slot: str, seconds: float) -> None:
        self.asked.append(("pause", slot, seconds))

    def close_slot(self, slot: str) -> None:
        self.asked.append(("close", slot))


def answers(*answers: tuple[int, str | None]) -> list[tuple[Any, ...]]:
    """What the scheduler is asked to do for these answers of one site, in turn."""
    scheduler = Scheduler()
    crawler: Any = SimpleNamespace(engine=SimpleNamespace(scheduler=scheduler))
    middleware = RetryAfterMiddleware(crawler)
    for status, header in answers:
        headers = {} if header is None else {"Retry-After": header}
        response = Response(URL, status=status, headers=headers)
        request = Request(URL, meta={"download_slot": "paper.example"})
        assert middleware.process_response(request, response) is response
    return scheduler.asked


@pytest.mark.parametrize(
    ("status", "header", "asked"),
    [
        (503, "30", [("pause", "paper.example", 30.0)]),
        (429, "5", [("pause", "paper.example", 5.0)]),
        (429, None, []),
        (429, "soon", []),
        (200, "30", []),
        (503, "86400", [("close", "paper.example")]),
    ],
)
def test_rest_is_given_where_it_is_asked_for(
    status: int, header: str | None, asked: list[tuple[Any, ...]]
) -> None:
    assert answers((status, header)) == asked


def test_a_site_that_asks_again_and_again_is_left_for_the_next_run() -> None:
    asked = answers((503, "400"), (503, "400"))
    assert asked == [("pause", "paper.example", 400.0), ("close", "paper.example")]


def test_what_is_said_to_the_proxy_is_not_archived() -> None:
    said = b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n"
    sent = said + b"Proxy-Authorization: Basic eA==\r\n\r\n"
    assert _for_the_server(sent) == said + b"\r\n"
