"""Recompute standing from facts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from compliance import services
from compliance.management.arguments import organisation_of
from people.models import Membership


class Command(BaseCommand):
    help = "Write all spans of standing anew from the facts; with --check only say what differs (status 1 if anything)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help="the code of one organisation; all of them otherwise")
        parser.add_argument(
            "--person", metavar="NO", help="an employee number of that organisation; everybody otherwise"
        )
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        memberships = Membership.objects.all()
        if options["organisation"]:
            memberships = memberships.filter(organisation=organisation_of(options["organisation"]))
        if options["person"]:
            if not options["organisation"]:
                raise CommandError("Name the organisation too: employee numbers repeat.")
            memberships = memberships.filter(employee_number__iexact=options["person"].strip())
            if not memberships.exists():
                raise CommandError(f"Nobody there has the employee number {options['person']!r}.")
        keys = list(memberships.order_by("pk").values_list("pk", flat=True))
        if not options["check"]:
            changed = services.rebuild_obligations(memberships=keys, at=clock.now())
            self.stdout.write(f"{len(keys)} people, {changed} obligations mended.")
            return
        differing = services.check_obligations(memberships=keys, at=clock.now())
        for membership_id, certification_id in differing:
            self.stdout.write(
                f"membership {membership_id}, certification {certification_id}: kept spans differ from the facts"
            )
        if differing:
            raise CommandError(f"{len(differing)} obligations differ; run without --check to mend them.")
        self.stdout.write(f"{len(keys)} people: nothing to mend.")
