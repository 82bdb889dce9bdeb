"""No carrier leads a crawl to a closed address: what names one is refused when it is connected to.

The crawl may follow what its pages list to any host (scope ``listed``); its own host is reached
through ``CONNECT_TO``, which admits that one port, so 127.0.0.1 itself stays closed. Behind every
closed address that is named here a door listens, and nobody may knock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.outcomes import Outcome
from tests.crawl.hosts import Answers, answer, asked, connect_to, hosts_server, moved
from tests.crawl.running import captures, crawl, outcomes
from tests.servers import RawServer
from tests.servers.bodies import linking
from tests.servers.script import Site

STATUSES = (301, 302, 303, 307, 308)
SPELLINGS = ("localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1")
"""The loopback address in as many spellings as a page may choose."""
ELSEWHERE = (
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/from-page",
    "http://0.0.0.0/from-page",
)
OF_IPV6 = "http://[::1]/from-page"
FILE = "file:///etc/passwd"
HOSTS = ("paper.example", "strict.example")


def _answers(site: Site) -> Answers:
    door = site.other
    port = door.rpartition(":")[2]
    links = [f"http://{name}:{port}/link-{n}" for n, name in enumerate(SPELLINGS)]
    pages = [f"http://paper.example/redirect-{status}" for status in STATUSES]
    pages += ["http://paper.example/redirect-file", "http://paper.example/refresh"]
    refresh = linking().replace(
        b"<title>", f'<meta http-equiv="refresh" content="0; url={door}/refresh"><title>'.encode()
    )
    return {
        "paper.example/": linking(
            *pages, *links, *ELSEWHERE, OF_IPV6, FILE, "http://strict.example/page"
        ),
        "paper.example/refresh": refresh,
        "paper.example/redirect-file": moved(302, FILE),
        **{
            f"paper.example/redirect-{status}": moved(status, f"{door}/redirect-{status}")
            for status in STATUSES
        },
        "paper.example/robots.txt": answer(
            "User-agent: *\nDisallow: /closed\nSitemap: http://paper.example/sitemap.xml\n"
            f"Sitemap: {door}/robots-sitemap\nSitemap: {FILE}\n",
            "text/plain",
        ),
        "paper.example/sitemap.xml": answer(
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<url><loc>{door}/sitemap-loc</loc></url><url><loc>{FILE}</loc></url></urlset>",
            "application/xml",
        ),
        "paper.example/feed/": answer(
            '<rss version="2.0"><channel><title>Feed</title>'
            f"<item><title>One</title><link>{door}/feed-link</link></item>"
            f"<item><title>Two</title><link>{FILE}</link></item></channel></rss>",
            "application/rss+xml",
        ),
        # A robots.txt that moved to a closed address cannot be had: nothing is asked of its host.
        "strict.example/robots.txt": moved(302, f"{door}/robots"),
        "strict.example/page": linking(),
    }


@dataclass(frozen=True)
class Tempted:
    """What a crawl did that was led to closed addresses in every way."""

    server: RawServer
    exit_code: int
    log: str
    outcomes: dict[str, str]
    payloads: bytes
    refusal: Outcome


def _tempt(output: Path, server: RawServer, refusal: Outcome) -> Tempted:
    # Only what a seed, feed or sitemap lists may lead elsewhere: each carrier is a seed.
    seeds = [f"http://paper.example{path}" for path in ("/", "/feed/", "/sitemap.xml", "/refresh")]
    done = crawl(
        ",".join(seeds),
        "-a",
        "scope=listed",
        output=output,
        ALLOW_ADDRESSES="",
        CONNECT_TO=connect_to(server, *HOSTS),
        ROBOTSTXT_OBEY=str(refusal is Outcome.ROBOTS_UNREACHABLE),
    )
    return Tempted(
        server=server,
        exit_code=done.returncode,
        log=done.stderr,
        outcomes=outcomes(output),
        payloads=b"".join(capture.payload or b"" for _, capture in captures(output)),
        refusal=refusal,
    )


@pytest.fixture(scope="module", params=[Outcome.ROBOTS_UNREACHABLE, Outcome.ADDRESS_REFUSED])
def tempted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tempted]:
    """Once with robots.txt, which is the first thing that would be asked of a closed address, and
    once without."""
    with hosts_server(_answers) as server:
        yield _tempt(tmp_path_factory.mktemp("tempted") / "output", server, request.param)


def test_nobody_knocked_at_the_closed_door(tempted: Tempted) -> None:
    assert [exchange for exchange in tempted.server.log if exchange.door != "http"] == []
    assert tempted.exit_code == 0, tempted.log[-3000:]
    assert "Traceback" not in tempted.log


@pytest.mark.parametrize(
    "carrier",
    [*(f"redirect-{status}" for status in STATUSES), "refresh", "sitemap-loc", "feed-link"],
)
def test_every_carrier_ends_at_the_guard(tempted: Tempted, carrier: str) -> None:
    assert tempted.outcomes.get(f"{tempted.server.site.other}/{carrier}") == tempted.refusal


def test_every_spelling_of_a_closed_address_ends_at_the_guard(tempted: Tempted) -> None:
    ends = {url.rpartition("/")[2]: word for url, word in tempted.outcomes.items()}
    assert {ends.get(f"link-{n}") for n in range(len(SPELLINGS))} == {str(tempted.refusal)}


def test_metadata_private_and_unspecified_addresses_are_refused_too(tempted: Tempted) -> None:
    assert {tempted.outcomes.get(url) for url in ELSEWHERE} == {str(tempted.refusal)}
    # A machine without IPv6 does not even resolve it.
    assert tempted.outcomes[OF_IPV6] in {tempted.refusal, Outcome.DNS_FAILURE}


def test_a_sitemap_elsewhere_that_robots_names_is_not_followed(tempted: Tempted) -> None:
    assert not [url for url in tempted.outcomes if "robots-sitemap" in url]


def test_a_robots_txt_that_moved_to_a_closed_address_closes_its_host(tempted: Tempted) -> None:
    strict = [name for name in asked(tempted.server) if name.startswith("strict")]
    if tempted.refusal is Outcome.ADDRESS_REFUSED:  # robots.txt plays no part
        assert strict == ["strict.example/page"]
    else:
        assert strict == ["strict.example/robots.txt"]
        assert tempted.outcomes["http://strict.example/page"] == Outcome.ROBOTS_UNREACHABLE


def test_no_file_of_this_machine_is_read(tempted: Tempted) -> None:
    assert b"root:" not in tempted.payloads
    assert not [url for url in tempted.outcomes if not url.startswith("http://")]
    assert tempted.outcomes["http://paper.example/redirect-file"] == Outcome.REDIRECT
