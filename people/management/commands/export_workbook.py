"""A workbook out, from the command line."""

import os
import tempfile
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from people import services
from people.management.commands.import_workbook import check_door, organisation_of
from people.models import Organisation
from people.workbooks.doors import all_doors, door_of
from people.workbooks.kinds import all_kinds, shared_kinds


class Command(BaseCommand):
    help = "Write what is known as a workbook, .xlsx or .csv by the name of the file; it can be brought in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kind", help=f"one of: {', '.join(kind.code for kind in [*all_kinds(), *shared_kinds(), *all_doors()])}"
        )
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", metavar="CODE", help="needed, except for kinds that belong to none")
        parser.add_argument("--as-of", metavar="DATE", help="as of this day, such as 2026-05-01")
        parser.add_argument("--template", action="store_true", help="an empty workbook to fill in")
        parser.add_argument("--delimiter", default=",", help="of a .csv: , ; or tab")
        parser.add_argument("--language", default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        door = door_of(options["kind"])
        if door is not None:
            check_door(door, options)
            try:
                count = door.take(options["file"], options["language"])
            except (OSError, ValueError) as error:
                raise CommandError(f"{error}.", returncode=2) from error
            self.stdout.write(f"{options['file']}: {count} pieces")
            return
        organisation = organisation_of(options)
        path: Path = options["file"]
        file_format = path.suffix.lower().lstrip(".")
        if file_format not in ("xlsx", "csv"):
            raise CommandError("The name of the file ends with .xlsx or .csv.", returncode=2)
        try:
            on = date.fromisoformat(options["as_of"]) if options["as_of"] else None
        except ValueError as error:
            raise CommandError("--as-of is a date such as 2026-05-01.", returncode=2) from error
        # Written beside it and moved there whole: nobody finds half a file.
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target:
                count = self._write(organisation, options, target, file_format, on)
            Path(target.name).chmod(0o600)
            os.replace(target.name, path)
        except ValueError as error:
            Path(target.name).unlink(missing_ok=True)
            raise CommandError(f"{error}.", returncode=2) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=2) from error
        self.stdout.write(f"{path}: {count} rows")

    @staticmethod
    def _write(
        organisation: Organisation | None, options: dict[str, Any], target: Any, file_format: str, on: date | None
    ) -> int:
        if options["template"]:
            services.write_template(
                organisation=organisation,
                kind=options["kind"],
                target=target,
                at=clock.now(),
                language=options["language"],
            )
            return 0
        delimiter = {"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"])
        return services.write_export(
            organisation=organisation,
            kind=options["kind"],
            target=target,
            at=clock.now(),
            on=on,
            file_format=file_format,
            delimiter=delimiter,
            language=options["language"],
        )
