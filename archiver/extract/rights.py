"""What the publisher says about use of a page, as a value of the article.

Knows licences; the other signals (robots rules, TDM Reservation Protocol, ``Content-Usage``) are
read in ``archiver.opt_outs``. What follows from them is not decided here.
"""

from __future__ import annotations

import re
from typing import Final

from archiver.content_usage import BETWEEN_STATEMENTS
from archiver.dom import Document
from archiver.extract.structured import Said
from archiver.model import Page, Rights
from archiver.opt_outs import opt_outs_of

_NOARCHIVE = re.compile(r"\b(?:noarchive|nocache)\b", re.IGNORECASE)
"""``nocache`` is Bing's word for it. A rule for one reader counts: it shows what is wished."""
_CREATIVE_COMMONS = re.compile(
    r"^(?:https?:)?//(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/", re.IGNORECASE
)
_LICENSE_META: Final = ("dcterms.license", "dc.rights.license", "dc.license", "license")


def rights_of(document: Document, page: Page, said: Said) -> tuple[Rights, str | None]:
    """(what is said, who says it: the sources in the order of the fields, joined by ``, ``)."""
    metas = [(name, content) for name, contents in said.meta.items() for content in contents]
    opt_outs = opt_outs_of(page, metas)
    robots = ", ".join(dict.fromkeys(rule for rule, _ in opt_outs.robots_rules)) or None
    license_, licenser = _license(document, said)
    usages = [statement for statement, _ in opt_outs.content_usage]
    sources = [
        *(source for _, source in opt_outs.robots_rules),
        opt_outs.tdm_source,
        licenser,
        *(source for _, source in opt_outs.content_usage),
    ]
    rights = Rights(
        robots_rule=robots,
        noarchive=None if robots is None else bool(_NOARCHIVE.search(robots)),
        tdm_reservation=opt_outs.tdm_reservation,
        license=license_,
        tdm_policy=opt_outs.tdm_policy,
        content_usage=BETWEEN_STATEMENTS.join(usages) or None,
        reserved=tuple(dict.fromkeys(str(one.use) for one in opt_outs.reserved)),
    )
    return rights, ", ".join(dict.fromkeys(source for source in sources if source)) or None


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
