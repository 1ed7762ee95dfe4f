"""In which months certificates end."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from compliance.selectors.days import Days, spans_on
from compliance.standing import State
from people.models import Membership

MONTHS: Final = 12
"""How far the forecast looks, this month included."""


@dataclass(frozen=True, slots=True)
class Endings:
    """How many certificates have their last good day in which month, and how many after the last of these months.

    All of them are asked for and good today; what has ended, is waived or was never done is not among them.
    """

    months: list[tuple[date, int]]
    later: int

    @property
    def total(self) -> int:
        """Return how many certificates it is."""
        return sum(count for _, count in self.months) + self.later


def month_after(first_on: date, months: int = 1) -> date:
    """Return the first day of the month that comes ``months`` after that of ``first_on``."""
    years, month = divmod(first_on.month - 1 + months, 12)
    return date(first_on.year + years, month + 1, 1)


def ends_in(first_on: date) -> Q:
    """Return the condition on spans that read as a certificate whose last good day is in the month of ``first_on``."""
    first_on = first_on.replace(day=1)
    return Q(state__in=[State.VALID, State.RENEWABLE], due_on__gte=first_on, due_on__lt=month_after(first_on))


def endings(*, memberships: QuerySet[Membership], on: Days) -> Endings:
    """Return in which months, from the earliest that it is anywhere, the certificates of ``memberships`` end; one query."""
    first_on = on.first.replace(day=1)
    found = dict(
        spans_on(on)
        .filter(
            obligation__membership__in=memberships,
            required=True,
            state__in=[State.VALID, State.RENEWABLE],
            due_on__gte=first_on,
        )
        .annotate(month=TruncMonth("due_on"))
        .order_by()
        .values_list("month")
        .annotate(Count("pk"))
    )
    months = [month_after(first_on, number) for number in range(MONTHS)]
    return Endings([(it, found.get(it, 0)) for it in months], sum(n for it, n in found.items() if it > months[-1]))
