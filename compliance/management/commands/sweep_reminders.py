"""Send what is due now."""

from typing import Any

from django.core.management import BaseCommand

from cms import clock
from compliance import services


class Command(BaseCommand):
    help = "Claim and send the reminders that are due now, as the schedule does every quarter of an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        handled = services.sweep(at=clock.now())
        self.stdout.write(f"{handled} messages handled.")
