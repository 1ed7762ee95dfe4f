"""Telling somebody of the staff by mail that something waits behind the sign-in. The app that has the pages words it."""

from typing import Final

from people import outbox
from people.models import Organisation, User

KIND: Final = "people.staff_note"
EXPORT, FOLDER = "export", "folder"


def note(*, user: User, organisation: Organisation, about: str, target: str) -> None:
    """Ask for a mail to ``user`` about ``target`` (its public id), in the caller's transaction; once for each."""
    outbox.enqueue(
        kind=KIND,
        key=f"{KIND}:{about}:{target}:{user.pk}",
        payload={"user": user.pk, "organisation": organisation.pk, "about": about, "target": target},
    )
