"""What a process and its children hold together, on Linux: a page that four of them share counts once.

A process of its own looks: a thread in the one that is measured would keep it from making copies of itself.
"""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SMAPS: Final = Path("/proc/self/smaps_rollup")
LOOK_EVERY_SECONDS: Final = 0.1


@contextmanager
def peak_together() -> Iterator[list[float]]:
    """Yield a list that holds, at the end, the most megabytes of this process and its children together; empty elsewhere."""
    peak: list[float] = []
    if not SMAPS.exists():
        yield peak
        return
    command = [sys.executable, __file__, str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout
        watcher.stdout.readline()
        yield peak
        said, _ = watcher.communicate()
    peak.append(float(said))


def held_megabytes(pid: int) -> float:
    """Return the proportional set sizes of a process and of all below it, without this one."""
    return sum(_own_kilobytes(each) for each in _family(pid) if each != os.getpid()) / 1024


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in below:
        yield from _family(int(child))


def _own_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        # It has ended since.
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def main() -> None:
    """Look until whoever asked has heard enough."""
    pid, peak = int(sys.argv[1]), 0.0
    print("looking", flush=True)
    while not select.select([sys.stdin], [], [], LOOK_EVERY_SECONDS)[0]:
        peak = max(peak, held_megabytes(pid))
    print(max(peak, held_megabytes(pid)))


if __name__ == "__main__":
    main()
