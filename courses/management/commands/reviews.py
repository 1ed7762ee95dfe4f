import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses import selectors
from courses.models import Course
from courses.services import published_texts, review_problems
from courses.snapshot import reviewed_digest

_REFUSED = 2


class Command(BaseCommand):
    help = (
        "Say what reviewers said to what is published, and what keeps it from being released. "
        "Exit status: 0 nothing, 1 something, 2 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a course."""
        parser.add_argument("course", nargs="?", help="code of the course; all courses when left out")
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each language's reviews and end with the status that says whether one is in the way."""
        code = options["course"]
        courses = Course.objects.filter(code=code) if code else Course.objects.all()
        if not courses:
            raise CommandError(f"no course {code}" if code else "no course is here", returncode=_REFUSED)
        texts = [text for course in courses for text in _texts(course)]
        hindered = sum(bool(text["against"]) for text in texts)
        if options["json"]:
            self.stdout.write(json.dumps({"hindered": hindered, "texts": texts}, ensure_ascii=False, indent=2))
        else:
            for text in texts:
                against = "; ".join(text["against"]) or "nothing in the way"
                self.stdout.write(f"{text['course']} {text['language']}: {against}")
            if not texts:
                self.stdout.write("No text is published.")
        if hindered:
            sys.exit(1)


def _texts(course: Course) -> list[dict[str, Any]]:
    words = selectors.words_of_reviewers(course_ids=[course.pk]).get(course.pk, [])
    return [
        {
            "course": course.code,
            "language": snapshot["language"],
            "against": [
                f"{problem.fault} {problem.detail}" for problem in review_problems(course=course, snapshots=[snapshot])
            ],
            "said": [
                {
                    "kind": word.kind,
                    "known_as": word.known_as,
                    "verdict": word.verdict,
                    "to_this_text": word.content == reviewed_digest(snapshot),
                }
                for word in words
                if word.language == snapshot["language"]
            ],
        }
        for snapshot in published_texts(course=course)
    ]
