"""What went out to whom, and which addresses do not take mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.models import Bounce, Message, Obligation
from compliance.reminders import Kind
from compliance.selectors.planned import StepName
from compliance.selectors.requirements import sites_from
from people.models import Employment, Membership, Site


class Delivery(StrEnum):
    """What became of a message, as HR reads it."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    LETTER = "letter"
    PRINTED = "printed"


_BOUNCED = Q(bounced=True)
_CONDITIONS: dict[Delivery, Q] = {
    Delivery.WAITING: Q(state=Message.State.CLAIMED),
    Delivery.SENT: Q(state=Message.State.SENT) & ~_BOUNCED,
    Delivery.FAILED: Q(state=Message.State.FAILED),
    Delivery.BOUNCED: _BOUNCED,
    Delivery.LETTER: Q(state=Message.State.LETTER),
    Delivery.PRINTED: Q(state=Message.State.PRINTED),
}


_BY_STATE: dict[str, Delivery] = {
    Message.State.CLAIMED: Delivery.WAITING,
    Message.State.SENT: Delivery.SENT,
    Message.State.FAILED: Delivery.FAILED,
    Message.State.LETTER: Delivery.LETTER,
    Message.State.PRINTED: Delivery.PRINTED,
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """One thing that a message said, and what became of the message; the day, never the time."""

    membership: Membership
    on: date
    step: StepName
    title: str
    deliveries: tuple[Delivery, ...]
    """What became of it: that it came back, and what was done instead, are two."""


def deliveries(
    *,
    memberships: QuerySet[Membership],
    from_on: date,
    last_on: date,
    today: date,
    site: Site | None = None,
    delivery: Delivery | None = None,
) -> QuerySet[Message]:
    """Return the messages to people within ``memberships`` of those days, the newest first, ready for ``delivered``.

    Without those that came to say nothing any more. ``site``: to who works there or below on ``today``.
    """
    found = (
        Message.objects.filter(membership__in=memberships, day__gte=from_on, day__lte=last_on)
        .exclude(state=Message.State.DROPPED)
        .annotate(bounced=Exists(Bounce.objects.filter(message=OuterRef("pk"), recorded_at__gte=OuterRef("sent_at"))))
        .select_related("membership")
        .order_by("-day", "membership__name", "membership__employee_number", "pk")
    )
    if site is not None:
        here = Employment.objects.covering(today).filter(site__in=sites_from(site))
        found = found.filter(membership__in=here.values("membership"))
    return found if delivery is None else found.filter(_CONDITIONS[delivery])


def delivered(messages: Sequence[Message]) -> list[Delivered]:
    """Return what the messages that ``deliveries`` returned said, in their order; one query."""
    keys = {item["obligation"] for message in messages for item in message.items}
    titles = dict(Obligation.objects.filter(pk__in=keys).values_list("pk", "certification__title"))
    return [
        Delivered(
            membership=message.membership,
            on=message.day,
            step=StepName(item["kind"], _days_after(message.day, item)),
            title=titles.get(item["obligation"], ""),
            deliveries=_of(message),
        )
        for message in messages
        for item in message.items
    ]


def _of(message: Message) -> tuple[Delivery, ...]:
    if not message.bounced:  # type: ignore[attr-defined]  # annotated in deliveries
        return (_BY_STATE[message.state],)
    return (Delivery.BOUNCED,) if message.state == Message.State.SENT else (Delivery.BOUNCED, _BY_STATE[message.state])


def _days_after(day: date, item: dict[str, str | None]) -> int | None:
    due_on = item["due_on"]
    if item["kind"] == Kind.INVITATION or due_on is None:
        return None
    return (day - date.fromisoformat(due_on)).days


def open_bounces(*, memberships: QuerySet[Membership]) -> QuerySet[Bounce]:
    """Return the bounces of addresses that take no mail, of people within ``memberships``, by name."""
    found: QuerySet[Bounce] = (
        Bounce.objects.open()
        .filter(membership__in=memberships)
        .select_related("membership")
        .order_by("membership__name", "membership_id", "pk")
    )
    return found


def people_without_mail(*, memberships: QuerySet[Membership]) -> int:
    """Return how many people within ``memberships`` have an address that takes no mail."""
    return Bounce.objects.open().filter(membership__in=memberships).values("membership").distinct().count()


def takes_mail(membership: Membership) -> bool:
    """Whether mails may go to the address that the employer has given."""
    return membership.pk in taking_mail([membership])


def taking_mail(memberships: Iterable[Membership]) -> set[int]:
    """Return the keys of those to whose address, which the employer has given, mails may go."""
    addressed = {it.pk for it in memberships if it.email}
    return addressed - set(
        Bounce.objects.open().filter(membership__in=addressed).values_list("membership_id", flat=True)
    )
