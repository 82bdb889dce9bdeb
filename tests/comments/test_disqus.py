"""Disqus: which forum and thread a page embeds, the embed page, the API, and printed copies."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import disqus, find_thread, findings
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
from archiver.model import Ask, CommentStatus, ParentSource
from archiver.outcomes import ThreadOutcome
from tests.comments.widget_goldens import (
    asked,
    check_absent,
    check_golden,
    check_junk,
    check_odd_values,
    json_of,
    payload_of,
)
from tests.pages import URL, document

EMBED = "https://disqus.com/embed/comments/?base=default&f=paper&t_i=7&t_u=https%3A%2F%2Fpaper.example%2F&s_o=default"
LIST = "https://disqus.com/api/3.0/threads/listPosts.json?api_key=DISQUS_API_KEY&forum=paper&thread:ident=7&limit=100"
PLACE = '<div id="disqus_thread"></div>'


def embed_page(said: Any) -> bytes:
    data = said if isinstance(said, str) else json.dumps(said).replace("</", "<\\/")
    return f'<html><body><script type="text/json" id="disqus-threadData">{data}</script></body></html>'.encode()


def post(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number), "parent": parent, "createdAt": "2026-05-02T10:00:00",
        "message": f"<p>No. {number}.</p>", "author": {"name": "A"}, **more,
    }  # fmt: skip


def chain(ask: Ask) -> list[str]:
    return [ask.url, *(url for other in ask.instead for url in chain(other))]


def test_golden_thread() -> None:
    check_golden(disqus)


def test_the_key_is_asked_for_first_and_the_embed_page_instead() -> None:
    page = document(
        f"{PLACE}<script>var disqus_shortname = 'paper'; var disqus_identifier = 'a&b';</script>",
        head='<link rel="canonical" href="https://paper.example/a?x=1">',
    )
    (ask,) = disqus.find(page).asks  # type: ignore[union-attr]
    api = "https://disqus.com/api/3.0/threads/listPosts.json?api_key=DISQUS_API_KEY&forum=paper"
    rest = "&limit=100&order=asc&related=thread"
    embed = "https://disqus.com/embed/comments/?base=default&f=paper"
    link = "https%3A%2F%2Fpaper.example%2Fa"
    assert chain(ask) == [
        f"{api}&thread:ident=a%26b{rest}",
        f"{api}&thread:link={link}%3Fx%3D1{rest}",
        f"{embed}&t_i=a%26b&t_u={link}%3Fx%3D1&s_o=default",
        f"{embed}&t_u={link}%3Fx%3D1&s_o=default",
        f"{embed}&t_u={link}&s_o=default",
        f"{embed}&t_u=http%3A%2F%2Fpaper.example%2Fa%3Fx%3D1&s_o=default",
    ]
    assert ask.needs == ask.instead[0].needs == "DISQUS_API_KEY"
    assert ask.instead[0].instead[0].needs is None
    assert len(ask.instead) == len(ask.instead[0].instead) == 1


@pytest.mark.parametrize(
    ("body", "ref"),
    [
        (f'{PLACE}<script src="//paper.disqus.com/embed.js" async></script>', f"paper/{URL}"),
        (f'{PLACE}<script src="https://disqus.com/forums/paper/embed.js"></script>', f"paper/{URL}"),
        (
            f"{PLACE}<script>var disqus_config = function () {{ this.page.url = PAGE_URL; this.page.identifier = 'a/b'; }};"
            "(function() { s.src = 'https://paper.disqus.com/embed.js'; })();</script>",
            "paper/a/b",
        ),
        (  # what is commented out, put together or an unfilled template says nothing
            f"{PLACE}<script>// var disqus_identifier = 'no';\nvar disqus_shortname = 'Paper';\n"
            "var disqus_identifier = 'post-' + id; var disqus_url = '{{ page.url }}';</script>",
            f"paper/{URL}",
        ),
        (
            f'{PLACE}<script>var embedVars = {{"disqusIdentifier":"7 https:\\/\\/p.example\\/?p=7","disqusShortname":"paper"}};</script>',
            "paper/7 https://p.example/?p=7",
        ),
        (  # attributes of a loader
            '<section id="comments" data-disqus-shortname="paper" data-disqus-identifier="/a/1" data-disqus-url="https://p.example/a/1"><p class="disqus-logo"></p></section>',
            "paper//a/1",
        ),
        (
            '<aside class="comments" data-disqus_shortname="paper" data-disqus_identifier="x_1"><div id="disqus_thread"></div></aside>',
            "paper/x_1",
        ),
        (f'{PLACE}<div class="disqus-lazy" data-shortname="paper"></div>', f"paper/{URL}"),
        (  # the frame that was there when a browser saved the page
            '<iframe src="https://disqus.com/embed/comments/?base=default&amp;f=paper&amp;t_i=k%201&amp;t_u=https%3A%2F%2Fp.example%2F"></iframe>',
            "paper/k 1",
        ),
        (
            f'{PLACE}<noscript>Please enable JavaScript for the <a href="http://disqus.com/?ref_noscript=paper">comments</a></noscript>',
            f"paper/{URL}",
        ),
        (f'{PLACE}<script id="dsq-count-scr" src="//paper.disqus.com/count.js"></script>', f"paper/{URL}"),
    ],
)  # fmt: skip
def test_forum_and_thread_are_found_wherever_they_stand(body: str, ref: str) -> None:
    found = disqus.find(document(body))
    assert found is not None
    assert found.thread_ref == ref
    assert len(found.asks) == 1


def test_a_place_without_a_shortname_is_disqus_but_cannot_be_asked_about() -> None:
    found = disqus.find(document(PLACE))
    assert found is not None
    assert (found.thread_ref, found.asks) == (None, ())


def test_pages_without_a_thread_of_their_own() -> None:
    check_absent(
        disqus,
        "<p>Nothing here.</p>",
        '<a href="/b#disqus_thread" data-disqus-identifier="8">3</a><script id="dsq-count-scr" src="//paper.disqus.com/count.js"></script>',
        '<span class="disqus-comment-count" data-disqus-identifier="9"></span><script>var countVars = {"disqusShortname":"paper"};</script>',
        '<iframe src="https://[disqus.com/embed/comments/?f=x"></iframe>',
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (EMBED, True),
        (LIST, True),
        ("https://disqus.com/api/3.0/posts/list.json?thread=7", True),
        ("https://disqus.com/api/3.0/posts/list.json?forum=paper", False),  # of all threads
        ("https://disqus.com/api/3.0/forums/listPosts.json?forum=paper", False),
        ("https://disqus.com/home/forum/paper/", False),
        ("https://other.example/embed/comments/?f=paper", False),
    ],
)
def test_owns_only_answers_about_one_thread(url: str, expected: bool) -> None:
    assert disqus.owns(url) is expected


@pytest.mark.parametrize("url", [EMBED, LIST])
def test_junk_is_a_fault(url: str) -> None:
    check_junk(disqus, url)


@pytest.mark.parametrize("data", ["", "null", "[]", "7", "[" * 100_000, '{"code":0,"response":'])
def test_junk_inside_an_embed_page_is_a_fault(data: str) -> None:
    with pytest.raises(PlatformError):
        disqus.read_answer(Answer(EMBED, embed_page(data)))


def test_odd_values_cost_no_other_comment() -> None:
    check_odd_values(disqus, LIST, json_of("disqus", "list.json"))
    said = json.loads(
        payload_of("disqus", "embed.html").split(b'threadData">')[1].split(b"</script")[0]
    )
    said["response"]["posts"][2]["id"] = None
    batch = asked("disqus", EMBED, embed_page(said))
    assert [c.comment_id for c in batch.thread.comments] == ["5001", "5002", "5004"]
    assert batch.thread.comments[2].is_orphan


def test_an_embed_page_with_all_comments_is_complete_and_one_without_is_short() -> None:
    def said(total: int, *posts: dict[str, Any]) -> dict[str, Any]:
        thread = {"id": "9", "link": URL, "posts": total}
        return {
            "code": 0,
            "cursor": {"total": total, "hasNext": False},
            "response": {"thread": thread, "posts": list(posts)},
        }

    assert (
        asked("disqus", EMBED, embed_page(said(2, post(1), post(2, 1)))).thread.outcome
        is ThreadOutcome.COMPLETE
    )
    short = asked("disqus", EMBED, embed_page(said(40))).thread
    assert (short.comments, short.declared, short.outcome) == ((), 40, ThreadOutcome.SHORT)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (2, ThreadOutcome.NOT_FOUND),
        (4, ThreadOutcome.LOGIN_NEEDED),
        (5, ThreadOutcome.KEY_NEEDED),
        (11, ThreadOutcome.KEY_NEEDED),
    ],
)
def test_codes_are_outcomes(code: int, outcome: ThreadOutcome) -> None:
    assert asked("disqus", LIST, {"code": code, "response": "no"}).thread.outcome is outcome


def test_a_thread_that_nobody_made_is_not_found() -> None:
    said = {"code": 0, "response": {"thread": None, "posts": []}}
    assert asked("disqus", EMBED, embed_page(said)).thread.outcome is ThreadOutcome.NOT_FOUND


def test_a_failure_of_the_moment_is_a_fault() -> None:
    with pytest.raises(PlatformError, match="code 15"):
        disqus.read_answer(Answer(LIST, b'{"code": 15, "response": "Internal server error"}'))


@pytest.mark.parametrize(
    ("cursor", "posts", "url"),
    [
        ({"hasNext": False, "next": "c2"}, [post(1)], LIST),
        ({"hasNext": True, "next": None}, [post(1)], LIST),
        ({"hasNext": True, "next": "c2"}, [], LIST),
        ({"hasNext": True, "next": "c2"}, [post(1)], f"{LIST}&cursor=c2"),  # repeats itself
        (None, [post(1)], LIST),
    ],
)
def test_paging_ends(cursor: Any, posts: list[Any], url: str) -> None:
    said = {"code": 0, "cursor": cursor, "response": posts}
    assert asked("disqus", url, said).asks == ()


def test_the_next_page_never_repeats_a_key_from_the_archive() -> None:
    said = {"code": 0, "cursor": {"hasNext": True, "next": "c3"}, "response": [post(1)]}
    url = LIST.replace("DISQUS_API_KEY", "abc") + "&cursor=c2"
    (ask,) = asked("disqus", url, said).asks
    assert ask.needs == "DISQUS_API_KEY"
    assert ask.url == f"{LIST}&cursor=c3"


def test_circles_and_twice_used_ids_are_arranged() -> None:
    said = {
        "code": 0,
        "cursor": {},
        "response": [post(1, 2), post(2, 1), post(2, message="<p>Again.</p>")],
    }
    comments = asked("disqus", LIST, said).thread.comments
    assert [(c.comment_id, c.text) for c in comments] == [("1", "No. 1."), ("2", "No. 2.")]
    assert any(c.is_orphan for c in comments)


def test_nothing_about_a_reader_but_name_and_profile_is_taken() -> None:
    told = repr(asked("disqus", EMBED, payload_of("disqus", "embed.html")))
    for private in ("0123456789abcdef", "disquscdn", "Here", "About"):
        assert private not in told
    assert "deleted." not in told


PRINTED = """
<div id="disqus_thread"><div id="dsq-content"><ul id="dsq-comments">
<li class="comment even thread-even depth-1" id="dsq-comment-17">
 <div id="dsq-comment-header-17" class="dsq-comment-header"><cite id="dsq-cite-17">
  <a id="dsq-author-user-17" href="https://ann.example/" target="_blank" rel="nofollow">Ann</a></cite></div>
 <div id="dsq-comment-body-17" class="dsq-comment-body">
  <div id="dsq-comment-message-17" class="dsq-comment-message"><p>One.</p><p>Two.</p></div></div>
 <ul class="children"><li class="comment byuser bypostauthor odd depth-2" id="dsq-comment-18">
  <div id="dsq-comment-header-18" class="dsq-comment-header"><cite id="dsq-cite-18"><span id="dsq-author-user-18">Bob</span></cite></div>
  <div id="dsq-comment-body-18" class="dsq-comment-body"><div id="dsq-comment-message-18" class="dsq-comment-message"><p>Three.</p></div></div>
 </li></ul>
</li>
<li class="post pingback"><p>Pingback: <a href="https://other.example/post">Another paper</a>()</p></li>
<li class="comment depth-1" id="dsq-comment-19"><div id="dsq-comment-message-19" class="dsq-comment-message"><script>x()</script></div></li>
</ul></div></div>
<script>var disqus_shortname = 'paper'; var disqus_identifier = '7';</script>"""


def test_a_printed_copy_is_read_and_nothing_is_asked() -> None:
    page = document(f"<article><p>Text.</p></article>{PRINTED}")
    found = find_thread(page)
    assert found.thread is not None
    assert (found.thread.platform, found.thread.thread_ref) == ("disqus", "paper/7")
    first, reply, ping = found.thread.comments
    assert (first.comment_id, first.text, first.author, first.author_url) == (
        "17", "One.\n\nTwo.", "Ann", "https://ann.example/",
    )  # fmt: skip
    assert first.html == "<p>One.</p><p>Two.</p>"
    assert first.permalink == f"{URL}#dsq-comment-17"
    assert (reply.parent_id, reply.parent_source, reply.depth, reply.text) == (
        "17",
        ParentSource.NESTING,
        1,
        "Three.",
    )
    assert (reply.author, reply.author_url, reply.is_article_author) == ("Bob", None, True)
    assert (ping.status, ping.author, ping.author_url) == (
        CommentStatus.PINGBACK,
        "Another paper",
        "https://other.example/post",
    )
    assert "disqus_thread" in {node.get("id") for node in found.regions}
    assert dict(findings(page))["disqus"].asks == ()
