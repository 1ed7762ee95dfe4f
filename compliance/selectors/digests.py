"""What digests say, and which of them wait."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from certificates.validity import local_date
from compliance import reminders
from compliance.judging import days_of
from compliance.models import Digest, Escalation, Message
from compliance.selectors.held import withdrawn_trainings
from people.models import Membership
from people.selectors import visible_memberships


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One person and one thing that is due, as the portal's list says it."""

    membership: Membership
    title: str
    kind: str
    due_on: date | None


def digests_to_send(*, at: datetime) -> QuerySet[Digest]:
    """Return the claimed digests that nobody is sending at ``at``, the longest waiting first."""
    return Digest.objects.filter(state=Message.State.CLAIMED, claimed_until__lte=at).order_by("claimed_until", "pk")


def lines_of_digest(digest: Digest, *, at: datetime) -> list[DigestLine]:
    """Return what a digest says and is still so at ``at``, the soonest first; a constant number of queries.

    What was done, moved or withdrawn since is left out, and so is whoever the hearer may see no more.
    """
    heard = list(
        Escalation.objects.filter(digest=digest)
        .exclude(obligation__certification__in=withdrawn_trainings())
        .select_related("obligation__membership", "obligation__certification")
        .prefetch_related("obligation__spans")
    )
    keys = {it.obligation.membership_id for it in heard}
    if digest.manager_id is not None:
        led = Membership.objects.filter(manager=digest.manager_id, pk__in=keys)
        seen = set(led.values_list("pk", flat=True))
    else:
        assert digest.user is not None
        visible = visible_memberships(user=digest.user, organisation=digest.organisation)
        seen = set(visible.filter(pk__in=keys).values_list("pk", flat=True))
    lines = []
    for it in heard:
        steps = reminders.steps(days_of(it.obligation.spans.all()))
        today = local_date(at, it.obligation.time_zone)
        if it.obligation.membership_id in seen and reminders.still_so(steps, it.kind, it.due_on, today):
            lines.append(DigestLine(it.obligation.membership, it.obligation.certification.title, it.kind, it.due_on))
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.membership.name, line.membership.pk))
