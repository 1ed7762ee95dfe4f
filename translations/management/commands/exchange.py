"""Files for translators, out and in, from the command line."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management import BaseCommand, CommandError

from cms import clock
from translations import selectors, services
from translations.exceptions import ExchangeConflicts, ExchangeDoubts, ExchangeRefused
from translations.exchange import FORMATS, Format, put
from translations.exchange.units import LARGEST_BYTES
from translations.exchange_words import conflict_in_words, in_words


class Command(BaseCommand):
    help = "Write a file for translators (.po, .xlf, .xlsx by its name), or take one in: all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=("export", "import"))
        parser.add_argument("file", type=Path)
        parser.add_argument("--language", required=True)
        parser.add_argument(
            "--course", default="", metavar="CODE", help="only this course; site: front page and sectors"
        )
        parser.add_argument(
            "--on-conflict",
            choices=[each.value for each in services.OnConflict],
            default=services.OnConflict.REFUSE.value,
            help="where a piece was changed here after the file was made: refuse the file, keep ours, or take the file's",
        )

        parser.add_argument(
            "--take-doubtful", action="store_true", help="take single pieces as well that look like another language"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        language, path = options["language"], options["file"]
        if language not in selectors.target_languages():
            known = ", ".join(selectors.target_languages())
            raise CommandError(f"Not a language to translate into: {language}; there are {known}.", returncode=2)
        group = _group(options["course"])
        form = FORMATS.get(path.suffix.lower().lstrip("."))
        if form is None:
            raise CommandError(f"The name of the file ends with .{', .'.join(FORMATS)}.", returncode=2)
        try:
            if options["act"] == "export":
                self._export(path, form, language, group)
            else:
                self._import(
                    path,
                    form,
                    language,
                    group,
                    services.OnConflict(options["on_conflict"]),
                    take_doubtful=options["take_doubtful"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error

    def _export(self, path: Path, form: Format, language: str, group: str) -> None:
        file = selectors.file_for(language=language, group=group)
        put(path, form.write(file))
        self.stdout.write(f"{path}: {len(file.units)} segments")

    def _import(
        self,
        path: Path,
        form: Format,
        language: str,
        group: str,
        on_conflict: services.OnConflict,
        *,
        take_doubtful: bool,
    ) -> None:
        if path.stat().st_size > LARGEST_BYTES:
            raise CommandError(f"{path} has more than {LARGEST_BYTES} bytes; nothing was taken in.", returncode=2)
        try:
            done = services.import_file(
                file=form.read(path.read_bytes()),
                language=language,
                group=group,
                by=None,
                at=clock.now(),
                on_conflict=on_conflict,
                take_doubtful=take_doubtful,
            )
        except ExchangeRefused as refused:
            said = f"{len(refused.problems)} problems; nothing was taken in"
            self._refuse(map(in_words, refused.problems), said, returncode=2)
        except ExchangeDoubts as found:
            said = (
                f"{len(found.problems)} pieces look like another language; nothing was taken in. Say --take-doubtful."
            )
            self._refuse(map(in_words, found.problems), said, returncode=1)
        except ExchangeConflicts as found:
            said = (
                f"{len(found.conflicts)} pieces were changed here meanwhile; nothing was taken in. Say --on-conflict."
            )
            self._refuse(map(conflict_in_words, found.conflicts), said, returncode=1)
        self.stdout.write(f"{done.taken} taken, {done.signed} signed, {done.unchanged} unchanged, {done.kept} kept")
        if done.waiting:
            self.stdout.write(f"{done.waiting} left alone: the file says that they need work")

    def _refuse(self, lines: Iterable[str], said: str, *, returncode: int) -> NoReturn:
        for line in lines:
            self.stderr.write(line)
        raise CommandError(said, returncode=returncode) from None


def _group(course: str) -> str:
    if not course:
        return ""
    known = selectors.exchangeable_groups()
    group = course if course in known else f"course:{course}"
    if group not in known:
        names = ", ".join(each.removeprefix("course:") for each in known) or "none yet"
        raise CommandError(f"There is no course {course}; there are {names}.", returncode=2)
    return group
