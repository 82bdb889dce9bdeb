"""``archiver learn``: what a site prints around its articles, shown, and written on request."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.options import LIMITS, Jobs, Json, Memory, Output, RulesDir, Timeout
from archiver.cli.printing import complain, counted, fail, in_words, print_json, visible
from archiver.config import (
    DeriveConfig,
    ReadLimits,
    furniture_file,
    load_rulebook,
    write_furniture,
)
from archiver.furniture import NO_FURNITURE, Furniture, merge
from archiver.identity import Identity

if TYPE_CHECKING:
    from archiver.learning import Lesson, Passage

_SHOWN_TEXT = 100
_SHOWN_AROUND = 40
_SHOWN_BLOCKS = 12


def learn(
    host: Annotated[str, typer.Argument(help="A host; those below it count too.", metavar="HOST")],
    output: Output = Path("output"),
    rules_dir: RulesDir = None,
    write: Annotated[
        bool | None,
        typer.Option(
            "--write/--dry-run",
            help="Write HOST.furniture.toml into the folder of rules, or only say what it would "
            "hold. Without either, a terminal is asked.",
        ),
    ] = None,
    jobs: Jobs = 2,
    timeout: Timeout = LIMITS.seconds,
    memory: Memory = LIMITS.memory_bytes,
    as_json: Json = False,
) -> None:
    """Learn from the WARCs of a site what it prints again and again, to leave it out of texts.

    What you changed in the file stands: a block with keep = true stays in the texts.
    """
    host = host.lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9.\-]+(:\d+)?", host):
        fail(f"{host!r} is no host. Write it in ASCII (xn--…), without https:// and path")
    if write and rules_dir is None:
        fail("name the folder of your rules with --rules-dir: the file is written there")
    rules = load_rulebook(rules_dir)
    serving = rules.choose(host).furniture.host
    if serving not in (host, NO_FURNITURE.host):
        fail(f"the furniture of {serving} serves {host} as well: learn {serving}")
    config = DeriveConfig(
        output_dir=output,
        identity=Identity("named"),
        rules=rules,
        limits=ReadLimits(seconds=timeout, memory_bytes=memory),
        jobs=jobs,
    )
    from archiver.derive.learn import learn_site  # noqa: PLC0415 - pyarrow takes long

    schooling = learn_site(host, config, (output / "warc").glob("*.warc.gz"))
    lesson = schooling.lesson
    for fault in schooling.faults:
        complain(f"{in_words(fault)}. What stands before that was looked at")
    for outcome, count in schooling.failures.items():
        complain(f"{counted(count, 'page')} could not be read ({outcome}) and taught nothing")
    if not lesson.articles:
        fail(f"no article of {host} is archived in {output}", code=1)
    furniture = merge(rules.furniture.get(host, NO_FURNITURE), lesson.furniture)
    if as_json:
        print_json(asdict(lesson) | {"furniture": asdict(furniture)})
    else:
        print("\n".join(_report(lesson, furniture)))
    _write(rules_dir, furniture, write, quiet=as_json)


def _write(
    rules_dir: Path | None, furniture: Furniture, write: bool | None, *, quiet: bool
) -> None:
    """The file holds ``furniture``, where that is wished for."""
    if not furniture.blocks:
        return
    if rules_dir is None:
        if not quiet:
            print("\nnothing is written: --rules-dir DIR --write writes it for you to review")
        return
    path = furniture_file(rules_dir, furniture.host)
    if write is None and not quiet and sys.stdin.isatty() and sys.stdout.isatty():
        write = typer.confirm(f"\nWrite {path}?")
    if write:
        write_furniture(path, furniture)
    if not quiet:
        next_step = "Review it, then: archiver derive --stale" if write else "--write writes it"
        print(f"\n{path} is {'written' if write else 'not written'}. {next_step}")


def _report(lesson: Lesson, furniture: Furniture) -> Iterator[str]:
    pages = f" on {counted(lesson.pages, 'page')}" if lesson.pages != lesson.articles else ""
    yield f"{furniture.host}: {counted(lesson.articles, 'article')}{pages}"
    inside = [block for block in lesson.furniture.blocks if block.inside]
    around = [block for block in lesson.furniture.blocks if not block.inside]
    lost = f"{counted(lesson.words, 'word')} of {counted(lesson.affected, 'article')}"
    yield f"\nleft out of texts: {lost if inside else 'nothing'}"
    for block in inside:
        yield f"  {block.inside:,} of {block.of:,}  {_short(block.text, _SHOWN_TEXT)}"
        yield from map(_line, lesson.passages[block.text])
    if lesson.refused:
        yield "\nit recurs in texts and stays there:"
    for refused in lesson.refused:
        block = refused.block
        said = _short(block.text, _SHOWN_TEXT)
        yield f"  {block.inside:,} of {block.of:,}  {said}  ({refused.why})"
        yield from map(_line, refused.passages[:1])
    if around:
        some = ", ".join(f'"{_short(b.text, _SHOWN_AROUND)}"' for b in around[:_SHOWN_BLOCKS])
        more = " …" if len(around) > _SHOWN_BLOCKS else ""
        yield f"\naround texts only: {counted(len(around), 'block')}: {some}{more}"
    learned = {block.text for block in lesson.furniture.blocks}
    others = [block for block in furniture.blocks if block.text not in learned]
    if others:
        kept = sum(block.keep for block in others)
        held = f"{counted(len(others), 'block')}, {kept} of them kept in texts"
        yield f"\nfrom the file as it is: {held}"


def _line(passage: Passage) -> str:
    before = passage.before[-_SHOWN_AROUND:] if passage.before else "(the text begins)"
    after = passage.after[:_SHOWN_AROUND] if passage.after else "(the text ends)"
    return visible(f"      … {before} [here] {after} …  {passage.url}")


def _short(text: str, most: int) -> str:
    shown = visible(text)
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"
