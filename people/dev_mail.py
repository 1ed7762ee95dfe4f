"""Mails that were "sent" in development, to look at. Exists only where ``settings.DEMO`` is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import nh3
from django.conf import settings
from django.core import mail

_MOST: Final = 200
# How Django's backend ends each message in a file.
_SEPARATOR: Final = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail; ``reference`` names it in addresses."""

    reference: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """Return the subject."""
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        """Return who it is from."""
        return str(self.message["From"] or "")

    @property
    def recipient(self) -> str:
        """Return whom it is to."""
        return str(self.message["To"] or "")

    @property
    def sent(self) -> str:
        """Return its date line."""
        return str(self.message["Date"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return all header lines."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """Return the text part, empty if there is none."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        """Return the HTML part without anything that could act or load, empty if there is none."""
        part = self.message.get_body(("html",))
        return nh3.clean(str(part.get_content())) if part else ""

    @property
    def attachments(self) -> list[tuple[str, str]]:
        """Return name and type of what is attached."""
        return [(part.get_filename() or "", part.get_content_type()) for part in self.message.iter_attachments()]


def stored_mails() -> list[StoredMail]:
    """Return the mails of this process's outbox or of the mail folder, the newest first, two hundred at most."""
    outbox = getattr(mail, "outbox", None)
    if outbox is not None:
        found = [(f"m{index}", sent.message().as_bytes()) for index, sent in enumerate(outbox)]
        found.reverse()
    else:
        found = list(_from_files())
    return [StoredMail(reference, _parsed(content)) for reference, content in found[:_MOST]]


def stored_mail(reference: str) -> StoredMail | None:
    """Return one mail by its reference, None if there is none; a reference is never taken for a path."""
    return next((stored for stored in stored_mails() if stored.reference == reference), None)


def _from_files() -> Iterator[tuple[str, bytes]]:
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "/nonexistent")
    files = sorted(folder.glob("*.log")) + sorted(folder.glob("*.eml")) if folder.is_dir() else []
    for file in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True):
        contents = [content for content in file.read_bytes().split(_SEPARATOR) if content.strip()]
        for index, content in reversed(list(enumerate(contents))):
            yield f"{file.stem}-{index}", content.strip() + b"\n"


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
