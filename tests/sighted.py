"""Threads as small captures show them, for tests of what they come to over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archiver.model import Comment, ParentSource
from archiver.outcomes import ThreadOutcome
from archiver.sightings import Route, Sighting, ThreadHistory, histories_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE = "https://www.news.example/story"
API = "https://www.news.example/comments?page={}"


def minute(number: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=number)


def comment(number: int, text: str = "", parent: int | None = None, **more: Any) -> Comment:
    """The comment with that number, written that many minutes after noon of the day before."""
    return Comment(
        comment_id=str(number),
        text=text or f"Text {number}.",
        parent_id=None if parent is None else str(parent),
        parent_source=None if parent is None else ParentSource.ATTRIBUTE,
        author=f"reader-{number}",
        published_at=NOON - timedelta(days=1) + timedelta(minutes=number),
        **more,
    )


def comments(*numbers: int) -> list[Comment]:
    return [comment(number) for number in numbers]


@dataclass(frozen=True, slots=True)
class Captured:
    """A sighting and the rows that it shows."""

    sighting: Sighting
    rows: tuple[dict[str, Any], ...]


def captured(at: float, shown: Iterable[Comment] = (), **about: Any) -> Captured:
    """A capture so many minutes after noon: of the page, unless ``url`` is another."""
    url = about.pop("url", PAGE)
    sighting = Sighting(
        record=(url, int(at * 100)),
        captured_at=minute(at),
        place=(url, int(at * 100)),
        route=Route.PAGE if url == PAGE else Route.ANSWER,
        url=url,
        run_id="r1",
    )
    sighting = replace(sighting, **{"platform": "wordpress", **about})
    rows = tuple(
        {
            **asdict(one),
            "position": position,
            "platform": sighting.platform,
            "warc_filename": sighting.record[0],
            "warc_record_offset": sighting.record[1],
        }
        for position, one in enumerate(shown)
    )
    return Captured(sighting, rows)


def whole(at: float, shown: Iterable[Comment] = (), **about: Any) -> Captured:
    """A capture that declares as many comments as it shows."""
    shown = list(shown)
    about = {"declared": len(shown), "outcome": ThreadOutcome.COMPLETE, **about}
    return captured(at, shown, **about)


def history(*captures: Captured) -> ThreadHistory:
    """The one history that the captures make; the last captured is handed in first."""
    (found,) = histories_of(
        [one.sighting for one in reversed(captures)],
        [row for one in reversed(captures) for row in one.rows],
    )
    return found
