"""Values in other people's JSON, taken one by one: what is not as it should be is None, never an
exception, so that one odd comment costs no other.

Knows JSON, HTML fragments and notations of time; nothing of any platform.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urldefrag

from lxml import etree
from lxml import html as lxml_html

from archiver.comments.platform import Answer
from archiver.dom import Node, paragraphs_of, text_of
from archiver.errors import Place, PlatformError
from archiver.model import Comment
from archiver.moments import EARLIEST

MOST_DIGITS = 12
"""Of a count; what is longer is no count."""


def json_of(answer: Answer) -> Any:
    """The JSON of an answer; PlatformError where it is none (an HTML page of errors, say)."""
    try:
        return json.loads(answer.payload)
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"no JSON: {error}", place=Place(answer.url)) from error


def table_of(answer: Answer) -> dict[str, Any]:
    """The JSON object that an answer is; PlatformError where it is none."""
    said = json_of(answer)
    if not isinstance(said, dict):
        raise PlatformError("no JSON object", place=Place(answer.url))
    return said


def at(value: Any, *path: str | int) -> Any:
    """What lies at ``path`` (keys and indexes); None where the path ends early."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return None
            value = value[step]
        else:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
    return value


def tables(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; of anything else, none."""
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield entry


def word(value: Any) -> str | None:
    """A text without white space around it, or a number as text (ids are either); None for an
    empty one and for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value.strip() or None
    return None


def whole(value: Any) -> int | None:
    """A whole number, however it is written; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else None
    if isinstance(value, str):
        digits = value.strip()
        if digits.lstrip("+-").isdecimal() and len(digits) <= MOST_DIGITS:
            return int(digits)
    return None


def total(values: Iterable[int | None]) -> int | None:
    """The sum of the counts that are known; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def flag(value: Any) -> bool | None:
    """True or False; None where the platform says neither."""
    return value if isinstance(value, bool) else None


def instant(value: Any) -> datetime | None:
    """A time in ISO 8601, UTC where it names no zone; None for anything else, and for the year 1,
    which is no time in some languages."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def epoch(value: Any, *, per_second: int = 1) -> datetime | None:
    """A time counted from 1970 (``per_second`` 1000 for milliseconds); None for anything else and
    for 0, which platforms write where they do not know."""
    try:
        seconds = float(value) / per_second
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def fragment(markup: Any) -> Node | None:
    """An HTML fragment as the children of a ``div``; None for an empty one."""
    if not isinstance(markup, str) or not markup.strip():
        return None
    try:
        return lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError, RecursionError):
        return None


def text_in(markup: Any) -> str:
    """The text of an HTML fragment as paragraphs; scripts and styles are none of it."""
    node = fragment(markup)
    return "" if node is None else paragraphs_of(node)


def line_in(markup: Any) -> str | None:
    """The text of an HTML fragment on one line (names come with entities); None where none is."""
    node = fragment(markup)
    return (text_of(node) or None) if node is not None else None


def anchored(comments: Iterable[Comment], answer: Answer, prefix: str) -> tuple[Comment, ...]:
    """The comments with the addresses they have on the page commented on, which this answer does
    not name: its own address and ``prefix`` with their ids."""
    if answer.article_url is None:
        return tuple(comments)
    page = urldefrag(answer.article_url)[0]
    return tuple(replace(one, permalink=f"{page}#{prefix}{one.comment_id}") for one in comments)
