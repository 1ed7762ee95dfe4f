"""A backup goes back as it was, media included, on either database."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from tests.factories.people import OrganisationFactory

ROOT = Path(__file__).resolve().parents[2]
HASH = "ab" * 32
ORGANISATIONS = "SELECT code, name FROM people_organisation"


class Installation:
    """The platform on one database with media of its own, run by its commands."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.media = folder / "media"
        self._env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("FIELDFARE", "PYTEST"))},
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
            "FIELDFARE_VAR_DIR": str(folder),
            "FIELDFARE_MEDIA_ROOT": str(self.media),
            "DATABASE_URL": database_url,
            "REDIS_URL": "",
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self._env, capture_output=True, text=True, check=False)

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Run one SQL statement and return its rows, if it has any."""
        url = self._env["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as there:
                return there.execute(statement).fetchall()
        with psycopg.connect(url, autocommit=True) as there:
            cursor = there.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """Return the address of another database of the same kind, in which nothing is yet."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    # Not by chance: within a test that is the same in every run, also beside this one.
    url, name = os.environ["DATABASE_URL"], f"fieldfare_restored_{time.time_ns():x}{os.getpid():x}"
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_backup_goes_back_into_an_empty_installation(
    tmp_path: Path, database_url: Callable[[], str], empty_database: str
):
    OrganisationFactory(code="larch", name="Larch Hotels")
    source = Installation(database_url(), tmp_path / "source")
    target = Installation(empty_database, tmp_path / "target")
    (source.media / "frozen").mkdir(parents=True)
    (source.media / "frozen" / HASH).write_bytes(b"a picture")
    target.media.mkdir(parents=True)
    file = tmp_path / "backup.tar.gz"

    made = source.manage("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "exists; choose another name" in source.manage("backup", str(file)).stderr

    restored = target.manage("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert target.ask(ORGANISATIONS) == [("larch", "Larch Hotels")]
    assert (target.media / "frozen" / HASH).read_bytes() == b"a picture"
    # Nothing waits: the backup is of this version.
    assert target.manage("migrate", "--check").returncode == 0

    assert "Add --replace" in target.manage("restore", str(file)).stderr
    target.ask("UPDATE people_organisation SET name = 'Another'")
    again = target.manage("restore", "--replace", str(file))
    assert again.returncode == 0, again.stderr
    assert target.ask(ORGANISATIONS) == [("larch", "Larch Hotels")]
