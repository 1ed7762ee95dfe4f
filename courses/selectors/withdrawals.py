"""What is withdrawn of a course, and what its readers are told instead."""

from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from courses.models import Course, Withdrawal
from courses.withdrawn import BY_OWNER, Notice, Part


def withdrawals_in_force(course: Course) -> QuerySet[Withdrawal]:
    """Return what is withdrawn of ``course``, the newest first."""
    return Withdrawal.objects.in_force().filter(course=course)


def notices(course: Course, *, edition: int, language: str) -> tuple[Notice, ...]:
    """Return what readers of this edition of ``course`` are told in the place of withdrawn parts.

    What an owner took back loses its title too: in its place stands a word in ``language``.
    """
    with translation.override(language):
        gone = gettext("Withdrawn")
    return tuple(
        Notice(
            Part(each.kind, each.target),
            each.reason,
            each.instead,
            each.withdrawn_on,
            title=gone if each.is_by_owner else "",
        )
        for each in withdrawals_in_force(course).filter(through_edition__gte=edition)
    )


def is_taken_back(course: Course) -> bool:
    """Whether its owner took the whole course back: then it stands on no list, whoever publishes its pages."""
    whole = withdrawals_in_force(course).filter(kind=Withdrawal.Kind.COURSE, target=course.code)
    return whole.filter(reason__in=BY_OWNER).exists()


def newest_withdrawal() -> tuple[int | None, datetime | None]:
    """Return what changes whenever something more is withdrawn: for files that take a while to write."""
    newest = Withdrawal.objects.aggregate(pk=Max("pk"), at=Max("withdrawn_at"))
    return newest["pk"], newest["at"]
