"""One gzipped tar: ``manifest.json``, ``database.sqlite3`` or ``database.dump``, and ``media/``."""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

FORMAT = 1


class BackupRefused(Exception):
    """The backup cannot be made or restored here; the text says why and what to do."""


def make_backup(target: Path, *, at: datetime) -> Path:
    """Write a backup to ``target`` (``.tar.gz``) and return it. The platform may run meanwhile.

    The file appears whole or not at all. Media that live in S3 are not in it; back up the bucket.

    Raises:
        BackupRefused: ``target`` exists, or pg_dump is missing.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists; choose another name.")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        work = Path(folder)
        dump = _dump_sqlite(work) if connection.vendor == "sqlite" else _dump_postgres(work)
        manifest = {
            "format": FORMAT,
            "vendor": connection.vendor,
            "made_at": at.isoformat(),
            "migrations": _migrations(),
        }
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1))
        partial = work / "backup.tar.gz"
        with tarfile.open(partial, "w:gz") as archive:
            archive.add(work / "manifest.json", "manifest.json")
            archive.add(dump, dump.name)
            media = Path(settings.MEDIA_ROOT)
            if media.is_dir():
                archive.add(media, "media")
        os.chmod(partial, 0o600)
        os.replace(partial, target)
    return target


def restore_backup(source: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup in place of an empty installation; return its manifest. Nothing else may run meanwhile.

    Raises:
        BackupRefused: it is no backup of ours, of another kind of database, or something is here already and
            ``replace`` was not said.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(work, filter="data")
            manifest: dict[str, Any] = json.loads((work / "manifest.json").read_text())
        except (OSError, tarfile.TarError, ValueError) as error:
            raise BackupRefused(f"{source} is not a backup made by this platform.") from error
        if manifest.get("format") != FORMAT:
            raise BackupRefused(f"{source} was made by another version (format {manifest.get('format')}).")
        if manifest["vendor"] != connection.vendor:
            raise BackupRefused(
                f"{source} holds a {manifest['vendor']} database; this installation uses {connection.vendor}."
            )
        if not replace and _has_tables():
            raise BackupRefused("This installation has a database. Add --replace to put the backup in its place.")
        if connection.vendor == "sqlite":
            _restore_sqlite(work / "database.sqlite3")
        else:
            _restore_postgres(work / "database.dump")
        media = work / "media"
        if media.is_dir():
            shutil.copytree(media, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return manifest


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


def _has_tables() -> bool:
    return bool(connection.introspection.table_names())


def _dump_sqlite(work: Path) -> Path:
    target = work / "database.sqlite3"
    # SQLite's own online backup: a consistent copy while others write.
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def _restore_sqlite(dump: Path) -> None:
    name = Path(str(connection.settings_dict["NAME"]))
    connections.close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)
    name.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(dump, name)


def _postgres() -> tuple[list[str], dict[str, str]]:
    config = connection.settings_dict
    arguments = ["--no-password", "--dbname", str(config["NAME"])]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if config.get(key):
            arguments += [flag, str(config[key])]
    return arguments, {**os.environ, "PGPASSWORD": str(config.get("PASSWORD") or "")}


def _run(command: list[str], env: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BackupRefused(f"{command[0]} is not installed; install PostgreSQL's client programs.") from error
    if done.returncode != 0:
        raise BackupRefused(
            f"{command[0]} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
        )


def _dump_postgres(work: Path) -> Path:
    target = work / "database.dump"
    arguments, env = _postgres()
    _run(["pg_dump", "--format=custom", "--no-owner", "--file", str(target), *arguments], env)
    return target


def _restore_postgres(dump: Path) -> None:
    arguments, env = _postgres()
    connections.close_all()
    _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", *arguments, str(dump)], env)
