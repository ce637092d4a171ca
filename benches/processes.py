"""The bundled shop in a process of its own, and what processes with all their children hold."""

import os
import pathlib
import re
import subprocess


def shop(binary, release="1.0"):
    """A shop and its address."""
    process = subprocess.Popen(
        [binary, "shop", "--release", release], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return process, found.group()
    raise SystemExit("the shop did not start")


def tree(roots):
    """These processes and all that they started."""
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = pathlib.Path(entry.path, "stat").read_text()
                parents[int(entry.name)] = int(stat.rsplit(") ", 1)[1].split()[1])
            except (OSError, IndexError):
                pass  # It has ended meanwhile.
    found, coming = set(), list(roots)
    while coming:
        process = coming.pop()
        if process not in found:
            found.add(process)
            coming += [child for child, parent in parents.items() if parent == process]
    return found


def started(process):
    """When it began, which tells it from a later one with its number; nothing of one that ended."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def held(process):
    """What one process holds, shared pages counted in parts, in megabytes."""
    try:
        rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0


def pss(roots):
    """The same of processes and all that they started."""
    return sum(held(process) for process in tree(roots))
