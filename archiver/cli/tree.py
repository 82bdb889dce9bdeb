"""A thread as lines: each comment at its depth, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from archiver.cli.finding import time_told
from archiver.cli.printing import visible

if TYPE_CHECKING:
    from archiver.thread_history import Node

SIGNS = {
    "added": ("+", "green"),
    "found": ("+", "green"),
    "returned": ("+", "green"),
    "edited": ("~", "yellow"),
    "voted": ("~", "yellow"),
    "removed": ("-", "red"),
}
DEEPEST = 20
"""Levels that move to the right; deeper ones say their depth instead."""


def node_lines(node: Node, kind: str | None) -> Iterator[Text]:
    """A comment of the tree, marked by what became of it: its head, and its text."""
    comment = node.comment
    sign, style = SIGNS.get(kind or "", (" ", ""))
    if node.presence == "unseen" and sign == " ":
        sign = "?"
    indent = "  " * min(comment.depth, DEEPEST)
    yield Text(f"{sign} {indent}{'  '.join(_head(node))}", style)
    for line in comment.text.split("\n") if comment.text else ():
        yield Text(f"  {indent}    {visible(line)}" if line.strip() else "")


def _head(node: Node) -> Iterator[str]:
    comment = node.comment
    yield visible(comment.author or "no name")
    if comment.published_at is not None:
        yield time_told(comment.published_at)
    else:
        yield visible(comment.published_raw or "no time")
    votes = [
        f"{sign}{number:,}"
        for sign, number in (("+", comment.likes), ("-", comment.dislikes), ("=", comment.score))
        if number is not None
    ]
    if votes:
        yield " ".join(votes)
    notes = list(_notes(node))
    if notes:
        yield f"[{', '.join(notes)}]"
    yield f"#{visible(comment.comment_id)}"
    if node.first_seen_at == node.last_seen_at:
        yield f"seen {time_told(node.first_seen_at)}"
    else:
        yield f"seen {time_told(node.first_seen_at)} to {time_told(node.last_seen_at)}"


def _notes(node: Node) -> Iterator[str]:
    comment = node.comment
    if comment.status != "visible":
        yield comment.status.value
    if node.presence != "shown":
        yield node.presence.value
    if comment.is_article_author:
        yield "author of the article"
    if comment.is_staff:
        yield "staff"
    if comment.is_pinned:
        yield "pinned"
    if comment.edited_at is not None:
        yield f"edited {time_told(comment.edited_at)}"
    if comment.is_orphan and comment.parent_id is not None:
        yield f"answers #{visible(comment.parent_id)}, which was not captured"
    if comment.depth > DEEPEST:
        yield f"depth {comment.depth}"
