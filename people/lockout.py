"""When a further try to sign in is looked at. Plain Python: no clock, no database, no settings.

Nobody can lock anybody else out: what an origin (a network address) has done slows down that origin. Only where
one subject (an employee number, a recovery code) is tried too often in a day, or from many places, does every origin
concerned get a single try at it, and that one is always looked at, so that the owner who knows the PIN gets in from
wherever she is.

A camp or a hotel stands behind one address, so what all of it may fail at is much more than what anybody may fail at
one subject; whoever gets in takes her own failures back. Only an address that fails all day long, as one does that
tries a few PINs at very many numbers, is held to less. NIST SP 800-63B asks for a limit of each account and no more
than a hundred failures in a row; OWASP warns of limits by address alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
TRIES_AT_SUBJECT: Final = 5
"""Failures of one origin at one subject in a window, after which the origin waits."""
TRIES_OF_ORIGIN: Final = 200
"""Failures of one origin at whatever subjects in a window, after which it waits …"""
SPRAY_FAILURES: Final = 600
"""… and after so many in a day …"""
TRIES_OF_SPRAYER: Final = 30
"""… it waits after so many in a window."""
ATTACK_FAILURES: Final = 20
"""More failures than this at one subject in a day …"""
ATTACK_ORIGINS: Final = 5
"""… from one origin slow down that one, and from at least so many origins all of them: an attack from many places."""
TRIES_UNDER_ATTACK: Final = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """The failures that count for one try.

    ``at_subject`` and ``of_origin`` are instants within the window, of this origin only; the rest are counts within
    a day: ``day_failures`` at the subject by ``day_origins`` origins, ``day_at_subject`` of them by this origin, and
    ``day_of_origin`` by this origin at whatever subjects.
    """

    at_subject: Sequence[datetime]
    of_origin: Sequence[datetime]
    day_failures: int
    day_origins: int
    day_at_subject: int
    day_of_origin: int

    @property
    def under_attack(self) -> bool:
        """Return whether the subject is tried from many places, or from this one all day long."""
        from_many = self.day_failures > ATTACK_FAILURES and self.day_origins >= ATTACK_ORIGINS
        return from_many or self.day_at_subject > ATTACK_FAILURES

    @property
    def sprays(self) -> bool:
        """Return whether this origin has failed more in a day than a place full of people does."""
        return self.day_of_origin >= SPRAY_FAILURES


def waits_until(tally: Tally) -> datetime | None:
    """Return from when on this origin may try this subject again; None: now."""
    at_subject = TRIES_UNDER_ATTACK if tally.under_attack else TRIES_AT_SUBJECT
    of_origin = TRIES_OF_SPRAYER if tally.sprays else TRIES_OF_ORIGIN
    waits = (_free_again(tally.at_subject, at_subject), _free_again(tally.of_origin, of_origin))
    return max((wait for wait in waits if wait), default=None)


def _free_again(failures: Sequence[datetime], tries: int) -> datetime | None:
    """Return when fewer than ``tries`` failures will lie within the window; None if that is so now."""
    if len(failures) < tries:
        return None
    return sorted(failures)[-tries] + WINDOW
