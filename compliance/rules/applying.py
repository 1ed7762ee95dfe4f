"""Which rules are about a site, which of several is the strictest, and when it makes a person due.

Plain Python: no clock, no database, no settings. A fact of a site that is not known makes an answer unknown, never
no: until somebody says what kind of place it is, its rules stay in view.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from certificates.validity import Duration
from compliance.due_dates import After, DueRule, LaterOf, On, last_good_day
from compliance.recurrence import LICENCE, again, in_calendar_years, on_anniversaries, parse_recurs
from compliance.rules.schema import FirstDue, Recurrence, Retention, Rule

_ANY_DAY = date(2001, 1, 1)


class Answer(StrEnum):
    """Whether a rule is about a site."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What rules ask of a site: ``jurisdiction`` like ``ca-bc``, kind of place, guest rooms, people at work.

    "" and None: not known.
    """

    jurisdiction: str
    kind: str = ""
    rooms: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Whether ``rule`` is about a site; ``missing`` names the facts that would settle an unknown answer.

    They are ``jurisdiction``, ``kind``, ``kind_to_check``, ``rooms``, ``size``, ``exception``, ``area`` and
    ``organisation``.
    """

    rule: Rule
    answer: Answer
    missing: tuple[str, ...] = ()


def applies(rule: Rule, site: SiteFacts, on: date) -> Match:
    """Return whether ``rule`` is about ``site`` on the day ``on``."""
    if not _in_force(rule, on):
        return Match(rule, Answer.NO)
    missing: list[str] = []
    for name, answer in (
        ("jurisdiction", _covers(rule.jurisdiction, site.jurisdiction)),
        *_kind(rule, site),
        ("rooms", _at_least(site.rooms, rule.scope.rooms_at_least)),
        ("size", _at_least(site.size, rule.scope.size_at_least)),
        *_exception(rule, site),
        ("area", Answer.UNKNOWN if rule.scope.area else Answer.YES),
        ("organisation", Answer.UNKNOWN if rule.scope.asks_organisation else Answer.YES),
    ):
        if answer is Answer.NO:
            return Match(rule, Answer.NO)
        if answer is Answer.UNKNOWN:
            missing.append(name)
    return Match(rule, Answer.UNKNOWN if missing else Answer.YES, tuple(missing))


def applicable(rules: Iterable[Rule], site: SiteFacts, on: date) -> tuple[Match, ...]:
    """Return the rules that are, or may be, about ``site`` on the day ``on``."""
    matches = (applies(rule, site, on) for rule in rules)
    return tuple(match for match in matches if match.answer is not Answer.NO)


def lies_in(place: str, area: str) -> bool:
    """Whether ``place`` is ``area`` or a part of it: ``ca-bc`` lies in ``ca``."""
    return place == area or place.startswith(f"{area}-")


def _in_force(rule: Rule, on: date) -> bool:
    begun = rule.in_force_from is None or rule.in_force_from <= on
    return begun and (rule.in_force_until is None or on < rule.in_force_until)


def _covers(area: str, place: str) -> Answer:
    if not place or (lies_in(area, place) and area != place):
        return Answer.UNKNOWN
    return Answer.YES if lies_in(place, area) else Answer.NO


def _kind(rule: Rule, site: SiteFacts) -> tuple[tuple[str, Answer], ...]:
    if not rule.scope.kinds or site.kind in rule.scope.kinds:
        return ()
    if not site.kind:
        return (("kind", Answer.UNKNOWN),)
    return (("kind_to_check", Answer.UNKNOWN if site.kind in rule.scope.kinds_to_check else Answer.NO),)


def _at_least(number: int | None, bound: int | None) -> Answer:
    if bound is None:
        return Answer.YES
    if number is None:
        return Answer.UNKNOWN
    return Answer.YES if number >= bound else Answer.NO


def _exception(rule: Rule, site: SiteFacts) -> tuple[tuple[str, Answer], ...]:
    """An exception asks more than the size, so a small site is never let off by its size alone."""
    unless = rule.scope.unless
    if unless is None or (site.rooms is not None and site.rooms > unless.rooms_at_most):
        return ()
    return (("rooms" if site.rooms is None else "exception", Answer.UNKNOWN),)


# When somebody is due


def first_due(rule: Rule, started_on: date) -> date | None:
    """Return the last good day of somebody whose clock starts on ``started_on``; None where the rule sets none.

    Counted as ``compliance.due_dates`` counts: from the day after, months to the same day of the month.
    """
    if rule.first_due is None:
        return None
    return max(_first_due(part, started_on) for part in rule.first_due.parts)


def _first_due(due: FirstDue, started_on: date) -> date:
    if due.by is not None:
        return max(due.by, started_on)
    assert due.within is not None
    return last_good_day(started_on, due.within)


_BASES: Final = {
    "hire": "hire",
    "role-start": "role_start",
    "initial-training": "role_start",
    "licence-issue": "licence_renewal",
    "licence-renewal": "licence_renewal",
    # Whose contract it is stands nowhere: who is asked because of it is asked from its start.
    "contract-start": "requirement_start",
}
"""What a rule counts from, as requirements call it."""


def due_rule_of(due: FirstDue) -> DueRule:
    """Return by when the first time is, as requirements count it for each person."""
    if due.later_of:
        first, second = due.later_of
        return LaterOf(due_rule_of(first), due_rule_of(second))
    if due.by is not None:
        return On(due.by)
    assert due.within is not None
    return After(_BASES[due.after], due.within)


def again_due(rule: Rule, completed_on: date) -> date | None:
    """Return the last good day to do it again after a first ``completed_on``; None where the rule names no date for it."""
    text = recurs_of(rule.recurrence)
    following = again(parse_recurs(text), [completed_on]) if text else None
    return following.due_on if following else None


def recurs_of(recurrence: Recurrence) -> str:
    """Return how often, as requirements keep it (form: ``compliance.recurrence``); "" where it is not asked again.

    Raises:
        PolicyError: the window is longer than the length, or it is longer than requirements can keep.
    """
    if recurrence.kind == "licence-renewal":
        return LICENCE
    if recurrence.length is None:
        return ""
    text = str(recurrence.length)
    if recurrence.kind == "calendar-years":
        text = in_calendar_years(recurrence.length)
    elif recurrence.window is not None:
        text = on_anniversaries(recurrence.length, recurrence.window)
    parse_recurs(text)
    return text


@dataclass(frozen=True, slots=True)
class Earlier:
    """A day on which ``rule`` makes somebody due before their certificate's printed last day."""

    due_on: date
    rule: Rule


def earlier_due(rules: Iterable[Rule], completed_on: date, last_valid_on: date) -> Earlier | None:
    """Return the earliest day that a binding rule sets before ``last_valid_on``, with the rule; None where none does."""
    found = [
        Earlier(due_on, rule)
        for rule in rules
        if rule.binds and (due_on := again_due(rule, completed_on)) is not None and due_on < last_valid_on
    ]
    return min(found, key=lambda it: (it.due_on, it.rule.code), default=None)


# Stacking


@dataclass(frozen=True, slots=True)
class Dimension:
    """What the strictest of several rules asks in one respect, and the codes of all rules that ask exactly that."""

    value: Any
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strictest:
    """What holds where several rules stack. None: no rule says anything in that respect.

    ``first_due`` and ``again_due`` are last good days; of ``retention`` everybody for ever is the longest. Of the rest
    each thing asked stands once, with the rules that ask it.
    """

    first_due: Dimension | None = None
    minimum_minutes: Dimension | None = None
    again_due: Dimension | None = None
    retention: Dimension | None = None
    produce_within_hours: Dimension | None = None
    conditions: tuple[Dimension, ...] = ()
    topics: tuple[Dimension, ...] = ()
    evidence: tuple[Dimension, ...] = ()


def strictest(rules: Iterable[Rule], *, started_on: date, completed_on: date) -> Strictest:
    """Return what all of the binding ``rules`` together ask of somebody who started and completed on these days.

    The days are needed to compare 60 days with two months, and a year with a calendar year. Proposals, reports and
    teaching ask nothing of staff.
    """
    binding = [rule for rule in rules if rule.binds]
    return Strictest(
        first_due=_pick(binding, lambda rule: first_due(rule, started_on), min),
        minimum_minutes=_pick(binding, lambda rule: rule.minimum_minutes or None, max),
        again_due=_pick(binding, lambda rule: again_due(rule, completed_on), min),
        retention=_pick(binding, lambda rule: rule.retention, _longest),
        produce_within_hours=_pick(binding, lambda rule: rule.produce_within_hours or None, min),
        conditions=_union(binding, lambda rule: rule.conditions),
        topics=_union(binding, lambda rule: rule.topics),
        evidence=_union(binding, lambda rule: rule.evidence),
    )


def _pick(
    rules: Sequence[Rule], value_of: Callable[[Rule], Any], strictest_of: Callable[[Iterable[Any]], Any]
) -> Dimension | None:
    values = {rule.code: value for rule in rules if (value := value_of(rule)) is not None}
    if not values:
        return None
    chosen = strictest_of(values.values())
    return Dimension(chosen, tuple(code for code, value in values.items() if value == chosen))


def _longest(retentions: Iterable[Retention]) -> Retention:
    return max(retentions, key=lambda it: (it.kind == "current-and-former", _weight(it.and_after)))


def _weight(duration: Duration | None) -> date:
    return duration.after(_ANY_DAY) if duration else _ANY_DAY


def _union(rules: Sequence[Rule], values_of: Callable[[Rule], tuple[str, ...]]) -> tuple[Dimension, ...]:
    asked: dict[str, list[str]] = {}
    for rule in rules:
        for value in values_of(rule):
            asked.setdefault(value, []).append(rule.code)
    return tuple(Dimension(value, tuple(codes)) for value, codes in asked.items())
