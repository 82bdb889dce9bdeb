"""A small archive of one article whose thread stands in several records: page and answers."""

from __future__ import annotations

import json
from pathlib import Path

from archiver.model import Errand, Exchange, Purpose
from tests.archives import ARTICLE, SITE, answer, archived, exchange

API = "/wp-json/wp/v2/comments?post=7&page="
HASH = "0123456789abcdef" * 2


def said(
    number: int, author: str, text: str, *, parent: int = 0, user: int = 0
) -> dict[str, object]:
    """A comment as WordPress's REST answers have it."""
    return {
        "id": number,
        "post": 7,
        "parent": parent,
        "author": user,
        "author_name": author,
        "author_url": f"https://{author.split(maxsplit=1)[0].lower()}.example/me",
        "date": "2026-11-21T12:00:00",
        "date_gmt": "2026-11-21T12:00:00",
        "content": {
            "rendered": f'<p>{text}</p><img src="https://secure.gravatar.com/avatar/{HASH}?s=48">'
        },
        "link": f"{SITE}/bridge#comment-{number}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {"48": f"https://secure.gravatar.com/avatar/{HASH}?s=48"},
    }


PAGE_ONE = [
    said(21, "Dora Quill", "A fine bridge, and Ann Smith knows it.", user=5),
    said(22, "Emil Vance", "Not so fast, @Dora.", parent=21),
    said(23, "Bob Ray", "Well.", parent=21),
]
PAGE_TWO = [
    said(24, "Fritz Oak", "I am with Emil Vance, and never with Dora Quill."),
    said(25, "Gil Pym", "Nor am I.", parent=22),
    said(26, "Dora Quill", "Rude, all of you.", user=5),
]


def of_thread(page: int, comments: object) -> Exchange:
    """An answer about the thread of the bridge."""
    errand = Errand(
        Purpose.THREAD,
        via=f"{SITE}/bridge",
        article_url=f"{SITE}/bridge",
        article_canonical_url=f"{SITE}/bridge",
        page_number=page,
        platform="wordpress",
        thread_ref="7",
    )
    body = json.dumps(comments).encode()
    received = answer("200 OK", body, "Content-Type: application/json")
    return exchange(f"{API}{page}", received, errand=errand)


OTHER = (
    ARTICLE.replace(b"/bridge", b"/ferry")
    .replace(b"Bridge opens", b"Ferry ends")
    .replace(b"Ann Smith, so did we all.", b"Dora Quill, who wrote elsewhere, was right.")
)


def archived_thread(output: Path, *, prefix: str = "news") -> Path:
    """A sealed WARC: an article with comments in its page, two answers about its thread, and
    another article in whose thread one of its readers is named who does not write there."""
    exchanges = [
        exchange("/bridge", answer()),
        of_thread(1, PAGE_ONE),
        of_thread(2, PAGE_TWO),
        exchange("/ferry", answer(body=OTHER)),
        exchange("/gone", answer("404 Not Found", b"gone")),
    ]
    return archived(output, exchanges, prefix=prefix)[0]
