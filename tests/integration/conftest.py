"""What tests share that start processes of their own."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection


@pytest.fixture
def database_url(tmp_path: Path) -> Callable[[], str]:
    """Return a way to hand the test database over to another process; on SQLite that is a copy of it in a file."""

    def hand_over() -> str:
        if connection.vendor == "sqlite":
            path = tmp_path / "handed-over.sqlite3"
            connection.ensure_connection()
            with sqlite3.connect(path) as copy:
                connection.connection.backup(copy)
            copy.close()
            return f"sqlite:///{path}"
        there = connection.settings_dict
        user = f"{quote(there['USER'])}:{quote(there['PASSWORD'])}"
        return f"postgres://{user}@{there['HOST']}:{there['PORT'] or 5432}/{there['NAME']}"

    return hand_over
