"""Keys for other systems."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from people import services
from people.models import Organisation


class Command(BaseCommand):
    help = "Make a key with which another system brings workbooks in; with --revoke end all keys of this name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what it is for, such as the name of the other system")
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']}.")
        said: Any = {"organisation": organisation, "name": options["name"], "by": None, "at": clock.now()}
        if options["revoke"]:
            self.stdout.write(f"{services.revoke_api_keys(**said)} keys revoked")
        else:
            self.stdout.write(services.make_api_key(**said))
