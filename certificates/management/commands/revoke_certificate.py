"""Revoke a certificate by its number."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates import selectors, services
from certificates.exceptions import AlreadyReplaced, AlreadyRevoked
from certificates.models import Certificate
from cms import clock


class Command(BaseCommand):
    help = "Revoke a certificate. Its public page says so at once, with the reason as a class and the day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="as printed; case, spaces and hyphens do not matter")
        parser.add_argument("--reason", required=True, choices=Certificate.RevocationReason.values)

    def handle(self, *args: Any, number: str, reason: str, **options: Any) -> None:
        certificate = selectors.certificate_by_number(number)
        if certificate is None:
            raise CommandError("No certificate has this number.")
        try:
            services.revoke_certificate(
                certificate=certificate, reason=Certificate.RevocationReason(reason), by=None, at=clock.now()
            )
        except AlreadyRevoked as error:
            raise CommandError(f"It was revoked on {error.revoked_on:%Y-%m-%d}.") from error
        except AlreadyReplaced as error:
            raise CommandError(f"It was replaced by {error.successor}; revoke that one.") from error
        self.stdout.write(f"Revoked {certificate.number}.")
        for dependant in selectors.dependants(certificate):
            self.stdout.write(f"To decide: {dependant.number} renews it and still stands.")
