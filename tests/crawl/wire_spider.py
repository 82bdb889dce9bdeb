"""A spider that asks for given URLs, once each, and reads nothing: run by ``scrapy runspider``."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import scrapy


class WireSpider(scrapy.Spider):
    """``-a requests=[[method, url], …]`` as JSON."""

    name = "wire"

    def __init__(self, requests: str) -> None:
        super().__init__()
        self.wanted: list[list[str]] = json.loads(requests)

    async def start(self) -> AsyncIterator[Any]:
        for method, url in self.wanted:
            yield scrapy.Request(
                url,
                method=method,
                body=b"a=1&b=2" if method == "POST" else b"",
                callback=self.parse,
                dont_filter=True,
                meta={
                    "dont_obey_robotstxt": True,
                    "dont_redirect": True,
                    "handle_httpstatus_all": True,
                    "max_retry_times": 0,
                },
            )

    def parse(self, response: Any) -> None:
        """What came is in the archive; that is what the test looks at."""
