#!/usr/bin/env python3
"""The same work in DuckDB, on two threads: page views out of a GA4 export, routes with their
numbers folded, sessions, and how often each route follows each other.

    duck.py FILE sessions|bigrams
"""

import sys

import duckdb

PARAM = "STRUCT(key VARCHAR, value STRUCT(string_value VARCHAR, int_value VARCHAR))[]"

STEPS = """
CREATE TEMP TABLE steps AS
WITH raw AS (
    SELECT user_pseudo_id AS visitor, event_timestamp::BIGINT AS time_us,
        list_filter(event_params, lambda p: p.key = 'page_location')[1].value.string_value AS url,
        list_filter(event_params, lambda p: p.key = 'ga_session_id')[1].value.int_value AS session
    FROM read_json(?, format = 'newline_delimited', columns = {{
        event_name: 'VARCHAR', event_timestamp: 'VARCHAR', user_pseudo_id: 'VARCHAR',
        event_params: '{param}'
    }})
    WHERE event_name = 'page_view'
)
SELECT visitor, session, time_us,
    regexp_replace(regexp_extract(url, 'https?://[^/]+([^?#]*)', 1), '/[0-9]+', '/:id', 'g') AS route,
    lead(time_us) OVER own - time_us AS dwell,
    lead(regexp_replace(regexp_extract(url, 'https?://[^/]+([^?#]*)', 1), '/[0-9]+', '/:id', 'g')) OVER own AS next
FROM raw
WINDOW own AS (PARTITION BY visitor, session ORDER BY time_us)
"""

COUNT = "SELECT count(DISTINCT (visitor, session)), count(DISTINCT visitor), count(*) FROM steps"
BIGRAMS = "SELECT route, next, count(*) AS n FROM steps WHERE next IS NOT NULL GROUP BY ALL ORDER BY n DESC"


def main():
    path, what = sys.argv[1:3]
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute(STEPS.format(param=PARAM), [path])
    sessions, users, steps = duck.execute(COUNT).fetchone()
    print(f"{sessions} sessions from {users} users and {steps} steps")
    if what == "bigrams":
        print(len(duck.execute(BIGRAMS).fetchall()), "bigrams")


if __name__ == "__main__":
    main()
