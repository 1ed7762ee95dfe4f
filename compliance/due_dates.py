"""When something is due for the first time: rules as JSON, over the dates of a person. Plain Python.

A rule is one of::

    {"on": "2026-04-01"}
    {"after": "hire", "in": "90d"}        also "role_start", "requirement_start", "licence_renewal"
    {"later_of": [rule, rule]}

The answer is the last good day: ``0d`` after hire is the first day at work. Months and years keep the day of the
month; a month that lacks it gives its last day. A rule whose base is not known gives None, and nothing in its place
(renewal, rule R14).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from certificates.validity import ONE_DAY, Duration, PolicyError

BASES = ("hire", "role_start", "requirement_start", "licence_renewal")


class DueRuleProblem(StrEnum):
    """What is wrong with a rule; the door that took it turns this into words."""

    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_KEYS = "unknown_keys"
    UNKNOWN_BASE = "unknown_base"
    NOT_A_DATE = "not_a_date"
    NOT_A_DURATION = "not_a_duration"
    NOT_TWO = "not_two"


class DueRuleError(ValueError):
    """A rule that cannot be; carries ``problem`` and ``value``."""

    def __init__(self, problem: DueRuleProblem, value: object) -> None:
        self.problem = problem
        self.value = value
        super().__init__(f"{problem}: {value!r}")


@dataclass(frozen=True, slots=True)
class Bases:
    """The dates of one person that rules count from; None is not known."""

    hire: date | None = None
    role_start: date | None = None
    requirement_start: date | None = None
    licence_renewal: date | None = None


@dataclass(frozen=True, slots=True)
class On:
    """A fixed date."""

    day: date


@dataclass(frozen=True, slots=True)
class After:
    """A length of time after one of ``BASES``."""

    base: str
    length: Duration


@dataclass(frozen=True, slots=True)
class LaterOf:
    """The later of two."""

    first: "DueRule"
    second: "DueRule"


DueRule: TypeAlias = On | After | LaterOf


def parse_due_rule(data: object, depth: int = 0) -> DueRule:
    """Return the rule that ``data``, JSON values, says.

    Raises:
        DueRuleError: it says none.
    """
    if not isinstance(data, Mapping) or depth > 3:
        raise DueRuleError(DueRuleProblem.NOT_AN_OBJECT, data)
    match dict(data):
        case {"on": day, **rest} if not rest:
            return On(_date(day))
        case {"after": base, "in": length, **rest} if not rest:
            if base not in BASES:
                raise DueRuleError(DueRuleProblem.UNKNOWN_BASE, base)
            return After(base, _duration(length))
        case {"later_of": [first, second], **rest} if not rest:
            return LaterOf(parse_due_rule(first, depth + 1), parse_due_rule(second, depth + 1))
        case {"later_of": rules, **rest} if not rest:
            raise DueRuleError(DueRuleProblem.NOT_TWO, rules)
    raise DueRuleError(DueRuleProblem.UNKNOWN_KEYS, sorted(map(str, data)))


def due_rule_to_json(rule: DueRule) -> dict[str, Any]:
    """Return the JSON values that ``parse_due_rule`` reads as ``rule``."""
    match rule:
        case On(day):
            return {"on": day.isoformat()}
        case After(base, length):
            return {"after": base, "in": str(length)}
        case LaterOf(first, second):
            return {"later_of": [due_rule_to_json(first), due_rule_to_json(second)]}


def _date(text: object) -> date:
    try:
        if isinstance(text, str):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DueRuleError(DueRuleProblem.NOT_A_DATE, text)


def _duration(text: object) -> Duration:
    if not isinstance(text, str):
        raise DueRuleError(DueRuleProblem.NOT_A_DURATION, text)
    try:
        return Duration.parse(text)
    except PolicyError as error:
        raise DueRuleError(DueRuleProblem.NOT_A_DURATION, text) from error


def due_date(rule: DueRule, bases: Bases) -> date | None:
    """Return the last good day; None where a base is not known."""
    match rule:
        case On(day):
            return day
        case After(base, length):
            start = getattr(bases, base)
            return None if start is None else last_good_day(start, length)
        case LaterOf(first, second):
            days = (due_date(first, bases), due_date(second, bases))
            return None if days[0] is None or days[1] is None else max(days[0], days[1])


def bases_of(rule: DueRule) -> frozenset[str]:
    """Return which of ``BASES`` a rule counts from."""
    match rule:
        case After(base, _):
            return frozenset({base})
        case LaterOf(first, second):
            return bases_of(first) | bases_of(second)
    return frozenset()


def last_good_day(start: date, length: Duration) -> date:
    """Return the last good day of somebody who has ``length`` from ``start`` on; zero is the day itself."""
    end = length.after(start)
    missing_day = length.months and end.day != start.day
    return end - ONE_DAY if missing_day else end
