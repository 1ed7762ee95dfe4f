"""Date certificates that run anew after the policy of a certification changed, or take that back."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from certificates.exceptions import RebasingTakenBack
from certificates.models import Certification, Rebasing
from certificates.rebasing_batches import look_at_rebasing, rebase, take_back_rebasing
from cms import clock


class Command(BaseCommand):
    help = (
        "Date the certificates that run by the present policy of their certification. Without --confirm it only says what "
        "that would do. Each gets a new number; --take-back gives them their former dates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("certification", nargs="?", help="its code")
        parser.add_argument("--reason", default="", help="why; kept with the batch")
        parser.add_argument(
            "--notice-days",
            type=int,
            default=60,
            help="nothing ends sooner than so many days from today, unless it did",
        )
        parser.add_argument("--confirm", type=int, help="how many certificates would change, as the preview said")
        parser.add_argument("--take-back", metavar="BATCH", help="the reference of a batch")

    def handle(self, *args: Any, certification: str | None, take_back: str | None, **options: Any) -> None:
        if take_back:
            self._take_back(take_back)
            return
        found = Certification.objects.filter(code=certification or "").first()
        if found is None:
            raise CommandError("There is no such certification. Give its code.")
        if not 0 <= options["notice_days"] <= 3_660:
            raise CommandError("--notice-days: give a number from 0 to 3660.")
        on = clock.today("UTC")
        looked = look_at_rebasing(certification=found, on=on, notice_days=options["notice_days"])
        self.stdout.write(
            f"{looked.later} would end later, {looked.sooner} sooner, {looked.other} keep their end with another window "
            f"or grace, {looked.same} stay as they are."
        )
        if looked.soonest_end is not None:
            self.stdout.write(f"The first of those that end sooner is good through {looked.soonest_end:%Y-%m-%d}.")
        if options["confirm"] is None:
            self.stdout.write(f"Nothing was changed. To do it: --reason '…' --confirm {looked.changed}")
            return
        if not options["reason"].strip():
            raise CommandError("Say why: --reason '…'.")
        if options["confirm"] != looked.changed:
            raise CommandError(f"It is {looked.changed} certificates now. Look again before you confirm.")
        batch = rebase(
            certification=found,
            reason=options["reason"].strip()[:200],
            on=on,
            notice_days=options["notice_days"],
            at=clock.now(),
        )
        self.stdout.write(f"Dated {batch.certificates.count()} certificates anew: batch {batch.reference}.")

    def _take_back(self, reference: str) -> None:
        try:
            batch = Rebasing.objects.get(reference=reference)
        except (Rebasing.DoesNotExist, ValidationError) as error:
            raise CommandError("There is no such batch.") from error
        try:
            count = take_back_rebasing(batch=batch, at=clock.now())
        except RebasingTakenBack as error:
            raise CommandError("Nothing of this batch stands any more.") from error
        self.stdout.write(f"{count} certificates have their former dates, under new numbers.")
