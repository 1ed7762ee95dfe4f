"""What is still to be done in person: sessions to be at, and what the workplace has to confirm."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from certificates.expressions import Attested, InSession
from certificates.models import Attestation, Certification
from certificates.selectors import attestations_asked, held_periods, names_more_than_courses, open_in_person
from compliance.models import ObligationSpan
from compliance.selectors.adjustments import asked_certifications
from compliance.standing import State
from people.models import Membership

_NOTHING_TO_DO = (State.VALID, State.EXEMPT)


@dataclass(frozen=True, slots=True)
class StillOpen:
    """The sessions and attestations that a person lacks for a training; ``courses`` are the codes of its courses by key."""

    certification: Certification
    parts: tuple[InSession | Attested, ...]
    courses: dict[int, str]


def in_person_of(membership: Membership, *, on: date) -> list[StillOpen]:
    """Return what a person lacks of the trainings that are asked on ``on``; one query where none asks for such a thing.

    Courses are taken as done here, so that nobody reads from it how far somebody has come.
    """
    spans = (
        ObligationSpan.objects.covering(on)
        .filter(obligation__membership=membership, required=True)
        .exclude(state__in=_NOTHING_TO_DO)
    )
    asked = Certification.objects.filter(pk__in=spans.values("obligation__certification")).order_by("title", "pk")
    return [found for it in asked if (found := still_open_of(it, membership.pk, on=on)) is not None]


def still_open_of(certification: Certification, membership_id: int, *, on: date) -> StillOpen | None:
    """Return what a person lacks for ``certification`` on ``on``, None for nothing; no query for most."""
    if not names_more_than_courses(certification):
        return None
    held = held_periods(certifications=[certification.pk], memberships=[membership_id])
    periods = held.get((membership_id, certification.pk), [])
    parts = open_in_person(certification=certification, membership_id=membership_id, periods=periods, on=on)
    if not parts:
        return None
    return StillOpen(certification, tuple(parts), {it.pk: it.code for it in certification.courses.all()})


def to_confirm(membership: Membership) -> dict[str, Attested]:
    """Return what the workplace may be asked to confirm of a person, by code."""
    return attestations_asked(asked_certifications(membership).prefetch_related("courses"))


def attestations_of(membership: Membership) -> QuerySet[Attestation]:
    """Return what was confirmed of a person and asked of them by a training, the newest first."""
    known = Attestation.objects.current_knowledge().filter(membership=membership)
    return known.order_by("-given_on", "-pk")
