"""What was adjusted for one person, and who asks for another way."""

from django.db.models import Q, QuerySet

from certificates.models import Certification, PriorLearning
from compliance.models import Adjustment, AnotherWay
from people.models import Membership, Organisation, User


def adjustments_of(membership: Membership) -> QuerySet[Adjustment]:
    """Return the adjustments that hold, the newest first."""
    known = Adjustment.objects.current_knowledge().filter(membership=membership)
    return known.select_related("certification").order_by("-from_on", "-pk")


def prior_learning_of(membership: Membership) -> QuerySet[PriorLearning]:
    """Return what was accepted from elsewhere, the newest first."""
    known = PriorLearning.objects.current_knowledge().filter(membership=membership)
    return known.select_related("certification").order_by("-completed_on", "-pk")


def agreed_other_ways(membership: Membership) -> QuerySet[AnotherWay]:
    """Return the other ways that were agreed: all that an employer sees of asking."""
    known = AnotherWay.objects.current_knowledge().filter(membership=membership, step=AnotherWay.Step.AGREED)
    return known.select_related("certification").order_by("-answered_on", "-pk")


def open_questions(organisation: Organisation, *, trainer: User) -> QuerySet[AnotherWay]:
    """Return who asks ``trainer`` for another way, the longest waiting first; nobody whose manager that is."""
    own = entries_of_trainer(organisation, trainer)
    known = (
        AnotherWay.objects.current_knowledge()
        .filter(membership__organisation=organisation, step=AnotherWay.Step.ASKED)
        .exclude(membership__in=own)
        .exclude(membership__manager__in=own)
    )
    return known.select_related("membership__organisation", "certification").order_by("asked_on", "pk")


def entries_of_trainer(organisation: Organisation, trainer: User) -> QuerySet[Membership]:
    """Return the entries that are ``trainer`` at work: by the sign-in, or by the address that the employer gave."""
    is_theirs = Q(user=trainer) | Q(email__iexact=trainer.email) if trainer.email else Q(user=trainer)
    return Membership.objects.filter(is_theirs, organisation=organisation)


def question_of(membership: Membership, certification: Certification) -> AnotherWay | None:
    """Return what the person asked last, for the person; None if nothing, or it was taken back."""
    known = AnotherWay.objects.current_knowledge().filter(membership=membership, certification=certification)
    return known.exclude(step=AnotherWay.Step.TAKEN_BACK).order_by("-asked_on", "-pk").first()


def asked_certifications(membership: Membership) -> QuerySet[Certification]:
    """Return the trainings that are, were or will be required of the person."""
    return Certification.objects.filter(
        obligations__membership=membership, obligations__spans__required=True
    ).distinct()
