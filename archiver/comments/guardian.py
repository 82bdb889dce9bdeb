"""The Guardian's discussions: threads of two levels by pages, further replies by their comment.

Knows where a page names its discussion (``shortUrlId`` of ``window.guardian.config``, the props of
the discussion's island, ``data-discussion-key`` of older pages) and the answers of
``discussion-api``: a discussion's page, the picked comments, one comment with its replies. A
blocked comment keeps its place, and its text is the moderators'. No key is sent: several clients
are answered without one.

Shapes: ``guardian/dotcom-rendering`` ``dotcom-rendering/src/lib/discussionApi.tsx`` and
``discussion.ts``; several independent clients. Of statuses, ``visible`` and ``blocked`` are known;
the HTTP status of a refusal is not. Checked against its published shape only, no server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, flag, instant, table_of, tables, text_in, whole, word
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "guardian"
_API: Final = "https://discussion.theguardian.com/discussion-api"
_HOSTS: Final = ("discussion.theguardian.com", "discussion.guardianapis.com")
_QUERY: Final = "orderBy=oldest&pageSize=100"
"""100 is the largest page, and so are 100 replies with each comment (``discussionApi.tsx``)."""
_ADDRESS = re.compile(
    r"^/discussion-api/(?:discussion/+(?P<key>p/\w+)(?P<picks>/topcomments)?|comment/(?P<id>\d+))/?$"
)
_SHORT_URL = re.compile(r"""["']?shortUrlId["']?\s*:\s*["'](/p/\w{1,12})["']""")
_IS_COMMENTABLE = re.compile(r"""["']?isCommentable["']?\s*:\s*(true|false)\b""")
_KEY = re.compile(r"^/p/\w{1,12}$")
_LINEAR: Final = "DISCUSSION_ONLY_AVAILABLE_IN_LINEAR_FORMAT"


def find(document: Document) -> Finding | None:
    """The page's discussion; None on other sites, and where the page takes no comments."""
    if not _is_guardian(document):
        return None
    key = _key(document)
    return None if key is None else Finding(key, (_threaded_ask(key),))


def owns(url: str) -> bool:
    """True for a discussion's page, its picks, and a single comment."""
    parts = urlsplit(url)
    return (parts.hostname or "") in _HOSTS and _ADDRESS.match(parts.path) is not None


def read(document: Document) -> Found | None:  # noqa: ARG001 - as the protocol has it
    """Nothing: the comments are written by a script."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer, the next page, and replies beyond those it brings."""
    parts = urlsplit(answer.url)
    place = _ADDRESS.match(parts.path)
    if place is None:
        raise PlatformError("no address of a discussion", place=Place(answer.url))
    said = table_of(answer)
    key = f"/{place['key']}" if place["key"] else answer.thread_ref
    is_threaded = parse_qs(parts.query).get("displayThreaded", ["true"])[0] != "false"
    if said.get("status") == "error":
        return _refused(said, key, answer, is_threaded=is_threaded)
    if place["id"]:
        entry = said.get("comment")
        if not isinstance(entry, dict):
            raise PlatformError("no comment", place=Place(answer.url))
        page = word(at(entry, "discussion", "webUrl"))
        key = key or word(at(entry, "discussion", "key"))
        return Batch(Thread(NAME, tuple(_with_replies(entry)), None, key), (), page)
    held = said.get("discussion")
    if not isinstance(held, dict) or not isinstance(held.get("comments"), list):
        raise PlatformError("no discussion", place=Place(answer.url))
    entries = list(tables(held["comments"]))
    comments = tuple(comment for entry in entries for comment in _with_replies(entry))
    page = word(held.get("webUrl"))
    if place["picks"]:
        return Batch(Thread(NAME, comments, None, key), (), page)
    asks = list(_next_page(said, answer.url)) if comments else []
    if is_threaded:
        asks += [ask for entry in entries for ask in _more_replies(entry)]
    return Batch(Thread(NAME, comments, whole(held.get("commentCount")), key), tuple(asks), page)


def _is_guardian(document: Document) -> bool:
    if "guim.co.uk" in document.hints:  # where all its pages have their scripts from
        return True
    if "theguardian.com" not in document.url:
        return False
    host = urlsplit(document.url).hostname or ""
    return host == "theguardian.com" or host.endswith(".theguardian.com")


def _key(document: Document) -> str | None:
    for script in document.inline_scripts():
        if "shortUrlId" in script:
            found = _SHORT_URL.search(script)
            if found:
                taken = _IS_COMMENTABLE.search(script)
                return None if taken and taken[1] == "false" else found[1]
    for island in document.tree.iter("gu-island"):
        if "Discussion" in (island.get("name") or ""):
            found = _SHORT_URL.search(island.get("props") or "")
            if found:
                return found[1]
    for name in ("data-discussion-key", "data-discussion-id"):
        for node in document.tree.iterfind(f".//*[@{name}]"):
            if "discussion" in f"{node.get('class') or ''} {node.get('id') or ''}" or (
                node.get("id") == "comments"
            ):
                said = (node.get(name) or "").strip()
                return said if _KEY.match(said) else None
    return None


def _threaded_ask(key: str) -> Ask:
    threaded = f"{_QUERY}&displayThreaded=true&maxResponses=100&page=1"
    return Ask(f"{_API}/discussion/{key}?{threaded}", instead=(_linear_ask(key),))


def _linear_ask(key: str) -> Ask:
    return Ask(f"{_API}/discussion/{key}?{_QUERY}&displayThreaded=false&page=1")


def _next_page(said: dict[str, Any], url: str) -> Iterator[Ask]:
    """The page after this one, asked for as this one was: its size and order say what it holds."""
    here, last = whole(said.get("currentPage")), whole(said.get("pages"))
    if here is not None and last is not None and here < last:
        address, _, query = url.partition("?")
        kept = [field for field in query.split("&") if field and not field.startswith("page=")]
        yield Ask(f"{address}?{'&'.join([*kept, f'page={here + 1}'])}")


def _more_replies(entry: dict[str, Any]) -> Iterator[Ask]:
    number = whole(entry.get("id"))
    brought = sum(1 for _ in tables(entry.get("responses")))
    if number is not None and (whole(entry.get("numResponses")) or 0) > brought:
        yield Ask(f"{_API}/comment/{number}?displayThreaded=true&displayResponses=true")


def _refused(said: dict[str, Any], key: str | None, answer: Answer, *, is_threaded: bool) -> Batch:
    """What an error comes to: a very long discussion is given flat only, an unknown one not."""
    if said.get("errorCode") == _LINEAR and key is not None and is_threaded:
        return Batch(Thread(NAME, thread_ref=key), (_linear_ask(key),))
    if whole(said.get("statusCode")) == 404:
        return Batch(Thread(NAME, thread_ref=key, outcome=ThreadOutcome.NOT_FOUND))
    message = word(said.get("message")) or word(said.get("errorCode")) or "no reason"
    raise PlatformError(f"the discussion was refused: {message}", place=Place(answer.url))


def _with_replies(entry: dict[str, Any]) -> Iterator[Comment]:
    number = word(entry.get("id"))
    for each, above in ((entry, None), *((r, number) for r in tables(entry.get("responses")))):
        comment = _comment(each, above)
        if comment is not None:
            yield comment


def _comment(entry: dict[str, Any], above: str | None) -> Comment | None:
    """A comment, or a reply under the comment ``above``; None for an odd one."""
    number = word(entry.get("id"))
    status = CommentStatus.VISIBLE
    if (word(entry.get("status")) or "visible") != "visible":
        status = CommentStatus.HIDDEN  # blocked: the body says why, in the moderators' words
    markup = word(entry.get("body")) if status is CommentStatus.VISIBLE else None
    text = text_in(markup)
    if number is None or (status is CommentStatus.VISIBLE and not text):
        return None
    parent = word(at(entry, "responseTo", "commentId")) or above
    worn = at(entry, "userProfile", "badge")
    badges = {word(badge.get("name")) for badge in tables(worn)}
    written = word(entry.get("isoDateTime"))
    published = instant(written)
    return Comment(
        comment_id=number,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(entry, "userProfile", "displayName")),
        author_id=word(at(entry, "userProfile", "userId")),
        author_url=word(at(entry, "userProfile", "webUrl")),
        is_article_author=True if "Contributor" in badges else None,
        is_staff="Staff" in badges if isinstance(worn, list) else None,
        is_pinned=flag(entry.get("isHighlighted")),
        published_at=published,
        published_raw=written,
        published_precision=Precision.SECOND if published else None,
        html=markup,
        likes=whole(entry.get("numRecommends")),
        reply_count=whole(entry.get("numResponses")),
        status=status,
        permalink=word(entry.get("webUrl")),
    )
