import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import SubprocessError
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.typesetting import MissingGlyphs
from courses import selectors
from courses.models import Course, EditionText
from courses.renditions.kinds import pieces
from courses.renditions.material import material_of

_PREFIX: Final = ".fieldfare-render-"


@contextmanager
def _folder_in(parent: Path) -> Iterator[Path]:
    """Give a hidden folder of its own, gone afterwards; remove those of whoever was killed before that."""
    # A lock ends with its process, however that ends. The parent's keeps two from beginning at once: a folder has no
    # lock yet when it is made.
    with _locked(parent, fcntl.LOCK_EX):
        for leftover in parent.glob(f"{_PREFIX}*"):
            with suppress(OSError), _locked(leftover, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        begun = ExitStack()
        begun.enter_context(_locked(folder, fcntl.LOCK_EX))
    with begun:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold the lock of a folder, which no link stands for."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)


class Command(BaseCommand):
    help = "Write every rendition of a course's newest edition in one language: print, slides, EPUB, text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the code of a course")
        parser.add_argument("--language", required=True, help="a language of its newest edition, such as en or fr")
        parser.add_argument("--output", required=True, type=Path, help="a folder that does not exist yet, or is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        # What a link leads to is what is replaced.
        output: Path = options["output"].resolve()
        text = self._text(options["course"], options["language"])
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise CommandError(f"{output} is not an empty folder. Name another one.", returncode=2)
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            # Beside the folder wanted, so that the last step is one move: all files are there, or none.
            with _folder_in(output.parent) as folder:
                lines = self._write(text, folder)
                folder.chmod(0o755)
                if output.exists():
                    output.rmdir()
                folder.rename(output)
        except OSError as error:
            raise CommandError(f"{output} cannot be made: {error.strerror}. Name another one.", returncode=2) from error
        for line in lines:
            self.stdout.write(line)

    def _text(self, code: str, language: str) -> EditionText:
        course = Course.objects.filter(code=code).first()
        if course is None:
            known = ", ".join(Course.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no course {code}. There are: {known or 'none'}.", returncode=2)
        edition = selectors.newest_edition(course)
        if edition is None:
            raise CommandError(
                f"{code} was never released. Release it first: renditions are made of what was.", returncode=2
            )
        texts = EditionText.objects.filter(edition=edition).select_related("edition__course")
        text = texts.filter(language=language).order_by("-revision").first()
        if text is None:
            known = ", ".join(sorted(set(texts.values_list("language", flat=True))))
            raise CommandError(
                f"Edition {edition.number} of {code} has no text in {language}. It has: {known}.", returncode=2
            )
        return text

    def _write(self, text: EditionText, folder: Path) -> list[str]:
        lines = []
        for piece in pieces(material_of(text)):
            try:
                made = piece.make(*((folder / name).read_bytes() for name in piece.of))
            except MissingGlyphs as error:
                raise CommandError(
                    f"{piece.name}: no font here has these letters: {error.named}", returncode=2
                ) from error
            except SubprocessError as error:
                raise CommandError(f"{piece.name} cannot be read aloud: {error}", returncode=2) from error
            (folder / piece.name).write_bytes(made)
            lines.append(f"{piece.name}  {len(made)} bytes")
        return lines
