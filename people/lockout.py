"""When a further try to sign in is looked at. Plain Python: no clock, no database, no settings.

Nobody can lock anybody else out: what an origin (a network address) has done slows down that origin. Only where
one subject (an employee number, a recovery code) is tried from many places does every origin get a single try at
it, and that one is always looked at, so that the owner who knows the PIN gets in from wherever she is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
TRIES_AT_SUBJECT: Final = 5
"""Failures of one origin at one subject in a window, after which the origin waits."""
TRIES_OF_ORIGIN: Final = 30
"""Failures of one origin at whatever subjects in a window, after which it waits."""
ATTACK_FAILURES: Final = 20
"""More failures than this at one subject in a day …"""
ATTACK_ORIGINS: Final = 5
"""… from at least so many origins are an attack from many places."""
TRIES_UNDER_ATTACK: Final = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """The failures that count for one try.

    ``at_subject`` and ``of_origin`` are instants within the window, of this origin only; ``day_failures`` and
    ``day_origins`` count what all origins did at the subject within a day.
    """

    at_subject: Sequence[datetime]
    of_origin: Sequence[datetime]
    day_failures: int
    day_origins: int

    @property
    def under_attack(self) -> bool:
        """Return whether the subject is tried from many places."""
        return self.day_failures > ATTACK_FAILURES and self.day_origins >= ATTACK_ORIGINS


def waits_until(tally: Tally) -> datetime | None:
    """Return from when on this origin may try this subject again; None: now."""
    tries = TRIES_UNDER_ATTACK if tally.under_attack else TRIES_AT_SUBJECT
    waits = (_free_again(tally.at_subject, tries), _free_again(tally.of_origin, TRIES_OF_ORIGIN))
    return max((wait for wait in waits if wait), default=None)


def _free_again(failures: Sequence[datetime], tries: int) -> datetime | None:
    """Return when fewer than ``tries`` failures will lie within the window; None if that is so now."""
    if len(failures) < tries:
        return None
    return sorted(failures)[-tries] + WINDOW
