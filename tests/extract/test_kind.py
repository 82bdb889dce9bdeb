"""What is an article and what only looks like one: a small page of each kind, in several languages."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract import extract
from archiver.extract.kind import Look, judge
from archiver.extract.structured import read_said
from archiver.outcomes import Outcome
from archiver.sites import DEFAULT_RULES
from tests.pages import PARAGRAPHS, document, page

SITE = "https://paper.example"
MENU = "<header><nav><ul><li><a href='/'>Home</a></li><li><a href='/news/'>News</a></li><li><a href='/sport/'>Sport</a></li></ul></nav></header>"
FOOTER = "<footer><p>© 2026 The Paper. All rights reserved.</p><a href='/imprint/'>Imprint</a> <a href='/privacy/'>Privacy</a></footer>"
OG_SITE = '<meta property="og:type" content="website">'
OG_ARTICLE = '<meta property="og:type" content="article">'


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def kind_of(url: str, body: str, head: str = "", title: str = "The Paper") -> Outcome:
    made = page(f"{MENU}{body}{FOOTER}", head=f"<title>{title}</title>{head}", url=SITE + url)
    return extract(made, DEFAULT_RULES).outcome


STORIES = (
    ("Bridge to be rebuilt", "The council voted on Tuesday to rebuild the old bridge over the river, closed since the flood of the previous winter."),
    ("Ferry runs until autumn", "Until the new bridge opens, a ferry carries people and bicycles across the river every half hour from six in the morning."),
    ("School wins a prize", "Two pupils of the school on the hill have won the national prize for young engineers with a model of the new bridge."),
    ("Market moves indoors", "The weekly market is held in the old factory until the spring, because the square is needed for the builders' cranes."),
    ("Library opens on Sundays", "From June the library is open on Sundays between ten and four; the council has found the money for two more librarians."),
    ("Mayor will stand again", "The mayor told this newspaper that she will stand again in the elections next year, and that the bridge is why she does."),
    ("Storm passes by", "The storm that had been forecast for the weekend has passed to the south of the town, and the river is falling again."),
)  # fmt: skip


def teasers(
    tag: str = "article", heading: str = "h2", *, dates: bool = True, prose: bool = True
) -> str:
    return "".join(
        f"<{tag} class='teaser'><a href='/2026/05/story-{n}/'><img src='/{n}.jpg' alt=''></a><{heading}>"
        f"<a href='/2026/05/story-{n}/'>{title}</a></{heading}>"
        + (f"<time datetime='2026-05-0{n}'>0{n}.05.2026</time>" if dates else "")
        + (f"<p>{text}</p>" if prose else "")
        + f"</{tag}>"
        for n, (title, text) in enumerate(STORIES, 1)
    )


PLAYER = "".join(
    f"<li><a href='/video/{n}/'><img src='/{n}.jpg'><span>0{n}:12</span> {title}</a></li>"
    for n, (title, _) in enumerate(STORIES, 1)
)
HITS = "".join(
    f"<li><h3><a href='/2026/05/story-{n}/'>{title}</a></h3><p>{text}</p><cite>paper.example › news</cite></li>"
    for n, (title, text) in enumerate(STORIES, 1)
)
PHOTOS = "".join(
    f"<figure><a href='/galerie/{n}/'><img src='/{n}.jpg'></a><figcaption>{title}</figcaption></figure>"
    for n, (title, _) in enumerate(STORIES, 1)
)

NO_ARTICLES = [
    pytest.param("/", f"<main>{teasers()}</main>", OG_SITE, "The Paper – news from the river", id="front page"),
    pytest.param("/de/", f"<main>{teasers(heading='h3')}</main>", "", "Startseite | Die Zeitung", id="front page of a language"),
    pytest.param("/news/", f"<h1>News</h1><main>{teasers()}</main>", OG_SITE, "News | The Paper", id="section front"),
    pytest.param("/politik/kommunales", f"<h1>Kommunales</h1><div>{teasers('div', 'h3')}</div>", "", "Kommunales – Die Zeitung", id="section front of a bare page"),
    pytest.param("/deportes", f"<main>{teasers('li', 'h2', dates=False)}</main>", OG_SITE, "Deportes | El Periódico", id="section front without dates"),
    pytest.param("/culture", f"<h1>Culture</h1>{teasers(prose=False)}", ld('{"@type":"CollectionPage","name":"Culture"}'), "Culture", id="section front that says so"),
    pytest.param("/search?q=bridge", f"<form><input name='q' value='bridge'></form><ol>{HITS}</ol>", "", "bridge - Search", id="search"),
    pytest.param("/recherche/resultats?mots=pont&tri=date", f"<form><input name='mots' value='pont'></form><h1>7 résultats</h1><ol>{HITS}</ol>", "", "Résultats pour pont", id="search under other names"),
    pytest.param("/suche/?term=br%C3%BCcke&sort=date", f"<form><input type='search' name='term' value='brücke'></form><ul>{HITS}</ul>", '<meta name="robots" content="noindex,follow">', "Suche nach brücke", id="search with a letter beyond ASCII"),
    pytest.param("/?s=most", f"<h1>Wyniki wyszukiwania: most</h1>{teasers()}", "", "most | Gazeta", id="search of WordPress"),
    pytest.param("/tag/bridge/", f"<h1>Bridge</h1>{teasers()}", "", "Bridge Archives", id="tag"),
    pytest.param("/temas/puente-viejo/", f"<h1>Puente viejo</h1><p>Todas las noticias sobre el puente viejo.</p>{teasers()}", OG_SITE, "Puente viejo: noticias", id="topic with an introduction"),
    pytest.param("/2026/05/", f"<h1>Maggio 2026</h1>{teasers()}", "", "Maggio 2026", id="month"),
    pytest.param("/news/page/3/", f"<h1>News</h1>{teasers()}<div class='pagination'><a href='/news/page/4/'>4</a></div>", "", "News – page 3", id="later page of a section"),
    pytest.param("/video/", f"<h1>Videos</h1><ul>{PLAYER * 3}</ul>", OG_SITE, "Videos | The Paper", id="video list"),
    pytest.param("/galerie/", f"<h1>Bildergalerien</h1><div>{PHOTOS * 2}</div>", ld('{"@type":"ImageGallery","name":"Galerien"}'), "Bildergalerien", id="gallery index"),
    pytest.param("/login?return=%2F2026%2F05%2Fa-story%2F", "<main><h1>Log in</h1><p>Please log in to your account to go on reading, or register for free in less than a minute. You need no card, and you may leave at any time.</p><form><input name='mail'><input type='password' name='p'><button>Log in</button></form></main>", "", "Log in | The Paper", id="login"),
    pytest.param("/konto/anmelden", "<main><h1>Anmelden</h1><p>Melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem Kennwort an, um alle Artikel zu lesen, Kommentare zu schreiben und Ihren Newsletter zu verwalten. Noch kein Konto? Hier können Sie sich kostenlos registrieren; es dauert keine Minute, und Sie können jederzeit kündigen, ohne dass Kosten entstehen.</p><form><input type='email'><input type='password'></form></main>", "", "Anmelden – Die Zeitung", id="login in German"),
    pytest.param("/2026/05/a-lost-story/", "<main><h1>Page not found</h1><p>We are sorry, the page you were looking for does not exist or has been moved. Try the search, or begin again at the front page.</p></main>", OG_SITE, "404 – Page not found | The Paper", id="soft 404"),
    pytest.param("/2026/05/perdu/", f"<main><h1>Page introuvable</h1><p>La page que vous cherchez n'existe pas ou a été déplacée. Vous pouvez utiliser la recherche, revenir à la page d'accueil, ou lire l'un des articles ci-dessous, que nos lecteurs ont le plus consultés au cours des dernières heures.</p><aside>{teasers()}</aside></main>", "", "Page introuvable", id="soft 404 with teasers"),
    pytest.param("/noticia-perdida-12345.html", "<main><h1>Página no encontrada</h1><p>Lo sentimos, la página que busca no existe o ha cambiado de dirección. Puede volver a la portada o usar el buscador para encontrar lo que necesita; si cree que se trata de un error, escríbanos y lo arreglaremos lo antes posible.</p><time>1 de junio de 2026</time></main>", "", "Error 404 | El Periódico", id="soft 404 with the day's date"),
    pytest.param("/artikel/weg", "<main><p>Die gewünschte Seite wurde leider nicht gefunden.</p></main>", "", "Seite nicht gefunden", id="soft 404 of one line"),
    pytest.param("/2026/05/a-story/", "<div id='consent' class='consent-wall'><h1>We value your privacy</h1><p>We and our 842 partners store and access information on a device, such as cookies, and process personal data such as identifiers, to show personalised ads and content, to measure them, and to learn about our readers. With your consent we may use precise location data. You may accept, refuse or choose in detail below, and change your mind at any time.</p><button>Accept all</button><button>Settings</button></div>", "", "The Paper", id="consent"),
    pytest.param("/politik/artikel-1234567.html", "<main class='cookie-consent'><h1>Weiterlesen mit Werbung oder im Abo</h1><p>Besuchen Sie unsere Seiten wie gewohnt mit Werbung und Tracking, oder lesen Sie im Abo ohne Tracking. Einzelheiten zu Cookies und Zwecken finden Sie in der Datenschutzerklärung; Ihre Zustimmung können Sie jederzeit mit Wirkung für die Zukunft widerrufen. Wir verarbeiten dazu Daten gemeinsam mit unseren Partnern.</p><button>Akzeptieren</button></main>", "", "Die Zeitung", id="consent in German"),
    pytest.param("/2026/05/a-story/", "<main><h1>Are you a robot?</h1><p>Please confirm that you are a human by completing the challenge below. Your browser must allow scripts and cookies. If you believe that this is a mistake, write to us and tell us the number 7f3a9c that stands below, together with your address.</p><div class='g-captcha' data-key='x'></div></main>", "", "Just a moment...", id="robot check"),
    pytest.param("/2026/05/a-story/", "<p>Checking your browser before you can read on.</p><form id='challenge-form' action='/cdn/x'></form>", "", "Attention required", id="challenge"),
    pytest.param("/author/ann-lee/", f"<h1>Ann Lee</h1><p>Ann Lee covers bridges for this newspaper.</p>{teasers()}", '<meta property="og:type" content="profile">', "Ann Lee, author at The Paper", id="author"),
    pytest.param("/autoren/ann-lee-123", "<h1>Ann Lee</h1><p>Ann Lee schreibt seit 2009 über Brücken, Fähren und den Fluss. Sie hat in Hamburg und Porto Bauwesen studiert, ehe sie zur Zeitung kam, und lebt mit zwei Katzen auf einem Hausboot, das sie selbst gebaut hat. Für ihre Reportagen über das Hochwasser wurde sie ausgezeichnet.</p>", ld('{"@type":"ProfilePage","mainEntity":{"@type":"Person","name":"Ann Lee"}}'), "Ann Lee", id="author without a list"),
    pytest.param("/shop/river-mug", "<h1>River mug</h1><p>A mug of fired clay with the old bridge on it, made by hand in our town. It holds a quarter of a litre and may be washed in the machine. Ten per cent of its price goes to the fund for the new bridge, which the citizens have set up themselves.</p><form class='cart'><button class='add-to-cart'>Add to cart</button></form>", '<meta property="og:type" content="product">', "River mug | Shop", id="product"),
    pytest.param("/laden/becher", f"<h1>Becher</h1>{PARAGRAPHS}<p>14,90 €</p>", ld('{"@type":"Product","name":"Becher","offers":{"@type":"Offer","price":"14.90"}}'), "Becher", id="product with a long description"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "body", "head", "title"), NO_ARTICLES)
def test_a_page_that_lists_asks_or_sells_is_no_article(
    url: str, body: str, head: str, title: str
) -> None:
    assert kind_of(url, body, head, title) is Outcome.NOT_AN_ARTICLE


SHORT = "<p>The old bridge was closed again on Monday night after a lorry had hit its railing. Nobody was hurt, the police said.</p>"
LIVE = "".join(
    f"<div class='entry'><time>1{n}:05</time><h3>{title}</h3><p>{text}</p></div>"
    for n, (title, text) in enumerate(STORIES)
)
DIALOGUE = "".join(f"<p><strong>{title}?</strong></p><p>{text}</p>" for title, text in STORIES[:4])
RECIPE = "<ul><li>500 g flour</li><li>300 ml milk</li><li>2 eggs</li></ul><ol><li>Mix the flour with the milk and leave it to rest for an hour in a cold place.</li><li>Beat the eggs, fold them in and bake the cakes in a hot pan until both sides are brown.</li></ol>"
JAPANESE = "町議会は火曜日、昨冬の洪水以来すべての交通が止まっていた川の古い橋を再建することを決めた。工事は秋に始まり、二年かかる見込みである。町長は費用は県と基金から出ると述べた。"

ARTICLES = [
    pytest.param("/2026/05/bridge-closed/", f"<article><h1>Bridge closed again</h1><p class='byline'>By Ann Lee</p><time datetime='2026-05-04T22:10:00Z'>May 4</time>{SHORT}</article>", "", "Bridge closed again | The Paper", id="news of two sentences"),
    pytest.param("/lokales/bruecke-gesperrt-1234567.html", f"<article><h1>Brücke gesperrt</h1>{SHORT}</article>", OG_ARTICLE, "Brücke gesperrt", id="news of two sentences that says so"),
    pytest.param("/a/1234567", f"<h1>Bridge closed again</h1><time datetime='2026-05-04'>4 May 2026</time>{SHORT}", "", "Bridge closed again", id="news of two sentences on a bare page"),
    pytest.param("/2026/05/opening/", f"<h1>The bridge opens: live</h1><div class='live-blog'>{LIVE}</div>", ld('{"@type":"LiveBlogPosting","headline":"The bridge opens: live"}'), "The bridge opens: live", id="live blog"),
    pytest.param("/2026/05/opening-live/", f"<article><h1>The bridge opens: live</h1><time datetime='2026-05-01T20:00:00Z'>1 May</time><div class='live-blog'>{LIVE}</div></article>", "", "The bridge opens", id="live blog that says nothing"),
    pytest.param("/opinion/a-bridge-too-few", f"<article><h1>A bridge too few</h1><p>Opinion</p>{PARAGRAPHS}</article>", ld('{"@type":"OpinionNewsArticle","headline":"A bridge too few"}'), "A bridge too few", id="opinion"),
    pytest.param("/podcast/episode-12", f"<h1>Episode 12: the bridge</h1><audio src='/12.mp3'></audio>{PARAGRAPHS}", ld('{"@type":"PodcastEpisode","name":"Episode 12"}'), "Episode 12: the bridge", id="podcast with text"),
    pytest.param("/video/2026/05/01/the-bridge-opens-1234567", f"<h1>The bridge opens</h1><video src='/1.mp4'></video><time datetime='2026-05-01'>1 May 2026</time>{PARAGRAPHS}<h2>More videos</h2><ul>{PLAYER}</ul>", '<meta property="og:type" content="video.other">', "The bridge opens", id="video with text"),
    pytest.param("/interview/the-mayor-on-the-bridge", f"<article><h1>“I shall stand again”</h1>{DIALOGUE}</article>", "", "“I shall stand again”", id="interview"),
    pytest.param("/food/bridge-cakes", f"<article><h1>Bridge cakes</h1><p>Cakes that builders like, from the kitchen beside the river, for an afternoon when it rains.</p>{RECIPE}</article>", ld('{"@type":"Recipe","name":"Bridge cakes"}'), "Bridge cakes", id="recipe"),
    pytest.param("/2026/05/a-story/", f"<article><h1>The bridge returns</h1>{PARAGRAPHS}</article><aside><h2>More news</h2>{teasers(heading='h3')}</aside>", "", "The bridge returns", id="article with as many teasers"),
    pytest.param("/2026/05/a-story/", f"<article><h1>The bridge returns</h1>{PARAGRAPHS}</article><section>{teasers() * 3}</section>", OG_ARTICLE, "The bridge returns", id="article above a whole section"),
    pytest.param("/2026/05/a-story/", f"<div><div><h1>Most wraca</h1><div class='txt'>{PARAGRAPHS}</div></div></div>", "", "Most wraca | Gazeta", id="article of bare boxes"),
    pytest.param("/2026/05/404-not-found-a-history/", f"<article><h1>404: a history of not found</h1><time datetime='2026-05-01'>May 1</time>{PARAGRAPHS}</article>", "", "404: a history of not found", id="article about errors"),
    pytest.param("/2026/05/captcha/", f"<article><h1>Are you a robot? Why captchas fail</h1>{PARAGRAPHS}</article><div class='comment-captcha'></div>", "", "Are you a robot?", id="article about robot checks"),
    pytest.param("/2026/05/a-story/", f"<article><h1>The bridge returns</h1>{PARAGRAPHS}</article><div class='modal'><form><input type='password'></form></div><div class='cookie-consent'><p>We use cookies.</p></div>", "", "The bridge returns", id="article with a login box and a cookie note"),
    pytest.param("/2026/05/a-story/", f"<article><h1>The bridge returns</h1>{SHORT}<div class='paywall'><p>Log in to go on reading.</p><form><input type='password'></form></div></article>", OG_ARTICLE, "The bridge returns", id="article behind a wall"),
    pytest.param("/reviews/river-mug", f"<article><h1>The river mug, tested</h1>{PARAGRAPHS}</article>", ld('[{"@type":"Review","name":"The river mug, tested"},{"@type":"Product","name":"River mug"}]'), "The river mug, tested", id="test of a product"),
    pytest.param("/2026/05/a-story/?q=bridge", f"<form><input name='q' value='bridge'></form><article><h1>The bridge returns</h1>{PARAGRAPHS}</article>", OG_ARTICLE, "The bridge returns", id="article found by a search"),
    pytest.param("/2026/05/a-story/page/2/", f"<article><h1>The bridge returns</h1>{PARAGRAPHS}</article>", OG_ARTICLE, "The bridge returns", id="second page of an article"),
    pytest.param("/articles/hashi", f"<article><h1>古い橋の再建が決まる</h1><p>{JAPANESE}</p></article>", "", "古い橋の再建が決まる", id="short article in Japanese"),
    pytest.param("/video/1747657/the-bridge-opens", f"<h1>The bridge opens</h1>{SHORT}{SHORT}", '<meta property="og:type" content="video">', "The bridge opens", id="video with two sentences"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "body", "head", "title"), ARTICLES)
def test_a_page_that_tells_something_is_an_article(
    url: str, body: str, head: str, title: str
) -> None:
    assert kind_of(url, body, head, title) is Outcome.ARTICLE


def test_the_rules_of_a_site_go_before_any_other_sign() -> None:
    made = document(f"<main>{teasers()}</main>", url=f"{SITE}/tag/bridge/")
    look = Look(
        text_chars=100,
        link_chars=90,
        has_title=False,
        has_date=False,
        has_author=False,
        is_by_rule=True,
    )
    assert judge(made, read_said(made), look) is Outcome.ARTICLE


@pytest.mark.parametrize("is_by_rule", [True, False])
def test_a_page_without_text_is_no_article(is_by_rule: bool) -> None:
    made = document("<h1>The bridge</h1>", head=OG_ARTICLE)
    look = Look(
        text_chars=0,
        link_chars=0,
        has_title=True,
        has_date=True,
        has_author=True,
        is_by_rule=is_by_rule,
    )
    assert judge(made, read_said(made), look) is Outcome.NOT_AN_ARTICLE
