"""A new organisation and its first HR administrator."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from cms import clock
from people import services
from people.exceptions import EditorOfTheCms
from people.models import Organisation, Site, StaffRole, User


class Command(BaseCommand):
    help = "Make an organisation, a first site of the same name, and an HR administrator who sets a password by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="what people type to sign in, e.g. larch")
        parser.add_argument("name")
        parser.add_argument("--hr", required=True, metavar="EMAIL")
        parser.add_argument("--hr-name", default="")
        parser.add_argument("--time-zone", default="America/Vancouver")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation(code=options["code"], name=options["name"], time_zone=options["time_zone"])
        try:
            organisation.full_clean()
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{field}: {' '.join(found)}" for field, found in error.message_dict.items())
            ) from error
        with transaction.atomic():
            organisation.save()
            Site.objects.create(
                organisation=organisation,
                code="main",
                name=organisation.name,
                time_zone=organisation.time_zone,
                languages=["en"],
            )
            user = User.objects.filter(email=options["hr"].lower()).first()
            if user is None:
                user = services.create_staff(email=options["hr"], name=options["hr_name"] or options["hr"])
            try:
                services.grant_staff_role(
                    user=user, organisation=organisation, kind=StaffRole.Kind.HR, by=None, at=clock.now()
                )
            except EditorOfTheCms as error:
                raise CommandError(
                    f"{user.email} may enter the CMS, and whoever does may not see an organisation's people. "
                    "Nothing was made. Name another address, or take the editor groups away first."
                ) from error
        self.stdout.write(
            f"Made {organisation.name} ({organisation.code}). "
            f"{options['hr']} signs in at /accounts/login/ with a code sent by mail."
        )
