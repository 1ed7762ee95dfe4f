"""How often a requirement asks again: a length after each completion, or by a calendar of its own. Plain Python.

As text, which is what requirements keep::

    12m        twelve months after each completion
    12m@60d    on the anniversary of the first, which only a completion in the last 60 days before it meets
    2y@year    once in each run of two calendar years, counted from the last completion
    licence    with each renewal of the licence

``again`` is where all of them meet. The days of the first three follow from the arithmetic of certificates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from certificates.validity import ONE_DAY, Duration, Period, PolicyError, PolicyProblem, ValidityPolicy, next_period

LICENCE: Final = "licence"
_YEAR: Final = "year"
LONGEST_TEXT: Final = 8
"""So many characters a requirement keeps."""


class Next(NamedTuple):
    """The last good day to do it again, and the day from which that counts; None: as long before as the certificate's."""

    due_on: date
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class ByCalendar:
    """On anniversaries or in calendar years: what ``policy`` makes of all completions one after the other."""

    policy: ValidityPolicy


@dataclass(frozen=True, slots=True)
class EachRenewal:
    """With each renewal of a licence; ``renewals`` are those known of one person, the soonest first."""

    renewals: tuple[date, ...] = ()


Recurs: TypeAlias = Duration | ByCalendar | EachRenewal


@lru_cache(maxsize=256)
def parse_recurs(text: str) -> Recurs:
    """Return what a requirement keeps as ``text``; the renewals of a person are not in it.

    Raises:
        PolicyError: it is written otherwise, is no time at all, or its window is longer than it.
    """
    if text == LICENCE:
        return EachRenewal()
    if len(text) > LONGEST_TEXT:
        raise PolicyError(PolicyProblem.NOT_A_DURATION, value=text)
    length_text, mark, rest = text.partition("@")
    length = Duration.parse(length_text)
    if not length.n:
        raise PolicyError(PolicyProblem.ZERO_DURATION, field="recurs")
    if not mark:
        return length
    if rest == _YEAR:
        return ByCalendar(ValidityPolicy(anchor="calendar_years", validity=length, window=None))
    window = Duration.parse(rest)
    return ByCalendar(
        ValidityPolicy(anchor="renewal", validity=length, window=window, late="schedule", early="record_only")
    )


def on_anniversaries(length: Duration, window: Duration) -> str:
    """Return the text of a recurrence on anniversaries."""
    return f"{length}@{window}"


def in_calendar_years(length: Duration) -> str:
    """Return the text of a recurrence in calendar years."""
    return f"{length}@{_YEAR}"


def again(recurs: Recurs, completions: Iterable[date]) -> Next | None:
    """Return when it has to be done again after the last of ``completions``, of which there is at least one.

    None: that is not known, as where the next renewal of a licence is not.
    """
    days = sorted(set(completions))
    if isinstance(recurs, Duration):
        return Next(recurs.after(days[-1]) - ONE_DAY, None)
    if isinstance(recurs, EachRenewal):
        # What was done up to a renewal was done for that one.
        coming = [day for day in recurs.renewals if day >= days[-1]]
        return Next(coming[1], None) if len(coming) > 1 else None
    period: Period | None = None
    for day in days:
        period = next_period(recurs.policy, day, period)
    assert period is not None
    return Next(period.last_valid_on, None if recurs.policy.window is None else period.window_opens_on)
