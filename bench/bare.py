"""Scrapy doing nothing: fetches the pages that a sitemap lists and looks at none of them.

``python -m bench.bare PORT``: the yardstick of the crawl's speed.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess


class BareSpider(scrapy.Spider):
    """Requests every page of the sitemap."""

    name = "bare"
    port: str

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(f"http://127.0.0.1:{self.port}/sitemap.xml")

    def parse(self, response: Any) -> Iterator[scrapy.Request]:
        response.selector.remove_namespaces()
        for url in response.xpath("//loc/text()").getall():
            yield scrapy.Request(url, callback=self.look_away)

    def look_away(self, response: Any) -> None:
        """Nothing."""


def main() -> None:
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "COOKIES_ENABLED": False,
        }
    )
    process.crawl(BareSpider, port=sys.argv[1])
    process.start()


if __name__ == "__main__":
    main()
