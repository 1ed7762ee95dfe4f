"""How long a completion stays good, and when it may be renewed.

Plain calendar arithmetic: no clock, no database, no settings. The rules, with the numbers that the code and
its tests call them by:

R1  All rules work on local calendar dates; an instant is derived last, and a day starts at its first
    existing instant. So a change of the clocks neither lengthens nor shortens a period.
R2  A period is half-open; what is printed is the last valid day, the day before ``valid_until``.
R3  Months and years keep the day of the month that was first wanted (the anchor day). A month that lacks it
    ends on its own last day, and the next one has the anchor day again.
R4  A completion counts on the local date of the learner's last required event.
R5  The anchor says where the next period ends: a length after the completion, a step after the old end, on a
    day of the calendar, or after so many calendar years.
R6  A renewal never shortens.
R7  An early completion restarts the period or is only recorded.
R8  Grace follows the end and never moves the next one.
R9  An extension moves a due date (``compliance.standing``), and nothing here.
"""

import itertools
import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Self, get_args
from zoneinfo import ZoneInfo

Unit = Literal["d", "w", "m", "y"]
Anchor = Literal["completion", "renewal", "calendar", "calendar_years"]
Late = Literal["completion", "schedule"]
Early = Literal["restart", "record_only"]

ONE_DAY = timedelta(days=1)
LONGEST_YEARS = 100
# The longest window before the first, and the longest validity, minimum and grace after the last, stay in the calendar.
_FIRST_DAY = date(MINYEAR + LONGEST_YEARS, 1, 1)
_LAST_DAY = date(MAXYEAR - 3 * LONGEST_YEARS - 2, 12, 31)
SKEW_ALLOWED = timedelta(minutes=5)
# 400 years are 4,800 months and 146,097 days.
_MONTH_WEIGHT = 146_097
_DAY_WEIGHT = 4_800


class PolicyProblem(StrEnum):
    """What is wrong with a duration or a policy; the page that took it turns this into words."""

    NOT_A_COUNT = "not_a_count"
    UNKNOWN_UNIT = "unknown_unit"
    TOO_LONG = "too_long"
    NOT_A_DURATION = "not_a_duration"
    ZERO_DURATION = "zero_duration"
    WINDOW_LONGER_THAN_VALIDITY = "window_longer_than_validity"
    MIN_VALIDITY_LONGER_THAN_VALIDITY = "min_validity_longer_than_validity"
    VALIDITY_NOT_WHOLE_YEARS = "validity_not_whole_years"
    MISSING_CALENDAR_DAY = "missing_calendar_day"
    IMPOSSIBLE_CALENDAR_DAY = "impossible_calendar_day"
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_KEYS = "unknown_keys"
    NOT_A_MAPPING = "not_a_mapping"


_REMEDIES = {
    PolicyProblem.NOT_A_COUNT: "give a whole number from 0 up",
    PolicyProblem.UNKNOWN_UNIT: "give d, w, m or y",
    PolicyProblem.TOO_LONG: "give a shorter time",
    PolicyProblem.NOT_A_DURATION: "give a number and a unit, such as 90d, 2w, 36m or 3y",
    PolicyProblem.ZERO_DURATION: "give a length of at least one day",
    PolicyProblem.WINDOW_LONGER_THAN_VALIDITY: "make the window no longer than the validity",
    PolicyProblem.MIN_VALIDITY_LONGER_THAN_VALIDITY: "make the minimum no longer than the validity",
    PolicyProblem.VALIDITY_NOT_WHOLE_YEARS: "give whole years, or another anchor",
    PolicyProblem.MISSING_CALENDAR_DAY: "say which day of the year is the last: calendar_last_day as (month, day)",
    PolicyProblem.IMPOSSIBLE_CALENDAR_DAY: "give (month, day) of a day that some year has",
    PolicyProblem.UNKNOWN_CHOICE: "give one of the choices",
    PolicyProblem.UNKNOWN_KEYS: "leave these keys out",
    PolicyProblem.NOT_A_MAPPING: "give an object with the parts of a policy",
}


class PolicyError(ValueError):
    """A duration or policy that contradicts itself; carries ``problem`` and, in ``details``, what it met.

    Its text ends with what to do, for whoever reads no page: in a terminal, in a log.
    """

    def __init__(self, problem: PolicyProblem, **details: object) -> None:
        self.problem = problem
        self.details = details
        met = ", ".join(f"{name}={value}" for name, value in details.items())
        super().__init__(f"{problem}: {met}; {_REMEDIES[problem]}")


class UnknownZone(ValueError):
    """A name that is no time zone; carries ``zone``."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f"unknown time zone: {zone!r}")


class DayOutOfReach(ValueError):
    """A day so far away that what follows from it may leave the calendar; carries ``day``."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"{day} is out of reach; give a day from {_FIRST_DAY} to {_LAST_DAY}")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of calendar time: ``n`` days, weeks, months or years; never a number of hours.

    Zero is a duration ("due at hire"); whoever needs more than that refuses it. Written "36m", "2w".

    Raises:
        PolicyError: ``n`` is no whole number from zero up, the unit is unknown, or it is over 100 years.
    """

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.n) is not int or self.n < 0:
            raise PolicyError(PolicyProblem.NOT_A_COUNT, n=self.n)
        if self.unit not in get_args(Unit):
            raise PolicyError(PolicyProblem.UNKNOWN_UNIT, unit=self.unit)
        if self._weight > LONGEST_YEARS * 12 * _MONTH_WEIGHT:
            raise PolicyError(PolicyProblem.TOO_LONG, duration=self, longest=f"{LONGEST_YEARS}y")

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the duration written as a number and a unit: ``90d``, ``2w``, ``36m``, ``3y``.

        Raises:
            PolicyError: it is written otherwise.
        """
        match = re.fullmatch(r"([0-9]{1,6})([dwmy])", text)
        if match is None:
            raise PolicyError(PolicyProblem.NOT_A_DURATION, value=text)
        unit: Any = match[2]
        return cls(int(match[1]), unit)

    def after(self, day: date) -> date:
        """Return the exclusive end of a span of this length that starts on ``day`` (R3)."""
        return _NominalDay.of(day).plus(self).as_end()

    @property
    def months(self) -> int:
        """The length in calendar months; 0 for days and weeks."""
        return {"m": 1, "y": 12}.get(self.unit, 0) * self.n

    @property
    def days(self) -> int:
        """The length in days; 0 for months and years."""
        return {"d": 1, "w": 7}.get(self.unit, 0) * self.n

    @property
    def _weight(self) -> int:
        # Months against days by the average month of the calendar; exact within either kind.
        return self.months * _MONTH_WEIGHT + self.days * _DAY_WEIGHT


class _NominalDay(NamedTuple):
    """A day of a month as it was wanted, which the month may lack: 31 June (R3)."""

    month: int  # counted from the year 0: year * 12 + month - 1
    day: int

    @classmethod
    def of(cls, day: date) -> "_NominalDay":
        return cls(day.year * 12 + day.month - 1, day.day)

    def plus(self, duration: Duration) -> "_NominalDay":
        if duration.days:
            return _NominalDay.of(self.as_end() + timedelta(days=duration.days))
        return self._replace(month=self.month + duration.months)

    def minus_for_window(self, window: Duration) -> date:
        """Return the day a window of this length opens; never later than asked."""
        if window.days:
            return self.as_end() - timedelta(days=window.days)
        first = _first_of(self.month - window.months)
        return first.replace(day=min(self.day, monthrange(first.year, first.month)[1]))

    def as_end(self) -> date:
        """Return the exclusive end: a month that lacks the day is valid to its own last day."""
        first = _first_of(self.month)
        if self.day > monthrange(first.year, first.month)[1]:
            return _first_of(self.month + 1)
        return first.replace(day=self.day)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class ValidityPolicy:
    """How long a completion is good and what a renewal starts from.

    - ``anchor``: ``completion`` (a length after each completion), ``renewal`` (in the window, a length after
      the old end), ``calendar`` (``calendar_last_day`` of a year), ``calendar_years`` (once in each run of so
      many calendar years).
    - ``validity``: the length; whole years for both calendar anchors.
    - ``window``: how long before the end a renewal may be made without losing days; None or no time at all: on
      the last valid day.
    - ``grace``: how long after the end the holder is only late; None for not at all.
    - ``min_validity``: the least that a completion must bring; it decides which calendar day or step counts.
    - ``calendar_last_day``: (month, day), the last valid day of a year; (2, 29) is the last of February. Other anchors
      leave it unread.
    - ``late``: after the end, start from the ``completion`` or keep the ``schedule``.
    - ``early``: before the window, ``restart`` or ``record_only``.

    Raises:
        PolicyError: the parts contradict each other.
    """

    anchor: Anchor = "renewal"
    validity: Duration = Duration(36, "m")
    window: Duration | None = Duration(3, "m")
    grace: Duration | None = None
    min_validity: Duration | None = None
    calendar_last_day: tuple[int, int] | None = None
    late: Late = "completion"
    early: Early = "restart"

    def __post_init__(self) -> None:
        for field, choices in _CHOICES.items():
            value = getattr(self, field)
            if value not in choices:
                raise PolicyError(PolicyProblem.UNKNOWN_CHOICE, field=field, value=value, choices=choices)
        for field in ("validity", "window", "grace", "min_validity"):
            value = getattr(self, field)
            if not isinstance(value, Duration) and (value is not None or field == "validity"):
                raise PolicyError(PolicyProblem.NOT_A_DURATION, field=field, value=value)
        if not self.validity.n:
            raise PolicyError(PolicyProblem.ZERO_DURATION, field="validity")
        if self.window is not None and self.window._weight > self.validity._weight:
            raise PolicyError(PolicyProblem.WINDOW_LONGER_THAN_VALIDITY, window=self.window, validity=self.validity)
        if self.min_validity is not None and self.min_validity._weight > self.validity._weight:
            raise PolicyError(
                PolicyProblem.MIN_VALIDITY_LONGER_THAN_VALIDITY,
                min_validity=self.min_validity,
                validity=self.validity,
            )
        if self.anchor in ("calendar", "calendar_years") and (self.validity.days or self.validity.months % 12):
            raise PolicyError(PolicyProblem.VALIDITY_NOT_WHOLE_YEARS, anchor=self.anchor, validity=self.validity)
        if self.calendar_last_day is not None and not _is_day_of_a_year(self.calendar_last_day):
            raise PolicyError(PolicyProblem.IMPOSSIBLE_CALENDAR_DAY, calendar_last_day=self.calendar_last_day)
        if self.anchor == "calendar" and self.calendar_last_day is None:
            raise PolicyError(PolicyProblem.MISSING_CALENDAR_DAY, anchor=self.anchor)
        if self.calendar_last_day is not None:  # a list, as JSON has it, would leave the policy without a hash
            object.__setattr__(self, "calendar_last_day", tuple(self.calendar_last_day))

    def to_json(self) -> dict[str, Any]:
        """Return the policy as plain JSON values, every key present; ``policy_from_json`` reads it back."""
        return {
            "anchor": self.anchor,
            "validity": str(self.validity),
            "window": None if self.window is None else str(self.window),
            "grace": None if self.grace is None else str(self.grace),
            "min_validity": None if self.min_validity is None else str(self.min_validity),
            "calendar_last_day": None if self.calendar_last_day is None else list(self.calendar_last_day),
            "late": self.late,
            "early": self.early,
        }


_CHOICES: dict[str, tuple[str, ...]] = {
    "anchor": get_args(Anchor),
    "late": get_args(Late),
    "early": get_args(Early),
}


def _is_day_of_a_year(month_and_day: object) -> bool:
    match month_and_day:
        case (int(month), int(day)):
            return 1 <= month <= 12 and 1 <= day <= _longest_length(month)
    return False


def _longest_length(month: int) -> int:
    return monthrange(2000, month)[1]  # a leap year: 29 February is a day of some years


def policy_from_json(data: Mapping[str, object]) -> ValidityPolicy:
    """Return the policy that ``ValidityPolicy.to_json`` wrote; a key left out takes its default.

    Raises:
        PolicyError: unknown keys, values of the wrong form, or parts that contradict each other.
    """
    if not isinstance(data, Mapping):
        raise PolicyError(PolicyProblem.NOT_A_MAPPING, value=data)
    known = {field.name for field in fields(ValidityPolicy)}
    if unknown := [key for key in data if key not in known]:
        raise PolicyError(PolicyProblem.UNKNOWN_KEYS, keys=unknown)
    values: dict[str, Any] = dict(data)
    for key in ("validity", "window", "grace", "min_validity"):
        if key in values and not (values[key] is None and key != "validity"):
            if not isinstance(values[key], str):
                raise PolicyError(PolicyProblem.NOT_A_DURATION, field=key, value=values[key])
            values[key] = Duration.parse(values[key])
    return ValidityPolicy(**values)


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of validity, in local dates: good from ``valid_from`` to the day before ``valid_until``.

    ``last_valid_on`` is what is printed. ``window_opens_on`` is the first day on which a renewal loses
    nothing; it lies before ``valid_from`` when the period is shorter than its window. Grace runs from
    ``valid_until`` to the day before ``grace_until`` (the same day where there is none). ``anchor_day`` is
    the day of the month that the ends keep to: 31 in a period that ends with June.

    Raises:
        ValueError: the dates are out of order or do not fit each other.
    """

    valid_from: date
    valid_until: date
    last_valid_on: date
    window_opens_on: date
    grace_until: date
    anchor_day: int

    def __post_init__(self) -> None:
        if not self.valid_from < self.valid_until <= self.grace_until:
            raise ValueError(
                f"out of order: from {self.valid_from}, until {self.valid_until}, grace {self.grace_until}"
            )
        if self.last_valid_on != self.valid_until - ONE_DAY:
            raise ValueError(f"{self.last_valid_on} is not the day before {self.valid_until}")
        if not self.window_opens_on < self.valid_until:
            raise ValueError(f"the window opens on {self.window_opens_on}, not before {self.valid_until}")
        if not 1 <= self.anchor_day <= 31 or _nominal_end(self).as_end() != self.valid_until:
            raise ValueError(f"anchor day {self.anchor_day} does not lead to {self.valid_until}")


def _nominal_end(period: Period) -> _NominalDay:
    end = _NominalDay.of(period.valid_until)
    if end.day == period.anchor_day:
        return end
    return _NominalDay(end.month - 1, period.anchor_day)


def next_period(policy: ValidityPolicy, completed_on: date, current: Period | None = None) -> Period:
    """Return the period that a completion on ``completed_on`` gives (R3, R5 to R8).

    ``completed_on`` is the local date of R4; ``current`` is the holder's latest period that is not revoked,
    made under this policy or an earlier one, and None for a first completion. The answer is ``current``
    itself where the completion is only recorded: before the window under ``record_only``, and again in a
    calendar year that counts already.

    Raises:
        TypeError: ``completed_on`` is no date, such as an instant, which has none before its zone is known.
        DayOutOfReach: it, or the end of ``current``, is within a few lives of the calendar's own ends.
    """
    if isinstance(completed_on, datetime) or not isinstance(completed_on, date):
        raise TypeError(f"completed_on is a date, not {completed_on!r}; local_date() gives the date of an instant")
    for day in [completed_on] if current is None else [completed_on, current.valid_until]:
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise DayOutOfReach(day)
    if current is None:
        return _period(policy, completed_on, _fresh_end(policy, completed_on))

    is_early = completed_on < current.window_opens_on
    is_late = completed_on >= current.valid_until
    if is_early and policy.early == "record_only":
        return current
    keeps_step = policy.anchor in ("renewal", "calendar") and not is_early
    if keeps_step and not is_late:
        return _period(policy, current.valid_until, _stepped_end(policy, completed_on, current))
    if keeps_step and policy.late == "schedule":
        return _period(policy, completed_on, _stepped_end(policy, completed_on, current))

    end, held = _fresh_end(policy, completed_on), _nominal_end(current)
    if end.as_end() > held.as_end():
        return _period(policy, completed_on, end)
    if policy.anchor == "calendar_years" and completed_on.year == current.valid_from.year:
        return current
    return _period(policy, completed_on, held)


def ended_by(policy: ValidityPolicy, period: Period, until: date) -> Period:
    """Return ``period`` with an end no later than ``until`` (exclusive), such as another issuer printed.

    Raises:
        ValueError: ``until`` is not after the first day.
    """
    if period.valid_until <= until:
        return period
    return _period(policy, period.valid_from, _NominalDay.of(until))


def lasting(policy: ValidityPolicy, period: Period, held: Period, until: date) -> Period:
    """Return ``period``, lasting at least to ``until`` (exclusive), or to the end of ``held`` where that comes first."""
    end = _nominal_end(held) if held.valid_until <= until else _NominalDay.of(until)
    return period if period.valid_until >= end.as_end() else _period(policy, period.valid_from, end)


def _period(policy: ValidityPolicy, valid_from: date, end: _NominalDay) -> Period:
    valid_until = end.as_end()
    return Period(
        valid_from=valid_from,
        valid_until=valid_until,
        last_valid_on=valid_until - ONE_DAY,
        window_opens_on=_window_opens_on(policy, end),
        # From the end itself, not from the anchor day: a month of grace is never a day short.
        grace_until=valid_until if policy.grace is None else policy.grace.after(valid_until),
        anchor_day=end.day,
    )


def _window_opens_on(policy: ValidityPolicy, end: _NominalDay) -> date:
    last_valid_on = end.as_end() - ONE_DAY
    return last_valid_on if policy.window is None else min(end.minus_for_window(policy.window), last_valid_on)


def _fresh_end(policy: ValidityPolicy, completed_on: date) -> _NominalDay:
    """Return the end that a first completion on this day gives (R5)."""
    if policy.anchor == "calendar":
        earliest = _earliest_end(policy, completed_on)
        deadlines = (_deadline(policy, year) for year in itertools.count(completed_on.year))
        return next(end for end in deadlines if end.as_end() >= earliest)
    if policy.anchor == "calendar_years":
        return _NominalDay((completed_on.year + 1) * 12 + policy.validity.months, 1)
    return _NominalDay.of(completed_on).plus(policy.validity)


def _stepped_end(policy: ValidityPolicy, completed_on: date, current: Period) -> _NominalDay:
    """Return the end reached in whole steps from the current one (R5)."""
    earliest = _earliest_end(policy, completed_on)
    end = _nominal_end(current)
    while True:
        end = end.plus(policy.validity)
        if policy.anchor == "calendar":
            end = _deadline_not_after(policy, end)
        if end.as_end() >= earliest:
            return end


def _earliest_end(policy: ValidityPolicy, completed_on: date) -> date:
    if policy.min_validity is None:
        return completed_on + ONE_DAY
    return max(completed_on + ONE_DAY, policy.min_validity.after(completed_on))


def _deadline(policy: ValidityPolicy, year: int) -> _NominalDay:
    """Return the exclusive end that the policy's calendar day gives in this year."""
    assert policy.calendar_last_day is not None  # the policy has seen to it
    month, last_day = policy.calendar_last_day
    # 28 February ends on a nominal 29, so that leap years keep the 28th.
    if last_day == _longest_length(month):
        return _NominalDay(year * 12 + month, 1)
    return _NominalDay(year * 12 + month - 1, last_day + 1)


def _deadline_not_after(policy: ValidityPolicy, end: _NominalDay) -> _NominalDay:
    # A step from a deadline is one. It is not where the current period was made under another anchor; then
    # the deadline before it counts, so that the printed period never exceeds the validity.
    year = end.month // 12
    return next(day for day in (_deadline(policy, year), _deadline(policy, year - 1)) if day <= end)


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date of an instant in a time zone (R1).

    Raises:
        UnknownZone: ``zone`` is no time zone.
        ValueError: ``at`` carries no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(_zone(zone)).date()


def starts_at(day: date, zone: str) -> datetime:
    """Return, in UTC, the first existing instant of a local day (R1).

    Where the clocks skip midnight that is the first minute after the gap; where they repeat it, the first of
    the two; a day that a zone left out altogether starts with the one after it. A period ends at
    ``starts_at(valid_until, zone)``.

    Raises:
        UnknownZone: ``zone`` is no time zone.
    """
    tz = _zone(zone)
    midnight = datetime.combine(day, time.min, tz)
    start = midnight.astimezone(UTC)
    if start.astimezone(tz).date() == day and start.astimezone(tz).time() == time.min:
        return start
    # In a gap the earlier offset (fold 0) names an instant at or after the gap, the later one an instant
    # before it; in between, the date changes once.
    before = midnight.replace(fold=1).astimezone(UTC)
    seconds = range(int((start - before).total_seconds()))
    offset = bisect_left(
        seconds, True, key=lambda second: (before + timedelta(seconds=second)).astimezone(tz).date() >= day
    )
    return before + timedelta(seconds=offset)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


@dataclass(frozen=True, slots=True)
class DeviceClaim:
    """What an offline device says: when its bundle was issued, when the learner finished, how wrong it was.

    ``clock_skew`` is the device's clock minus the server's, measured when the two met.
    """

    issued_at: datetime
    claimed_at: datetime
    clock_skew: timedelta


class CompletionDate(NamedTuple):
    """The local date that a completion counts on, and whether a person must look at it."""

    completed_on: date
    needs_review: bool


def completion_date(received_at: datetime, zone: str, claim: DeviceClaim | None = None) -> CompletionDate:
    """Return the date of the learner's last required event (R4).

    A device is believed when issue <= claim <= receipt and its clock is at most ``SKEW_ALLOWED`` wrong;
    otherwise the date of receipt counts and the completion goes to review.

    Raises:
        UnknownZone: ``zone`` is no time zone.
        ValueError: an instant carries no time zone.
    """
    if claim is None:
        return CompletionDate(local_date(received_at, zone), needs_review=False)
    claimed_on = local_date(claim.claimed_at, zone)
    if claim.issued_at <= claim.claimed_at <= received_at and abs(claim.clock_skew) <= SKEW_ALLOWED:
        return CompletionDate(claimed_on, needs_review=False)
    return CompletionDate(local_date(received_at, zone), needs_review=True)
