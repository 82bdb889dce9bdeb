"""What spans WARCs, as SQL for DuckDB: versions, whole articles, threads.

A part knows its own WARC only; these views join them when they are asked, so nothing derived can
be out of date. Knows SQL and where the tables lie; runs nothing.
"""

from __future__ import annotations

from pathlib import Path

from archiver.dataset.schema import TABLES

# Order of captures of one thing: by time, and by their place where two have the same second.
_OLDEST_FIRST = "captured_at, warc_filename, warc_record_offset"
_NEWEST_FIRST = "captured_at DESC, warc_filename DESC, warc_record_offset DESC"

# ruff: noqa: S608 - the only words put into these statements are ours and a quoted path
VIEWS = {
    "article_versions": f"""
SELECT * EXCLUDE (text_digest_before)
FROM (
    SELECT *,
        row_number() OVER captures_of_page AS capture_number,
        lag(text_digest) OVER captures_of_page AS text_digest_before
    FROM articles
    WINDOW captures_of_page AS (
        PARTITION BY article_id, page_number ORDER BY {_OLDEST_FIRST}
    )
)
WHERE text_digest_before IS DISTINCT FROM text_digest
""",
    "articles_whole": f"""
WITH latest AS (
    SELECT * FROM articles
    QUALIFY row_number() OVER (
        PARTITION BY article_id, page_number ORDER BY {_NEWEST_FIRST}
    ) = 1
),
opening AS (
    SELECT
        article_id,
        string_split(text, chr(10) || chr(10)) AS paragraphs,
        string_split(markdown, chr(10) || chr(10)) AS blocks
    FROM latest
    WHERE page_number = 1
),
-- Themes repeat standfirst and byline on each page: what page 1 has is not said again.
pieces AS (
    SELECT
        latest.* REPLACE (
            CASE WHEN page_number = 1 OR paragraphs IS NULL THEN text ELSE
                nullif(array_to_string(list_filter(
                    string_split(text, chr(10) || chr(10)),
                    lambda part: NOT list_contains(paragraphs, part)
                ), chr(10) || chr(10)), '') END AS text,
            CASE WHEN page_number = 1 OR blocks IS NULL THEN markdown ELSE
                nullif(array_to_string(list_filter(
                    string_split(markdown, chr(10) || chr(10)),
                    lambda part: NOT list_contains(blocks, part)
                ), chr(10) || chr(10)), '') END AS markdown
        )
    FROM latest LEFT JOIN opening USING (article_id)
),
joined AS (
    SELECT
        article_id,
        count(*) AS pages,
        string_agg(text, chr(10) || chr(10) ORDER BY page_number) AS text,
        string_agg(markdown, chr(10) || chr(10) ORDER BY page_number) AS markdown,
        sum(word_count)::INTEGER AS word_count,
        max(captured_at) AS last_captured_at
    FROM pieces
    GROUP BY article_id
)
SELECT first_page.* EXCLUDE (page_number, text_digest, simhash)
        REPLACE (joined.text AS text, joined.markdown AS markdown,
                 joined.word_count AS word_count),
    joined.pages,
    joined.last_captured_at
FROM joined
JOIN (
    SELECT * FROM latest
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY page_number) = 1
) AS first_page USING (article_id)
""",
    "article_threads": f"""
SELECT * EXCLUDE (newest)
FROM (
    SELECT *,
        min(captured_at) OVER states_of_comment AS first_seen_at,
        max(captured_at) OVER states_of_comment AS last_seen_at,
        row_number() OVER (
            PARTITION BY article_id, platform, comment_id ORDER BY {_NEWEST_FIRST}
        ) AS newest
    FROM comments
    WINDOW states_of_comment AS (PARTITION BY article_id, platform, comment_id)
)
WHERE newest = 1
""",
}
"""By name. They stand on the views of the three tables, which ``create_views`` makes first."""


def create_views(dataset_dir: Path) -> str:
    """SQL that makes, in DuckDB, a view of each table in ``dataset_dir`` and the views on them."""
    folder = str(dataset_dir).replace("'", "''")
    statements = [
        f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM "
        f"read_parquet('{folder}/{table}/*/*.parquet', union_by_name = true);"
        for table in TABLES
    ]
    statements += [f"CREATE OR REPLACE VIEW {name} AS{sql};" for name, sql in VIEWS.items()]
    return "\n".join(statements) + "\n"
