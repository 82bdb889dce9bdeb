"""archiver: news pages and their readers' comments, from the wire to WARC and Parquet.

This module knows the version and nothing else; importing it does nothing.
"""

__version__ = "0.1.0"
