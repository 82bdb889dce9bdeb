"""WordPress's REST answers to ``wp/v2/comments`` become a thread.

Knows the shape that ``class-wp-rest-comments-controller.php`` prints for anonymous callers: only
approved comments, no pings, times in UTC as ``date_gmt``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import json_of
from archiver.dom import paragraphs_of, text_of
from archiver.errors import Place, PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Thread

NAME = "wordpress"


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer of ``wp/v2/comments``; raises ``PlatformError`` for no such."""
    url = answer.url
    if answer.payload.lstrip()[:1] == b"<":  # a page of comments
        return None
    said = json_of(answer)
    if not isinstance(said, list) or not all(isinstance(entry, dict) for entry in said):
        raise PlatformError("no list of comments", place=Place(url))
    try:
        comments = tuple(_from_rest(entry) for entry in said)
    except (KeyError, TypeError, ValueError, AttributeError, etree.ParserError) as error:
        raise PlatformError(f"a comment lacks or bends {error}", place=Place(url)) from error
    posts = {str(entry.get("post")) for entry in said}
    return Batch(Thread(NAME, comments, None, posts.pop() if len(posts) == 1 else None))


def _from_rest(entry: dict[str, Any]) -> Comment:
    markup = str(entry["content"]["rendered"])
    text = ""
    if markup.strip():
        text = paragraphs_of(lxml_html.fragment_fromstring(markup, create_parent="div"))
    written = str(entry.get("date_gmt") or "")
    parent = int(entry["parent"])
    user = int(entry.get("author") or 0)
    name = lxml_html.fragment_fromstring(str(entry["author_name"]) or " ", create_parent="p")
    return Comment(
        comment_id=str(int(entry["id"])),
        text=text,
        parent_id=str(parent) if parent else None,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=text_of(name) or None,
        author_id=str(user) if user else None,
        author_url=str(entry.get("author_url") or "") or None,
        published_at=datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None,
        published_raw=written or None,
        html=markup or None,
        status=CommentStatus.VISIBLE if entry.get("type") == "comment" else CommentStatus.PINGBACK,
        permalink=str(entry.get("link") or "") or None,
    )
