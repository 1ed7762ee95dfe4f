"""How many count as in order today."""

from typing import NamedTuple

from django.db.models import Count

from compliance.selectors.days import Days, spans_on
from compliance.standing import CountsAs, Overlay, State
from people.models import Organisation


class Counted(NamedTuple):
    """How many trainings are asked of people, and how many of these count as in order."""

    asked: int
    in_order: int


def counted_today(*, organisation: Organisation, on: Days) -> Counted:
    """Return the numbers of today, where people work; who is exempt, on leave or without a date is left out of both. One query.

    Who asked for another way stays in the first: an open question is not told to an employer.
    """
    asked = spans_on(on).filter(obligation__organisation=organisation, required=True)
    asked = asked.exclude(state__in=[State.EXEMPT, State.NEEDS_DATE])
    rows = asked.values("counts_as", "overlays").order_by().annotate(n=Count("pk"))
    total = in_order = 0
    for row in rows:
        if Overlay.ON_LEAVE in row["overlays"]:
            continue
        total += row["n"]
        in_order += row["n"] if row["counts_as"] == CountsAs.YES else 0
    return Counted(total, in_order)
