"""Comparing a secret with its hash, in the same time whether there is one or not."""

import functools

from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import constant_time_compare, salted_hmac

from people import codes


def matches(secret: str, stored_hash: str) -> bool:
    """Return whether ``secret`` belongs to ``stored_hash``; where that is empty, do the same work and return False."""
    return check_password(secret, stored_hash or _of_nothing()) and bool(stored_hash)


def slip_hash(code: str) -> str:
    """Return the keyed hash of a one-time code. Its 50 random bits need no slow hash, and slips come in hundreds."""
    return salted_hmac("people.slips", code, algorithm="sha256").hexdigest()


def matches_slip(code: str, stored_hash: str) -> bool:
    """Return whether a one-time code belongs to ``stored_hash``, after the same work where that is empty."""
    return constant_time_compare(slip_hash(code), stored_hash)


@functools.cache
def _of_nothing() -> str:
    """Return a hash that nothing matches."""
    return make_password(codes.draw(codes.RECOVERY_LENGTH))
