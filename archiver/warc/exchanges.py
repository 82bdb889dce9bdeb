"""Which records of a file belong together, and where an exchange is whole.

Knows ``WARC-Concurrent-To``: each record of an exchange names the others.
"""

from __future__ import annotations

from archiver.warc.fields import every
from archiver.warc.parse import OpenRecord


class Unanswered:
    """Record ids that were named by the records seen so far and have not come yet."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._named: set[str] = set()

    def see(self, record: OpenRecord) -> None:
        """Take notice of ``record``, which follows those seen before."""
        self._seen.add(record.record_id)
        self._named.discard(record.record_id)
        self._named.update(
            name for name in every(record.fields, "WARC-Concurrent-To") if name not in self._seen
        )

    @property
    def is_whole(self) -> bool:
        """Whether every exchange begun so far has all its records."""
        return not self._named
