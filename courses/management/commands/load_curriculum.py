import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import clock
from courses.curriculum import CurriculumRejected, read_curriculum
from courses.curriculum.folder import folder_digest, is_loaded, remember_folder
from courses.curriculum.loader import LoadReport, load
from courses.curriculum.schema import Curriculum
from courses.exceptions import QuestionTypeChanged, ReleaseRefused
from courses.management.quiet import quiet_log
from translations.changes import ChangeKind


class Command(BaseCommand):
    help = "Load the shipped curriculum; what editors have touched since the last load is left alone."
    # What the files say, where whoever calls has read them.
    stealth_options = ("read",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=settings.BASE_DIR / "curriculum")
        parser.add_argument(
            "--apply-over-edits", action="store_true", help="overwrite what editors have touched; shows each difference"
        )
        parser.add_argument(
            "--if-changed", action="store_true", help="do nothing if the files are as they were last loaded"
        )
        parser.add_argument("--check", action="store_true", help="write nothing; show what would be written")
        parser.add_argument(
            "--no-input",
            action="store_false",
            dest="interactive",
            help="do not ask before overwriting what was touched",
        )
        parser.add_argument(
            "--change",
            choices=[each.value for each in ChangeKind],
            default=ChangeKind.MEANING.value,
            help="what sources that changed mean for their translations; minor: signatures hold",
        )
        parser.add_argument("--release", action="store_true", help="release a next edition of courses that changed")

    def handle(self, *args: Any, **options: Any) -> None:
        digest = folder_digest(options["path"])
        if options["if_changed"] and is_loaded(digest):
            if options["verbosity"]:
                self.stdout.write("The curriculum is loaded already.")
            return
        try:
            curriculum = options.get("read") or read_curriculum(options["path"])
        except CurriculumRejected as rejected:
            for problem in rejected.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(rejected.problems)} problems; nothing was loaded") from None
        if options["apply_over_edits"] and not options["check"]:
            self._ask(curriculum, interactive=options["interactive"])
        try:
            with quiet_log():
                report = load(
                    curriculum,
                    at=clock.now(),
                    apply_over_edits=options["apply_over_edits"],
                    release=options["release"],
                    check=options["check"],
                    change=ChangeKind(options["change"]),
                )
        except ReleaseRefused as refused:
            for problem in refused.problems:
                place = "/".join(filter(None, (refused.course, problem.language, problem.lesson)))
                self.stderr.write(f"{place}: {problem.fault} {problem.detail}".rstrip())
            raise CommandError(f"{refused.course} cannot be released; nothing was loaded") from None
        except QuestionTypeChanged as changed:
            raise CommandError(f"{changed}; nothing was loaded") from None
        except ValidationError as refused:
            raise CommandError(f"{' '.join(refused.messages)} Nothing was loaded") from None
        if not options["check"]:
            remember_folder(digest, at=clock.now())
        if options["verbosity"]:
            self._print(report, check=options["check"])

    def _ask(self, curriculum: Curriculum, *, interactive: bool) -> None:
        """Show what an editor's work would become, and go on only with a yes where somebody can be asked."""
        foreseen = load(curriculum, at=clock.now(), apply_over_edits=True, check=True)
        for item in foreseen.edited:
            self.stdout.write(f"{item.part} {item.code}: touched by an editor since it was loaded; to be overwritten")
            for line in item.diff:
                self.stdout.write(f"    {line}")
        if not foreseen.edited or not interactive or not sys.stdin.isatty():
            return
        if input(f"Overwrite {len(foreseen.edited)} things that editors touched? [y/N] ").strip().lower() != "y":
            raise CommandError("nothing was loaded")

    def _print(self, report: LoadReport, *, check: bool) -> None:
        for item in report.edited:
            fate = "overwritten" if item.overwritten else "left as it is"
            self.stdout.write(f"{item.part} {item.code}: touched by an editor since it was loaded; {fate}")
            # What was overwritten was shown before it was.
            for line in () if item.overwritten and not check else item.diff:
                self.stdout.write(f"    {line}")
        counts = (
            ("created", report.created),
            ("changed", report.changed),
            ("withdrawn", report.withdrawn),
            ("left to editors", report.kept),
            ("unchanged", report.unchanged),
        )
        for part in dict.fromkeys(name for _, counted in counts for name in counted):
            about = ", ".join(f"{counted[part]} {word}" for word, counted in counts if counted[part])
            if about:
                self.stdout.write(f"{part}: {about}")
        for released in report.released:
            self.stdout.write(f"released: {released}")
        for course in report.awaiting_review:
            self.stdout.write(f"not released, reviewers have to say yes first: {course}")
        self.stdout.write(f"{report.changes} changes" + (" to make" if check else ""))
