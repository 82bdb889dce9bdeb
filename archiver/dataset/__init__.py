"""The dataset: three tables, written as parts of which each tells one WARC's facts.

Storage knows rows, not where they came from: nothing here reads a WARC or a page.
"""

from archiver.dataset.parts import PartWriter, read_footer, write_part
from archiver.dataset.schema import ARTICLES, CAPTURES, COMMENTS, SCHEMA_VERSION, TABLES

__all__ = [
    "ARTICLES",
    "CAPTURES",
    "COMMENTS",
    "SCHEMA_VERSION",
    "TABLES",
    "PartWriter",
    "read_footer",
    "write_part",
]
