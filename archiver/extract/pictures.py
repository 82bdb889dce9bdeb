"""The pictures of an article: the one it leads with and those inside its text, with captions.

Knows how pages embed pictures, lazily loaded ones too; not which are worth keeping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_MOST: Final = 50


def read_images(document: Document, said: Said, texts: frozenset[str]) -> tuple[Image, ...]:
    """Lead picture first (the page's own claim), then those around the paragraphs ``texts``."""
    claimed = [
        *said.meta.get("og:image", ()),
        *said.article.images[:1],
        *said.meta.get("twitter:image", ()),
    ]
    lead = next((url for c in claimed if c and (url := join(document.base_url, c))), None)
    region = _region(document.tree, texts)
    found = list(_in_region(region, document.base_url)) if region is not None else []
    images: dict[str, Image] = {}
    for image in found:
        images.setdefault(_key(image.url), image)
    if lead is not None:
        shown = images.pop(_key(lead), None)
        first = Image(
            lead, shown.caption if shown else None, shown.alt if shown else None, is_lead=True
        )
        return (first, *list(images.values())[: _MOST - 1])
    return tuple(list(images.values())[:_MOST])


def _key(url: str) -> str:
    """The picture without its size: ``photo-300x169.jpg?w=300`` is ``photo.jpg``."""
    return re.sub(
        r"-\d{2,4}x\d{2,4}(?=\.\w+$)|-scaled(?=\.\w+$)", "", url.split("?", maxsplit=1)[0]
    )


def _region(tree: Node, texts: frozenset[str]) -> Node:
    """The smallest element that holds the first and the last paragraph of the text, widened to
    the ``article`` or ``main`` around it: the lead picture stands beside the headline."""
    found = [node for node in tree.iter("p") if text_of(node) in texts]
    if not found:
        return None
    above = set(found[-1].iterancestors())
    for place in found[0].iterancestors():
        if place in above:
            if place.tag == "article":
                return place
            return next(place.iterancestors("article", "main"), place)
    return None


def _in_region(region: Node, base_url: str) -> Iterator[Image]:
    for node in region.iter("img"):
        source = _source(node)
        url = join(base_url, source) if source else None
        if url is None or _is_adornment(node, url) or _is_elsewhere(node, region):
            continue
        alt = fold_space(node.get("alt") or "") or None
        yield Image(url, _caption(node, region), alt)


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
    named = f"{node.get('class') or ''} {url.rsplit('/', 1)[-1]}"
    return bool(_ADORNMENT.search(named))


def _is_elsewhere(node: Node, region: Node) -> bool:
    for place in node.iterancestors():
        if place is region:
            return False
        if place.tag in ("aside", "nav", "footer") or _ELSEWHERE.search(
            f"{place.get('class') or ''} {place.get('id') or ''}"
        ):
            return True
    return False


def _caption(node: Node, region: Node) -> str | None:
    for place in list(node.iterancestors())[:4]:
        if place is region:
            return None
        if place.tag == "figure" or "caption" in (place.get("class") or ""):
            for inner in place.iter():
                if isinstance(inner.tag, str) and (
                    inner.tag == "figcaption" or "caption-text" in (inner.get("class") or "")
                ):
                    return text_of(inner) or None
    return None
