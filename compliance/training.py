"""What a learner is asked to do, for "My training"."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import pgettext

from cms import clock
from compliance import selectors
from courses.registry import TrainingItem
from people.models import Site
from people.scope import Scope

# What a learner need not look at: nothing is asked, or it is done for long.
_QUIET = frozenset({"not_required", "lapsed", "exempt", "needs_date"})


def training_items(scope: Scope, at: datetime) -> Iterable[TrainingItem]:
    """Yield what the workplaces open in this session ask for, each with its reason."""
    memberships = scope.memberships
    if not memberships:
        return
    zones = set(Site.objects.filter(organisation__in={it.organisation_id for it in memberships}).values_list("time_zone", flat=True))
    zones |= {it.organisation.time_zone for it in memberships} | {settings.TIME_ZONE}
    for due in selectors.training_of(memberships=memberships, on_by_zone={zone: clock.today(zone) for zone in zones}):
        if due.state in _QUIET or not due.required:
            continue
        organisation = due.obligation.membership.organisation.name
        because = pgettext("why a training is asked", "because you work at %(organisation)s") % {"organisation": organisation}
        for course in due.obligation.certification.courses.all():
            yield TrainingItem(
                course=course,
                title=due.obligation.certification.title,
                state=due.state,
                last_good_on=due.due_on,
                because=because,
                url=reverse("courses:course", kwargs={"slug": course.slug}),
            )
