"""Golden threads of widgets: a page, the answers of a server, and beside them what is read.

A folder ``golden/<platform>`` holds ``page.html``, the answers, and ``expected.json``: what the
page makes us ask, and for each answer how it was asked for and what it says.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archiver.comments import asks_of, findings, read_answer
from archiver.comments.platform import Answer, Batch, Platform
from archiver.dom import Document, parse_decoded
from archiver.errors import PlatformError
from archiver.model import Ask, Comment
from tests.pages import URL, raw_page

FOLDER = Path(__file__).parent / "golden"
OF_ARRANGING = {"depth", "position", "is_orphan"}

JUNK = {
    "a page instead of JSON": b"<!DOCTYPE html><html><body>Not now</body></html>",
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "an empty object": b"{}",
    "an object of something else": b'{"a": {"b": [1, "c", null]}, "error": {"x": []}}',
    "100,000 brackets": b"[" * 100_000 + b"]" * 100_000,
    "cut off": b'{"comments": [{"id": 1, "te',
}
"""Answers that are of no platform's shape."""

ODD_VALUES: tuple[Any, ...] = (None, True, -1, 1e400, "", "x" * 300, [], {}, [[1]], {"a": {}})
"""What may stand where something else should."""


def page_of(platform: str) -> Document:
    """``page.html`` of a platform, as captured at the address of all test pages."""
    page = raw_page((FOLDER / platform / "page.html").read_bytes())
    return parse_decoded(page, page.payload)


def payload_of(platform: str, name: str) -> bytes:
    """An answer, as the server gave it."""
    return (FOLDER / platform / name).read_bytes()


def json_of(platform: str, name: str) -> Any:
    """An answer, to be changed by a test."""
    return json.loads(payload_of(platform, name))


def asked(platform: str, url: str, said: Any, **more: Any) -> Batch:
    """What an answer says, given as bytes or as what its JSON is."""
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    batch = read_answer(Answer(url, payload, **more), platform)
    assert batch is not None
    return batch


def check_golden(module: Platform) -> None:
    """The page is asked about, and its answers are read, as ``expected.json`` says."""
    platform = module.NAME
    expected = json.loads((FOLDER / platform / "expected.json").read_text())
    document = page_of(platform)
    found = dict(findings(document))[platform]
    assert found.declared is None
    assert {
        "thread_ref": found.thread_ref,
        "asks": [told_ask(ask) for ask in asks_of(document)],
    } == expected["page"]
    for name, case in expected["answers"].items():
        assert module.owns(case["asked"]["url"]), name
        batch = asked(platform, said=payload_of(platform, name), **case["asked"])
        assert told(batch) == case["read"], name


def told(batch: Batch) -> dict[str, Any]:
    """A batch as JSON, without what is not known."""
    thread = batch.thread
    return {
        "thread_ref": thread.thread_ref,
        "declared": thread.declared,
        "outcome": thread.outcome,
        "article_url": batch.article_url,
        "asks": [told_ask(ask) for ask in batch.asks],
        "comments": [told_comment(comment) for comment in thread.comments],
    }


def told_ask(ask: Ask) -> dict[str, Any]:
    """An ask as JSON, without what is empty."""
    given = {
        "method": ask.method if ask.method != "GET" else "",
        "url": ask.url,
        "headers": dict(ask.headers),
        "body": json.loads(ask.body) if ask.body else "",
        "platform": ask.platform,
        "thread_ref": ask.thread_ref,
    }
    return {name: value for name, value in given.items() if value}


def told_comment(comment: Comment) -> dict[str, Any]:
    """A comment as JSON, without what is not known."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(comment).items()
        if value is not None and name not in OF_ARRANGING
    }


def check_junk(module: Platform, url: str) -> None:
    """What is not of the platform's shape is a fault with a place."""
    for name, payload in JUNK.items():
        with pytest.raises(PlatformError) as caught:
            module.read_answer(Answer(url, payload))
        assert caught.value.place is not None, name
        assert caught.value.place.name == url, name


def check_odd_values(module: Platform, url: str, said: Any) -> None:
    """One value of an answer after the other is something else: no exception but a fault's."""
    for path in _paths(said):
        for odd in ODD_VALUES:
            changed = json.loads(json.dumps(said))
            _put(changed, path, odd)
            try:
                batch = read_answer(Answer(url, json.dumps(changed).encode()), module.NAME)
            except PlatformError:
                continue
            assert batch is not None
            for comment in batch.thread.comments:
                assert comment.comment_id
                assert comment.text or comment.status != "visible"


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [(*path, key) for key, _ in inner] + [
        below for key, held in inner for below in _paths(held, (*path, key))
    ]


def _put(value: Any, path: tuple[str | int, ...], odd: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = odd


def check_absent(module: Platform, *bodies: str) -> None:
    """None of these pages uses the platform."""
    for body in bodies:
        page = raw_page(f"<html><head><title>t</title></head><body>{body}</body></html>".encode())
        document = parse_decoded(page, page.payload)
        assert module.find(document) is None, body
        assert module.read(document) is None


__all__ = [
    "FOLDER", "JUNK", "URL", "asked", "check_absent", "check_golden", "check_junk",
    "check_odd_values", "json_of", "page_of", "payload_of", "told",
]  # fmt: skip
