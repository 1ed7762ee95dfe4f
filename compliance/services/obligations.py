"""Keeping the read model of standing: spans rewritten in the transaction that changes a fact."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from compliance import reminders
from compliance.facts import facts_of
from compliance.models import Obligation, ObligationSpan
from compliance.standing import Overlay, ReasonCode, StandingSpan, spans
from people.models import Membership

BATCH = 200
"""Memberships in one round: bounds memory, whatever the organisation's size."""
MESSAGE_HOUR = 9
"""Local hour from which messages go out."""


def rebuild_obligations(*, memberships: Iterable[int], at: datetime) -> int:
    """Write the obligations and spans of these memberships anew from the facts; return how many obligations changed.

    ``memberships`` are keys. Part of the caller's transaction. Told messages stay told.
    """
    changed = 0
    keys = sorted(set(memberships))
    for start in range(0, len(keys), BATCH):
        changed += _rebuild_batch(keys[start : start + BATCH], at)
    return changed


@transaction.atomic
def _rebuild_batch(keys: list[int], at: datetime) -> int:
    # The lock makes rebuilds of one person follow each other; without it the slower would write older facts.
    list(Membership.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
    kept = {
        (it.membership_id, it.certification_id): it
        for it in Obligation.objects.filter(membership__in=keys).prefetch_related("spans")
    }
    changed = 0
    new_spans: list[ObligationSpan] = []
    stale: list[int] = []
    concerned: set[tuple[int, int]] = set()
    for gathered in facts_of(keys):
        for certification_id, facts in gathered.by_certification.items():
            concerned.add((gathered.membership_id, certification_id))
            obligation = kept.get((gathered.membership_id, certification_id))
            rows = [_row(it) for it in spans(facts)]
            if obligation is None:
                obligation = Obligation(
                    organisation_id=gathered.organisation_id,
                    membership_id=gathered.membership_id,
                    certification_id=certification_id,
                )
                before = None
            else:
                before = [_values(it) for it in obligation.spans.all()]
            after = [_values(it) for it in rows]
            zone_changed = obligation.time_zone != gathered.zone
            if before == after and not zone_changed:
                continue
            changed += 1
            obligation.time_zone = gathered.zone
            obligation.rebuilt_at = at
            obligation.next_message_at = next_message_at(rows, obligation.told, gathered.zone, at)
            obligation.save()
            if before is not None:
                stale.append(obligation.pk)
            for row in rows:
                row.obligation = obligation
            new_spans += rows
    gone = [obligation.pk for key, obligation in kept.items() if key not in concerned]
    Obligation.objects.filter(pk__in=gone).delete()
    changed += len(gone)
    ObligationSpan.objects.filter(obligation__in=stale).delete()
    ObligationSpan.objects.bulk_create(new_spans, batch_size=500)
    return changed


def _row(it: StandingSpan) -> ObligationSpan:
    return ObligationSpan(
        from_on=it.from_on,
        until=it.until,
        state=str(it.standing.state),
        counts_as=str(it.standing.counts_as),
        due_on=it.standing.due_on,
        overlays=[str(overlay) for overlay in it.standing.overlays],
        reasons=[reason.to_json() for reason in it.standing.reasons],
    )


def _values(span: ObligationSpan) -> tuple[object, ...]:
    return (span.from_on, span.until, span.state, span.counts_as, span.due_on, span.overlays, span.reasons)


def days_of(rows: Iterable[ObligationSpan]) -> list[reminders.SpanOfDays]:
    """Return spans as the rule of messages takes them."""
    return [
        reminders.SpanOfDays(
            from_on=row.from_on,
            until=row.until,
            state=row.state,
            due_on=row.due_on,
            required=any(reason.get("code") == ReasonCode.REQUIREMENT for reason in row.reasons),
            on_leave=Overlay.ON_LEAVE in row.overlays,
        )
        for row in rows
    ]


def next_message_at(rows: Iterable[ObligationSpan], told: list[str], zone: str, at: datetime) -> datetime | None:
    """Return the UTC instant from which the sweep must look at an obligation; None: never."""
    day = reminders.next_day(reminders.steps(days_of(rows)), told, at.astimezone(ZoneInfo(zone)).date())
    if day is None:
        return None
    return datetime.combine(day, time(MESSAGE_HOUR), tzinfo=ZoneInfo(zone))


def check_obligations(*, memberships: Iterable[int], at: datetime) -> list[tuple[int, int]]:
    """Recompute without writing; return (membership, certification) keys whose kept spans differ from the facts."""
    differing: list[tuple[int, int]] = []
    keys = sorted(set(memberships))
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        kept = {
            (it.membership_id, it.certification_id): [_values(span) for span in it.spans.all()]
            for it in Obligation.objects.filter(membership__in=part).prefetch_related("spans")
        }
        computed: dict[tuple[int, int], list[tuple[object, ...]]] = {}
        for gathered in facts_of(part):
            for certification_id, facts in gathered.by_certification.items():
                computed[(gathered.membership_id, certification_id)] = [_values(_row(it)) for it in spans(facts)]
        differing += sorted(key for key in kept.keys() | computed.keys() if kept.get(key) != computed.get(key))
    return differing


