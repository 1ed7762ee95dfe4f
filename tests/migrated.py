"""A migrated SQLite database, made once and copied: migrating takes longer than most tests that need it.

The copy is named after everything that migrations depend on; whatever changes there makes another.
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


def is_ours() -> bool:
    """Return whether this run tests on SQLite in memory."""
    return connection.vendor == "sqlite" and not connection.settings_dict["TEST"].get("NAME")


def name() -> str:
    """Return the name of the migrated database that fits the checkout."""
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.parent == Path(settings.BASE_DIR):
            # Groups and permissions, which receivers of post_migrate write, come from models and apps.
            sources = [*folder.glob("migrations/*.py"), *folder.glob("models/*.py"), folder / "apps.py"]
            for path in sorted(it for it in sources if it.exists()):
                digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return f"{digest.hexdigest()[:20]}.sqlite3"


def prepare(migrate: Callable[[], None]) -> None:
    """Fill the test database from the kept one; ``migrate`` makes that in the first worker that needs it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / name()
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


def _copy(path: Path, *, out: bool) -> None:
    connection.ensure_connection()
    kept = sqlite3.connect(path)
    if out:
        connection.connection.backup(kept)
    else:
        kept.backup(connection.connection)
    kept.close()
