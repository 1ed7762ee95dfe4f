"""Reminders: claim in one transaction, send outside any, commit the result in another."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from certificates.validity import local_date
from compliance import mails, reminders, selectors
from compliance.judging import days_of
from compliance.models import Escalation, Message, Obligation
from compliance.services.digests import claim_digests, digests_waiting, send_digest
from compliance.services.sending import Outcome, hand_over, lease, put_off, settle
from people.faults import fault_point
from people.models import Membership

BATCH: Final = 200
TROUBLES_IN_A_ROW: Final = 3
"""After so many the mail server is taken to be away, and the rest waits for the next sweep."""

_MAILS: Final = (Message.State.CLAIMED, Message.State.LETTER)


def sweep(*, at: datetime, limit: int = 10_000) -> int:
    """Claim and send what is due by ``at``; return how many mails and letters were handled. Call it outside any transaction.

    Safe to run twice, and at the same time. Reads index ranges: what is due and not yet told, and what was claimed and
    not sent, be it that its sender died or that the server was away. Learners first, then those above them.
    """
    began = time.monotonic()
    handled = _round(
        partial(claim_messages, limit=BATCH),
        lambda now: list(selectors.to_send(at=now).values_list("pk", flat=True)[:BATCH]),
        lambda key, now: send_claimed(message_id=key, at=now),
        at=at,
        began=began,
        limit=limit,
    )
    return handled + _round(
        claim_digests,
        lambda now: digests_waiting(at=now, limit=BATCH),
        lambda key, now: send_digest(digest_id=key, at=now),
        at=at,
        began=began,
        limit=limit,
    )


def _round(
    claim: Callable[..., Sequence[int]],
    waiting_at: Callable[[datetime], Sequence[int]],
    send: Callable[[int, datetime], Outcome],
    *,
    at: datetime,
    began: float,
    limit: int,
) -> int:
    """Claim and send one kind of mail until nothing is left, the limit is reached or the server seems to be away."""
    handled = troubles = 0
    while handled < limit and troubles < TROUBLES_IN_A_ROW:
        claimed = claim(at=_later(at, began))
        waiting = waiting_at(_later(at, began))
        if not claimed and not waiting:
            break
        handled += len(set(claimed) | set(waiting))
        for key in waiting:
            # The leases count from now, although the caller's clock stands still while mails go out.
            outcome = send(key, _later(at, began))
            troubles = troubles + 1 if outcome is Outcome.TROUBLE else 0
            if troubles == TROUBLES_IN_A_ROW:
                break
    return handled


def _later(at: datetime, began: float) -> datetime:
    return at + timedelta(seconds=time.monotonic() - began)


def claim_messages(*, at: datetime, limit: int = BATCH) -> list[int]:
    """Find people of whom something is due by ``at``, and commit one message for each; return the messages' keys.

    A person who had a message today is looked at again tomorrow. Obligations with nothing to tell get their next
    instant. The list is empty only when nothing is due any more.
    """
    chain = selectors.Chain()
    while True:
        due = Obligation.objects.filter(next_message_at__lte=at).order_by("next_message_at", "pk")
        memberships = sorted(set(due.values_list("membership_id", flat=True)[:limit]))
        if not memberships:
            return []
        claimed = [key for pk in memberships if (key := _claim_for(pk, chain, at)) is not None]
        if claimed:
            return claimed


@transaction.atomic(durable=True)
def _claim_for(membership_id: int, chain: selectors.Chain, at: datetime) -> int | None:
    """Commit what a person is to be told at ``at`` as one message; return its key, None where there is nothing."""
    membership = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=membership_id)
    )
    obligations = list(Obligation.objects.filter(membership=membership).prefetch_related("spans").order_by("pk"))
    # All of a person's obligations are meant in one calendar.
    days = {local_date(at, it.time_zone) for it in obligations}
    told_today = Message.objects.filter(membership=membership, day__in=days).exists()
    items: list[dict[str, Any]] = []
    above: list[Escalation] = []
    changed: list[Obligation] = []
    for obligation in obligations:
        before = obligation.told, obligation.next_message_at
        today = local_date(at, obligation.time_zone)
        steps = reminders.steps(days_of(obligation.spans.all()))
        step = reminders.due_step(steps, obligation.told, today)
        if step is not None and not told_today:
            items.append(_item(obligation, step))
            above += _above(chain, membership, obligation, step, at)
            passed = reminders.passed_keys(steps, today)
            obligation.told = [*obligation.told, *(key for key in passed if key not in obligation.told)]
        obligation.next_message_at = selectors.next_message_at(
            steps, told=obligation.told, zone=obligation.time_zone, at=at, not_today=told_today
        )
        if (obligation.told, obligation.next_message_at) != before:
            changed.append(obligation)
    for obligation in changed:  # mostly one
        obligation.save(update_fields=["told", "next_message_at"])
    if above:
        Escalation.objects.bulk_create(above, ignore_conflicts=True)
    if not items:
        return None
    day = max(days)
    message = Message.objects.create(
        membership=membership,
        day=day,
        message_id=message_id_of(membership, day),
        items=items + _taken_over(membership, items, at),
        state=Message.State.CLAIMED if membership.email else Message.State.LETTER,
        claimed_at=at,
        claimed_until=at if membership.email else None,
    )
    fault_point("reminders.before_claim")
    return message.pk


def _above(
    chain: selectors.Chain, membership: Membership, obligation: Obligation, step: reminders.Step, at: datetime
) -> list[Escalation]:
    """Return that those above the person, whom the step names, are to hear of it."""
    return [
        Escalation(
            obligation=obligation,
            key=step.key,
            kind=step.kind,
            due_on=step.due_on,
            user_id=heard.user_id,
            manager_id=heard.manager_id,
            recorded_at=at,
        )
        for heard in chain.above(member=membership, to=step.to, at=at)
    ]


def _item(obligation: Obligation, step: reminders.Step) -> dict[str, Any]:
    due_on = step.due_on.isoformat() if step.due_on else None
    return {"obligation": obligation.pk, "kind": str(step.kind), "due_on": due_on}


def _taken_over(membership: Membership, items: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Drop what still waits to be sent or printed; return what it says of other obligations.

    Nobody gets a backlog after an outage, or three letters at once. What a sender has at this moment stays.
    """
    waiting = Message.objects.filter(membership=membership, state__in=_MAILS).exclude(claimed_until__gt=at)
    named = {item["obligation"] for item in items}
    kept = []
    found = list(waiting.order_by("-day"))
    for message in found:
        for item in message.items:
            if item["obligation"] not in named:
                named.add(item["obligation"])
                kept.append(item)
    if found:
        waiting.update(state=Message.State.DROPPED, claimed_until=None)
    return kept


def message_id_of(membership: Membership, day: date) -> str:
    """Return the Message-ID of a person's message of a day: always the same, and telling nothing."""
    said = f"{membership.public_id} {day.isoformat()}"
    name = salted_hmac("compliance.messages", said, algorithm="sha256").hexdigest()[:32]
    return f"<{name}@{settings.MAIL_DOMAIN}>"


def send_claimed(*, message_id: int, at: datetime) -> Outcome:
    """Send one claimed message, by its key. A second sender at the same time finds it leased.

    Trouble is kept for another try; what the server refuses for good, or what went wrong ``MAX_ATTEMPTS`` times, has
    failed, and HR can see that it did. Call it outside any transaction.
    """
    message = lease(selectors.to_send(at=at).filter(pk=message_id), at=at)
    if message is None:
        return Outcome.SETTLED
    fault_point("reminders.after_claim")
    try:
        lines = selectors.lines_of([message], at=at)[message.pk]
        notice = mails.compose(message, lines) if lines else None
        if notice is None:
            settle(message, state=Message.State.LETTER if lines else Message.State.DROPPED, claimed_until=None)
            return Outcome.SETTLED
        hand_over(notice)
    except Exception as error:  # one bad message must not stop the others
        return put_off(message, error, at)
    fault_point("reminders.after_send")
    settle(message, state=Message.State.SENT, sent_at=at, claimed_until=None)
    return Outcome.SENT


@transaction.atomic
def send_again(*, membership: Membership, at: datetime) -> bool:
    """Send the person's last message if it failed or waits as a letter, since there is another address; return whether.

    Without an address it goes, or stays, on the letter list.
    """
    last = Message.objects.filter(membership=membership).order_by("-day").first()
    if last is None or last.state not in (Message.State.FAILED, Message.State.LETTER):
        return False
    last.state, last.claimed_until, last.attempts = Message.State.CLAIMED, at, 0
    last.save(update_fields=["state", "claimed_until", "attempts"])
    return True


@transaction.atomic
def mark_printed(*, messages: Iterable[int], at: datetime) -> int:
    """Record that these letters were printed together; return how many were waiting."""
    waiting = Message.objects.filter(pk__in=list(messages), state=Message.State.LETTER)
    return waiting.update(state=Message.State.PRINTED, sent_at=at)
