"""docs/dataset.md: every column stands there as the schema says it, and every example runs."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from archiver.dataset import TABLES, write_part
from archiver.dataset.rows import article_row, capture_row, comment_rows
from archiver.dataset.views import create_views
from archiver.outcomes import Outcome
from tests.dataset.samples import ARTICLE, CAPTURE

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "dataset.md"
EXAMPLES = re.findall(r"```(python|sql)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)


def spelled(kind: pa.DataType) -> str:
    """A type as the document writes it."""
    if pa.types.is_list(kind):
        return f"list<{spelled(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(field.name for field in kind)}>"
    if pa.types.is_map(kind):
        return f"map<{spelled(kind.key_type)}, {spelled(kind.item_type)}>"
    return str(kind)


def column_lines(schema: pa.Schema) -> list[str]:
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for field in schema:
        optional = "?" if field.nullable else ""
        meaning = field.metadata[b"description"].decode()
        lines.append(f"| {field.name} | {spelled(field.type)}{optional} | {meaning} |")
    return lines


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented_as_the_schema_says_it(table: str) -> None:
    text = DOCUMENT.read_text("utf-8")
    found = re.search(rf"<!-- columns of {table} -->\n(.*?)\n\n", text, re.DOTALL)
    assert found is not None
    assert found[1].splitlines() == column_lines(TABLES[table])


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small dataset, as the document names it."""
    rows = {
        "articles": [article_row(ARTICLE, CAPTURE, rules_digest="r", extractor="e")],
        "comments": comment_rows(ARTICLE, CAPTURE),
        "captures": [capture_row(CAPTURE, Outcome.ARTICLE)],
    }
    for table, schema in TABLES.items():
        folder = tmp_path / "output" / "dataset" / table / "crawl_date=2026-11-23"
        write_part(folder / "stem.parquet", schema, rows[table], {})
    monkeypatch.chdir(tmp_path)
    return tmp_path / "output"


@pytest.mark.parametrize("example", [code for kind, code in EXAMPLES if kind == "python"])
def test_every_python_example_runs_and_finds_the_rows(output: Path, example: str) -> None:
    names: dict[str, object] = {}
    exec(example, names)
    loaded = names.get("articles", names.get("comments", names.get("captures")))
    if loaded is None:
        connection = names["connection"]
        assert isinstance(connection, duckdb.DuckDBPyConnection)
        assert connection.execute("FROM article_threads").fetchall() != []
    else:
        assert len(loaded) in (1, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("example", [code for kind, code in EXAMPLES if kind == "sql"])
def test_every_query_runs_and_finds_the_rows(output: Path, example: str) -> None:
    connection = duckdb.connect()
    connection.execute(create_views(output / "dataset"))
    assert connection.execute(example).fetchall() != []
