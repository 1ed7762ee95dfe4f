import json
import re
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.harm import Finding, languages_with_rules, lint, rule_book, term_findings
from courses.harm.draft import read_draft
from courses.models import Course, CoursePage
from courses.services import published_findings
from translations.glossary import Audience
from translations.selectors import terms

MAX_FILE_BYTES = 1_000_000
_REFUSED = 2
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


class Command(BaseCommand):
    help = (
        "Look for what a course's text may do to people, in what is published of it. "
        "Exit status: 0 nothing open, 1 something open, 2 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a course, a language, or a file that is not in the CMS."""
        parser.add_argument("course", nargs="?", help="code of the course; all courses when left out")
        parser.add_argument("--language", default="", help="only this language; of a file: the language it is in")
        parser.add_argument("--text", metavar="FILE", help="a draft in a text file (UTF-8); - reads standard input")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings and end with the status that says whether one is open."""
        language = options["language"]
        if options["text"] is not None:
            if options["course"]:
                raise CommandError("give a course or --text, not both", returncode=_REFUSED)
            rows = _of_file(options["text"], language or settings.LANGUAGE_CODE)
        else:
            rows = _of_courses(options["course"], language)
        is_open = sum(row["answered"] is None for row in rows)
        if options["json"]:
            self.stdout.write(json.dumps({"open": is_open, "findings": rows}, ensure_ascii=False, indent=2))
        else:
            self._print(rows, is_open)
        if is_open:
            sys.exit(1)

    def _print(self, rows: list[dict[str, Any]], is_open: int) -> None:
        for row in rows:
            where = " / ".join(filter(None, (row["course"], row["language"], row["place"])))
            self.stdout.write(f"{where}: {row['rule']} ({row['severity']})")
            for said in (row["sentence"], row["why"], row["suggestion"]):
                if said:
                    self.stdout.write(f"    {said}")
            if row["answered"] is not None:
                self.stdout.write(f"    answered: {row['answered']}")
        self.stdout.write(f"{is_open} open, {len(rows) - is_open} answered")


def _row(finding: Finding, *, course: str, language: str, answered: str | None) -> dict[str, Any]:
    return {
        "course": course,
        "language": language,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "why": finding.why,
        "sentence": finding.sentence,
        "place": str(finding.place),
        "suggestion": finding.suggestion,
        "answered": answered,
    }


def _of_courses(code: str | None, language: str) -> list[dict[str, Any]]:
    courses = Course.objects.filter(code=code) if code else Course.objects.all()
    if not courses:
        raise CommandError(f"no course {code}" if code else "no course is here", returncode=_REFUSED)
    pages = CoursePage.objects.live().filter(course__in=courses, alias_of__isnull=True)
    if language:
        pages = pages.filter(locale__language_code=language)
    if not pages:
        about = f" in {language}" if language else ""
        raise CommandError(f"nothing is published{about}", returncode=_REFUSED)
    return [
        _row(
            judged.finding,
            course=course.code,
            language=judged.language,
            answered=judged.answer.reason if judged.answer else None,
        )
        for course in courses
        for judged in published_findings(course=course, language=language)
    ]


def _of_file(name: str, language: str) -> list[dict[str, Any]]:
    try:
        data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1) if name == "-" else _bytes_of(Path(name))
        if len(data) > MAX_FILE_BYTES:
            raise CommandError(f"{name}: larger than {MAX_FILE_BYTES} bytes", returncode=_REFUSED)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=_REFUSED) from None
    except UnicodeDecodeError:
        raise CommandError(f"{name}: not a text file in UTF-8", returncode=_REFUSED) from None
    # Nor is one that gives a terminal orders.
    if _CONTROL.search(text):
        raise CommandError(f"{name}: not a text file", returncode=_REFUSED)
    if not text.strip():
        raise CommandError(f"{name}: nothing is written in it", returncode=_REFUSED)
    if not rule_book(language).rules:
        known = ", ".join(languages_with_rules())
        raise CommandError(
            f"no rules are written for the language {language}; there are for {known}", returncode=_REFUSED
        )
    draft = read_draft(text, language=language)
    findings = lint(draft) + term_findings(draft, terms(language=language), audience=Audience.INTERNAL)
    return [_row(finding, course="", language=language, answered=None) for finding in findings]


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)
