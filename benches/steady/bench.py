#!/usr/bin/env python3
"""Whether the same seed gives the same verdicts: the demonstration, over and over.

    bench.py [TIMES]                        default: 20; DESIREPATH names another program

It needs a release build. Compared are the plans, byte for byte; what is found of the shop's
regressions (src/demo/regressions.yaml says which depend on a race); whether anything is told as
flaky, or is not on the list; and whether a driver or browser failed. It ends with 1 where plans,
or findings that depend on no race, differ.
"""

import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("DESIREPATH", str(ROOT / "target/release/desirepath"))


def races():
    text = (ROOT / "src/demo/regressions.yaml").read_text()
    entries = re.split(r"(?m)^- id: ", text)[1:]
    return {entry.split("\n", 1)[0] for entry in entries if "\n  race: true" in entry}


def plans(run):
    """A digest of the plans that were drawn; trials and confirmations follow from verdicts."""
    digest = hashlib.sha256()
    for plan in sorted((run / "walks").glob("*.yaml")):
        if re.fullmatch(r"[a-z0-9-]+\.(calm-)?\d+\.yaml", plan.name):
            digest.update(plan.name.encode() + plan.read_bytes())
    return digest.hexdigest()[:16]


def demo(folder):
    began = time.monotonic()
    told = subprocess.run([PROGRAM, "demo", "--out", folder], capture_output=True, text=True)
    took = time.monotonic() - began
    if told.returncode != 0:
        sys.exit(f"the demonstration ended with {told.returncode}\n{told.stderr[-2000:]}")
    [run] = Path(folder).glob("*-sweep-seed*")
    events = [json.loads(line) for line in (run / "events.jsonl").open()]
    verdicts = [event["verdict"]["verdict"] for event in events if event.get("event") == "walk_finished"]
    return {
        "took": took,
        "plans": plans(run),
        "found": set(re.findall(r"^ +✓ ([a-z-]+):", told.stdout, re.M)),
        "others": re.findall(r"^ +\? not on the list: (.*)", told.stdout, re.M),
        "flaky": len(re.findall(r"^✗[^\n]*\n[^\n]*\n[^\n]*flaky", told.stdout, re.M)),
        "infrastructure": verdicts.count("infrastructure"),
    }


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    by_race = races()
    shown = []
    print("| demo | seconds | plans | found | of these by a race | flaky | not listed | infrastructure |")
    print("|---|---|---|---|---|---|---|---|")
    for number in range(1, times + 1):
        with tempfile.TemporaryDirectory() as folder:
            one = demo(folder)
        shown.append(one)
        raced = ", ".join(sorted(one["found"] & by_race)) or "none"
        print(f"| {number} | {one['took']:.0f} | {one['plans']} | {len(one['found'])} | {raced} | {one['flaky']} | "
              f"{'; '.join(one['others']) or 'none'} | {one['infrastructure']} |", flush=True)
    same_plans = len({one["plans"] for one in shown}) == 1
    steady = {frozenset(one["found"] - by_race) for one in shown}
    print(f"\nthe same plans: {'yes' if same_plans else 'NO'}")
    print(f"the same findings without a race: {'yes' if len(steady) == 1 else 'NO'}")
    for number, found in enumerate(sorted(map(sorted, steady))):
        print(f"  {number + 1}: {', '.join(found)}")
    seconds = [one["took"] for one in shown]
    print(f"seconds: median {statistics.median(seconds):.0f}, {min(seconds):.0f} to {max(seconds):.0f}")
    sys.exit(0 if same_plans and len(steady) == 1 else 1)


if __name__ == "__main__":
    main()
