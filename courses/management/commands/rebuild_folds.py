from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import Enrolment
from courses.services import refold


class Command(BaseCommand):
    help = "Rebuild what the learning events come to, enrolment by enrolment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if a kept fold differs")

    def handle(self, *args: Any, **options: Any) -> None:
        check = options["check"]
        different = []
        total = 0
        for enrolment in Enrolment.objects.order_by("pk").iterator(chunk_size=500):
            total += 1
            if not refold(enrolment=enrolment, check=check):
                different.append(enrolment.public_id)
                self.stdout.write(f"{enrolment.public_id} {'differs' if check else 'rebuilt'}")
        self.stdout.write(f"{total} folds, {len(different)} {'different' if check else 'rebuilt'}")
        if check and different:
            raise CommandError("the kept folds are not what the events come to")
