"""Mails that came back: recorded from the servers' reports, settled by HR."""

from datetime import datetime

from django.db import transaction

from certificates.validity import local_date
from compliance import selectors
from compliance.delivery_reports import DeliveryReport
from compliance.models import Bounce, Digest, Message
from compliance.services.messages import send_again
from people import audit
from people.models import Membership, User


@transaction.atomic
def record_bounce(*, report: DeliveryReport, at: datetime) -> Bounce | None:
    """Record that one of our mails came back; return the bounce, None where the mail is not ours or is known already.

    What the message said goes out as a letter, or, if the person has another address by now, to that one; unless a
    later message says more than it did. Safe to run twice with the same report, and at the same time.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("membership__organisation")
        .filter(message_id=report.message_id)
        .first()
    )
    if message is not None:
        bounce = _record(report, message.membership, at, message=message)
        if bounce is not None and message.state == Message.State.SENT:
            _send_otherwise(message, at)
        return bounce
    digest = (
        Digest.objects.select_for_update(of=("self",))
        .select_related("manager__organisation")
        .filter(message_id=report.message_id)
        .first()
    )
    if digest is None:
        return None
    if digest.manager is None:
        # A member of staff, whose own address is not the organisation's to mend.
        Digest.objects.filter(pk=digest.pk, state=Message.State.SENT).update(state=Message.State.FAILED)
        return None
    return _record(report, digest.manager, at, digest=digest)


def _record(
    report: DeliveryReport,
    membership: Membership,
    at: datetime,
    *,
    message: Message | None = None,
    digest: Digest | None = None,
) -> Bounce | None:
    bounce, made = Bounce.objects.get_or_create(
        report_id=report.report_id,
        defaults={
            "membership": membership,
            "message": message,
            "digest": digest,
            "email": report.sent_to or membership.email,
            "reported_on": local_date(at, membership.organisation.time_zone),
            "recorded_at": at,
        },
    )
    return bounce if made else None


def _send_otherwise(message: Message, at: datetime) -> None:
    later = Message.objects.filter(membership=message.membership_id, day__gt=message.day)
    if later.exclude(state=Message.State.DROPPED).exists():
        return
    if selectors.takes_mail(message.membership):
        message.state, message.claimed_until, message.attempts = Message.State.CLAIMED, at, 0
    else:
        message.state, message.claimed_until = Message.State.LETTER, None
    message.save(update_fields=["state", "claimed_until", "attempts"])


@transaction.atomic
def try_address_again(*, membership: Membership, by: User, at: datetime) -> bool:
    """Let mails go to the address that did not take one; return whether any was held.

    A message that waits as a letter goes out by mail again.
    """
    settled = Bounce.objects.open().filter(membership=membership)
    keys = list(settled.values_list("pk", flat=True))
    if not keys:
        return False
    Bounce.objects.filter(pk__in=keys).update(settled_at=at, settled_by=by)
    send_again(membership=membership, at=at)
    audit.record(
        organisation=membership.organisation, actor=by, verb="mail.address_tried_again", target=membership, at=at
    )
    return True
