"""Makes the newspaper's pages: a file of ``pages/`` set into its frame.

A page file begins with ``name: value`` lines (its *slip*) up to the first blank line; the rest is
its content. Every ``{{name}}`` in frame and content is replaced by the value of that name, and
``{{base}}`` by the address that the newspaper is served under. Knows nothing of HTTP.
"""

from __future__ import annotations

import html
import json
import re
import struct
import zlib
from functools import cache
from pathlib import Path

PAGES = Path(__file__).parent / "pages"

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

RAW_FIELDS = frozenset({"content", "comments", "json_ld", "head", "base"})
"""Values that are markup already; every other one is text and is escaped."""


def print_page(name: str, base: str) -> str:
    """The HTML of ``pages/<name>.html`` as a reader of ``base`` gets it."""
    slip, content = _read_page(name)
    if slip["frame"] == "none":
        return _fill(content, {"base": base})
    values = (
        {"head": "", "comments": _comments_of(name)} | slip | {"content": content, "base": base}
    )
    if "authors" in slip:
        authors = slip["authors"].split("; ")
        values["byline"] = " and ".join(authors)
        values["author_slug"] = authors[0].lower().replace(" ", "-")
        values["section_slug"] = slip["section"].lower()
        values["json_ld"] = _json_ld(slip, authors)
    frame = (PAGES / "frames" / f"{slip['frame']}.html").read_text("utf-8")
    # Twice: the content and the head may name {{base}} themselves.
    return _fill(_fill(frame, values), {"base": base})


def print_file(name: str, base: str) -> str:
    """A file of ``pages/`` that has no slip and no frame: a feed, a sitemap, robots.txt."""
    return _fill((PAGES / name).read_text("utf-8"), {"base": base})


def path_of(name: str) -> str:
    """The path that the page says it stands under."""
    return _read_page(name)[0]["path"]


def print_picture(name: str) -> bytes:
    """A PNG of 64 by 48 points in one grey that depends on its name."""
    grey = 64 + zlib.crc32(name.encode()) % 128
    rows = (b"\x00" + bytes([grey]) * 64) * 48
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


@cache
def _read_page(name: str) -> tuple[dict[str, str], str]:
    slip_text, content = (PAGES / f"{name}.html").read_text("utf-8").split("\n\n", 1)
    slip = dict(line.split(": ", 1) for line in slip_text.splitlines())
    return slip, content


def _comments_of(name: str) -> str:
    path = PAGES / "comments" / f"{name}.html"
    return path.read_text("utf-8") if path.exists() else ""


def _fill(text: str, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            return found[0]
        return values[name] if name in RAW_FIELDS else html.escape(values[name])

    return PLACEHOLDER.sub(value, text)


def _json_ld(slip: dict[str, str], authors: list[str]) -> str:
    """schema.org NewsArticle as the block theme's metadata plugin would write it."""
    thing: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": slip["title"],
        "datePublished": slip["published"],
        "dateModified": slip.get("modified", slip["published"]),
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "Organization", "name": "The Oldmere Courier"},
        "mainEntityOfPage": "{{base}}" + slip["path"],
        "articleSection": slip["section"],
        "inLanguage": "en-GB",
    }
    if "comment_count" in slip:
        thing["commentCount"] = int(slip["comment_count"])
    return json.dumps(thing, ensure_ascii=False)
