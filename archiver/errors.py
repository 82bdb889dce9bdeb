"""The faults of the house, one tree. A *refusal* is no fault: it is an ``Outcome``.

::

    ArchiverError
    ├── ConfigError            a setting, an argument or a file of the operator is wrong
    │   ├── RulesError         a site's rules do not parse or do not hold together
    │   │   └── FaultyRules    ... with all that is wrong (``rules_text``)
    │   └── DirectoryInUse     another crawl owns the output directory
    ├── UrlError               a string is not an address that can be asked for
    ├── WarcError              an archive file is not what it should be
    │   ├── WriteFailed        a record could not be made durable
    │   │   └── DiskFull       ... because the disk is full
    │   └── TornRecord         a record or gzip member ends early
    ├── PageError              a page cannot be read
    │   ├── NotHtml            it is something else than a page
    │   ├── Undecodable        its content or charset cannot be undone
    │   ├── PageTooLarge       decoded, it is larger than the limit
    │   └── HookFailed         the operator's hook for its site came to nothing
    ├── PlatformError          a comment platform answered in an unknown shape
    └── PartError              a dataset part cannot be read or written

Every message says what, where and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault lies: a file with its offset in bytes, a file with its line, or a URL."""

    name: str
    offset: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.offset is not None:
            return f"{self.name} at offset {self.offset}"
        if self.line is not None:
            return f"{self.name}, line {self.line}"
        return self.name


class ArchiverError(Exception):
    """Any fault of this package. ``place`` says where, ``remedy`` what to do next."""

    def __init__(self, what: str, *, place: Place | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.place = place
        self.remedy = remedy
        # What is copied or pickled is made again from these arguments and then its attributes.
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}" if self.place else self.what
        return f"{text}. {self.remedy}" if self.remedy else text


class ConfigError(ArchiverError):
    """A setting, an argument or a file of the operator is wrong."""


class RulesError(ConfigError):
    """A site's rules do not parse or do not hold together."""


class DirectoryInUse(ConfigError):
    """Another crawl owns the output directory; the message names its process and host."""


class UrlError(ArchiverError):
    """A string is not an http or https address that can be asked for."""


class WarcError(ArchiverError):
    """An archive file is not what it should be."""


class WriteFailed(WarcError):
    """A record could not be made durable; nothing that depends on it may go on."""


class DiskFull(WriteFailed):
    """The disk has no room (or no inode) left for a record."""


class TornRecord(WarcError):
    """A record or its gzip member ends before its end."""


class PageError(ArchiverError):
    """A page cannot be read."""


class NotHtml(PageError):
    """The payload is something else than an HTML page."""


class Undecodable(PageError):
    """The content encoding or the charset of a payload cannot be undone."""


class PageTooLarge(PageError):
    """Decoded, a payload is larger than the limit of its kind."""


class HookFailed(PageError):
    """The operator's hook for a site raised, or gave back something else than an article."""


class PlatformError(ArchiverError):
    """A comment platform answered in a shape that its module does not know."""


class PartError(ArchiverError):
    """A part of the dataset cannot be read or written."""
