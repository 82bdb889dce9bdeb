"""Each way of finding pages by itself, what a later run asks for, and what it finds changed.

A newspaper with a front page, a feed, a sitemap, and WordPress' lists of posts and of comments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.crawl.discovery import read_strategies
from archiver.errors import ConfigError
from archiver.sites import Strategy
from tests.crawl.hosts import Answers, asked, connect_to, hosts_server
from tests.crawl.running import crawl, outcomes, rows
from tests.pages import PARAGRAPHS
from tests.servers.script import Script, Site, ok, says

PAPER = "paper.example"
OLD = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
POSTS = "/wp-json/wp/v2/posts"


@dataclass
class Paper:
    """What the server answers; a test changes it between two runs."""

    stories: dict[str, datetime] = field(
        default_factory=lambda: {f"/2024/05/story-{n}/": OLD for n in range(1, 5)}
    )
    texts: dict[str, str] = field(default_factory=dict)
    most_a_page: int = 2

    def answers(self, site: Site) -> Answers:
        return _Answers(self)


class _Answers(Mapping[str, Script | bytes]):
    """Pages by ``host/path?query``, made when they are asked for."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper

    def __getitem__(self, name: str) -> Script | bytes:
        path, _, query = name.removeprefix(PAPER).partition("?")
        found = self._answer(path, query)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _answer(self, path: str, query: str) -> Script | bytes | None:
        paper = self._paper
        if path in paper.stories:
            return _story(path, paper.texts.get(path, ""))
        if path == "/":
            linked = "".join(f'<a href="{path}">{path}</a>' for path in list(paper.stories)[2:])
            return (
                '<!DOCTYPE html><html><head><title>Paper</title><link rel="alternate" '
                'type="application/rss+xml" href="/feed/"><link rel="https://api.w.org/" '
                f'href="/wp-json/"></head><body>{linked}</body></html>'
            ).encode()
        if path == "/feed/":
            items = "".join(
                f"<item><link>http://{PAPER}{path}</link></item>"
                for path in list(paper.stories)[:1]
            )
            return says(ok(f"<rss><channel>{items}</channel></rss>".encode(), RSS))
        if path == "/sitemap.xml":
            urls = "".join(
                f"<url><loc>http://{PAPER}{path}</loc></url>" for path in list(paper.stories)[:2]
            )
            return says(ok(f"<urlset>{urls}</urlset>".encode(), "Content-Type: text/xml"))
        return self._posts(query) if path == POSTS else None

    def _posts(self, query: str) -> Script:
        number = int(query.rpartition("&page=")[2]) if "&page=" in query else 1
        newest = sorted(self._paper.stories.items(), key=lambda story: story[1], reverse=True)
        size = self._paper.most_a_page
        shown = newest[(number - 1) * size : number * size]
        listed = [
            {
                "id": hash(path) % 1000,
                "link": f"http://{PAPER}{path}",
                "date_gmt": "2024-05-06T07:08:09",
                "modified_gmt": f"{modified:%Y-%m-%dT%H:%M:%S}",
            }
            for path, modified in shown
        ]
        pages = -(-len(newest) // size)
        return says(
            ok(
                json.dumps(listed).encode(),
                "Content-Type: application/json",
                f"X-WP-Total: {len(newest)}",
                f"X-WP-TotalPages: {pages}",
            )
        )


RSS = "Content-Type: application/rss+xml"


def _story(path: str, more: str) -> bytes:
    said = json.dumps({"@type": "NewsArticle", "headline": f"About {path}"})
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>About {path}</title>'
        f'<script type="application/ld+json">{said}</script></head><body><article>'
        f"<h1>About {path}</h1><p>Of {path}. {more}</p>{PARAGRAPHS}</article></body></html>"
    ).encode()


def visit(paper: Paper, output: Path, *arguments: str) -> list[str]:
    """Paths asked for in one run, robots.txt aside."""
    with hosts_server(paper.answers) as server:
        done = crawl(
            f"http://{PAPER}/",
            *arguments,
            output=output,
            CONNECT_TO=connect_to(server, PAPER),
            DOWNLOAD_DELAY="0",
            AUTOTHROTTLE_ENABLED="False",
        )
        assert done.returncode == 0, done.stderr[-2000:]
        paths = [name.removeprefix(PAPER).partition("?")[0] for name in asked(server)]
    return [path for path in paths if path != "/robots.txt"]


STORIES = [f"/2024/05/story-{n}/" for n in range(1, 5)]
SEEN = {
    "feeds": (STORIES[:1], {"feed"}),
    "sitemaps": (STORIES[:2], {"sitemap"}),
    "listings": (STORIES, {"listing"}),
    "links": (STORIES[2:], {"section"}),
}


@pytest.mark.parametrize("way", SEEN)
def test_each_way_alone_finds_all_that_it_can_see_and_says_so(tmp_path: Path, way: str) -> None:
    visit(Paper(), tmp_path / "output", "-a", f"discover={way}")
    found = {
        row["url"].removeprefix(f"http://{PAPER}"): row["found_by"]
        for row in rows(tmp_path / "output", "captures")
        if row["outcome"] == "article"
    }
    stories, found_by = SEEN[way]
    assert sorted(found) == stories
    assert set(found.values()) == found_by


def test_a_list_is_read_to_its_end_once_and_later_as_long_as_it_has_news(tmp_path: Path) -> None:
    paper = Paper()
    first = visit(paper, tmp_path / "output")
    assert first.count(POSTS) == 2
    again = visit(paper, tmp_path / "output")
    assert again.count(POSTS) == 1
    assert not [path for path in again if path in paper.stories]


def test_an_article_that_a_list_says_was_changed_is_asked_for_again(tmp_path: Path) -> None:
    paper = Paper()
    visit(paper, tmp_path / "output")
    changed = STORIES[3]
    paper.stories[changed] = datetime.now(UTC) + timedelta(minutes=1)
    paper.texts[changed] = "Correction: the ferry was blue."
    again = visit(paper, tmp_path / "output")
    assert [path for path in again if path in paper.stories] == [changed]
    texts = [
        row["text"] for row in rows(tmp_path / "output", "articles") if row["url"].endswith(changed)
    ]
    assert len(texts) == 2
    assert sum("Correction" in text for text in texts) == 1


def test_a_site_whose_rules_say_so_is_not_revisited(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "paper.example.toml").write_text('host = "paper.example"\nrevisits = false\n')
    paper = Paper()
    own = ("-s", f"RULES_DIR={rules}")
    visit(paper, tmp_path / "output", *own)
    paper.stories[STORIES[3]] = datetime.now(UTC) + timedelta(minutes=1)
    again = visit(paper, tmp_path / "output", *own)
    assert not [path for path in again if path in paper.stories]


def test_what_repeats_an_earlier_answer_is_kept_once_and_adds_no_row(tmp_path: Path) -> None:
    paper = Paper()
    visit(paper, tmp_path / "output")
    paper.stories[STORIES[0]] = datetime.now(UTC) + timedelta(minutes=1)  # nothing else
    again = visit(paper, tmp_path / "output")
    assert STORIES[0] in again
    kept = [
        (row["record_type"], row["outcome"])
        for row in rows(tmp_path / "output", "captures")
        if row["url"].endswith(STORIES[0])
    ]
    assert sorted(kept) == [("response", "article"), ("revisit", "unchanged")]
    assert len(rows(tmp_path / "output", "articles")) == len(STORIES)
    assert outcomes(tmp_path / "output")[f"http://{PAPER}{STORIES[0]}"] == "unchanged"


def test_captures_of_others_are_seeds(tmp_path: Path) -> None:
    listed = tmp_path / "others.cdxj"
    listed.write_text(
        f'example,paper)/x 20240506070809 {{"url": "http://{PAPER}{STORIES[1]}", "status": "200", '
        '"mime": "text/html"}\n'
    )
    visit(Paper(), tmp_path / "output", "-a", "discover=feeds", "-a", f"cdx={listed}")
    found = {
        row["url"]: row["found_by"]
        for row in rows(tmp_path / "output", "captures")
        if row["outcome"] == "article"
    }
    assert found == {
        f"http://{PAPER}{STORIES[0]}": "feed",
        f"http://{PAPER}{STORIES[1]}": "cdx",
    }


def test_a_way_that_there_is_not_is_refused_with_those_there_are() -> None:
    assert read_strategies("") == frozenset(Strategy)
    assert read_strategies(" feeds, Links ") == {Strategy.FEEDS, Strategy.LINKS}
    with pytest.raises(ConfigError, match=r"'newsletters'.*Choose of feeds, sitemaps"):
        read_strategies("newsletters")
