"""Reminders: claim in one transaction, send outside any, commit the result in another.

Only a kill between the server's acceptance and the last commit can send a message twice; it then carries the same
Message-ID (architecture, section 5; ADR 0003).
"""

import hashlib
import logging
import smtplib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from compliance import mails, reminders
from compliance.models import Message, Obligation
from compliance.services.obligations import days_of, next_message_at
from people.faults import fault_point
from people.models import Membership

logger = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8


def sweep(*, at: datetime, limit: int = 10_000) -> int:
    """Claim and send what is due by ``at``; return how many messages were handled. Safe to run twice, and anywhere.

    Reads an index range: what is due and not yet told, and claims whose sender died.
    """
    handled = 0
    while handled < limit:
        claimed = claim_messages(at=at, limit=min(BATCH, limit - handled))
        if not claimed:
            break
        for public_id in claimed:
            send_claimed(message_id=public_id, at=at)
        handled += len(claimed)
    lost = Message.objects.filter(state=Message.State.CLAIMED, claimed_until__lte=at).order_by("claimed_until")
    for public_id in list(lost.values_list("pk", flat=True)[: max(limit - handled, 0)]):
        send_claimed(message_id=public_id, at=at)
        handled += 1
    return handled


def claim_messages(*, at: datetime, limit: int = BATCH) -> list[int]:
    """Find people of whom something is due by ``at``, and commit one message for each; return the messages' keys.

    A person who had a message today is looked at again tomorrow. Obligations with nothing to tell get their next instant.
    """
    while True:
        due = (
            Obligation.objects.filter(next_message_at__lte=at)
            .order_by("next_message_at", "pk")
            .values_list("membership_id", flat=True)[:limit]
        )
        memberships = sorted(set(due))
        if not memberships:
            return []
        claimed = [key for pk in memberships if (key := _claim_for(pk, at)) is not None]
        if claimed:
            return claimed
        # All of this batch only moved on; look at the next one.


@transaction.atomic
def _claim_for(membership_id: int, at: datetime) -> int | None:
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    obligations = list(Obligation.objects.filter(membership=membership).prefetch_related("spans").order_by("pk"))
    items, told_before = [], False
    for obligation in obligations:
        zone = ZoneInfo(obligation.time_zone)
        today = at.astimezone(zone).date()
        told_before = told_before or Message.objects.filter(membership=membership, day=today).exists()
        steps = reminders.steps(days_of(obligation.spans.all()))
        step = reminders.due_step(steps, obligation.told, today)
        if step is not None and not told_before:
            items.append({"obligation": obligation.pk, "kind": step.kind, "due_on": step.due_on.isoformat() if step.due_on else None})
            passed = [key for key in reminders.passed_keys(steps, today) if key not in obligation.told]
            obligation.told = [*obligation.told, *passed]
        if told_before and step is not None:
            tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), tzinfo=zone) + timedelta(hours=9)
            obligation.next_message_at = tomorrow
        else:
            obligation.next_message_at = next_message_at(obligation.spans.all(), obligation.told, obligation.time_zone, at)
        obligation.save(update_fields=["told", "next_message_at"])
    fault_point("reminders.before_claim")
    if not items:
        return None
    day = at.astimezone(ZoneInfo(obligations[0].time_zone)).date()
    has_address = mails.address_of(membership) is not None
    message = Message.objects.create(
        membership=membership,
        day=day,
        message_id=message_id_of(membership, day),
        items=items,
        state=Message.State.CLAIMED if has_address else Message.State.LETTER,
        claimed_at=at,
        claimed_until=at if has_address else None,
    )
    return message.pk


def message_id_of(membership: Membership, day: date) -> str:
    """Return the Message-ID of a person's message of a day: always the same, and telling nothing."""
    name = hashlib.sha256(f"{settings.SECRET_KEY}:{membership.public_id}:{day.isoformat()}".encode()).hexdigest()[:32]
    return f"<{name}@{settings.MAIL_DOMAIN}>"


def send_claimed(*, message_id: int, at: datetime) -> bool:
    """Send one claimed message; return whether this call sent it. A second sender at the same time finds it leased.

    Delivery problems are kept for another try, after ``MAX_ATTEMPTS`` the message failed and HR can see that it did.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
            .filter(pk=message_id, state=Message.State.CLAIMED, claimed_until__lte=at)
            .first()
        )
        if message is None:
            return False
        message.claimed_until = at + LEASE
        message.attempts += 1
        message.save(update_fields=["claimed_until", "attempts"])
    fault_point("reminders.after_claim")
    mail = mails.compose(message)
    if mail is None:
        _finish(message, Message.State.LETTER, at)
        return False
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("a message could not be sent", extra={"kind": type(error).__name__, "attempt": message.attempts})
        refused = isinstance(error, smtplib.SMTPRecipientsRefused)
        if refused or message.attempts >= MAX_ATTEMPTS:
            _finish(message, Message.State.FAILED, at)
        return False
    fault_point("reminders.after_send")
    _finish(message, Message.State.SENT, at)
    return True


@transaction.atomic
def _finish(message: Message, state: Message.State, at: datetime) -> None:
    Message.objects.filter(pk=message.pk, state=Message.State.CLAIMED).update(
        state=state, sent_at=at if state == Message.State.SENT else None, claimed_until=None
    )


@transaction.atomic
def mark_printed(*, messages: list[int], at: datetime) -> int:
    """Record that these letters were printed; return how many were waiting."""
    return Message.objects.filter(pk__in=messages, state=Message.State.LETTER).update(state=Message.State.PRINTED, sent_at=at)

