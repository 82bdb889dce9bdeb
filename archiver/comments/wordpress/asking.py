"""What must be asked for a thread on WordPress to be whole, and in which order.

Knows comment pages, the REST API, wpDiscuz' paging and the feed of a post's comments. The order,
and why:

1. The pages of comments that the article links. They are what a reader sees and what a replay of
   the archive needs, they hold pingbacks and the plugins' votes, and sites that forbid robots
   ``/wp-json/`` mostly leave them open. Where the address of one is known all are: they are
   numbered from 1 without a gap.
2. The REST API, where a thread is longer than what is shown and no page is linked (themes that
   load more by script, wpDiscuz), and where parents cannot be told from the page: beyond
   the depth to which a site nests, replies stand side by side with what they answer. On a site
   with threads five deep that nests three, the pages alone gave 14 % of the answers a wrong
   parent, and with REST beside them none; REST alone had lost two of seven pingbacks.
3. Instead of either: wpDiscuz' own paging where it is used; at last the feed of the post's
   comments, the newest ten mostly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlencode

from archiver.comments.wordpress.addresses import (
    PAGE,
    head_links,
    own_keys,
    page_key,
    page_number,
    split,
)
from archiver.comments.wordpress.records import Record
from archiver.comments.wordpress.rest import PER_PAGE
from archiver.dom import Document, finder, join
from archiver.model import Ask

_MORE = finder(
    "//*[@data-lastparentid]|//*[@id='wpdiscuzHasMoreComments']"
    "[@value='1' or @data-is_show_load_more='1']"
)
_API = "https://api.w.org/"
_AJAX = re.compile(r'"url":"(https?:[^"]+admin-ajax\.php)"')
_MOST_PAGES = 500
"""Of one thread: 25,000 comments at the 50 a page that core sets."""
_FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")


def asks_for(
    document: Document,
    records: Sequence[Record],
    *,
    post_id: str | None,
    declared: int | None,
) -> tuple[Ask, ...]:
    """What is to be asked; nothing where the page shows all that it says there is."""
    pages = _further_pages(document, records)
    is_short = declared is not None and declared > len(records)
    is_wpdiscuz = "wpdcom" in document.hints or "wpcomm" in document.hints
    more = is_wpdiscuz and post_id is not None and (is_short or bool(_MORE(document.tree)))
    if not pages and not is_short and not more and not are_flattened(records, document):
        return ()
    last = tuple(Ask(url) for url in _own_feeds(document))
    if more and post_id is not None and (ajax := _ajax_address(document)):
        last = (_wpdiscuz(ajax, post_id, 0, instead=last),)
    rest = _rest(document, post_id, last)
    instead = (rest,) if rest is not None else last
    if pages:
        asks = [Ask(url, instead=instead) for url in pages]
        return (*asks, rest) if rest and are_flattened(records, document) else tuple(asks)
    return instead


def are_flattened(records: Sequence[Record], document: Document) -> bool:
    """True when replies may stand beside what they answer: the deepest comments of the page let
    nobody reply (core prints no link there), others do, and two of the deepest share a parent."""
    deepest = max((record.depth for record in records), default=0)
    if deepest < 2:
        return False
    lowest = Counter(record.parent for record in records if record.depth == deepest)
    if max(lowest.values()) < 2:
        return False
    answerable = {
        node.get("data-commentid") or (node.get("href") or "").rpartition("comment-")[2]
        for wording, nodes in document.named.items()
        if "comment-reply-link" in wording
        for node in nodes
    }
    open_depths = {record.depth for record in records if record.number in answerable}
    return bool(open_depths) and deepest not in open_depths


def wpdiscuz_ask(ajax: str, post_id: str, last_parent: int, step: int) -> Ask:
    """The next of wpDiscuz' pages, after that which ended with the thread ``last_parent``."""
    return _wpdiscuz(ajax, post_id, last_parent, step=step)


def _wpdiscuz(
    ajax: str, post_id: str, last_parent: int, *, step: int = 0, instead: tuple[Ask, ...] = ()
) -> Ask:
    said = {
        "action": "wpdLoadMoreComments",
        "sorting": "newest",
        "offset": step,
        "lastParentId": last_parent,
        "isFirstLoad": int(not step),
        "wpdType": "",
        "postId": post_id,
    }
    return Ask(ajax, "POST", (_FORM_TYPE,), urlencode(said), instead=instead)


def _ajax_address(document: Document) -> str | None:
    for script in document.inline_scripts():
        if "wpdiscuzAjaxObj" in script and (found := _AJAX.search(script)):
            return join(document.base_url, found[1].replace("\\/", "/"))
    return None


def _rest(document: Document, post_id: str | None, instead: tuple[Ask, ...]) -> Ask | None:
    roots = (link.get("href") or "" for link in head_links(document) if link.get("rel") == _API)
    said = next(roots, "")
    root = join(document.base_url, said) if said else None
    if root is None or post_id is None:
        return None
    query = f"post={post_id}&per_page={PER_PAGE}&page=1&order=asc&orderby=id"
    mark = "&" if "?" in root else "?"
    return Ask(f"{root.rstrip('/')}/wp/v2/comments{mark}{query}", instead=instead)


def _further_pages(document: Document, records: Sequence[Record]) -> list[str]:
    """Addresses of the other pages of this thread, the nearest first."""
    linked = dict(_linked_pages(document))
    if not linked:
        return []
    here = page_number(document.url) or _shown_page(records, linked)
    last = max(*linked, here or 0)
    number, pattern = next(iter(linked.items()))
    missing = (n for n in range(1, last + 1) if n not in linked and n != here)
    if last <= _MOST_PAGES:
        linked |= {n: _renumbered(pattern, number, n) for n in missing}
    linked.pop(here or 0, None)
    return [linked[n] for n in sorted(linked, key=lambda n: (abs(n - (here or 1)), n))]


def _linked_pages(document: Document) -> Iterator[tuple[int, str]]:
    """(number, address) of the pages of this thread that the page links."""
    own: frozenset[str] | None = None
    for link in document.tree.iter("a"):
        href = link.get("href") or ""
        if ("comment-page-" not in href and "cpage=" not in href) or "#comment-" in href:
            continue
        url = (join(document.base_url, href) or "").partition("#")[0]
        number = page_number(url)
        if number is None or "replytocom" in url:
            continue
        own = own_keys(document) if own is None else own
        if number > 0 and page_key(url, url) in own:
            yield number, url


def _shown_page(records: Sequence[Record], linked: Mapping[int, str]) -> int | None:
    """The number of the page that is shown, as its comments' permalinks name it: they name none on
    page 1 of a thread whose oldest comments come first (``get_comment_link``)."""
    said = [record.permalink for record in records if record.permalink]
    numbers = (page_number(address) for address in said)
    found = next((number for number in numbers if number is not None), None)
    return 1 if found is None and said and 1 not in linked else found


def _renumbered(url: str, number: int, other: int) -> str:
    if PAGE.search(split(url).path):
        return url.replace(f"/comment-page-{number}", f"/comment-page-{other}")
    return re.sub(rf"\bcpage={number}\b", f"cpage={other}", url)


def _own_feeds(document: Document) -> Iterator[str]:
    """The feed of this post's comments: ``…/a-story/feed/``, ``?feed=rss2&p=44``."""
    own = own_keys(document)
    for link in head_links(document):
        if link.get("type") != "application/rss+xml":
            continue
        url = join(document.base_url, link.get("href") or "") or ""
        parts = split(url)
        posts = parse_qs(parts.query).get("p", [])
        path = re.sub(r"/feed(?:/rss2?)?/?$", "", parts.path)
        is_own = path != parts.path and path.strip("/") and path in own
        if is_own or f"{path.rstrip('/')}?p={''.join(posts)}" in own:
            yield url
            return
