"""What the release of a course would ask of whoever holds a certificate (renewal, rule R15), before it is released.

Numbers alone, of all workplaces together: whoever releases a course sees no employer's people.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from certificates.models import Certification
from certificates.validity import local_date
from compliance.facts import ADDITION_DAYS, Gathered, Whom, gather
from compliance.judging import judge
from compliance.models import ObligationSpan
from compliance.preview import told_on
from compliance.selectors import asks_holders, holders_of
from compliance.standing import Facts, ReasonCode, State, standing_alone
from courses.models import Course, Edition
from courses.registry import ReleaseReach
from people.bulk import set_of
from people.models import Membership

BATCH: Final = 500
AT_ONCE: Final = 2_000
"""So many holders are judged one by one while the page is waited for; of more it is counted who holds it and is asked to."""


def preview_release(course: Course, severity: str, retrain_by: date | None, at: datetime) -> ReleaseReach:
    """Return how many people a release of ``course`` at ``at`` asks to do something, by when, and whom mails tell of it."""
    newest = course.editions.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    edition = Edition(course=course, number=number, severity=severity, retrain_by=retrain_by, released_at=at)
    if newest is None or not asks_holders(edition):
        return ReleaseReach()
    holders = holders_of(edition)
    if len(holders) > AT_ONCE:
        return _counted(holders, course, by=retrain_by, on=at.astimezone(UTC).date())
    days: list[date] = []
    mails_today = mails_soon = 0
    for before, after in _before_and_after(holders, edition):
        today = local_date(at, after.zone)
        anew = [
            (was, will)
            for key, will in after.by_certification.items()
            if _asks_more(was := before.by_certification[key], will, today)
        ]
        if anew:
            days.append(min(_day(was, will) for was, will in anew))
            told = {
                day
                for was, will in anew
                for day in set(told_on(judge(will, after.ladders), today)).difference(
                    told_on(judge(was, before.ladders), today)
                )
            }
            mails_today += today in told
            mails_soon += bool(told)
    return ReleaseReach(len(days), min(days, default=None), mails_today, mails_soon)


def _before_and_after(holders: Sequence[int], edition: Edition) -> Iterator[tuple[Gathered, Gathered]]:
    """Yield of each of ``holders`` what is known, and what would be with ``edition``; both list the same certifications."""
    for start in range(0, len(holders), BATCH):
        rows = Membership.objects.filter(pk__in=set_of(holders[start : start + BATCH])).order_by("pk")
        people = [Whom(*row) for row in rows.values_list("pk", "organisation_id", "organisation__time_zone")]
        yield from zip(gather(people), gather(people, released=edition), strict=True)


def _asks_more(was: Facts, will: Facts, today: date) -> bool:
    """Whether ``will`` asks somebody today for what ``was`` does not; who holds nothing good has to do it all anyway."""
    if was == will:
        return False
    then = standing_alone(will, today)
    return then != standing_alone(was, today) and any(it.code is ReasonCode.REQUIREMENT for it in then.reasons)


def _day(was: Facts, will: Facts) -> date:
    known = {content for period in was.periods for content in period.new_content}
    return min(it.by for period in will.periods for it in period.new_content if it not in known)


def _counted(holders: Sequence[int], course: Course, *, by: date | None, on: date) -> ReleaseReach:
    """Return how many of very many hold what is good and are asked to; nobody works out what they are told."""
    spans = ObligationSpan.objects.covering(on).filter(
        obligation__membership__in=set_of(holders),
        obligation__certification__in=Certification.objects.filter(courses=course),
        required=True,
        state__in=(State.VALID, State.RENEWABLE),
    )
    people = spans.values("obligation__membership").distinct().count()
    return ReleaseReach(people, by or on + timedelta(days=ADDITION_DAYS), None, None)
