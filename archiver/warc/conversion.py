"""The clean WARC: what was read from a page, as conversion records beside the archive.

Knows how an article with its comments is said in schema.org's words and how a conversion record
points at its source (WARC/1.1, 6.7). The records stand in a file of their own: on the page's URI
inside the replay index, pywb would serve them instead of the page. Ids are made from the source's
id and dates are its dates, so that the same captures give the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from archiver.model import Access, Article, Capture, Comment, CommentStatus
from archiver.outcomes import Outcome
from archiver.warc.digests import sha1_label
from archiver.warc.fields import Field, safe_uri
from archiver.warc.gzips import pack
from archiver.warc.records import Record, record_bytes, warc_date, warcinfo_record

CONTENT_TYPE = "application/ld+json"
DEEPEST = 100
"""Comments nested deeper stand flat at this depth, each naming its parent all the same: a JSON
reader has its limit, and no thread is read by eye beyond it."""

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
        self._warcinfo_id = uuid5(NAMESPACE_URL, "warcinfo:" + filename)
        first = warcinfo_record(
            filename=filename, at=at, fields=info.items(), record_id=self._warcinfo_id
        )
        self._file.write(pack(record_bytes(first)))

    def append(self, capture: Capture, article: Article, *, identifier: str) -> None:
        """The file holds what was read from ``capture``. ``identifier`` is the article's id."""
        block = json.dumps(
            json_ld(article, identifier=identifier), ensure_ascii=False, separators=(",", ":")
        ).encode("utf-8", "replace")
        record = conversion_record(capture, block, f"<urn:uuid:{self._warcinfo_id}>")
        self._file.write(pack(record_bytes(record)))
        self.records += 1

    def close(self) -> None:
        """The file is whole and on its disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """The file is gone."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def conversion_record(capture: Capture, block: bytes, warcinfo_id: str) -> Record:
    """The conversion record of ``capture`` whose content is ``block``."""
    digest = sha1_label(block)
    record_id = f"<urn:uuid:{conversion_id(capture.ref.record_id)}>"
    headers: list[Field] = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(capture.captured_at)),
        ("WARC-Target-URI", safe_uri(capture.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Refers-To", capture.ref.record_id),
        ("WARC-Payload-Digest", digest),
        ("WARC-Block-Digest", digest),
        ("Content-Type", CONTENT_TYPE),
        ("Content-Length", str(len(block))),
    ]
    return Record("conversion", record_id, tuple(headers), (block,))


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
