"""Addresses that lead a crawl in circles, told by their shape alone.

Knows the endless spaces that news sites really have (a link for each comment's reply button,
calendars, session ids, paths that grow) and the address of a page of comments. Knows nothing of
what a crawl has seen: budgets per host are the frontier's.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

LONGEST_FOLLOWED = 2000
"""Signs. Heritrix stops at 2,083, what one browser could once show; longer addresses in links
carry a state or another address in their query, not an article."""
DEEPEST_FOLLOWED = 20
"""Segments of a path; Heritrix's TooManyPathSegmentsDecideRule has the same."""
MOST_REPEATS = 3
"""The same folder or run of folders this often in a row is a path that grows
(Heritrix's PathologicalPathDecideRule)."""
MOST_PARAMETERS = 12
"""Facets of a shop or an archive search; the busiest of 1,354 real article addresses has 3."""

# Each button of a page has an address of its own that shows the same page, or changes something.
_BUTTONS = frozenset(
    {
        "replytocom", "unapproved", "moderation-hash", "like_comment", "like_actor", "add-to-cart",
        "remove_item", "wc-ajax", "doing_wp_cron", "_wpnonce", "nonce", "wp_http_referer",
        "redirect_to", "returnto", "return_to",
    }
)  # fmt: skip
_BUTTON_VALUES = frozenset(
    {
        ("action", "edit"), ("action", "history"), ("action", "login"), ("action", "logout"),
        ("action", "lostpassword"), ("action", "register"), ("action", "logincallback"),
        ("preview", "true"), ("preview", "1"), ("printable", "yes"), ("ical", "1"),
        ("outlook-ical", "1"),
    }
)  # fmt: skip
_CALENDAR_PARAMETERS = frozenset(
    {
        "tribe-bar-date", "eventdisplay", "tribe_event_display", "ai1ec", "tribe_paged", "xmonth",
        "cal_month", "cal_year", "calendar_month", "calendar_year", "mini-month",
    }
)  # fmt: skip
_SESSION_NAMES = re.compile(
    r"phpsessid|jsessionid|aspsessionid\w*|cftoken|(?:sid|sessionid|session_id|zenid|oscsid)(?==)"
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=|/\((?:[a-z]\()?[0-9a-z]{24}\)", re.I)
_SESSION_VALUE = re.compile(r"[0-9A-Za-z]{24,}")

_CALENDAR_FOLDER = re.compile(
    r"(?:calend[ae]r|calendario|calendrier|kalender|events?|eventos|evenements|veranstaltungen"
    r"|veranstaltungskalender|termine|agenda|whats-on)"
)
_CALENDAR_DAY = re.compile(r"(?:19|2\d)\d\d-[01]?\d(?:-[0-3]?\d)?|week-?\d+")
_YEAR = re.compile(r"(?:19|[2-9]\d)\d\d")
_MONTH_OR_DAY = re.compile(r"[0-3]?\d")
_FAR_YEAR = re.compile(r"/(?:2[1-9]|[3-9]\d)\d\d/[01]?\d(?:/|$)")
"""An archive of the 22nd century: a calendar without end."""

_BACK_OFFICE = re.compile(
    r"/(?:wp-admin|wp-login\.php|wp-signup\.php|xmlrpc\.php|wp-cron\.php|wp-trackback\.php"
    r"|wp-comments-post\.php|cdn-cgi|cgi-bin/mt)(?:/|$)|/trackback/?$"
)


def is_trap(url: str) -> bool:
    """True when following ``url`` (normalised) leads nowhere new: a button of a page, a calendar,
    a session id, a path that grows, an address too long, too deep or of too many parameters."""
    if len(url) > LONGEST_FOLLOWED:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    path = parts.path
    return (
        _is_endless_path(path)
        or _is_calendar(path)
        or _SESSION_IN_PATH.search(path) is not None
        or _BACK_OFFICE.search(path) is not None
        or _is_button(path, parts.query)
    )


_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")


def is_comment_page(url: str) -> bool:
    """True when ``url`` shows another page of an article's comments (``comment-page-2``,
    ``?cpage=2``): the article's own text again, so it is no article to follow."""
    parts = urlsplit(url)
    return _COMMENT_PAGE.search(parts.path) is not None or any(
        name == "cpage" and value.isdigit() for name, value in parse_qsl(parts.query)
    )


def _is_endless_path(path: str) -> bool:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > DEEPEST_FOLLOWED:
        return True
    if len(segments) < MOST_REPEATS:
        return False
    for length in range(1, len(segments) // MOST_REPEATS + 1):
        for start in range(len(segments) - length * MOST_REPEATS + 1):
            run = segments[start : start + length]
            if run * MOST_REPEATS == segments[start : start + length * MOST_REPEATS]:
                return True
    # Numbers recur in dates (/2012/12/12/); words that come back four times do not.
    words = Counter(segment for segment in segments if not segment.isdigit())
    return any(count > MOST_REPEATS for count in words.values())


def _is_calendar(path: str) -> bool:
    if _FAR_YEAR.search(path):
        return True
    segments = [segment for segment in path.lower().split("/") if segment]
    if len(segments) < 2 or not any(_CALENDAR_FOLDER.fullmatch(part) for part in segments[:-1]):
        return False
    # Only where the date ends the path: /events/2026/08/23/a-slug is an article about an event.
    if _CALENDAR_DAY.fullmatch(segments[-1]):
        return True
    numbers = segments[-3:]
    while numbers and not _YEAR.fullmatch(numbers[0]):
        numbers = numbers[1:]
    return len(numbers) >= 2 and all(_MONTH_OR_DAY.fullmatch(part) for part in numbers[1:])


def _is_button(path: str, query: str) -> bool:
    if not query:
        return False
    parameters = [(name.lower(), value) for name, value in parse_qsl(query, keep_blank_values=True)]
    if len(parameters) > MOST_PARAMETERS:
        return True
    for name, value in parameters:
        if name in _BUTTONS or name in _CALENDAR_PARAMETERS or (name, value) in _BUTTON_VALUES:
            return True
        if _SESSION_NAMES.match(f"{name}=") and _SESSION_VALUE.fullmatch(value):
            return True
    # WordPress' search: as many addresses as words.
    return path == "/" and any(name == "s" and not value.isdigit() for name, value in parameters)
