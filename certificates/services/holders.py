"""Certificates whose holder is erased, or is one person with another."""

from django.db import transaction
from django.db.models import F

from certificates.models import Attestation, Certificate, PriorLearning
from people.models import Membership, User


@transaction.atomic
def erase_holder(*, learner: User) -> int:
    """Take the person out of all her certificates; return how many.

    They still verify, without a name. What is left says nothing of the person: the language she learnt in goes too.
    """
    certificates = Certificate.objects.filter(learner=learner)
    return certificates.update(
        holder_name="", learner=None, membership=None, learner_title="", language=F("workplace_language")
    )


def move_evidence(*, kept: Membership, other: Membership) -> None:
    """Give ``kept`` what was issued to ``other``, confirmed of it or accepted for it: one person of one organisation."""
    Certificate.objects.filter(membership=other).update(membership=kept, learner=kept.user)
    PriorLearning.objects.filter(membership=other).update(membership=kept)
    Attestation.objects.filter(membership=other).update(membership=kept)


def move_certificates(*, kept: User, merged: User) -> int:
    """Give ``kept`` the certificates of ``merged``, whose workplaces joined; return how many."""
    return Certificate.objects.filter(learner=merged).update(learner=kept)
