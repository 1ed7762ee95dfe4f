"""What one certificate says on a date. Plain Python; the querysets of ``Certificate`` agree with it.

This is the paper alone, as whoever holds it in hand may ask. Where a person stands with a certification, through
a chain of certificates, waivers and leave, is ``compliance.standing``.
"""

from datetime import date
from enum import StrEnum

from certificates.validity import Period


class CertificateState(StrEnum):
    """The state of a certificate; exactly one holds on a date.

    UPCOMING: a renewal made in time starts where the old period ends. GRACE and EXPIRED are both over.
    """

    UPCOMING = "upcoming"
    VALID = "valid"
    RENEWABLE = "renewable"
    GRACE = "grace"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"


def certificate_state(period: Period, *, on: date, revoked: bool = False, replaced: bool = False) -> CertificateState:
    """Return the state on ``on``, a local date of the certificate's time zone.

    Ends are exclusive: on ``valid_until`` the certificate is over, on ``grace_until`` the grace too.
    """
    if revoked:
        return CertificateState.REVOKED
    if replaced:
        return CertificateState.REPLACED
    if on < period.valid_from:
        return CertificateState.UPCOMING
    if on < period.valid_until:
        return CertificateState.VALID if on < period.window_opens_on else CertificateState.RENEWABLE
    return CertificateState.GRACE if on < period.grace_until else CertificateState.EXPIRED
