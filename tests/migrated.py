"""A migrated database, made once and copied: migrating takes longer than most tests that need it.

The kept one is named after everything that migrations depend on; whatever changes there makes another. On SQLite it is
a file, on PostgreSQL a database beside that of DATABASE_URL, which serves as the template of each test database.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

KEPT = Path(settings.BASE_DIR) / "var" / "test-databases"
_kept_on_server: str | None = None


def is_ours() -> bool:
    """Return whether this run tests on SQLite in memory."""
    return connection.vendor == "sqlite" and not connection.settings_dict["TEST"].get("NAME")


def name() -> str:
    """Return the name of the migrated database that fits the checkout, without an ending."""
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.parent == Path(settings.BASE_DIR):
            # Groups and permissions, which receivers of post_migrate write, come from models and apps.
            sources = [*folder.glob("migrations/*.py"), *folder.glob("models/*.py"), folder / "apps.py"]
            for path in sorted(it for it in sources if it.exists()):
                digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def prepare(migrate: Callable[[], None]) -> None:
    """Fill the test database from the kept one; ``migrate`` makes that in the first worker that needs it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{name()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            migrate()
            unfinished = kept.with_suffix(".part")
            unfinished.unlink(missing_ok=True)
            _copy(unfinished, out=True)
            unfinished.rename(kept)
            return
    creation = connection.creation
    creation._create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"] = creation._get_test_db_name()
    _copy(kept, out=False)


def prepare_on_server(migrate: Callable[[], None]) -> None:
    """Let ``migrate`` set the test database up from the kept one; the first worker that needs that keeps its own."""
    ours = f"kept_{connection.settings_dict['NAME']}_"[:40]
    global _kept_on_server  # one test database per process
    _kept_on_server = kept = f"{ours}{name()}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [ours])
            there = {row[0] for row in cursor.fetchall()}
        if kept in there:
            connection.settings_dict["TEST"]["TEMPLATE"] = kept
        else:
            migrate()
            _keep(connection.settings_dict["NAME"], kept, outdated=there)
            return
    # Nothing is left to migrate, and nobody has to wait for us.
    migrate()


def restore() -> bool:
    """Bring the test database back to the kept one, rows of migrations included; return whether there is one."""
    if is_ours():
        _copy(KEPT / f"{name()}.sqlite3", out=False)
        return True
    if _kept_on_server is None:
        return False
    test = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{test}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{test}" TEMPLATE "{_kept_on_server}"')
    return True


def _keep(made: str, kept: str, *, outdated: set[str]) -> None:
    # A template may have no visitors.
    connection.close()
    with connection._nodb_cursor() as cursor:
        for old in outdated:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        cursor.execute(f'CREATE DATABASE "{kept}" TEMPLATE "{made}"')


def _copy(path: Path, *, out: bool) -> None:
    connection.ensure_connection()
    kept = sqlite3.connect(path)
    if out:
        connection.connection.backup(kept)
    else:
        kept.backup(connection.connection)
    kept.close()
