"""The crawl: with ``spiders/`` the only wing that knows Scrapy and Twisted."""
