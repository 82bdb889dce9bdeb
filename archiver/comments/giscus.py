"""giscus: GitHub Discussions under an article, through giscus's own server.

Knows the client's settings, how they name a discussion, and ``GET /api/discussions``: it asks
GitHub with the key of the giscus app that the publisher installed, so that none of ours is needed.
Of the answers to one comment it gives the last 100, and has no address for those before.

Shapes: giscus/giscus, ``client.ts``, ``pages/api/discussions/index.ts``, ``lib/adapter.ts``,
``lib/types/adapter.ts``, ``services/github/getDiscussion.ts``; giscus/giscus-component for the
element. Checked against its published shape only, no server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urldefrag, urlencode, urlsplit

from archiver.comments.embeds import data_of, scripts_under, scripts_with, setting, title_of
from archiver.comments.github import (
    body_text,
    is_staff,
    path_term,
    refusal,
    repository,
    shared_title,
)
from archiver.comments.locations import absolute, query_of, with_query
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, flag, instant, table_of, tables, total, whole, word
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "giscus"

_PATH = "/api/discussions"
_HOME = "https://giscus.app"
_SETTINGS = ("repo", "category", "mapping", "term", "strict")
_PER_PAGE: Final = "50"
"""The client asks for 15; GitHub gives up to 100 at once, each with up to 100 answers."""
_LANGUAGE = re.compile(r"/[a-z]{2}(?:-[A-Za-z]{2,4})?")


def find(document: Document) -> Finding | None:
    """The first page of the discussion that the settings name."""
    if "giscus" not in document.hints and "/client.js" not in document.hints:
        return None
    for origin, settings in _widgets(document):
        repo = repository(settings.get("repo"))
        key = _key(settings, document)
        if repo is None or key is None:
            continue
        fields = {"repo": repo, **key}
        if settings.get("category"):
            fields["category"] = settings["category"]
        fields["strict"] = "true" if settings.get("strict") == "1" else "false"
        ask = Ask(with_query(origin + _PATH, {**fields, "first": _PER_PAGE}))
        return Finding(_reference(fields), (ask,))
    return None


def owns(url: str) -> bool:
    """True for ``/api/discussions`` with a repository and a term or number."""
    if _PATH not in url or not urlsplit(url).path.endswith(_PATH):
        return False
    fields = query_of(url)
    return repository(fields.get("repo")) is not None and bool(fields.keys() & {"term", "number"})


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """A page of a discussion. The count of answers is that of the comments on this page, so what
    is declared for a discussion of several pages is the least that there are."""
    said = table_of(answer)
    reference = answer.thread_ref or _reference(query_of(answer.url))
    discussion = said.get("discussion")
    entries = at(discussion, "comments")
    if not isinstance(entries, list):
        outcome = refusal(word(said.get("error")) or "")
        if outcome is None and ("discussion" not in said or discussion is not None):
            raise PlatformError("no discussion", place=Place(answer.url))
        return Batch(Thread(NAME, (), None, reference, outcome or ThreadOutcome.NOT_FOUND))
    comments = tuple(_comments(entries))
    heads = whole(at(discussion, "totalCommentCount"))
    declared = total((heads, whole(at(discussion, "totalReplyCount")))) if heads else heads
    is_capped = any(_has_hidden_answers(entry) for entry in tables(entries))
    thread = Thread(
        NAME, comments, declared, reference, ThreadOutcome.CAPPED if is_capped else None
    )
    cursor = word(at(discussion, "pageInfo", "endCursor"))
    is_last = at(discussion, "pageInfo", "hasNextPage") is not True
    if is_last or not comments or cursor in (None, query_of(answer.url).get("after")):
        return Batch(thread)
    kept = {k: v for k, v in query_of(answer.url).items() if k not in ("last", "before")}
    further = with_query(answer.url, {**kept, "first": _PER_PAGE, "after": cursor or ""})
    return Batch(thread, (Ask(further),))


def _widgets(document: Document) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Server and settings of each widget: script tags, elements, scripts that make a tag."""
    for node, base in scripts_under(document, "/client.js"):
        settings = {name: value for name in _SETTINGS if (value := data_of(node, name))}
        if data_of(node, "repo-id") or "giscus" in base:
            yield base, settings
    if "giscus" not in document.hints:
        return
    for node in document.tree.iter("giscus-widget"):
        given = {name: value for name in _SETTINGS if (value := node.get(name))}
        yield (absolute(document, node.get("host")) or _HOME).rstrip("/"), given
    for script in scripts_with(document, "giscus", "data-repo"):
        told = {name: value for name in _SETTINGS if (value := setting(script, f"data-{name}"))}
        yield _HOME, told


def _key(settings: Mapping[str, str], document: Document) -> dict[str, str] | None:
    """The field that names the discussion, as the client makes it of the page."""
    mapping = settings.get("mapping", "pathname")
    own = settings.get("term")
    if mapping == "number":
        return {"number": own} if own and own.isdecimal() else None
    if mapping == "specific":
        term = own
    elif mapping == "url":
        term = _cleaned(document.url)
    elif mapping == "title":
        term = title_of(document)
    elif mapping == "og:title":
        term = shared_title(document, frozenset({"title"}))
    else:
        term = path_term(document.url)
    return {"term": term} if term else None


def _cleaned(url: str) -> str:
    """The page's address without its fragment and without giscus's own token."""
    address = urldefrag(url)[0]
    if "giscus=" not in address:
        return address
    kept = {name: value for name, value in query_of(address).items() if name != "giscus"}
    return address.split("?")[0] + (f"?{urlencode(kept)}" if kept else "")


def _reference(fields: Mapping[str, Any]) -> str:
    """``owner/name`` and the number or term of the discussion."""
    number = fields.get("number")
    key = f"#{number}" if number and number != "0" else f" {fields.get('term', '')}"
    return f"{fields.get('repo', '')}{key}"


def _has_hidden_answers(entry: dict[str, Any]) -> bool:
    given = len(list(tables(entry.get("replies"))))
    return (whole(entry.get("replyCount")) or 0) > given


def _comments(entries: list[Any]) -> Iterator[Comment]:
    for entry in tables(entries):
        yield from _comment(entry, None)
        for reply in tables(entry.get("replies")):
            parent = word(reply.get("replyToId")) or word(entry.get("id"))
            yield from _comment(reply, parent)


def _comment(entry: dict[str, Any], parent_id: str | None) -> Iterator[Comment]:
    comment_id = word(entry.get("id"))
    status = CommentStatus.VISIBLE
    if word(entry.get("deletedAt")):
        status = CommentStatus.DELETED
    elif flag(entry.get("isMinimized")):
        status = CommentStatus.HIDDEN
    shown = status is CommentStatus.VISIBLE
    text = body_text(entry.get("bodyHTML")) if shown else ""
    if comment_id is None or (shown and not text):
        return
    created = instant(entry.get("createdAt"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent_id,
        parent_source=ParentSource.ATTRIBUTE if parent_id else None,
        author=word(at(entry, "author", "login")),
        author_url=word(at(entry, "author", "url")),
        is_staff=is_staff(entry.get("authorAssociation")),
        published_at=created,
        edited_at=instant(entry.get("lastEditedAt")),
        published_raw=word(entry.get("createdAt")),
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("bodyHTML")) if shown else None,
        likes=whole(at(entry, "reactions", "THUMBS_UP", "count")),
        dislikes=whole(at(entry, "reactions", "THUMBS_DOWN", "count")),
        score=whole(entry.get("upvoteCount")),
        reply_count=whole(entry.get("replyCount")),
        status=status,
        permalink=word(entry.get("url")),
    )
