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
WITH seen_again AS (
    -- A revisit has no rows of its own: it brought the same bytes, and so the same comments.
    SELECT first.warc_filename, first.warc_record_offset, max(again.fetch_time) AS seen_again_at
    FROM captures AS first
    JOIN captures AS again ON again.url = first.url
        AND again.content_digest = first.content_digest
        AND again.fetch_time >= first.fetch_time
    WHERE again.outcome = 'unchanged'
    GROUP BY ALL
)
SELECT * EXCLUDE (newest, seen_again_at)
FROM (
    SELECT *,
        min(captured_at) OVER states_of_comment AS first_seen_at,
        max(greatest(captured_at, seen_again_at)) OVER states_of_comment AS last_seen_at,
        row_number() OVER (
            PARTITION BY article_id, platform, comment_id ORDER BY {_NEWEST_FIRST}
        ) AS newest
    FROM comments LEFT JOIN seen_again USING (warc_filename, warc_record_offset)
    WINDOW states_of_comment AS (PARTITION BY article_id, platform, comment_id)
)
WHERE newest = 1
""",
    "thread_states": f"""
WITH latest AS (
    SELECT article_id, article_url, platform, comment_id, status
    FROM comments
    QUALIFY row_number() OVER (
        PARTITION BY article_id, platform, comment_id ORDER BY {_NEWEST_FIRST}
    ) = 1
),
collected AS (
    SELECT article_id, platform, any_value(article_url) AS article_url,
        count(*) FILTER (status = 'visible')::INTEGER AS comments_collected,
        -- Who shows pingbacks (WordPress) counts them among the comments that it declares.
        count(*) FILTER (status IN ('visible', 'pingback')) AS comments_held
    FROM latest
    GROUP BY ALL
),
shown AS (
    SELECT DISTINCT article_id, platform, captured_at, warc_filename, warc_record_offset
    FROM comments
),
answers AS (
    SELECT article_id, article_url, thread_platform AS platform, fetch_time AS captured_at,
        warc_filename, warc_record_offset, comments_declared, thread_outcome,
        outcome = 'thread' AS is_answer
    FROM captures
    WHERE purpose = 'thread' AND article_id IS NOT NULL
),
-- A page that shows no comment does not say whose: of the one platform that the article has.
platforms AS (
    SELECT article_id, min(platform) AS only_platform
    FROM (SELECT article_id, platform FROM shown UNION SELECT article_id, platform FROM answers)
    GROUP BY article_id
    HAVING count(DISTINCT platform) = 1
),
pages AS (
    SELECT article_id, canonical_url AS article_url,
        coalesce(shown.platform, only_platform) AS platform, articles.captured_at,
        warc_filename, warc_record_offset, comments_declared, thread_outcome, false AS is_answer
    FROM articles
    LEFT JOIN shown USING (article_id, warc_filename, warc_record_offset)
    LEFT JOIN platforms USING (article_id)
    WHERE shown.platform IS NOT NULL OR comments_declared IS NOT NULL
),
-- An answer that another program archived was asked for by nobody: it has rows in comments only.
records AS (
    SELECT * FROM pages
    UNION ALL BY NAME SELECT * FROM answers
    UNION ALL BY NAME
    SELECT *, true AS is_answer FROM shown
    ANTI JOIN (SELECT * FROM pages UNION ALL SELECT * FROM answers) AS known
    USING (warc_filename, warc_record_offset)
),
states AS (
    SELECT article_id, platform, any_value(article_url) AS article_url,
        first(comments_declared ORDER BY {_NEWEST_FIRST})
            FILTER (comments_declared IS NOT NULL) AS comments_declared,
        first(thread_outcome ORDER BY {_NEWEST_FIRST})
            FILTER (thread_outcome IS NOT NULL) AS said,
        count(*) FILTER (is_answer)::INTEGER AS answers,
        min(captured_at) AS first_captured_at,
        max(captured_at) AS last_captured_at
    FROM records
    GROUP BY article_id, platform
)
SELECT states.article_id, coalesce(states.article_url, collected.article_url) AS article_url,
    states.platform, comments_declared,
    coalesce(comments_collected, 0) AS comments_collected,
    -- No record of several says that together they are whole: their number does.
    CASE
        WHEN coalesce(comments_held, 0) >= comments_declared THEN 'complete'
        WHEN said IS NULL AND comments_declared IS NOT NULL THEN 'partial'
        ELSE said
    END AS thread_outcome,
    answers, first_captured_at, last_captured_at
FROM states LEFT JOIN collected
    ON collected.article_id = states.article_id
    AND collected.platform IS NOT DISTINCT FROM states.platform
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
