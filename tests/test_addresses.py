"""Which addresses a crawl may connect to, in all the spellings that hide them."""

from __future__ import annotations

import pytest

from archiver.addresses import is_public_address, parse_ipv4, parse_ipv6
from archiver.urls import host_of

CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:53aa:64c::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:c0a8:101::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1",
    "", "localhost", "example.com", "127.1", "0x7f.1", "2130706433", "[::1]",
    "8.8.8.8:80", " 8.8.8.8",
]  # fmt: skip
OPEN = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.1",
    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.0.1",
    "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("ip", CLOSED)
def test_addresses_inside_and_odd_spellings_are_not_public(ip: str) -> None:
    assert not is_public_address(ip)


@pytest.mark.parametrize("ip", OPEN)
def test_addresses_of_the_internet_are_public(ip: str) -> None:
    assert is_public_address(ip)


DISGUISED = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.1/", "http://0X7F.0.0.1/", "http://017700000001/",
    "http://0177.0.0.1/", "http://0177.1/", "http://127.0.0.1./", "http://0/", "http://0x/",
    "http://good@127.0.0.1/", "http://good.example:80@127.0.0.1/", "http://127.0.0.1#@good.example/",
    "http:\\\\127.0.0.1\\", "http:/\\127.0.0.1/", "http:127.0.0.1/", "http:////127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://１２７.0.0.1/", "http://%31%32%37.0.0.1/",
    "http://127.0.0.1:80/", "http://127\t.0.0.1/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/", "http://[::FFFF:7F00:1]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[fd00:ec2::254]/", "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/", "http://0xA9FEA9FE/", "http://0251.0376.0251.0376/", "http://169.254.43518/",
    "http://10.1/", "http://192.168.257/", "http://[::]/", "http://0.0.0.0/", "http://3232235777/",
]  # fmt: skip


@pytest.mark.parametrize("url", DISGUISED)
def test_disguised_addresses_are_seen_through(url: str) -> None:
    assert not is_public_address(host_of(url))


def test_addresses_have_one_spelling_on_every_python() -> None:
    assert parse_ipv4("0x7f.1") == "127.0.0.1"
    assert parse_ipv4("1.2.3.4.5") is None
    assert parse_ipv4("08.1") is None
    assert parse_ipv4("1" * 5000) is None
    assert parse_ipv6("::FFFF:127.0.0.1") == "::ffff:7f00:1"
    assert parse_ipv6("2001:DB8:0:0:1:0:0:1") == "2001:db8::1:0:0:1"
    assert parse_ipv6("1:0:2:3:4:5:6:7") == "1:0:2:3:4:5:6:7"
    assert parse_ipv6("fe80::1%eth0") is None
