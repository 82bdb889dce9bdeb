"""WordPress comments in the markup of its walkers, of block themes and of copied themes."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.comments import PLATFORMS, find_thread, findings, read_answer, read_thread, wordpress
from archiver.comments.platform import Answer
from archiver.errors import PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Thread
from tests.pages import URL, document

HTML5 = f"""
<div id="comments" class="comments-area">
<h2 class="comments-title">3 thoughts on &ldquo;The 12 bridges&rdquo;</h2>
<ol class="comment-list">
<li id="comment-7" class="comment byuser comment-author-ann bypostauthor even depth-1 parent">
 <article id="div-comment-7" class="comment-body">
  <footer class="comment-meta"><div class="comment-author vcard"><img src="a.png" class="avatar">
   <b class="fn"><a href="https://ann.example/" class="url" rel="external nofollow">Ann</a></b>
   <span class="says">says:</span></div>
   <div class="comment-metadata"><a href="{URL}#comment-7">
    <time datetime="2026-05-02T10:00:00+02:00">May 2, 2026 at 10:00 am</time></a></div></footer>
  <div class="comment-content"><p>One.</p><p>Two.</p></div>
  <div class="reply"><a class="comment-reply-link" href="?replytocom=7#respond">Reply</a></div>
 </article>
 <ol class="children">
 <li id="comment-9" class="comment odd depth-2"><article id="div-comment-9" class="comment-body">
  <footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Bob</b>
  <span class="says">says:</span></div><div class="comment-metadata"><a href="{URL}#comment-9">
  <time datetime="2026-05-03T10:00:00+02:00">May 3</time></a></div></footer>
  <div class="comment-content"><p>Three.</p></div></article></li>
 </ol>
</li>
<li id="comment-8" class="comment even depth-1"><article class="comment-body">
 <p class="comment-awaiting-moderation">Your comment is awaiting moderation.</p>
 <div class="comment-content"><p>Secret.</p></div></article></li>
<li id="comment-5" class="pingback even depth-1"><div class="comment-body">
 Pingback: <a href="https://other.example/post">Another paper</a></div></li>
</ol>
<div id="respond" class="comment-respond"><form id="commentform"
 action="/wp-comments-post.php"><input type="hidden" name="comment_post_ID" value="44"></form></div>
</div>"""


def test_classic_walker_is_read_whole() -> None:
    thread = read_thread(document(HTML5))
    assert thread is not None
    assert (thread.platform, thread.declared, thread.thread_ref) == ("wordpress", 3, "44")
    first, reply, ping = thread.comments
    assert first == Comment(
        comment_id="7",
        text="One.\n\nTwo.",
        author="Ann",
        author_id="ann",
        author_url="https://ann.example/",
        is_article_author=True,
        published_at=datetime(2026, 5, 2, 8, tzinfo=UTC),
        published_raw="2026-05-02T10:00:00+02:00",
        html='<div class="comment-content"><p>One.</p><p>Two.</p></div>',
        permalink=f"{URL}#comment-7",
    )
    assert (reply.comment_id, reply.parent_id, reply.parent_source, reply.depth) == (
        "9", "7", ParentSource.NESTING, 1,
    )  # fmt: skip
    assert (reply.author, reply.text, reply.is_article_author) == ("Bob", "Three.", False)
    assert (ping.status, ping.author, ping.author_url) == (
        CommentStatus.PINGBACK, "Another paper", "https://other.example/post",
    )  # fmt: skip


def test_comment_awaiting_moderation_is_never_kept() -> None:
    assert "Secret" not in repr(read_thread(document(HTML5)))


HTML4 = f"""
<ul><li class="comment even depth-1" id="comment-3"><div id="div-comment-3" class="comment-body">
<div class="comment-author vcard"><cite class="fn">Cy</cite> <span class="says">says:</span></div>
<div class="comment-meta commentmetadata"><a href="{URL}#comment-3">May 2, 2026 at 3:18 pm</a>
&nbsp;<a class="comment-edit-link" href="/edit">(Edit)</a></div>
<p>Alpha.</p><blockquote><p>Beta.</p></blockquote>
<div class="reply"><a href="#">Reply</a></div></div></li></ul>"""

DIVS = """
<div class="comment depth-1" id="comment-1"><b class="fn">A</b><div class="comment-content">a</div></div>
<div class="comment depth-2" id="comment-2"><b class="fn">B</b><div class="comment-content">b</div></div>
<div class="comment depth-3" id="comment-3"><b class="fn">C</b><div class="comment-content">c</div></div>
<div class="comment depth-2" id="comment-4"><b class="fn">D</b><div class="comment-content">d</div></div>
<div class="comment depth-1" id="comment-5"><b class="fn">E</b><div class="comment-content">e</div></div>"""

BLOCK = """
<div class="wp-block-comments"><h2 class="wp-block-comments-title">One response</h2>
<ol class="wp-block-comment-template"><li id="comment-1" class="comment even depth-1"><div>
<div class="wp-block-comment-author-name"><a href="https://x.example">Xi</a></div>
<div class="wp-block-comment-date"><time datetime="2026-05-04T09:00:00+00:00">May 4</time></div>
<div class="wp-block-comment-content"><p>Block one.</p></div>
<div class="wp-block-comment-reply-link"><a href="#">Reply</a></div></div>
<ol><li id="comment-2" class="comment odd depth-2"><div class="wp-block-comment-author-name">Yo</div>
<div class="wp-block-comment-content"><p>Block two.</p></div></li></ol></li></ol></div>"""

DIVI = """
<section id="comment-wrap"><h1 id="comments" class="page_title">2 Comments</h1>
<ol class="commentlist"><li class="comment even depth-1" id="li-comment-11">
<article id="comment-11" class="comment-body"><div class="comment_avatar"><img src="a.png"></div>
<div class="comment_postinfo"><span class="fn">Di</span>
<span class="comment_date">on January 2, 2023 at 12:40 am</span></div>
<div class="comment_area"><div class="comment-content"><p>Extra words.</p></div>
<div class="reply-container"><a class="comment-reply-link" href="#">Reply</a></div></div></article>
<ul class="children"><li class="comment odd depth-2" id="li-comment-12">
<article id="comment-12" class="comment-body"><div class="comment_postinfo"><span class="fn">Ed</span>
<span class="comment_date">on January 3, 2023 at 1:05 pm</span></div>
<div class="comment_area"><div class="comment-content"><p>More.</p></div></div></article></li></ul>
</li></ol></section>"""

WPDISCUZ = """
<div id="wpdcom"><div class="wpd-thread-list"><div id="wpd-comm-8_0" class="wpd-comment">
<div class="wpd-comment-wrap"><div class="wpd-comment-right" id="comment-8">
<div class="wpd-comment-author">Fe</div><div class="wpd-comment-date" title="May 2, 2026 9:00 am">1 month ago</div>
<div class="wpd-comment-text"><p>Top.</p></div></div></div>
<div id="wpd-comm-9_8" class="wpd-comment wpd-reply"><div class="wpd-comment-wrap">
<div class="wpd-comment-right" id="comment-9"><div class="wpd-comment-author">Gil</div>
<div class="wpd-comment-text"><p>Below.</p></div></div></div></div></div></div></div>"""

DT = """
<dl><dt id="comment-1"><cite>Hal</cite> on May 2, 2026</dt><dd><p>In a list.</p></dd>
<dt id="comment-2"><cite>Ida</cite></dt><dd><p>Of definitions.</p></dd></dl>"""

ANCHORS = """
<div><a id="comment-1"></a><p><b>Jo</b></p><p>After a mark.</p>
<a name="comment-2"></a><p><b>Kit</b></p><p>After the next.</p></div>"""

Row = tuple[str, str | None, str | None, ParentSource | None, str]
NESTING, DEPTH, ATTRIBUTE = ParentSource.NESTING, ParentSource.DEPTH_CLASS, ParentSource.ATTRIBUTE


@pytest.mark.parametrize(
    ("markup", "rows"),
    [
        pytest.param(HTML4, [("3", "Cy", None, None, "Alpha.\n\nBeta.")], id="html4 walker"),
        pytest.param(
            DIVS,
            [
                ("1", "A", None, None, "a"),
                ("2", "B", "1", DEPTH, "b"),
                ("3", "C", "2", DEPTH, "c"),
                ("4", "D", "1", DEPTH, "d"),
                ("5", "E", None, None, "e"),
            ],
            id="style=div, flat",
        ),
        pytest.param(
            BLOCK,
            [("1", "Xi", None, None, "Block one."), ("2", "Yo", "1", NESTING, "Block two.")],
            id="block theme",
        ),
        pytest.param(
            DIVI,
            [("11", "Di", None, None, "Extra words."), ("12", "Ed", "11", NESTING, "More.")],
            id="Divi",
        ),
        pytest.param(
            WPDISCUZ,
            [("8", "Fe", None, None, "Top."), ("9", "Gil", "8", ATTRIBUTE, "Below.")],
            id="wpDiscuz",
        ),
        pytest.param(
            DT,
            [("1", "Hal", None, None, "In a list."), ("2", "Ida", None, None, "Of definitions.")],
            id="dt and dd",
        ),
        pytest.param(
            ANCHORS,
            [("1", "Jo", None, None, "After a mark."), ("2", "Kit", None, None, "After the next.")],
            id="bare anchors",
        ),
    ],
)
def test_markup_is_read(markup: str, rows: list[Row]) -> None:
    thread = read_thread(document(markup))
    assert thread is not None
    found = [
        (c.comment_id, c.author, c.parent_id, c.parent_source, c.text) for c in thread.comments
    ]
    assert found == rows


@pytest.mark.parametrize(
    ("markup", "instant"),
    [
        pytest.param(HTML4, datetime(2026, 5, 2, 15, 18, tzinfo=UTC), id="text"),
        pytest.param(DIVI, datetime(2023, 1, 2, 0, 40, tzinfo=UTC), id="text that begins with on"),
        pytest.param(WPDISCUZ, datetime(2026, 5, 2, 9, tzinfo=UTC), id="title of a relative time"),
        pytest.param(BLOCK, datetime(2026, 5, 4, 9, tzinfo=UTC), id="datetime"),
    ],
)
def test_time_is_read(markup: str, instant: datetime) -> None:
    thread = read_thread(document(markup))
    assert thread is not None
    assert thread.comments[0].published_at == instant


def test_text_time_is_of_the_zone_that_the_page_names() -> None:
    head = '<meta property="article:published_time" content="2026-05-01T08:00:00+02:00">'
    thread = read_thread(document(HTML4, head=head))
    assert thread is not None
    assert thread.comments[0].published_at == datetime(2026, 5, 2, 13, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Ann", "Ann says:", "Ann sagt:", "Comment by Ann", "Kommentar von Ann am", "Par Ann", "Ann:",
        "Ann 19. Juni 2018 um 15:28 Uhr - Antworten", "Ann 29.07.2020 // 12:56", "Ann — 17.07, 2011 @ 13:04",
        "Ann says: January 20, 2020 at 11:27", "Ann - 2020-01-20",
    ],
)  # fmt: skip
def test_name_is_told_from_the_words_around_it(written: str) -> None:
    markup = f'<li id="comment-1"><div class="comment-author">{written}</div><p>Words.</p></li>'
    thread = read_thread(document(f"<ul>{markup}</ul>"))
    assert thread is not None
    assert [comment.author for comment in thread.comments] == ["Ann"]


WIDGETS = [
    pytest.param(
        '<ul id="recentcomments"><li class="recentcomments"><span class="comment-author-link">Zed</span>'
        ' on <a href="https://paper.example/other/#comment-4">Other</a></li></ul>',
        id="recent comments widget",
    ),
    pytest.param(
        '<ol class="wp-block-latest-comments"><li id="comment-4" class="wp-block-latest-comments__comment">'
        '<a href="https://paper.example/other/#comment-4">Other</a><p>Words…</p></li></ol>',
        id="latest comments block",
    ),
    pytest.param(
        '<ol class="fresh"><li id="comment-4"><cite>Zed</cite><a href="/other/#comment-4">on Other</a>'
        "<p>Words of a comment on another page.</p></li></ol>",
        id="renamed, but its permalink leads elsewhere",
    ),
]


@pytest.mark.parametrize("markup", WIDGETS)
def test_comments_on_other_pages_are_no_rows(markup: str) -> None:
    assert read_thread(document(markup)) is None


def test_page_with_a_form_and_no_comment_has_an_empty_thread() -> None:
    form = '<form id="commentform" action="/wp-comments-post.php"></form>'
    assert read_thread(document(form)) == Thread("wordpress")
    assert read_thread(document("<p>No form, no comment.</p>")) is None


def test_found_are_the_thread_and_where_it_stands() -> None:
    page = document(f"<p>The article.</p>{HTML5}")
    found = find_thread(page)
    assert found.thread == read_thread(page)
    assert [(node.tag, node.get("id")) for node in found.regions] == [
        ("li", "comment-7"), ("li", "comment-9"), ("li", "comment-8"), ("li", "comment-5"),
        ("form", "commentform"),
    ]  # fmt: skip
    nothing = find_thread(document('<p class="comments-title" id="comment-count">3 comments</p>'))
    assert (nothing.thread, nothing.regions) == (None, ())


@pytest.mark.parametrize(
    ("heading", "declared"),
    [
        ("3 thoughts on &ldquo;The 12 bridges&rdquo;", 3),
        ("1,234 Comments", 1234),
        ("Comments (13)", 13),
        ("One response to &ldquo;4 bridges&rdquo;", 1),
        ("Ein Kommentar", 1),
        ("No comments", 0),
        ("Comments", None),
    ],
)
def test_declared_count_is_the_headings(heading: str, declared: int | None) -> None:
    thread = read_thread(
        document(HTML5.replace("3 thoughts on &ldquo;The 12 bridges&rdquo;", heading))
    )
    assert thread is not None
    assert thread.declared == declared


def test_find_names_pages_and_rest_addresses_of_the_rest_of_the_thread() -> None:
    head = (
        '<link rel="https://api.w.org/" href="https://paper.example/wp-json/">'
        f'<link rel="canonical" href="{URL}">'
    )
    nav = (
        f'<nav class="navigation"><a href="{URL}comment-page-1/#comments">Older</a>'
        f'<a href="{URL}comment-page-1/?replytocom=7#respond">Reply</a>'
        '<a href="https://paper.example/other/comment-page-1/#comments">elsewhere</a></nav>'
    )
    markup = HTML5.replace("3 thoughts", "134 thoughts") + nav
    ((name, finding),) = findings(document(markup, head=head))
    rest = "https://paper.example/wp-json/wp/v2/comments?post=44&per_page=100"
    assert (name, finding.thread_ref, finding.declared) == ("wordpress", "44", 134)
    assert tuple(ask.url for ask in finding.asks) == (
        f"{URL}comment-page-1/",
        f"{rest}&page=1&order=asc&orderby=id",
        f"{rest}&page=2&order=asc&orderby=id",
    )
    assert all(wordpress.owns(ask.url) for ask in finding.asks)
    assert not wordpress.owns(URL)


REST = {
    "id": 9, "post": 44, "parent": 7, "author": 2, "author_name": "O&#8217;Neil",
    "author_url": "https://o.example", "date": "2026-05-03T10:00:00", "date_gmt": "2026-05-03T08:00:00",
    "content": {"rendered": "<p>One.</p>\n<p>Two.</p>\n"}, "link": f"{URL}#comment-9",
    "status": "approved", "type": "comment",
}  # fmt: skip


def test_rest_answer_is_read() -> None:
    url = "https://paper.example/wp-json/wp/v2/comments?post=44"
    batch = read_answer(Answer(url, json.dumps([REST]).encode()))
    assert batch is not None
    assert batch.thread == Thread(
        "wordpress",
        (
            Comment(
                comment_id="9",
                text="One.\n\nTwo.",
                parent_id="7",
                parent_source=ParentSource.ATTRIBUTE,
                author="O’Neil",
                author_id="2",
                author_url="https://o.example",
                published_at=datetime(2026, 5, 3, 8, tzinfo=UTC),
                published_raw="2026-05-03T08:00:00",
                html="<p>One.</p>\n<p>Two.</p>\n",
                permalink=f"{URL}#comment-9",
                is_orphan=True,
            ),
        ),
        None,
        "44",
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"", b'{"code": "rest_forbidden"}', b"[1]", b'[{"id": 1}]', b"[" * 100_000,
        json.dumps([{**REST, "date_gmt": "yesterday"}]).encode(),
        json.dumps([{**REST, "content": None}]).encode(),
    ],
)  # fmt: skip
def test_answer_of_another_shape_is_an_error(payload: bytes) -> None:
    with pytest.raises(PlatformError, match="wp-json"):
        read_answer(Answer("https://paper.example/wp-json/wp/v2/comments?post=44", payload))


def test_every_platform_has_a_name_of_its_own() -> None:
    names = [platform.NAME for platform in PLATFORMS]
    assert len(set(names)) == len(names)
