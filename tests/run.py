"""Run the whole suite on every profile this machine offers, and name at the end what was not run.

What is marked ``one_profile`` depends on no database: it runs in the embedded profile alone. Some of it is marked because
it takes long; whatever asks no database at all is marked by tests/conftest.py.

Embedded (SQLite, memory) always; production (PostgreSQL, Redis) when both answer; browser tests when a Chromium is there,
unless FIELDFARE_TEST_BROWSER=0. FIELDFARE_TEST_REQUIRE=all makes anything left out a failure.
FIELDFARE_TEST_PICTURES=1 keeps pictures of what a browser showed, in screenshots/.
"""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from urllib.parse import urlsplit

POSTGRES = os.environ.get("FIELDFARE_TEST_DATABASE_URL", "postgres://fieldfare:fieldfare@127.0.0.1:5432/fieldfare")
REDIS = os.environ.get("FIELDFARE_TEST_REDIS_URL", "redis://127.0.0.1:6379/1")
SOFFICE = os.environ.get("FIELDFARE_SOFFICE") or shutil.which("soffice")
EPUBCHECK = shutil.which("epubcheck")
CHROMIUM = os.environ.get("FIELDFARE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Outcome:
    """What became of the profiles."""

    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def answers(url: str) -> bool:
    """Return whether something listens at the host and port of ``url``."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def run(name: str, outcome: Outcome, arguments: list[str], **environment: str) -> None:
    """Run pytest for one profile and note what happened."""
    print(f"\n=== {name} ===", flush=True)
    env = {**os.environ, **environment}
    # Hundreds of files would be compiled anew in each of some fifty processes.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    workers = (
        [] if any(a.startswith("-n") for a in arguments) else ["-n", os.environ.get("FIELDFARE_TEST_WORKERS", "2")]
    )
    command = [sys.executable, "-m", "pytest", *workers, "--dist", "loadgroup", *arguments]
    if subprocess.run(command, env=env, check=False).returncode != 0:
        outcome.failed.append(name)


def main(arguments: list[str]) -> int:
    """Run all profiles; return the exit status."""
    outcome = Outcome()
    skipped: list[str] = []
    if os.environ.get("FIELDFARE_TEST_BROWSER") == "0":
        outcome.left_out.append("browser tests: FIELDFARE_TEST_BROWSER=0 was said")
        skipped = ["--ignore=tests/browser"]
    elif not CHROMIUM:
        outcome.left_out.append("browser tests: no Chromium found (FIELDFARE_CHROMIUM names one)")
        skipped = ["--ignore=tests/browser"]
    if not SOFFICE:
        outcome.left_out.append(
            "workbooks and slides through LibreOffice: no soffice found (FIELDFARE_SOFFICE names one)"
        )
    if not EPUBCHECK:
        outcome.left_out.append("EPUB through epubcheck: not found")
    if missing := [name for name in ("espeak-ng", "opusenc", "opusdec", "ffmpeg") if not shutil.which(name)]:
        outcome.left_out.append(f"recordings and films: {', '.join(missing)} not found")
    environment = {"FIELDFARE_CHROMIUM": CHROMIUM or ""}
    run("embedded profile: SQLite", outcome, [*skipped, *arguments], DATABASE_URL="", REDIS_URL="", **environment)
    if answers(POSTGRES) and answers(REDIS):
        run(
            "production profile: PostgreSQL and Redis",
            outcome,
            ["-m", "not one_profile", *skipped, *arguments],
            DATABASE_URL=POSTGRES,
            REDIS_URL=REDIS,
            **environment,
        )
    else:
        missing = [name for name, url in (("PostgreSQL", POSTGRES), ("Redis", REDIS)) if not answers(url)]
        outcome.left_out.append(f"production profile: {' and '.join(missing)} not reachable")
    print()
    print(
        "RAN ONCE, embedded: what asks no database, and what is marked one_profile (made files, workbooks through LibreOffice, each page in a browser, the harm check of the curriculum)."
    )
    for line in outcome.left_out:
        print(f"NOT RUN: {line}")
    if not outcome.left_out:
        print("Everything ran: both profiles, with browser.")
    for line in outcome.failed:
        print(f"FAILED: {line}")
    missing_is_failure = os.environ.get("FIELDFARE_TEST_REQUIRE") == "all"
    return 1 if outcome.failed or (missing_is_failure and outcome.left_out) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
