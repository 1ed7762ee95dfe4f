"""Leave and more time for many people at once; who has some on those days already, or is not asked, is left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from certificates.models import Certification
from compliance.exceptions import AdjustmentOverlaps, TooManyPeople
from compliance.models import ObligationSpan
from compliance.services.adjustments import grant_extension, record_leave
from compliance.services.each import MOST_PEOPLE
from people.models import Membership, User


@dataclass(slots=True)
class Recorded:
    """For whom something was recorded, or would be, and who is left out: has it already, or is not asked."""

    people: list[Membership] = field(default_factory=list)
    left_out: list[Membership] = field(default_factory=list)


@transaction.atomic
def record_leave_of_each(
    *, memberships: Sequence[Membership], from_on: date, last_on: date | None, by: User, at: datetime
) -> Recorded:
    """Record leave of each of ``memberships``; the same once more changes nothing.

    Raises:
        DatesOutOfOrder: the last day lies before the first.
        TooManyPeople: more than ``MOST_PEOPLE`` are named.
    """

    def record(member: Membership) -> None:
        record_leave(membership=member, from_on=from_on, last_on=last_on, by=by, at=at)

    return _of_each(memberships, record)


@transaction.atomic
def grant_extension_to_each(
    *,
    memberships: Sequence[Membership],
    certification: Certification,
    from_on: date,
    last_on: date,
    reason: str,
    by: User,
    at: datetime,
) -> Recorded:
    """Give each of ``memberships`` whom ``certification`` is asked of on ``from_on`` until ``last_on``.

    The same once more changes nothing.

    Raises:
        DatesOutOfOrder: the last day lies before the first.
        ReasonNotAllowed: the reason is not on the list of extensions.
        TooManyPeople: more than ``MOST_PEOPLE`` are named.
    """
    asked = set(
        ObligationSpan.objects.covering(from_on)
        .filter(obligation__membership__in=memberships, obligation__certification=certification, required=True)
        .values_list("obligation__membership", flat=True)
    )

    def grant(member: Membership) -> None:
        grant_extension(
            membership=member,
            certification=certification,
            from_on=from_on,
            last_on=last_on,
            reason=reason,
            by=by,
            at=at,
        )

    return _of_each(memberships, grant, among=asked)


def _of_each(
    memberships: Sequence[Membership], act: Callable[[Membership], None], *, among: Iterable[int] | None = None
) -> Recorded:
    if len(memberships) > MOST_PEOPLE:
        raise TooManyPeople(MOST_PEOPLE)
    meant = {it.pk for it in memberships} if among is None else set(among)
    found = Recorded()
    for member in memberships:
        if member.pk not in meant:
            found.left_out.append(member)
            continue
        try:
            with transaction.atomic():
                act(member)
        except AdjustmentOverlaps:
            found.left_out.append(member)
        else:
            found.people.append(member)
    return found


def as_it_would_be(act: Callable[[], Recorded]) -> Recorded:
    """Return what ``act`` would record, by doing it and taking all of it back."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found
