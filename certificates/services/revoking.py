"""Revoking a certificate."""

from datetime import datetime

from django.db import transaction

from certificates.models import Certificate
from certificates.services.reissuing import lock_standing
from certificates.signals import certificate_changed
from certificates.validity import local_date
from people import audit
from people.models import User


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: Certificate.RevocationReason, by: User | None, at: datetime
) -> Certificate:
    """Revoke ``certificate`` from the local day of ``at`` on; what anybody may learn is ``reason``, a class.

    Certificates that renew it are not touched: ``selectors.dependants`` lists them for decision.

    Raises:
        AlreadyRevoked: carries the day it was revoked.
        AlreadyReplaced: carries the number that stands for it now; that one is to be revoked.
    """
    revoked = lock_standing(certificate)
    revoked.revoked_on = local_date(at, revoked.time_zone)
    revoked.revoked_at = at
    revoked.revocation_reason = Certificate.RevocationReason(reason)
    revoked.revoked_by = by
    revoked.save(update_fields=["revoked_on", "revoked_at", "revocation_reason", "revoked_by"])
    certificate.refresh_from_db()
    audit.record(
        organisation=revoked.membership.organisation if revoked.membership else None,
        actor=by,
        verb="certificate_revoked",
        target=revoked,
        at=at,
        reason=revoked.revocation_reason,
    )
    certificate_changed.send(sender=Certificate, certificate=revoked)
    return revoked
