"""What a change of what is asked would do: who enters, who leaves, whose dates move, and which mails that causes.

Nothing is written. The facts with the change are judged by the same rule as the real ones, so that what is shown is what
will be.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from certificates.validity import local_date
from compliance.changes import RequirementChange
from compliance.facts import Asked, facts_before_and_after
from compliance.judging import REMEMBERED, Judged, judge
from compliance.standing import State
from people.models import Employment, Membership, Organisation

BATCH: Final = 500
LISTED: Final = 50
"""People named of each kind; the rest is a number."""
MAIL_DAYS: Final = 30
"""How far ahead the mails of a change are counted."""


class Effect(NamedTuple):
    """What becomes of one person: the last good days before and after, None where nothing was or will be asked."""

    membership: Membership
    before: date | None
    after: date | None


@dataclass(slots=True)
class Preview:
    """What a change does. Each list names the first ``LISTED``; the numbers count all.

    ``undated`` are people whose date cannot be worked out yet. ``mails_today`` are told at once, ``mails_soon`` within
    ``MAIL_DAYS`` days. ``share_percent`` is the part of everybody at work whom it touches, rounded up.
    """

    enters: list[Effect] = field(default_factory=list)
    leaves: list[Effect] = field(default_factory=list)
    moves: list[Effect] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mails_today: int = 0
    mails_soon: int = 0
    at_work: int = 0

    @property
    def touched(self) -> int:
        """Return how many people it touches."""
        return self.counts["enters"] + self.counts["leaves"] + self.counts["moves"]

    @property
    def listed(self) -> list[list[Effect]]:
        """Return whom the page names, kind by kind."""
        return [self.enters, self.leaves, self.moves]

    @property
    def share_percent(self) -> int:
        """Return the part of everybody at work whom it touches, rounded up."""
        return -(-100 * self.touched // self.at_work) if self.at_work else 0


class _Asked(NamedTuple):
    """What is asked of somebody from a day on: whether, by when, and the days on which they are told."""

    required: bool
    due_on: date | None
    undated: bool
    told_on: tuple[date, ...]


def preview(
    change: RequirementChange,
    *,
    organisation: Organisation,
    certification_id: int,
    memberships: Iterable[int],
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Preview:
    """Return what ``change`` does to ``memberships`` (keys; those whom it may touch) from today on.

    ``progress`` hears after each ``BATCH`` of people how many were looked at.
    """
    today = local_date(at, organisation.time_zone)
    found = Preview(
        at_work=Employment.objects.covering(today)
        .filter(membership__organisation=organisation)
        .values("membership")
        .distinct()
        .count()
    )
    keys = sorted(set(memberships))
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        # All are of one organisation: loading it with each of them would cost as much as their facts.
        named = Membership.objects.only("organisation", "public_id", "employee_number", "name")
        members = list(named.filter(pk__in=part).order_by("name", "pk"))
        for member in members:
            member.organisation = organisation
        for member, was, will in facts_before_and_after(members, change=change, certification_id=certification_id):
            _note(found, member, _judged(was, today), _judged(will, today), today)
        progress(min(start + BATCH, len(keys)))
    return found


_NOTHING: Final = _Asked(False, None, False, ())


def _judged(asked_of: Asked | None, today: date) -> _Asked:
    """Judge the days from today on."""
    if asked_of is None:
        return _NOTHING
    return _from(judge(asked_of.facts, asked_of.ladders), today)


@lru_cache(maxsize=REMEMBERED)
def _from(judged: Judged, today: date) -> _Asked:
    asked = [it for it in judged.spans if it.required and (it.until is None or it.until > today)]
    if not asked:
        return _NOTHING
    due_on = next((it.due_on for it in asked if it.due_on is not None), None)
    told_on = tuple(step.on for step in judged.steps if today <= step.on <= today + timedelta(days=MAIL_DAYS))
    return _Asked(True, due_on, asked[0].state == State.NEEDS_DATE, told_on)


def _note(found: Preview, member: Membership, was: _Asked, will: _Asked, today: date) -> None:
    if not was.required and not will.required:
        return
    effect = Effect(member, was.due_on, will.due_on)
    if not was.required:
        kind, into = "enters", found.enters
    elif not will.required:
        kind, into = "leaves", found.leaves
    elif was.due_on != will.due_on:
        kind, into = "moves", found.moves
    else:
        kind, into = "same", []
    found.counts[kind] += 1
    if will.undated:
        found.counts["undated"] += 1
    if len(into) < LISTED:
        into.append(effect)
    if kind in ("enters", "moves"):
        found.mails_today += today in will.told_on
        found.mails_soon += bool(will.told_on)
