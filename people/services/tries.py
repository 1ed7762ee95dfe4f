"""Tries to sign in: counted before they are looked at, so that many at once count as many."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.crypto import salted_hmac

from people import lockout
from people.exceptions import TooManyTries
from people.models import SignInFailure


@dataclass(frozen=True, slots=True)
class Try:
    """One try, already written as a failure; ``succeeded`` takes that back."""

    failure: SignInFailure

    def succeeded(self) -> None:
        """Forget the failures of this origin at this subject, this try among them."""
        SignInFailure.objects.filter(subject=self.failure.subject, origin=self.failure.origin).delete()


def subject_of(kind: str, *parts: str) -> str:
    """Return the keyed hash of what is tried, whatever its case: 64 hexadecimal characters."""
    said = "\0".join([kind, *(part.strip().casefold() for part in parts)])
    return salted_hmac("people.subjects", said, algorithm="sha256").hexdigest()


def begin_try(*, subject: str, origin: str, at: datetime) -> Try:
    """Count a try of ``origin`` at ``subject``. Call it outside a transaction, so that a refusal stays counted.

    Raises:
        TooManyTries: this origin has to wait; the try was not counted and must not be looked at.
    """
    failure = SignInFailure.objects.create(subject=subject, origin=origin, failed_at=at)
    others = SignInFailure.objects.exclude(pk=failure.pk)
    recent = list(others.filter(origin=origin, failed_at__gt=at - lockout.WINDOW).values_list("subject", "failed_at"))
    here, there = Q(origin=origin), Q(subject=subject)
    day = others.filter(here | there, failed_at__gt=at - lockout.DAY).aggregate(
        failures=Count("pk", filter=there),
        origins=Count("origin", filter=there, distinct=True),
        at_subject=Count("pk", filter=here & there),
        of_origin=Count("pk", filter=here),
    )
    retry_at = lockout.waits_until(
        lockout.Tally(
            at_subject=[failed_at for tried, failed_at in recent if tried == subject],
            of_origin=[failed_at for _, failed_at in recent],
            day_failures=day["failures"],
            day_origins=day["origins"],
            day_at_subject=day["at_subject"],
            day_of_origin=day["of_origin"],
        )
    )
    if retry_at is not None:
        failure.delete()
        raise TooManyTries(retry_at=retry_at)
    return Try(failure)
