"""The matrix of texts and languages, from the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from translations import selectors
from translations.freshness import State
from translations.matrix_files import as_json


class Command(BaseCommand):
    help = "Say how fresh every page, question, mail, certificate text and the interface are in every language."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", action="append", default=[], help="only this one; may stand several times")
        parser.add_argument("--sector", default="", help="only texts of this sector, by its code")
        parser.add_argument("--json", action="store_true", help="the whole matrix as JSON")
        parser.add_argument("--check", action="store_true", help="exit status 1 where anything asks for work")

    def handle(self, *args: Any, **options: Any) -> None:
        languages = options["language"] or selectors.target_languages()
        unknown = [each for each in languages if each not in selectors.target_languages()]
        if unknown:
            known = ", ".join(selectors.target_languages())
            raise CommandError(
                f"Not a language to translate into: {', '.join(unknown)}; there are {known}.", returncode=2
            )
        if options["sector"] and options["sector"] not in selectors.sectors():
            known = ", ".join(selectors.sectors()) or "none yet"
            raise CommandError(f"No text is of the sector {options['sector']}; there are {known}.", returncode=2)
        on = clock.now().date()
        found = selectors.full_matrix(languages=languages, on=on, reader=None, sector=options["sector"])
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found, on=on), ensure_ascii=False, indent=1))
        else:
            for language, counted in found.totals().items():
                said = ", ".join(f"{counted[state]} {state.replace('_', ' ')}" for state in State if counted[state])
                self.stdout.write(f"{language}: {said or 'no texts'}")
            if not languages:
                self.stdout.write("There is no language to translate into.")
        if options["check"] and not found.is_current:
            raise CommandError("Some texts are not current.", returncode=1)
