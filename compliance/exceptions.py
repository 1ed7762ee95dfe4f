"""What can go wrong in compliance. Errors carry data; doors turn them into words."""

from dataclasses import dataclass
from datetime import date


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
class AlreadyWithdrawn(ComplianceError):
    """The requirement was withdrawn or changed before."""


@dataclass
class AfterToday(ComplianceError):
    """A day to look back to lies ahead."""

    on: date
