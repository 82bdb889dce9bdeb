"""What stands around an article and reads like it, known by name.

Knows the names that themes, plugins and accessibility roles share for comment forms, lists of
recent comments, author boxes, menus and rows of related articles, and how a line begins that sends
the reader elsewhere; no single page and no site. What a site repeats in a way of its own is learned
elsewhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archiver.extract.segments import Frame, Segment

_CUT: Final = re.compile(
    r"(?:^|\s)(?:"
    # comments: forms, lists, headings (WordPress core, block themes, wpDiscuz, Disqus, Facebook)
    r"comment-?respond|comment-?form|commentform|comment-reply-title|wpd-form|respond|comments?|"
    r"comments?-?(?:area|list|section|wrap(?:per)?|container|block|template|title|holder)|"
    r"wp-block-(?:post-)?comments?(?:-\S*)?|(?:post|article|entry|single|reader|user|fb|facebook)-?comments?|"
    r"disqus_thread|fb-comments|wpdcom|dsq-\S*|"
    # lists of comments on other pages
    r"\S*(?:recent|latest)[-_]?comments?\S*|"
    # the author presented, not named
    r"(?:post-|entry-|article-|single-|wp-)?(?:author|authors|autor)[-_]{0,2}(?:box|bio|bios|biography|info|"
    r"card|profile|description|section|about|block|details|widget)(?:[-_]{1,2}\S*)?|"
    r"about-?(?:the-?)?authors?(?:-\S*)?|authorbox|authorbio|saboxplugin-wrap|abh_box|m-a-box|"
    r"pp-multiple-authors-boxes-wrapper|molongui-\S*|wp-block-post-author-biography|writer-bio|"
    # menus for small screens
    r"\S*mobile[-_]?(?:nav|menu)\S*|et_mobile_\S*|select_page|off-?canvas\S*|skip-?link|screen-reader-text|"
    # ways elsewhere
    r"breadcrumbs?|yoast-breadcrumb|rank-math-breadcrumb|sharedaddy|addtoany\S*|share-?buttons|social-?share|"
    r"post-?navigation|(?:post-)?nav-links|posts-navigation|page-links|jp-relatedposts|yarpp\S*|related-?posts|"
    r"related-?articles|wp-block-latest-posts\S*|wp-block-navigation\S*"
    r")(?=\s|$)",
    re.IGNORECASE,
)
_READ_ALSO: Final = re.compile(
    r"^\W{0,3}(?:read (?:also|more|next|on)|also read|see also|more (?:on|from|about) |"
    r"related(?: (?:articles?|stories|"
    r"posts?|coverage|reading))?\s*[:|-]|recommended\s*[:|-]|you may also like|don[’']t miss|"
    r"lesen sie (?:auch|hier|mehr)|mehr (?:zum thema|dazu)|auch interessant|lire (?:aussi|"
    r"également)|à lire|"
    r"voir aussi|lee (?:también|además)|lea (?:también|además)|te puede interesar|"
    r"leia (?:também|mais)|"
    r"leggi anche|lees (?:ook|meer)|läs (?:även|också|mer)|les også|læs også|lue myös|"
    r"czytaj (?:także|też|również)|"
    r"zobacz (?:także|też)|čtěte (?:také|i)|olvasta már|citește și|baca juga|xem thêm|ayrıca oku|"
    r"читайте также|читайте також|διαβάστε (?:επίσης|ακόμη))",
    re.IGNORECASE,
)


_ROLES: Final = frozenset({"navigation", "search", "menu", "menubar", "dialog", "alertdialog"})
_MOST: Final = 0.5
_LEAST_CHARS: Final = 400
"""Names are reused for wrappers: what holds half of a text of this length is no box beside it."""
_LONGEST_LINE: Final = 300


def lookalikes_among(segments: list[Segment]) -> frozenset[int]:
    """Numbers of those of ``segments``, the text of a page so far, that stand in something that
    only reads like an article, or send the reader to another one."""
    chars = sum(len(segment.text) for segment in segments)
    inside: dict[Frame, int] = {}
    for segment in segments:
        for frame in segment.frame.above():
            if _is_named_so(frame):
                inside[frame] = inside.get(frame, 0) + len(segment.text)
    boxes = {f for f, held in inside.items() if held <= _MOST * chars or held <= _LEAST_CHARS}
    return frozenset(
        segment.number
        for segment in segments
        if is_read_also(segment) or any(frame in boxes for frame in segment.frame.above())
    )


def _is_named_so(frame: Frame) -> bool:
    if frame.tag in ("body", "html", "main", "article"):
        return False
    if frame.wording and _names_lookalike(frame.wording):
        return True
    return (frame.node.get("role") or "").lower() in _ROLES


@lru_cache(maxsize=16384)
def _names_lookalike(wording: str) -> bool:
    return _CUT.search(wording) is not None


def is_read_also(segment: Segment) -> bool:
    """True for a line that sends the reader to another article: it begins with such words, and what
    follows them is link."""
    text = segment.text
    if not segment.link_chars or len(text) > _LONGEST_LINE:
        return False
    found = _READ_ALSO.match(text)
    return found is not None and segment.link_chars >= 0.7 * (len(text) - found.end())
