"""Small pages for tests, written here: a page around a piece of markup, captured on a fixed day."""

from __future__ import annotations

from datetime import UTC, datetime

from archiver.dom import Document, parse_decoded
from archiver.model import Errand, Header, Page, Purpose

CAPTURED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://paper.example/2026/05/a-story/"

PARAGRAPHS = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "The council of the small town voted on Tuesday to rebuild the old bridge over the river, "
        "which had been closed to all traffic since the flood of the previous winter.",
        "Work is to begin in autumn and will take two years, the mayor said after the meeting; the "
        "money comes from the county and from a fund that the citizens set up themselves.",
        "Until then a ferry carries people and bicycles across, every half hour in the morning and "
        "in the evening, and once an hour during the day, as it has done since February.",
    )
)
"""Three paragraphs that any extractor takes for an article."""


def page(
    body: str,
    *,
    head: str = "",
    url: str = URL,
    headers: tuple[Header, ...] = ((b"Content-Type", b"text/html; charset=utf-8"),),
    purpose: Purpose = Purpose.ARTICLE,
    errand: Errand | None = None,
) -> Page:
    """A page with this markup in its body and head."""
    markup = f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return raw_page(markup.encode(), url=url, headers=headers, errand=errand or Errand(purpose))


def raw_page(
    payload: bytes,
    *,
    url: str = URL,
    headers: tuple[Header, ...] = ((b"Content-Type", b"text/html; charset=utf-8"),),
    errand: Errand | None = None,
) -> Page:
    """A page with this payload."""
    return Page(url, CAPTURED_AT, headers, payload, errand or Errand(Purpose.ARTICLE))


def document(body: str, *, head: str = "", url: str = URL) -> Document:
    """The same, parsed."""
    made = page(body, head=head, url=url)
    return parse_decoded(made, made.payload)
