"""Item statistics by language, from the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from assessments.item_statistics import ItemStatistics, statistics, suspects
from assessments.selectors import item_tallies


class Command(BaseCommand):
    help = "Say by question and language how many answer right, whether it tells apart, and what is chosen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question", nargs="*", help="codes of questions; all that were answered when left out")
        parser.add_argument("--differs", action="store_true", help="only what one language fails far more often")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = []
        for question in item_tallies(keys=options["question"] or None):
            differing = suspects(question.tallies)
            if options["differs"] and not differing:
                continue
            rows += [
                _row(question.key, language, statistics(tally), language in differing)
                for language, tally in question.tallies.items()
            ]
        if options["json"]:
            self.stdout.write(json.dumps({"schema": 1, "items": rows}, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(f"{row['question']} {row['language']}: {_said(row)}")
        if not rows:
            self.stdout.write("No question differs." if options["differs"] else "No answers are counted.")


def _row(key: str, language: str, facts: ItemStatistics, differs: bool) -> dict[str, Any]:
    return {
        "question": key,
        "language": language,
        "too_few": facts.is_too_small,
        "answers": facts.answers,
        "facility_percent": facts.facility_percent,
        "almost": facts.almost,
        "discrimination": facts.discrimination,
        "chosen_percent": dict(facts.chosen_percent),
        "differs": differs,
    }


def _said(row: dict[str, Any]) -> str:
    if row["too_few"]:
        return "too few answers"
    right = f"almost {row['almost']}" if row["almost"] else f"{row['facility_percent']} %"
    tells = "" if row["discrimination"] is None else f", tells apart {row['discrimination']:+.2f}"
    return f"{row['answers']} answers, {right} right{tells}{', differs' if row['differs'] else ''}"
