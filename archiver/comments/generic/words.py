"""What comment areas, their parts and their look-alikes are called, in class names, in headings and
on buttons, in the languages of the press.

Knows words only. Class names are in lower case, texts folded (``months.fold``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from archiver.months import fold

STEMS: Final = (
    "comment", "komment", "koment", "coment", "leserbrief", "leserpost", "lesermeinung", "reactie",
    "talkback", "yorum", "hozzaszol", "discuss", "diskuss", "replies", "respostas", "respuestas",
    "responses", "guestbook", "gaestebuch",
)  # fmt: skip
"""What the names of a comment area and of its comments hold. Each is looked for in all names of a
page at once."""

_STEM = re.compile("|".join(STEMS))
_NO_PLACE = re.compile(
    r"count|number|numb?(?:$|[-_])|(?:^|[-_])nb|total|link|icon|btn|button|toggle|"
    r"(?:^|[-_])(?:open|closed?|status|off|disabled|enabled|allow(?:ed)?|no|has|with|without|"
    r"hide|is)"
    r"(?:$|[-_])|nocomment|field|input|label|submit|feed|rss|polic|rules?$|cookie|bubble|"
    r"anchor|jump|"
    r"login|tooltip|badge|svg|^fa-|^fas?$|glyph|commentar(?:y|ies)|commentat|comentarist|"
    r"kommentator|kommentarfunktion|comment-?is-?free|teaser|social|share|^(?:category|tag|type|"
    r"format|section|ressort|topic|kategorie|page|template|layout|node-type)[-_]"
)
"""A name that speaks of comments but not of the place where they stand: counts, links, icons, what
an article's class says of its comments (``comment-status-open``), commentary."""
_FORM = re.compile(r"form(?!at)|respond|textarea|editor|write|compose|formular")
WIDGET: Final = re.compile(
    r"(?:recent|latest|newest|neueste|aktuelle|derniers?|ultim[oi]s?|siste|senaste|seneste|recente|"
    r"laatste|ostatnie)[-_]{0,2}(?:comment|komment|coment|reactie|koment|repl|discuss|talkback)|"
    r"(?:last|letzte)[-_]{0,2}(?:comments|kommentare)|"
    r"(?:comment|komment|coment|koment|reactie)\w{0,4}[-_]{0,2}"
    r"(?:recent|latest|newest|neueste|letzte|derniers|ultim)|most-?commented|widget_comments"
)
"""The site's newest comments, by the name of an element around them."""
_AREA = re.compile(
    r"(?:comments|comentarios|comentaris|commentaires|commenti|kommentare|leserbriefe|reacties|"
    r"reaktionen|kommentarer|kommentit|komentarze|komentare|komentari|yorumlar|responses|replies|"
    r"discussions?|diskussion|talkbacks?|hozzaszolasok|guestbook|gaestebuch)$|"
    r"(?:comment|komment|coment|koment|kommentar|commentaire|comentario|reactie|leserbrief|yorum|"
    r"leserpost|lesermeinung|talkback|discussion)(?:e|er|en|s|i|y)?[-_]{0,2}"
    r"(?:list|lst|area|section|bereich|stream|module|widget|content-?area|entries|items|thread|"
    r"threads|feed|region|zone|app|root|listing|liste|block-?list)$|"
    r"(?:comments|kommentare|commentaires|comentarios|commenti|reacties|leserbriefe)[-_]{1,2}"
    r"(?:wrap|wrapper|container|holder|box|block|panel|inner|main|content|view|group|outer|body|"
    r"all|page|tab|pane)$"
)
"""Names of what holds the comments, all of them: in the plural, or a list of the singular. Numbers
at their ends are cut off before."""
_NUMBER = re.compile(r"[-_]*\d+$")
_META_PART = re.compile(
    r"[-_](?:author|user|avatar|name|date|time|meta|metadata|head|header|foot|footer|actions?|vote|"
    r"votes|likes?|info|title|tools?|toolbar|intro|author-?info)$"
)

AUTHOR: Final = re.compile(
    r"author|autor|auteur|user(?!-?(?:pic|img|image|avatar|agent|content|text|comment))|nick|"
    r"(?:^|[-_])(?:name|fn|by|poster|writer|member|commenter|owner|screenname|handle|pseudo|"
    r"verfasser|benutzer|forfatter|skribent|naam|nome|nombre|nom|who|person|creator|profile-?name|"
    r"display-?name|vcard)(?:$|[-_])|(?:user|screen|display|nick|full|first|author|"
    r"commenter)_?name|"
    r"commenter|kommentator|pseudo"
)
NO_AUTHOR: Final = re.compile(
    r"avatar|gravatar|image|img|picture|photo|date|time|badge|rank|title|level|posts|info-?box|"
    r"count|status|text|content|body|signature|location|stats|icon|menu|action|reply|link-?list"
)
DATE: Final = re.compile(
    r"date|time(?!line)|datum|zeit|fecha|data(?:$|[-_])|when|posted|published|ago(?:$|[-_])|"
    r"stamp|created"
)
TEXT: Final = re.compile(
    r"(?:^|[-_]|comment|kommentar|post|message|reply)(?:text|body|content|copy|message|msg|entry|"
    r"inhalt|texto|texte|testo|contenu|contenido|bodytext|description|inner-?text|markdown|cooked|"
    r"richtext|usertext)(?:$|\d|[-_]"
    r"(?!right|left|cent|muted|small|align|end|start|bold|gray|white|dark|light|success|primary|"
    r"second|info|danger|warn|upper|nowrap|trunc|base|black|[0-9]?(?:xs|sm|md|lg|xl)))"
)
ASIDE: Final = re.compile(
    r"(?:^|[-_])(?:reply|replies|meta|metadata|author|avatar|gravatar|vcard|date|time|timestamp|"
    r"says|edit|awaiting|moderation|rating|karma|respond|permalink|actions?|votes?|voting|likes?|"
    r"share|sharing|toolbar|buttons?|btn|tools|controls?|badge|answer(?:s|link)?|report|flag|"
    r"melden|"
    r"userinfo|username|byline|signature|toggle|dropdown|menu|quote-?link|ad|ads|advert|antworten|"
    r"score|points?|count|social|number|nr|footer|reactions?)(?:$|[-_])"
)

_ACTION: Final = frozenset(
    [
        "reply",
        "reply to this",
        "reply to comment",
        "reply to this comment",
        "report",
        "report abuse",
        "report comment",
        "flag",
        "quote",
        "like",
        "upvote",
        "downvote",
        "permalink",
        "permanent link",
        "respond",
        "share",
        "translate",
        "antworten",
        "antwort",
        "auf diesen kommentar antworten",
        "melden",
        "zitieren",
        "kommentieren",
        "beantworten",
        "kommentar melden",
        "missbrauch melden",
        "gefallt mir",
        "empfehlen",
        "antwort schreiben",
        "auf kommentar antworten",
        "link",
        "repondre",
        "signaler",
        "signaler un abus",
        "citer",
        "alerter",
        "j aime",
        "recommander",
        "responder",
        "denunciar",
        "citar",
        "me gusta",
        "reportar",
        "contestar",
        "compartir",
        "rispondi",
        "segnala",
        "cita",
        "mi piace",
        "reageer",
        "reageren",
        "beantwoorden",
        "rapporteren",
        "meld",
        "svara",
        "anmal",
        "gilla",
        "svar",
        "anmeld",
        "rapporter",
        "lik",
        "vastaa",
        "ilmoita",
        "odpowiedz",
        "zglos",
        "cytuj",
        "odpovedet",
        "nahlasit",
        "reagovat",
        "odpovedat",
        "valasz",
        "jelentem",
        "raspunde",
        "raporteaza",
        "yanitla",
        "cevapla",
        "sikayet et",
        "begen",
        "ответить",
        "пожаловаться",
        "цитировать",
        "відповісти",
        "отговор",
        "απαντηση",
        "返信",
        "回复",
        "回覆",
        "举报",
        "답글",
        "신고",
        "balas",
        "tra loi",
        "thich",
        "הגב",
        "רد",
        "رد",
        "odgovori",
        "prijavi",
        "respon",
        "respondre",
    ]
)
_REPLY = re.compile(
    r"\W*(?:repl|respon|quote|zitier|antwort|auf diesen|auf kommentar|beantwort|repond|citer|citar|"
    r"contest|rispond|cita|reage|svar|vastaa|odpow|odpov|valasz|raspun|yanit|cevap|ответ|відпов|"
    r"цитир|отгов|απαν|返信|回复|回覆|답글|balas|tra loi|הגב|رد|odgov|reag)"
)
_ACTION_START = re.compile(
    r"(?:repl(?:y|ies) to|antwort(?:en)? (?:auf|an)|auf \S{1,30} antworten|repondre a|responder a|"
    r"rispondi a|svar pa|reageer op|odpowiedz|ответить|report (?:this )?comment|report this)\b"
)
HEADING: Final = re.compile(
    r"^\W*(?:(?:alle|all|the|show|view|read|leser|user|reader|unsere|les|los|i|your|tous les)\s+)?"
    r"(?:(?P<before>\d[\d.,\s]{0,7}|one|no|keine?|ein|eine|un|une|aucun|ningun)\s+)?"
    r"(?:responses?|replies|thoughts?|comments?|user comments?|reader comments?|kommentare?|"
    r"leserkommentare?|leserbriefe?|lesermeinungen|leserpost|antworten|reaktionen|meinungen|"
    r"diskussion|"
    r"discussion|join the (?:discussion|conversation)|conversation|commentaires?|reactions?|"
    r"reponses?|"
    r"vos (?:reactions|commentaires)|comentarios?|respuestas?|opiniones|respostas?|commenti|"
    r"commento|"
    r"risposte|reacties?|reageer|kommentarer|kommentit|kommentti|svar|komentarze|komentarz|"
    r"komentare|"
    r"komentari|komentar|opinie|komentarzy|yorumlar|yorum|hozzaszolasok|hozzaszolas|комментарии|"
    r"комментариев|комментария|комментарий|коментари|коментарі|σχολια|コメント|评论|留言|評論|回應|댓글|"
    r"comentaris|comentariu|comentarii|talkbacks?|التعليقات|תגובות|ความคิดเห็น|binh luan)"
    r"(?:\s*(?:\W{0,4}(?P<after>\d[\d.,]{0,7})|"
    r"(?:on|to|zu|sur|a|en|auf|von|sobre|su|op|zum|zur|der|fur|about|to this|on this)\b.{0,160}|"
    r"(?:der )?leser(?:innen)?|section|below|lesen|anzeigen|\(.{0,20}))?\W*$"
)
"""A heading over comments, folded: "3 Kommentare", "Comments (12)", "2 replies to …"."""
FORM_HEADING: Final = re.compile(
    r"^\W*(?:(?:leave|post|add|write|submit|make|join|have|schreib\w*|hinterlass\w*|"
    r"verfass\w*|laiss\w*|"
    r"ajout\w*|poster|ecri\w*|dej\w*|escrib\w*|anad\w*|public\w*|lascia\w*|scriv\w*|inserisci|"
    r"plaats|"
    r"geef|skriv|dodaj|napisz|pridat|ваш|оставить|добавить|написать)\b.{0,30}"
    r"(?:comment|reply|response|discussion|say|kommentar|comentario|commento|reactie|komentar|"
    r"коммент|"
    r"отзыв|reaction)|"
    r"(?:dein|ihr|your|einen?|neuer|new|ihre)\s+(?:kommentar|comment|meinung|reply)|"
    r"comments? form|kommentar (?:schreiben|hinterlassen|verfassen|abgeben)|"
    r"antwort(?:en)? (?:abbrechen|"
    r"hinterlassen|schreiben)|schreibe? eine antwort|deixe|commenter|reageren|reageer|"
    r"コメントを残す|コメントする|发表评论|發表評論|댓글 남기기)"
)
"""A heading over the form to write a comment with, folded."""
NEWEST: Final = re.compile(
    r"^\W*(?:recent|latest|newest|neueste|letzte|aktuelle|derniers|dernieres|ultim[oiae]s?|senaste|"
    r"siste|seneste|laatste|ostatnie|nejnovejsi|top|popular|most|last|meist|en son|son|последние|"
    r"neu im|was andere|best)\b.{0,24}(?:comment|komment|coment|reactie|reaktion|koment|yorum|"
    r"коммент|discuss|diskuss|repl|talkback|opinion)"
)
REVIEW: Final = re.compile(
    r"review|testimonial|rating(?:s)?-?(?:list|item|widget)|bewertung|rezension|kundenmeinung|"
    r"customer-?voice|trustpilot|jdgm|yotpo|bazaarvoice|feefo|kundenstimme|avis-?client|recension|"
    r"referenz"
)
"""Names of reviews of a product and of praise for a firm: not comments on an article."""
SAYS: Final = re.compile(
    r"\s*\b(?:says?|said|writes?|wrote|commented|replied|schrieb|schreibt|sagte|sagt|meint|meinte|"
    r"kommentiert(?:e)?|antwortete|a [eé]crit|a dit|[eé]crit|dit|dice|dijo|escribi[oó]|"
    r"escreveu|disse|ha scritto|"
    r"scrive|zegt|schreef|skrev|s[aä]ger|siger|sier|kirjoitti|sanoo|m[oó]wi|pisze|napisal\w*|пишет|"
    r"написал\w*|"
    r"diyor ki|yazd[iı]|[ií]rta)\b\s*(?:am|on|le|el|:)?.{0,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What the classes and the id of an element say it is."""

    is_place: bool
    """A comment, a part of one, or what holds comments."""
    is_area: bool
    """What holds all comments."""
    is_author: bool
    is_review: bool
    is_meta: bool
    """A part of a comment other than its text."""


NAMELESS: Final = Traits(False, False, False, False, False)


@lru_cache(maxsize=8192)
def traits_of(wording: str) -> Traits:
    """What a wording (classes and id, in lower case) says. A page repeats its wordings, and a site
    those of its pages."""
    names = wording.split()
    return Traits(
        is_place=any(map(is_place, names)),
        is_area=any(map(is_area, names)),
        is_author=any(AUTHOR.search(name) and not NO_AUTHOR.search(name) for name in names),
        is_review=any(map(REVIEW.search, names)),
        is_meta=any(map(is_meta_part, names)),
    )


def is_place(token: str) -> bool:
    """True when an element with this class or id is a comment, its part, or holds comments."""
    return (
        _STEM.search(token) is not None
        and _NO_PLACE.search(token) is None
        and _FORM.search(token) is None
        and WIDGET.search(token) is None
    )


@lru_cache(maxsize=4096)
def is_reply(text: str) -> bool:
    """True when a button or link with this text answers one comment."""
    return is_action(text) and _REPLY.match(fold(text)) is not None


def is_area(token: str) -> bool:
    """True when this class or id names what holds all comments."""
    return (
        _AREA.search(_NUMBER.sub("", token)) is not None
        and _NO_PLACE.search(token) is None
        and WIDGET.search(token) is None
    )


def is_meta_part(token: str) -> bool:
    """True when this class or id names a part of a comment other than its text."""
    return is_place(token) and _META_PART.search(token) is not None


@lru_cache(maxsize=4096)
def is_action(text: str) -> bool:
    """True when a button or link with this text does something about one comment."""
    folded = fold(text)
    plain = folded.strip(" .:!?»«›‹→↩·•|[]()0123456789\u00a0\n\t\r")
    if len(plain) > 60 or not plain:
        return False
    plain = " ".join(plain.replace("'", " ").replace("’", " ").split())
    return plain in _ACTION or _ACTION_START.match(plain) is not None
