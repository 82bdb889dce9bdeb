"""WordPress comments in the markup of its walkers, of block themes, plugins and copied themes."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from archiver.comments import PLATFORMS, read_thread, wordpress
from archiver.model import Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome
from tests.comments.page_goldens import check_golden
from tests.pages import PARAGRAPHS, URL, document


@pytest.mark.parametrize("name", ["html5", "html4", "block", "divi", "wpdiscuz"])
def test_golden_page(name: str) -> None:
    check_golden(wordpress, "wordpress", name)


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
        published_precision=Precision.SECOND,
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

REST: dict[str, Any] = {
    "id": 9, "post": 44, "parent": 7, "author": 2, "author_name": "O&#8217;Neil",
    "author_url": "https://o.example", "date": "2026-05-03T10:00:00", "date_gmt": "2026-05-03T08:00:00",
    "content": {"rendered": "<p>One.</p>\n<script>x()</script><p>Two.</p>\n"},
    "link": f"{URL}comment-page-2/#comment-9", "status": "approved", "type": "comment",
    "author_avatar_urls": {"24": "https://secure.gravatar.com/avatar/0"},
}  # fmt: skip
"""One comment as the REST API gives it."""

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
    found = wordpress.read(document(f"<p>The article.</p>{HTML5}"))
    assert found is not None
    assert [(node.tag, node.get("id")) for node in found.regions] == [("div", "comments")]
    nothing = document('<p class="comments-title" id="comment-count">3 comments</p>')
    assert wordpress.read(nothing) is None


UNNAMED = """<h3 id="comments">One comment</h3><ol><li id="comment-1"><b class="fn">Ann</b>
<div class="comment-content"><p>Words.</p></div></li></ol><nav class="comment-navigation">Older</nav>
<div><p class="must-log-in">You must log in.</p></div>"""


@pytest.mark.parametrize(
    ("markup", "regions"),
    [
        pytest.param(UNNAMED, ["li", "h3", "nav", "p"], id="pieces without a common name"),
        pytest.param(
            f'<div class="comments-area">{PARAGRAPHS * 3}{UNNAMED}</div>',
            ["li", "h3", "nav", "p"],
            id="a place of that name that holds the article",
        ),
        pytest.param(
            f'<div class="hentry comments-open">{UNNAMED}</div>',
            ["li", "h3", "nav", "p"],
            id="a post's class",
        ),
        pytest.param(
            f'<section class="c-discussion"><div><div>{UNNAMED}</div></div></section>',
            ["section"],
            id="a place whose name is some way up",
        ),
    ],
)
def test_regions_hold_the_place_of_the_comments_and_no_article(
    markup: str, regions: list[str]
) -> None:
    found = wordpress.read(document(f"{PARAGRAPHS}{markup}"))
    assert found is not None
    assert [node.tag for node in found.regions] == regions


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


def test_pingbacks_are_counted_among_what_the_page_declares() -> None:
    thread = read_thread(document(HTML5))
    assert thread is not None
    assert (len(thread.comments), thread.declared, thread.outcome) == (3, 3, ThreadOutcome.COMPLETE)


def one(inner: str, *, after: str = "") -> Comment:
    """The one comment of a page."""
    page = document(f'<ol><li id="comment-1" class="comment even">{inner}</li></ol>{after}')
    thread = read_thread(page)
    assert thread is not None
    (comment,) = thread.comments
    return comment


REPLY = '<a class="comment-reply-link" href="?replytocom=1#respond" aria-label="{}">Antworten</a>'
BYLINE = '<p><a href="#comment-1">3. Mai 2026</a></p>'


@pytest.mark.parametrize(
    ("markup", "author", "text"),
    [
        pytest.param(
            f'<div class="c-comment__author-avatar"></div><a class="c-comment__author-name">Mm</a>'
            f'<div class="c-comment__content">Any.</div>{REPLY.format("Reply to Mm")}',
            "Mm", "Any.", id="names joined otherwise",
        ),
        pytest.param(
            f"<h3>Li</h3>{BYLINE}<div class='comment-body'><p>Une.</p></div>{REPLY.format('Répondre à Li')}",
            "Li", "Une.", id="named by the reply link alone",
        ),
        pytest.param(
            '<div class="comment-author vcard"><img><p>All in the card.</p>'
            "<p><cite>Kommentar von <span class='fn'>Jan</span> — 2026 @ <a href='#comment-1'>00:39</a></cite></p></div>",
            "Jan", "All in the card.", id="the text in the author's card",
        ),
        pytest.param(
            '<div class="comment-content"><ul class="comment-meta"><li class="comment-author">Jade</li>'
            '<li class="comment-time"><a href="#comment-1">9. April 2026</a></li></ul>'
            '<div class="comment-text"><p>Danke.</p></div></div>',
            "Jade", "Danke.", id="a content that holds all parts",
        ),
        pytest.param(
            '<div class="commenttext"><cite><strong>Ana</strong> dijo:</cite><p>Uno.</p>'
            '<div class="commentmetadata">26 abril 2026 a las 14:02</div></div>',
            "Ana", "Uno.", id="a text that holds cite and time",
        ),
        pytest.param(
            '<div class="comment-author avatar-cell"><a>Profile</a></div>'
            '<div class="comment-meta comment_text"><div class="comment_date">May 3, 2026</div>'
            '<div class="comment_author">Satan</div><div class="comment-body"><p>Nope.</p></div></div>',
            "Satan", "Nope.", id="the avatar's cell names nobody",
        ),
        pytest.param(
            '<div class="comment-author"><cite class="fn">Maria<br><span>Autorin</span></cite></div>'
            '<div class="comment-content">Ja.</div>',
            "Maria", "Ja.", id="a badge on the next line",
        ),
        pytest.param(
            '<p><a class="url" rel="external" href="https://ed.example">Ed</a> '
            '<a href="#comment-1">1 year</a></p><p>Hello.</p>',
            "Ed", "Hello.", id="a line with the link to itself",
        ),
        pytest.param(
            '<h2>A title</h2><span class="metadata">geschrieben von berg am 21. Jan. 2026, 19:04</span>'
            "<p>Argument.</p>",
            "berg", "A title\n\nArgument.", id="a line with the time",
        ),
        pytest.param(
            '<b class="fn">O’Brien</b><div class="comment-content"><p>Hi.</p></div>'
            f'<div class="reply">{REPLY.format("Reply to O&#039;Brien")}</div>',
            "O’Brien", "Hi.", id="a reply link that spells otherwise",
        ),
        pytest.param(
            '<b class="fn">Minh Le</b><div class="comment-content"><p>Hi.</p></div>',
            "Minh Le", "Hi.", id="a name that ends like a word",
        ),
        pytest.param(
            '<b class="fn">Al</b><div class="messageBox commentMessage"><blockquote>Said.</blockquote>Quite.</div>',
            "Al", "Said.\n\nQuite.", id="loose text after a quotation",
        ),
        pytest.param(
            '<b class="fn">Al</b><div class="comment-content"><p>Said.</p><script>x()</script><style>p{}</style>'
            '<form>Reply <button>Go</button></form></div>',
            "Al", "Said.", id="scripts, styles and forms",
        ),
    ],
)  # fmt: skip
def test_parts_are_told_by_many_signs(markup: str, author: str, text: str) -> None:
    comment = one(markup)
    assert (comment.author, comment.text) == (author, text)
    assert "<script" not in (comment.html or "")


def test_item_around_is_the_comment_where_the_id_stands_on_the_text() -> None:
    item = (
        '<li class="box"><p class="newsCommentAuthorName">{name}</p><div id="comment-{number}">'
        '<div class="newsCommentMessage">Words.</div></div></li>'
    )
    markup = item.format(name="Ann", number=1) + item.format(name="Bo", number=2)
    thread = read_thread(document(f"<ul>{markup}</ul>"))
    assert thread is not None
    assert [comment.author for comment in thread.comments] == ["Ann", "Bo"]
    lonely = read_thread(
        document(f"<ul>{item.format(name='Ann', number=1)}<li>An article.</li></ul>")
    )
    assert lonely is not None
    assert [comment.author for comment in lonely.comments] == [None]


def test_answer_is_linked_where_nothing_is_nested() -> None:
    markup = (
        '<li id="comment-1"><b class="fn">Ann</b><div class="comment-content"><p>One.</p></div></li>'
        '<li id="comment-2"><b class="fn">Bo</b><div class="comment-content">'
        '<p><a href="#comment-1">@Ann</a>: Two.</p></div></li>'
        '<li id="comment-3"><b class="fn">Cy</b><div class="comment-content">'
        '<p>As <a href="#comment-1">Ann</a> says.</p></div></li>'
    )
    thread = read_thread(document(f"<ol>{markup}</ol>"))
    assert thread is not None
    assert [(c.parent_id, c.parent_source) for c in thread.comments] == [
        (None, None), ("1", ParentSource.REPLY_LINK), (None, None),
    ]  # fmt: skip


def test_comment_shown_twice_is_read_once_and_cut_out_twice() -> None:
    markup = (
        '<div class="pick"><div id="comment-1"><b class="fn">Ann</b><p>One.</p></div></div>'
        '<ol><li id="comment-1"><b class="fn">Ann</b><p>One.</p></li></ol>'
    )
    found = wordpress.read(document(markup))
    assert found is not None
    assert found.thread is not None
    assert len(found.thread.comments) == 1
    assert [node.tag for node in found.regions] == ["div", "li"]


def nested(depth: int) -> str:
    inner = ""
    for number in range(depth, 0, -1):
        inner = (
            f'<li id="comment-{number}" class="depth-{number}"><b class="fn">Ann</b>'
            f"<p>Text {number}.</p><ol>{inner}</ol></li>"
        )
    return f'<ol id="comments">{inner}</ol>'


def test_texts_of_deep_threads_are_each_comments_own() -> None:
    thread = read_thread(document(nested(400)))
    assert thread is not None
    assert [(c.text, c.depth, c.author) for c in thread.comments] == [
        (f"Text {number}.", number - 1, "Ann") for number in range(1, 401)
    ]


def test_every_platform_has_a_name_of_its_own() -> None:
    names = [platform.NAME for platform in PLATFORMS]
    assert len(set(names)) == len(names)


def test_a_later_page_of_an_article_shows_the_comments_of_the_whole() -> None:
    markup = (
        '<ol class="commentlist"><li class="comment" id="comment-7"><div class="comment-body">'
        '<cite class="fn">Ann</cite> <a href="https://paper.example/a/story/#comment-7">'
        "May 2, 2026 at 10:00</a><p>I read it twice and agree with most of it.</p></div></li></ol>"
    )
    thread = read_thread(replace(document(markup), url="https://paper.example/a/story/2/"))
    assert thread is not None
    assert (thread.platform, [one.comment_id for one in thread.comments]) == ("wordpress", ["7"])
