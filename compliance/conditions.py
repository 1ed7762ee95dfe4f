"""Whom a requirement concerns: nested conditions over dated employment facts, as JSON. Plain Python.

A condition is an object with one key::

    {"all": [condition, …]}   {"any": [condition, …]}   {"not": condition}
    {"organisation": code}    {"site": code}             {"role": code}
    {"role_tag": tag}         {"sector": code}           {"jurisdiction": "ca-bc"}
    {"employment_type": type} {"hired_on": {"from": date, "before": date}}

A word may be a list of words: any of them. ``site`` takes in all that lies below it, ``jurisdiction`` all parts of a
country. ``from`` is inclusive, ``before`` exclusive, and one of the two may be left out. Each employment is judged by
itself: ``not`` asks that this employment is otherwise, and says nothing of a second one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

DEEPEST = 8
"""How far conditions may be nested."""
LARGEST = 200
"""How many conditions one may hold."""

_GROUPS = ("all", "any")
WORDS = ("organisation", "site", "role", "role_tag", "sector", "jurisdiction", "employment_type")
"""What is compared with words."""


class ConditionProblem(StrEnum):
    """What is wrong with a condition; the door that took it turns this into words."""

    NOT_AN_OBJECT = "not_an_object"
    NOT_ONE_KEY = "not_one_key"
    UNKNOWN_KEY = "unknown_key"
    EMPTY = "empty"
    NOT_A_LIST = "not_a_list"
    NOT_WORDS = "not_words"
    NOT_A_DATE = "not_a_date"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"


class ConditionError(ValueError):
    """A condition that cannot be; carries ``problem``, the ``path`` to the part, such as ``all.0.not``, and ``value``."""

    def __init__(self, problem: ConditionProblem, path: tuple[str, ...], value: object) -> None:
        self.problem = problem
        self.path = ".".join(path)
        self.value = value
        super().__init__(f"{problem} at {self.path or 'the top'}: {value!r}")


@dataclass(frozen=True, slots=True)
class JobFacts:
    """One employment as conditions see it. ``sites`` are the codes of its site and of all above it."""

    organisation: str
    sites: frozenset[str]
    role: str = ""
    role_tags: frozenset[str] = frozenset()
    sector: str = ""
    jurisdiction: str = ""
    employment_type: str = ""
    hired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All of the parts, or any of them."""

    every: bool
    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """That the part does not hold of the same employment."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Is:
    """That ``subject``, one of ``WORDS``, is one of ``words``."""

    subject: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hired:
    """That the person was hired on ``from_on`` or later, and before ``before``; None leaves a side open."""

    from_on: date | None
    before: date | None


Condition: TypeAlias = Group | Not | Is | Hired


def parse(data: object) -> Condition:
    """Return the condition that ``data``, JSON values, says.

    Raises:
        ConditionError: it says none.
    """
    if _count(data, 0) > LARGEST:
        raise ConditionError(ConditionProblem.TOO_LARGE, (), LARGEST)
    return _parse(data, ())


def _count(data: object, depth: int) -> int:
    if depth > 3 * DEEPEST:  # parsing says so with the place
        return 0
    if isinstance(data, Mapping):
        return 1 + sum(_count(it, depth + 1) for it in data.values())
    if isinstance(data, list):
        return sum(_count(it, depth + 1) if isinstance(it, Mapping | list) else 1 for it in data)
    return 0


def _parse(data: object, path: tuple[str, ...]) -> Condition:
    if not isinstance(data, Mapping):
        raise ConditionError(ConditionProblem.NOT_AN_OBJECT, path, data)
    if len(data) != 1:
        raise ConditionError(ConditionProblem.NOT_ONE_KEY, path, sorted(map(str, data)))
    [(key, value)] = data.items()
    here = (*path, str(key))
    if len(path) >= 2 * DEEPEST:
        raise ConditionError(ConditionProblem.TOO_DEEP, here, DEEPEST)
    if key in _GROUPS:
        return Group(key == "all", tuple(_parts(value, here)))
    if key == "not":
        return Not(_parse(value, here))
    if key == "hired_on":
        return _hired(value, here)
    if key in WORDS:
        return Is(key, _words(value, here))
    raise ConditionError(ConditionProblem.UNKNOWN_KEY, path, key)


def _parts(value: object, path: tuple[str, ...]) -> Iterator[Condition]:
    if not isinstance(value, list):
        raise ConditionError(ConditionProblem.NOT_A_LIST, path, value)
    if not value:
        raise ConditionError(ConditionProblem.EMPTY, path, value)
    for number, part in enumerate(value):
        yield _parse(part, (*path, str(number)))


def _words(value: object, path: tuple[str, ...]) -> tuple[str, ...]:
    words = value if isinstance(value, list) else [value]
    if not words:
        raise ConditionError(ConditionProblem.EMPTY, path, value)
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise ConditionError(ConditionProblem.NOT_WORDS, path, value)
    return tuple(words)


def _hired(value: object, path: tuple[str, ...]) -> Hired:
    if not isinstance(value, Mapping):
        raise ConditionError(ConditionProblem.NOT_AN_OBJECT, path, value)
    if unknown := [key for key in value if key not in ("from", "before")]:
        raise ConditionError(ConditionProblem.UNKNOWN_KEY, path, unknown[0])
    if not value:
        raise ConditionError(ConditionProblem.EMPTY, path, value)
    days = {key: _date(text, (*path, key)) for key, text in value.items()}
    hired = Hired(days.get("from"), days.get("before"))
    if hired.from_on and hired.before and hired.before <= hired.from_on:
        raise ConditionError(ConditionProblem.DATES_OUT_OF_ORDER, path, value)
    return hired


def _date(text: object, path: tuple[str, ...]) -> date:
    try:
        if isinstance(text, str):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConditionError(ConditionProblem.NOT_A_DATE, path, text)


def matches(condition: Condition, job: JobFacts) -> bool:
    """Whether an employment fulfils a condition; an unknown hiring date fulfils none about it."""
    match condition:
        case Group(every, parts):
            return (all if every else any)(matches(part, job) for part in parts)
        case Not(part):
            return not matches(part, job)
        case Hired(from_on, before):
            hired_on = job.hired_on
            return (
                hired_on is not None
                and (from_on is None or hired_on >= from_on)
                and (before is None or hired_on < before)
            )
        case Is(subject, words):
            return any(_is(subject, word, job) for word in words)


def _is(subject: str, word: str, job: JobFacts) -> bool:
    match subject:
        case "site":
            return word in job.sites
        case "role_tag":
            return word in job.role_tags
        case "jurisdiction":
            return job.jurisdiction == word or job.jurisdiction.startswith(f"{word}-")
    return bool(getattr(job, subject) == word)


def named(condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield (subject, word) of everything that a condition names, so that a door can look whether it exists."""
    match condition:
        case Group(_, parts):
            for part in parts:
                yield from named(part)
        case Not(part):
            yield from named(part)
        case Is(subject, words):
            for word in words:
                yield subject, word
