"""The clock, for edges only: rules and services are handed their dates and instants."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present instant, aware, in UTC.

    Development and tests may shift it by whole days (``CLOCK_SHIFT_DAYS``), to see what happens in three years.
    """
    return timezone.now() + timedelta(days=settings.CLOCK_SHIFT_DAYS)  # noqa: TID251  # the one place that asks


def today(zone: str) -> date:
    """Return the calendar date at this instant in the IANA time zone ``zone``."""
    return now().astimezone(ZoneInfo(zone)).date()
