#!/usr/bin/env python3
"""Writes generated sessions in the shapes in which public data sets of sessions come. Nobody did
these things.

    shapes.py SHAPE SESSIONS FILE

The shapes: paths (a sequence of page numbers on each line, with a legend), shop (CSV with a
header), clicks (CSV without one), nested (JSON lines with an array of events), wiki (TSV with a
path in one field), plain (CSV of user, time and page).

The process behind them is no Markov chain of any order: each visitor is of a kind that no page
shows, changes the mood on the way, comes back to pages of the same visit, and has a patience of
their own, so that the lengths have a heavy tail. The same arguments give the same bytes.
"""

import bisect
import datetime
import json
import random
import sys

PAGES = ["frontpage", "news", "tech", "local", "opinion", "on-air", "misc", "weather", "health",
         "living", "business", "sports", "summary", "bbs", "travel", "mail", "money"]
KINDS = 7
START = 1_790_812_800


def sums(weights):
    total, out = 0.0, []
    for weight in weights:
        total += weight
        out.append(total)
    return out


class Visitors:
    """Draws visits as lists of page numbers from 0."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        taste = random.Random(20261101)
        count = len(PAGES)
        # What a kind of visitor likes at all, and how one page leads to the next in each mood.
        self.likes = [sums(taste.random() ** 4 + 0.5 / (page + 1) for page in range(count))
                      for _ in range(KINDS)]
        self.leads = [[sums(taste.random() ** 9 + 0.004 for _ in range(count))
                       for _ in range(count)] for _ in range(KINDS)]
        # Pairs of pages after which visitors of a kind have one certain intent.
        self.intents = {(kind, taste.randrange(count), taste.randrange(count)): taste.randrange(count)
                        for kind in range(KINDS) for _ in range(40)}

    def pick(self, cumulative):
        return bisect.bisect(cumulative, self.random.random() * cumulative[-1])

    def visit(self):
        draw = self.random.random
        kind = int(draw() ** 1.6 * KINDS)
        leave = self.random.betavariate(1.1, 3.2)
        cling = self.random.betavariate(0.8, 2.0)
        path = [self.pick(self.likes[kind])]
        while draw() > leave and len(path) < 500:
            luck = draw()
            if luck < cling:
                path.append(path[-1])
            elif luck < cling + 0.12 and len(path) > 1:
                # Back to something of this visit, the recent rather than the old.
                back = min(int(self.random.expovariate(0.6)) + 2, len(path))
                path.append(path[-back])
            elif len(path) > 1 and (kind, path[-2], path[-1]) in self.intents:
                path.append(self.intents[kind, path[-2], path[-1]])
            elif luck > 0.95:
                path.append(self.pick(self.likes[kind]))
            else:
                path.append(self.pick(self.leads[kind][path[-1]]))
            if draw() < 0.04:
                kind = self.random.randrange(KINDS)
        return path


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def timed(visitors, number):
    """A visit with the time of each page."""
    at = START + number * 2 + 0.0
    for page in visitors.visit():
        yield at, page
        at += visitors.random.lognormvariate(3.0, 1.1)


def paths(visitors, count, out):
    out.write("% Sequences of page categories, one visitor on each line.\n\n")
    out.write("% The categories, from 1:\n\n" + " ".join(PAGES) + "\n\n% Sequences:\n\n")
    for _ in range(count):
        out.write(" ".join(str(page + 1) for page in visitors.visit()) + " \n")


def plain(visitors, count, out):
    out.write("user,time,url\n")
    for number in range(count):
        for at, page in timed(visitors, number):
            out.write(f"u{number},{at:.3f},https://site.example/{PAGES[page]}\n")


def shop(visitors, count, out):
    out.write("event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n")
    kinds = ["view"] * 14 + ["cart", "cart", "remove_from_cart", "purchase"]
    for number in range(count):
        user = 500_000_000 + visitors.random.randrange(count // 2 + 1)
        session = f"{visitors.random.getrandbits(128):032x}"
        for at, page in timed(visitors, number):
            product = 1_000_000 + page * 97
            # Some products have no category, as in real exports.
            category = f"shop.{PAGES[page]}" if page % 5 else ""
            out.write(f"{utc(at):%Y-%m-%d %H:%M:%S} UTC,{visitors.random.choice(kinds)},{product},"
                      f"20530135{product},{category},,{page * 3.5:.2f},{user},{session}\n")


def clicks(visitors, count, out):
    for number in range(count):
        for at, page in timed(visitors, number):
            item = 214_500_000 + page * 131 + visitors.random.randrange(100)
            stamp = utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            out.write(f"{number + 1},{stamp},{item},{page}\n")


def nested(visitors, count, out):
    kinds = ["clicks"] * 12 + ["carts", "orders"]
    for number in range(count):
        events = [{"aid": page * 1000 + visitors.random.randrange(1000), "ts": int(at * 1000),
                   "type": visitors.random.choice(kinds)} for at, page in timed(visitors, number)]
        out.write(json.dumps({"session": number, "events": events}, separators=(",", ":")) + "\n")


def wiki(visitors, count, out):
    out.write("# A path on each line; < is a click on back.\n# FORMAT: hashedIpAddress timestamp durationInSec path rating\n\n")
    for number in range(count):
        steps, told = visitors.visit(), []
        for at, page in enumerate(steps):
            back = at > 1 and steps[at - 2] == page and told[-1] != "<"
            told.append("<" if back else PAGES[page].capitalize())
        out.write(f"{visitors.random.getrandbits(64):016x}\t{START + number * 2}\t{len(steps) * 9}\t{';'.join(told)}\tNULL\n")


def main():
    shape, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    shapes = {f.__name__: f for f in (paths, plain, shop, clicks, nested, wiki)}
    with open(path, "w", encoding="utf-8") as out:
        shapes[shape](Visitors(7), count, out)


if __name__ == "__main__":
    main()
