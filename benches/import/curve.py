#!/usr/bin/env python3
"""How the whole import grows with the export: model, journeys and reports included.

    curve.py [MEGABYTES...]                 default: 100 1000; DESIREPATH names another program

It needs a release build. The export is a generated one of GA4. More than 10,000 MB are the file of
10,000 MB named several times: reading, parsing and sorting are those of the whole, while what is
learned is learned of the first, because the rest are its duplicates.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = os.environ.get("DESIREPATH", str(HERE.parent.parent / "target/release/desirepath"))
LARGEST = 10_000


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [100, LARGEST]
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        print("|    MB | seconds | seconds per GB | of one core | peak memory |")
        print("|---|---|---|---|---|")
        for number, size in enumerate(sizes):
            base = min(size, LARGEST)
            if base not in made:
                made[base] = f"{folder}/{base}.jsonl"
                subprocess.run([sys.executable, HERE / "generate.py", str(base), made[base]], check=True)
            files = [made[base]] * max(1, round(size / base))
            began = time.monotonic()
            process = subprocess.Popen([PROGRAM, "import", *files, "--out", f"{folder}/out{number}"],
                                       stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            took = time.monotonic() - began
            if status != 0:
                sys.exit(f"the import ended with {os.waitstatus_to_exitcode(status)}")
            busy = usage.ru_utime + usage.ru_stime
            print(f"| {size:>5} | {took:.1f} | {took * 1000 / size:.1f} | {busy:.1f} | "
                  f"{usage.ru_maxrss / 1000:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
