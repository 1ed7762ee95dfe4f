"""Keeping the read model of standing: spans rewritten in the transaction that changes a fact."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from compliance.facts import Whom, gather
from compliance.judging import Judged, SpanValues, judge
from compliance.models import Message, Obligation, ObligationSpan
from compliance.selectors import lines_of, next_message_at
from people.bulk import insert_many, insert_values, set_of
from people.models import Membership

logger = logging.getLogger(__name__)

BATCH: Final = 500
"""Memberships in one round: bounds memory, whatever the organisation's size."""

SAMPLE = 500
"""Memberships that are recomputed in an hour."""

_Key = tuple[int, int]
"""Membership and certification."""


@dataclass(slots=True)
class _Kept:
    """An obligation as it is kept, and its spans by their keys."""

    obligation: Obligation
    spans: dict[int, SpanValues] = field(default_factory=dict)

    @property
    def values(self) -> list[SpanValues]:
        """Return the spans in order."""
        return list(self.spans.values())


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
            before, (zone, after) = kept[key], computed[key]
            same = before.obligation.time_zone == zone and before.values == list(after.spans)
            if not same or _sleeps(before.obligation, after, at):
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


def _members(keys: Sequence[int], *, locked: bool = False) -> list[Whom]:
    """Return memberships as their facts need them, by key."""
    rows = Membership.objects.filter(pk__in=set_of(keys)).order_by("pk")
    if locked:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return [Whom(*row) for row in rows.values_list("pk", "organisation_id", "organisation__time_zone")]


def _kept(keys: Sequence[int]) -> dict[_Key, _Kept]:
    """Return the obligations of these memberships as they are kept; one query, since it is part of every hand-in."""
    own = [column.attname for column in Obligation._meta.concrete_fields]
    rows = Obligation.objects.filter(membership__in=set_of(keys)).order_by("pk", "spans__from_on")
    found: dict[_Key, _Kept] = {}
    last: _Kept | None = None
    for row in rows.values_list(*own, "spans__pk", *(f"spans__{name}" for name in SpanValues._fields)):
        obligation, span_pk, values = row[: len(own)], row[len(own)], row[len(own) + 1 :]
        if last is None or last.obligation.pk != obligation[0]:
            last = _Kept(Obligation.from_db(rows.db, own, obligation))
            found[last.obligation.membership_id, last.obligation.certification_id] = last
        if span_pk is not None:
            last.spans[span_pk] = SpanValues(*values)
    return found


def _computed(members: Sequence[Whom]) -> Iterator[tuple[_Key, tuple[str, Judged]]]:
    for whom, gathered in zip(members, gather(members), strict=True):
        for certification_id, facts in gathered.by_certification.items():
            yield (whom.pk, certification_id), (gathered.zone, judge(facts, gathered.ladders))


@transaction.atomic
def _rebuild_batch(keys: list[int], at: datetime) -> int:
    # The lock makes rebuilds of one person follow each other; without it the slower would write older facts.
    members = {it.pk: it for it in _members(keys, locked=True)}
    kept = _kept(keys)
    made: list[Obligation] = []
    changed: list[Obligation] = []
    stale: list[int] = []
    new: list[tuple[Obligation, SpanValues]] = []
    moved: set[int] = set()
    for key, (zone, after) in _computed(list(members.values())):
        before = kept.pop(key, None) or _Kept(_new(members[key[0]], key[1]))
        obligation = before.obligation
        is_same = obligation.time_zone == zone and before.values == list(after.spans)
        if is_same and not _sleeps(obligation, after, at):
            continue
        obligation.next_message_at = next_message_at(after.steps, told=obligation.told, zone=zone, at=at)
        (changed if obligation.pk else made).append(obligation)
        if is_same:
            continue
        obligation.time_zone, obligation.rebuilt_at = zone, at
        right = {it.from_on: it for it in after.spans}
        for pk, it in before.spans.items():
            if right.get(it.from_on) == it:
                del right[it.from_on]
            else:
                stale.append(pk)
        new += [(obligation, it) for it in right.values()]
        if obligation.told:
            moved.add(obligation.membership_id)
    gone = [it.obligation for it in kept.values()]
    moved |= {it.membership_id for it in gone if it.told}
    _write(made, changed, gone, stale, new)
    _drop_untrue_letters(moved, at)
    return len(made) + len(changed) + len(gone)


def _write(
    made: list[Obligation],
    changed: list[Obligation],
    gone: list[Obligation],
    stale: list[int],
    new: list[tuple[Obligation, SpanValues]],
) -> None:
    """Write what differs and nothing else; ``stale`` are keys of spans."""
    if gone:
        Obligation.objects.filter(pk__in=[it.pk for it in gone]).delete()
    if stale:
        ObligationSpan.objects.filter(pk__in=stale).delete()
    insert_many(made)
    # All are there and their people locked: an insert that meets each of them costs a tenth of one case per row.
    Obligation.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["time_zone", "rebuilt_at", "next_message_at"],
    )
    insert_values(
        ObligationSpan, ("obligation_id", *SpanValues._fields), [(obligation.pk, *it) for obligation, it in new]
    )


def _new(member: Whom, certification_id: int) -> Obligation:
    return Obligation(
        organisation_id=member.organisation_id, membership_id=member.pk, certification_id=certification_id
    )


def _sleeps(obligation: Obligation, after: Judged, at: datetime) -> bool:
    """Whether the sweep would come too late; a day's delay is how a second message of a day is put off."""
    due_at = next_message_at(after.steps, told=obligation.told, zone=obligation.time_zone, at=at)
    if due_at is None:
        return False
    return obligation.next_message_at is None or obligation.next_message_at > due_at + timedelta(hours=25)


def _drop_untrue_letters(members: set[int], at: datetime) -> None:
    waiting = list(Message.objects.filter(membership__in=members, state=Message.State.LETTER)) if members else []
    if waiting:
        lines = lines_of(waiting, at=at)
        untrue = [message.pk for message in waiting if not lines[message.pk]]
        Message.objects.filter(pk__in=untrue).update(state=Message.State.DROPPED)
