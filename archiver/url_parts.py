"""A URL as a browser reads it: its parts, or ``UrlError``.

Knows the WHATWG URL standard for http and https, the only schemes a crawl asks for, and what of a
URL is never sent. Knows that a query holds parameters, but not what they mean; no suffixes and no
sites.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

import idna

from archiver.addresses import looks_like_ipv4, parse_ipv4, parse_ipv6
from archiver.errors import UrlError

LONGEST_URL = 16_384
"""Signs, before and after escaping. The longest of 1,354 real article addresses has 396, and common
servers refuse request lines above 8 KiB: what is longer than this is not an address."""

DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_EDGES = "".join(map(chr, range(0x21)))  # C0 controls and space (WHATWG URL, 4.4, step 1)
_DROPPED = str.maketrans("", "", "\t\n\r")  # step 3
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
# What RFC 3986 allows there (3.3, 3.4), without the apostrophe in a query (WHATWG URL,
# special-query set): w3lib, through which Scrapy sends every URL, keeps the same signs, so that a
# normalised URL is what crosses the wire. `%` is one: an escape, or a stray sign browsers keep.
_PATH_SAFE = "%!$&'()*+,-./:;=@_~"
_QUERY_SAFE = "%!$&()*+,-./:;=?@_~"


class UrlParts(NamedTuple):
    """A normalised URL; ``str()`` of it is the URL."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None

    @property
    def netloc(self) -> str:
        """Host, in brackets where it is an IPv6 address, and port where it is not the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        return f"{self.scheme}://{self.netloc}{self.path}{query}"


def parse_url(url: str, base: str | None = None, encoding: str = "utf-8") -> UrlParts:
    """The parts of ``url`` as found on a page at ``base`` whose charset is ``encoding``.

    Raises ``UrlError`` for everything that cannot be asked for.
    """
    if len(url) <= LONGEST_URL:
        parts = _read(url, base, encoding)
        if len(str(parts)) <= LONGEST_URL:
            return parts
    raise UrlError(f"an address of more than {LONGEST_URL:,} signs: {url[:200]!r}")


def parameter(url: str, name: str) -> str | None:
    """Value of the first parameter of ``url`` (normalised) that has this name, whatever its case,
    unescaped; None where there is none."""
    for pair in (parse_url(url).query or "").split("&"):
        named, mark, value = pair.partition("=")
        if mark and unquote_plus(named).lower() == name.lower():
            return unquote_plus(value)
    return None


def with_parameters(url: str, changes: Mapping[str, str | None]) -> str:
    """``url`` (normalised) with these parameters after those it has, in place of what it had under
    their names (whatever their case); a parameter that is None is only taken away."""
    parts = parse_url(url)
    replaced = {name.lower() for name in changes}
    pairs = [
        pair
        for pair in (parts.query or "").split("&")
        if pair and unquote_plus(pair.partition("=")[0]).lower() not in replaced
    ]
    pairs += [
        f"{quote(name, safe='')}={quote(value, safe=',/:')}"
        for name, value in changes.items()
        if value is not None
    ]
    return str(parts._replace(query="&".join(pairs) or None))


def _read(url: str, base: str | None, encoding: str) -> UrlParts:
    text = url.strip(_EDGES).translate(_DROPPED)
    text = text.partition("#")[0]
    match = _SCHEME.match(text)
    if match is None:
        if base is None:
            raise UrlError(f"no scheme in {url[:200]!r}")
        return _join(text, parse_url(base), encoding)
    scheme = match[1].lower()
    if scheme not in DEFAULT_PORTS:
        raise UrlError(f"scheme {scheme!r} is neither http nor https in {url[:200]!r}")
    rest = _slashed(text[match.end() :])
    if base is not None and not rest.startswith("//"):
        parent = parse_url(base)
        if parent.scheme == scheme:  # "http:page.html" is relative there ("special relative")
            return _join(rest, parent, encoding)
    return _with_authority(scheme, rest, encoding)


def _slashed(text: str) -> str:
    """Backslashes before the query are slashes in http and https (WHATWG URL, 4.4)."""
    path, mark, query = text.partition("?")
    return path.replace("\\", "/") + mark + query


def _join(reference: str, base: UrlParts, encoding: str) -> UrlParts:
    reference = _slashed(reference)
    if reference.startswith("//"):
        return _with_authority(base.scheme, reference, encoding)
    path, mark, query = reference.partition("?")
    if not path:
        return base._replace(query=_query(query, encoding) if mark else base.query)
    if not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return base._replace(path=_path(path), query=_query(query, encoding) if mark else None)


def _with_authority(scheme: str, rest: str, encoding: str) -> UrlParts:
    before, mark, query = rest.partition("?")
    authority, slash, path = before.lstrip("/").partition("/")
    host, port = _host_and_port(authority.rpartition("@")[2], scheme)
    return UrlParts(
        scheme, host, port, _path(slash + path), _query(query, encoding) if mark else None
    )


def _host_and_port(authority: str, scheme: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        inside, bracket, after = authority[1:].partition("]")
        host = parse_ipv6(inside) if bracket else None
        if host is None or (after and not after.startswith(":")):
            raise UrlError(f"no IPv6 address in {authority[:200]!r}")
        digits = after[1:]
    else:
        name, _, digits = authority.partition(":")
        host = _host(name)
    if not digits:
        return host, None
    significant = digits.lstrip("0")
    if not significant.isascii() or not significant.isdigit() or len(significant) > 5:
        raise UrlError(f"no port that can be connected to: {digits[:20]!r}")
    port = int(significant)
    if port > 65535:
        raise UrlError(f"no port that can be connected to: {port}")
    return host, None if port == DEFAULT_PORTS[scheme] else port


def _host(name: str) -> str:
    decoded = _percent_decoded(name)
    try:
        ascii_name = decoded.lower() if decoded.isascii() else _to_ascii(decoded)
    except UnicodeError as error:  # idna.IDNAError is one
        raise UrlError(f"no host name: {name[:200]!r} ({error})") from error
    ascii_name = ascii_name.removesuffix(".")
    if not ascii_name or _FORBIDDEN_IN_HOST.search(ascii_name):
        raise UrlError(f"no host name: {name[:200]!r}")
    if looks_like_ipv4(ascii_name):
        address = parse_ipv4(ascii_name)
        if address is None:
            raise UrlError(f"no IPv4 address: {name[:200]!r}")
        return address
    # RFC 1035, 2.3.4: what is longer cannot be looked up.
    if len(ascii_name) > 253 or not all(0 < len(label) < 64 for label in ascii_name.split(".")):
        raise UrlError(f"a host name with an empty or overlong label: {name[:200]!r}")
    return ascii_name


def _percent_decoded(name: str) -> str:
    if "%" not in name:
        return name
    raw = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda match: bytes([int(match[1], 16)]),
        name.encode("utf-8", "replace"),
    )
    return raw.decode("utf-8", "replace")


def _to_ascii(name: str) -> str:
    """UTS 46 mapping and Punycode, without IDNA 2008's list of permitted letters: browsers
    resolve hosts with emoji, and registries decide what exists."""
    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = [
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in mapped.split(".")
    ]
    return ".".join(labels).lower()


def _path(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for place, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        is_last = place == len(segments) - 1
        if dots == "..":
            if kept:
                kept.pop()
        elif dots != ".":
            kept.append(segment)
            continue
        if is_last:
            kept.append("")
    return quote("/" + "/".join(kept), safe=_PATH_SAFE, errors="replace")


def _query(query: str, encoding: str) -> str | None:
    if not query:
        return None  # "/?" is asked for as "/": w3lib drops an empty query, and so do caches
    # WHATWG Encoding, 4.3, "get an output encoding": no query is written in UTF-16.
    charset = "utf-8" if encoding.lower().startswith(("utf-16", "utf-32")) else encoding
    try:
        return quote(query.encode(charset), safe=_QUERY_SAFE)
    except LookupError:  # a name that is no charset
        return _query(query, "utf-8")
    except UnicodeError:
        return "".join(_query_sign(sign, charset) for sign in query)


def _query_sign(sign: str, charset: str) -> str:
    """One sign of a query; as a character reference where ``charset`` lacks it, as browsers do."""
    try:
        return quote(sign.encode(charset), safe=_QUERY_SAFE)
    except UnicodeError:
        return f"%26%23{ord(sign)}%3B"
