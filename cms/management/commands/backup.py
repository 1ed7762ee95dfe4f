"""Backup the whole state."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from cms.backup import BackupRefused, make_backup


class Command(BaseCommand):
    help = "Write database and media into one file. The platform may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="e.g. backup-2026-11-22.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            target = make_backup(options["file"], at=clock.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Wrote {target} ({target.stat().st_size:,} bytes). It holds personal data: keep it safe.")
