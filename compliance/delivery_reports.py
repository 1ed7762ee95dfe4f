"""Reports of mail servers that a mail could not be delivered (RFC 3464), read without trusting them.

Plain Python over the bytes of one mail.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from email.utils import parseaddr
from typing import Final

LARGEST_BYTES: Final = 10 * 1024 * 1024
"""A report quotes our own small mail; whatever is larger is none."""
_MESSAGE_ID: Final = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """That our mail ``message_id`` was refused for good.

    ``sent_to`` is the address that we wrote on it, empty where the report does not quote it. ``report_id`` names the
    report itself, so that one that arrives twice counts once.
    """

    message_id: str
    sent_to: str
    report_id: str


def read_report(raw: bytes) -> DeliveryReport | None:
    """Return what a mail says of one of ours that cannot be delivered; None for any other mail.

    A delay, a success and a failure that may pass are none: the servers go on trying by themselves.
    """
    if len(raw) > LARGEST_BYTES:
        return None
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        if not _is_report(mail) or not any(_failed_for_good(it) for it in _recipients(mail)):
            return None
        quoted = _quoted(mail)
        message_id = _first_id(_header(quoted, "Message-ID")) or _first_id(
            f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}"
        )
        if not message_id:
            return None
        original = [_address(_header(it, "Original-Recipient")) for it in _recipients(mail) if _failed_for_good(it)]
        sent_to = parseaddr(_header(quoted, "To"))[1] or (original[0] if len(original) == 1 else "")
    except (ValueError, LookupError, TypeError, AttributeError):
        # Servers send all kinds of things; what cannot be read is no report.
        return None
    own = _first_id(_header(mail, "Message-ID")).encode() or raw
    return DeliveryReport(message_id, sent_to.strip().lower(), hashlib.sha256(own).hexdigest())


def _is_report(mail: Message) -> bool:
    return mail.get_content_type() == "multipart/report" and any(
        part.get_content_type() == "message/delivery-status" for part in mail.walk()
    )


def _recipients(mail: Message) -> Iterator[Message]:
    """Yield the fields of each recipient; the first block of a status is about the mail as a whole."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _inner(part)[1:]


def _inner(part: Message) -> list[Message]:
    """Return the messages that a part holds; none where it holds text."""
    content = part.get_payload()
    return [it for it in content if isinstance(it, Message)] if isinstance(content, list) else []


def _failed_for_good(recipient: Message) -> bool:
    status = _header(recipient, "Status").strip()
    return _header(recipient, "Action").strip().lower() == "failed" and (not status or status.startswith("5"))


def _quoted(mail: Message) -> Message:
    """Return the headers of our own mail as the report quotes them; none where it does not."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and (inner := _inner(part)):
            return inner[0]
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            content = part.get_payload(decode=True)
            text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(part.get_payload())
            return message_from_string(text.lstrip())
    return Message()


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _first_id(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found.group() if found else ""


def _address(field: str) -> str:
    """Return the address of ``rfc822; somebody@example.org``."""
    kind, _, address = field.partition(";")
    return parseaddr(address)[1] if kind.strip().lower() == "rfc822" else ""
