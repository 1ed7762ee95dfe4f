import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import clock, signing
from courses.bundle import BundleRefused, write_bundle
from courses.models import Course
from courses.services import end_expired_consents


class Command(BaseCommand):
    help = "Write a course, as its newest drafts have it, into one signed file that another site can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the code of a course")
        parser.add_argument("file", type=Path, help="the file to write, such as camp.zip")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.filter(code=options["course"]).first()
        if course is None:
            known = ", ".join(Course.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no course {options['course']}. There are: {known or 'none'}.", returncode=2)
        # A story whose last day has passed since the job last looked does not leave either.
        end_expired_consents(at=clock.now())
        target: Path = options["file"]
        # Beside the file wanted, so that the last step is one move: the whole is there, or nothing.
        handle, name = tempfile.mkstemp(prefix=".export-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                languages = write_bundle(stream, course=course)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BundleRefused as refused:
            for problem in refused.problems:
                self.stderr.write(problem)
            raise CommandError(f"{len(refused.problems)} problems; nothing was written", returncode=2) from None
        finally:
            Path(name).unlink(missing_ok=True)
        self.stdout.write(f"{target}: {course.code} in {', '.join(languages)}, {target.stat().st_size} bytes")
        self.stdout.write(f"Signed with the key whose fingerprint is {signing.fingerprint()}")
