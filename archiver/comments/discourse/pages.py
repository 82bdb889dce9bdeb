"""A Discourse topic's own page, as it is served to readers without JavaScript and to crawlers.

Knows three generations of ``app/views/topics/show.html.erb``: posts as ``DiscussionForumPosting``
with ``.creator`` and ``.post`` (2014 to 2018), posts as ``.topic-body.crawler-post`` (to 2022), and
the same with ``Comment`` or ``Answer`` items in a ``DiscussionForumPosting`` or ``QAPage`` (since);
and the JSON that a page for browsers carries in ``data-preloaded``, which says more and goes first.
The page numbers the posts and says who wrote them when; whom they answer only quotations say.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from archiver.comments.discourse.topic import NAME, batch_of, ref_of
from archiver.comments.discourse.words import cooked_of, quoted_number, status_of
from archiver.comments.platform import Batch, Finding, Found
from archiver.comments.shapes import instant, whole
from archiver.dom import Document, Node, classes_of, fold_space, join, text_of
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

_TOPIC_PAGE = re.compile(r"^(?P<base>https?://[^?#]*?)/t/(?:[^/?#]+/)?(?P<topic>\d+)(?:[/?#]|$)")
_SINGLE = re.compile(r"^post_(\d{1,9})$")
_FORUM_POSTING = "DiscussionForumPosting"


class Post(NamedTuple):
    """A post on the page."""

    number: int
    root: Node
    body: Node


def address_of(document: Document) -> tuple[str, str] | None:
    """(the forum's address, the topic's id), as the page's canonical or own address says them."""
    said = [
        node.get("href")
        for node in document.tree.iter("link")
        if (node.get("rel") or "").lower() == "canonical"
    ]
    for url in (*said, document.url):
        found = _TOPIC_PAGE.match(join(document.base_url, url or "") or "")
        if found:
            return found["base"], found["topic"]
    return None


def is_topic(document: Document) -> bool:
    """True where the page may be a topic's: a look at names, no walk."""
    return (
        "crawler-post" in document.hints
        or "data-preloaded" in document.hints
        or ("creator " in document.named and "post " in document.named)
    )


def find_rest(document: Document) -> Finding | None:
    """What the topic's page does not show of it."""
    address = address_of(document)
    if address is None:
        return None
    ref = ref_of(*address)
    batch = preloaded(document, address)
    if batch is not None:
        return Finding(ref, batch.asks, batch.thread.declared)
    if not posts_of(document):
        return None
    following, is_first = _neighbours(document)
    if following is None:
        return Finding(ref)
    page = Ask(following)
    base, topic = address
    # The topic's JSON names parents as well. A further page is read where that was refused.
    asks = (Ask(f"{base}/t/{topic}.json", instead=(page,)),) if is_first else (page,)
    return Finding(ref, asks)


def read_page(document: Document) -> Found | None:
    """The posts after the first, as comments; None for a page that is no topic."""
    address = address_of(document)
    if address is None:
        return None
    posts = posts_of(document)
    regions = tuple(region for post in posts for region in _regions(post))
    batch = preloaded(document, address)
    if batch is not None:
        return Found(batch.thread, regions)
    if not posts:
        return None
    starter = next((_author(p)[0] for p in posts if p.number == 1), None)
    comments = tuple(_comment(p, document, address, starter) for p in posts if p.number > 1)
    following, is_first = _neighbours(document)
    whole_thread = following is None and is_first and posts[0].number == 1
    outcome = ThreadOutcome.COMPLETE if whole_thread else ThreadOutcome.PARTIAL
    return Found(Thread(NAME, comments, None, ref_of(*address), outcome), regions)


def preloaded(document: Document, address: tuple[str, str]) -> Batch | None:
    """The topic as the page carries it for its scripts: JSON texts in a JSON object."""
    if "data-preloaded" not in document.hints:
        return None
    for node in document.tree.iter("div", "script"):
        if node.get("id") == "data-preloaded":
            held = node.get("data-preloaded") or node.text or ""
            said = _loads(_field(_loads(held), f"topic_{address[1]}"))
            stream = _field(said, "post_stream")
            if isinstance(said, dict) and isinstance(_field(stream, "posts"), list):
                return batch_of(said, *address)
    return None


def posts_of(document: Document) -> list[Post]:
    """The posts on the page in their order, each numbered; what has no number is none (the pager
    is a ``crawler-post`` as well)."""
    posts = []
    for root in _roots(document):
        body = next((n for n in root.iter("div") if "post" in classes_of(n)), None)
        number = _number(root)
        if body is not None and number is not None:
            posts.append(Post(number, root, body))
    return posts


def _roots(document: Document) -> list[Node]:
    if "crawler-post" in document.hints:
        named = document.named.items()
        nodes = [n for name, held in named if "crawler-post" in name for n in held]
        roots = [n for n in nodes if "crawler-post" in classes_of(n)]
        order = {node: place for place, node in enumerate(document.tree.iter("div"))}
        return sorted(roots, key=lambda node: order.get(node, 0))
    if "creator " not in document.named:
        return []
    parents = [node.getparent() for node in document.named["creator "]]
    return [p for p in parents if p is not None and _FORUM_POSTING in (p.get("itemtype") or "")]


def _number(root: Node) -> int | None:
    """Of the element's id, else of its ``position`` ("#2")."""
    found = _SINGLE.match(root.get("id") or "")
    if found:
        return int(found[1])
    for node in _items(root, "position"):
        said = text_of(node).lstrip("#")
        if said.isdecimal() and len(said) < 10:
            return int(said)
    return None


def _items(root: Node, name: str) -> list[Node]:
    return [node for node in root.iter() if node.get("itemprop") == name]


def _author(post: Post) -> tuple[str | None, str | None]:
    """(name, address of the profile)."""
    creator = next((n for n in post.root.iter() if "creator" in classes_of(n)), None)
    if creator is None:
        return None, None
    named = _items(creator, "name") or _items(creator, "author")
    name = text_of(named[-1]) if named else text_of(creator)
    link = next((a.get("href") for a in creator.iter("a") if a.get("href")), None)
    return name or None, link


def _comment(
    post: Post, document: Document, address: tuple[str, str], starter: str | None
) -> Comment:
    text, markup = cooked_of(post.body)
    status = status_of(text)
    if status is not CommentStatus.VISIBLE:
        text, markup = "", None
    author, link = _author(post)
    written = next((n.get("datetime") for n in post.root.iter("time") if n.get("datetime")), None)
    published = instant(written)
    edited = next((instant(n.get("content")) for n in _items(post.root, "dateModified")), None)
    quoted = quoted_number(post.body, address[1], post.number)
    return Comment(
        comment_id=str(post.number),
        text=text,
        parent_id=None if quoted is None else str(quoted),
        parent_source=None if quoted is None else ParentSource.REPLY_LINK,
        author=author,
        author_url=join(document.base_url, link) if link else None,
        is_article_author=None if starter is None or author is None else author == starter,
        published_at=published,
        published_raw=written,
        published_precision=Precision.SECOND if published else None,
        edited_at=edited if edited and published and edited > published else None,
        html=markup,
        likes=_count(post, "Like"),
        reply_count=_count(post, "Comment"),
        status=status,
        permalink=_permalink(document, address, post.number),
    )


def _permalink(document: Document, address: tuple[str, str], number: int) -> str:
    found = re.search(rf"/t/([^/?#]+)/{address[1]}(?:[/?#]|$)", document.url)
    return f"{address[0]}/t/{found[1] if found else '-'}/{address[1]}/{number}"


def _count(post: Post, action: str) -> int | None:
    """Likes or replies: ``interactionStatistic`` of schema.org, or the older ``UserLikes:3``."""
    for node in _items(post.root, "interactionStatistic"):
        said = {n.get("itemprop"): n.get("content") or "" for n in node.iter("meta")}
        if said.get("interactionType", "").endswith(f"/{action}Action"):
            return whole(said.get("userInteractionCount"))
    for node in _items(post.root, "interactionCount"):
        kind, _, count = (node.get("content") or "").partition(":")
        if kind == f"User{action}s":
            return whole(count)
    return None


def _regions(post: Post) -> list[Node]:
    """All of a comment; of the first post the counts and the links to where it is mentioned."""
    if post.number > 1:
        return [post.root]
    return [
        node
        for node in post.root
        if node.get("itemprop") == "interactionStatistic"
        or "crawler-linkback-list" in classes_of(node)
    ]


def _neighbours(document: Document) -> tuple[str | None, bool]:
    """(address of the topic's next page, whether this is its first)."""
    links = {
        rel: node.get("href")
        for node in document.tree.iter("link", "a")
        for rel in fold_space(node.get("rel") or "").lower().split(" ")
        if rel in ("next", "prev") and node.get("href")
    }
    following = join(document.base_url, links["next"]) if "next" in links else None
    return following, "prev" not in links


def _loads(held: Any) -> Any:
    if not isinstance(held, str):
        return held
    try:
        return json.loads(held)
    except (ValueError, RecursionError):
        return None


def _field(said: Any, name: str) -> Any:
    return said.get(name) if isinstance(said, dict) else None
