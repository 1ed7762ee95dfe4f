"""Reminders: claim in one transaction, send outside any, commit the result in another."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac

from certificates.validity import local_date
from compliance import mails, reminders, selectors
from compliance.judging import days_of
from compliance.models import Escalation, Message, Obligation
from compliance.services.digests import claim_digests, digests_waiting, send_digest
from compliance.services.sending import Outcome, hand_over, lease, put_off, settle
from people.faults import fault_point
from people.models import Membership

logger = logging.getLogger(__name__)

BATCH: Final = 200
PART: Final = 50
"""Mails whose contents are read together, just before they go out."""
FRESH: Final = timedelta(seconds=10)
"""How old what was read may be when its mail goes out; with a slow server the rest of a part is read anew."""
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
        _send_part,
        at=at,
        began=began,
        limit=limit,
    )
    return handled + _round(
        claim_digests,
        lambda now: digests_waiting(at=now, limit=BATCH),
        _send_digests,
        at=at,
        began=began,
        limit=limit,
    )


def _round(
    claim: Callable[..., Sequence[int]],
    waiting_at: Callable[[datetime], Sequence[int]],
    send: Callable[[Sequence[int], Callable[[], datetime]], Iterator[Outcome]],
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
        # The leases count from now, although the caller's clock stands still while mails go out.
        for outcome in send(waiting, partial(_later, at, began)):
            troubles = troubles + 1 if outcome is Outcome.TROUBLE else 0
            if troubles == TROUBLES_IN_A_ROW:
                break
    return handled


def _later(at: datetime, began: float) -> datetime:
    return at + timedelta(seconds=time.monotonic() - began)


def _send_digests(keys: Sequence[int], now: Callable[[], datetime]) -> Iterator[Outcome]:
    return (send_digest(digest_id=key, at=now()) for key in keys)


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
        claimed = _claim_together_or_alone(memberships, chain, at)
        if claimed:
            return claimed


def _claim_together_or_alone(keys: Sequence[int], chain: selectors.Chain, at: datetime) -> list[int]:
    """Claim for all of these people at once; where that fails, for each alone, so that one does not keep others waiting.

    Raises:
        Exception: what kept everybody from being claimed for.
    """
    try:
        return _claim_for(keys, chain, at)
    except Exception as error:
        if len(keys) == 1:
            raise
        logger.exception("claimed one by one", extra={"event": "reminders.claim", "outcome": "alone"})
        failure = error
    claimed: list[int] = []
    for key in keys:
        try:
            claimed += _claim_for([key], chain, at)
        except Exception as error:  # each has a transaction of its own
            failure = error
    if not claimed:
        raise failure
    return claimed


@transaction.atomic(durable=True)
def _claim_for(keys: Sequence[int], chain: selectors.Chain, at: datetime) -> list[int]:
    """Commit what these people are to be told at ``at``, a message for each who is told anything; return the messages' keys.

    A constant number of queries.
    """
    # In the order of every rebuild, so that the two wait for each other and never crosswise.
    locked = Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    members = {it.pk: it for it in locked.select_related("organisation")}
    obligations: dict[int, list[Obligation]] = {key: [] for key in members}
    withdrawn = selectors.withdrawn_trainings().filter(pk=OuterRef("certification"))
    concerning = Obligation.objects.filter(membership__in=keys).annotate(is_withdrawn=Exists(withdrawn))
    for it in concerning.prefetch_related("spans").order_by("pk"):
        obligations[it.membership_id].append(it)
    # All of a person's obligations are meant in one calendar.
    days = {key: {local_date(at, it.time_zone) for it in own} for key, own in obligations.items()}
    told = set(
        Message.objects.filter(membership__in=keys, day__in=set().union(*days.values())).values_list(
            "membership_id", "day"
        )
    )
    told_of: list[tuple[Membership, Obligation, reminders.Step]] = []
    changed: list[Obligation] = []
    items: dict[int, list[dict[str, Any]]] = {}
    for key, member in members.items():
        told_today = any((key, day) in told for day in days[key])
        for obligation in obligations[key]:
            before = obligation.told, obligation.next_message_at
            # Of what nobody can do any more nothing is told, and it is looked at again tomorrow.
            step = _told_now(obligation, at, not_today=told_today or obligation.is_withdrawn)  # type: ignore[attr-defined]
            if step is not None:
                items.setdefault(key, []).append(_item(obligation, step))
                told_of.append((member, obligation, step))
            if (obligation.told, obligation.next_message_at) != before:
                changed.append(obligation)
    Obligation.objects.bulk_update(changed, ["told", "next_message_at"])
    above = _above(chain, told_of, at)
    if above:
        Escalation.objects.bulk_create(above, ignore_conflicts=True)
    kept = _taken_over(items, at)
    messages = [
        _message(members[key], max(days[key]), [*named, *kept.get(key, ())], at) for key, named in items.items()
    ]
    if not messages:
        return []
    made = Message.objects.bulk_create(messages)
    fault_point("reminders.before_claim")
    return [it.pk for it in made]


def _told_now(obligation: Obligation, at: datetime, *, not_today: bool) -> reminders.Step | None:
    """Return what is to be told of ``obligation`` at ``at``, and note on it, unsaved, that it is, and when to look again."""
    today = local_date(at, obligation.time_zone)
    steps = reminders.steps(days_of(obligation.spans.all()))
    step = None if not_today else reminders.due_step(steps, obligation.told, today)
    if step is not None:
        passed = reminders.passed_keys(steps, today)
        obligation.told = [*obligation.told, *(key for key in passed if key not in obligation.told)]
    obligation.next_message_at = selectors.next_message_at(
        steps, told=obligation.told, zone=obligation.time_zone, at=at, not_today=not_today
    )
    return step


def _message(membership: Membership, day: date, items: list[dict[str, Any]], at: datetime) -> Message:
    return Message(
        membership=membership,
        day=day,
        message_id=message_id_of(membership, day),
        items=items,
        state=Message.State.CLAIMED if membership.email else Message.State.LETTER,
        claimed_at=at,
        claimed_until=at if membership.email else None,
    )


def _above(
    chain: selectors.Chain, told_of: Sequence[tuple[Membership, Obligation, reminders.Step]], at: datetime
) -> list[Escalation]:
    """Return that those above people, whom the steps name, are to hear of them."""
    hearers = chain.above([(member, step.to) for member, _obligation, step in told_of], at=at)
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
        for (_member, obligation, step), heard_by in zip(told_of, hearers, strict=True)
        for heard in heard_by
    ]


def _item(obligation: Obligation, step: reminders.Step) -> dict[str, Any]:
    due_on = step.due_on.isoformat() if step.due_on else None
    return {"obligation": obligation.pk, "kind": str(step.kind), "due_on": due_on}


def _taken_over(items: Mapping[int, list[dict[str, Any]]], at: datetime) -> dict[int, list[dict[str, Any]]]:
    """Drop what still waits to be sent or printed for the people of ``items``; return, by person, what it says of else.

    Nobody gets a backlog after an outage, or three letters at once. What a sender has at this moment stays.
    """
    waiting = Message.objects.filter(membership__in=items, state__in=_MAILS).exclude(claimed_until__gt=at)
    named = {key: {item["obligation"] for item in own} for key, own in items.items()}
    kept: dict[int, list[dict[str, Any]]] = {}
    found = list(waiting.order_by("membership_id", "-day"))
    for message in found:
        for item in message.items:
            if item["obligation"] not in named[message.membership_id]:
                named[message.membership_id].add(item["obligation"])
                kept.setdefault(message.membership_id, []).append(item)
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
    return _send(message_id, lambda: mails.drafts([message_id], at=at)[message_id], at)


def _send_part(keys: Sequence[int], now: Callable[[], datetime]) -> Iterator[Outcome]:
    """Send claimed messages one by one; what they say, and to whom, is read part by part."""
    start = 0
    while start < len(keys):
        part = keys[start : start + PART]
        read_at = now()
        draft = _reading(part, read_at)
        for key in part:
            yield _send(key, partial(draft, key), now())
            start += 1
            if now() - read_at > FRESH:
                break


def _reading(part: Sequence[int], at: datetime) -> Callable[[int], mails.Draft]:
    """Read the drafts of ``part`` together; where that fails, each is read when it is asked for."""
    try:
        return mails.drafts(part, at=at).__getitem__
    except Exception:  # one bad message must not stop the others; it is met again, and alone
        return lambda key: mails.drafts([key], at=at)[key]


def _send(message_id: int, draft: Callable[[], mails.Draft], at: datetime) -> Outcome:
    message = lease(selectors.to_send(at=at).filter(pk=message_id), at=at)
    if message is None:
        return Outcome.SETTLED
    fault_point("reminders.after_claim")
    try:
        said = draft()
        notice = mails.compose(message, said)
        if notice is None:
            settle(message, state=Message.State.LETTER if said.lines else Message.State.DROPPED, claimed_until=None)
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
