"""``archiver thread``: the readers' thread of an article as it stood at a time, and its changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from archiver.changes import compare
from archiver.cli.diff import text_lines
from archiver.cli.finding import article_named, moment_of, time_told
from archiver.cli.options import Json, Output
from archiver.cli.printing import counted, fail, print_json, visible
from archiver.cli.tree import SIGNS, node_lines

if TYPE_CHECKING:
    from archiver.dataset.threads import Refusal
    from archiver.thread_history import Change, Node, ThreadAt, ThreadInTime


def thread(
    article: Annotated[
        str, typer.Argument(help="An article id, a URL or a canonical URL.", metavar="ARTICLE")
    ],
    output: Output = Path("output"),
    at: Annotated[
        str | None,
        typer.Option("--at", help="As it stood then; now if not given.", metavar="TIME"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Changes from then on; from the first visit if not given.",
            metavar="TIME",
        ),
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show the readers' thread of an article as it stood at a time, and what changed.

    Comments are joined across captures. What is not shown any more is called removed only where
    a later capture proves it. Exit code 1 when no article has that name.
    """
    from archiver.dataset.threads import thread_captures, thread_ids_of  # noqa: PLC0415 - pyarrow
    from archiver.thread_history import ThreadInTime  # noqa: PLC0415 - lxml

    end, begin = _moment("--at", at, time.max), _moment("--since", since, time.min)
    if begin is not None and end is not None and begin > end:
        fail(f"--since {since} is not before --at {at}")
    article_id, url = article_named(output, article, thread_ids_of)
    captures = thread_captures(output / "dataset", article_id)
    refusals = [one for one in captures.refusals if end is None or one[0] <= end]
    told = [_told(ThreadInTime(history), begin, end) for history in captures.histories]
    shown = [one for one in told if one.captures]
    if told and not shown:
        first = min(history.sightings[0].captured_at for history in captures.histories)
        fail(f"--at {at}: the thread was not captured before {time_told(first)}")
    if as_json:
        print_json(_facts(article_id, url, shown, refusals))
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text(f"{visible(url)}  article {article_id}", "bold"))
    for line in _lines(shown, refusals):
        console.print(line)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of one platform's thread."""

    platform: str
    at: datetime
    since: datetime
    thread: ThreadAt
    changes: Sequence[Change]
    captures: int
    visits: int
    first_captured_at: datetime
    last_captured_at: datetime
    declared: int | None
    is_whole: bool
    """The last visit shows the whole thread."""


def _told(thread: ThreadInTime, since: datetime | None, at: datetime | None) -> _Told:
    sightings = thread.history.sightings
    visits = thread.absence.visits
    at = sightings[-1].captured_at if at is None else at
    since = min(sightings[visits[0].sightings[-1]].captured_at, at) if since is None else since
    stood = thread.at(at)
    until = stood.until
    done = [visit for visit in visits if visit.sightings[0] < until]
    counts = [one.declared for one in sightings[:until] if one.declared is not None]
    return _Told(
        platform=thread.history.platform,
        at=at,
        since=since,
        thread=stood,
        changes=tuple(thread.changes(since, stood)),
        captures=until,
        visits=len(done),
        first_captured_at=sightings[0].captured_at,
        last_captured_at=sightings[max(until - 1, 0)].captured_at,
        declared=counts[-1] if counts else None,
        is_whole=bool(done) and done[-1].is_whole and done[-1].sightings[-1] < until,
    )


def _moment(option: str, said: str | None, at: time) -> datetime | None:
    try:
        return None if said is None else moment_of(said, at)
    except ValueError:
        fail(f"{option}: {said!r} is no time. Write it like 2026-11-23 or 2026-11-23T12:00")


def _lines(threads: Sequence[_Told], refusals: Sequence[Refusal]) -> Iterator[Text]:
    if not threads:
        yield Text("no comment on it was captured")
    last = {platform: (when, outcome) for when, platform, outcome in refusals}
    for platform, (when, outcome) in last.items():
        yield Text(f"{time_told(when)}  {visible(platform)} gave no comments: {outcome}")
    for one in threads:
        yield from _heading(one)
        signs = {change.node.comment.comment_id: change.kind.value for change in one.changes}
        for node in one.thread.nodes:
            yield from node_lines(node, signs.get(node.comment.comment_id))
        yield from _change_lines(one)


def _heading(one: _Told) -> Iterator[Text]:
    from archiver.thread_history import visible as count  # noqa: PLC0415

    declared = "none declared" if one.declared is None else f"{one.declared:,} declared"
    whole = "whole in the last visit" if one.is_whole else "not known to be whole"
    yield Text()
    yield Text(
        f"{visible(one.platform)}  {counted(count(one.thread.nodes), 'comment')}, {declared}, "
        f"{whole}",
        "bold",
    )
    yield Text(
        f"{counted(one.visits, 'visit')}, {counted(one.captures, 'capture')}, "
        f"{time_told(one.first_captured_at)} to {time_told(one.last_captured_at)}"
    )
    yield Text(f"as it stood {time_told(one.at)}; changes since {time_told(one.since)}")
    yield Text()


EVIDENCE = {
    "whole": "a visit shows the whole thread without it",
    "place": "its neighbours are shown, and it is not",
}


def _change_lines(one: _Told) -> Iterator[Text]:
    yield Text()
    yield Text(f"changes since {time_told(one.since)}", "bold")
    by_kind: dict[str, list[Change]] = {kind: [] for kind in SIGNS}
    for change in one.changes:
        by_kind[change.kind].append(change)
    unseen = sum(node.presence == "unseen" for node in one.thread.nodes)
    if not one.changes:
        yield Text("  none")
    for kind, meaning in (
        ("added", "marked +"),
        ("found", "marked +; written before, and first captured since"),
        ("returned", "marked +; removed before, and shown again"),
    ):
        if by_kind[kind]:
            yield Text(f"  {kind:<13}{len(by_kind[kind]):,}, {meaning}")
    for change in (*by_kind["edited"], *by_kind["voted"]):
        yield from _edit_lines(change)
    for change in by_kind["removed"]:
        removal = change.node.removal
        assert removal is not None, "what is removed says how that is known"
        yield Text(
            f"  {'removed':<13}{_name(change)}  after {time_told(removal.after)}, "
            f"by {time_told(removal.by)}: {EVIDENCE[removal.evidence]}",
            "red",
        )
        if change.node.comment.text:
            yield Text(f"    {visible(change.node.comment.text)}".replace("\n", "\n    "))
    if unseen:
        yield Text(
            f"  {'unseen':<13}{unseen:,}, marked ?: not in the last visit, which does not prove "
            "them removed"
        )


def _edit_lines(change: Change) -> Iterator[Text]:
    yield Text(f"  {change.kind.value:<13}{_name(change)}", "yellow")
    if not change.is_read_alike:
        yield Text(
            f"  {'note':<13}read by different programs or under different keys, which may be "
            "what differs. Derive again: archiver derive --stale"
        )
    for name, (before, after) in change.fields.items():
        if name == "text":
            yield from text_lines(compare(before, after))
        else:
            yield Text(f"  {name:<13}{_value(before)} -> {_value(after)}")


def _name(change: Change) -> str:
    comment = change.node.comment
    return f"#{visible(comment.comment_id)}  {visible(comment.author or 'no name')}"


def _value(value: object) -> str:
    if value is None:
        return "none"
    return time_told(value) if isinstance(value, datetime) else visible(str(value))


def _facts(
    article_id: str, url: str, threads: Sequence[_Told], refusals: Sequence[Refusal]
) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "canonical_url": url,
        "threads": [_thread_facts(one) for one in threads],
        "refusals": [
            {"captured_at": when, "platform": platform, "outcome": outcome}
            for when, platform, outcome in refusals
        ],
    }


def _thread_facts(one: _Told) -> dict[str, Any]:
    from archiver.thread_history import visible as count  # noqa: PLC0415

    names = ("platform", "at", "since", "captures", "visits", "first_captured_at",
             "last_captured_at", "declared")  # fmt: skip
    return {
        **{name: getattr(one, name) for name in names},
        "collected": count(one.thread.nodes),
        "is_whole": one.is_whole,
        "comments": [_node_facts(node) for node in one.thread.nodes],
        "changes": [
            {
                "kind": change.kind,
                "comment_id": change.node.comment.comment_id,
                "is_read_alike": change.is_read_alike,
                "fields": {
                    name: {"before": before, "after": after}
                    for name, (before, after) in change.fields.items()
                },
            }
            for change in one.changes
        ],
        "removed": [_node_facts(node) for node in one.thread.gone],
    }


def _node_facts(node: Node) -> dict[str, Any]:
    comment = asdict(node.comment)
    del comment["html"]  # which says the same as its text
    return {
        **comment,
        "presence": node.presence,
        "first_seen_at": node.first_seen_at,
        "last_seen_at": node.last_seen_at,
        "removal": asdict(node.removal) if node.removal else None,
    }
