"""What a rule says: one frozen value per thing that a law, a policy or a recommendation asks for.

Plain Python. ``rule_to_json`` and ``rule_from_json`` are each other's inverse: the database keeps the JSON.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from certificates.validity import Duration

STATUSES: Final = (
    "law",
    "regulation",
    "policy",
    "licence-condition",
    "contract",
    "recommendation",
    "proposal",
)
DUTIES: Final = ("training", "teaching", "report")
"""Training of staff; teaching of pupils, which nobody is assigned to; a report of the organisation."""
TRIGGERS: Final = ("hire", "role-start", "initial-training", "licence-issue", "licence-renewal", "contract-start")
RECURRENCES: Final = ("none", "every", "anniversary", "calendar-years", "licence-renewal")
CONDITIONS: Final = ("approved-course", "interactive", "individual-only", "on-premises", "video", "paid-time")
EVIDENCE: Final = ("certificate", "transcript", "acknowledgement", "roster", "employer-statement")
RETENTIONS: Final = ("employment", "current-and-former")
EMPLOYED: Final = ("direct", "agency", "contractor", "volunteer")
UNSTATED: Final = ("first-due", "minimum-minutes", "recurrence")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read; ``url`` is empty where only a copy or a book was seen."""

    title: str
    section: str
    url: str
    seen_on: date
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Unless:
    """An exception that the size of a site alone does not decide: at most so many rooms, and what ``says`` adds."""

    rooms_at_most: int
    says: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sites a rule is about. No kinds: every kind. ``kinds_to_check``: it may be about these too, ask.

    ``area``: it holds in a part of the place only, such as a city or a school board; ask. ``ages``: which ages it leaves
    out, in words, as no age of anybody is kept.
    ``employed``: on whose books the people are (``people.Employment.Type``); none: on anybody's.
    ``asks_organisation``: thresholds of the whole organisation decide (turnover, assets), which are not kept here.
    """

    kinds: tuple[str, ...] = ()
    kinds_to_check: tuple[str, ...] = ()
    employed: tuple[str, ...] = ()
    rooms_at_least: int | None = None
    size_at_least: int | None = None
    unless: Unless | None = None
    asks_organisation: bool = False
    area: str = ""
    ages: str = ""


@dataclass(frozen=True, slots=True)
class FirstDue:
    """``within`` a time after ``after`` happens (0 days: as part of it), ``by`` a fixed day, or the ``later_of`` two such.

    Never more than one of the three.
    """

    after: str = ""
    within: Duration | None = None
    by: date | None = None
    later_of: "tuple[FirstDue, ...]" = ()

    @property
    def parts(self) -> "tuple[FirstDue, ...]":
        """Return the two of which the later counts, or this one alone."""
        return self.later_of or (self,)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often: ``every`` length after completion; on each ``anniversary``; in calendar years; with each licence; or not.

    An anniversary is a whole number of lengths after the first completion, and what is done in the ``window`` before it
    counts for it.
    """

    kind: str = "none"
    length: Duration | None = None
    window: Duration | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves courses, and how long they may take to answer."""

    body: str
    decides_within: Duration | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long evidence is kept: for the employment ``and_after``, or of everybody who ever worked there."""

    kind: str
    and_after: Duration | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """What has to hang on the wall."""

    width_inches: int
    height_inches: int
    font_points: int
    languages: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class EmployerDate:
    """A day of every year on which the employer, not a person, owes something."""

    month: int
    day: int
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One mandate. ``not_stated`` names what its text leaves open, so that a gap is not read as nothing."""

    code: str
    title: str
    place: str
    jurisdiction: str
    status: str
    duty: str
    who: str
    scope: Scope
    recurrence: Recurrence
    sources: tuple[Source, ...]
    verified_on: date
    review_by: date
    roles: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_until: date | None = None
    first_due: FirstDue | None = None
    minimum_minutes: int = 0
    conditions: tuple[str, ...] = ()
    approval: Approval | None = None
    topics: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    retention: Retention | None = None
    produce_within_hours: int = 0
    produce_note: str = ""
    sign: Sign | None = None
    employer_date: EmployerDate | None = None
    also: tuple[str, ...] = ()
    penalty: str = ""
    not_stated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def binds(self) -> bool:
        """Whether anything can be assigned because of it: a duty to train that is more than a proposal."""
        return self.duty == "training" and self.status != "proposal"


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that an organisation adopts together."""

    code: str
    title: str
    summary: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Covering:
    """A lesson that covers a topic; with ``place`` only for rules of that place and below."""

    course: str
    lesson: str
    objective: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that rules ask a course to cover."""

    code: str
    title: str
    covered_by: tuple[Covering, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All that the folder of packs holds."""

    packs: tuple[Pack, ...]
    topics: tuple[Topic, ...]


Json = dict[str, Any]


def to_json(value: Any) -> Any:
    """Return a value of this module as plain JSON: days as ISO, durations as ``90d``, everything else as it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Duration):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Duration) else value


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    """Return the rule that ``to_json`` wrote; what an older version did not know takes its default."""
    values = dict(data)
    for name in ("verified_on", "review_by", "in_force_from", "in_force_until"):
        values[name] = _day(values.get(name))
    for name in ("roles", "conditions", "topics", "evidence", "also", "not_stated", "notes"):
        values[name] = tuple(values.get(name, ()))
    values["sources"] = tuple(Source(**{**it, "seen_on": _day(it["seen_on"])}) for it in values["sources"])
    values["scope"] = _scope(values["scope"])
    values["recurrence"] = Recurrence(**_durations(values["recurrence"], "length", "window"))
    for name, shape, durations in (
        ("approval", Approval, ("decides_within",)),
        ("retention", Retention, ("and_after",)),
        ("employer_date", EmployerDate, ()),
    ):
        part = values.get(name)
        values[name] = shape(**_durations(part, *durations)) if part else None
    due, sign = values.get("first_due"), values.get("sign")
    values["first_due"] = _first_due(due) if due else None
    values["sign"] = Sign(**{**sign, "languages": tuple(sign["languages"])}) if sign else None
    return Rule(**values)


def topic_from_json(data: Mapping[str, Any]) -> Topic:
    """Return the topic that ``to_json`` wrote."""
    return Topic(data["code"], data["title"], tuple(Covering(**each) for each in data["covered_by"]))


def _first_due(data: Mapping[str, Any]) -> FirstDue:
    parts = tuple(_first_due(each) for each in data.get("later_of", ()))
    return FirstDue(**{**_durations(data, "within"), "by": _day(data.get("by")), "later_of": parts})


def _scope(data: Mapping[str, Any]) -> Scope:
    unless = data.get("unless")
    return Scope(
        **{
            **data,
            "kinds": tuple(data["kinds"]),
            "kinds_to_check": tuple(data["kinds_to_check"]),
            "employed": tuple(data.get("employed", ())),
            "unless": Unless(**unless) if unless else None,
        }
    )


def _durations(data: Mapping[str, Any], *names: str) -> Json:
    return {**data, **{name: Duration.parse(data[name]) for name in names if data.get(name)}}


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value
