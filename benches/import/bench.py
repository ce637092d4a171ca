#!/usr/bin/env python3
"""desirepath's import beside DuckDB on a generated GA4 export: time and peak memory.

    bench.py MEGABYTES [ROUNDS]

It needs a release build, and `duckdb` from PyPI in the Python that runs it. They take turns, so
that noise of the machine hits all of them alike; the first round warms the page cache and does
not count.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent.parent / "target/release/desirepath"


def measured(command):
    """Seconds, peak memory in MB, and the first line that was printed."""
    if OUT in command:
        # Nothing is ever overwritten: each time another folder.
        command = [*command[:-1], tempfile.mkdtemp(dir=os.path.dirname(command[2]))]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, usage.ru_maxrss / 1000, out.splitlines()[0]


# Stands for a folder of its own in each round.
OUT = "OUT"


def main():
    size = int(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/generated.jsonl"
        subprocess.run([sys.executable, HERE / "generate.py", str(size), file], check=True)
        duck = [sys.executable, str(HERE / "duck.py"), file]
        contestants = {
            "desirepath, sessions": [str(PROGRAM), "import", file, "--json"],
            "desirepath, with model and journeys": [str(PROGRAM), "import", file, "--out", OUT],
            "DuckDB, sessions": [*duck, "sessions"],
            "DuckDB, sessions and bigrams": [*duck, "bigrams"],
        }
        runs = {name: [] for name in contestants}
        for number in range(rounds + 1):
            for name, command in contestants.items():
                result = measured(command)
                if number > 0:
                    runs[name].append(result)
        base = statistics.median(run[0] for run in runs["desirepath, sessions"])
        print(f"| {os.path.getsize(file) / 1e6:.0f} MB, {rounds} rounds | median | ratio | min–max | peak memory |")
        print("|---|---|---|---|---|")
        for name, results in runs.items():
            times = [run[0] for run in results]
            middle = statistics.median(times)
            print(f"| {name} | {middle:.2f} s | {middle / base:.2f} | {min(times):.2f}–{max(times):.2f} s "
                  f"| {max(run[1] for run in results):.0f} MB |")
        for name, results in runs.items():
            print(f"{name}: {results[-1][2]}")


if __name__ == "__main__":
    main()
