"""Bad pages: each kind of them written down, with what reading it comes to; and none costs more
than its size."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

from archiver.config import ReadLimits
from archiver.dataset.measures import word_count
from archiver.errors import NotHtml
from archiver.extract import extract
from archiver.model import Article, Header
from archiver.outcomes import Outcome
from archiver.reading import read
from archiver.sites import DEFAULT_RULES
from tests.pages import PARAGRAPHS, raw_page

LIMITS = ReadLimits()
PLAIN: tuple[Header, ...] = ((b"Content-Type", b"text/html"),)
PROSE = tuple(part.removesuffix("</p>") for part in PARAGRAPHS.split("<p>") if part)
TEXT = "\n\n".join(PROSE)
GERMAN = (
    "Der Rat der kleinen Stadt hat am Dienstag beschlossen, die alte Brücke über den Fluß wieder aufzubauen, die seit dem "
    "Hochwasser des vergangenen Winters für jeden Verkehr gesperrt war, wie die Bürgermeisterin nach der Sitzung erklärte.",
    "Die Arbeiten sollen im Herbst beginnen und zwei Jahre dauern; das Geld kommt vom Kreis und aus einem Topf, den die "
    "Bürger selbst gefüllt haben, und bis dahin fährt eine Fähre für Fußgänger und Räder über den Fluß und zurück.",
)  # fmt: skip


def story(*paragraphs: str, title: str = "", head: str = "", attributes: str = "") -> str:
    prose = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    heading = f"<h1>{title}</h1>" if title else ""
    return f"<!DOCTYPE html><html{attributes}><head>{head}</head><body><article>{heading}{prose}</article></body></html>"


def article_of(payload: bytes, *, headers: tuple[Header, ...] = PLAIN) -> Article:
    """What both doors make of a page: they must agree."""
    made = raw_page(payload, headers=headers)
    reading = read(made, DEFAULT_RULES, LIMITS)
    assert reading.article is not None, reading.detail
    assert reading.article == extract(made, DEFAULT_RULES)
    assert reading.outcome is reading.article.outcome
    return reading.article


UTF8: tuple[Header, ...] = ((b"Content-Type", b"text/html; charset=utf-8"),)
LATIN: tuple[Header, ...] = ((b"Content-Type", b"text/html; charset=iso-8859-1"),)
NONSENSE: tuple[Header, ...] = ((b"Content-Type", b"text/html; charset=x-user-defined-7"),)
RUSSIAN = (
    "Совет небольшого города во вторник решил восстановить старый мост через реку, закрытый для движения после "
    "прошлогоднего паводка; работы начнутся осенью и продлятся два года, сказал мэр после заседания совета.",
    "Деньги дают область и фонд, который создали сами жители; до тех пор людей и велосипеды перевозит паром, каждые "
    "полчаса утром и вечером и раз в час днем, как это было с февраля, и так останется до самого открытия моста.",
)


@pytest.mark.parametrize(
    ("paragraphs", "charset", "head", "headers"),
    [
        pytest.param(GERMAN, "utf-8", "", LATIN, id="header says Latin-1, bytes are UTF-8"),
        pytest.param(GERMAN, "cp1252", "", UTF8, id="header says UTF-8, bytes are Windows-1252"),
        pytest.param(GERMAN, "utf-8", '<meta charset="iso-8859-1">', PLAIN, id="meta says Latin-1, bytes are UTF-8"),
        pytest.param(GERMAN, "utf-8", "", PLAIN, id="nobody says anything, bytes are UTF-8"),
        pytest.param(GERMAN, "cp1252", "", PLAIN, id="nobody says anything, bytes are Windows-1252"),
        pytest.param(GERMAN, "utf-8-sig", '<meta charset="iso-8859-1">', LATIN, id="mark against header and meta"),
        pytest.param(GERMAN, "utf-16", "", PLAIN, id="UTF-16 with its mark"),
        pytest.param(GERMAN, "utf-8", '<meta charset="klingon">', NONSENSE, id="charsets that are none"),
        pytest.param(RUSSIAN, "cp1251", '<meta charset="windows-1251">', PLAIN, id="meta says Windows-1251"),
        pytest.param(RUSSIAN, "koi8-r", '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', PLAIN, id="http-equiv says KOI8-R"),
    ],
)  # fmt: skip
def test_text_is_read_in_the_charset_it_is_written_in(
    paragraphs: tuple[str, ...], charset: str, head: str, headers: tuple[Header, ...]
) -> None:
    title = " ".join(paragraphs[0].split()[:5])
    article = article_of(
        story(*paragraphs, title=title, head=head).encode(charset), headers=headers
    )
    assert (article.outcome, article.title) == (Outcome.ARTICLE, title)
    assert article.text == "\n\n".join(paragraphs)


def test_one_wrong_byte_costs_one_letter() -> None:
    payload = story(*GERMAN, title="Über").encode().replace("Brücke".encode(), b"Br\xffcke")
    assert "Br\ufffdcke" in article_of(payload, headers=UTF8).text


def test_nul_bytes_and_control_characters_stand_for_nothing() -> None:
    damaged = (
        story(*PROSE, title="The b\x00ridge")
        .replace("council", "cou\x00\x01ncil&#0;&#x1F;")
        .replace("<p>", '<p class="a\x00b">')
    )
    article = article_of(damaged.encode())
    assert (article.title, article.text) == ("The bridge", TEXT)


def test_of_two_pages_glued_together_both_are_read() -> None:
    first, second = story(*PROSE[:2], title="The bridge"), story(*GERMAN, title="Die Brücke")
    article = article_of((first + second).encode())
    assert article.outcome is Outcome.ARTICLE
    assert article.title == "The bridge"
    assert PROSE[0] in article.text


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        pytest.param(b"", Outcome.OTHER_CONTENT, id="no byte"),
        pytest.param(b" \r\n\t ", Outcome.OTHER_CONTENT, id="white space"),
        pytest.param(b"\x00" * 100, Outcome.OTHER_CONTENT, id="NUL bytes"),
        pytest.param(b"\xef\xbb\xbf", Outcome.OTHER_CONTENT, id="byte order mark"),
        pytest.param(b"<html></html>", Outcome.NOT_AN_ARTICLE, id="html"),
        pytest.param(b"<!DOCTYPE html>", Outcome.OTHER_CONTENT, id="doctype"),
        pytest.param(b"<!-- nothing -->", Outcome.OTHER_CONTENT, id="comment"),
        pytest.param(b"</div></p>", Outcome.OTHER_CONTENT, id="end tags"),
        pytest.param(b"<html><head><title>T</title></head><body></body></html>", Outcome.NOT_AN_ARTICLE, id="title"),
        pytest.param(b'{"html": "<p>The council</p>"}', Outcome.OTHER_CONTENT, id="JSON object"),
        pytest.param(b'[{"a": "<div>"}, 2]', Outcome.OTHER_CONTENT, id="JSON list"),
        pytest.param(b'  \n{"data":{"html":"<html><body><p>x"}}', Outcome.OTHER_CONTENT, id="JSON with a page in it"),
        pytest.param(b"just words, no markup", Outcome.NOT_AN_ARTICLE, id="words"),
        pytest.param(b"<frameset cols=*,*><frame src=/a><frame src=/b><noframes><p>No frames.</noframes></frameset>", Outcome.NOT_AN_ARTICLE, id="frameset"),
    ],
)  # fmt: skip
def test_what_holds_nothing_to_read_is_no_article(payload: bytes, outcome: Outcome) -> None:
    made = raw_page(payload, headers=PLAIN)
    assert read(made, DEFAULT_RULES, LIMITS).outcome is outcome
    if outcome is Outcome.OTHER_CONTENT:
        with pytest.raises(NotHtml):
            extract(made, DEFAULT_RULES)
    else:
        assert extract(made, DEFAULT_RULES).outcome is outcome


JAPANESE = (
    "町議会は火曜日、昨冬の洪水以来すべての交通が止まっていた川の古い橋を再建することを決めた。工事は秋に始まり、二年かかる見込みである。",
    "町長は会議のあと、費用は県と住民がみずから集めた基金から出ると述べた。それまでは渡し船が人と自転車を三十分ごとに運んでいる。",
    "朝と夕方は三十分ごと、昼間は一時間ごとに船が出る。二月から続くこの運航は橋が完成するまで続けられると町は説明している。",
)
CHINESE = (
    "小镇议会星期二决定重建河上的老桥，自去年冬天洪水以来，这座桥一直禁止通行。工程将于秋天开始，预计需要两年时间才能完成。",
    "镇长在会后表示，资金来自县政府以及居民自己设立的基金。在此之前，渡船每半小时运送一次行人和自行车，白天每小时一次。",
    "自二月以来渡船一直这样运行，镇上的人们已经习惯了早晚排队等候，不过大家都希望新桥能够早日通车，恢复往日的方便。",
)
THAI = (
    "สภาเมืองเล็กแห่งนี้ลงมติเมื่อวันอังคารให้สร้างสะพานเก่าข้ามแม่น้ำขึ้นใหม่ ซึ่งปิดการจราจรทั้งหมดมาตั้งแต่น้ำท่วมเมื่อฤดูหนาวที่แล้ว",
    "งานจะเริ่มในฤดูใบไม้ร่วงและใช้เวลาสองปี นายกเทศมนตรีกล่าวหลังการประชุมว่าเงินมาจากจังหวัดและจากกองทุนที่ชาวเมืองตั้งขึ้นเอง",
    "ระหว่างนี้มีเรือข้ามฟากรับส่งผู้คนและจักรยานทุกครึ่งชั่วโมงในตอนเช้าและตอนเย็น และทุกชั่วโมงในตอนกลางวันตั้งแต่เดือนกุมภาพันธ์",
)
ARABIC = (
    "قرر مجلس البلدة الصغيرة يوم الثلاثاء إعادة بناء الجسر القديم فوق النهر الذي كان مغلقا أمام حركة المرور منذ فيضان الشتاء الماضي.",
    "سيبدأ العمل في الخريف ويستغرق عامين، كما قال رئيس البلدية بعد الاجتماع، ويأتي المال من المحافظة ومن صندوق أنشأه المواطنون بأنفسهم.",
    "وحتى ذلك الحين تنقل عبارة الناس والدراجات كل نصف ساعة في الصباح والمساء، ومرة كل ساعة خلال النهار كما تفعل منذ شهر شباط.",
)
HEBREW = (
    "מועצת העיירה הקטנה החליטה ביום שלישי לבנות מחדש את הגשר הישן מעל הנהר, שהיה סגור לכל תנועה מאז השיטפון של החורף שעבר.",
    "העבודות יתחילו בסתיו ויימשכו שנתיים, אמר ראש העיר לאחר הישיבה; הכסף בא מהמחוז ומקרן שהתושבים הקימו בעצמם (\u200fEU\u200e 2026).",
    "עד אז מעבירה מעבורת אנשים ואופניים כל חצי שעה בבוקר ובערב, ופעם בשעה במשך היום, כפי שהיא עושה מאז חודש פברואר.",
)


@pytest.mark.parametrize(
    ("title", "paragraphs", "language", "words"),
    [
        pytest.param("橋が戻ってくる", JAPANESE, "ja", (150, 190), id="Japanese"),
        pytest.param("老桥即将归来", CHINESE, "zh", (140, 175), id="Chinese"),
        pytest.param("สะพานเก่ากำลังจะกลับมา", THAI, "th", (250, 400), id="Thai"),
        pytest.param("الجسر القديم يعود", ARABIC, "ar", (55, 75), id="Arabic"),
        pytest.param("הגשר הישן חוזר", HEBREW, "he", (55, 75), id="Hebrew with marks of direction"),
    ],
)
def test_any_script_is_text_with_its_language_and_its_words(
    title: str, paragraphs: tuple[str, ...], language: str, words: tuple[int, int]
) -> None:
    article = article_of(story(*paragraphs, title=title, head=f"<title>{title}</title>").encode())
    assert (article.outcome, article.title) == (Outcome.ARTICLE, title)
    assert article.text == "\n\n".join(paragraphs)
    assert article.language == language
    assert words[0] <= word_count(article.text) <= words[1]


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param("\u00ad", id="soft hyphen"),
        pytest.param("&shy;", id="soft hyphen by name"),
        pytest.param("&#173;", id="soft hyphen by number"),
        pytest.param("\u200b", id="zero width space"),
        pytest.param("&#8203;", id="zero width space by number"),
        pytest.param("\u2060", id="word joiner"),
        pytest.param("\ufeff", id="byte order mark inside"),
        pytest.param("<wbr>", id="wbr"),
    ],
)
def test_signs_that_only_say_where_a_line_may_break_are_not_text(sign: str) -> None:
    def broken(text: str) -> str:
        return text.replace("Brücke", f"Brü{sign}cke").replace("Hochwasser", f"Hoch{sign}wasser")

    payload = story(
        *map(broken, GERMAN),
        title=broken("Die Brücke"),
        head=f"<title>{broken('Die Brücke')}</title>".replace("<wbr>", ""),
    )
    article = article_of(payload.encode())
    assert (article.title, article.text) == ("Die Brücke", "\n\n".join(GERMAN))


def test_joiners_that_are_part_of_the_spelling_are_kept() -> None:
    persian = "می\u200cخواهند پل قدیمی را که پس از سیل زمستان گذشته بسته شده بود دوباره بسازند و کار در پاییز آغاز می\u200cشود."
    assert (
        article_of(story(persian, persian + " ", persian + "  ", title="پل").encode()).text.count(
            "می\u200cخواهند"
        )
        >= 1
    )


def test_a_soft_hyphen_in_json_ld_is_not_text_either() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Die Br\\u00fc\\u00adcke am Fluss"}</script>'
    assert article_of(story(*GERMAN, head=head).encode()).title == "Die Brücke am Fluss"


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "said",
    [
        pytest.param('{"@type":"NewsArticle","headline":', id="cut short"),
        pytest.param("undefined", id="undefined"),
        pytest.param("{'@type':'NewsArticle','headline':'Another'}", id="single quotes"),
        pytest.param('"NewsArticle"', id="a string"),
        pytest.param("[[[[]]]]", id="lists"),
        pytest.param("[" * 100_000, id="100,000 brackets"),
        pytest.param('{"a":' * 100_000, id="100,000 braces"),
        pytest.param('{"@graph":' * 500 + "1" + "}" * 500, id="graphs in graphs"),
        pytest.param('{"@type":["NewsArticle",null,7,{}],"headline":[[]],"author":[[[7]]],"datePublished":{},"image":[{"url":[]}],"keywords":[{}],"publisher":"x","url":[7]}', id="wrong types everywhere"),
        pytest.param('{"@type":"NewsArticle","author":{"@id":"#a"},"publisher":{"@id":"#a"}}', id="references to nothing"),
        pytest.param('{"@id":"#a","@type":"NewsArticle","author":{"@id":"#a"},"mainEntity":{"@id":"#a","@type":"Person"}}', id="a circle of references"),
        pytest.param('{"@type":"NewsArticle","datePublished":1e400,"wordCount":' + "9" * 5000 + "}", id="numbers beyond numbers"),
        pytest.param('{"@type":"NewsArticle","headline":"\\ud800"}', id="half a character"),
    ],
)  # fmt: skip
def test_broken_json_ld_changes_nothing(said: str) -> None:
    article = article_of(story(*PROSE, title="The bridge", head=ld(said)).encode())
    assert (article.outcome, article.title, article.text) == (Outcome.ARTICLE, "The bridge", TEXT)


def test_json_ld_of_another_article_does_not_become_this_one() -> None:
    other = " ".join(GERMAN)
    said = ld(
        f'{{"@type":"NewsArticle","url":"https://paper.example/other/","headline":"Die Brücke","articleBody":"{other}"}}'
    )
    article = article_of(
        story(
            *PROSE, title="The bridge returns", head="<title>The bridge returns</title>" + said
        ).encode()
    )
    assert (article.title, article.text) == ("The bridge returns", TEXT)


def test_date_in_the_future_is_no_date() -> None:
    said = ld('{"@type":"NewsArticle","datePublished":"2031-01-01T00:00:00Z"}')
    article = article_of(story(*PROSE, title="The bridge", head=said).encode())
    assert article.published_at is None or article.published_at.year < 2031


# Large pages: what each comes to, and that twice the page takes about twice the time. What one
# page may take at all is bounded by the worker that reads it.

MEBIBYTE = 1024 * 1024
SMALL = 128 * 1024
"""Measured at this size and four times: large enough to see a square, small enough to wait for."""


def repeated(piece: str) -> Callable[[int], str]:
    return lambda size: piece * (size // len(piece))


def numbered(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """``piece`` with its number, as often as it takes."""
    return lambda size: before + "".join(piece.format(n) for n in range(size // len(piece))) + after


def around(before: str, piece: str, after: str) -> Callable[[int], str]:
    return lambda size: before + piece * (size // len(piece)) + after


SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": numbered("<p>{} The council of the small town voted on Tuesday to rebuild the old bridge over the river.</p>"),
    "empty elements": repeated("<i></i>"),
    "nested elements": repeated("<div>"),
    "nested lists": repeated("<ul><li>item "),
    "unclosed inline": repeated("<p><b><i>x"),
    "unclosed links": repeated("<a href=/x>x"),
    "one long attribute": around('<div data-x="', "y", f'">{PARAGRAPHS}'),
    "one long class": around('<div class="', "post ", f'">{PARAGRAPHS}'),
    "line breaks": repeated("<br>"),
    "lines": repeated("word word word<br>"),
    "table": around("<table>", "<tr><td>cell</td><td>cell</td><td>cell</td></tr>", "</table>"),
    "one row": around("<table><tr>", "<td>cell</td>", "</tr></table>"),
    "list of links": numbered("<li><a href='/2026/05/story-{0}/'>item {0}</a></li>", "<ul>", "</ul>"),
    "one giant pre": around("<pre>", "A line of an old message, as it was sent.\n", "</pre>"),
    "one giant text": around("<div>", "word ", "</div>"),
    "one word": around("<p>", "w", "</p>"),
    "headings": numbered("<h1>Headline {}</h1>"),
    "times": repeated("<time datetime='2026-05-01T08:00:00Z'>1 May</time>"),
    "bylines": numbered("<a rel=author href=/a/{0}>Ann Lee{0}</a>"),
    "comments": numbered("<li class=comment id=comment-{0}><cite>Ann</cite><p>Remark {0}.</p></li>", "<ol class=commentlist>", "</ol>"),
    "live posts": numbered("<article class=post><time>14:05</time><p>What happened next on the bridge was this: {}.</p></article>", "<div class=liveblog>", "</div>"),
    "pager in pager": repeated("<div class=pagination><a href=/2/>2</a>"),
    "pictures": numbered("<img src=/a{}.jpg>", f"<article>{PARAGRAPHS}<figure>", f"</figure>{PARAGRAPHS}</article>"),
    "title of separators": around("<title>", "a | ", f"</title><h1>T</h1>{PARAGRAPHS}"),
    "nested JSON": around('<script type="application/ld+json">', "[", f"</script>{PARAGRAPHS}"),
    "JSON list": around('<script type="application/ld+json">[', "[],", f"[]]</script>{PARAGRAPHS}"),
    "JSON authors": numbered('{{"name":"Ann Lee{}"}},', '<script type="application/ld+json">{"@type":"Article","author":[', f'{{}}]}}</script>{PARAGRAPHS}'),
    "meta tags": numbered("<meta name=n{0} content=x>", "", PARAGRAPHS),
    "angle brackets": repeated("<"),
    "framesets": repeated("<frameset><frame src=/x>"),
}  # fmt: skip


def seconds(shape: str, size: int) -> float:
    """What reading a page of this shape takes of the processor."""
    made = raw_page(f"<html><head></head><body>{SHAPES[shape](size)}</body></html>".encode())
    # As a worker does: else the collector goes through all that other tests have left.
    gc.freeze()
    try:
        begun = time.process_time()
        reading = read(made, DEFAULT_RULES, LIMITS)
        spent = time.process_time() - begun
    finally:
        gc.unfreeze()
    assert reading.outcome in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE), reading.detail
    return spent


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_page_takes_about_four_times_the_time(shape: str) -> None:
    small, large = seconds(shape, SMALL), seconds(shape, 4 * SMALL)
    # Linear is 4, quadratic 16; below a twentieth of a second the clock is all one sees.
    if large >= 9 * max(small, 0.05):
        small, large = max(small, seconds(shape, SMALL)), min(large, seconds(shape, 4 * SMALL))
    assert large < 9 * max(small, 0.05), (small, large)


def test_one_element_with_very_many_attributes_is_read_without_them() -> None:
    attributes = " ".join(f'a{n}="x"' for n in range(200_000))
    begun = time.process_time()
    article = article_of(
        f"<html><body><div class=x {attributes}><h1>T</h1>{PARAGRAPHS}</div>".encode()
    )
    assert (article.outcome, article.text) == (Outcome.ARTICLE, TEXT)
    assert time.process_time() - begun < 10  # 53 s for the bare parser


def test_ten_megabytes_of_paragraphs_are_an_article() -> None:
    prose = SHAPES["paragraphs"](10 * MEBIBYTE)
    made = raw_page(f"<html><body><h1>A long story</h1>{prose}</body></html>".encode())
    article = read(made, DEFAULT_RULES, LIMITS).article
    assert article is not None
    assert (article.outcome, article.title) == (Outcome.ARTICLE, "A long story")
    assert article.text.count("\n\n") == prose.count("<p>") - 1


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"<i></i>" * (10 * MEBIBYTE // 7), id="10 MB of empty elements"),
        pytest.param(b"<br>" * 100_000, id="100,000 line breaks"),
        pytest.param(b"<div>" * 5_000, id="5,000 nested elements"),
        pytest.param(b"<div x='" + b"y" * 5 * MEBIBYTE + b"'>", id="an attribute of 5 MB"),
    ],
)
def test_large_pages_that_say_nothing_are_no_articles(payload: bytes) -> None:
    reading = read(raw_page(b"<html><body>" + payload), DEFAULT_RULES, LIMITS)
    assert reading.outcome is Outcome.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    "before",
    [
        "<div>" * 5_000,
        "<ul><li>" * 3_000,
        "<p><b><i>" * 2_000,
        "<table><tr><td>" * 1_000,
        "<html><body>" * 1_000,
    ],
)
def test_text_behind_thousands_of_open_elements_is_read_or_refused(before: str) -> None:
    reading = read(raw_page(f"<html><body>{before}{PARAGRAPHS}".encode()), DEFAULT_RULES, LIMITS)
    assert reading.article is not None, reading.detail
