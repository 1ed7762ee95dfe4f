"""News from below: when a fact changes, the spans are rewritten in the same transaction."""

import logging
from datetime import datetime

from django.db import transaction
from django.dispatch import receiver

from certificates.models import Certificate
from certificates.signals import certificate_changed
from compliance import services
from courses.models import Completion, Enrolment
from courses.signals import course_completed, enrolment_opened
from people.models import Membership
from people.signals import employment_changed

logger = logging.getLogger(__name__)


@receiver(employment_changed, dispatch_uid="compliance.rebuild_on_employment")
def rebuild_on_employment(sender: object, membership: Membership, at: datetime, **_: object) -> None:
    """Who works where decides what is required."""
    services.rebuild_obligations(memberships=[membership.pk], at=at)


@receiver(enrolment_opened, dispatch_uid="compliance.rebuild_on_enrolment")
def rebuild_on_enrolment(sender: object, enrolment: Enrolment, at: datetime, **_: object) -> None:
    """Who has begun reads "Started"; employers go on reading "assigned"."""
    if enrolment.membership_id is not None:
        services.rebuild_obligations(memberships=[enrolment.membership_id], at=at)


@receiver(certificate_changed, dispatch_uid="compliance.rebuild_on_certificate")
def rebuild_on_certificate(sender: object, certificate: Certificate, **_: object) -> None:
    """A certificate issued, replaced or revoked changes its holder's standing."""
    if certificate.membership_id is not None:
        at = certificate.revoked_at or certificate.issued_at
        services.rebuild_obligations(memberships=[certificate.membership_id], at=at)


@receiver(course_completed, dispatch_uid="compliance.rebuild_on_completion")
def rebuild_on_completion(sender: object, completion: Completion, at: datetime, **_: object) -> None:
    """A completion ends the way there, also where it earned no certificate, or none yet."""
    if completion.membership_id is None:
        return
    # Where it earned one, that was heard already.
    earned = Certificate.objects.filter(
        membership=completion.membership_id, completion_key__endswith=f":{completion.public_id}"
    )
    if earned.exists():
        return
    try:
        with transaction.atomic():
            services.rebuild_obligations(memberships=[completion.membership_id], at=at)
    except Exception:
        # The certificate that waits to be issued shares our fate here; issuing it rebuilds again.
        logger.exception("standing not rebuilt after a completion", extra={"event": "obligations.not_rebuilt"})
