"""What a person typed becomes an article of the dataset, or a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from pathlib import Path

from archiver.cli.printing import fail


def article_named(
    output: Path, key: str, ids_of: Callable[[Path, str], Mapping[str, str]]
) -> tuple[str, str]:
    """Id and canonical URL of the one article that ``key`` names, as ``ids_of`` finds it; the end
    of the command, with what to try, where there is none or more than one."""
    from archiver.dataset.versions import has_articles, outcomes_of  # noqa: PLC0415 - pyarrow

    dataset = output / "dataset"
    if not has_articles(dataset):
        fail(
            f"{output} holds no dataset. Name the output directory of a crawl with --output, or "
            f"derive one: archiver derive FILE -o {output}"
        )
    found = ids_of(dataset, key)
    if len(found) > 1:
        told = ", ".join(f"{article_id} ({url})" for article_id, url in found.items())
        fail(f"{key} names {len(found)} articles here. Name one by its id: {told}")
    outcomes = outcomes_of(dataset, key) if not found and "://" in key else ()
    if outcomes:
        fail(
            f"{key} was captured, but as no article ({', '.join(sorted(outcomes))}). "
            f"See: archiver trace {key} -o {output}",
            code=1,
        )
    if not found:
        fail(
            f"no article in {output} has the URL or article id {key!r}. "
            f"Some that it has: archiver report --rows -o {output}",
            code=1,
        )
    return next(iter(found.items()))


def moment_of(said: str, at: time) -> datetime:
    """The instant that ``said`` names, in UTC unless it says otherwise; of a day alone, ``at``
    that time. ValueError when it names none."""
    if re.fullmatch(r"\d{14}", said):  # as in the name of a WARC and in a replay address
        return datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    moment = datetime.fromisoformat(said)
    if len(said) <= len("2026-11-23"):
        moment = datetime.combine(moment, at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def time_told(moment: datetime) -> str:
    """``moment`` as commands print it, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
