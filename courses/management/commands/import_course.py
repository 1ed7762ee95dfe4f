import base64
import binascii
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import clock, signing
from courses.bundle import BundleRefused, Conflicts, ImportReport, OnConflict, import_bundle, open_bundle
from courses.management.quiet import quiet_log


class Command(BaseCommand):
    help = "Bring in a course from another site; shows what would change, and writes it with --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that export_course wrote")
        parser.add_argument("--apply", action="store_true", help="write it; without this nothing is written")
        parser.add_argument(
            "--on-conflict",
            choices=[each.value for each in OnConflict],
            default=OnConflict.REFUSE.value,
            help="where both sides changed the same place: write nothing at all, keep ours, or take theirs",
        )
        parser.add_argument(
            "--trust", action="append", default=[], metavar="KEY", help="a public key to trust for this file, in base64"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        trusted = {signing.public_key(), *(_key(each) for each in [*settings.TRUSTED_KEYS, *options["trust"]])}
        try:
            with options["file"].open("rb") as stream:
                bundle = open_bundle(stream, trusted=trusted)
                with quiet_log():
                    report = import_bundle(
                        bundle,
                        at=clock.now(),
                        on_conflict=OnConflict(options["on_conflict"]),
                        apply=options["apply"],
                    )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}", returncode=2) from None
        except BundleRefused as refused:
            for problem in refused.problems:
                self.stderr.write(problem)
            raise CommandError(f"{len(refused.problems)} problems; nothing was brought in", returncode=2) from None
        except Conflicts as conflicts:
            self._print(conflicts.report, signer=bundle.archive.signer)
            raise CommandError(
                f"{len(conflicts.report.conflicts)} things were changed here and there; nothing was brought in. "
                "Say --on-conflict keep or take.",
                returncode=1,
            ) from None
        self._print(report, signer=bundle.archive.signer)
        self.stdout.write(f"{report.changes} changes" + ("" if options["apply"] else " to make; nothing was written"))
        if report.conflicts and not options["apply"]:
            raise CommandError(f"{len(report.conflicts)} things were changed here and there", returncode=1)

    def _print(self, report: ImportReport, *, signer: str) -> None:
        self.stdout.write(f"Signed with the key whose fingerprint is {signer}")
        for language in report.languages_left_out:
            self.stdout.write(f"{language}: this site does not offer the language; it is left out")
        for line in report.doubts:
            self.stdout.write(f"look at the language: {line}")
        for item in report.differences:
            self.stdout.write(f"{item.part} {item.code}:")
            for line in item.diff:
                self.stdout.write(f"    {line}")
        for item in report.conflicts:
            where = f" in {', '.join(item.places)}" if item.places else ""
            self.stdout.write(f"{item.part} {item.code}: changed here and there{where}")
            for line in item.diff:
                self.stdout.write(f"    {line}")
        for line in report.owners:
            self.stdout.write(f"owners: {line}")
        for line in report.owners_kept:
            self.stdout.write(f"owners, as here: {line}")
        counts = (
            ("created", report.created),
            ("changed", report.changed),
            ("brought together", report.merged),
            ("withdrawn", report.withdrawn),
            ("left as they are", report.kept),
            ("unchanged", report.unchanged),
        )
        for part in dict.fromkeys(name for _, counted in counts for name in counted):
            about = ", ".join(f"{counted[part]} {word}" for word, counted in counts if counted[part])
            if about:
                self.stdout.write(f"{part}: {about}")
        for language in report.words_taken | report.words_kept:
            taken, kept = report.words_taken[language], report.words_kept[language]
            self.stdout.write(
                f"words in {language}: {taken} with word of who wrote or reviewed them, {kept} left as they are"
            )
        if report.media:
            self.stdout.write(f"media: {report.media} created")


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != 32:
        raise CommandError(f"{text} is not a public key: 32 bytes in base64 are.", returncode=2)
    return key
