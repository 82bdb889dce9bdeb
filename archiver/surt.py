"""SURT keys: the sort-friendly form of a URL under which replay finds a capture.

Knows the rules by which pywb, cdxj-indexer and the Wayback machines fold URLs (IIPC
webarchive-commons: "Google canonicalisation", then "IA canonicalisation"), quirks included,
because a key that differs by one sign is a page that cannot be found. The common Python
implementation of them resolves numeric hosts through the network's resolver and stands under a
licence that this package cannot take over, so the rules are written again here. Takes any target
URI that an old WARC may hold and never raises.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from archiver.addresses import parse_ipv4

_ANY_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_REPEATED = re.compile(r"(?:https?://)+(?=https?://)")
_AUTHORITY = re.compile(r"(?i:(https?)):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.DOTALL)
_WWW = re.compile(r"www\d*\.")
_PORT = re.compile(r":(\d*)$")
_OLD_IPV4 = re.compile(r"(?:0[0-7]*|[1-9][0-9]*)(?:\.[0-9]+){0,3}")
_KEPT = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_DEFAULT_PORTS = {"http": 80, "https": 443}

# ASP.NET session folders and the session parameters of four servers.
_PATH_SESSIONS = (
    re.compile(r"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(r"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rf"^(.*)(?:{parameter})(?:&(.*))?$", re.IGNORECASE)
    for parameter in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt_key(url: str) -> str:
    """The key of ``url``: ``https://www.Example.com:443/A/?b=2&a=1`` → ``com,example)/a?a=1&b=2``.

    Host labels reversed, everything in lower case, ``www.``, default port, session ids, closing
    slash, fragment and user name dropped, escapes undone and made anew, query sorted. A URI that
    is not http or https is its own key, with white space escaped (a CDXJ line is split at it).
    """
    text = re.sub(r"[\n\r\t]", "", url.strip())
    if text and not _ANY_SCHEME.match(text):
        text = "http://" + text
    text = _REPEATED.sub("", text)
    match = _AUTHORITY.match(text)
    if match is None:
        return re.sub(r"\s", lambda space: quote(space[0]), text) or "-"
    scheme = match[1].lower()
    authority, path, query = match[2] or "", match[3], match[4]
    if not authority:  # "http:////////example.com/": the host follows the slashes
        authority, slash, rest = path.lstrip("/").partition("/")
        path = slash + rest
    authority = authority.rpartition("@")[2]
    port = _PORT.search(authority)
    if port:
        authority = authority[: port.start()]
    host = _host(authority)
    key = ",".join(reversed(host.split(".")))
    if port and port[1] and int(port[1][-6:]) != _DEFAULT_PORTS[scheme]:
        key += f":{int(port[1][-6:])}"
    key += ")" + _path(path)
    folded = _query(query) if query else ""
    return f"{key}?{folded}" if folded else key


def _host(authority: str) -> str:
    raw = _unescaped(authority.lower().strip("[]"))
    try:
        host = raw.decode("ascii")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "ignore")
        try:
            host = text.encode("idna").decode("ascii")
        except UnicodeError:
            return _escaped(raw).lower()
    host = host.replace("..", ".").strip(".")
    if host.isdigit():
        host = parse_ipv4(str(int(host[-20:]) & 0xFFFFFFFF)) or host
    elif _OLD_IPV4.fullmatch(host):
        host = parse_ipv4(host) or host
    else:
        host = _escaped(host.encode()).lower()
    return _WWW.sub("", host, count=1) if _WWW.match(host) else host


def _path(path: str) -> str:
    kept: list[bytes] = []
    for segment in _unescaped(path).split(b"/")[1:]:
        if segment == b"..":
            # Above the root the dots stay: a quirk of the rules, kept.
            if kept:
                kept.pop()
            else:
                kept.append(segment)
        elif segment != b".":
            kept.append(segment)
    folders = [segment for segment in kept[:-1] if segment]
    text = _escaped(b"/" + b"/".join([*folders, *kept[-1:]])).lower()
    for session in _PATH_SESSIONS:
        text = session.sub(r"\1\2", text)
    return text[:-1] if len(text) > 1 and text.endswith("/") else text


def _query(query: str) -> str:
    text = _escaped(_unescaped(query))
    for session in _QUERY_SESSIONS:
        text = session.sub(lambda match: match[1] + (match[2] or ""), text)
    if len(text) <= 1:
        return text.lower()
    parameters = [tuple(parameter.split("=", 1)) for parameter in text.lower().split("&")]
    return "&".join("=".join(parameter) for parameter in sorted(parameters))


def _unescaped(text: str) -> bytes:
    """``text`` with its escapes undone until none is left."""
    raw = text.encode("utf-8", "replace")
    while (again := unquote_to_bytes(raw)) != raw:
        raw = again
    return raw


def _escaped(raw: bytes) -> str:
    return quote(raw, safe=_KEPT)
