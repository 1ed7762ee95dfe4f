"""Sessions in person: whose they are, and what can be held."""

from django.db.models import QuerySet

from courses.models import Course, Edition, Session
from people.models import Organisation, User


def sessions_of(user: User, organisation: Organisation) -> QuerySet[Session]:
    """Return the sessions that a facilitator holds in an organisation, the latest first; nobody sees another's."""
    held = Session.objects.filter(facilitator=user, organisation=organisation)
    return held.select_related("organisation", "edition__course", "facilitator")


def courses_to_hold() -> list[Edition]:
    """Return the newest edition of every course that can be held in person, by code."""
    editions = Edition.objects.filter(course__tier=Course.Tier.RECORDED).select_related("course")
    newest: dict[int, Edition] = {}
    for edition in editions.order_by("course__code", "number"):
        newest[edition.course_id] = edition
    return list(newest.values())
