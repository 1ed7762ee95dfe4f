"""Where people stand on any date, as known now or as known then, as an employer may see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from certificates.models import Certification
from certificates.validity import local_date
from compliance.facts import facts_of
from compliance.standing import ReasonCode, Standing, StandingSpan
from compliance.visibility import Status, employer_spans, employer_status
from people.models import Membership

BATCH = 200
"""Memberships in one round: bounds memory, whatever the organisation's size."""


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """One person and one certification that is, or was, asked of them, on ``on`` in the calendar of ``time_zone``."""

    membership: Membership
    certification: Certification
    time_zone: str
    on: date
    span: StandingSpan

    @property
    def standing(self) -> Standing:
        """Return the standing on that day."""
        return self.span.standing

    @property
    def required(self) -> bool:
        """Return whether a requirement is live on that day."""
        return is_required(self.standing)

    @property
    def status(self) -> Status:
        """Return the word that the portal shows."""
        return employer_status(self.standing.state, self.standing.due_on, self.on, required=self.required)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values; dates and the UTC instant in ISO form, ``until`` exclusive."""
        standing = self.standing
        return {
            "employee_number": self.membership.employee_number,
            "certification": self.certification.code,
            "on": self.on.isoformat(),
            "time_zone": self.time_zone,
            "state": str(standing.state),
            "status": str(self.status),
            "required": self.required,
            "overlays": [str(it) for it in standing.overlays],
            "counts_as": str(standing.counts_as),
            "due_on": _iso(standing.due_on),
            "from_on": _iso(self.span.from_on),
            "until": _iso(self.span.until),
            "next_change_at": _iso(standing.next_change_at),
            "reasons": [it.to_json() for it in standing.reasons],
        }


def _iso(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def is_required(standing: Standing) -> bool:
    """Whether a requirement is live: without one, an employer is shown nothing and nobody is reminded."""
    return any(reason.code is ReasonCode.REQUIREMENT for reason in standing.reasons)


def standings(
    *,
    memberships: QuerySet[Membership],
    at: datetime,
    on: date | None = None,
    known_before: datetime | None = None,
) -> Iterator[PersonStanding]:
    """Yield the standing of ``memberships`` on ``on``; None: on the local date of ``at``, each in its own calendar.

    What was asked of a person by that day and nothing else, as on the person's page. With ``known_before`` it is
    computed from the facts recorded before that instant. Constant queries per batch, whatever the number of people.
    """
    certifications = Certification.objects.in_bulk()
    members = memberships.select_related("organisation").order_by("employee_number", "pk").iterator(chunk_size=BATCH)
    while batch := list(islice(members, BATCH)):
        yield from _batch(batch, certifications, at, on, known_before)


def _batch(
    members: Sequence[Membership],
    certifications: dict[int, Certification],
    at: datetime,
    on: date | None,
    known_before: datetime | None,
) -> Iterator[PersonStanding]:
    for gathered in facts_of(members, known_before=known_before):
        day = on or local_date(at, gathered.zone)
        for key, facts in gathered.by_certification.items():
            by_then = [it for it in employer_spans(facts) if it.from_on <= day]
            if any(is_required(it.standing) for it in by_then):
                yield PersonStanding(gathered.membership, certifications[key], gathered.zone, day, by_then[-1])
