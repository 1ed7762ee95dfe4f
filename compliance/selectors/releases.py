"""Whom the release of a course concerns (renewal, rule R15)."""

from certificates.models import Certificate
from compliance.facts import ASKING
from courses.models import Completion, Edition


def asks_holders(edition: Edition) -> bool:
    """Whether the severity of this release asks anything of whoever holds a certificate."""
    return edition.severity in ASKING


def holders_of(edition: Edition) -> list[int]:
    """Return the memberships that hold, or held, a certificate to which the course of ``edition`` belongs."""
    certificates = Certificate.objects.filter(
        certification__courses=edition.course_id, membership__isnull=False, replaced_by__isnull=True
    )
    return sorted(set(certificates.values_list("membership_id", flat=True)))


def answers_release(completion: Completion) -> bool:
    """Whether some release of the completed course asked for what was completed."""
    number = completion.enrolment.edition.number
    if number == 1:  # nobody holds anything older
        return False
    return Edition.objects.filter(course=completion.course_id, severity__in=ASKING, number__lte=number).exists()
