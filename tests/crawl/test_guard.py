from __future__ import annotations

import ipaddress

import pytest

from archiver.crawl.guard import AddressGuard, ConnectTo, Detour, parse_networks
from archiver.errors import ConfigError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
    ],
)
def test_closed_addresses_are_refused(address: str) -> None:
    assert not AddressGuard().allows(address, 80)


def test_what_the_operator_allows_may_be_reached_and_nothing_beside_it() -> None:
    guard = AddressGuard(parse_networks("127.0.0.0/8, ::1"))
    assert guard.allows("127.8.8.8", 80)
    assert guard.allows("::1", 443)
    assert not guard.allows("10.0.0.1", 80)


def test_a_detour_admits_its_own_port_only() -> None:
    guard = AddressGuard()
    guard.admit_detour("127.0.0.1", 8302)
    assert guard.allows("127.0.0.1", 8302)
    assert not guard.allows("127.0.0.1", 22)


def test_a_public_address_may_be_reached() -> None:
    assert AddressGuard().allows("93.184.216.34", 443)


def test_networks_are_read_from_a_list() -> None:
    assert parse_networks("127.0.0.1, fd00::/8 ,") == (
        ipaddress.ip_network("127.0.0.1/32"),
        ipaddress.ip_network("fd00::/8"),
    )
    with pytest.raises(ConfigError, match=r"'local' is no address.*127\.0\.0\.0/8"):
        parse_networks("local")


@pytest.mark.parametrize(
    ("host", "port", "detour"),
    [
        ("paper.example", 443, Detour("127.0.0.1", 1)),
        ("paper.example", 80, Detour("127.0.0.1", 2)),
        ("other.example", 443, Detour("127.0.0.1", 3)),
        ("other.example", 80, None),
    ],
)
def test_the_most_specific_detour_wins(host: str, port: int, detour: Detour | None) -> None:
    table = ConnectTo.parse(
        {
            "*:443": "127.0.0.1:3",
            "paper.example:*": "127.0.0.1:2",
            "paper.example:443": "127.0.0.1:1",
        }
    )
    assert table.detour_for(host, port) == detour


@pytest.mark.parametrize(
    "table", [{"x": "127.0.0.1:1"}, {"*:443": "127.0.0.1"}, {"*:1": "h:99999"}]
)
def test_a_detour_that_is_none_is_refused_with_an_example(table: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"CONNECT_TO.*Write it like"):
        ConnectTo.parse(table)
