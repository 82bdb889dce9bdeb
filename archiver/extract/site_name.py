"""The site's own name, and a title without it.

Knows how pages say their name, how their host spells it, how it is appended to titles and that
logos lead home; not which title is the headline.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from archiver.dom import Document, Node
from archiver.extract.body import fold_title
from archiver.extract.structured import Said

# A bar needs no blanks around it, the other signs do ("well-known", "«a quoted» word", "col·lega"),
# and a colon parts no more than one last word.
_SEPARATOR: Final = re.compile(r"\s*[|｜ㅣ¦]+\s*|\s+[–—\-·•»«~/:›>]+\s+|:\s+(?=\S+$)")
# Chinese, Japanese and Korean pages append a short name or section without a blank: "标题-新华网".
_TIGHT: Final = re.compile(
    r"(?<=[\u2026\u3000-\u9fff\uac00-\ud7af\uff00-\uffef'\"”’])[-–—_](?=[\u3040-\u9fff\uac00-\ud7af]{2,6}$)"
)
_BARS: Final = "|｜ㅣ¦»•·"
_DASHES: Final = "-–—"
_MOST_CUTS: Final = 8
"""Separators of a title: section, site and slogan make five."""
_LEAST_LETTERS: Final = 4
"""A name that is only part of another wording has at least these: "vg" is in too many words."""
_MOST_OF: Final = 0.75
"""Share of the longer wording: "Damian Duchamps" and "Damian Duchamps' Blog" are one name,
"austinhardware.com" and "Austin Hardware Catalog" are not."""


def site_names(document: Document, said: Said, titles: Collection[str]) -> frozenset[str]:
    """The site's names as the page says them and its host spells them, folded, without blanks.

    A name that is one of the page's ``titles`` is a mistake of its template (or the host's name).
    """
    names = {joined(fold_title(name)) for name in told_names(said) if name not in titles}
    try:
        labels = (urlsplit(document.url).hostname or "").removeprefix("www.").split(".")
    except ValueError:
        labels = []
    hosts = {joined(fold_title(label)) for label in (*labels[:-1], "".join(labels))}
    return frozenset(names | {host for host in hosts if len(host) >= _LEAST_LETTERS}) - {""}


def told_names(said: Said) -> tuple[str, ...]:
    """The names that the page gives its site and the publisher."""
    metas = (said.first(name) for name in ("og:site_name", "application-name", "al:ios:app_name"))
    return tuple(name for name in (*metas, said.article.publisher) if name)


def is_site_name(folded: str, names: Iterable[str], *, begins: bool = False) -> bool:
    """True when a folded wording is nothing, or one of the names, or most of one; with ``begins``
    also when one begins with the other: "Paper" and "Paper – News of the town"."""
    bare = joined(folded)
    for name in names:
        if bare == name:
            return True
        short, long = (bare, name) if len(bare) < len(name) else (name, bare)
        if len(short) >= _LEAST_LETTERS and (
            (len(short) >= _MOST_OF * len(long) and short in long)
            or (begins and long.startswith(short))
        ):
            return True
    return not bare


def without_site(title: str, names: Collection[str], *, guess: bool = True) -> str:
    """``title`` without the site's name at its end or start.

    Where no name is known at the end and ``guess`` is set, the last part after a separator goes
    when it is short and shorter than the rest.
    """
    cuts = cuts_of(title)
    for start, end in cuts:
        head, tail = title[:start].strip(), title[end:].strip()
        if head and tail and is_site_name(fold_title(tail), names, begins=guess):
            return without_site(head, names, guess=guess)
        if head and tail and guess and is_site_name(fold_title(head), names):
            return tail
    if not guess:
        return title
    tight = _TIGHT.search(title)
    if tight:
        return title[: tight.start()].strip()
    for start, end in cuts[-1:]:
        head, tail, mark = title[:start].strip(), title[end:], title[start:end].strip()[:1]
        words = len(tail.split())
        # A dash parts sentences too, so that a page which says its name is believed to append no
        # other; what stands after a bar is hardly ever the headline's.
        if head and (
            (mark in _BARS and words <= 5 and len(tail) < len(head))
            or (mark in _DASHES and not names and words <= 4 and len(tail) * 2 < len(head))
        ):
            return head
    return title


def leads_home(document: Document, node: Node) -> bool:
    """True when the heading is a link to the front page, as logos are, and this is not that."""
    around = node.getparent()
    links = [around] if around is not None and around.tag == "a" else node.iterchildren("a")
    try:
        return urlsplit(document.url).path not in ("", "/") and any(
            _is_front_page((link.get("href") or "").strip()) for link in links
        )
    except ValueError:
        return False


def _is_front_page(reference: str) -> bool:
    parts = urlsplit(reference)
    is_web = parts.scheme in ("", "http", "https") and bool(parts.netloc or parts.path)
    return is_web and parts.path in ("", "/") and not (parts.query or parts.fragment)


def cuts_of(title: str) -> list[tuple[int, int]]:
    """(start, end) of the separators in a title; none where it is a list of keywords."""
    cuts = [found.span() for found in _SEPARATOR.finditer(title)]
    return cuts if len(cuts) <= _MOST_CUTS else []


def joined(folded: str) -> str:
    """A folded title without blanks: hosts have none, and glued elements lose theirs."""
    return folded.replace(" ", "")
