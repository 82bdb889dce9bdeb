"""The pictures of an article: the one it leads with and those inside its text, with captions.

Knows how pages embed pictures, lazily loaded ones too; not which are worth keeping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from archiver.dom import Document, Node, fold_space, join, text_of
from archiver.extract.structured import Said
from archiver.model import Image

_ADORNMENT: Final = re.compile(
    r"avatar|gravatar|emoji|icon|logo|pixel|spacer|blank\.|tracking|badge|sprite|smil(?:ey|ie)|1x1|share|button|"
    r"\bad[sv]?[-_]|placeholder|loading",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"comment|sidebar|related|widget|teaser|recommend|popular|latest|promo|author-?(?:box|bio|info)|share|"
    r"newsletter|nav|menu|footer|more-",
    re.IGNORECASE,
)
_LAZY: Final = ("data-src", "data-lazy-src", "data-original", "data-srcset", "data-lazy-srcset")
_SIZE: Final = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w+$)|-scaled(?=\.\w+$)")
_MOST: Final = 50
_MOST_LOOKED_AT: Final = 300
_HEAD: Final = 20
_GLANCE: Final = 200


def images_of(
    document: Document, said: Said, texts: frozenset[str]
) -> tuple[tuple[Image, ...], str | None]:
    """(lead picture first, then those around the paragraphs ``texts``; who names the first)."""
    lead, source = _lead(document, said)
    region = _region(document.tree, texts)
    images: dict[str, Image] = {}
    for image in _in_region(region, document.base_url) if region is not None else ():
        images.setdefault(_key(image.url), image)
        if len(images) == _MOST:
            break
    if lead is not None:
        shown = images.pop(_key(lead), None)
        caption, alt = (shown.caption, shown.alt) if shown else (None, None)
        return (Image(lead, caption, alt, is_lead=True), *images.values())[:_MOST], source
    return tuple(images.values()), "markup" if images else None


def _lead(document: Document, said: Said) -> tuple[str | None, str | None]:
    for claims, source in (
        (said.meta.get("og:image", ()), "og"),
        (said.article.images[:1], "json-ld"),
        (said.meta.get("twitter:image", ()), "meta"),
    ):
        for claimed in claims:
            url = join(document.base_url, claimed) if claimed else None
            if url is not None:
                return url, source
    return None, None


def _key(url: str) -> str:
    """The picture without its size: ``photo-300x169.jpg?w=300`` is ``photo.jpg``."""
    return _SIZE.sub("", url.split("?", maxsplit=1)[0])


def _region(tree: Node, texts: frozenset[str]) -> Node:
    """The smallest element that holds the first and the last paragraph of the text, widened to
    the ``article`` or ``main`` around it: the lead picture stands beside the headline."""
    heads = frozenset(text[:_HEAD] for text in texts)
    paragraphs = list(tree.iter("p"))

    def is_of_text(node: Node) -> bool:
        # The beginning tells most apart, and the text of every paragraph took half the time.
        head = " ".join("".join(node.itertext())[:_GLANCE].split())[:_HEAD]
        return head in heads and text_of(node) in texts

    first = next((node for node in paragraphs if is_of_text(node)), None)
    last = next((node for node in reversed(paragraphs) if is_of_text(node)), None)
    if first is None or last is None:
        return None
    above = set(last.iterancestors())
    for place in first.iterancestors():
        if place in above:
            if place.tag == "article":
                return place
            return next(place.iterancestors("article", "main"), place)
    return None


def _in_region(region: Node, base_url: str) -> Iterator[Image]:
    elsewhere: dict[Node, bool] = {region: False}
    for node in islice(region.iter("img"), _MOST_LOOKED_AT):
        source = _source(node)
        if source is None or _is_adornment(node, source) or _is_elsewhere(node, elsewhere):
            continue
        url = join(base_url, source)
        if url is not None:
            yield Image(url, _caption(node, region), fold_space(node.get("alt") or "") or None)


def _source(node: Node) -> str | None:
    for name in (*_LAZY, "src", "srcset"):
        value = (node.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value.split(",")[-1].strip().split(" ")[0] if "srcset" in name else value
    return None


def _is_adornment(node: Node, url: str) -> bool:
    for side in ("width", "height"):
        size = node.get(side) or ""
        if size.isdigit() and int(size) < 100:
            return True
    named = f"{node.get('class') or ''} {url.split('?', 1)[0].rsplit('/', 1)[-1]}"
    return bool(_ADORNMENT.search(named))


def _is_elsewhere(node: Node, known: dict[Node, bool]) -> bool:
    """True when something around the picture is another story's. ``known``: the places already
    judged, the region itself among them."""
    passed = []
    answer = False
    for place in node.iterancestors():
        if place in known:
            answer = known[place]
            break
        passed.append(place)
        if place.tag in ("aside", "nav", "footer") or _ELSEWHERE.search(
            f"{place.get('class') or ''} {place.get('id') or ''}"
        ):
            answer = True
            break
    known.update(dict.fromkeys(passed, answer))
    return answer


def _caption(node: Node, region: Node) -> str | None:
    for place in islice(node.iterancestors(), 4):
        if place is region:
            return None
        if place.tag == "figure" or "caption" in (place.get("class") or ""):
            for inner in place.iter():
                if isinstance(inner.tag, str) and (
                    inner.tag == "figcaption" or "caption-text" in (inner.get("class") or "")
                ):
                    return text_of(inner) or None
    return None
