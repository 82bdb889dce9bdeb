"""The nevers of the house, read from the imports and names of every room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "archiver"
ROOMS = sorted(PACKAGE.rglob("*.py"))

FETCHING = {"scrapy", "twisted", "requests", "urllib3", "aiohttp", "httpx", "http"}
ARCHIVING = {"warcio", "pyarrow"}
PURE_FOLDERS = ("extract", "comments")
PURE_ROOMS = {
    "absence.py", "address_dates.py", "addresses.py", "alignment.py", "announcement.py",
    "baselines.py", "cdx_forms.py", "cdx_lists.py", "changes.py", "codings.py",
    "comment_feeds.py", "content_usage.py", "date_archives.py", "discover.py", "dom.py",
    "evidence.py", "feed_entries.py", "feeds.py", "findings.py", "furniture.py", "gunzip.py",
    "hooks.py", "identity.py", "learning.py", "lenient_xml.py", "listed_times.py", "mentions.py",
    "model.py", "moments.py", "monitors.py", "months.py", "observing.py", "opt_outs.py",
    "outcomes.py", "reading.py", "relative.py", "relative_words.py", "retry_after.py",
    "revisits.py", "robots.py", "rules_text.py", "schedule.py", "selectors.py", "shapes.py",
    "sightings.py", "site_measures.py", "site_plan.py", "sitemaps.py", "sites.py", "sniff.py",
    "surt.py", "tdmrep.py", "thread_history.py", "tombstones.py", "toml_text.py", "traps.py",
    "url_parts.py", "url_patterns.py", "url_shapes.py", "urls.py", "volume_monitor.py",
    "windows.py", "wordpress_rest.py", "words.py",
}  # fmt: skip
ONE_DOOR = {"derive", "crawl"}
WINGS = ("extract", "comments", "warc", "dataset", "crawl")


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def wing_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def is_pure(path: Path) -> bool:
    return wing_of(path) in PURE_FOLDERS or name_of(path) in PURE_ROOMS


def imports_of(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(module, names) of every import, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            yield node.module or "", tuple(alias.name for alias in node.names)


def modules_of(path: Path) -> set[str]:
    """Every module that a room imports, names that may be modules included."""
    found: set[str] = set()
    for module, names in imports_of(path):
        found.add(module)
        found |= {f"{module}.{name}" for name in names}
    return found


def reaches(path: Path, *prefixes: str) -> set[str]:
    return {
        module
        for module in modules_of(path)
        for prefix in prefixes
        if module == prefix or module.startswith(prefix + ".")
    }


@pytest.mark.parametrize("room", [room for room in ROOMS if is_pure(room)], ids=name_of)
def test_a_pure_room_neither_fetches_nor_archives(room: Path) -> None:
    assert not reaches(room, *FETCHING, *ARCHIVING, "archiver.crawl", "archiver.warc",
                       "archiver.dataset", "archiver.derive")  # fmt: skip


@pytest.mark.parametrize("room", [room for room in ROOMS if is_pure(room)], ids=name_of)
def test_a_pure_room_opens_no_file_and_asks_no_clock(room: Path) -> None:
    called: set[str] = set()
    for node in ast.walk(ast.parse(room.read_text())):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                called.add(function.id)
            elif isinstance(function, ast.Attribute) and isinstance(
                function.value, ast.Name | ast.Attribute
            ):
                called.add(function.attr)
    modules = {module for module, _ in imports_of(room)}
    assert not called & {"open", "now", "utcnow", "today", "read_text", "read_bytes", "urandom"}
    assert not modules & {"time", "random", "secrets", "os", "socket", "logging"}


WARC = [room for room in ROOMS if wing_of(room) == "warc"]
DATASET = [room for room in ROOMS if wing_of(room) == "dataset"]


@pytest.mark.parametrize("room", WARC, ids=name_of)
def test_the_archive_knows_neither_crawl_nor_pages_nor_tables(room: Path) -> None:
    assert not reaches(room, "scrapy", "twisted", "spiders", "archiver.crawl", "archiver.extract",
                       "archiver.comments", "archiver.dataset", "archiver.sites")  # fmt: skip


@pytest.mark.parametrize("room", DATASET, ids=name_of)
def test_the_dataset_knows_rows_and_not_where_they_came_from(room: Path) -> None:
    assert not reaches(room, "scrapy", "twisted", "spiders", "archiver.warc", "archiver.extract",
                       "archiver.comments", "archiver.crawl", "archiver.sites")  # fmt: skip


@pytest.mark.parametrize(
    "room", [room for room in ROOMS if wing_of(room) not in ONE_DOOR], ids=name_of
)
def test_only_one_door_joins_archive_reading_and_tables(room: Path) -> None:
    sides = [
        bool(reaches(room, "archiver.warc.reader")),
        bool(reaches(room, "archiver.extract")),
        bool(reaches(room, "archiver.dataset")),
    ]
    assert sum(sides) <= 1


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_only_the_crawl_knows_scrapy(room: Path) -> None:
    if wing_of(room) != "crawl":
        assert not reaches(room, "scrapy", "twisted", "spiders", "archiver.crawl")


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_nobody_imports_the_command_line(room: Path) -> None:
    if name_of(room) != "__main__.py" and wing_of(room) != "cli":
        assert not reaches(room, "archiver.cli")


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_nobody_takes_another_wing_s_private_names(room: Path) -> None:
    for module, names in imports_of(room):
        if not module.startswith("archiver.") or module.split(".")[1] == wing_of(room):
            continue
        assert not [name for name in names if name.startswith("_")], module


def platform_of(room: Path) -> str:
    """The platform that a room of ``comments`` belongs to: a module, or a package of several."""
    return room.relative_to(PACKAGE / "comments").parts[0].removesuffix(".py")


SHARED_OF_COMMENTS = {
    "__init__", "embeds", "github", "locations", "markup", "plaintext", "platform", "shapes",
    "thread",
}  # fmt: skip
"""Rooms that platforms share; every other one is a platform's own."""
LEAVES = [
    room
    for room in ROOMS
    if wing_of(room) == "comments" and platform_of(room) not in SHARED_OF_COMMENTS
]


@pytest.mark.parametrize("room", LEAVES, ids=name_of)
def test_a_platform_leaf_stands_alone(room: Path) -> None:
    for module in reaches(room, "archiver.comments"):
        parts = module.split(".")
        known = SHARED_OF_COMMENTS | {platform_of(room)}
        assert len(parts) < 3 or parts[2] in known or parts[2][:1].isupper(), module


def test_every_room_belongs_to_the_picture() -> None:
    """A new ground room says whether it is pure: it stands in one of the two lists."""
    impure = {"__init__.py", "__main__.py", "alerts.py", "config.py", "errors.py", "lock.py",
              "memo.py", "predictions.py", "privacy.py", "report.py", "run_due.py",
              "run_history.py", "schedule_file.py", "schedule_store.py", "single.py",
              "worker_process.py", "workers.py"}  # fmt: skip
    ground = {name_of(room) for room in ROOMS if room.parent == PACKAGE}
    assert ground <= PURE_ROOMS | impure, ground - PURE_ROOMS - impure
