"""What a learner is asked to do, for "My training"."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import pgettext

from compliance import selectors
from compliance.part_words import part_in_words
from compliance.standing import State
from compliance.why_words import again_in_time, why_in_words
from courses.registry import TrainingItem
from people.scope import Scope

# What is done stands below, with its certificate; what is exempt asks nothing.
_NOT_TO_DO = frozenset({State.VALID, State.EXEMPT})


def training_items(scope: Scope, at: datetime) -> Iterable[TrainingItem]:
    """Yield what the workplaces open in this session ask for, each with its reason."""
    if not scope.memberships:
        return
    for due in selectors.training_of(memberships=scope.memberships, at=at):
        is_addition = due.state == State.VALID and due.addition_due_on is not None
        if due.state in _NOT_TO_DO and not is_addition:
            continue
        certification = due.obligation.certification
        still = selectors.still_open_of(certification, due.obligation.membership_id, on=due.on)
        also = tuple(part_in_words(part, still.courses) for part in still.parts) if still and not is_addition else ()
        organisation = due.obligation.membership.organisation.name
        for course in due.courses:
            yield TrainingItem(
                course=course,
                title=certification.title,
                state=State.ASSIGNED if is_addition else due.state,
                last_good_on=due.addition_due_on if is_addition else due.due_on,
                because=(
                    pgettext("why a training is asked", "because something was added; your certificate stays good")
                    if is_addition
                    else why_in_words(due.requirement, organisation, since=due.asked_from)
                ),
                again="" if is_addition else again_in_time(due.requirement, certification.validity_policy),
                url=reverse("courses:course", kwargs={"slug": course.slug}),
                another_way_url=reverse(
                    "compliance:another_way",
                    kwargs={"membership": due.obligation.membership.public_id, "training": certification.code},
                ),
                also=also,
            )
