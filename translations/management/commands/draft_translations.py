"""Drafts by a machine, from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from translations import selectors, services
from translations.exceptions import MachineRefused, NoTranslator


class Command(BaseCommand):
    help = "Let the machine that FIELDFARE_MACHINE_TRANSLATOR names draft what has no words yet; a person reviews it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", required=True)
        parser.add_argument("--course", default="", metavar="CODE", help="only this course")

    def handle(self, *args: Any, **options: Any) -> None:
        language, course = options["language"], options["course"]
        group = f"course:{course}" if course else ""
        if group and group not in selectors.exchangeable_groups():
            raise CommandError(f"There is no course {course}.", returncode=2)
        try:
            kept, bad = services.draft_by_machine(language=language, group=group, at=clock.now())
        except MachineRefused:
            raise CommandError(
                f"{language}: languages of Indigenous peoples are never translated by a machine.", returncode=2
            ) from None
        except NoTranslator:
            raise CommandError("FIELDFARE_MACHINE_TRANSLATOR names no provider.", returncode=2) from None
        self.stdout.write(f"{kept} drafted, {bad} not kept: they lost a placeholder, a tag or a number")
