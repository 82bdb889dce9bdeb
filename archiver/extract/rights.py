"""What the publisher says about use of a page.

Knows the signals (robots meta and header, TDM Reservation Protocol, licences); what follows from
them is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archiver.codings import header_value
from archiver.dom import Document
from archiver.extract.structured import Said
from archiver.model import Page, Rights

_BOTS: Final = (
    "robots", "googlebot", "googlebot-news", "bingbot", "msnbot", "slurp", "otherbot",
    "archive.org_bot", "ia_archiver", "ccbot",
)  # fmt: skip
"""Names of ``meta`` that hold robots rules: for all, or for one reader."""
_NOARCHIVE = re.compile(r"\b(?:noarchive|nocache)\b", re.IGNORECASE)
"""``nocache`` is Bing's word for it. A rule for one reader counts: it shows what is wished."""
_CREATIVE_COMMONS = re.compile(
    r"^(?:https?:)?//(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/", re.IGNORECASE
)
_LICENSE_META: Final = ("dcterms.license", "dc.rights.license", "dc.license", "license")


def rights_of(document: Document, page: Page, said: Said) -> tuple[Rights, str | None]:
    """(what is said, who says it: the sources in the order of the fields, joined by ``, ``)."""
    rules = list(_robots_rules(page, said))
    robots = ", ".join(dict.fromkeys(rule for rule, _ in rules)) or None
    reservation, reserver = _reservation(page, said)
    license_, licenser = _license(document, said)
    sources = [*(source for _, source in rules), reserver, licenser]
    rights = Rights(
        robots_rule=robots,
        noarchive=None if robots is None else bool(_NOARCHIVE.search(robots)),
        tdm_reservation=reservation,
        license=license_,
    )
    return rights, ", ".join(dict.fromkeys(source for source in sources if source)) or None


def _robots_rules(page: Page, said: Said) -> Iterator[tuple[str, str]]:
    """(rule, source); a rule for one reader bears its name: ``googlebot: noarchive``."""
    for name in _BOTS:
        for content in said.meta.get(name, ()):
            if content:
                yield content if name == "robots" else f"{name}: {content}", "meta"
    for header, value in page.headers:
        if header.lower() == b"x-robots-tag":
            yield value.decode("latin-1").strip(), "header"


def _reservation(page: Page, said: Said) -> tuple[bool | None, str | None]:
    """TDM Reservation Protocol (W3C community report, 2024), 6: the header goes first; a policy
    is only there where rights are reserved."""
    for value, source in (
        (header_value(page, b"tdm-reservation"), "header"),
        (said.first("tdm-reservation") or "", "meta"),
    ):
        if value.strip() in ("0", "1"):
            return value.strip() == "1", source
    if header_value(page, b"tdm-policy"):
        return True, "header"
    return (True, "meta") if said.first("tdm-policy") else (None, None)


def _license(document: Document, said: Said) -> tuple[str | None, str | None]:
    if said.article.license:
        return said.article.license, "json-ld"
    if said.links.get("license"):
        return said.links["license"][0], "link"
    declared = said.first(*_LICENSE_META)
    if declared:
        return declared, "meta"
    shown = None
    for link in document.tree.iter("a"):
        href, rel = link.get("href"), link.get("rel")
        if not href or not (rel or "creativecommons" in href):
            continue
        if "license" in (rel or "").split():
            return str(href), "markup"
        # Under a picture it is the picture's.
        is_of_picture = next(link.iterancestors("figure", "figcaption", "aside"), None) is not None
        if shown is None and not is_of_picture and _CREATIVE_COMMONS.match(href):
            shown = str(href)
    return (shown, "markup") if shown else (None, None)
