"""The shipped rule packs, from files to versions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from compliance import services
from compliance.rules.reader import SHIPPED, PacksRejected, read_packs


class Command(BaseCommand):
    help = "Load the shipped rule packs. A changed rule becomes a new version; what organisations adopted stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=SHIPPED)
        parser.add_argument("--check", action="store_true", help="write nothing; show what would be written")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            book = read_packs(options["path"])
        except PacksRejected as rejected:
            for problem in rejected.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(rejected.problems)} problems; nothing was loaded") from None
        report = services.load_packs(book=book, at=clock.now(), check=options["check"])
        if not options["verbosity"]:
            return
        for change in report.changes:
            self.stdout.write(f"{change.kind} {change.code}: {change.what}, version {change.number}")
            for line in change.diff:
                self.stdout.write(f"    {line}")
        self.stdout.write(
            f"{len(report.changes)} changes{' to make' if options['check'] else ''}, {report.unchanged} unchanged"
        )
