"""What every comment thread of the newspaper says: read off its pages once, and kept beside them.

Knows the comments as a reader sees them; does not know how the themes mark them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from archiver.model import CommentStatus


@dataclass(frozen=True, slots=True)
class ExpectedComment:
    """One comment. Paragraphs of ``text`` are separated by a blank line."""

    comment_id: str
    parent_id: str | None
    depth: int
    author: str
    published_at: datetime | None
    """None for the pingback, whose time the theme does not show. The magazine theme writes local
    times without a zone; the zone is that of the other times on its pages, +01:00."""
    text: str
    """Empty for the pingback: the theme shows its link only."""
    is_article_author: bool = False
    status: CommentStatus = CommentStatus.VISIBLE


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


CRANES = (
    ExpectedComment(
        "1201",
        None,
        0,
        "Hedda Roe",
        _at(3, 3, 18, 15),
        (
            "My father drove the southern crane until they sold it. He would have stood in "
            "the rain all day for this."
        ),
    ),
    ExpectedComment(
        "1202",
        "1201",
        1,
        "Corin Pell",
        _at(3, 3, 18, 40),
        "Hedda, was he the one who lifted the mayor's piano off the wrong boat?",
    ),
    ExpectedComment(
        "1204",
        "1202",
        2,
        "Ines Tallow",
        _at(3, 3, 19, 2),
        ("He was. The piano is in the parish hall and still has the mark of the sling on its lid."),
        is_article_author=True,
    ),
    ExpectedComment(
        "1207",
        "1204",
        3,
        "Corin Pell",
        _at(3, 4, 6, 31),
        "Then I have played it. Thank you, both of you.",
    ),
    ExpectedComment(
        "1203",
        None,
        0,
        "Lamplighter",
        _at(3, 3, 18, 58),
        (
            "Six tonnes is not much.\n\nThe old pair took nine & never complained, but then "
            "nobody asked them."
        ),
    ),
    ExpectedComment(
        "1205",
        None,
        0,
        "Dockside Notes",
        None,
        "",
        status=CommentStatus.PINGBACK,
    ),
    ExpectedComment(
        "1206",
        None,
        0,
        "Tobin Ashe",
        _at(3, 4, 5, 5),
        ("Who pays when a barge runs into the rails again? Asking for a friend who owns a barge."),
    ),
    ExpectedComment(
        "1208",
        "1206",
        1,
        "Old Gannet",
        _at(3, 4, 7, 20),
        "The friend pays, Tobin. The friend paid last time too.",
    ),
    ExpectedComment(
        "1209",
        "1206",
        1,
        "Maud W.",
        _at(3, 4, 7, 44),
        ("There is a bollard at the corner now. I know because my bicycle has met it."),
    ),
    ExpectedComment(
        "1213",
        "1209",
        2,
        "Old Gannet",
        _at(3, 4, 20, 17),
        "Two bollards since this afternoon. Somebody must read these pages.",
    ),
    ExpectedComment(
        "1210",
        None,
        0,
        "Nettie Brack",
        _at(3, 4, 8, 12),
        ("Will the quay be closed to walkers on working days? The report does not say."),
    ),
    ExpectedComment(
        "1211",
        None,
        0,
        "Sexton",
        _at(3, 4, 10, 30),
        (
            "Slate for the almshouses at last. I have been moving the same four buckets "
            "about since the autumn."
        ),
    ),
    ExpectedComment(
        "1212",
        "1211",
        1,
        "Hedda Roe",
        _at(3, 4, 11, 3),
        "I can lend you a fifth bucket until it comes.",
    ),
    ExpectedComment(
        "1214",
        None,
        0,
        "Pennick Riveter",
        _at(3, 5, 4, 50),
        (
            "We left a coin under the third rivet from the left, for luck. Please do not "
            "look for it."
        ),
    ),
    ExpectedComment(
        "1215",
        None,
        0,
        "Ines Tallow",
        _at(3, 5, 9, 26),
        (
            "To Nettie Brack: walkers may use the quay at all times except while a hold is "
            "open, when a red flag flies from the shed."
        ),
        is_article_author=True,
    ),
    ExpectedComment(
        "1216",
        None,
        0,
        "Quiet Reader",
        _at(3, 6, 22, 59),
        "Long live the biscuit tin.",
    ),
)


LIBRARY = (
    ExpectedComment(
        "1101",
        None,
        0,
        "Quince",
        _at(2, 18, 20, 14),
        (
            "I was the ninth lamp on the night of the storm. They lent me a torch and a "
            "pair of socks."
        ),
    ),
    ExpectedComment(
        "1102",
        "1101",
        1,
        "Petra Unwin",
        _at(2, 18, 23, 20),
        ("The socks are overdue. There is no fine, but I would like them back before the frost."),
    ),
    ExpectedComment(
        "1103",
        None,
        0,
        "Night Baker",
        _at(2, 19, 2, 41),
        "Leek on Thursdays, please. We get enough onions at work.",
    ),
)


FERRY = (
    ExpectedComment(
        "2101",
        None,
        0,
        "Hedda Roe",
        _at(3, 5, 18, 12),
        (
            "A last boat at nine would let the pantry staff get home without walking round "
            "by the lock, and the lock has no lamps on the far side."
        ),
    ),
    ExpectedComment(
        "2102",
        "2101",
        1,
        "Second Oar",
        _at(3, 5, 18, 55),
        "The skipper says he waits for the shift, whatever the board prints.",
    ),
    ExpectedComment(
        "2104",
        "2102",
        2,
        "Ines Tallow",
        _at(3, 6, 7, 5),
        "He told me the same. I have added a line on it to the report.",
        is_article_author=True,
    ),
    ExpectedComment(
        "2103",
        None,
        0,
        "Lamplighter",
        _at(3, 5, 20, 30),
        ("Half an hour is a long time on that landing. Could we have the bench back?"),
    ),
    ExpectedComment(
        "2105",
        None,
        0,
        "Brindle",
        _at(3, 7, 11, 0),
        "As a dog I approve of the summer rule.",
    ),
)


GARDEN = (
    ExpectedComment(
        "2201",
        None,
        0,
        "Tobin Ashe",
        _at(2, 27, 7, 40),
        (
            "We had a bean row behind the gymnasium in my day and it fed the whole of the "
            "lower school, whether the lower school liked it or not."
        ),
    ),
    ExpectedComment(
        "2202",
        "2201",
        1,
        "Corin Pell",
        _at(2, 27, 16, 25),
        "It did not.",
    ),
    ExpectedComment(
        "2203",
        None,
        0,
        "Allotment Nine",
        _at(2, 28, 5, 15),
        ("A quince wants eight years and a south wall. Plant it on the bicycle side."),
    ),
)
