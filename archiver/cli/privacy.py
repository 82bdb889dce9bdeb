"""``archiver key`` and ``archiver forget``: under which names readers appear, and who goes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.options import IdentityMode, Json, KeyFile, Output
from archiver.cli.printing import complain, counted, fail, in_words, print_json, visible
from archiver.config import identity_key_path, load_or_make_key
from archiver.errors import DirectoryInUse, UrlError
from archiver.identity import Mode, fingerprint_of
from archiver.lock import DirectoryLock
from archiver.privacy import TOMBSTONES, privacy_of, set_tombstones
from archiver.urls import site_of

if TYPE_CHECKING:
    from archiver.derive.forget import Burial, Findings


def key(
    key_file: KeyFile = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            help="Say whether the parts of this output directory were made under the key.",
            metavar="DIR",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show where the key of the pseudonyms lies, and its fingerprint; make it when there is none.

    The key itself is never shown. With --check none is made, every part is asked, and the exit code
    is 1 when some were made under another key or with readers' names.
    """
    file = key_file or identity_key_path()
    is_new = not file.exists()
    if is_new and check is not None:
        fail(f"no identity key is at {file}. Restore it, or name its file with --key-file")
    fingerprint = fingerprint_of(load_or_make_key(file))
    counts: dict[str, int] = {}
    if check is not None:
        from archiver.dataset.identities import count_identities  # noqa: PLC0415 - pyarrow

        if not (check / "dataset").is_dir():
            fail(f"{check} is no output directory: it has no folder dataset")
        counts = dict(sorted(count_identities(check / "dataset").items()))
    ours = f"{Mode.PSEUDONYM}:{fingerprint}"
    others = sum(count for label, count in counts.items() if label != ours)
    if as_json:
        print_json({"file": file, "fingerprint": fingerprint, "is_new": is_new, "parts": counts})
        raise typer.Exit(1 if others else 0)
    print(f"key          {file}{' (made just now)' if is_new else ''}")
    print(f"fingerprint  {fingerprint}")
    for label, count in counts.items():
        print(f"{counted(count, 'part'):<12} {label}{'  this key' if label == ours else ''}")
    if check is not None and not counts:
        print("no part is there yet")
    elif check is None:
        print("Keep a copy apart from the archive: with another key every reader has another name")
    raise typer.Exit(1 if others else 0)


def forget(
    author: Annotated[
        list[str] | None,
        typer.Option("--author", help="A reader: the name as published, or reader-….",
                     metavar="NAME"),
    ] = None,
    comment: Annotated[
        list[str] | None,
        typer.Option("--comment", help="A comment: its comment_id or its permalink.",
                     metavar="ID"),
    ] = None,
    url: Annotated[
        list[str] | None,
        typer.Option("--url", help="An article, with all its comments.", metavar="URL"),
    ] = None,
    site: Annotated[
        str, typer.Option("--site", help="The site of author and comment.", metavar="HOST")
    ] = "",
    output: Output = Path("output"),
    identity: Annotated[
        IdentityMode, typer.Option(help="How readers appear in this output.")
    ] = IdentityMode.PSEUDONYM,
    key_file: KeyFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Take a reader, a comment or an article out of the dataset, and keep it out.

    Rows and clean records go from all parts; tombstones keep them away from what is derived later.
    WARCs are not touched: the records that still hold it are named. Without --author, --comment
    and --url the tombstones that are there are brought to parts that do not know them yet. Exit
    code 1 when something was found nowhere, or parts could not be made anew.
    """
    if not (output / "dataset").is_dir():
        fail(f"{output} is no output directory: it has no folder dataset. Name it with --output")
    from archiver.derive.forget import Wish, bury_all, find  # noqa: PLC0415 - pyarrow takes long

    # In mode named too: who is forgotten is told by a digest under the key, never by name.
    privacy = privacy_of(output, mode=identity.value, key_file=key_file, needs_key=True)
    wish = Wish(
        tuple(dict.fromkeys(author or ())),
        tuple(dict.fromkeys(comment or ())),
        tuple(dict.fromkeys(url or ())),
        _site(site),
    )
    lock = None if dry_run else _lock(output)
    try:
        found = find(output, wish, privacy)
        burial = None
        if not dry_run:
            stones = set_tombstones(output, found.stones, day=datetime.now(UTC).date())
            burial = bury_all(output, stones, privacy.identity)
    finally:
        if lock is not None:
            lock.release()
    if as_json:
        print_json(_facts(found, burial))
    else:
        _tell(found, burial, output)
    for missing in found.unknown:
        complain(f"{missing!r} is not in {output}. With --site it would be kept out of it for good")
    for stem, fault in (burial.faults if burial is not None else {}).items():
        complain(f"{stem}: {in_words(fault)}")
    raise typer.Exit(1 if found.unknown or (burial is not None and burial.faults) else 0)


def _site(host: str) -> str | None:
    if not host:
        return None
    try:
        return site_of(host if "://" in host else f"https://{host}/")
    except UrlError:
        return fail(f"--site {host!r} is no host. Write it like example.org")


def _lock(output: Path) -> DirectoryLock:
    """No crawl writes here meanwhile: it would go on with the tombstones that it began with."""
    try:
        return DirectoryLock(output / "state" / "lock", run_id="forget")
    except DirectoryInUse as error:
        fail(f"{error.place}: {error.what}. Stop it (Ctrl-C), forget, and run it again: it goes on")


def _facts(found: Findings, burial: Burial | None) -> dict[str, object]:
    done = {stem: asdict(entry) for stem, entry in burial.done.items()} if burial else None
    return {
        "comments": found.comments,
        "articles": found.articles,
        "tombstones": [asdict(stone) for stone in sorted(found.stones)],
        "rewritten": done,
        "standing": [asdict(record) for record in sorted(found.standing)],
        "unknown": found.unknown,
    }


def _tell(found: Findings, burial: Burial | None, output: Path) -> None:
    rows = f"{counted(found.comments, 'comment')} and {counted(found.articles, 'article')}"
    if burial is None:
        print(f"{rows} would go. Nothing is changed")
    else:
        done = burial.done.values()
        emptied, texts = sum(one.emptied for one in done), sum(one.texts for one in done)
        print(f"{rows} found and taken out")
        if emptied:
            print(f"{counted(emptied, 'comment')} left empty, for the answers to it")
        if texts:
            print(f"{counted(texts, 'text')} of others named the reader and names nobody now")
        print(
            f"outputs of {counted(len(done), 'WARC')} made anew; {output / TOMBSTONES} keeps it so"
        )
    if (output / "compact").is_dir():
        print(f"{output / 'compact'} holds copies: make them anew")
    if found.standing:
        print("\nstill in the archive, which only you remove:")
        for record in sorted(found.standing):
            where = f"{record.warc_filename}  offset {record.warc_record_offset}"
            print(visible(f"  {where}  {record.warc_record_id}  {record.url}"))
