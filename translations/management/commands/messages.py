from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import to_locale

from translations.catalogues import DRAFT, catalogue_files, compiled, missing, problems

_IGNORED: Final = (".venv", "tests", "docs", "var", "curriculum", "node_modules")


class Command(BaseCommand):
    help = "Collect the interface's strings into locale/, compile every catalogue, and name what is not translated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", action="append", default=[], help="begin a catalogue in this language")
        parser.add_argument("--compile-only", action="store_true", help="collect nothing; needs no gettext")
        parser.add_argument("--check", action="store_true", help="fail where a string is missing or broken")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.LOCALE_PATHS[0])
        unknown = set(options["language"]) - dict(settings.KNOWN_LANGUAGES).keys()
        if unknown:
            raise CommandError(f"not among KNOWN_LANGUAGES: {', '.join(sorted(unknown))}")
        if not options["compile_only"]:
            root.mkdir(exist_ok=True)
            self._collect(
                [each.path.parts[-3] for each in catalogue_files(root)] + [*map(to_locale, options["language"])]
            )
        found = 0
        for file in catalogue_files(root):
            catalogue = file.read()
            if not options["compile_only"]:
                # The day of collecting changes every file and says nothing.
                catalogue.metadata.pop("POT-Creation-Date", None)
                catalogue.metadata.setdefault("X-Review", DRAFT)
                catalogue.metadata_is_fuzzy = []
                catalogue.save()
            file.compiled.write_bytes(compiled(catalogue))
            left, wrong = missing(catalogue), problems(catalogue)
            found += len(left) + len(wrong)
            self.stdout.write(f"{file.language}: {len(catalogue)} strings, {len(left)} missing, {len(wrong)} wrong")
            for text in left:
                self.stdout.write(f"    missing: {text!r}")
            for problem in wrong:
                self.stdout.write(f"    {problem.fault}: {problem.key!r} {problem.detail}".rstrip())
        if found and options["check"]:
            raise CommandError(f"{found} strings are missing or wrong")

    def _collect(self, locales: list[str]) -> None:
        if locales:
            call_command(
                "makemessages",
                locale=sorted(set(locales)),
                no_obsolete=True,
                ignore_patterns=list(_IGNORED),
                verbosity=0,
            )
