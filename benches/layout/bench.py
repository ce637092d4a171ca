#!/usr/bin/env python3
"""Users at once in one desirepath, in several, and in Playwright: walks in a minute, memory for each
user, and what a walk costs the machine.

Each of desirepath's users has a browser of its own, and in it a fresh context for each walk. What
can be varied is therefore how the users are spread over processes of desirepath: all in one, half
and half, or one each. Playwright's users are contexts of one browser. All walk the same steps
(search-then-buy, calm, without its rules) on the bundled shop; nothing leaves this machine.

    cargo build --release && npm --prefix benches/playwright ci
    python3 benches/layout/bench.py                   # K = 2, 4, 8
    python3 benches/layout/bench.py --users 4 --rounds 3 --binary target/debug/desirepath
"""

import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benches"))
from processes import pss, shop  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--walks", type=int, default=12, help="of each user")
    parser.add_argument("--rounds", type=int, default=1, help="of all contestants in turns")
    parser.add_argument("--binary", default=str(ROOT / "target/release/desirepath"))
    return parser.parse_args()


def copies(folder, number):
    """The journey so many times: each is walked once."""
    lines = (ROOT / "journeys/shop/search-then-buy.yaml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("rules:"))
    folder.mkdir()
    for copy in range(number):
        renamed = text.replace("journey: search-then-buy", f"journey: search-then-buy-{copy}", 1)
        (folder / f"{copy}.yaml").write_text(renamed)


def desirepath(binary, url, spread, walks, folder):
    """Sweeps at once, with so many users each; answers how to read when their walks ended."""
    sweeps = []
    for number, users in enumerate(spread):
        copies(folder / f"journeys-{number}", users * walks)
        command = [
            binary, "run", folder / f"journeys-{number}", "--base-url", url, "--perturb", "none",
            "--users", str(users), "--shrink", "0", "--report", "json", "--out", folder / f"out-{number}",
        ]
        sweeps.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ends():
        times = []
        for journal in folder.glob("out-*/*/events.jsonl"):
            events = [json.loads(line) for line in journal.read_text().splitlines()]
            times += [e["at"] for e in events if e["event"] == "walk_finished" and e["verdict"]["verdict"] == "passed"]
        return times

    return sweeps, ends


def playwright(url, users, walks, folder):
    """The same in Playwright."""
    told = folder / "ends"
    command = ["node", ROOT / "benches/layout/at-once.mjs", url, str(users), str(users * walks)]
    with told.open("w") as out:
        process = subprocess.Popen(command, stdout=out)
    return [process], lambda: [int(line) for line in told.read_text().split()]


def busy():
    """The processor time of the whole machine up to now, in seconds."""
    spent = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    idle = int(spent[3]) + int(spent[4])
    return (sum(map(int, spent[:8])) - idle) / os.sysconf("SC_CLK_TCK")


def measure(start, users, walks):
    """Walks a minute while all users walk, megabytes for each, and processor time for each walk."""
    with tempfile.TemporaryDirectory() as folder:
        before = busy()
        processes, ends = start(pathlib.Path(folder))
        held = []
        while any(process.poll() is None for process in processes):
            time.sleep(1)
            held.append(pss([process.pid for process in processes]))
        spent, times = busy() - before, sorted(ends())
    if len(times) != users * walks or any(process.returncode for process in processes):
        raise SystemExit(f"only {len(times)} of {users * walks} walks came to their end")
    # Browsers start one after the other, and the last walks have the machine for themselves.
    full = times[users : len(times) - users]
    rate = (len(full) - 1) / (full[-1] - full[0]) * 60_000
    middle = held[len(held) // 4 : -len(held) // 4]
    return rate, statistics.median(middle) / users, spent / len(times)


def main():
    args = arguments()
    process, url = shop(args.binary)
    try:
        print(f"{os.cpu_count()} processors, {args.walks} walks of each user, {args.rounds} rounds; medians")
        print("| users at once | | walks a minute | min–max | MB for each user | processor time of a walk |")
        print("|---|---|---|---|---|---|")
        for users in args.users:
            contestants = {
                "Playwright, one browser": lambda f: playwright(url, users, args.walks, f),
                "desirepath": lambda f: desirepath(args.binary, url, [users], args.walks, f),
            }
            if users > 2:
                half = [users - users // 2, users // 2]
                contestants["desirepath, 2 processes"] = lambda f: desirepath(args.binary, url, half, args.walks, f)
            each = [1] * users
            contestants[f"desirepath, {users} processes"] = lambda f: desirepath(args.binary, url, each, args.walks, f)
            results = {name: [] for name in contestants}
            for _ in range(args.rounds):
                for name, start in contestants.items():
                    results[name].append(measure(start, users, args.walks))
            for name, measured in results.items():
                rates, memories, costs = zip(*measured)
                rate, memory, cost = map(statistics.median, (rates, memories, costs))
                spread = f"{min(rates):.1f}–{max(rates):.1f}"
                print(f"| {users} | {name} | {rate:.1f} | {spread} | {memory:.0f} | {cost:.2f} s |", flush=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
