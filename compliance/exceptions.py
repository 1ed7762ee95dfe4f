"""What can go wrong in compliance. Errors carry data; doors turn them into words."""

from dataclasses import dataclass
from datetime import date

from courses.review_dates import Overdue
from courses.sign_offs import Said


class ComplianceError(Exception):
    """Root of this app's errors."""


@dataclass
class DueBeforeStart(ComplianceError):
    """The due date lies before the day from which the requirement holds."""

    starts_on: date
    due_on: date


@dataclass
class NotOfThisOrganisation(ComplianceError):
    """A person, site or role of another organisation was named; ``what`` is the kind, nothing more."""

    what: str


@dataclass
class UnknownCode(ComplianceError):
    """A condition names a ``subject`` (site, role, organisation) that this organisation has not: ``code``."""

    subject: str
    code: str


@dataclass
class AlreadyWithdrawn(ComplianceError):
    """The requirement was withdrawn or changed before."""


@dataclass
class AfterToday(ComplianceError):
    """A day to look back to lies ahead."""

    on: date


@dataclass
class DatesOutOfOrder(ComplianceError):
    """The last day lies before the first."""

    from_on: date
    last_on: date


@dataclass
class ReasonNotAllowed(ComplianceError):
    """The reason is not on the closed list of this kind of adjustment."""

    kind: str
    reason: str


@dataclass
class DocumentNotAllowed(ComplianceError):
    """This kind of adjustment names no paper, or the number of the paper is no number but a sentence."""

    kind: str


@dataclass
class AdjustmentOverlaps(ComplianceError):
    """One of the same kind covers some of these days; ``last_on`` None: no end is known."""

    from_on: date
    last_on: date | None


@dataclass
class NoticeTooShort(ComplianceError):
    """The earlier due date comes before the notice has run; ``earliest_on`` is the first that may be set."""

    earliest_on: date


@dataclass
class AlreadySuperseded(ComplianceError):
    """The fact was changed or undone meanwhile; load the present one."""


@dataclass
class NotATrainer(ComplianceError):
    """Only a trainer of this organisation may agree another way, and neither HR, a lead nor the person's manager."""


@dataclass
class AlreadyEnded(ComplianceError):
    """The training ended, by what its issuer printed, before it began to count."""

    ends_on: date


@dataclass
class NeedsAnotherPerson(ComplianceError):
    """Who proposed a change cannot agree to it."""


@dataclass
class AlreadyDecided(ComplianceError):
    """The proposal was agreed or refused meanwhile."""


@dataclass
class NothingChosen(ComplianceError):
    """A rule pack was to be adopted without a training for any of its rules."""


@dataclass
class RuleNotAssignable(ComplianceError):
    """Nothing can be assigned for the rule: the pack lacks it, or it is a proposal or no duty to train."""

    rule_code: str


@dataclass
class TooManyPeople(ComplianceError):
    """One act named more than ``most`` people."""

    most: int


@dataclass
class TooManyFilters(ComplianceError):
    """A user keeps ``most`` filters already."""

    most: int


@dataclass
class TrainingHeld(ComplianceError):
    """The training cannot be assigned anew (``why``): reviewers stand against a text of it, or a review is late."""

    title: str
    why: tuple[Said | Overdue, ...]
