"""A small invented newspaper that is served on this machine, for tests and for a first crawl.

``press`` makes its pages, ``routes`` knows what each address answers, ``server`` answers, and
``truth`` says what a crawl of it must find.
"""

from tests.newspaper.server import Newspaper, newspaper, watched_newspaper

__all__ = ["Newspaper", "newspaper", "watched_newspaper"]
