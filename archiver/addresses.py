"""IP addresses as hosts of URLs, and which of them a crawl may connect to.

Knows the address blocks of the IANA special-purpose registries and the odd spellings that
browsers and resolvers accept for IPv4. Knows no names and resolves none: whoever connects asks
``is_public_address`` about the peer it really reached.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to the loopback
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; a cloud's metadata service stands at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host agent on a public address
        "169.254.0.0/16",  # link-local; 169.254.169.254 is the usual metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments; 192.0.0.192 is a metadata service
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relay anycast, withdrawn (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",  # reserved, with 255.255.255.255
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
"""The only unicast space handed out so far (RFC 4291, 2.4): all else is closed."""
_CLOSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public_address(ip: str) -> bool:
    """True when ``ip`` is a unicast address of the public internet.

    False for private, loopback, link-local, metadata, multicast, reserved and documentation
    addresses, and for anything that is not a plain IPv4 or IPv6 address. An IPv6 address that
    carries an IPv4 address (mapped, NAT64, 6to4) is as public as the one it carries.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    carried = _carried_v4(address)
    if carried is not None:
        return not any(carried in block for block in _CLOSED_V4)
    return address in _GLOBAL_V6 and not any(address in block for block in _CLOSED_V6)


def _carried_v4(address: IPv6Address) -> IPv4Address | None:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return None


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def looks_like_ipv4(host: str) -> bool:
    """True when the last label is a number, so that ``host`` can only be an IPv4 address
    (WHATWG URL, "ends in a number checker")."""
    last = host.removesuffix(".").rpartition(".")[2]
    return _NUMBER.fullmatch(last) is not None


def parse_ipv4(host: str) -> str | None:
    """The dotted form of ``host`` read as a browser reads it: decimal, octal and hexadecimal
    parts, one to four of them (WHATWG URL, "IPv4 parser"); None when it is no address."""
    parts = host.removesuffix(".").split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *heads, tail = numbers
    if any(number > 255 for number in heads) or tail >= 256 ** (5 - len(parts)):
        return None
    value = tail + sum(number << 8 * (3 - place) for place, number in enumerate(heads))
    return str(IPv4Address(value))


def _number(part: str) -> int:
    if len(part) > 64:  # far above any address, and int() of huge texts is slow or raises
        raise ValueError(part[:64])
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    if part.startswith("0") and part != "0":
        return int(part, 8)
    return int(part)


def parse_ipv6(text: str) -> str | None:
    """The address between the brackets of a URL in its one short form; None when it is none.

    Written here because ``str(IPv6Address)`` spells mapped addresses differently since
    Python 3.13, and a key must not depend on the interpreter.
    """
    try:
        address = IPv6Address(text)
    except ValueError:
        return None
    if address.scope_id is not None:
        return None
    groups = [f"{int(address) >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
    zeros = max(
        (match.span() for match in re.finditer("0+", _zero_map(groups))),
        key=lambda span: span[1] - span[0],
        default=(0, 0),
    )
    if zeros[1] - zeros[0] < 2:
        return ":".join(groups)
    return ":".join(groups[: zeros[0]]) + "::" + ":".join(groups[zeros[1] :])


def _zero_map(groups: list[str]) -> str:
    return "".join("0" if group == "0" else "x" for group in groups)
