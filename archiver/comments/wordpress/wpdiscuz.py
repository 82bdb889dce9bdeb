"""wpDiscuz' answers to ``action=wpdLoadMoreComments`` become threads.

Knows the shape that ``class.WpdiscuzCore.php`` prints: the next comments as markup, whether there
are more, and the thread after which they go on (``data.comment_list``, ``is_show_load_more``,
``last_parent_id``; up to version 5 without ``data``). The markup is read like that of pages.
"""

from __future__ import annotations

from typing import Any

from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import anchored, at, fragment, whole
from archiver.comments.wordpress.asking import wpdiscuz_ask
from archiver.comments.wordpress.pages import comments_in
from archiver.dom import Document
from archiver.model import Ask, Comment, Thread


def is_answer(said: dict[str, Any]) -> bool:
    """True when the answer's shape is wpDiscuz'."""
    return any(isinstance(box.get("comment_list"), str) for box in _boxes(said))


def read_more(answer: Answer, said: dict[str, Any], name: str) -> Batch:
    """The comments in the answer, and the ask for those after them."""
    box = next(box for box in _boxes(said) if isinstance(box.get("comment_list"), str))
    tree = fragment(box["comment_list"])
    comments: tuple[Comment, ...] = ()
    if tree is not None:
        page = Document(answer.url, tree, "utf-8", answer.url, answer.captured_at)
        comments = anchored(comments_in(page, is_page=False), answer, "comment-")
    last = whole(box.get("last_parent_id"))
    goes_on = bool(whole(box.get("is_show_load_more")) or box.get("is_show_load_more") is True)
    post = answer.thread_ref
    asks: tuple[Ask, ...] = ()
    if comments and goes_on and last and post and post.isdecimal():
        asks = (wpdiscuz_ask(answer.url, post, last, answer.page_number),)
    return Batch(Thread(name, comments, None, post), asks)


def _boxes(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [box for box in (at(said, "data"), said) if isinstance(box, dict)]
