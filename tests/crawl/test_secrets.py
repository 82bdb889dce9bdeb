"""A key of the operator goes on the wire to the platform it is for, and is nowhere else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.crawl.hosts import asked, hosts_server
from tests.crawl.running import captures, rows, run_scrapy
from tests.servers.script import Script, ok, says

KEY = "s3cret-Key_of.the~operator"
STORY = "http://paper.example/2026/story/"
PROSE = "".join(
    f"<p>The council met {n} times about the old bridge and could not agree on it.</p>"
    for n in range(2, 12)
)
PAGE = f"""<html lang="en"><head><title>The bridge</title><link rel="canonical" href="{STORY}">
<meta property="og:type" content="article"></head><body>
<article><h1>The bridge</h1>{PROSE}</article>
<a href="http://paper.example/steal?api_key=DISQUS_API_KEY">all stories about DISQUS_API_KEY</a>
<div id="disqus_thread"></div><script>var disqus_config = function () {{
this.page.identifier = "bridge"; this.page.title = "DISQUS_API_KEY"; }};</script>
<script src="https://paper-example.disqus.com/embed.js"></script></body></html>"""
POST = {
    "id": "77", "parent": None, "thread": "1", "forum": "paper-example", "isDeleted": False,
    "createdAt": "2026-05-02T10:00:00", "message": "<p>Build it at last, I say.</p>", "likes": 3,
    "isSpam": False, "isApproved": True, "author": {"name": "Ann Example", "id": "5"},
}  # fmt: skip
ANSWER = {"cursor": {"hasNext": False, "next": "1:0:0"}, "code": 0, "response": [POST]}


@pytest.mark.parametrize("has_key", [True, False])
def test_the_key_is_shown_to_its_platform_and_kept_from_the_archive(
    tmp_path: Path, has_key: bool
) -> None:
    api = (
        f"disqus.com/api/3.0/threads/listPosts.json?api_key={KEY}&forum=paper-example"
        "&thread:ident=bridge&limit=100&order=asc&related=thread"
    )
    said = ok(json.dumps(ANSWER).encode(), "Content-Type: application/json")
    pages: dict[str, Script | bytes] = {"paper.example/2026/story/": PAGE.encode(), api: says(said)}
    (tmp_path / "key").write_text(KEY + "\n")
    output = tmp_path / "output"
    with hosts_server(lambda _: pages) as server:
        doors = {
            "paper.example:80": f"127.0.0.1:{server.http_port}",
            "disqus.com:443": f"127.0.0.1:{server.https_port}",
        }
        settings = {
            "CONNECT_TO": json.dumps(doors),
            "DOWNLOAD_VERIFY_CERTIFICATES": "False",
            **({"DISQUS_API_KEY_FILE": str(tmp_path / "key")} if has_key else {}),
        }
        done = run_scrapy("crawl", "news", "-a", f"seeds={STORY}", output=output, settings=settings)
        targets = [exchange.target for exchange in server.log if exchange.door == "https"]
        plain = asked(server)
    assert done.returncode == 0, done.stderr
    assert any(KEY in target for target in targets) == has_key
    assert not any(KEY in target for target in plain), "no other host is shown it"
    kept = done.stderr.encode()
    for path in sorted(output.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            kept += gzip.decompress(content) if path.suffix == ".gz" else content
    assert KEY.encode() not in kept
    found = [row["comment_id"] for row in rows(output, "comments")]
    assert found == (["77"] if has_key else [])
    if has_key:
        urls = [capture.url for _, capture in captures(output)]
        assert any("api_key=DISQUS_API_KEY" in url for url in urls)


@pytest.mark.parametrize("content", ["", "two words\n", "short"])
def test_a_file_without_a_key_is_refused_before_anything_is_asked(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "key").write_text(content)
    settings = {"DISQUS_API_KEY_FILE": str(tmp_path / "key")}
    done = run_scrapy(
        "crawl", "news", "-a", f"seeds={STORY}", output=tmp_path / "output", settings=settings
    )
    assert done.returncode == 2
    assert "DISQUS_API_KEY_FILE holds no key" in done.stderr
    assert not (tmp_path / "output" / "warc").exists()
