"""A slow, naive reading of the rules R1 to R9, to hold against the product's own.

Written from the specification alone. It counts days and months one at a time, keeps nothing between two
questions, and shares no line with ``certificates.validity`` but the values that it is asked about.
"""

import datetime as dt
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from certificates.validity import Duration, Period, ValidityPolicy

ONE_DAY = timedelta(days=1)


class Nominal(NamedTuple):
    """A day that a month may lack: 31 June is the first instant after June."""

    year: int
    month: int
    day: int

    def later_by_a_month(self) -> "Nominal":
        return Nominal(self.year + 1, 1, self.day) if self.month == 12 else Nominal(self.year, self.month + 1, self.day)

    def earlier_by_a_month(self) -> "Nominal":
        return Nominal(self.year - 1, 12, self.day) if self.month == 1 else Nominal(self.year, self.month - 1, self.day)

    def is_lacking(self) -> bool:
        return self.day > monthrange(self.year, self.month)[1]

    def as_exclusive_end(self) -> date:
        """R3: a month that lacks the day ends the period on the first of the next one."""
        if self.is_lacking():
            following = self.later_by_a_month()
            return date(following.year, following.month, 1)
        return date(self.year, self.month, self.day)

    def as_window_opening(self) -> date:
        """R3: a month that lacks the day opens the window on its last one, never later than asked."""
        return date(self.year, self.month, min(self.day, monthrange(self.year, self.month)[1]))


def nominal(day: date) -> Nominal:
    return Nominal(day.year, day.month, day.day)


def later(day: Nominal, by: Duration) -> Nominal:
    """Return the nominal day ``by`` later; days and weeks count from the day that the period really ends."""
    if by.unit in ("d", "w"):
        return nominal(day.as_exclusive_end() + timedelta(days=by.n * (7 if by.unit == "w" else 1)))
    for _ in range(by.n * (12 if by.unit == "y" else 1)):
        day = day.later_by_a_month()
    return day


def opening(end: Nominal, window: Duration | None) -> date:
    """Return when the window before ``end`` opens; without one, on the last valid day (it opens before the end)."""
    if window is None:
        return end.as_exclusive_end() - ONE_DAY
    if window.unit in ("d", "w"):
        return end.as_exclusive_end() - timedelta(days=window.n * (7 if window.unit == "w" else 1))
    day = end
    for _ in range(window.n * (12 if window.unit == "y" else 1)):
        day = day.earlier_by_a_month()
    return day.as_window_opening()


def nominal_end_of(period: Period) -> Nominal:
    """Return the nominal end that a period handed back remembers by its anchor day."""
    until = period.valid_until
    if until.day == period.anchor_day:
        return nominal(until)
    month_before = nominal(until).earlier_by_a_month()
    return Nominal(month_before.year, month_before.month, period.anchor_day)


def fresh(policy: ValidityPolicy, completed_on: date) -> Nominal:
    """Return the end that a first completion on ``completed_on`` gives (R5)."""
    if policy.anchor == "calendar_years":
        years = policy.validity.n if policy.validity.unit == "y" else policy.validity.n // 12
        return Nominal(completed_on.year + years + 1, 1, 1)
    if policy.anchor != "calendar":
        return later(nominal(completed_on), policy.validity)
    month, last_day = policy.calendar_last_day
    deadline = completed_on
    while True:
        wanted = min(last_day, monthrange(deadline.year, month)[1]) if month == 2 else last_day
        if (deadline.month, deadline.day) == (month, wanted):
            end = deadline + ONE_DAY
            if leaves_enough(policy, completed_on, end):
                # 28 February is followed by the nominal 29th: the end stays the day after it in a leap year too.
                return Nominal(end.year, 2, 29) if (month, last_day) == (2, 28) else nominal(end)
        deadline += ONE_DAY


def leaves_enough(policy: ValidityPolicy, completed_on: date, end: date) -> bool:
    if policy.min_validity is None:
        return True
    return end >= later(nominal(completed_on), policy.min_validity).as_exclusive_end()


def step(policy: ValidityPolicy, completed_on: date, current: Period) -> Nominal:
    """Return the current end plus validity, repeated until it is after the completion and leaves enough (R5)."""
    end = later(nominal_end_of(current), policy.validity)
    while end.as_exclusive_end() <= completed_on or not leaves_enough(policy, completed_on, end.as_exclusive_end()):
        end = later(end, policy.validity)
    return end


class Answer(NamedTuple):
    valid_from: date
    valid_until: date
    window_opens_on: date
    grace_until: date
    anchor_day: int


def period(policy: ValidityPolicy, valid_from: date, end: Nominal) -> Answer:
    until = end.as_exclusive_end()
    return Answer(
        valid_from=valid_from,
        valid_until=until,
        window_opens_on=opening(end, policy.window),
        grace_until=until if policy.grace is None else later(nominal(until), policy.grace).as_exclusive_end(),
        anchor_day=end.day,
    )


def next_period(policy: ValidityPolicy, completed_on: date, current: Period | None = None) -> Answer | Period:
    """Return what a completion gives, or ``current`` itself where it is only recorded."""
    if current is None:
        return period(policy, completed_on, fresh(policy, completed_on))
    is_late = completed_on >= current.valid_until
    is_early = completed_on < current.window_opens_on
    if is_early and policy.early == "record_only":
        return current
    starts_on, end = completed_on, fresh(policy, completed_on)
    if policy.anchor == "calendar_years" and completed_on.year == current.valid_from.year:
        return current  # a second completion in the same calendar year changes nothing
    if policy.anchor in ("renewal", "calendar"):
        if is_late and policy.late == "schedule":
            end = step(policy, completed_on, current)
        elif not is_late and not is_early:
            starts_on, end = current.valid_until, step(policy, completed_on, current)
    # R6; where both end on one day, the nominal day that was there first stays (R3).
    if end.as_exclusive_end() <= current.valid_until:
        end = nominal_end_of(current)
    return period(policy, starts_on, end)


def local_day_starts_at(day: date, zone: dt.tzinfo) -> dt.datetime:
    """Return the first existing instant of the local day, found minute by minute (R1)."""
    at = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) - timedelta(hours=15)
    while at.astimezone(zone).date() < day:
        at += timedelta(minutes=15)
    return at
