"""The calendar day of an instant at the site itself: what belongs to no workplace has no other."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def site_day(at: datetime) -> date:
    """Return the day in the site's time zone (``TIME_ZONE``) on which ``at``, which is aware, lies."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
