"""What happened to one person at one employer, day by day, as the employer may know it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from certificates.models import Certificate, Certification
from certificates.validity import ONE_DAY, local_date
from compliance.facts import facts_of
from compliance.models import Message
from compliance.selectors.adjustments import adjustments_of, agreed_other_ways, prior_learning_of
from compliance.selectors.deliveries import Delivery, delivered, deliveries
from compliance.standing import Reason, ReasonCode
from compliance.visibility import employer_spans
from people.models import Employment, Membership, Site

MESSAGES: Final = 50
"""The latest messages; older ones are in the log."""


class Happening(StrEnum):
    """What an entry is about; of one day in this order."""

    JOB_BEGAN = "job_began"
    ASKED = "asked"
    ADJUSTED = "adjusted"
    OTHER_WAY = "other_way"
    ELSEWHERE = "elsewhere"
    COMPLETED = "completed"
    REVOKED = "revoked"
    ENDED = "ended"
    TOLD = "told"
    JOB_ENDED = "job_ended"
    ASKED_NO_MORE = "asked_no_more"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, or will, on ``on``; ``last_on`` and ``due_on`` are last good days.

    ``title`` is the training, or of a job the site; ``about`` what else a sentence needs: a role, a kind, a number.
    """

    on: date
    happening: Happening
    title: str
    about: str = ""
    last_on: date | None = None
    due_on: date | None = None
    kind: str = ""
    rung: int | None = None
    deliveries: tuple[Delivery, ...] = ()
    """Of a message: its step is ``kind`` and ``rung``, and this became of it."""


def timeline(*, membership: Membership, sites: QuerySet[Site], at: datetime) -> list[Entry]:
    """Return what is on record of a person at an employer, the newest first; a constant number of queries.

    Only trainings that were asked of them, and only jobs at ``sites``. Dates without times; nobody is seen to have
    begun, or to have asked for another way before one is agreed.
    """
    titles = dict(Certification.objects.values_list("pk", "title"))
    asked = list(_asked(membership, titles))
    certifications = {key for key, _ in asked}
    entries = [
        *_jobs(membership, sites),
        *(entry for _, entry in asked),
        *_certificates(membership, certifications, titles, at),
        *_adjustments(membership),
        *_messages(membership),
    ]
    order = list(Happening)
    return sorted(entries, key=lambda it: (it.on, order.index(it.happening), it.title), reverse=True)


def _jobs(membership: Membership, sites: QuerySet[Site]) -> Iterator[Entry]:
    known = Employment.objects.current_knowledge().filter(membership=membership, site__in=sites)
    for job in known.select_related("site", "role"):
        role = job.role.name if job.role else ""
        yield Entry(job.starts_on, Happening.JOB_BEGAN, job.site.name, role)
        if job.ends_on is not None:
            yield Entry(job.ends_on, Happening.JOB_ENDED, job.site.name, role)


def _asked(membership: Membership, titles: dict[int, str]) -> Iterator[tuple[int, Entry]]:
    """Yield from when to when which training was asked for: each stretch once, however often its reasons changed."""
    for gathered in facts_of([membership]):
        for key, facts in gathered.by_certification.items():
            found: dict[tuple[str | None, date | None], Reason] = {}
            for span in employer_spans(facts):
                for reason in span.standing.reasons:
                    if reason.code is ReasonCode.REQUIREMENT:
                        found.setdefault((reason.requirement_id, reason.from_on), reason)
            for reason in found.values():
                if reason.from_on is None:
                    continue
                yield key, Entry(reason.from_on, Happening.ASKED, titles[key], due_on=reason.due_on)
                if reason.until is not None:
                    yield key, Entry(reason.until, Happening.ASKED_NO_MORE, titles[key])


def _certificates(
    membership: Membership, certifications: set[int], titles: dict[int, str], at: datetime
) -> Iterator[Entry]:
    held = Certificate.objects.filter(membership=membership, certification__in=certifications, replaced_by__isnull=True)
    for each in held:
        title, last_on = titles[each.certification_id], each.valid_until - ONE_DAY
        yield Entry(each.completed_on, Happening.COMPLETED, title, each.number, last_on)
        if each.revoked_on is not None:
            yield Entry(each.revoked_on, Happening.REVOKED, title, each.number)
        elif each.valid_until <= local_date(at, each.time_zone):
            yield Entry(each.valid_until, Happening.ENDED, title, each.number)


def _adjustments(membership: Membership) -> Iterator[Entry]:
    for it in adjustments_of(membership):
        title = it.certification.title if it.certification else ""
        kind = str(it.get_kind_display())
        yield Entry(it.from_on, Happening.ADJUSTED, title, kind, it.last_on, it.due_on)
    for way in agreed_other_ways(membership):
        if way.answered_on is not None:
            yield Entry(way.answered_on, Happening.OTHER_WAY, way.certification.title, last_on=way.last_on)
    for other in prior_learning_of(membership):
        yield Entry(other.completed_on, Happening.ELSEWHERE, other.certification.title, other.issuer)


def _messages(membership: Membership) -> Iterator[Entry]:
    own = Membership.objects.filter(pk=membership.pk)
    found = deliveries(memberships=own, from_on=date.min, last_on=date.max, today=date.max)
    sent = found.exclude(state=Message.State.CLAIMED)[:MESSAGES]
    for it in delivered(list(sent)):
        yield Entry(it.on, Happening.TOLD, it.title, kind=it.step.kind, rung=it.step.rung, deliveries=it.deliveries)
