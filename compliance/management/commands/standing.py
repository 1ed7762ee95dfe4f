"""Where people stand, and why."""

from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError

from certificates.validity import starts_at
from cms import clock
from compliance import selectors
from compliance.management.arguments import day_of, organisation_of, people_of
from compliance.management.json_lines import write_json


class Command(BaseCommand):
    help = (
        "Print each person's standing with its reasons, as the portal shows it, on any date; with --known-on from what"
        " was recorded by the end of that day, in the organisation's time zone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--person", metavar="NO", help="an employee number; everybody otherwise")
        parser.add_argument("--on", metavar="DATE", help="YYYY-MM-DD; otherwise today, where each person works")
        parser.add_argument("--known-on", metavar="DATE", help="YYYY-MM-DD; otherwise as known now")
        parser.add_argument("--json", action="store_true", help="one JSON object with all that is known of each line")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        on, known_on = day_of("--on", options["on"]), day_of("--known-on", options["known_on"])
        found = selectors.standings(
            memberships=people_of(organisation, options["person"]),
            at=clock.now(),
            on=on,
            known_before=_end_of(known_on, organisation.time_zone) if known_on else None,
        )
        if not options["json"]:
            is_any = False
            for it in found:
                is_any = True
                until = f", until {it.span.until}" if it.span.until else ""
                due = f", last good day {it.standing.due_on}" if it.standing.due_on else ""
                line = f"{it.membership.employee_number} {it.certification.code} {it.on}: {it.standing.state}"
                self.stdout.write(f"{line}{due}{until}")
            if not is_any:
                self.stdout.write("Nothing is asked of anybody here.")
            return
        head = {"organisation": organisation.code, "on": _text(on), "known_on": _text(known_on)}
        write_json(self.stdout, head, "standings", (it.to_json() for it in found))


def _end_of(day: date, zone: str) -> datetime:
    try:
        return starts_at(day + timedelta(days=1), zone)
    except OverflowError as error:
        raise CommandError(f"--known-on {day} is too far away; choose a day that people live to see.") from error


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
