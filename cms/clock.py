"""The clock, for edges only: rules and services are handed their dates and instants."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return timezone.now()


def today(zone: str) -> date:
    """Return the calendar date at this instant in the IANA time zone ``zone``."""
    return timezone.now().astimezone(ZoneInfo(zone)).date()
