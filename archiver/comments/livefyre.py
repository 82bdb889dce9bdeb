"""Livefyre, which is closed: found on pages, read from archives, never asked.

Knows the marks of its scripts and containers, and the answers of its bootstrap API: ``init`` with
the newest fifty and the collection's settings, ``N.json`` with fifty older ones each. An answer
holds a forest of states: messages, and opinions ("likes") and embeds that hang below them. A state
whose visibility is 0 is a deleted comment that has replies.

Shapes: excerpts of Livefyre's iOS and JavaScript SDKs and of their tests; Adobe's "Use the
Bootstrap and Stream API with Livefyre apps"; clients of the API. The annotations (moderator,
featured, liked) are known less well than the rest. No archived answer was at hand. Checked against
its published shape only, no server was asked.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, epoch, tables, text_in, total, whole, word
from archiver.dom import Document, Node
from archiver.errors import Place, PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "livefyre"
_ADDRESS = re.compile(
    r"/bs3/(?:v3\.\d/)?/?(?:[\w.-]+/)?(?P<network>[\w.-]+\.(?:fyre\.co|com))/(?P<site>\d+)/"
    r"(?P<article>[\w%=+-]+)/(?:init|head\.json|\d+\.json)$"
)
_HOST = re.compile(r"(?:^|\.)(?:livefyre\.com|fyre\.co)$")
_CALLBACK = re.compile(rb"^\s*[\w.$]{1,200}\s*\((?P<json>.*)\)\s*;?\s*$", re.DOTALL)
_CONTAINER = re.compile(
    r"(?:^| )(?:livefyre|livefyre[-_](?:comments?|container|app)(?:[-_][\w-]*)?)(?: |$)"
)
_SCRIPTS: Final = ("livefyre.com/", "/livefyre.js", "fyre.co/")
_SETTING = r"""["']?\s*[:=]\s*["'](?P<value>[^"'<>\s]{1,200})["']"""
_NETWORK = re.compile(rf"\bnetwork(?:Name)?{_SETTING}")
_SITE = re.compile(rf"\bsiteId{_SETTING}")
_ARTICLE = re.compile(rf"\barticleId{_SETTING}")
_MESSAGE: Final = 0
_OPINION: Final = 1
_DEEPEST: Final = 100
"""Livefyre nested four levels; what is deeper than this is no thread."""


def find(document: Document) -> Finding | None:
    """That the page shows a Livefyre conversation, and its name where the page says it; a page
    that only counts comments shows none."""
    if "livefyre" not in document.hints:
        return None
    container = _container(document)
    scripts = [text for text in document.inline_scripts() if "fyre" in text]
    if container is None and not any(mark in document.hints for mark in _SCRIPTS):
        return None
    if container is None and not any("articleId" in text for text in scripts):
        return None
    told = "\n".join(scripts)
    said = {name: _attribute(container, name) for name in ("network", "site-id", "article-id")}
    network = said["network"] or _setting(_NETWORK, told)
    site = said["site-id"] or _setting(_SITE, told)
    article = said["article-id"] or _setting(_ARTICLE, told)
    return Finding(_ref(network, site, article))


def owns(url: str) -> bool:
    """True for the bootstrap API's pages of a collection."""
    parts = urlsplit(url)
    return bool(_HOST.search(parts.hostname or "") and _ADDRESS.search(parts.path))


def read(document: Document) -> Found | None:  # noqa: ARG001 - as the protocol has it
    """Nothing: the comments were written by a script."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an archived answer. There is nobody to ask for more."""
    said = _json_of(answer)
    held = said["headDocument"] if isinstance(said.get("headDocument"), dict) else said
    if not isinstance(held.get("content"), list):
        raise PlatformError("no collection of Livefyre", place=Place(answer.url))
    authors = held.get("authors")
    comments = tuple(_comments(held["content"], authors if isinstance(authors, dict) else {}))
    settings = said.get("collectionSettings")
    declared = whole(at(settings, "numVisible"))
    shown = sum(comment.status is CommentStatus.VISIBLE for comment in comments)
    outcome = None
    if declared is not None and declared > shown:
        outcome = ThreadOutcome.PARTIAL  # the older ones are in other answers
    page = word(at(settings, "url"))
    if page is None or not page.startswith(("http://", "https://")):
        page = None
    ref = answer.thread_ref or _ref_of_url(answer.url)
    return Batch(Thread(NAME, comments, declared, ref, outcome), (), page)


def _json_of(answer: Answer) -> dict[str, Any]:
    """The answer's object, taken out of a callback's parentheses where it stands in such."""
    called = _CALLBACK.match(answer.payload)
    try:
        said = json.loads(called["json"] if called else answer.payload)
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"no JSON: {error}", place=Place(answer.url)) from error
    if not isinstance(said, dict):
        raise PlatformError("no JSON object", place=Place(answer.url))
    data = said.get("data")
    return data if isinstance(data, dict) and "content" in data else said


def _comments(states: Any, authors: dict[str, Any], depth: int = 0) -> Iterator[Comment]:
    """The messages of a list of states and of the lists below them."""
    for state in tables(states) if depth < _DEEPEST else ():
        if (whole(state.get("type")) or 0) != _MESSAGE:
            continue
        comment = _comment(state, authors)
        if comment is not None:
            yield comment
        yield from _comments(state.get("childContent"), authors, depth + 1)


def _comment(state: dict[str, Any], authors: dict[str, Any]) -> Comment | None:
    content = state.get("content")
    number = word(at(content, "id"))
    visibility = whole(state.get("vis"))
    if number is None or visibility not in (None, 0, 1):
        return None  # 2 and 3: for its author and for moderators only
    status = CommentStatus.DELETED if visibility == 0 else CommentStatus.VISIBLE
    markup = word(at(content, "bodyHtml")) if status is CommentStatus.VISIBLE else None
    text = text_in(markup)
    if status is CommentStatus.VISIBLE and not text:
        return None
    below = list(tables(state.get("childContent")))
    person = word(at(content, "authorId"))
    author = authors.get(person or "")
    created, updated = at(content, "createdAt"), at(content, "updatedAt")
    published, edited = epoch(created), epoch(updated)
    parent = word(at(content, "parentId"))
    pinned = whole(at(content, "annotations", "featuredmessage", "value"))
    is_moderator = at(content, "annotations", "moderator")
    return Comment(
        comment_id=number,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(author, "displayName")),
        author_id=person,
        author_url=word(at(author, "profileUrl")),
        is_staff=is_moderator if isinstance(is_moderator, bool) else None,
        is_pinned=True if pinned is not None else None,
        published_at=published,
        published_raw=word(created),
        published_precision=Precision.SECOND if published else None,
        edited_at=edited if edited and published and edited > published else None,
        html=markup,
        likes=_likes(content, below),
        reply_count=sum((whole(s.get("type")) or 0) == _MESSAGE for s in below),
        status=status,
    )


def _likes(content: Any, below: list[dict[str, Any]]) -> int | None:
    """As counted in the annotations, else the opinions that hang below."""
    liked = at(content, "annotations", "likedBy")
    opinions = [s for s in below if whole(s.get("type")) == _OPINION and s.get("vis") != 0]
    if isinstance(liked, list):
        return max(len(liked), len(opinions))
    return total([len(opinions)]) if opinions else None


def _container(document: Document) -> Node:
    for name, nodes in document.named.items():
        if "livefyre" in name and _CONTAINER.search(name):
            return nodes[0]
    return None


def _attribute(node: Node, name: str) -> str | None:
    return None if node is None else (node.get(f"data-{name}") or node.get(f"data-lf-{name}"))


def _setting(pattern: re.Pattern[str], told: str) -> str | None:
    found = pattern.search(told)
    return found["value"] if found else None


def _ref(network: str | None, site: str | None, article: str | None) -> str | None:
    """``network/site/article``, the three that name a collection; None where one is missing."""
    return f"{network}/{site}/{article}" if network and site and article else None


def _ref_of_url(url: str) -> str | None:
    found = _ADDRESS.search(urlsplit(url).path)
    if found is None:
        return None
    coded = unquote(found["article"])
    try:
        article = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_").decode()
    except (binascii.Error, ValueError):
        article = coded
    return _ref(found["network"], found["site"], article)
