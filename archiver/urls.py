"""URLs: one spelling for each, a key for the same page, host, site.

Knows which parameters say nothing about the page, and the public suffix list as packaged with
``tldextract`` (it never fetches a newer one). The rooms beside it are reached from here:
``url_parts`` (how a browser reads an address), ``addresses`` (IP), ``surt`` (replay keys),
``traps``.
"""

from __future__ import annotations

import re
from functools import lru_cache

import tldextract

from archiver.addresses import is_public_address, looks_like_ipv4
from archiver.surt import surt_key
from archiver.traps import is_comment_page, is_trap
from archiver.url_parts import DEFAULT_PORTS, parse_url

__all__ = [
    "canonical_key",
    "host_is_address",
    "host_of",
    "is_comment_page",
    "is_public_address",
    "is_trap",
    "normalise",
    "registrable_domain",
    "site_of",
    "surt_key",
]


def normalise(url: str, base: str | None = None, *, encoding: str = "utf-8") -> str:
    """The absolute http or https URL that ``url`` (found on a page at ``base``) stands for.

    Printable ASCII without white space; scheme and host in lower case, host in its ASCII form,
    dot segments resolved; default port, fragment, empty query, a dot at the end of the host, user
    name and password dropped (credentials of a link are never sent). The case of the path, the
    query and its order stay. ``encoding`` is that of the page: browsers write the letters of a
    query in it. Raises ``UrlError`` for everything that cannot be asked for.
    """
    return str(parse_url(url, base, encoding))


def host_of(url: str) -> str:
    """The host of ``url`` as normalised; an IPv6 address without its brackets."""
    return parse_url(url).host


def host_is_address(host: str) -> bool:
    """True when ``host`` (as ``host_of`` gives it) is an IP address and no name."""
    return ":" in host or looks_like_ipv4(host)


def registrable_domain(host: str) -> str:
    """The part of ``host`` that somebody registered: ``news.bbc.co.uk`` → ``bbc.co.uk``.

    Suffixes under which a company hosts others (``blogspot.com``) count as suffixes: two of its
    blogs are two sites. An address, a single label and a public suffix are their own domain.
    """
    host = host.lower().removesuffix(".")
    if host_is_address(host) or "." not in host:
        return host
    found = _suffixes()(host)
    if found.suffix:
        return f"{found.domain}.{found.suffix}" if found.domain else host
    # Not on the list: its algorithm takes the last label as the suffix ("if no rules match, the
    # prevailing rule is *", publicsuffix.org).
    return ".".join(host.split(".")[-2:])


def site_of(url: str) -> str:
    """The registrable domain of ``url``; for an address or a single-label host ``host:port``."""
    parts = parse_url(url)
    if host_is_address(parts.host) or "." not in parts.host:
        host = f"[{parts.host}]" if ":" in parts.host else parts.host
        return f"{host}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
    return registrable_domain(parts.host)


# Parameters that name the way a reader came, not the page. Sources: the documentation of the
# analytics and advertising systems, and the list that ClearURLs keeps.
_TRACKING = re.compile(
    r"""(?: utm_[a-z_]* | mtm_[a-z]* | pk_(?:campaign|kwd|source|medium|content|cid) | _ga | _gl
      | at_(?:campaign|medium|custom\d|link_\w+|format|ptr_name|bbc_team)
      | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | ysclid | twclid
      | igshid | igsh | mc_cid | mc_eid | mkt_tok | oly_anon_id | oly_enc_id | vero_id | _hsenc
      | _hsmi | hsctatracking | __twitter_impression | ref_src | ref_url | fb_action_ids
      | fb_action_types | fb_source | fb_ref | action_object_map | action_type_map
      | action_ref_map | wt_mc | wt_zmc | xtor | ocid | cmpid | ns_campaign | ns_mchannel
      | ns_source | ns_linkname | ito | guccounter | guce_referrer | guce_referrer_sig
      | s_cid | spm | scm | trk | trkcampaign | smid | ncid | sr_share | cvid
      # WordPress: one address for each comment or button, the same page behind all of them
      # (?share= and ?like_comment= are Jetpack's).
      | replytocom | unapproved | moderation-hash | like_comment | like_actor
      # Sessions.
      | phpsessid | jsessionid | aspsessionid\w* | cfid | cftoken
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SESSION_VALUE = re.compile(r"[0-9A-Za-z]{32}")
_SESSION_NAMES = frozenset({"sid", "s", "sessionid", "session_id", "zenid", "oscsid"})
_SHARE_TARGETS = frozenset(
    {
        "facebook", "twitter", "x", "linkedin", "pinterest", "reddit", "tumblr", "telegram",
        "jetpack-whatsapp", "email", "print", "pocket", "mastodon", "threads", "bluesky",
        "nextdoor", "custom",
    }
)  # fmt: skip
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_key(url: str) -> str:
    """A key that all spellings of one page's address share, itself a URL; idempotent.

    ``normalise``, and: tracking parameters, session ids and the parameters of share and reply
    buttons dropped, the others in the order of their names, an empty query dropped, escapes
    spelled alike (RFC 3986, 6.2.2). http and https, ``www.`` and a closing slash stay apart:
    whether they are one page only the server can say.
    """
    parts = parse_url(url)
    while True:
        path = _PATH_SESSION.sub("", _even_escapes(parts.path))
        query = _essential(_even_escapes(parts.query)) if parts.query else None
        if (path, query) == (parts.path, parts.query):
            return str(parts)
        # A session id may have hidden a dot segment ("/a/..;sid=1"): read again until it stays.
        parts = parse_url(str(parts._replace(path=path, query=query)))


def _even_escapes(text: str) -> str:
    def spell(match: re.Match[str]) -> str:
        sign = chr(int(match[0][1:], 16))
        return sign if sign in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(spell, text)


def _essential(query: str) -> str | None:
    kept = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        lowered = name.lower()
        if (
            not parameter
            or _TRACKING.fullmatch(lowered)
            or (lowered in _SESSION_NAMES and _SESSION_VALUE.fullmatch(value))
            or (lowered == "share" and value.lower() in _SHARE_TARGETS)
        ):
            continue
        kept.append((name, parameter))
    kept.sort(key=lambda pair: pair[0])  # stable: repeated names keep their order
    return "&".join(parameter for _, parameter in kept) or None


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )
