"""The demo organisation, for development only."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from cms import clock
from compliance import demo


class Command(BaseCommand):
    help = "Make the demo organisations and their sign-ins. Does nothing when they are there; refused outside DEMO."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo accounts exist only in development.")
        made = demo.load(at=clock.now())
        if options["verbosity"]:
            self.stdout.write("Made the demo organisations." if made else "The demo organisations are here already.")
