"""Content-Encoding undone where Scrapy is to see the text, and left to the readers elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from archiver.model import Errand, Purpose

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class DecodeForOthers(HttpCompressionMiddleware):
    """Scrapy's decoding of Content-Encoding, except where the spider reads captures itself.

    A spider that says ``reads_captures = True`` hands the archived bytes to a worker that decodes
    them within limits; decoding them here too would be work for nothing.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response:
        """The response, decoded unless the spider does so."""
        errand = request.meta.get("errand")
        is_robots = isinstance(errand, Errand) and errand.purpose is Purpose.ROBOTS
        if getattr(self._crawler.spider, "reads_captures", False) and not is_robots:
            return response
        return super().process_response(request, response)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecodeForOthers:
        """Scrapy's way of building a component."""
        middleware = super().from_crawler(crawler)
        middleware._crawler = crawler
        return middleware

    _crawler: Crawler
