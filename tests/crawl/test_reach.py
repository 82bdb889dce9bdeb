"""How far a crawl goes: its site, its host, or also what is listed; and never a link further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.crawl.hosts import Answers, answer, asked, connect_to, hosts_server, moved
from tests.crawl.running import crawl
from tests.servers.bodies import linking
from tests.servers.script import Site

HOSTS = (
    "paper.example",
    "blog.paper.example",
    "listed.example",
    "linked.example",
    "further.example",
    "moved.example",
)


def _answers(site: Site) -> Answers:
    return {
        "paper.example/": linking(
            "http://paper.example/inner",
            "http://paper.example/gone-away",
            "http://blog.paper.example/post",
            "http://listed.example/page",
        ),
        # Not a seed: what it links elsewhere is not listed.
        "paper.example/inner": linking(
            "http://linked.example/page",
            "http://blog.paper.example/second",
            "http://paper.example/x",
        ),
        "paper.example/x": linking(),
        "paper.example/gone-away": moved(301, "http://moved.example/page"),
        "paper.example/sitemap.xml": answer(
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            "<url><loc>http://listed.example/from-sitemap</loc></url></urlset>",
            "application/xml",
        ),
        "blog.paper.example/post": linking("http://paper.example/from-blog"),
        "paper.example/from-blog": linking(),
        "blog.paper.example/second": linking(),
        "listed.example/page": linking("http://listed.example/next", "http://further.example/page"),
        "listed.example/from-sitemap": linking("http://paper.example/from-listed"),
        "paper.example/from-listed": linking(),
        "moved.example/page": linking("http://moved.example/next"),
        "linked.example/page": linking(),
        "further.example/page": linking(),
    }


OWN = {"/", "/inner", "/x", "/gone-away", "/sitemap.xml"}
REACHED: Mapping[str, set[str]] = {
    "host": {f"paper.example{path}" for path in OWN},
    "site": {
        *(f"paper.example{path}" for path in (*OWN, "/from-blog")),
        "blog.paper.example/post",
        "blog.paper.example/second",
        "blog.paper.example/sitemap.xml",
    },
    "listed": {
        *(f"paper.example{path}" for path in (*OWN, "/from-blog")),
        "blog.paper.example/post",
        "blog.paper.example/second",
        "blog.paper.example/sitemap.xml",
        # One hop and no further; a listed page may have moved.
        "listed.example/page",
        "listed.example/from-sitemap",
        "moved.example/page",
    },
}


@dataclass(frozen=True)
class Walk:
    exit_code: int
    log: str
    asked: set[str]


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Walk]:
    found: dict[str, Walk] = {}
    for scope in REACHED:
        output = tmp_path_factory.mktemp(scope) / "output"
        with hosts_server(_answers) as server:
            done = crawl(
                "http://paper.example/",
                "-a",
                f"scope={scope}",
                output=output,
                ALLOW_ADDRESSES="",
                CONNECT_TO=connect_to(server, *HOSTS),
            )
            found[scope] = Walk(done.returncode, done.stderr, set(asked(server)))
    return found


@pytest.mark.parametrize("scope", REACHED)
def test_crawl_goes_as_far_as_its_scope_says_and_no_further(
    walks: Mapping[str, Walk], scope: str
) -> None:
    walk = walks[scope]
    assert walk.exit_code == 0, walk.log
    pages = {name for name in walk.asked if not name.endswith("/robots.txt")}
    assert pages == REACHED[scope]


@pytest.mark.parametrize("scope", REACHED)
def test_robots_txt_is_asked_for_of_the_hosts_that_are_visited_only(
    walks: Mapping[str, Walk], scope: str
) -> None:
    hosts = {name.partition("/")[0] for name in walks[scope].asked}
    assert hosts == {name.partition("/")[0] for name in REACHED[scope]}
