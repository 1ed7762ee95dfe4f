"""Where a person stands with one certification on any date: a pure function of (facts, date).

Plain Python: no clock, no database, no settings. Every date is a local date of the obligation's time zone. The
facts are dated, so the answer for a past date changes only when a fact is added that was effective by then.
To ask what was known then, hand in the facts as they were recorded then. The rules are numbered as in
``certificates.validity``, and go on:

R10  A waiver exempts; it is counted apart.
R11  Leave moves due dates to some days after the return; it moves no end of validity.
R12  A requirement that ended leaves its evidence in place.
R13  Of several live requirements the earliest due date counts.
R14  A requirement whose due date cannot be worked out is a state of its own.
R15  Newer content can ask for a renewal by a date; the certificate stays authentic.
R17  Revocation is one more fact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from certificates.validity import ONE_DAY, Duration, starts_at


class State(StrEnum):
    """The state of one obligation on one day; exactly one holds."""

    NOT_REQUIRED = "not_required"
    NEEDS_DATE = "needs_date"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    VALID = "valid"
    RENEWABLE = "renewable"
    GRACE = "grace"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    EXEMPT = "exempt"
    REVOKED = "revoked"


class Overlay(StrEnum):
    """What is shown beside the state without changing it."""

    ON_LEAVE = "on_leave"
    EXTENDED = "extended"


class CountsAs(StrEnum):
    """How a rate counts the person; ``apart`` is in neither part of the fraction and is listed."""

    YES = "yes"
    NO = "no"
    APART = "apart"


class ReasonCode(StrEnum):
    """Which kind of fact a reason is about."""

    WAIVER = "waiver"
    PERIOD = "period"
    PERIOD_ENDED = "period_ended"
    PERIOD_REVOKED = "period_revoked"
    NEW_CONTENT = "new_content"
    SOONER_THAN_PRINTED = "sooner_than_printed"
    NO_BASE_DATE = "no_base_date"
    STARTED = "started"
    REQUIREMENT = "requirement"
    DUE_AFTER_LEAVE = "due_after_leave"
    GRACE_AFTER_LEAVE = "grace_after_leave"
    LEAVE = "leave"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that made the standing what it is; the page turns it into a sentence.

    ``from_on`` and ``until`` (exclusive) are the fact's own dates, ``due_on`` the last good day that follows
    from it; ``detail`` is a key from a closed list (of waivers, of revocations).
    """

    code: ReasonCode
    requirement_id: str | None = None
    label: str | None = None
    from_on: date | None = None
    until: date | None = None
    due_on: date | None = None
    detail: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the reason as plain JSON values, dates in ISO form, without what it does not say."""
        texts = {
            "requirement_id": self.requirement_id,
            "label": self.label,
            "from_on": self.from_on and self.from_on.isoformat(),
            "until": self.until and self.until.isoformat(),
            "due_on": self.due_on and self.due_on.isoformat(),
            "detail": self.detail,
        }
        return {"code": str(self.code)} | {name: text for name, text in texts.items() if text is not None}


class FactError(ValueError):
    """A fact whose dates are out of order or missing; carries ``fact``."""

    def __init__(self, fact: object) -> None:
        self.fact = fact
        super().__init__(f"dates out of order: {fact}")


@dataclass(frozen=True, slots=True)
class Span:
    """From ``from_on`` until ``until``, which is exclusive; None is open.

    Employments and leave are plain spans. A cycle is one from its first event to its completion.

    Raises:
        FactError: it is empty or ends before it starts.
    """

    from_on: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.from_on:
            raise FactError(self)

    def covers(self, on: date) -> bool:
        """Whether the day lies in the span."""
        return self.from_on <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Requirement(Span):
    """That the certification must be held, and why.

    ``due_on`` is the last good day of the first completion; None while its base date is unknown (R14). With
    ``recurs``, a completion satisfies this requirement for that long, however long the certificate says.
    """

    id: str
    label: str = ""
    due_on: date | None = None
    recurs: Duration | None = None

    # Redefined without default so that every requirement says when it ends.
    from_on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Waiver(Span):
    """An exemption with an end and a reason from the closed list (R10)."""


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """A validity period as the certificate has it, and what happened to it since.

    ``completed_on`` is the day it was earned: before it nobody could know the period, however early
    ``valid_from`` is, and a renewal in the window is earned before it starts. ``revoked_on`` is the first day
    it no longer counts. Newer content (R15) asks, from ``retrain_from``, for a renewal by ``retrain_by``.
    """
