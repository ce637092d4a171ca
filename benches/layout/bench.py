#!/usr/bin/env python3
"""Users at once in one desirepath, or in several: walks in a minute, and memory for each user.

Each user at once has a browser of its own, and in it a fresh context for each walk. What can be
varied is therefore how the users are spread over processes of desirepath: all in one, half and
half, or one each. The bundled shop is walked; nothing leaves this machine.

    cargo build --release
    python3 benches/layout/bench.py                   # K = 2, 4, 8; below six minutes
    python3 benches/layout/bench.py --users 2 4 --seconds 20 --binary target/debug/desirepath
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
    parser.add_argument("--seconds", type=int, default=25, help="time of each sweep")
    parser.add_argument("--binary", default=str(ROOT / "target/release/desirepath"))
    return parser.parse_args()


def walk(binary, url, spread, seconds):
    """Sweeps at once, with so many users each: walks in a minute, and memory in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        sweeps = []
        for number, users in enumerate(spread):
            command = [
                binary, "run", str(ROOT / "journeys/shop"), "--base-url", url, "--seed", str(number + 1),
                "--budget", f"{seconds}s", "--users", str(users), "--shrink", "0",
                "--report", "json", "--out", f"{folder}/{number}",
            ]
            sweeps.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        began, held = time.monotonic(), []
        while any(sweep.poll() is None for sweep in sweeps):
            time.sleep(1)
            # When browsers start and when sweeps end, fewer than all users walk.
            if 5 < time.monotonic() - began < seconds:
                held.append(pss([sweep.pid for sweep in sweeps]))
        done = [len(ended(folder, number)) for number in range(len(spread))]
        times = [at for number in range(len(spread)) for at in ended(folder, number)]
        if not all(done) or not held:
            raise SystemExit(f"a sweep of {spread} came to nothing: {done} walks")
        return len(times) / max(times) * 60_000, statistics.median(held)


def ended(folder, number):
    """When the walks of a sweep ended, in milliseconds since it began."""
    times = []
    for journal in pathlib.Path(folder, str(number)).glob("*/events.jsonl"):
        for line in journal.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "walk_finished" and event["verdict"]["verdict"] in ("passed", "failed", "stranded"):
                times.append(event["at"])
    return times


def main():
    args = arguments()
    process, url = shop(args.binary)
    try:
        print(f"{os.cpu_count()} processors, {args.seconds} s each")
        print("| users at once | processes | walks a minute | MB for each user |\n|---|---|---|---|")
        for users in args.users:
            spreads = [[users], [1] * users]
            if users > 2:
                spreads.insert(1, [users - users // 2, users // 2])
            for spread in spreads:
                rate, memory = walk(args.binary, url, spread, args.seconds)
                print(f"| {users} | {len(spread)} | {rate:.1f} | {memory / users:.0f} |", flush=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
