"""robots.txt as RFC 9309 reads it."""

from __future__ import annotations

import re
import tarfile
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.outcomes import Outcome
from archiver.robots import PARSED_BYTES, RobotsPolicy, product_token
from tests.shared import shared_path

AGENT = "archiver/0.1 (+mailto:crawler@example.org)"


def allows(body: str | bytes, path: str, agent: str = AGENT) -> bool:
    data = body.encode() if isinstance(body, str) else body
    return RobotsPolicy.from_response(200, data).allows("https://a.example" + path, agent)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (200, Outcome.ROBOTS_DENIED),
        (206, Outcome.ROBOTS_DENIED),
        (301, None),
        (400, None),
        (401, None),
        (403, None),
        (404, None),
        (410, None),
        (429, Outcome.ROBOTS_UNREACHABLE),
        (500, Outcome.ROBOTS_UNREACHABLE),
        (503, Outcome.ROBOTS_UNREACHABLE),
        (599, Outcome.ROBOTS_UNREACHABLE),
        (100, Outcome.ROBOTS_UNREACHABLE),
        (700, Outcome.ROBOTS_UNREACHABLE),
        (None, Outcome.ROBOTS_UNREACHABLE),
    ],
)
def test_the_status_decides_whether_rules_hold(status: int | None, refusal: Outcome | None) -> None:
    policy = RobotsPolicy.from_response(status, b"User-agent: *\nDisallow: /\n")
    assert policy.refusal("https://a.example/x", AGENT) is refusal
    assert policy.allows("https://a.example/x", AGENT) is (refusal is None)
    assert policy.is_unreachable is (refusal is Outcome.ROBOTS_UNREACHABLE)
    assert policy.allows("https://a.example/robots.txt", AGENT)


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        (AGENT, "archiver"),
        ("Archiver", "archiver"),
        ("my-bot_x (contact)", "my-bot_x"),
        ("Mozilla/5.0 (compatible; Archiver/0.1; +https://example.org/)", "archiver"),
        ("Foo Bar", "foo bar"),
        ("", ""),
    ],
)
def test_a_crawler_is_named_by_its_product_token(agent: str, token: str) -> None:
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("group", "binds"),
    [
        ("archiver", True),
        ("ARCHIVER", True),
        ("archiver/2.0", True),
        ("arch", False),
        ("archiver-images", False),
        ("example", False),
        ("mailto", False),
        ("*", True),
        ("* # everybody", True),
    ],
)
def test_a_group_binds_the_crawler_of_its_very_name(group: str, binds: bool) -> None:
    assert allows(f"User-agent: {group}\nDisallow: /\n", "/x") is not binds


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a", "/a/b", False),
        ("Disallow: /a", "/A", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Disallow: /a/b\nAllow: /a", "/a/b", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.php$", "/x/y.php", False),
        ("Disallow: /*.php$", "/x/y.php?z", True),
        ("Disallow: /*.php", "/x/y.php?z", False),
        ("Disallow: /a*b*c$", "/aXbXc", False),
        ("Disallow: /a*bc$", "/abXbc", False),
        ("Disallow: /a*aa$", "/aa", True),
        ("Disallow: /x$", "/x", False),
        ("Disallow: /x$", "/xy", True),
        ("Disallow: *", "/x", False),
        ("Disallow: /*\nAllow: /$", "/", True),
        ("Disallow: /?s=", "/?s=climate", False),
        ("Disallow: /%7ejoe/%c3%a9", "/%7Ejoe/%C3%A9", False),
        ("Disallow: /é", "/%C3%A9", False),
        ("Disallow:", "/x", True),
        ("Disallow /x", "/x", False),
        ("Disalow: /x", "/x", False),
        ("Disallow: /\nAllow: /news/index.html", "/news/", True),
        ("Crawl-delay: 5", "/x", True),
    ],
)
def test_the_longest_pattern_decides(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


def test_groups_of_one_name_are_joined_and_others_do_not_interfere() -> None:
    body = (
        "User-agent: archiver\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\n"
        "Sitemap: https://a.example/s.xml\n\nUser-agent: other\n"
        "User-agent: Archiver\nDisallow: /b\n"
    )
    assert [allows(body, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_delays_and_sitemaps_are_read() -> None:
    policy = RobotsPolicy.parse(
        b"Sitemap: /s.xml\nUser-agent: *\nCrawl-delay: 10\nDisallow:\nUser-agent: archiver\n"
        b"Crawl-delay: 2.5\nSitemap: https://a.example/n.xml\nSitemap: /s.xml\nUser-agent: odd\n"
    )
    assert policy.sitemaps == ("/s.xml", "https://a.example/n.xml")
    assert policy.crawl_delay(AGENT) == 2.5
    assert policy.crawl_delay("somebody/1") == 10.0
    assert RobotsPolicy().crawl_delay(AGENT) is None


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "ten", "", "1e999"])
def test_a_delay_that_is_none_is_passed_over(value: str) -> None:
    policy = RobotsPolicy.parse(f"User-agent: *\nCrawl-delay: {value}\n".encode())
    assert policy.crawl_delay(AGENT) is None


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_byte_order_marks_do_not_matter(end: str, encoding: str) -> None:
    body = end.join(["User-agent: *", "Disallow: /x", ""]).encode(encoding)
    assert not allows(body, "/x")
    assert allows(body, "/y")


def test_only_the_first_500_kib_are_read() -> None:
    filler = b"#" * (PARSED_BYTES - 30) + b"\nUser-agent: *\nDisallow: /x\n"
    assert not allows(b"User-agent: *\nDisallow: /x\n" + filler, "/x")
    assert allows(b"#" * PARSED_BYTES + b"\nUser-agent: *\nDisallow: /x\n", "/x")


@pytest.mark.parametrize("pattern", ["/section-{}/", "/{}*z", "/*{}z$"])
def test_a_decision_is_quick_whatever_the_number_of_rules(pattern: str) -> None:
    rules = "".join(f"Disallow: {pattern.format(number)}\n" for number in range(200_000))
    policy = RobotsPolicy.parse(f"User-agent: *\n{rules}".encode())
    url = "https://a.example/2026/08/23/an-ordinary-article-about-something/?id=1234"
    policy.allows(url, AGENT)
    # The quickest of many: what the decision costs, not what else the machine does.
    assert min(_seconds(policy, url) for _ in range(50)) < 0.001


def _seconds(policy: RobotsPolicy, url: str) -> float:
    start = time.perf_counter()
    policy.allows(url, AGENT)
    return time.perf_counter() - start


def test_a_hostile_pattern_takes_no_longer_than_its_length() -> None:
    policy = RobotsPolicy.parse(b"User-agent: *\nDisallow: /" + b"*a" * 1000 + b"$\n")
    assert min(_seconds(policy, "https://a.example/" + "a" * 1900 + "b") for _ in range(20)) < 0.005


@pytest.mark.parametrize(
    "line", [b"Disallow: /x\n", b"Disallow: /%d\n", b"User-agent: bot\n", b"x\n"]
)
def test_ten_megabytes_cost_no_more_than_half_a_megabyte(line: bytes) -> None:
    lines = (line % number if b"%d" in line else line for number in range(1_000_000))
    body = b"User-agent: *\n" + b"".join(lines)
    assert min(_parse_seconds(body) for _ in range(3)) < 0.3


def test_a_page_in_place_of_a_robots_txt_forbids_nothing() -> None:
    page = "<!doctype html>\n<html><title>Oops</title>\n<p>User-agent: *</p>\n<p>Disallow: /</p>\n"
    policy = RobotsPolicy.from_response(200, page.encode())
    assert policy.allows("https://a.example/x", AGENT)
    assert policy.sitemaps == ()


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_policy(body: bytes) -> None:
    policy = RobotsPolicy.from_response(200, b"User-agent: *\nDisallow: " + body)
    policy.allows("https://a.example/x?y", AGENT)
    policy.crawl_delay(AGENT)
    RobotsPolicy.parse(body)


def test_every_expectation_of_the_specification_test_holds() -> None:
    wrong = []
    count = 0
    for path in sorted(shared_path("conformance/robots").glob("*.textproto")):
        for body, url, agent, is_allowed in _expectations(path.read_text("utf-8")):
            count += 1
            if RobotsPolicy.from_response(200, body).allows(url, agent) is not is_allowed:
                wrong.append((path.name, body, url, agent, is_allowed))
    assert wrong == []
    assert count == 146


def test_real_files_are_read_in_bounded_time() -> None:
    slow = []
    count = 0
    with tarfile.open(shared_path("conformance/robots-real.tar.xz")) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                continue
            body = stream.read()
            seconds = min(_parse_seconds(body) for _ in range(3))
            if seconds > 0.1:
                slow.append((member.name, seconds))
            count += 1
    assert slow == []
    assert count == 496


def _parse_seconds(body: bytes) -> float:
    """Of this process alone: what it costs, not what else the machine does."""
    start = time.process_time()
    policy = RobotsPolicy.from_response(200, body)
    policy.allows("https://a.example/x", AGENT)
    return time.process_time() - start


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[a-z_]+(?=\s*:)|[A-Z_]{4,}|#[^\n]*|}')
_LETTERS = {"n": b"\n", "r": b"\r", "t": b"\t", '"': b'"', "\\": b"\\", "'": b"'"}


def _expectations(text: str) -> list[tuple[bytes, str, str, bool]]:
    """The few forms of protocol buffers' text format that these files use."""
    found = []
    body, fields, key = b"", dict[str, bytes](), ""
    for match in _TOKENS.finditer(text):
        token = match[0]
        if token.startswith("#"):
            continue
        if token.startswith('"'):
            if key == "robotstxt":
                body += _unquoted(token)
            else:
                fields[key] = fields.get(key, b"") + _unquoted(token)
        elif token == "}":
            if "testurl" in fields:
                allowed = fields["expected_outcome"] == b"ALLOWED"
                found.append(
                    (body, fields["testurl"].decode(), fields["useragent"].decode(), allowed)
                )
            fields = {}
        elif token.isupper():
            fields[key] = token.encode()
        else:
            key = token
            body = b"" if token == "robotstxt" else body
    return found


def _unquoted(token: str) -> bytes:
    def sign(match: re.Match[bytes]) -> bytes:
        code = match[1].decode()
        if code.startswith("x"):
            return bytes([int(code[1:], 16)])
        return _LETTERS[code] if code in _LETTERS else bytes([int(code, 8)])

    return re.sub(rb"\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", sign, token[1:-1].encode())
