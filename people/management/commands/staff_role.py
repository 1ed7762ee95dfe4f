"""A role for staff of an organisation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from cms import clock
from people import services
from people.exceptions import EditorOfTheCms
from people.models import Organisation, Site, StaffRole, User


class Command(BaseCommand):
    help = "Give somebody a role in an organisation, or take it away; who has no account yet gets one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("kind", choices=StaffRole.Kind.values)
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--site", default="", metavar="CODE", help="for this site and what lies below it")
        parser.add_argument("--name", default="", help="of somebody without an account")
        parser.add_argument("--withdraw", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation “{options['organisation']}”.")
        site = Site.objects.filter(organisation=organisation, code=options["site"]).first()
        if options["site"] and site is None:
            raise CommandError(f"{organisation.code} has no site “{options['site']}”.")
        user = User.objects.filter(email=options["email"].lower()).first()
        if options["withdraw"]:
            self._withdraw(user, organisation, site, options)
            return
        if user is None:
            user = services.create_staff(email=options["email"], name=options["name"] or options["email"])
        try:
            services.grant_staff_role(
                user=user,
                organisation=organisation,
                kind=StaffRole.Kind(options["kind"]),
                site=site,
                by=None,
                at=clock.now(),
            )
        except EditorOfTheCms as error:
            raise CommandError(
                f"{user.email} may enter the CMS, and whoever does may not see an organisation's people. "
                "Nothing was changed. Name another address, or take the editor groups away first."
            ) from error
        self.stdout.write(f"{user.email} is {options['kind']} of {_place(organisation, site)}.")

    def _withdraw(
        self, user: User | None, organisation: Organisation, site: Site | None, options: dict[str, Any]
    ) -> None:
        role = StaffRole.objects.filter(user=user, organisation=organisation, site=site, kind=options["kind"]).first()
        if role is None:
            raise CommandError("Nobody with this address has this role there.")
        services.withdraw_staff_role(role=role, by=None, at=clock.now())
        self.stdout.write(f"{options['email']} is {options['kind']} of {_place(organisation, site)} no longer.")


def _place(organisation: Organisation, site: Site | None) -> str:
    return f"{organisation.code}, {site.code}" if site else organisation.code
