"""Restore the whole state."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms.backup import BackupRefused, restore_backup


class Command(BaseCommand):
    help = "Put a backup in place. Stop the platform first; run `migrate` afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="replace the database that is here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_backup(options["file"], replace=options["replace"])
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Restored the state of {manifest['made_at']}. Now run: manage.py migrate")
