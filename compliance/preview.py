"""What a change of what is asked would do: who enters, who leaves, whose dates move, and which mails that causes.

Nothing is written. The facts with the change are judged by the same rule as the real ones, so that what is shown is what
will be.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from certificates.validity import local_date
from compliance.changes import RequirementChange
from compliance.facts import Asked, facts_before_and_after
from compliance.judging import REMEMBERED, Judged, judge
from compliance.outlook import NOTHING, Outlook, outlook
from people.models import Employment, Membership, Organisation

BATCH: Final = 5_000
LISTED: Final = 50
"""People named of each kind; the rest is a number."""
MAIL_DAYS: Final = 30
"""How far ahead the mails of a change are counted."""


class Effect(NamedTuple):
    """What becomes of one person: the last good days before and after, None where nothing was or will be asked.

    ``training`` says of which, where a change is about several.
    """

    membership: Membership
    before: date | None
    after: date | None
    training: str = ""


@dataclass(slots=True)
class Preview:
    """What a change does. Each list names the first ``LISTED``; the numbers count all.

    ``recounted`` are counted another way today, by the same days, where a change is about that.
    ``undated`` are people whose date cannot be worked out yet. ``mails_today`` are told at once, ``mails_soon`` within
    ``MAIL_DAYS`` days. ``share_percent`` is the part of everybody at work whom it touches, rounded up.
    """

    enters: list[Effect] = field(default_factory=list)
    leaves: list[Effect] = field(default_factory=list)
    moves: list[Effect] = field(default_factory=list)
    recounted: list[Effect] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mails_today: int = 0
    mails_soon: int = 0
    at_work: int = 0

    @property
    def touched(self) -> int:
        """Return how many people it touches."""
        return sum(self.counts[kind] for kind in (*NAMED, "recounted"))

    @property
    def listed(self) -> list[list[Effect]]:
        """Return whom the page names, kind by kind."""
        return [self.enters, self.leaves, self.moves]

    @property
    def counted_otherwise(self) -> list[list[Effect]]:
        """Return whom the page about counting names."""
        return [self.moves, self.recounted]

    @property
    def share_percent(self) -> int:
        """Return the part of everybody at work whom it touches, rounded up.

        Whoever is touched in several trainings counts for each, up to everybody: rather a second look too often.
        """
        return min(100, -(-100 * self.touched // self.at_work)) if self.at_work else 0

    @property
    def of_several(self) -> bool:
        """Whether it is about several trainings, so that it is said of each person of which."""
        return any(it.training for some in self.listed for it in some)


class Found(NamedTuple):
    """One person who is to be named: the key of the membership, and the last good days before and after."""

    key: int
    before: date | None
    after: date | None


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
    found = Preview(at_work=people_at_work(organisation, today))
    named: dict[str, list[Found]] = {kind: [] for kind in NAMED}
    keys = sorted(set(memberships))
    each = facts_before_and_after(
        keys, organisation=organisation, change=change, certification_id=certification_id, batch=BATCH
    )
    for done, (key, was, will) in enumerate(each, start=1):
        _note(found, named, key, was, will, today)
        if done % BATCH == 0 or done == len(keys):
            progress(done)
    members = members_named([it.key for some in named.values() for it in some])
    for kind, into in zip(NAMED, found.listed, strict=True):
        effects = (Effect(members[it.key], it.before, it.after) for it in named[kind] if it.key in members)
        into += sorted(effects, key=lambda it: (it.membership.name, it.membership.pk))
    return found


def together(parts: Sequence[tuple[str, Preview]], *, organisation: Organisation, at: datetime) -> Preview:
    """Return what several trainings' previews say as one; ``parts`` are the title and the preview of each."""
    found = Preview(at_work=people_at_work(organisation, local_date(at, organisation.time_zone)))
    for title, part in parts:
        found.counts.update(part.counts)
        found.mails_today += part.mails_today
        found.mails_soon += part.mails_soon
        for into, some in zip(found.listed, part.listed, strict=True):
            into += [it._replace(training=title) for it in some] if len(parts) > 1 else some
    for some in found.listed:
        del some[LISTED:]
    return found


def people_at_work(organisation: Organisation, on: date) -> int:
    """Return how many people are at work on a day."""
    people = Employment.objects.covering(on).filter(membership__organisation=organisation)
    return people.values("membership").distinct().count()


NAMED: Final = ("enters", "leaves", "moves")
"""The kinds of which people are named, in the order of ``Preview.listed``."""


def members_named(keys: Iterable[int]) -> dict[int, Membership]:
    """Return what a page says of people, by key."""
    return Membership.objects.only("public_id", "employee_number", "name").in_bulk(list(keys))


def to_json(found: Preview) -> dict[str, Any]:
    """Return a preview as plain JSON values, people by the keys of their memberships and days in ISO form."""
    return {
        "counts": dict(found.counts),
        "mails_today": found.mails_today,
        "mails_soon": found.mails_soon,
        "at_work": found.at_work,
        "listed": [
            [[it.membership.pk, _iso(it.before), _iso(it.after), it.training] for it in some] for some in found.listed
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Preview:
    """Return the preview that ``to_json`` wrote; people who are gone are left out of its lists. One query."""
    found = Preview(
        counts=Counter(kept["counts"]),
        mails_today=kept["mails_today"],
        mails_soon=kept["mails_soon"],
        at_work=kept["at_work"],
    )
    members = members_named(key for some in kept["listed"] for key, *_ in some)
    for into, some in zip(found.listed, kept["listed"], strict=True):
        into += [
            Effect(members[key], _day(before), _day(after), *training)
            for key, before, after, *training in some
            if key in members
        ]
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _note(
    found: Preview,
    named: dict[str, list[Found]],
    key: int,
    asked_before: Asked | None,
    asked_after: Asked | None,
    today: date,
) -> None:
    was = _outlook(asked_before, today)
    will = was if asked_after is asked_before else _outlook(asked_after, today)
    if not was.required and not will.required:
        return
    if not was.required:
        kind = "enters"
    elif not will.required:
        kind = "leaves"
    elif was.due_on != will.due_on:
        kind = "moves"
    else:
        kind = "same"
    found.counts[kind] += 1
    if will.undated:
        found.counts["undated"] += 1
    if kind in named and len(named[kind]) < LISTED:
        named[kind].append(Found(key, was.due_on, will.due_on))
    if kind in ("enters", "moves") and asked_after is not None:
        days = told_on(judge(asked_after.facts, asked_after.ladders), today)
        found.mails_today += today in days
        found.mails_soon += bool(days)


def _outlook(asked_of: Asked | None, today: date) -> Outlook:
    return NOTHING if asked_of is None else outlook(asked_of.facts, today)


@lru_cache(maxsize=REMEMBERED)
def told_on(judged: Judged, today: date) -> tuple[date, ...]:
    """Return the days from today on on which somebody is told something, as far ahead as mails are counted."""
    return tuple(step.on for step in judged.steps if today <= step.on <= today + timedelta(days=MAIL_DAYS))
