"""Digests for those above a person: claimed, sent and settled as the learners' own messages are."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from certificates.validity import local_date
from compliance import mails, selectors
from compliance.models import Digest, Escalation, Message
from compliance.selectors import Hearer
from compliance.services.sending import Outcome, hand_over, lease, put_off, settle
from people.faults import fault_point
from people.models import Organisation

BATCH: Final = 1_000
"""Escalations looked at in one round."""


def claim_digests(*, at: datetime, limit: int = BATCH) -> list[int]:
    """Commit one digest for each who is to hear something and has had none today; return the digests' keys.

    What somebody is to hear beyond today's digest waits for tomorrow's.
    """
    if not Escalation.objects.filter(digest__isnull=True).exists():
        return []
    return _claim(at, limit)


@transaction.atomic(durable=True)
def _claim(at: datetime, limit: int) -> list[int]:
    waiting = (
        Escalation.objects.filter(digest__isnull=True)
        .select_related("obligation__organisation")
        .order_by("recorded_at", "pk")
    )
    by_hearer: dict[tuple[int, Hearer], list[Escalation]] = defaultdict(list)
    organisations: dict[int, Organisation] = {}
    for it in waiting[:limit]:
        organisations[it.obligation.organisation_id] = it.obligation.organisation
        by_hearer[it.obligation.organisation_id, Hearer(it.user_id, it.manager_id)].append(it)
    claimed = []
    for (organisation_id, hearer), heard in by_hearer.items():
        day = local_date(at, organisations[organisation_id].time_zone)
        digest, made = Digest.objects.get_or_create(
            **_whose(organisation_id, hearer),
            day=day,
            defaults={
                "message_id": message_id_of(organisations[organisation_id], hearer, day.isoformat()),
                "claimed_at": at,
                "claimed_until": at,
            },
        )
        if made:
            Escalation.objects.filter(pk__in=[it.pk for it in heard]).update(digest=digest)
            claimed.append(digest.pk)
    fault_point("digests.before_claim")
    return claimed


def _whose(organisation_id: int, hearer: Hearer) -> dict[str, Any]:
    return {"organisation_id": organisation_id, "user_id": hearer.user_id, "manager_id": hearer.manager_id}


def message_id_of(organisation: Organisation, hearer: Hearer, day: str) -> str:
    """Return the Message-ID of somebody's digest of a day: always the same, and telling nothing."""
    said = f"{organisation.pk} {hearer.user_id} {hearer.manager_id} {day}"
    name = salted_hmac("compliance.digests", said, algorithm="sha256").hexdigest()[:32]
    return f"<{name}@{settings.MAIL_DOMAIN}>"


def send_digest(*, digest_id: int, at: datetime) -> Outcome:
    """Send one claimed digest, by its key. Call it outside any transaction."""
    digest = lease(selectors.digests_to_send(at=at).filter(pk=digest_id), at=at)
    if digest is None:
        return Outcome.SETTLED
    fault_point("digests.after_claim")
    try:
        lines = selectors.lines_of_digest(digest, at=at)
        notice = mails.compose_digest(digest, lines) if lines else None
        if notice is None:
            settle(digest, state=Message.State.DROPPED, claimed_until=None)
            return Outcome.SETTLED
        hand_over(notice)
    except Exception as error:  # one bad digest must not stop the others
        return put_off(digest, error, at)
    fault_point("digests.after_send")
    settle(digest, state=Message.State.SENT, sent_at=at, claimed_until=None)
    return Outcome.SENT


def digests_waiting(*, at: datetime, limit: int) -> Sequence[int]:
    """Return the keys of digests that wait to be sent, the longest waiting first."""
    return list(selectors.digests_to_send(at=at).values_list("pk", flat=True)[:limit])
