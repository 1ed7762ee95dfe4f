"""What an employer sees of a person: one list, from which the portal, the workbook and the public page are made.

Architecture, section 4: who is assigned, done, due and expired, and nothing else; dates without times; "in progress"
reads "assigned".
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from compliance.standing import Facts, Overlay, ReasonCode, Standing, StandingSpan, spans

DUE_DAYS = 30
"""From how many days before its last good day an open assignment reads "due"."""
EXPIRING_DAYS = 60
"""From how many days before its last valid day a certificate reads "expiring"."""


class Status(StrEnum):
    """An employer's word for where somebody stands, the most urgent first."""

    OVERDUE = "overdue"
    EXPIRED = "expired"
    NEEDS_DATE = "needs_date"
    DUE = "due"
    EXPIRING = "expiring"
    ASSIGNED = "assigned"
    DONE = "done"
    EXEMPT = "exempt"
    NONE = "none"


STATUS_LABELS: dict[Status, Promise] = {
    Status.OVERDUE: pgettext_lazy("employer's status", "Past due"),
    Status.EXPIRED: pgettext_lazy("employer's status", "Expired"),
    Status.NEEDS_DATE: pgettext_lazy("employer's status", "Needs a date"),
    Status.DUE: pgettext_lazy("employer's status", "Due soon"),
    Status.EXPIRING: pgettext_lazy("employer's status", "Expiring soon"),
    Status.ASSIGNED: pgettext_lazy("employer's status", "Assigned"),
    Status.DONE: pgettext_lazy("employer's status", "Done"),
    Status.EXEMPT: pgettext_lazy("employer's status", "Exempt"),
    Status.NONE: pgettext_lazy("employer's status", "Not required"),
}


def employer_status(state: str, due_on: date | None, on: date, *, required: bool = True) -> Status:
    """Return the employer's word for a standing state on ``on``; ``due_on`` is its last good day.

    Where nothing is ``required`` any more, nothing is urgent either: what is held reads "done" until it ends.
    ``compliance.selectors.status_filter`` says the same to the database.
    """
    match state:
        case "assigned" | "in_progress":
            near = due_on is not None and on >= due_on - timedelta(days=DUE_DAYS)
            return Status.DUE if near else Status.ASSIGNED
        case "overdue":
            return Status.OVERDUE
        case "valid" | "renewable":
            near = required and due_on is not None and on > due_on - timedelta(days=EXPIRING_DAYS)
            return Status.EXPIRING if near else Status.DONE
        case "grace" | "expired" | "revoked":
            return Status.EXPIRED if required else Status.NONE
        case "exempt":
            return Status.EXEMPT
        case "needs_date":
            return Status.NEEDS_DATE
    return Status.NONE


def employer_spans(facts: Facts) -> list[StandingSpan]:
    """Return the spans of all dates as an employer may know them.

    Nobody is seen to have begun, nor to ask for another way before one is agreed; no date betrays either.
    """
    joined: list[StandingSpan] = []
    for span in spans(replace(facts, cycles=())):
        seen = span._replace(standing=_as_employers_read(span.standing))
        last = joined[-1] if joined else None
        if last and _without_change(last.standing) == _without_change(seen.standing):
            joined[-1] = StandingSpan(last.from_on, seen.until, seen.standing)
        else:
            joined.append(seen)
    return joined


def _as_employers_read(standing: Standing) -> Standing:
    hidden = {it for it in standing.reasons if it.code is ReasonCode.ANOTHER_WAY and it.detail != "agreed"}
    reasons = tuple(it for it in standing.reasons if it not in hidden)
    agreed = any(it.code is ReasonCode.ANOTHER_WAY for it in reasons)
    overlays = tuple(it for it in standing.overlays if it is not Overlay.ANOTHER_WAY or agreed)
    return replace(standing, reasons=reasons, overlays=overlays)


def _without_change(standing: Standing) -> Standing:
    return replace(standing, next_change_on=None, next_change_at=None)


@dataclass(frozen=True, slots=True)
class VisibleField:
    """Something that employers see of a person, and the sentence that tells learners so.

    ``width``: of its column in the list and in the workbook, in characters; 0: on the person's own page only.
    """

    key: str
    header: Promise
    told_as: Promise
    width: int = 0


def _field(key: str, header: Promise, told_as: Promise, width: int = 0) -> VisibleField:
    return VisibleField(key, header, told_as, width)


VISIBLE_FIELDS: tuple[VisibleField, ...] = (
    _field(
        "employee_number",
        pgettext_lazy("column", "Employee number"),
        pgettext_lazy("what work sees", "Your employee number, which they gave you"),
        16,
    ),
    _field("name", pgettext_lazy("column", "Name"), pgettext_lazy("what work sees", "Your name, as they wrote it"), 28),
    _field(
        "preferred_name",
        pgettext_lazy("column of a people file", "Preferred name"),
        pgettext_lazy("what work sees", "What you are called, where they wrote it down"),
    ),
    _field(
        "email",
        pgettext_lazy("column", "E-mail"),
        pgettext_lazy("what work sees", "The e-mail that they wrote down for you, never one that you added"),
    ),
    _field("site", pgettext_lazy("column", "Site"), pgettext_lazy("what work sees", "Where you work"), 24),
    _field("role", pgettext_lazy("column", "Role"), pgettext_lazy("what work sees", "Your kind of work"), 20),
    _field(
        "days_at_work",
        pgettext_lazy("column", "Works here"),
        pgettext_lazy("what work sees", "Your first and your last day at work"),
    ),
    _field(
        "course",
        pgettext_lazy("column", "Training"),
        pgettext_lazy("what work sees", "Which training they asked you to do"),
        36,
    ),
    _field(
        "status",
        pgettext_lazy("column", "Status"),
        pgettext_lazy("what work sees", "Whether it is assigned, due, past due, done, expiring or expired"),
        14,
    ),
    _field(
        "due_on",
        pgettext_lazy("column", "Last good day"),
        pgettext_lazy("what work sees", "The last good day to do it or to renew it"),
        14,
    ),
    _field(
        "completed_on",
        pgettext_lazy("column", "Completed on"),
        pgettext_lazy("what work sees", "The day on which you finished it, without the time"),
        14,
    ),
    _field(
        "valid_through",
        pgettext_lazy("column", "Valid through"),
        pgettext_lazy("what work sees", "The last day on which your certificate is good"),
        14,
    ),
    _field(
        "edition",
        pgettext_lazy("column", "Edition"),
        pgettext_lazy("what work sees", "Which edition of the training you finished, never in which language"),
    ),
    _field(
        "minutes_met",
        pgettext_lazy("column", "Minimum minutes met"),
        pgettext_lazy(
            "what work sees", "That you met the least time, where a rule asks for it, and never how long you took"
        ),
    ),
    _field(
        "acknowledged",
        pgettext_lazy("column", "Signed acknowledgement"),
        pgettext_lazy("what work sees", "That you ticked the statement at the end, where a training asks for it"),
    ),
    _field(
        "certificate",
        pgettext_lazy("column", "Certificate"),
        pgettext_lazy("what work sees", "Your certificate and its number, in the workplace's language"),
    ),
    _field(
        "adjustments",
        pgettext_lazy("column", "Leave, more time, exemptions"),
        pgettext_lazy(
            "what work sees",
            "Days of leave, more time, exemptions and trainings from elsewhere that they wrote down for you",
        ),
    ),
    _field(
        "in_person",
        pgettext_lazy("column", "In person"),
        pgettext_lazy(
            "what work sees",
            "At which sessions in person you were, which one a training still asks for, and what they confirm that you did",
        ),
    ),
    _field(
        "licences",
        pgettext_lazy("column", "Licences"),
        pgettext_lazy(
            "what work sees", "The day on which a licence is to be renewed, where a training hangs on it; no number"
        ),
    ),
    _field(
        "other_way",
        pgettext_lazy("column", "Other way"),
        pgettext_lazy("what work sees", "That a trainer has agreed another way to learn with you, once that is so"),
    ),
    _field(
        "reminder",
        pgettext_lazy("column", "Reminder"),
        pgettext_lazy(
            "what work sees",
            "Which reminders you get, on which day and by mail or letter, and whether one could not be delivered",
        ),
    ),
)
"""The whole of it."""

LISTED_FIELDS: tuple[VisibleField, ...] = tuple(field for field in VISIBLE_FIELDS if field.width)
"""What the list and the workbook show, in the order of their columns."""
