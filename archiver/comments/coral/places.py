"""Which Coral server a page embeds, and which story of it.

Knows the embed calls of both generations, the addresses of their scripts and frames, data
attributes of containers, and settings whose name says Coral.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archiver.comments.embeds import literals, scripts_with, setting
from archiver.comments.locations import absolute, address_of, query_of
from archiver.dom import Document, Node, finder, join

_CONTAINER = re.compile(
    r"(?:^|[ _-])coral(?:[_-](?:thread|embed|talk|comments?|stream|community|container)|talk)|"
    r"coral[_-]?comments",
    re.MULTILINE,
)
"""In wordings of elements. The bare word is a colour, a reef and a gable."""
_TALK_ROOTS = ("data-talk-url", "data-coral-talk")
_MARKED = finder(
    "//*[@data-env-url or @data-embed-url or @data-root-url or @data-coral-url or @data-coral-talk"
    " or @data-talk-url or @data-story-id or @data-story-url or @data-asset-id]"
)
_TAGS = finder("//*[starts-with(name(), 'coral-')]")
_SCRIPT = re.compile(r"^(https?://.+?)/(?:assets/js|static)/(?:embed|count|stream)\.js", re.I)
_FRAME = re.compile(r"^(https?://.+?)/embed/stream\b", re.I)
_HOSTED = re.compile(r"\b([a-z0-9][a-z0-9-]*\.coral\.coralproject\.net)\b", re.I)
_ASSIGNED = re.compile(
    r"(https?:\\?/\\?/[^\"'\s]{3,200}?)\\?/(?:assets\\?/js|static)\\?/embed\.js", re.I
)
_CORAL_KEYS = (
    r"[cC]oral(?:Root)?(?:Url|URL|Uri|Host|HostName|Hostname|Domain|Endpoint|Server)|"
    r"CORAL(?:_ROOT)?(?:_URL|_HOST|_ENDPOINT)?|coral_(?:url|host|root)"
)
"""At the end of names (``ENDPOINT_CORAL``): what stands before is not looked for, since a pattern
that begins with any word takes quadratic time on a long one."""
_CORAL_OBJECT = re.compile(r"[\"']coral\w*[\"']\s*:\s*\{([^{}]{0,2000})\}", re.I)
_STORY_IDS = r"\b(?:story|coral)(?:ID|Id|_id)|\basset_?[iI][dD]"
_STORY_URLS = r"\b(?:story)(?:URL|Url|_url)|\basset_?[uU][rR][lL]"


@dataclass(frozen=True, slots=True)
class Place:
    """A story as a page names it."""

    root: str | None
    """Address of the server without a slash at its end; None where only scripts know it."""
    story_id: str | None
    story_url: str
    is_talk: bool
    """True for version 4."""


def place_of(document: Document) -> Place | None:
    """What the page embeds; ``None`` where it embeds no Coral."""
    sources = [
        str(node.get("src") or "")
        for node in document.tree.iter("script", "iframe")
        if node.get("src")
    ]
    source = "\n".join(scripts_with(document, "coral"))
    marks = list(_MARKED(document.tree))
    calls = "createStreamEmbed" in source or "Coral.Talk" in source
    framed = [url for url in sources if _FRAME.match(url)]
    contained = _CONTAINER.search("\n".join(document.named)) or _TAGS(document.tree)
    scripted = [url for url in sources if "coral" in url.lower() and _SCRIPT.match(url)]
    if not (calls or framed or contained or scripted):
        return None
    frame = query_of(framed[0]) if framed else {}
    is_talk = "Coral.Talk" in source or any(_is_talk(url) for url in [*scripted, *framed])
    is_talk = is_talk or bool(_attributes(marks, *_TALK_ROOTS))
    call = source[_call_at(source) :] if calls else ""
    ids = [
        *_first(frame, "storyID", "asset_id"),
        *_attributes(marks, "data-story-id", "data-asset-id", "data-article-id"),
        *literals(call, _STORY_IDS),
    ]
    urls = [
        *_first(frame, "storyURL", "asset_url"),
        *_attributes(marks, "data-story-url", "data-asset-url", "data-article-url"),
        *literals(call, _STORY_URLS),
    ]
    said = next((url for text in urls if (url := absolute(document, text))), None)
    return Place(
        root=next(
            (r for text in _roots(sources, marks, source) if (r := _root(document, text))), None
        ),
        story_id=next(iter(ids), None),
        story_url=said or address_of(document),
        is_talk=is_talk,
    )


def _call_at(source: str) -> int:
    """Where the embed call's neighbourhood begins: ids elsewhere in a script are other things'."""
    at = max(source.find("createStreamEmbed"), source.find("Coral.Talk"))
    return max(0, at - 2000)


def _roots(sources: list[str], marks: list[Node], source: str) -> Iterator[str]:
    """Addresses that may be the server's, the most certain first."""
    yield from literals(source, r"\brootURL|\brootUrl")
    if "Coral.Talk" in source:
        yield from literals(source, r"[\"'{,\s]talk")
    for url in sources:
        match = _FRAME.match(url) or (_SCRIPT.match(url) if "coral" in url.lower() else None)
        if match:
            yield match[1]
    for value in _attributes(marks, "data-root-url", "data-coral-url", *_TALK_ROOTS):
        yield value
    for value in _attributes(marks, "data-env-url", "data-embed-url"):
        match = _SCRIPT.match(value)
        yield match[1] if match else value
    for url in sources:
        match = _SCRIPT.match(url)
        if match and "/assets/js/embed" in url:
            yield match[1]
    yield from (match[1].replace("\\/", "/") for match in _ASSIGNED.finditer(source))
    yield from literals(source, _CORAL_KEYS)
    for inside in _CORAL_OBJECT.finditer(source.replace('\\"', '"')):
        found = setting(inside[1], "url|host|rootURL|root|endpoint")
        if found:
            yield found
    yield from (match[1] for match in _HOSTED.finditer(source))


def _root(document: Document, said: str) -> str | None:
    """``said`` as the server's address; a bare host is one, an address of a file is none."""
    if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", said, re.I):
        said = f"https://{said}"
    if not said.startswith(("http://", "https://", "//")):
        return None
    url = join(document.base_url, said)
    if url is None or re.search(r"\.(?:js|css|json|html?|png|svg)$", urlsplit(url).path):
        return None
    return urlsplit(url)._replace(query="", fragment="").geturl().rstrip("/")


def _is_talk(url: str) -> bool:
    return "/static/embed.js" in url or "asset_url=" in url or "asset_id=" in url


def _attributes(nodes: Iterable[Node], *names: str) -> list[str]:
    """Values of these attributes, of elements whose wording says Coral."""
    return [
        node.get(name).strip()
        for name in names
        for node in nodes
        if (node.get(name) or "").strip()
        and "coral" in f"{node.get('class')} {node.get('id')} {''.join(node.attrib)}".lower()
    ]


def _first(query: dict[str, str], *names: str) -> list[str]:
    return [query[name] for name in names if query.get(name)]
