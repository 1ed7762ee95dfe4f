"""What is to be told: to whom, when, and what a message still says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from certificates.validity import local_date
from compliance import reminders
from compliance.judging import days_of
from compliance.models import Message, Obligation
from compliance.selectors.held import withdrawn_trainings
from people.models import Membership

MESSAGE_HOUR = 9
"""Local hour from which messages go out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a message says: about which training, of what kind, by when."""

    obligation: Obligation
    title: str
    kind: str
    due_on: date | None


def message_instant(day: date, zone: str) -> datetime:
    """Return the instant from which messages of a local day go out."""
    return datetime.combine(day, time(MESSAGE_HOUR), tzinfo=ZoneInfo(zone))


def next_message_at(
    steps: Sequence[reminders.Step], *, told: Sequence[str], zone: str, at: datetime, not_today: bool = False
) -> datetime | None:
    """Return the instant from which the sweep must look at an obligation; None: never. ``at`` tells what is past.

    ``steps`` are all of the obligation's.
    """
    today = local_date(at, zone)
    day = reminders.next_day(steps, told, today)
    if day is None:
        return None
    return message_instant(day + timedelta(days=1) if not_today and day == today else day, zone)


def lines_of(messages: Sequence[Message], *, at: datetime) -> dict[int, list[Line]]:
    """Return, by the key of each message, what it says and is still so at ``at``, the soonest first.

    A constant number of queries. What was done, withdrawn or moved since it was claimed is left out, and what nobody can do
    any more: a later message says what is so instead.
    """
    keys = {item["obligation"] for message in messages for item in message.items}
    known = (
        Obligation.objects.filter(pk__in=keys)
        .exclude(certification__in=withdrawn_trainings())
        .select_related("certification")
        .prefetch_related("spans", "certification__courses")
    )
    obligations = {it.pk: it for it in known}
    steps = {it.pk: reminders.steps(days_of(it.spans.all())) for it in known}
    found: dict[int, list[Line]] = {}
    for message in messages:
        lines = []
        for item in message.items:
            obligation = obligations.get(item["obligation"])
            due_on = date.fromisoformat(item["due_on"]) if item["due_on"] else None
            if obligation is None:
                continue
            today = local_date(at, obligation.time_zone)
            if reminders.still_so(steps[obligation.pk], item["kind"], due_on, today):
                lines.append(Line(obligation, obligation.certification.title, item["kind"], due_on))
        found[message.pk] = sorted(lines, key=lambda line: (line.due_on or date.max, line.title))
    return found


def to_send(*, at: datetime) -> QuerySet[Message]:
    """Return the claimed messages that nobody is sending at ``at``, the longest waiting first."""
    return Message.objects.filter(state=Message.State.CLAIMED, claimed_until__lte=at).order_by("claimed_until", "pk")


def letters(*, memberships: QuerySet[Membership]) -> QuerySet[Message]:
    """Return the messages that wait on the letter list, of people within ``memberships``, the oldest first."""
    return (
        Message.objects.filter(membership__in=memberships, state=Message.State.LETTER)
        .select_related("membership__organisation")
        .order_by("day", "membership__name", "pk")
    )


def printings(*, memberships: QuerySet[Membership], since: datetime) -> list[tuple[datetime, int]]:
    """Return when letters of people within ``memberships`` were printed together, and how many, the newest first."""
    printed = Message.objects.filter(membership__in=memberships, state=Message.State.PRINTED, sent_at__gte=since)
    return list(printed.order_by("-sent_at").values_list("sent_at").annotate(count=Count("pk")))


def printed(*, memberships: QuerySet[Membership], at: datetime) -> QuerySet[Message]:
    """Return the letters of people within ``memberships`` that were printed at that instant."""
    return (
        Message.objects.filter(membership__in=memberships, state=Message.State.PRINTED, sent_at=at)
        .select_related("membership__organisation")
        .order_by("day", "membership__name", "pk")
    )


def _not_made_good() -> Q:
    """Return the condition on failed messages that no later message made good."""
    later = Message.objects.filter(membership=OuterRef("membership"), day__gt=OuterRef("day"))
    return Q(~Exists(later.exclude(state=Message.State.DROPPED)), state=Message.State.FAILED)


def undelivered(*, memberships: QuerySet[Membership]) -> QuerySet[Message]:
    """Return the failed messages of people within ``memberships`` that no later message made good."""
    return (
        Message.objects.filter(_not_made_good(), membership__in=memberships)
        .select_related("membership")
        .order_by("membership__name", "pk")
    )


def waiting_counts(*, memberships: QuerySet[Membership]) -> dict[str, int]:
    """Return how many ``letters`` wait, and how many messages were ``undelivered``, of people within ``memberships``."""
    open_ones = Message.objects.filter(
        membership__in=memberships, state__in=[Message.State.LETTER, Message.State.FAILED]
    )
    return open_ones.aggregate(
        letters=Count("pk", filter=Q(state=Message.State.LETTER)), undelivered=Count("pk", filter=_not_made_good())
    )
