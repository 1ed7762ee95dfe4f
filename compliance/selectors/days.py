"""Which day it is where people work: for whoever looks at people of several time zones at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateField, Q, QuerySet, Value, When

from certificates.validity import local_date
from compliance.models import ObligationSpan
from people.models import Employment

_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Days:
    """The day at the desk of whoever looks, and ``elsewhere`` the time zones in which it is another one.

    With ``desk`` alone it is that day everywhere, as for "as of a date". At any instant the earth has three days at most.
    """

    desk: date
    elsewhere: tuple[tuple[date, tuple[str, ...]], ...] = ()

    def at(self, zone: str) -> date:
        """Return the day in ``zone``."""
        return next((day for day, zones in self.elsewhere if zone in zones), self.desk)

    @property
    def first(self) -> date:
        """Return the earliest of the days."""
        return min([self.desk, *(day for day, _ in self.elsewhere)])

    @property
    def last(self) -> date:
        """Return the latest of the days."""
        return max([self.desk, *(day for day, _ in self.elsewhere)])

    def here(self, zone: str, *, plus: timedelta = _NONE) -> date | Case:
        """Return the day of each row's own calendar, or so much later, to compare dates with; ``zone`` is the path to its time zone.

        One day everywhere is that day, and a query is what it would be with it.
        """
        if not self.elsewhere:
            return self.desk + plus
        return Case(
            *(When(**{f"{zone}__in": zones}, then=Value(day + plus)) for day, zones in self.elsewhere),
            default=Value(self.desk + plus),
            output_field=DateField(),
        )


def days_in(zones: Iterable[str], *, desk: str, at: datetime) -> Days:
    """Return which day it is at ``at`` in the time zone ``desk`` and in ``zones``.

    In a zone that is not among them it is taken to be the day of the desk.
    """
    day_there = local_date(at, desk)
    found: dict[date, list[str]] = {}
    for zone in sorted(set(zones)):
        if (day := local_date(at, zone)) != day_there:
            found.setdefault(day, []).append(zone)
    return Days(day_there, tuple((day, tuple(those)) for day, those in sorted(found.items())))


def zone_of(spans: str) -> str:
    """Return the path to the time zone of spans by that to the spans: empty, or of an obligation's such as ``obligations__spans``.

    By way of the spans a query would join their obligations once more.
    """
    return f"{spans.removesuffix('spans')}time_zone" if spans else "obligation__time_zone"


def covers(on: Days, *, of: str = "") -> Q:
    """Return the condition on spans that cover the day of their own calendar; ``of`` is the path to the spans."""
    path = f"{of}__" if of else ""
    goes_on = Q(**{f"{path}until__isnull": True})
    here = on.here(zone_of(of))
    own = Q(goes_on | Q(**{f"{path}until__gt": here}), **{f"{path}from_on__lte": here})
    if not on.elsewhere:
        return own
    # Adds nothing to what it says, but asks of spans alone: a database puts most aside before it looks at obligations.
    return Q(goes_on | Q(**{f"{path}until__gt": on.first}), own, **{f"{path}from_on__lte": on.last})


def spans_on(on: Days) -> QuerySet[ObligationSpan]:
    """Return the spans that cover the day of their own calendar: exactly one per obligation."""
    found: QuerySet[ObligationSpan] = ObligationSpan.objects.filter(covers(on))
    return found


def jobs_on(on: Days) -> QuerySet[Employment]:
    """Return, of what is known now, the employments that cover the day at their site."""
    here = on.here("site__time_zone")
    found: QuerySet[Employment] = Employment.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=here), starts_on__lte=here
    )
    return found
