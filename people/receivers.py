"""What people hears from the sign-in of staff, and what its outbox asks for."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from cms import clock
from people import services, sessions
from people.services.imports.arriving import JUDGE
from people.services.imports.confirming import TAKE_BACK, WRITE
from people.services.regular_exports import MAKE

__all__ = ["JUDGE", "MAKE", "TAKE_BACK", "WRITE"]


@receiver(user_logged_in, dispatch_uid="people.become_personal")
def become_personal(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Let a personal sign-in replace what a PIN had opened in the same session."""
    if request is not None and hasattr(request, "session"):
        sessions.become_personal(request)


@receiver(email_confirmed, dispatch_uid="people.list_own_email")
def list_own_email(sender: object, email_address: EmailAddress, **kwargs: Any) -> None:
    """List under "Changes to my account" that an e-mail address opens it now."""
    services.note_own_email(user=email_address.user, at=clock.now())


def judge_import(payload: Mapping[str, Any]) -> None:
    """Judge an uploaded workbook."""
    services.judge_import(import_id=payload["import"], at=clock.now())


def write_import(payload: Mapping[str, Any]) -> None:
    """Write a confirmed workbook for one turn."""
    services.write_import(import_id=payload["import"], at=clock.now())


def take_back_import(payload: Mapping[str, Any]) -> None:
    """Take back what a workbook wrote, for one turn."""
    services.take_back_import(import_id=payload["import"], at=clock.now())


def make_export(payload: Mapping[str, Any]) -> None:
    """Make a file of a regular export."""
    services.deliver_export(payload, at=clock.now())
