"""Reading an article out of a page: ``extract`` for bytes, ``extract_document`` for a tree.

Pure: knows no archive, no network, no clock.
"""

from __future__ import annotations

from archiver.extract.article import extract, extract_document
from archiver.extract.pages import next_page_of

__all__ = ["extract", "extract_document", "next_page_of"]
