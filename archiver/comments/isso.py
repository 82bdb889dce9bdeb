"""Isso: a small server of the publisher's own, asked by ``embed.min.js``.

Knows the client's settings (``data-isso``, ``data-isso-id``) and the JSON of ``GET /?uri=``. Its
threads have two levels: the server moves an answer to an answer under the head of the thread. A
comment in moderation (mode 2) is never a row, a deleted one with answers (mode 4) is an empty one;
``hash`` and ``gravatar_image`` are made from e-mail addresses and are not read. Answers to a head
that is in moderation are counted by the server and given by none of its addresses.

Pages go by ``after`` (the time of the last comment), which both versions that were tried know; 0.13
gives the first page again when it is asked for an ``offset``.

Shapes: isso-comments/isso, ``isso/views/comments.py``, ``isso/db/comments.py``,
``isso/js/app/api.js`` and ``isso/js/embed.js``. Checked against running servers: Isso 0.14.0 and
0.13.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.comments.embeds import data_of, scripts_under, scripts_with, setting
from archiver.comments.locations import pathname_of, query_of, with_query
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import anchored, epoch, table_of, tables, text_in, whole, word
from archiver.dom import Document, finder, join
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread

NAME = "isso"

_THREAD = finder("//*[@id='isso-thread']")
_SCRIPTS = ("/js/embed.min.js", "/js/embed.dev.js", "/js/embed.js")
_FIELDS = frozenset(["uri", "limit", "nested_limit", "offset", "parent", "after", "sort", "plain"])
_PER_PAGE: Final = "200"
"""Heads, and answers to each. The server has no limit of its own, and renders each comment anew for
each answer: 0.2 s for a thread of 234."""
_A_MOMENT: Final = 0.001
_VISIBLE: Final = 1
_DELETED: Final = 4


def find(document: Document) -> Finding | None:
    """The first page of the thread; nothing where no server is named."""
    if "isso-thread" not in document.hints:
        return None
    thread = next(iter(_THREAD(document.tree)), None)
    endpoint = _endpoint(document) if thread is not None else None
    if thread is None or endpoint is None:
        return None
    uri = data_of(thread, "isso-id") or pathname_of(document.url)
    ask = with_query(endpoint, {**_oldest(uri), "limit": _PER_PAGE, "nested_limit": _PER_PAGE})
    return Finding(uri, (Ask(ask),))


def owns(url: str) -> bool:
    """True for ``…/?uri=`` with no field that is not Isso's."""
    if "uri=" not in url:
        return False
    fields = query_of(url)
    return bool(fields.get("uri")) and fields.keys() <= _FIELDS and urlsplit(url).path[-1:] == "/"


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """Heads of threads with their answers, or more answers to one head (``parent=``)."""
    said = table_of(answer)
    total = whole(said.get("total_replies"))
    if not isinstance(said.get("replies"), list) or total is None:
        raise PlatformError("no list of replies", place=Place(answer.url))
    query = query_of(answer.url)
    comments = anchored(_comments(said, query.get("parent")), answer, "isso-")
    declared = None if "parent" in query else _declared(said, total)
    thread = Thread(NAME, comments, declared, answer.thread_ref or query.get("uri"))
    return Batch(thread, tuple(_further(said, answer.url)) if comments else ())


def _declared(said: dict[str, Any], total: int) -> int:
    """Up to 0.13 the number of a thread is that of its heads; their answers are counted beside."""
    heads = list(tables(said["replies"]))
    if total != len(heads) + (whole(said.get("hidden_replies")) or 0):
        return total
    return total + sum(whole(head.get("total_replies")) or 0 for head in heads)


def _endpoint(document: Document) -> str | None:
    """Address of the API, with a slash at its end."""
    for node in document.tree.iter("script"):
        if named := data_of(node, "isso"):
            return join(document.base_url, named.rstrip("/") + "/")
    for script in scripts_with(document, "data-isso"):
        if named := setting(script, "data-isso"):
            return join(document.base_url, named.rstrip("/") + "/")
    bases = [base for ending in _SCRIPTS for _, base in scripts_under(document, ending)]
    return f"{bases[-1]}/" if bases else None


def _comments(said: dict[str, Any], parent: str | None) -> Iterator[Comment]:
    for entry in tables(said.get("replies")):
        yield from _comment(entry, parent)
        for nested in tables(entry.get("replies")):
            yield from _comment(nested, word(entry.get("id")))


def _comment(entry: dict[str, Any], parent: str | None) -> Iterator[Comment]:
    comment_id, mode = word(entry.get("id")), entry.get("mode", _VISIBLE)
    text = text_in(entry.get("text")) if mode == _VISIBLE else ""
    if comment_id is None or mode not in (_VISIBLE, _DELETED) or not (text or mode == _DELETED):
        return
    parent_id = word(entry.get("parent")) or parent
    created = epoch(entry.get("created"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent_id,
        parent_source=ParentSource.ATTRIBUTE if parent_id else None,
        author=word(entry.get("author")),
        author_url=word(entry.get("website")),
        published_at=created,
        edited_at=epoch(entry.get("modified")),
        published_raw=str(entry.get("created")) if created else None,
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("text")) if text else None,
        likes=whole(entry.get("likes")),
        dislikes=whole(entry.get("dislikes")),
        reply_count=whole(entry.get("total_replies")),
        status=CommentStatus.VISIBLE if text else CommentStatus.DELETED,
    )


def _further(said: dict[str, Any], url: str) -> Iterator[Ask]:
    """The next page of this list, and the answers that were not given with their head."""
    query = query_of(url)
    if query.get("sort") not in (None, "", "oldest"):  # not our own: its pages go the other way
        return
    entries = list(tables(said["replies"]))
    limit = whole(query.get("limit"))
    after = _before_last(entries)
    # What came before `after` is counted as hidden too: the last page is known by its length.
    has_more = (whole(said.get("hidden_replies")) or 0) > 0 and len(entries) >= (limit or 1)
    if limit and has_more and after > _seconds(query.get("after")):
        fields = {name: value for name, value in query.items() if name != "offset"}
        yield Ask(with_query(url, {**fields, "after": str(after)}))
    if "parent" in query:
        return
    for entry in entries:
        head = word(entry.get("id"))
        if head and (whole(entry.get("hidden_replies")) or 0) > 0:
            after = _before_last(list(tables(entry.get("replies"))))
            fields = {**_oldest(query.get("uri", "")), "limit": _PER_PAGE, "parent": head}
            yield Ask(with_query(url, {**fields, **({"after": str(after)} if after else {})}))


def _before_last(entries: list[dict[str, Any]]) -> float:
    """Just before the last of ``entries``, so that another of the same moment is not left out; 0
    where it has no time."""
    created = epoch(entries[-1].get("created")) if entries else None
    return round(created.timestamp() - _A_MOMENT, 6) if created else 0.0


def _seconds(value: str | None) -> float:
    moment = epoch(value)
    return moment.timestamp() if moment else 0.0


def _oldest(uri: str) -> dict[str, str]:
    return {"uri": uri, "sort": "oldest"}
