"""To which sectors and languages an editor is limited."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from people import services
from people.exceptions import NoSuchLimit, NotAnEditor
from people.models import User


class Command(BaseCommand):
    help = "Limit an editor of the CMS to sectors and languages; without any, the limits end. What was before no longer holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--sector", action="append", default=[], metavar="CODE")
        parser.add_argument("--language", action="append", default=[], metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        try:
            if user is None:
                raise NotAnEditor
            services.limit_editor(
                user=user, sectors=options["sector"], languages=options["language"], by=None, at=clock.now()
            )
        except NotAnEditor as error:
            raise CommandError(f"{options['email']} is no editor, or an administrator, whom nothing limits.") from error
        except NoSuchLimit as error:
            raise CommandError(f"There is no sector or language “{error.code}”. Nothing was changed.") from error
        limits = ", ".join(sorted([*options["sector"], *options["language"]])) or "every sector and language"
        self.stdout.write(f"{user.email}: {limits}.")
