"""How long one process takes from nothing to ready, what it holds when idle, and what a first view takes of it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from tests.bench.figures import Figures, started_with
from tests.bench.wire import Visitor
from tests.browser.conftest import ROOT, free_port

ORGANISATION, NUMBER, PIN = "larch", "0042", "246813"
"""A demo sign-in."""


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def start(port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Serve; return the process and the seconds until it answers."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while True:
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
                if answer.status == 200:
                    return process, time.monotonic() - began
        except OSError:
            time.sleep(0.1)


def view_first_lesson(origin: str, figures: Figures) -> None:
    """Sign in, begin the course that is asked for, and look at its first lesson with an empty cache."""
    visitor = Visitor(origin)
    form = visitor.get("/sign-in/")
    training = visitor.post(form, "/sign-in/", organisation=ORGANISATION, number=NUMBER, pin=PIN)
    course = re.search(r'href="(/learn/[a-z0-9-]+/)"', training)
    assert course, "nothing to do is shown after the sign-in"
    visitor.post(visitor.get(course[1]), f"{course[1]}start/")
    assert visitor.path.removeprefix(course[1]) not in ("", visitor.path), "starting did not lead to a lesson"
    requests, received_bytes = visitor.first_view(visitor.path)
    figures.add("first view of a lesson, requests", requests, "", 6)
    figures.add("first view of a lesson, over the wire", received_bytes / 1000, "KB", 60)


def main() -> None:
    """Start twice, wait, look at the memory, stop."""
    target, figures = started_with()
    for name, bar in (("first start, with content", 60), ("second start", 10)):
        port = free_port()
        process, seconds = start(port)
        figures.add(name, seconds, "s", bar)
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            answer.read()
        time.sleep(12)
        if name == "second start":
            figures.add("memory when idle", resident_bytes(process.pid) / 1_000_000, "MB", 250)
            view_first_lesson(f"http://127.0.0.1:{port}", figures)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)
        figures.add(f"end after the {name.split(',')[0]}", time.monotonic() - began, "s", 10)
    figures.write(target)


if __name__ == "__main__":
    main()
