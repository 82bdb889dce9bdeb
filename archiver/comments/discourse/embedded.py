"""The page that Discourse lets others embed, where an archive holds one. It is never asked for.

Knows ``app/views/embed/comments.html.erb``: an ``article.post`` to a comment, without the topic's
first post, and at most as many as the forum's setting allows.
"""

from __future__ import annotations

import re
from copy import deepcopy
from urllib.parse import parse_qs, urlsplit

from archiver.comments.discourse.topic import NAME, ref_of
from archiver.comments.discourse.words import cooked_of
from archiver.comments.platform import Answer, Batch
from archiver.dom import Document, Node, classes_of, join, parse_decoded, text_of
from archiver.errors import NotHtml, Place, PlatformError
from archiver.model import Comment, CommentStatus, Page, ParentSource, Precision, Thread
from archiver.moments import Moment, read_moment
from archiver.outcomes import ThreadOutcome

_POST = re.compile(r"^post-\d+$")
_ADDRESS = re.compile(r"^(?P<base>https?://[^?#]*?)/t/(?:[^/?#]+/)?(?P<topic>\d+)/(?P<number>\d+)$")


def read_embedded(answer: Answer) -> Batch:
    """The comments of an embedded page; raises ``PlatformError`` where it is none."""
    try:
        document = parse_decoded(
            Page(answer.url, answer.captured_at, (), answer.payload), answer.payload
        )
    except NotHtml as error:
        raise PlatformError(str(error), place=Place(answer.url)) from error
    articles = [n for n in document.tree.iter("article") if _POST.match(n.get("id") or "")]
    if not articles and not any("replies" in classes_of(n) for n in document.tree.iter("span")):
        raise PlatformError("no embedded topic", place=Place(answer.url))
    numbers = {
        article.get("id"): found["number"] for article in articles if (found := _place(article))
    }
    comments = [
        comment for article in articles if (comment := _comment(article, document, numbers))
    ]
    topic = next((ref_of(f["base"], f["topic"]) for a in articles if (f := _place(a))), None)
    declared = _declared(document)
    is_capped = declared is not None and declared > len(comments)
    page = parse_qs(urlsplit(answer.url).query).get("embed_url", [None])[0]
    return Batch(
        Thread(NAME, tuple(comments), declared, topic, ThreadOutcome.CAPPED if is_capped else None),
        article_url=page if page and page.startswith(("http://", "https://")) else None,
    )


def _date(article: Node) -> Node:
    return next((a for a in article.iter("a") if "post-date" in classes_of(a)), None)


def _place(article: Node) -> re.Match[str] | None:
    """What the post's permalink says: forum, topic, number."""
    date = _date(article)
    return None if date is None else _ADDRESS.match(date.get("href") or "")


def _comment(article: Node, document: Document, numbers: dict[str, str]) -> Comment | None:
    place = _place(article)
    cooked = next((n for n in article.iter("div") if "cooked" in classes_of(n)), None)
    if place is None or cooked is None or int(place["number"]) < 2:
        return None
    heading = next((n for n in cooked.iter("h3") if "username" in classes_of(n)), None)
    name = None if heading is None else next(heading.iter("a"), None)
    is_deleted = "deleted" in classes_of(article)
    text, markup = cooked_of(_without_extras(cooked))
    moment = _moment(article, document)
    parent = next(
        (a.get("data-link-to-post") for a in article.iter("a") if "in-reply-to" in classes_of(a)),
        None,
    )
    parent_id = numbers.get(f"post-{parent}")
    return Comment(
        comment_id=place["number"],
        text="" if is_deleted else text,
        parent_id=parent_id,
        parent_source=ParentSource.REPLY_LINK if parent_id else None,
        author=(text_of(name) or None) if name is not None else None,
        author_url=None if name is None else join(document.base_url, name.get("href") or ""),
        is_staff=None if name is None else "staff" in classes_of(name),
        published_at=None if moment is None else moment.at,
        published_raw=None if moment is None else moment.raw,
        published_precision=Precision.MINUTE if moment else None,
        html=None if is_deleted else markup,
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=place[0],
    )


def _without_extras(cooked: Node) -> Node:
    """The post's own elements, without the heading that names its author and the replies' link."""
    copy = deepcopy(cooked)
    for node in [*copy.iter("h3"), *copy.iter("a")]:
        if classes_of(node) & {"username", "post-replies"}:
            node.drop_tree()
    return copy


def _moment(article: Node, document: Document) -> Moment | None:
    date = _date(article)
    said = None if date is None else date.get("title")
    return read_moment(said, latest=document.captured_at) if said else None


def _declared(document: Document) -> int | None:
    """The number in "12 Replies" over the comments."""
    for node in document.tree.iter("header"):
        for span in node.iter("span"):
            found = re.search(r"\d+", text_of(span)) if "replies" in classes_of(span) else None
            if found and len(found[0]) < 10:
                return int(found[0])
    return None
