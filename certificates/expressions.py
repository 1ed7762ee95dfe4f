"""What a certification asks for: courses, sessions in person and attestations, combined, as JSON. Plain Python.

An expression is an object with one of these::

    {"course": code}
    {"session": code}          being there at a session in person of that course
    {"attestation": code, "text": "…"}    the workplace confirms what the text says
    {"all": [expression, …]}   {"any": [expression, …]}   {"n": 2, "of": [expression, …]}
    {"certification": code}    what that other certification asks for

A certification without one asks for all of its courses. ``refreshers`` are expressions of which a renewal in time asks
one, in turn: year 1 the first, year 2 the second, then the first again. Whoever does the whole instead has done it too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from certificates.validity import Period

DEEPEST = 8
"""How far expressions may be nested, those of other certifications counted in."""
LONGEST_TEXT = 300
"""Characters of what is confirmed."""
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ExpressionProblem(StrEnum):
    """What is wrong with an expression; the form that took it turns this into words."""

    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_KEYS = "unknown_keys"
    EMPTY = "empty"
    NOT_A_COUNT = "not_a_count"
    UNKNOWN_COURSE = "unknown_course"
    UNKNOWN_CERTIFICATION = "unknown_certification"
    CYCLE = "cycle"
    TOO_DEEP = "too_deep"
    NOT_A_CODE = "not_a_code"
    NO_TEXT = "no_text"
    NOTHING_LEARNT = "nothing_learnt"


class ExpressionError(ValueError):
    """An expression that cannot be; carries ``problem`` and ``value``."""

    def __init__(self, problem: ExpressionProblem, value: object) -> None:
        self.problem = problem
        self.value = value
        super().__init__(f"{problem}: {value!r}")


@dataclass(frozen=True, slots=True)
class Part:
    """One course, by its key."""

    course_id: int


@dataclass(frozen=True, slots=True)
class InSession:
    """Being there at a session in person of a course, by its key."""

    course_id: int


@dataclass(frozen=True, slots=True)
class Attested:
    """That the workplace confirms something, by its code; what it confirms is the ``text``."""

    code: str
    text: str = field(default="", compare=False)


Leaf: TypeAlias = Part | InSession | Attested
"""What can be done by itself."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``n`` of the parts; all of them, or any, are the two ends of it."""

    n: int
    parts: "tuple[Expression, ...]"


Expression: TypeAlias = Leaf | AtLeast


def every(courses: Iterable[int]) -> AtLeast:
    """Return the expression that asks for all of ``courses``."""
    parts = tuple(Part(it) for it in sorted(courses))
    return AtLeast(len(parts), parts)


def parse_expression(
    data: object, courses: Mapping[str, int], certifications: Mapping[str, object] | None = None, *, own: str = ""
) -> Expression:
    """Return the expression that ``data``, JSON values, says.

    ``courses`` are the keys of the certification's courses by code. ``certifications`` are the expressions of others,
    by code; ``own`` is the code of the one that this expression is of.

    Raises:
        ExpressionError: it says none, names what is not there, comes back to itself, or can be fulfilled by being
            confirmed alone.
    """
    found = _parse(data, courses, certifications or {}, (own,) if own else (), 0)
    if not _always_learns(found):
        raise ExpressionError(
            ExpressionProblem.NOTHING_LEARNT, sorted(it.code for it in leaves(found) if isinstance(it, Attested))
        )
    return found


def _always_learns(expression: Expression) -> bool:
    """Whether every way to fulfil an expression has a course or a session in it: a certificate says what was learnt."""
    if not isinstance(expression, AtLeast):
        return not isinstance(expression, Attested)
    return sum(not _always_learns(part) for part in expression.parts) < expression.n


def _parse(
    data: object,
    courses: Mapping[str, int],
    certifications: Mapping[str, object],
    within: tuple[str, ...],
    depth: int,
) -> Expression:
    if depth > DEEPEST:
        raise ExpressionError(ExpressionProblem.TOO_DEEP, DEEPEST)
    if not isinstance(data, Mapping):
        raise ExpressionError(ExpressionProblem.NOT_AN_OBJECT, data)
    match dict(data):
        case {"course": code, **rest} if not rest:
            if not isinstance(code, str) or code not in courses:
                raise ExpressionError(ExpressionProblem.UNKNOWN_COURSE, code)
            return Part(courses[code])
        case {"session": code, **rest} if not rest:
            if not isinstance(code, str) or code not in courses:
                raise ExpressionError(ExpressionProblem.UNKNOWN_COURSE, code)
            return InSession(courses[code])
        case {"attestation": code, "text": text, **rest} if not rest:
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                raise ExpressionError(ExpressionProblem.NOT_A_CODE, code)
            if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
                raise ExpressionError(ExpressionProblem.NO_TEXT, code)
            return Attested(code, " ".join(text.split()))
        case {"certification": code, **rest} if not rest:
            if not isinstance(code, str) or (code not in certifications and code not in within):
                raise ExpressionError(ExpressionProblem.UNKNOWN_CERTIFICATION, code)
            if code in within:
                raise ExpressionError(ExpressionProblem.CYCLE, " → ".join((*within, code)))
            return _parse(certifications[code], courses, certifications, (*within, code), depth + 1)
        case {"all": list(parts), **rest} if not rest:
            return _at_least(len(parts), parts, courses, certifications, within, depth)
        case {"any": list(parts), **rest} if not rest:
            return _at_least(1, parts, courses, certifications, within, depth)
        case {"n": n, "of": list(parts), **rest} if not rest:
            if type(n) is not int or not 1 <= n <= len(parts):
                raise ExpressionError(ExpressionProblem.NOT_A_COUNT, n)
            return _at_least(n, parts, courses, certifications, within, depth)
    raise ExpressionError(ExpressionProblem.UNKNOWN_KEYS, sorted(map(str, data)))


def _at_least(
    n: int,
    parts: Sequence[object],
    courses: Mapping[str, int],
    certifications: Mapping[str, object],
    within: tuple[str, ...],
    depth: int,
) -> AtLeast:
    if not parts:
        raise ExpressionError(ExpressionProblem.EMPTY, parts)
    return AtLeast(n, tuple(_parse(it, courses, certifications, within, depth + 1) for it in parts))


def asked(whole: Expression, refreshers: Sequence[Expression], renewals_in_time: int | None) -> Expression:
    """Return what is asked of whoever has renewed so often without a gap; None: of whoever holds nothing valid."""
    if not refreshers or renewals_in_time is None:
        return whole
    return AtLeast(1, (refreshers[renewals_in_time % len(refreshers)], whole))


def renewals_in_time(periods: Iterable[Period], on: date) -> int | None:
    """Return how often whoever holds ``periods`` has renewed without a gap up to ``on``; None: nothing is valid then."""
    reached: date | None = None
    renewals = 0
    for period in sorted(periods, key=lambda it: (it.valid_from, it.valid_until)):
        if reached is None or period.valid_from > reached:
            reached, renewals = period.valid_until, 0
        else:
            reached, renewals = max(reached, period.valid_until), renewals + 1
    return renewals if reached is not None and on < reached else None


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield everything that an expression names, in its order."""
    if not isinstance(expression, AtLeast):
        yield expression
        return
    for part in expression.parts:
        yield from leaves(part)


def named_courses(expression: Expression) -> Iterator[int]:
    """Yield the key of every course that an expression names, also where a session of it is asked."""
    for leaf in leaves(expression):
        if not isinstance(leaf, Attested):
            yield leaf.course_id


def without_a_way_around(expression: Expression) -> frozenset[int]:
    """Return the keys of the courses without which, and without whose sessions, an expression cannot be fulfilled."""
    every_leaf = frozenset(leaves(expression))
    own: dict[int, set[Leaf]] = {}
    for leaf in every_leaf:
        if not isinstance(leaf, Attested):
            own.setdefault(leaf.course_id, set()).add(leaf)
    return frozenset(key for key, its in own.items() if still_open(expression, every_leaf - its) is not None)


def chosen(expression: Expression, done: frozenset[Leaf], newest: Leaf) -> frozenset[Leaf] | None:
    """Return what of ``done`` fulfils an expression; None while it does not.

    Where there is a choice, a part that has ``newest`` in it comes first, then the order of the expression: a
    certificate rests on what asks for it.
    """
    if not isinstance(expression, AtLeast):
        return frozenset({expression}) if expression in done else None
    fulfilled = [found for part in expression.parts if (found := chosen(part, done, newest)) is not None]
    if len(fulfilled) < expression.n:
        return None
    fulfilled.sort(key=lambda found: newest not in found)
    return frozenset().union(*fulfilled[: expression.n])


def still_open(expression: Expression, done: frozenset[Leaf]) -> Expression | None:
    """Return what of an expression is still to be done; None where ``done`` fulfils it."""
    if not isinstance(expression, AtLeast):
        return None if expression in done else expression
    left = [found for part in expression.parts if (found := still_open(part, done)) is not None]
    missing = expression.n - (len(expression.parts) - len(left))
    if missing <= 0:
        return None
    return left[0] if len(left) == 1 else AtLeast(missing, tuple(left))
