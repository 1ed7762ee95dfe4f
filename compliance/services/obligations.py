"""Keeping the read model of standing: spans rewritten in the transaction that changes a fact."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from compliance.facts import facts_of
from compliance.ladder import DEFAULT_LADDER, Ladder, ladder_to_json, merged
from compliance.models import Message, Obligation, ObligationSpan
from compliance.selectors import lines_of, next_message_at
from compliance.standing import ReasonCode, StandingSpan, spans
from people.models import Membership

logger = logging.getLogger(__name__)

BATCH = 200
"""Memberships in one round: bounds memory, whatever the organisation's size."""

SAMPLE = 500
"""Memberships that are recomputed in an hour."""

_Key = tuple[int, int]
"""Membership and certification."""


def rebuild_obligations(*, memberships: Iterable[int], at: datetime) -> int:
    """Write the obligations and spans of these memberships anew from the facts; return how many obligations changed.

    ``memberships`` are keys. Part of the caller's transaction. Told messages stay told; letters that wait and say
    nothing true any more leave the list.
    """
    return sum(_rebuild_batch(part, at) for part in _batches(memberships))


def check_obligations(*, memberships: Iterable[int], at: datetime) -> list[tuple[int, int]]:
    """Recompute without writing; return (membership, certification) keys of obligations that differ from the facts.

    That is so too where the next message would be found later than it is due.
    """
    differing: set[_Key] = set()
    for part in _batches(memberships):
        kept = _kept(part)
        computed = dict(_computed(_members(part)))
        for key in kept.keys() | computed.keys():
            if key not in kept or key not in computed:
                differing.add(key)
                continue
            (obligation, before), (zone, after) = kept[key], computed[key]
            same = obligation.time_zone == zone and _values(before) == _values(after)
            if not same or _sleeps(obligation, after, at):
                differing.add(key)
    return sorted(differing)


def check_sample(*, at: datetime) -> list[tuple[int, int]]:
    """Recompute the sample of this hour, mend what differs, and return its keys; there should be none.

    The sample moves on by ``SAMPLE`` memberships an hour, so that everybody's turn comes.
    """
    memberships = Membership.objects.order_by("pk").values_list("pk", flat=True)
    turns = max(1, -(-memberships.count() // SAMPLE))
    start = int(at.timestamp() // 3600) % turns * SAMPLE
    keys = list(memberships[start : start + SAMPLE])
    differing = check_obligations(memberships=keys, at=at)
    if differing:
        extra = {"event": "obligations.differ", "outcome": "mended", "count": len(differing)}
        logger.error("kept spans differ from the facts", extra=extra)
        rebuild_obligations(memberships={membership_id for membership_id, _ in differing}, at=at)
    return differing


def _batches(memberships: Iterable[int]) -> Iterator[list[int]]:
    keys = sorted(set(memberships))
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _members(keys: Sequence[int]) -> QuerySet[Membership]:
    return Membership.objects.select_related("organisation").filter(pk__in=keys).order_by("pk")


def _kept(keys: Sequence[int]) -> dict[_Key, tuple[Obligation, list[ObligationSpan]]]:
    """Return the obligations as they are kept; each has spans, so that these find them all."""
    found: dict[_Key, tuple[Obligation, list[ObligationSpan]]] = {}
    rows = ObligationSpan.objects.filter(obligation__membership__in=keys).select_related("obligation")
    for span in rows.order_by("obligation", "from_on"):
        key = (span.obligation.membership_id, span.obligation.certification_id)
        found.setdefault(key, (span.obligation, []))[1].append(span)
    return found


def _computed(members: Iterable[Membership]) -> Iterator[tuple[_Key, tuple[str, list[ObligationSpan]]]]:
    for gathered in facts_of(list(members)):
        for certification_id, facts in gathered.by_certification.items():
            yield (
                (gathered.membership.pk, certification_id),
                (
                    gathered.zone,
                    [span_row(it, gathered.ladders) for it in spans(facts)],
                ),
            )


@transaction.atomic
def _rebuild_batch(keys: list[int], at: datetime) -> int:
    # The lock makes rebuilds of one person follow each other; without it the slower would write older facts.
    members = {it.pk: it for it in _members(keys).select_for_update(of=("self",), no_key=True)}
    kept = _kept(keys)
    made: list[Obligation] = []
    stale: list[Obligation] = []
    asleep: list[Obligation] = []
    new_spans: list[ObligationSpan] = []
    concerned: set[_Key] = set()
    for key, (zone, after) in _computed(members.values()):
        concerned.add(key)
        obligation, before = kept.get(key) or (_new(members[key[0]], key[1]), [])
        if obligation.time_zone == zone and _values(before) == _values(after):
            if _sleeps(obligation, after, at):
                obligation.next_message_at = next_message_at(after, told=obligation.told, zone=zone, at=at)
                asleep.append(obligation)
            continue
        obligation.time_zone = zone
        obligation.rebuilt_at = at
        obligation.next_message_at = next_message_at(after, told=obligation.told, zone=zone, at=at)
        (stale if obligation.pk else made).append(obligation)
        for span in after:
            span.obligation = obligation
        new_spans += after
    gone = [obligation for key, (obligation, _) in kept.items() if key not in concerned]
    Obligation.objects.bulk_create(made)
    Obligation.objects.bulk_update(stale + asleep, ["time_zone", "rebuilt_at", "next_message_at"])
    if stale:
        ObligationSpan.objects.filter(obligation__in=stale).delete()
    if gone:
        Obligation.objects.filter(pk__in=[it.pk for it in gone]).delete()
    for span in new_spans:
        span.obligation_id = span.obligation.pk
    ObligationSpan.objects.bulk_create(new_spans, batch_size=500)
    _drop_untrue_letters({it.membership_id for it in stale + gone if it.told}, at)
    return len(made) + len(stale) + len(asleep) + len(gone)


def _new(member: Membership, certification_id: int) -> Obligation:
    return Obligation(
        organisation_id=member.organisation_id, membership_id=member.pk, certification_id=certification_id
    )


def _sleeps(obligation: Obligation, after: list[ObligationSpan], at: datetime) -> bool:
    """Whether the sweep would come too late; a day's delay is how a second message of a day is put off."""
    due_at = next_message_at(after, told=obligation.told, zone=obligation.time_zone, at=at)
    if due_at is None:
        return False
    return obligation.next_message_at is None or obligation.next_message_at > due_at + timedelta(hours=25)


def _drop_untrue_letters(members: set[int], at: datetime) -> None:
    waiting = list(Message.objects.filter(membership__in=members, state=Message.State.LETTER)) if members else []
    if waiting:
        lines = lines_of(waiting, at=at)
        untrue = [message.pk for message in waiting if not lines[message.pk]]
        Message.objects.filter(pk__in=untrue).update(state=Message.State.DROPPED)


def span_row(it: StandingSpan, ladders: Mapping[str, Ladder]) -> ObligationSpan:
    """Return a span of standing as the read model keeps it, unsaved."""
    return ObligationSpan(
        from_on=it.from_on,
        until=it.until,
        state=str(it.standing.state),
        counts_as=str(it.standing.counts_as),
        due_on=it.standing.due_on,
        required=any(reason.code is ReasonCode.REQUIREMENT for reason in it.standing.reasons),
        ladder=_ladder(it, ladders),
        overlays=[str(overlay) for overlay in it.standing.overlays],
        reasons=[reason.to_json() for reason in it.standing.reasons],
    )


def _ladder(it: StandingSpan, ladders: Mapping[str, Ladder]) -> list[dict[str, Any]] | None:
    """Return the ladder of the requirements that are live in a span, None where none of them has its own."""
    ids = [reason.requirement_id for reason in it.standing.reasons if reason.code is ReasonCode.REQUIREMENT]
    live = dict.fromkeys(id.rsplit(":", 1)[0] for id in ids if id is not None)
    if not live.keys() & ladders.keys():
        return None
    return ladder_to_json(merged([ladders.get(reference, DEFAULT_LADDER) for reference in live]))


def _values(rows: list[ObligationSpan]) -> list[tuple[object, ...]]:
    return [
        (it.from_on, it.until, it.state, it.counts_as, it.due_on, it.required, it.ladder, it.overlays, it.reasons)
        for it in rows
    ]
