"""Who gets what."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from compliance import selectors
from compliance.management.arguments import day_of, organisation_of, people_of
from compliance.management.json_lines import write_json
from compliance.selectors import PlannedLine
from compliance.step_words import step_in_words
from people.models import Membership, Organisation, Site

DAYS_AHEAD = 30


class Command(BaseCommand):
    help = (
        "Say who would be told what from one day to another, if nobody learns, leaves or changes anything; nothing is"
        " sent and nothing written. Days gone by: what the ladders mean for them by what is known now."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--site", metavar="CODE", help="who works there or below today; everybody otherwise")
        parser.add_argument("--person", metavar="NO", help="an employee number; everybody otherwise")
        parser.add_argument("--from", dest="first", metavar="DATE", help="YYYY-MM-DD; otherwise today")
        parser.add_argument("--through", metavar="DATE", help="YYYY-MM-DD; otherwise 30 days after the first")
        parser.add_argument("--json", action="store_true", help="one JSON object with a line for each thing told")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        today = clock.today(organisation.time_zone)
        first = day_of("--from", options["first"]) or today
        last = day_of("--through", options["through"]) or first + timedelta(days=DAYS_AHEAD)
        if last < first:
            raise CommandError(f"--through {last} lies before {first}; choose the same day or a later one.")
        lines = selectors.planned_lines(
            memberships=people_of(organisation, options["person"]),
            from_on=first,
            last_on=last,
            today=today,
            site=_site(organisation, options["site"]),
        )
        if options["json"]:
            self._write_json(lines, organisation, first, last)
            return
        counts = selectors.planned_counts(lines)
        if not counts:
            self.stdout.write(f"No message is due from {first} through {last}.")
        for count in counts:
            self.stdout.write(
                f"{count.on} {step_in_words(*count.step)}: {count.mails} by e-mail, {count.letters} by letter"
            )

    def _write_json(self, lines: Any, organisation: Organisation, first: date, last: date) -> None:
        numbers = dict(Membership.objects.filter(organisation=organisation).values_list("pk", "employee_number"))
        head = {"organisation": organisation.code, "from": first.isoformat(), "through": last.isoformat()}
        write_json(self.stdout, head, "messages", (_plain(it, numbers[it.membership_id]) for it in lines))


def _plain(line: PlannedLine, number: str) -> dict[str, Any]:
    return {
        "employee_number": number,
        "on": line.on.isoformat(),
        "kind": line.step.kind,
        "days_after_last_good_day": line.step.rung,
        "training": line.title,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "to": [str(it) for it in line.to],
        "by": "letter" if line.by_letter else "mail",
    }


def _site(organisation: Organisation, code: str | None) -> Site | None:
    if code is None:
        return None
    site = Site.objects.filter(organisation=organisation, code=code).first()
    if site is None:
        raise CommandError(f"{organisation.code!r} has no site {code!r}.")
    return site
