"""The port through which messages leave: what a channel is given, and what it answers.

``FIELDFARE_REMINDER_CHANNEL`` names the class that is used; mail by SMTP unless it says otherwise. Another channel is a
class with one method, and the discipline of claiming, leasing and settling stays in ``compliance.services.sending``.
"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Notice:
    """One message, ready to leave: in the language of who reads it, neutral outside, with one link.

    ``address`` is the one that the employer gave. ``message_id`` is always the same for a message, so that a channel that
    sees it twice after a crash can leave the second out. ``calendar`` is an iCalendar file, empty where there is no date.
    ``languages`` are those that it is written in, the reader's first: titles are there in the source's alone.
    """

    address: str
    subject: str
    text: str
    html: str
    message_id: str
    calendar: bytes = b""
    languages: tuple[str, ...] = ()


class Refused(Exception):  # what happened, as errors are named here
    """The channel will never take this message or this address; its cause is the channel's own error."""


class Channel(Protocol):
    """A way to a person's address."""

    def send(self, notice: Notice) -> None:
        """Hand ``notice`` over; returning means that somebody else answers for it from now on.

        Raises:
            Refused: it will never be taken; HR is told.
            Exception: any other: it is tried again later.
        """


def channel() -> Channel:
    """Return a new channel of the kind that the settings name."""
    found: Channel = import_string(settings.REMINDER_CHANNEL)()
    return found
