"""Flat comments become a thread: order, depth, parents checked, orphans kept and marked.

Knows comments only. The invariants that hold after ``arrange``: ids are unique; positions count
from 0 in the order given; a parent is held by the thread and stands at one depth less, or the
comment is an orphan of depth 0; no comment is its own ancestor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archiver.model import Comment, CommentStatus, Thread
from archiver.outcomes import ThreadOutcome


def arrange(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """The comments with depth, position, orphan mark and, where the platform is silent about it,
    the number of direct replies held.

    Of two comments with one id the first stays (a platform shows picked comments twice). A parent
    that is not held stays named, so that a later capture can join it. Of comments that are each
    other's ancestors one loses its parent.
    """
    held: dict[str, Comment] = {}
    for comment in comments:
        held.setdefault(comment.comment_id, comment)
    depths: dict[str, int] = {}
    orphans: set[str] = set()
    cut: set[str] = set()
    for comment_id in held:
        _measure(comment_id, held, depths, orphans, cut)
    return tuple(
        replace(
            comment,
            position=position,
            depth=depths[comment.comment_id],
            is_orphan=comment.comment_id in orphans,
            parent_id=None if comment.comment_id in cut else comment.parent_id,
            parent_source=None if comment.comment_id in cut else comment.parent_source,
        )
        for position, comment in enumerate(held.values())
    )


def judged(thread: Thread, *, if_fewer: ThreadOutcome) -> Thread:
    """``thread`` with its outcome, where the platform's module named none: whole when it holds as
    many comments as are declared, else ``if_fewer``; unknown where nothing is declared."""
    if thread.outcome is not None or thread.declared is None:
        return thread
    shown = sum(comment.status is not CommentStatus.PINGBACK for comment in thread.comments)
    is_whole = shown >= thread.declared
    return replace(thread, outcome=ThreadOutcome.COMPLETE if is_whole else if_fewer)


def _measure(
    comment_id: str,
    held: dict[str, Comment],
    depths: dict[str, int],
    orphans: set[str],
    cut: set[str],
) -> None:
    """Set the depth of a comment and of all its ancestors that have none yet."""
    chain: list[str] = []
    walked: set[str] = set()
    here = comment_id
    while here not in depths:
        if here in walked:  # a ring: open it at the comment where we entered it
            cut.add(here)
            orphans.add(here)
            depths[here] = 0
            break
        chain.append(here)
        walked.add(here)
        parent = held[here].parent_id
        if parent is None:
            depths[here] = 0
        elif parent not in held:
            depths[here] = 0
            orphans.add(here)
        else:
            here = parent
    for link in reversed(chain):
        if link not in depths:
            depths[link] = depths[held[link].parent_id or ""] + 1
