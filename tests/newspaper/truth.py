"""What a crawl of the newspaper must find, must leave alone, and what becomes of every address.

Written by hand from the pages; ``test_newspaper`` keeps the two in step. Addresses are paths, to
be put behind the base URL. Texts are compared after folding white space.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archiver.model import Precision
from archiver.outcomes import Outcome
from tests.newspaper import threads
from tests.newspaper.threads import ExpectedComment


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """One article, or one page of one."""

    path: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime
    """For a precision of a day its date alone counts: the page says neither time nor zone."""
    first_words: str
    """How the text begins."""
    last_words: str
    """How the text ends."""
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    """Furniture, comments and other articles' words that stand on the page."""
    precision: Precision = Precision.SECOND
    language: str = "en"
    """The primary subtag."""
    comments: tuple[ExpectedComment, ...] = ()
    """In the order of the page; none where the page shows no comment list."""
    comments_declared: int | None = None
    """Number in the heading of the list; the pingback counts there."""
    page_number: int = 1
    continues: str | None = None
    """Of page 2: the path of page 1."""


def _at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


MAGAZINE_FURNITURE = (
    "Select Page",
    "Posted by",
    "About The Author",
    "Sign up for the Courier letter",
    "Subscribe now",
    "Related Posts",
    "Recent Comments",
    "Your email address will not be published",
    "A last boat at nine would let",
    "We had a bean row behind",
    "An invented newspaper",
)

BLOCK_FURNITURE = (
    "Skip to content",
    "Leave a Reply",
    "Your email address will not be published",
    "An invented newspaper",
)

ARTICLES = (
    ExpectedArticle(
        path="/2024/03/harbour-cranes-return/",
        title="Harbour cranes return to the east quay after nine years",
        authors=("Ines Tallow",),
        published_at=_at(3, 3),
        precision=Precision.DAY,
        first_words="Two travelling cranes rolled back onto the east quay on Saturday morning",
        last_words="gave the weight a crane can lift as sixteen tonnes. It is six.",
        must_contain=(
            "What the quay will carry",
            "roofing slate, for the almshouses",
            "A quay without a crane is a pavement with a view.",
            "in the same week that it paid for the bridge survey. The loan is to be repaid",
            "Editor's note: an earlier version",
        ),
        must_not_contain=(
            *MAGAZINE_FURNITURE,
            "Harbour cranes return to the east quay",
            "missed the last ferry home",
            "My father drove the southern crane",
            "Dockside Notes",
            "16 Comments",
        ),
        comments=threads.CRANES,
        comments_declared=16,
    ),
    ExpectedArticle(
        path="/2024/02/library-opens-at-night/",
        title="Library keeps its doors open at night",
        authors=("Rafe Quillon",),
        published_at=_at(2, 18, 9, 5),
        first_words="The town library will stay open until two in the morning",
        last_words="on that night there was a storm and the street was under water.",
        must_contain=("Soup and silence", "the second volume, which does not exist"),
        must_not_contain=(
            *MAGAZINE_FURNITURE,
            "Library keeps its doors open",
            "a dog called Comma",
            "I was the ninth lamp",
        ),
        comments=threads.LIBRARY,
        comments_declared=3,
    ),
    ExpectedArticle(
        path="/news/river-ferry-timetable/",
        title="River ferry gets a winter timetable",
        authors=("Ines Tallow",),
        published_at=_at(3, 5, 16, 30),
        first_words="From Monday the ferry over the Mere will run every half hour from six",
        last_words="or three people and a dog, as it has since the landing was built.",
        must_contain=("Tickets stay as they are", "seven passengers in ten crossed after four"),
        must_not_contain=(*BLOCK_FURNITURE, "He told me the same.", "As a dog I approve"),
        comments=threads.FERRY,
        comments_declared=5,
    ),
    ExpectedArticle(
        path="/news/school-kitchen-garden/",
        title="School plants a kitchen garden",
        authors=("Marta Osei-Lind", "Jonas Verrick"),
        published_at=_at(2, 26, 11, 10),
        first_words="Pupils of the Sluice Street school have dug up eleven parking spaces",
        last_words="and said that she would think of something.",
        must_contain=("Nine letters to the governors later",),
        must_not_contain=(*BLOCK_FURNITURE, "It did not.", "A quince wants eight years"),
        comments=threads.GARDEN,
        comments_declared=3,
    ),
    ExpectedArticle(
        path="/news/bridge-survey/",
        title="Divers finish survey of the old bridge",
        authors=("Jonas Verrick",),
        published_at=_at(3, 1, 6, 45),
        first_words="Four days under water have shown that the piers of the old bridge",
        last_words="the footway on the upstream side will be closed for about three weeks.",
        must_contain=("Their drawings fit the builder's plan of 1788",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/news/night-bus-returns/",
        title="Night bus returns with a warmer driver’s cab",
        authors=("Ines Tallow",),
        published_at=_at(2, 9, 17),
        first_words="Line 9 runs again after midnight from this weekend",
        last_words="that the seats in the rear are still made of wood.",
        must_contain=("a heater from a fishing boat",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/news/clock-tower-repaired/",
        title="Clock tower tells the right time on all four sides",
        authors=("Jonas Verrick",),
        published_at=_at(1, 30, 10, 11),
        first_words="For the first time since the flood, the four faces of the clock tower agree",
        last_words="Their ropes went to the harbour for the regatta and have not come back.",
        must_contain=("had worn a groove in the arbor ever since",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/culture/choir-finds-a-hall/",
        title="Choir finds a hall in the empty ice factory",
        authors=("Marta Osei-Lind",),
        published_at=_at(2, 21, 15, 20),
        first_words="The harbour choir has found a hall at last.",
        last_words="for the hall keeps to its old trade in the matter of warmth.",
        must_contain=("Two of the tenors are plumbers",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/culture/printers-proof/",
        title="A printer’s proof turns up behind the stove",
        authors=("Odile Charrant",),
        published_at=_at(1, 15, 7, 30),
        first_words="When the stove in the composing room was moved last week",
        last_words="on the condition that nobody corrects it.",
        must_contain=("has eleven mistakes marked on it in red chalk",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/culture/market-square-band/",
        title="Market square band swaps its trumpets for accordions",
        authors=("Odile Charrant",),
        published_at=_at(1, 22, 5, 50),
        first_words="The market square band has put away its trumpets until further notice",
        last_words="have been told the date and intend to be on holiday.",
        must_contain=("The accordions won by a wide margin and one goose.",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/culture/the-long-walk/",
        title="The long walk round the Mere",
        authors=("Marta Osei-Lind",),
        published_at=_at(1, 6, 9),
        first_words="It is thirty-one miles round the Mere if you keep to the water's edge",
        last_words="I read of every boat that had passed since the spring of 1902.",
        must_contain=("like a guide who suspects that he will not be paid",),
        must_not_contain=BLOCK_FURNITURE,
    ),
    ExpectedArticle(
        path="/culture/the-long-walk/2/",
        title="The long walk round the Mere",
        authors=("Marta Osei-Lind",),
        published_at=_at(1, 6, 9),
        first_words="The second day began with a frost that had drawn ferns",
        last_words="must have had a different pair of feet, and the pencil is on my desk.",
        must_contain=("between a barge of coal and a swan",),
        must_not_contain=BLOCK_FURNITURE,
        page_number=2,
        continues="/culture/the-long-walk/",
    ),
    ExpectedArticle(
        path="/fr/le-marche-couvert/",
        title="Le marché couvert rouvre ses portes",
        authors=("Odile Charrant",),
        published_at=_at(2, 14, 6),
        language="fr",
        first_words="Après deux étés de travaux, le marché couvert a rouvert mercredi",
        last_words="les habitués y tiennent, et les touristes la photographient.",
        must_contain=("Dès six heures, la file s'étirait jusqu'à la fontaine",),
        must_not_contain=("Accueil", "est un journal inventé"),
    ),
    ExpectedArticle(
        path="/ar/hadiqat-al-mina/",
        title="حديقة صغيرة على رصيف الميناء",
        authors=("سلمى الورداني",),
        published_at=_at(2, 2, 9),
        language="ar",
        first_words="زرع صيادو الميناء القديم حديقة صغيرة على الرصيف الشرقي",
        last_words="إنهم لم يعرفوا الهدوء على هذا الرصيف من قبل.",
        must_contain=("ومقعد خشبي يتسع لأربعة أشخاص",),
        must_not_contain=("صحيفة مخترعة",),
    ),
)

OUTCOMES: Mapping[str, Outcome] = {
    **{article.path: Outcome.ARTICLE for article in ARTICLES},
    "/": Outcome.NOT_AN_ARTICLE,
    "/news/": Outcome.NOT_AN_ARTICLE,
    "/news/page/2/": Outcome.NOT_AN_ARTICLE,
    "/culture/": Outcome.NOT_AN_ARTICLE,
    "/culture/page/2/": Outcome.NOT_AN_ARTICLE,
    "/author/ines-tallow/": Outcome.NOT_AN_ARTICLE,
    "/author/rafe-quillon/": Outcome.NOT_AN_ARTICLE,
    "/about/": Outcome.NOT_AN_ARTICLE,
    "/robots.txt": Outcome.ROBOTS,
    "/feed/": Outcome.FEED,
    "/atom.xml": Outcome.FEED,
    "/sitemap_index.xml": Outcome.SITEMAP,
    "/sitemap-posts.xml.gz": Outcome.SITEMAP,
    "/sitemap-pages.xml": Outcome.SITEMAP,
    "/news-sitemap.xml": Outcome.SITEMAP,
    "/old/market-band/": Outcome.REDIRECT,
    "/go/first/": Outcome.REDIRECT,
    "/go/second/": Outcome.REDIRECT,
    "/go/third/": Outcome.REDIRECT,
    "/gone/": Outcome.NOT_FOUND,
    "/broken/": Outcome.SERVER_ERROR,
    "/private/ledger/": Outcome.ROBOTS_DENIED,
}
"""What becomes of every address that links, feeds and sitemaps lead to from the front page and
robots.txt. Traps are left out, and so are pictures, the style sheet and the short links (``/?p=``)
in the heads of pages: whether a crawl asks for those is its own affair."""

NEVER_ASKED = (
    "/private/",
    "replytocom=",
    "PHPSESSID=",
    "/calendar/",
    "/wp-comments-post.php",
    "/letter/",
)
"""No request target may contain any of these: robots.txt forbids the first, the next three are
traps (the calendar has no end), the last two are the targets of forms."""
