#!/usr/bin/env python3
"""Writes a generated GA4 export (BigQuery JSON lines) of a given size. Nobody did these things.

    generate.py MEGABYTES FILE

The same size gives the same bytes: visits are drawn by a small generator of its own. Users come
back, sessions interleave as in a real export, and a third of the events are no page views.
"""

import json
import sys

PAGES = ["/", "/search", "/cart", "/checkout", "/thanks", "/account", "/help", "/about"]


class Draw:
    """A linear congruential generator (Knuth's MMIX constants): portable and fast enough."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 33) % limit


def event(draw, time, user, session, page, name):
    params = [
        ("ga_session_id", "int_value", str(session)),
        ("page_location", "string_value", f"https://shop.example{page}?utm_source=mail&n={draw.below(1000)}"),
        ("page_title", "string_value", "A shop that does not exist"),
        ("page_referrer", "string_value", "https://shop.example/"),
        ("engagement_time_msec", "int_value", str(draw.below(60000))),
        ("ga_session_number", "int_value", str(1 + draw.below(5))),
    ]
    return {
        "event_date": "20261001",
        "event_timestamp": str(time),
        "event_name": name,
        "event_params": [{"key": key, "value": {kind: value}} for key, kind, value in params],
        "event_bundle_sequence_id": str(draw.below(10**9)),
        "user_pseudo_id": user,
        "user_properties": [],
        "device": {"category": "mobile", "operating_system": "Android", "language": "en-gb",
                   "web_info": {"browser": "Chrome", "browser_version": "130.0.0.0"}},
        "geo": {"city": "Leipzig", "country": "Germany", "continent": "Europe", "region": "Saxony"},
        "traffic_source": {"name": "(direct)", "medium": "(none)", "source": "(direct)"},
        "stream_id": "1234567890", "platform": "WEB", "items": [],
    }


def main():
    size, path = int(sys.argv[1]) * 1_000_000, sys.argv[2]
    draw = Draw(20261001)
    # Visits that are going on at the same time: [user, session, time in microseconds, page].
    going = []
    written = users = 0
    start = 1_790_812_800_000_000
    with open(path, "w", encoding="utf-8") as out:
        while written < size:
            if len(going) < 200:
                users += 1
                user = f"{draw.below(max(users // 2, 1)) * 7919 + 10**9}.{start // 10**6}"
                session = 10**8 + users
                going.append([user, session, start + users * 400_000, "/"])
            visit = going[draw.below(len(going))]
            user, session, time, page = visit
            kind = draw.below(6)
            name = ["page_view", "page_view", "page_view", "page_view", "user_engagement", "scroll"][kind]
            line = json.dumps(event(draw, time, user, session, page, name), separators=(",", ":")) + "\n"
            out.write(line)
            written += len(line)
            visit[2] += 1_000_000 * (1 + draw.below(90))
            visit[3] = f"/product/{draw.below(5000)}" if draw.below(2) else PAGES[draw.below(len(PAGES))]
            if draw.below(7) == 0:
                going.remove(visit)


if __name__ == "__main__":
    main()
