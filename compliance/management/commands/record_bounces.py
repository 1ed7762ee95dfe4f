"""Mails that came back."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from compliance import services
from compliance.delivery_reports import LARGEST_BYTES, read_report


class Command(BaseCommand):
    help = (
        "Read the reports of mail servers that a mail could not be delivered (RFC 3464): one from the standard input,"
        " as a mail server pipes it, or all files in FOLDER, such as a Maildir's new/, which then move to FOLDER/done/."
        " People whose address takes no mail get letters, and HR is asked to mend the address."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="otherwise one mail is read from the standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if folder is None:
            # Whatever it is, the status is 0: a server that is refused here would report that too.
            self.stdout.write(self._take(sys.stdin.buffer.read(LARGEST_BYTES + 1)))
            return
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        done = folder / "done"
        waiting = sorted(it for it in folder.iterdir() if it.is_file() and not it.is_symlink())
        if not waiting:
            self.stdout.write(f"Nothing waits in {folder}.")
        for path in waiting:
            with path.open("rb") as file:
                said = self._take(file.read(LARGEST_BYTES + 1))
            # Killed before this line, the next run finds the report recorded already.
            done.mkdir(exist_ok=True)
            path.rename(done / path.name)
            self.stdout.write(f"{path.name}: {said}")

    @staticmethod
    def _take(raw: bytes) -> str:
        report = read_report(raw)
        if report is None:
            return "no report that a mail came back for good"
        if services.record_bounce(report=report, at=clock.now()) is None:
            return "not about one of our people, or known already"
        return "recorded"
