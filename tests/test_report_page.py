"""The page of a run: what it says, that nothing in it can run, and that it stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.dataset.schema import CAPTURES, COMMENTS
from archiver.errors import ConfigError, WriteFailed
from archiver.report import write_run_record
from archiver.report_page import plots, wording, write_report
from archiver.report_page.figures import MOST_SITES, changes, silent_sites, summed
from archiver.report_page.measured import Measured, measure
from archiver.report_page.page import render
from archiver.report_page.records import Finding, read_past, read_record

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
RUN_ID = "20261123120000aaaaaa"


def site(articles: int = 4, comments: int = 8, failed: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "captures": articles + failed,
        "outcomes": {"article": articles, "server_error": failed},
        "bytes": 41_000,
        "articles": articles,
        "article_pages": articles,
        "comments": comments,
        "fields": {"title": 1.0, "authors": 0.5} if articles else {},
        "duration_ms": {"p50": 120.0, "p95": 900.0},
        "found_by": {"feed": articles},
        "newest_published_at": "2026-11-23T10:00:00+00:00",
        **more,
    }


def record(run_id: str = RUN_ID, **more: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "started_at": BEGAN.isoformat(),
        "finished_at": (BEGAN + timedelta(minutes=10)).isoformat(),
        "finish_reason": "finished",
        "requested": 5,
        "outcomes": {"article": 4, "server_error": 1},
        "archived": 4,
        "failed": 1,
        "account": {"closes": True, "problems": []},
        "frontier": {"pending": 3},
        "sites": {"a.example": site()},
        "findings": [],
        **more,
    }


def page_of(
    facts: Mapping[str, Any], *past: Mapping[str, Any], measured: Measured | None = None
) -> Any:
    now = read_record(facts)
    before = [read_past(entry, frozenset(now.sites or ())) for entry in past]
    return lxml.html.document_fromstring(render(now, before, measured or Measured()))


def text_of(tree: Any, anchor: str) -> str:
    (section,) = tree.xpath(f"//section[@id='{anchor}']")
    return " ".join(section.text_content().split())


def rows_of(tree: Any, anchor: str) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in tree.xpath(f"//section[@id='{anchor}']//tbody/tr")
    ]


def put_part(output: Path, table: str, run_id: str, **columns: Any) -> None:
    schema = {"captures": CAPTURES, "comments": COMMENTS}[table]
    count = len(next(iter(columns.values())))
    filled = {
        entry.name: pa.array(columns.get(entry.name, [None] * count), entry.type)
        for entry in schema
    }
    folder = output / "dataset" / table / "crawl_date=2026-11-23"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(filled), folder / f"news-1-{run_id}.parquet", row_group_size=2)


# --- what it says --------------------------------------------------------------------------------


def test_the_page_says_how_the_run_ended_and_its_account() -> None:
    tree = page_of(record())
    assert tree.findtext(".//h1") == "Run of 2026-11-23 12:00 UTC"
    assert text_of(tree, "account") == (
        "The account 5 requested = 4 archived + 1 failed (server_error 1). "
        "The account closes, and the frontier says the same."
    )
    facts = {dt.text: dt.getnext().text for dt in tree.xpath("//dl[@class='facts']//dt")}
    assert facts == {
        "requested": "5",
        "archived": "4",
        "failed": "1",
        "sites": "1",
        "articles": "4",
        "comments": "8",
        "archived bytes": "41.0 KB",
        "took": "10 min 0 s",
        "URLs a minute": "0.5",
        "pending": "3",
    }
    assert rows_of(tree, "outcomes") == [
        ["article", "4", "80 %", ""],
        ["server_error (failed)", "1", "20 %", ""],
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"requested": 6},
        {"account": {"closes": False, "problems": []}},
        {"account": {"closes": True, "problems": ["3 URLs are leased"]}},
    ],
    ids=["sum", "frontier", "problem"],
)
def test_an_account_that_does_not_close_is_said_above_and_below(wrong: dict[str, Any]) -> None:
    tree = page_of(record(**wrong))
    assert "The account does not close." in tree.xpath("string(//header)")
    assert "The account does not close." in text_of(tree, "account")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"finish_reason": "shutdown"}, "The run was stopped by a signal and closed cleanly."),
        ({"finish_reason": "disk_full"}, "The run stopped because the disk was full."),
        ({"finish_reason": "closespider_timeout"}, "The run ended: closespider_timeout."),
        ({"finished_at": None}, "The run has not closed: it was killed, or it still runs."),
    ],
)
def test_each_end_has_its_sentence(facts: dict[str, Any], said: str) -> None:
    tree = page_of(record(**facts))
    ending = " ".join(tree.xpath("string(//p[@class='ending'])").split())
    assert ending.startswith(f"▲ {said}")


def test_an_old_record_is_told_as_far_as_it_goes() -> None:
    tree = page_of({"run_id": RUN_ID, "started_at": BEGAN.isoformat(), "outcomes": {"feed": 2}})
    assert "2 requested = 2 archived + 0 failed. The account closes." in text_of(tree, "account")
    for anchor in ("findings", "time", "sites", "coverage", "latency", "silent", "change"):
        assert "Not recorded:" in text_of(tree, anchor), anchor


def test_findings_stand_the_gravest_first_with_what_was_expected() -> None:
    def finding(severity: str, name: str) -> dict[str, Any]:
        return {
            "name": "volume", "site": name, "field": "articles", "value": 0,
            "expected": [3, 7.5], "text": f"{name} gave nothing", "severity": severity,
            "since": "2026-11-22T12:00:00+00:00",
        }  # fmt: skip

    given_ones = [finding("warning", "b.example"), finding("serious", "c.example")]
    tree = page_of(record(findings=given_ones))
    rest = ["volume · articles", "0", "3 to 7.5", "2026-11-22 12:00"]
    assert rows_of(tree, "findings") == [
        ["serious", "c.example", "c.example gave nothing", *rest],
        ["warning", "b.example", "b.example gave nothing", *rest],
    ]
    assert "2 findings." in tree.xpath("string(//p[@class='ending'])")


def test_coverage_is_a_table_of_shares_and_a_field_that_none_has_is_framed() -> None:
    sites = {"a.example": site(fields={"title": 1.0, "authors": 0.995, "tags": 0.0})}
    tree = page_of(record(sites=sites))
    assert rows_of(tree, "coverage") == [["a.example", "100 %", "> 99 %", "0 %"]]
    classes = tree.xpath("//section[@id='coverage']//tbody//td/@class")
    assert classes == ["h5", "h5", "h0"]


def test_sources_that_fell_silent_are_those_of_this_run_with_articles_before() -> None:
    before = {
        "steady.example": site(6),
        "rare.example": site(1),
        "gone.example": site(3),  # not asked for this time: nothing to say about it
        "never.example": site(0),
    }
    past = [
        record("20261121120000aaaaaa", sites=before),
        record("20261122120000aaaaaa", sites={**before, "rare.example": site(0)}),
    ]
    now = record(
        sites={
            "rare.example": site(0, newest_published_at=None),
            "steady.example": site(0, newest_published_at=None),
            "never.example": site(0),
        }
    )
    assert [row[:4] + row[6:] for row in rows_of(page_of(now, *past), "silent")] == [
        ["steady.example", "2 of 2", "6", "1", "2026-11-23 10:00", "2 h 0 min"],
        ["rare.example", "1 of 2", "1", "2", "2026-11-23 10:00", "2 h 0 min"],
    ]
    assert "Every site" in text_of(page_of(record(), *past[:1]), "silent")


def test_change_shows_each_run_and_a_gap_where_a_run_did_not_know_the_site() -> None:
    past = [record("1", sites={"a.example": site(2)}), record("2", sites={"b.example": site(9)})]
    sites = {"a.example": site(4), "b.example": site(9)}
    tree = page_of(record(sites=sites), *past)
    told = tree.xpath("//section[@id='change']//svg/@aria-label")
    assert told[:3] == [
        "articles by run: –, 9, 9",
        "comments by run: –, 8, 8",
        "errors by run: –, 1, 1",
    ]
    assert told[3] == "articles by run: 2, –, 4"
    assert rows_of(tree, "change")[1] == ["a.example", "", "4", "2", "", "8", "8", "", "1", "1"]


def test_sites_with_findings_come_first_and_the_rest_is_summed() -> None:
    sites = {f"s{index:03}.example": site(1 + index % 7) for index in range(MOST_SITES + 30)}
    now = read_record(record(sites=sites))
    drawn, others = changes(now, [], ["s014.example", "unknown.example"])
    assert len(drawn) == MOST_SITES
    assert drawn[0].site == "s014.example"
    assert others is not None
    shown = sum(entry.series[0][-1] or 0 for entry in drawn)
    assert shown + (others.series[0][-1] or 0) == summed(list((now.sites or {}).values())).articles


def test_shares_of_several_sites_are_weighed_by_their_pages() -> None:
    sites = {"a": site(30, fields={"title": 1.0}), "b": site(10, fields={"title": 0.2})}
    both = summed(list((read_record(record(sites=sites)).sites or {}).values()))
    assert both.fields == {"title": pytest.approx(0.8)}
    assert both.latency_p50 is None


# --- what the parts say --------------------------------------------------------------------------


def test_the_parts_of_the_run_alone_give_time_latency_and_days(tmp_path: Path) -> None:
    moments = [BEGAN + timedelta(seconds=second) for second in (0, 1, 1, 250, 599)]
    put_part(
        tmp_path, "captures", RUN_ID,
        fetch_time=moments,
        outcome=["article", "not_found", "article", "feed", "timeout"],
        duration_ms=[9, 10, 60_000, None, 15],
    )  # fmt: skip
    put_part(tmp_path, "captures", "20261123120000bbbbbb", fetch_time=moments, outcome=["feed"] * 5)
    days = [datetime(2026, 11, 21, 23, 59, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC), None]
    put_part(tmp_path, "comments", RUN_ID, published_at=days)
    measured = measure(tmp_path / "dataset", RUN_ID)
    assert (measured.start, measured.step_seconds) == (BEGAN, 10)
    assert len(measured.pages) == 60
    assert [(at, pair) for at, pair in enumerate(measured.pages) if sum(pair)] == [
        (0, (2, 1)),
        (25, (1, 0)),
        (59, (0, 1)),
    ]
    assert measured.latencies == [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert measured.comments_by_day == {date(2026, 11, 21): 1, date(2026, 11, 22): 1}
    assert measured.comments_undated == 1


def test_a_part_that_cannot_be_read_is_named_and_the_others_count(tmp_path: Path) -> None:
    put_part(tmp_path, "captures", RUN_ID, fetch_time=[BEGAN], outcome=["feed"])
    broken = tmp_path / "dataset" / "captures" / "crawl_date=2026-11-23" / f"x-{RUN_ID}.parquet"
    broken.write_bytes(b"PAR1")
    measured = measure(tmp_path / "dataset", RUN_ID)
    assert (list(measured.pages), list(measured.unreadable)) == ([(1, 0)], [broken.name])
    assert broken.name in text_of(page_of(record(), measured=measured), "time")


def test_every_figure_of_a_plot_stands_in_a_table(tmp_path: Path) -> None:
    moments = [BEGAN + timedelta(seconds=second) for second in (0, 3)]
    put_part(
        tmp_path, "captures", RUN_ID,
        fetch_time=moments, outcome=["feed", "timeout"], duration_ms=[3, 30],
    )  # fmt: skip
    put_part(tmp_path, "comments", RUN_ID, published_at=[BEGAN])
    tree = page_of(record(), measured=measure(tmp_path / "dataset", RUN_ID))
    assert rows_of(tree, "time") == [
        ["12:00:00", "1", "0"],
        ["12:00:01", "0", "0"],
        ["12:00:02", "0", "0"],
        ["12:00:03", "0", "1"],
    ]
    assert rows_of(tree, "latency")[:3] == [["< 10 ms", "1"], ["< 20 ms", "0"], ["< 50 ms", "1"]]
    assert rows_of(tree, "comments")[0] == ["2026-11-23", "1"]


# --- geometry ------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.integers(0, 10**7), min_size=2, max_size=2), min_size=1, max_size=120),
    st.integers(1, 24),
)
def test_columns_stay_in_their_box_and_labels_apart(heights: list[list[int]], size: int) -> None:
    drawn = plots.columns(heights, ["8" * size] * len(heights))
    for column in drawn.columns:
        assert plots.WIDTH >= column.x + column.width >= column.x >= drawn.left
        for segment in column.segments:
            assert -2 <= segment.y <= segment.y + segment.height <= drawn.base + 0.2
    width = 7 * size
    places = [(tick.at - width / 2, tick.at + width / 2) for tick in drawn.x_ticks]
    assert all(left >= 0 and right <= plots.WIDTH for left, right in places)
    assert all(before[1] < after[0] for before, after in pairwise(places))
    rounded = [tick.at for tick in drawn.y_ticks]
    assert rounded == sorted(rounded, reverse=True)
    assert len({tick.label for tick in drawn.y_ticks}) == len(drawn.y_ticks) <= 6


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (441, [0, 200, 400, 600])],
)
def test_ticks_are_round_whole_numbers(highest: float, ticks: list[float]) -> None:
    assert plots.nice_ticks(highest) == ticks


def test_a_night_is_marked_at_full_hours_and_a_week_at_days() -> None:
    labels, marks = plots.time_labels(BEGAN, 300, 120)
    assert [labels[mark] for mark in marks][:3] == ["12:00", "13:00", "14:00"]
    labels, marks = plots.time_labels(BEGAN, 7200, 84)
    assert [labels[mark] for mark in marks][:2] == ["2026-11-24", "2026-11-25"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (wording.share(0.0001), "< 1 %"),
        (wording.share(0.9999), "> 99 %"),
        (wording.number(0.5), "0.5"),
        (wording.number(1234567), "1,234,567"),
        (wording.size(999_600), "1.0 MB"),
        (wording.duration(3 * 86400 + 7200), "3 days 2 h"),
        (wording.milliseconds(2000), "2 s"),
        (wording.shown("a\x1b[31m\u202eb\ud800"), "a\ufffd[31m\ufffdb?"),
    ],
)
def test_figures_are_worded(said: str, expected: str) -> None:
    assert said == expected


# --- nothing in it can run -----------------------------------------------------------------------

HOSTILE = "\"'></style></title><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"


def hostile(value: Any) -> Any:
    """``value`` with every text, names of keys of maps included, made hostile."""
    if isinstance(value, dict):
        return {f"{key}{HOSTILE}": hostile(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [hostile(entry) for entry in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) else value


def assert_inert(page: str) -> None:
    """No element, attribute or address in ``page`` does anything."""
    tree: Any = lxml.html.document_fromstring(page)
    names = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "img", "iframe", "link", "object", "embed", "base", "form"}
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "srcset", "style", "action", "data", "xlink:href"}, name
            assert name != "href" or value.startswith("#"), value
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import", style)


def test_no_text_of_a_record_becomes_markup() -> None:
    facts = record(
        findings=[{"name": "n", "site": "s", "field": "f", "text": "t", "severity": "x"}],
        not_derived=["w"],
        versions={"v": "1"},
        arguments={"a": "b"},
        spider="p",
    )
    kept = {"run_id", "started_at", "finished_at", "requested", "archived", "failed"}
    bad = {key: value if key in kept else hostile(value) for key, value in facts.items()}
    bad["sites"] = {HOSTILE: site(fields={HOSTILE: 0.5}, found_by={HOSTILE: 2})}
    bad["findings"] = [hostile(entry) | entry for entry in facts["findings"]]
    bad["findings"][0] |= {"text": HOSTILE, "site": HOSTILE, "severity": HOSTILE}
    bad["account"] = {"closes": False, "problems": [HOSTILE]}
    past = read_past({**bad, "run_id": "1"}, {HOSTILE})
    page = render(read_record(bad), [past], Measured(unreadable=[HOSTILE]))
    assert_inert(page)
    assert page.count("&lt;script&gt;alert(1)") >= 12


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["articles", "p50", "x", "closes"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        *("outcomes", "sites", "findings", "account", "frontier", "requested", "archived"),
        *("started_at", "finished_at", "finish_reason", "derived", "arguments", "versions"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, JSON | st.dictionaries(st.text(max_size=5), JSON, max_size=3)))
@example({"requested": 10**400, "sites": {"a": {"articles": 1e999, "duration_ms": {"p50": -1}}}})
def test_no_record_breaks_the_page(facts: dict[str, Any]) -> None:
    assert_inert(render(read_record({"run_id": RUN_ID, **facts}), [], Measured()))


# --- for everybody -------------------------------------------------------------------------------


def test_tables_plots_and_headings_can_be_heard(tmp_path: Path) -> None:
    put_part(tmp_path, "captures", RUN_ID, fetch_time=[BEGAN], outcome=["feed"], duration_ms=[3])
    measured = measure(tmp_path / "dataset", RUN_ID)
    tree = page_of(record(), record("1"), measured=measured)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [link.lstrip("#") for link in tree.xpath("//nav//@href")] == tree.xpath("//section/@id")
    assert tree.xpath("//section[not(h2)]") == []
    assert tree.xpath("//table[not(caption)] | //th[not(@scope)]") == []
    assert tree.xpath("//html/@lang") == ["en"]
    for plot in tree.xpath("//svg[not(@aria-hidden)]"):
        named = plot.get("aria-label") or [
            tree.get_element_by_id(name).text for name in plot.get("aria-labelledby").split()
        ]
        assert plot.get("role") == "img"
        assert all(named)


def test_ten_thousand_findings_and_sites_of_long_names_stay_below_two_megabytes() -> None:
    names = [f"{'n' * 60}-{index}.example" for index in range(4000)]
    findings = [
        {"name": "volume", "site": name, "text": "<é>" * 90, "severity": "warning"}
        for name in names
        for _ in range(3)
    ]
    facts = record(sites={name: site() for name in names}, findings=findings)
    now = read_record(facts)
    past = [read_past({**facts, "run_id": "1"}, frozenset(names))] * 12
    page = render(now, past, Measured())
    assert len(page.encode()) < 2_000_000
    tree = lxml.html.document_fromstring(page)
    assert rows_of(tree, "findings")[0] == ["warning", "volume", "12,000", "4,000"]
    assert "more than this page has room for" in text_of(tree, "findings")


# --- the file ------------------------------------------------------------------------------------


def test_the_page_stands_beside_its_record_and_later_runs_do_not_change_it(tmp_path: Path) -> None:
    earlier = record("20261122120000aaaaaa")
    for facts in (earlier, record()):
        write_run_record(tmp_path, facts)
    put_part(tmp_path, "captures", RUN_ID, fetch_time=[BEGAN], outcome=["feed"], duration_ms=[3])
    path = write_report(tmp_path)
    assert path == tmp_path / "runs" / RUN_ID / "report.html"
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["report.html", "run.json"]
    first = path.read_bytes()
    assert b"the median of 1 run before," in first
    write_run_record(tmp_path, record("20261124120000aaaaaa"))
    assert write_report(tmp_path, RUN_ID).read_bytes() == first


def test_past_runs_that_know_none_of_the_sites_are_passed_over(tmp_path: Path) -> None:
    write_run_record(tmp_path, record("20261121120000aaaaaa"))
    for hour in range(20):
        write_run_record(
            tmp_path, record(f"202611221{hour:02}000aaaaaa", sites={"other.example": site()})
        )
    torn = write_run_record(tmp_path, record("20261122999999aaaaaa"))
    torn.write_text("{")
    write_run_record(tmp_path, record())
    tree: Any = lxml.html.document_fromstring(write_report(tmp_path).read_text("utf-8"))
    assert tree.xpath("//section[@id='change']//svg/@aria-label")[0] == "articles by run: 4, 4"


def test_a_run_that_is_not_there_and_a_disk_that_takes_nothing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no run has been recorded"):
        write_report(tmp_path)
    path = write_run_record(tmp_path, record())
    (path.parent / "report.html.new").mkdir()
    with pytest.raises(WriteFailed, match="archiver report --html"):
        write_report(tmp_path)


def test_the_record_of_a_finding_may_lack_everything() -> None:
    facts = json.loads('{"run_id": "r", "findings": [{}, 3], "sites": {"a": {"errors": 0.02}}}')
    now = read_record(facts)
    assert now.findings == (Finding("finding", "", "", None, None, "", ""),)
    assert (now.sites or {})["a"].errors is None
    assert silent_sites(now, []) == []
