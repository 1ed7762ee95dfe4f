"""What a workplace confirms of a person, and takes back."""

from datetime import date, datetime

from django.db import transaction

from certificates import selectors
from certificates.exceptions import AttestationTakenBack
from certificates.expressions import Attested
from certificates.models import Attestation, Certificate
from certificates.services.issuing import issue_all
from certificates.services.owing import ask_for_part
from certificates.services.revoking import revoke_certificate
from people import audit
from people.models import Membership, User


@transaction.atomic
def attest(*, membership: Membership, attested: Attested, given_on: date, by: User | None, at: datetime) -> Attestation:
    """Record that the workplace confirms of a person, on ``given_on``, what ``attested`` asks.

    What it earns is issued soon after, by the outbox. The same again returns what is known already.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    known = Attestation.objects.current_knowledge().filter(membership=membership, code=attested.code)
    same = known.filter(given_on=given_on).first()
    if same is not None:
        return same
    attestation = Attestation.objects.create(
        membership=membership,
        code=attested.code,
        text=attested.text,
        given_on=given_on,
        recorded_at=at,
        recorded_by=by,
    )
    _audit_attestation(attestation, "attestation.given", by, at)
    ask_for_part(kind="attestation", key=attestation.pk)
    return attestation


@transaction.atomic
def take_back_attestation(*, attestation: Attestation, by: User | None, at: datetime) -> Attestation:
    """Record that it does not hold and never did; certificates that rest on it are revoked with it.

    What else they rest on may earn another, at once where enough is left, or later with a new attestation.

    Raises:
        AttestationTakenBack: it was taken back before.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=attestation.membership_id)
    old = Attestation.objects.current_knowledge().filter(pk=attestation.pk).first()
    if old is None:
        raise AttestationTakenBack
    successor = Attestation.objects.create(
        membership=old.membership,
        code=old.code,
        text=old.text,
        given_on=old.given_on,
        taken_back=True,
        recorded_at=at,
        recorded_by=by,
        supersedes=old,
    )
    _audit_attestation(successor, "attestation.taken_back", by, at)
    for certificate in selectors.resting_on(old):
        revoke_certificate(certificate=certificate, reason=Certificate.RevocationReason.UNCONFIRMED, by=by, at=at)
        for earning in selectors.earnings_of(certificate):
            issue_all(earning, None, at)
    return successor


def _audit_attestation(attestation: Attestation, verb: str, by: User | None, at: datetime) -> None:
    membership = attestation.membership
    audit.record(
        organisation=membership.organisation,
        actor=by,
        verb=verb,
        target=membership,
        at=at,
        attestation=attestation.code,
        given_on=attestation.given_on,
    )
