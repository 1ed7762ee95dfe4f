"""The same certificate under a new number: another name, other dates, other evidence."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from certificates import selectors
from certificates.exceptions import AlreadyReplaced, AlreadyRevoked, HolderErased
from certificates.models import Certificate
from certificates.numbers import NUMBER_BITS, number_from
from certificates.signals import certificate_changed
from certificates.validity import Period
from people.models import Membership


@transaction.atomic
def replace_certificate(*, certificate: Certificate, holder_name: str, at: datetime) -> Certificate:
    """Issue the same certificate under the right name and a new number; the old one says that it was replaced.

    Everything but name, number and instant of issue stays, the dates above all. The name that it bears already
    changes nothing.

    Raises:
        AlreadyRevoked: a revoked certificate is not issued again.
        AlreadyReplaced: carries the number that stands for it now.
        HolderErased: the person was erased.
    """
    old = lock_standing(certificate)
    if not old.holder_name:
        raise HolderErased
    if old.holder_name == holder_name:
        return old
    new = reissue(old, at, holder_name=holder_name)
    certificate.refresh_from_db()
    return new


@transaction.atomic
def correct_names(*, membership: Membership, at: datetime) -> list[Certificate]:
    """Replace the certificates of ``membership`` that still run and bear another name than it has now."""
    return [
        replace_certificate(certificate=certificate, holder_name=membership.name, at=at)
        for certificate in selectors.misnamed_certificates(membership, at=at)
    ]


def reissue(old: Certificate, at: datetime, **changes: Any) -> Certificate:
    """Issue ``old`` again under a new number, with ``changes``; the caller has locked the holder or the row."""
    new = Certificate.objects.get(pk=old.pk)
    new._state.adding = True
    new.pk, new.public_id = None, uuid.uuid4()
    new.number = number_from(secrets.randbits(NUMBER_BITS))
    new.completion_key = None
    new.issued_at = at
    for name, value in changes.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    certificate_changed.send(sender=Certificate, certificate=new)
    return new


def period_fields(period: Period) -> dict[str, Any]:
    """Return a period as the fields of a certificate."""
    return {
        "valid_from": period.valid_from,
        "valid_until": period.valid_until,
        "window_opens_on": period.window_opens_on,
        "grace_until": period.grace_until,
        "anchor_day": period.anchor_day,
    }


def lock_standing(certificate: Certificate) -> Certificate:
    """Return the row, locked, if it was neither revoked nor replaced."""
    locked = (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("replaced_by")
        .get(pk=certificate.pk)
    )
    if locked.revoked_on is not None:
        raise AlreadyRevoked(locked.revoked_on)
    if locked.replaced_by is not None:
        raise AlreadyReplaced(locked.replaced_by.number)
    return locked
