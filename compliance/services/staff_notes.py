"""Mails to HR that say only that something waits behind the sign-in."""

from collections.abc import Mapping
from typing import Any

from compliance.channels import Refused, channel
from compliance.mails import compose_staff_note
from people.models import Organisation, User
from people.selectors import hr_of


def send_staff_note(payload: Mapping[str, Any]) -> None:
    """Send a note that an entry of the outbox asks for, if its reader is still HR there and has an address.

    Raises:
        Exception: the channel did not take it; it is tried again later.
    """
    organisation = Organisation.objects.filter(pk=payload["organisation"]).first()
    user = User.objects.filter(pk=payload["user"]).first()
    if organisation is None or user is None or not user.email or not hr_of(organisation).filter(pk=user.pk).exists():
        return
    try:
        channel().send(compose_staff_note(user, organisation, about=payload["about"], target=payload["target"]))
    except Refused:
        # What waits is listed on the pages all the same.
        return
