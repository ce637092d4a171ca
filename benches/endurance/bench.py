#!/usr/bin/env python3
"""Many walks in a row: whether memory stays flat, and what is left behind.

    cargo build --release
    python3 benches/endurance/bench.py                # 1000 walks, 2 users; half an hour to an hour
    python3 benches/endurance/bench.py --walks 200 --seed 5

The bundled shop's release 1.0 is walked, so whatever breaks is a false alarm. Printed are, for each
tenth of the walks, the memory of desirepath alone and of everything that it started, shared pages
counted in parts; at the end processes and folders of browsers that are still there.
"""

import argparse
import collections
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
from processes import held, pss, shop, started, tree  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--walks", type=int, default=1000)
    parser.add_argument("--users", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=str(ROOT / "target/release/desirepath"))
    return parser.parse_args()


def finished(out):
    """How many walks have ended."""
    return sum(
        line.startswith(b'{"at":') and b'"event":"walk_finished"' in line
        for journal in out.glob("*/events.jsonl")
        for line in journal.open("rb")
    )


def main():
    args = arguments()
    process, url = shop(args.binary)
    rows, seen = collections.defaultdict(list), {}
    with tempfile.TemporaryDirectory() as folder:
        scratch, out = pathlib.Path(folder, "tmp"), pathlib.Path(folder, "out")
        scratch.mkdir()
        command = [
            args.binary, "run", str(ROOT / "journeys/shop"), "--base-url", url, "--seed", str(args.seed),
            "--walks", str(args.walks), "--users", str(args.users), "--shrink", "0", "--out", str(out),
        ]
        began = time.monotonic()
        sweep = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        while sweep.poll() is None:
            time.sleep(5)
            seen |= {child: started(child) for child in tree([sweep.pid])}
            tenth = min(9, finished(out) * 10 // args.walks)
            own, whole = held(sweep.pid), pss([sweep.pid])
            if own:
                rows[tenth].append((own, whole))
        took, told = time.monotonic() - began, sweep.stdout.read()
        print(told.split("\n\n", 1)[0])
        print(f"{finished(out)} walks in {took / 60:.1f} minutes, exit code {sweep.returncode}")
        print("| tenth of the walks | desirepath, MB | with drivers and browsers, MB |\n|---|---|---|")
        for tenth in sorted(rows):
            own, whole = zip(*rows[tenth])
            print(f"| {tenth + 1} | {statistics.median(own):.0f} | {statistics.median(whole):.0f} |")
        left = [path.name for path in scratch.iterdir()]
        alive = [child for child, at in seen.items() if at is not None and started(child) == at]
        print(f"left behind: {len(alive)} processes, {len(left)} files and folders {' '.join(left)}")
    process.send_signal(signal.SIGTERM)
    process.wait()
    sys.exit(1 if alive or left or sweep.returncode else 0)


if __name__ == "__main__":
    main()
