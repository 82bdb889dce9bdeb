"""What the publisher says about access and use of a page.

Knows the signals (robots meta and header, TDM Reservation Protocol, licences, paywall marks); what
follows from them is not decided here.
"""

from __future__ import annotations

from archiver.codings import header_value
from archiver.dom import Document
from archiver.extract.structured import Said
from archiver.model import Access, Page, Rights

_TIERS = {
    "free": Access.FREE,
    "metered": Access.METERED,
    "locked": Access.PAYWALLED,
    "paid": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
}


def read_rights(document: Document, page: Page, said: Said) -> Rights:
    """Robots rules, archiving, text and data mining, licence; None where nothing is said."""
    rules = [*said.meta.get("robots", ()), header_value(page, b"x-robots-tag")]
    robots = ", ".join(rule for rule in rules if rule) or None
    reservation = said.first("tdm-reservation") or header_value(page, b"tdm-reservation")
    return Rights(
        robots_rule=robots,
        noarchive=None if robots is None else "noarchive" in robots.lower(),
        tdm_reservation={"1": True, "0": False}.get(reservation.strip()) if reservation else None,
        license=_license(document, said),
    )


def _license(document: Document, said: Said) -> str | None:
    if said.article.license:
        return said.article.license
    if said.links.get("license"):
        return said.links["license"][0]
    for link in document.tree.iter("a"):
        if "license" in (link.get("rel") or "").split() and link.get("href"):
            return str(link.get("href"))
    return said.first("dcterms.license", "dc.rights.license")


def read_access(said: Said) -> Access | None:
    """Who could read the article, as its publisher declares it."""
    tier = (
        said.first("article:content_tier", "content_tier", "lp.article:content_tier") or ""
    ).lower()
    if tier in _TIERS:
        return _TIERS[tier]
    if said.article.is_free is not None:
        return Access.FREE if said.article.is_free else Access.PAYWALLED
    return None
