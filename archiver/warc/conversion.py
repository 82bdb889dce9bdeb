"""The clean WARC: what was read from a page, as conversion records beside the archive.

Knows how an article with its comments is said in schema.org's words and how a conversion record
points at its source (WARC/1.1, 6.7). The records stand in a file of their own: on the page's URI
inside the replay index, pywb would serve them instead of the page. Ids are made from the source's
id and dates are its dates, so that the same captures give the same bytes. ``warcio`` writes the
records; why it does not write captures is told in ``docs/decisions/0004-warc-writing.md``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from warcio.warcwriter import WARCWriter

from archiver.model import Access, Article, Capture, Comment, CommentStatus
from archiver.outcomes import Outcome
from archiver.warc.fields import Field, field_lines, safe_uri, safe_value
from archiver.warc.gzips import pack
from archiver.warc.parse import OpenRecord, records
from archiver.warc.records import CONFORMS_TO, FORMAT, warc_date
from archiver.warc.stream import PlainStream

CONTENT_TYPE = "application/ld+json"
DEEPEST = 100
"""Comments nested deeper stand flat at this depth, each naming its parent all the same: a JSON
reader has its limit, and no thread is read by eye beyond it."""

_OF_CONVERSION = (
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "WARC-Warcinfo-ID",
    "WARC-Refers-To",
)
_OPEN_ACCESS = {Access.FREE: True, Access.METERED: False, Access.PAYWALLED: False}


class CleanWriter:
    """Writes conversion records to a file at exactly ``path``; it is whole after ``close``."""

    def __init__(self, path: Path, *, filename: str, at: datetime, info: Mapping[str, str]) -> None:
        """``filename`` is the file's final name, ``at`` the date of its warcinfo record (that of
        the source file), ``info`` the warcinfo's fields."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.records = 0
        self._path = path
        self._file: BinaryIO = path.open("wb")
        name = _one_line(filename)
        self._warcinfo_id = f"<urn:uuid:{uuid5(NAMESPACE_URL, 'warcinfo:' + name)}>"
        headers = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", self._warcinfo_id),
            ("WARC-Date", warc_date(at)),
            ("WARC-Filename", name),
        ]
        told = [(name, value) for name, value in info.items() if value]
        lines = field_lines([("format", FORMAT), ("conformsTo", CONFORMS_TO), *told])
        self._write(headers, "application/warc-fields", lines)

    def append(self, capture: Capture, article: Article, *, identifier: str) -> None:
        """The file holds what was read from ``capture``. ``identifier`` is the article's id."""
        block = _json(json_ld(article, identifier=identifier))
        self._write(conversion_headers(capture, self._warcinfo_id), CONTENT_TYPE, block)
        self.records += 1

    def _write(self, headers: Iterable[Field], content_type: str, block: bytes) -> None:
        self._file.write(pack(record_bytes(headers, content_type, block)))

    def close(self) -> None:
        """The file is whole and on its disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """The file is gone."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def edit_clean(
    source: Path, target: Path, edit: Callable[[str, dict[str, Any]], dict[str, Any] | None]
) -> None:
    """``target`` holds the records of the clean WARC ``source`` as ``edit`` leaves them, on its
    disk. It is given the id of the record that a conversion was read from and what it says, and
    answers with what is to be said: the same value, another, or None for a record that goes."""
    with source.open("rb") as stream, target.open("wb") as file:
        for record in records(PlainStream(stream, str(source)), str(source)):
            pieces = []
            while piece := record.read():
                pieces.append(piece)
            record.close()
            block = b"".join(pieces)
            headers = [(name, record.get(name) or "") for name in _OF_CONVERSION]
            if record.record_type == "conversion":
                said = json.loads(block)
                left = edit(record.get("WARC-Refers-To") or "", said)
                if left is None:
                    continue
                if left is not said:
                    file.write(pack(record_bytes(headers, CONTENT_TYPE, _json(left))))
                    continue
            file.write(_as_it_stands(source, record))
        file.flush()
        os.fsync(file.fileno())


def _as_it_stands(source: Path, record: OpenRecord) -> bytes:
    with source.open("rb") as file:
        file.seek(record.offset)
        return file.read(record.length)


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def record_bytes(headers: Iterable[Field], content_type: str, block: bytes) -> bytes:
    """A WARC/1.1 record with these headers, in this order, and with its digests and length; as it
    stands in a file, uncompressed.

    ``warcio`` writes a line break in a header through, and fails on what is not UTF-8: each value
    comes to it as one line of text. The member is packed by us (``gzips``), as all others are.
    """
    told = {name: _one_line(value) for name, value in headers}
    plain = BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        told.get("WARC-Target-URI"),
        told["WARC-Type"],
        payload=BytesIO(block),
        length=len(block),
        warc_content_type=content_type,
        warc_headers_dict=told,
    )
    writer.write_record(record)
    return plain.getvalue()


def _one_line(value: str) -> str:
    return safe_value(value).encode("utf-8", "replace").decode("utf-8")


def conversion_headers(capture: Capture, warcinfo_id: str) -> list[Field]:
    """The headers of the conversion record of ``capture``, without what its content decides."""
    return [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", f"<urn:uuid:{conversion_id(capture.ref.record_id)}>"),
        ("WARC-Date", warc_date(capture.captured_at)),
        ("WARC-Target-URI", safe_uri(capture.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Refers-To", capture.ref.record_id),
    ]


def conversion_id(record_id: str) -> UUID:
    """The id of the conversion of the record ``record_id`` (UUID version 5, RFC 9562, 5.5)."""
    return uuid5(NAMESPACE_URL, "conversion:" + record_id)


def json_ld(article: Article, *, identifier: str) -> dict[str, Any]:
    """``article`` in schema.org's words; what is not known is not said. A thread fetched apart is
    a page about the article, with its comments."""
    if article.outcome is not Outcome.ARTICLE:
        about = {"@type": "NewsArticle", "url": article.canonical_url, "identifier": identifier}
        said: dict[str, Any] = {"@type": "WebPage", "url": article.url, "about": about}
    else:
        said = {
            "@type": "NewsArticle",
            "identifier": identifier,
            "url": article.url,
            "mainEntityOfPage": article.canonical_url,
            "headline": article.title,
            "alternativeHeadline": article.subtitle,
            "description": article.description,
            "author": [_person(author.name, author.url) for author in article.authors],
            "sourceOrganization": [
                {"@type": "Organization", "name": name} for name in article.agencies
            ],
            "datePublished": _instant(article.published_at),
            "dateModified": _instant(article.modified_at),
            "inLanguage": article.language,
            "articleSection": article.section,
            "keywords": list(article.tags),
            "articleBody": article.text,
            "pagination": str(article.page_number) if article.page_number > 1 else None,
            "image": [
                _known({"@type": "ImageObject", "url": image.url, "caption": image.caption})
                for image in article.images
            ],
            "isAccessibleForFree": _OPEN_ACCESS.get(article.access) if article.access else None,
            "license": article.rights.license,
        }
    thread = article.thread
    if thread is not None:
        said["commentCount"] = thread.declared
        said["comment"] = nested(thread.comments)
    return {"@context": "https://schema.org", **_known(said)}


def nested(comments: Iterable[Comment]) -> list[dict[str, Any]]:
    """The comments in order, answers inside what they answer. Every comment stands exactly once:
    one whose parent is not there, or which answers itself in a circle, stands at the top."""
    all_comments = tuple(comments)
    places = {comment.comment_id: i for i, comment in reversed(list(enumerate(all_comments)))}
    said = [_comment(comment) for comment in all_comments]
    parents = [places.get(one.parent_id) if one.parent_id else None for one in all_comments]
    top: list[dict[str, Any]] = []
    for i, one in enumerate(said):
        line = _ancestors(i, parents)
        if line is None or not line:
            top.append(one)
        else:
            host = line[0] if len(line) <= DEEPEST else line[len(line) - DEEPEST]
            said[host].setdefault("comment", []).append(one)
    return top


def _ancestors(place: int, parents: list[int | None]) -> list[int] | None:
    """Places from the parent of ``place`` up to the top; None when they run in a circle."""
    line: list[int] = []
    seen = {place}
    parent = parents[place]
    while parent is not None:
        if parent in seen:
            return None
        seen.add(parent)
        line.append(parent)
        parent = parents[parent]
    return line


def _comment(comment: Comment) -> dict[str, Any]:
    parent = comment.parent_id
    return _known(
        {
            "@type": "Comment",
            "identifier": comment.comment_id,
            "url": comment.permalink,
            "parentItem": {"@type": "Comment", "identifier": parent} if parent else None,
            "author": _person(comment.author, comment.author_url, comment.author_id)
            if comment.author or comment.author_id
            else None,
            "datePublished": _instant(comment.published_at),
            "dateModified": _instant(comment.edited_at),
            "text": comment.text,
            "upvoteCount": comment.likes,
            "downvoteCount": comment.dislikes,
            "creativeWorkStatus": comment.status.value
            if comment.status is not CommentStatus.VISIBLE
            else None,
        }
    )


def _person(name: str | None, url: str | None, identifier: str | None = None) -> dict[str, Any]:
    return _known({"@type": "Person", "name": name, "url": url, "identifier": identifier})


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _known(said: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_without_unknown(said))


def _without_unknown(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        if value is not None and value != []:
            yield name, value
