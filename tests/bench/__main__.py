"""Measure on every database that answers; write bench.json; exit 1 on a missed bar.

Each figure: name, value, unit, bar, database. FULL=1 adds the big ones. Figures of one machine compare with themselves only.
"""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.run import POSTGRES, REDIS, answers

ROOT = Path(__file__).resolve().parents[2]


def measure(part: str, database: str, **environment: str) -> list[dict[str, object]]:
    """Run one part in a process of its own and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
            "FIELDFARE_DEBUG": "0",
            "FIELDFARE_VAR_DIR": folder,
            "FIELDFARE_LOG_LEVEL": "ERROR",
            "REDIS_URL": "",
            "DATABASE_URL": "",
            **environment,
        }
        command = [sys.executable, "-m", f"tests.bench.{part}", str(out), database]
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
        if done.returncode != 0:
            return [{"name": f"{part} failed", "value": 1, "unit": "", "bar": 0, "database": database}]
        figures: list[dict[str, object]] = json.loads(out.read_text())
        return figures


def on_postgres(part: str) -> list[dict[str, object]]:
    """Run one part on a PostgreSQL database of its own."""
    import psycopg

    name = f"fieldfare_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        url = urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
        return measure(part, "postgresql", DATABASE_URL=url, REDIS_URL=REDIS if answers(REDIS) else "")
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> int:
    """Run all parts."""
    figures = measure("start", "sqlite", FIELDFARE_DEBUG="1")
    figures += measure("pages", "sqlite")
    figures += measure("people_list", "sqlite")
    figures += measure("workbooks", "sqlite")
    figures += measure("learner_waits", "sqlite")
    figures += measure("obligations", "sqlite")
    figures += measure("languages", "sqlite")
    figures += measure("renditions", "sqlite")
    figures += measure("harm", "none")
    if answers(POSTGRES):
        figures += on_postgres("pages")
        figures += on_postgres("people_list")
        figures += on_postgres("workbooks")
        figures += on_postgres("obligations")
        figures += on_postgres("languages")
    else:
        print("NOT MEASURED: PostgreSQL does not answer")
    missed = [it for it in figures if it["bar"] is not None and float(str(it["value"])) > float(str(it["bar"]))]
    (ROOT / "bench.json").write_text(json.dumps(figures, indent=1) + "\n")
    for it in figures:
        bar = f"bar {it['bar']}" if it["bar"] is not None else ""
        print(
            f"{it['name']:<48} {it['value']:>10} {it['unit']:<8} {bar:<12} {it['database']}{'   MISSED' if it in missed else ''}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
