"""Comments in unknown markup, told from all that looks like them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from archiver.comments import generic
from archiver.comments.generic.mining import climb
from archiver.comments.platform import Answer
from archiver.comments.thread import arrange
from archiver.dom import Document, Node, parse_decoded, text_of
from archiver.model import Comment, ParentSource
from tests.pages import PARAGRAPHS, URL, document, raw_page

GOLDEN = sorted((Path(__file__).parent / "golden" / "generic").glob("*.html"))


def read(page: Document) -> tuple[Comment, ...]:
    found = generic.read(page)
    return arrange(found.thread.comments) if found and found.thread else ()


def told(comment: Comment) -> dict[str, Any]:
    """What a golden file says of a comment; what is None is left out."""
    said = {
        "id": comment.comment_id,
        "parent": comment.parent_id,
        "parent_source": comment.parent_source,
        "depth": comment.depth,
        "author": comment.author,
        "author_url": comment.author_url,
        "published": comment.published_at and comment.published_at.isoformat(),
        "precision": comment.published_precision,
        "raw": comment.published_raw,
        "text": comment.text,
        "likes": comment.likes,
        "dislikes": comment.dislikes,
        "score": comment.score,
        "permalink": comment.permalink,
    }
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_page_gives_its_thread(path: Path) -> None:
    page = raw_page(path.read_bytes())
    found = generic.read(parse_decoded(page, page.payload))
    assert found is not None
    assert found.thread is not None
    got = {
        "declared": found.thread.declared,
        "comments": [told(comment) for comment in arrange(found.thread.comments)],
    }
    assert got == json.loads(path.with_suffix(".json").read_text())


NESTED = """<ol id="top"><li><div><i class="d">1</i></div><p>One.</p>
<ol class="children"><li><div><i class="d">2</i></div><p>Two.</p></li>
<li><div><i class="d">3</i></div><p>Three.</p></li></ol></li>
<li><div><i class="d">4</i></div><p>Four.</p></li></ol>"""


def test_marks_climb_in_lock_step_so_that_replies_stop_at_their_own_element() -> None:
    """Each on its own, the replies of ``children`` would climb to the list they share."""
    tree = document(NESTED).tree
    region: Node = tree.xpath("//ol[@id='top']")[0]
    records = climb(tree.xpath("//i"), region)
    assert [(node.tag, text_of(node[0])) for node in records] == [
        ("li", "1"), ("li", "2"), ("li", "3"), ("li", "4"),
    ]  # fmt: skip


def test_two_dates_of_one_comment_are_one_mark() -> None:
    twice = '<div class="m"><i>3 h</i><i>3 May</i></div><p>Some words of a reader.</p>'
    tree = document(f'<div id="top"><li>{twice}</li><li>{twice}</li><li>{twice}</li></div>').tree
    records = climb(tree.xpath("//i"), tree.xpath("//div[@id='top']")[0])
    assert [node.tag for node in records] == ["li", "li", "li"]


def comment(name: str, text: str, *, day: int = 3, more: str = "", inside: str = "") -> str:
    return (
        f'<div class="comment"><b class="author">{name}</b> <time>{day} May 2026</time>'
        f"<p>{text}</p>{more}{inside}</div>"
    )


AREA = f'<div id="comments"><h3>2 comments</h3>{comment("Ann", "A very good day.")}' + (
    f"{comment('Bob', 'And who pays?', day=4)}</div>"
)


def test_comments_are_cut_out_of_the_article_and_the_article_is_not() -> None:
    page = document(f"<article><h1>The ferry</h1>{PARAGRAPHS}{AREA}</article>")
    found = generic.read(page)
    assert found is not None
    assert [text_of(region)[:10] for region in found.regions] == ["2 comments"]


def test_area_that_cannot_be_read_is_cut_all_the_same() -> None:
    form = "<h3>Leave a reply</h3><form><textarea></textarea><p>Be kind.</p></form>"
    page = document(f"<h1>The ferry</h1>{PARAGRAPHS}<div id='comments'>{form}</div>")
    found = generic.read(page)
    assert found is not None
    assert found.thread is None
    assert [region.get("id") for region in found.regions] == ["comments"]


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="kommentar"><h1>Ein Kommentar</h1>{PARAGRAPHS}</div>',
        f'<div class="comments">{PARAGRAPHS}{PARAGRAPHS}</div>',
        f'<h2>Kommentar</h2><main><time>3 May 2026</time><b class="author">Ann'
        f"</b>{PARAGRAPHS}</main>",
        f'<main><div><time>3 May 2026</time> <b class="author">Ann</b>{PARAGRAPHS}</div>'
        "<h3>Leave a reply</h3><form><textarea></textarea></form></main>",
    ],
    ids=["opinion piece", "article in an area", "headed for opinion", "form below"],
)
def test_article_is_no_comment_and_is_not_cut(body: str) -> None:
    found = generic.read(document(body))
    assert found is None or (found.thread is None and found.regions == ())


def card(index: int, *, extra: str = "", name: str = "card") -> str:
    return (
        f'<div class="{name}"><h3><a href="/2026/05/other-{index}/">Another story {index}</a></h3>'
        f'<span class="author">Ann {index}</span> <time>{index} May 2026</time>'
        f"<p>The first words of a story that stands elsewhere, number {index}.</p>{extra}</div>"
    )


CARDS = "".join(card(n) for n in range(1, 6))
COUNTED = "".join(
    card(n, extra='<a class="comments-link" href="/x/#comments">12 comments</a>', name="post")
    for n in range(1, 6)
)
WIDGET = "".join(
    f'<li class="recentcomments"><span class="comment-author-link">Zed {n}</span> on '
    f'<a href="/other-{n}/#comment-{n}">Other post {n}</a></li>'
    for n in range(1, 6)
)
LATEST = "".join(
    '<li class="wp-block-latest-comments__comment"><article><footer>'
    f'<a class="wp-block-latest-comments__comment-author" href="#">Zed {n}</a> on '
    f'<a href="/other-{n}/#comment-{n}">Other post {n}</a> '
    f'<time datetime="2026-05-0{n}">{n} May</time>'
    f"</footer><div><p>Twenty words of what a reader wrote elsewhere {n} …</p></div></article></li>"
    for n in range(1, 6)
)
RENAMED = "".join(
    f'<li class="c-item"><a class="c-name" href="/u/{n}">Zed {n}</a> on '
    f'<a href="/other-{n}/#comment-{n}">'
    f'Other post {n}</a> <time datetime="2026-05-0{n}">{n} May</time>'
    f"<p>What a reader wrote {n}.</p></li>"
    for n in range(1, 6)
)
EXCERPTS = "".join(
    f'<li class="comment"><a href="/other-{n}/">Zed {n}: the first words of a …</a></li>'
    for n in range(1, 6)
)
REVIEWS = "".join(
    f'<div class="review"><span class="review-author">Ann {n}</span> <time>{n} May 2026</time>'
    f'<span class="rating">5</span><p class="review-comment">Arrived in time, number {n}.</p></div>'
    for n in range(1, 6)
)
PRAISE = "".join(
    f'<div class="testimonial comment"><p>The best firm of all, number {n}!</p>'
    f'<span class="author">Ann {n}</span> <time>{n} May 2026</time></div>'
    for n in range(1, 4)
)
LIVE = "".join(
    f'<div class="post"><time>{n} May 2026, 1{n}:05</time><span class="author">Ann</span>'
    f"<p>What happened at this hour, number {n}.</p><button>Share</button></div>"
    for n in range(1, 6)
)
FORM = (
    '<div id="respond" class="comment-respond"><h3>Leave a reply</h3><p class="comment-notes">Your '
    'email address will not be published.</p><form><p class="comment-form-comment"><label>Comment'
    '</label><textarea></textarea></p><p class="logged-in-as">Since 3 May 2026</p></form></div>'
)
BOX = (
    '<div class="author-box vcard"><b class="fn">Ann Alder</b><time>3 May 2026</time>'
    "<p>Ann writes about ferries and what they carry.</p></div>"
)
LOOKALIKES = {
    "related articles": f'<div class="related">{CARDS}</div>',
    "related articles below a heading": f'<h3>Comments</h3><div class="comments">{CARDS}</div>',
    "articles with counts of comments": f'<div class="list">{COUNTED}</div>',
    "WordPress widget": (
        f'<aside><h2>Recent comments</h2><ul id="recentcomments">{WIDGET}'
        f'</ul></aside>'
    ),
    "WordPress block": f'<ol class="wp-block-latest-comments">{LATEST}</ol>',
    "block under other names": (
        f'<div class="comments-box">'
        f'<ul class="comments-x">{RENAMED}</ul></div>'
    ),
    "newest by heading": (
        f'<div><h3>Neueste Kommentare</h3>'
        f'<ul class="kommentare">{RENAMED}</ul></div>'
    ),
    "excerpts": f'<ul class="comments">{EXCERPTS}</ul>',
    "reviews": f'<div id="comments" class="reviews">{REVIEWS}</div>',
    "testimonials": f"<div>{PRAISE}</div>",
    "live blog": f'<div class="live">{LIVE}</div>',
    "form": FORM,
    "author's box": BOX,
    "author's box and form": BOX + FORM,
    "counts": (
        '<a class="comments-link" href="#comments">12 Comments</a>'
        '<span class="comment-count">3 May 2026</span>'
    ),
    "no comments yet": (
        '<div id="comments"><h3>0 comments</h3><p>Be the first, Ann! 3 May 2026</p></div>'
    ),
    "log in": '<div class="comments"><p><a href="/login">Log in</a> to comment.</p></div>',
    "advertisements": (
        '<div id="comments">' + '<div class="comment-ad">Advertisement</div>' * 4 + "</div>"
    ),
    "list and form of one plugin": (
        '<div class="x-comment"><h3>Comments</h3><p>None, since 3 May 2026.</p></div>'
        '<div class="x-comment"><h3>2 comments</h3><p>Name of the author, 4 May 2026</p></div>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("markup", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_lookalike_gives_no_comment(markup: str) -> None:
    page = document(f"<article><h1>The ferry</h1>{PARAGRAPHS}</article>{markup}")
    assert read(page) == ()


@pytest.mark.parametrize("markup", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_lookalike_beside_comments_adds_none(markup: str) -> None:
    page = document(f"<article><h1>The ferry</h1>{PARAGRAPHS}</article>{AREA}{markup}")
    assert [c.author for c in read(page)] == ["Ann", "Bob"]


def test_permalinks_to_this_page_outweigh_links_to_others() -> None:
    lines = "".join(
        comment(
            name, f'See <a href="/2025/old/#comment-{n}">there</a>, it was said.',
            more=f'<a href="{URL}comment-page-2/#comment-{n}">#{n}</a>',
        )
        for n, name in enumerate(("Ann", "Bob", "Cy"), 1)
    )  # fmt: skip
    found = read(document(f"<h1>The ferry</h1>{PARAGRAPHS}<div id='comments'>{lines}</div>"))
    assert [(c.comment_id, c.permalink) for c in found] == [
        (str(n), f"{URL}comment-page-2/#comment-{n}") for n in (1, 2, 3)
    ]


def test_comment_of_another_markup_is_absorbed() -> None:
    """The author of the article has a class of her own, and no date that is known."""
    odd = (
        '<div class="comment byauthor"><b class="author">Ed</b> <i>lately</i>'
        "<p>Thank you.</p></div>"
    )
    body = f"<h1>The ferry</h1>{PARAGRAPHS}" + AREA.replace("</div></div>", f"</div>{odd}</div>")
    assert [c.author for c in read(document(body))] == ["Ann", "Bob", "Ed"]


DEPTHS = """<div class="comments"><div class="thread"><div class="comment depth-1" id="c1">
<b class="author">A</b> <time>3 May 2026</time><p>First one.</p></div>
<div class="comment depth-2" id="c2"><b class="author">B</b> <time>3 May 2026</time>
<p>Second.</p></div>
<div class="comment depth-1" id="c3"><b class="author">C</b> <time>3 May 2026</time>
<p>Third.</p></div></div></div>"""
LINKS = """<div class="comments"><div class="comment" id="c1"><b class="author">A</b>
<time>3 May 2026</time><p>First one.</p></div><div class="comment" id="c2"><b class="author">B</b>
<time>3 May 2026</time><a class="in-reply-to" href="#c1">@A</a><p>Second.</p></div></div>"""
BESIDE = """<div class="comments"><div class="thread"><div class="comment" id="c1">
<b class="author">A</b> <time>3 May 2026</time><p>First one.</p></div><div class="replies">
<div class="comment" id="c2"><b class="author">B</b> <time>3 May 2026</time><p>Second.</p></div>
<div class="comment" id="c3"><b class="author">C</b> <time>3 May 2026</time><p>Third.</p></div>
</div></div></div>"""


@pytest.mark.parametrize(
    ("markup", "parents", "source"),
    [
        (DEPTHS, [None, "1", None], ParentSource.DEPTH_CLASS),
        (LINKS, [None, "1"], ParentSource.REPLY_LINK),
        (BESIDE, [None, "1", "1"], ParentSource.NESTING),
    ],
    ids=["number of the level", "link to the parent", "list beside the parent"],
)
def test_parent_is_named_by_its_evidence(
    markup: str, parents: list[str | None], source: ParentSource
) -> None:
    found = read(document(f"<h1>The ferry</h1>{PARAGRAPHS}{markup}"))
    assert [c.parent_id for c in found] == parents
    assert {c.parent_source for c in found if c.parent_id} == {source}


def test_comments_without_ids_have_lasting_ones() -> None:
    once, again = read(document(AREA)), read(document("<h1>Other</h1>" + AREA))
    assert [c.comment_id for c in once] == [c.comment_id for c in again]
    assert all(c.comment_id.startswith("x-") for c in once)


def test_ids_that_are_not_unique_are_none() -> None:
    same = AREA.replace('<div class="comment">', '<div class="comment" data-id="7">')
    assert len({c.comment_id for c in read(document(same))}) == 2


def test_script_and_style_are_no_text() -> None:
    odd = comment("Cy", "Fine.", more="<script>alert(1)</script><style>p{}</style>")
    body = AREA.replace("</div></div>", f"</div>{odd}</div>")
    texts = [c.text for c in read(document(body))]
    assert texts == ["A very good day.", "And who pays?", "Fine."]


def test_page_without_comments_has_nothing_to_say() -> None:
    page = document(f"<h1>The ferry</h1>{PARAGRAPHS}")
    assert (generic.find(page), generic.read(page), generic.owns(URL)) == (None, None, False)
    assert generic.read_answer(Answer(URL, b"{}")) is None


def seconds(body: str) -> float:
    """The least of some runs: a machine that does other things too is no fault of the page."""
    runs = []
    for _ in range(3):
        page = document(f"<h1>The ferry</h1><div id='comments'>{body}</div>")
        assert page.hints
        start = time.process_time()
        generic.read(page)
        runs.append(time.process_time() - start)
    return min(runs)


@pytest.mark.parametrize(
    "body",
    [
        lambda n: "<time datetime='2026-05-01'>x</time>" * n,
        lambda n: '<div class="comment"><time datetime="2026-05-01">x</time>' * (n // 10),
        lambda n: "<p>abc <a href='#'>Reply</a></p>" * n,
        lambda n: "".join(f"<p class='k{i}'><time>3 May 2026</time></p>" for i in range(n)),
        lambda n: "".join(comment(f"Ann {i}", f"Words of a reader, {i}.") for i in range(n // 8)),
        lambda n: "<h3>3 comments</h3><p>a b c</p>" * n,
        lambda n: "<p>" + "1." * 75 + "</p>" * (n // 4),
    ],
    ids=["times", "nested times", "buttons", "kinds", "comments", "headings", "digits"],
)
def test_cost_grows_with_the_page_and_not_with_its_square(body: Any) -> None:
    small, large = seconds(body(4_000)), seconds(body(16_000))
    # In the square, four times the page would take 16 times as long.
    assert large < max(12 * small, 0.3)
