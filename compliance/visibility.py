"""What an employer sees of a person: one list, from which the views, the workbook and the public page are made.

Architecture, section 4: who is assigned, done, due and expired, and nothing else; dates without times; "in progress"
reads "assigned".
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

DUE_DAYS = 30
"""From how many days before its last good day an open assignment reads "due"."""
EXPIRING_DAYS = 60
"""From how many days before its last valid day a certificate reads "expiring"."""


class Status(StrEnum):
    """An employer's word for where somebody stands."""

    OVERDUE = "overdue"
    EXPIRED = "expired"
    DUE = "due"
    EXPIRING = "expiring"
    ASSIGNED = "assigned"
    DONE = "done"
    EXEMPT = "exempt"
    NEEDS_DATE = "needs_date"
    NONE = "none"


STATUS_LABELS: dict[Status, Promise] = {
    Status.OVERDUE: pgettext_lazy("employer's status", "Past due"),
    Status.EXPIRED: pgettext_lazy("employer's status", "Expired"),
    Status.DUE: pgettext_lazy("employer's status", "Due soon"),
    Status.EXPIRING: pgettext_lazy("employer's status", "Expiring soon"),
    Status.ASSIGNED: pgettext_lazy("employer's status", "Assigned"),
    Status.DONE: pgettext_lazy("employer's status", "Done"),
    Status.EXEMPT: pgettext_lazy("employer's status", "Exempt"),
    Status.NEEDS_DATE: pgettext_lazy("employer's status", "Needs a date"),
    Status.NONE: pgettext_lazy("employer's status", "Not required"),
}


def employer_status(state: str, due_on: date | None, on: date) -> Status:
    """Return the employer's word for a standing state on ``on``; ``due_on`` is its last good day."""
    match state:
        case "assigned" | "in_progress":
            return Status.DUE if due_on is not None and on >= due_on - timedelta(days=DUE_DAYS) else Status.ASSIGNED
        case "overdue":
            return Status.OVERDUE
        case "valid" | "renewable":
            return Status.EXPIRING if due_on is not None and on > due_on - timedelta(days=EXPIRING_DAYS) else Status.DONE
        case "grace" | "expired" | "revoked":
            return Status.EXPIRED
        case "exempt":
            return Status.EXEMPT
        case "needs_date":
            return Status.NEEDS_DATE
    return Status.NONE


@dataclass(frozen=True, slots=True)
class VisibleField:
    """A column that employers see, and the sentence that tells learners so."""

    key: str
    header: Promise
    told_as: Promise
    width: int = 18


VISIBLE_FIELDS: tuple[VisibleField, ...] = (
    VisibleField("employee_number", pgettext_lazy("column", "Employee number"), pgettext_lazy("what work sees", "Your employee number, which they gave you"), 16),
    VisibleField("name", pgettext_lazy("column", "Name"), pgettext_lazy("what work sees", "Your name, as they wrote it"), 28),
    VisibleField("site", pgettext_lazy("column", "Site"), pgettext_lazy("what work sees", "Where you work"), 24),
    VisibleField("role", pgettext_lazy("column", "Role"), pgettext_lazy("what work sees", "Your kind of work"), 20),
    VisibleField("course", pgettext_lazy("column", "Training"), pgettext_lazy("what work sees", "Which training they asked you to do"), 36),
    VisibleField("status", pgettext_lazy("column", "Status"), pgettext_lazy("what work sees", "Whether it is assigned, due, past due, done, expiring or expired"), 14),
    VisibleField("due_on", pgettext_lazy("column", "Last good day"), pgettext_lazy("what work sees", "The last good day to do it or to renew it"), 14),
    VisibleField("completed_on", pgettext_lazy("column", "Completed on"), pgettext_lazy("what work sees", "The day on which you finished it, without the time"), 14),
    VisibleField("valid_through", pgettext_lazy("column", "Valid through"), pgettext_lazy("what work sees", "The last day on which your certificate is good"), 14),
)
"""The whole of it, in the order of the columns."""
