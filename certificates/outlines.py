"""What a certification asks for as the lines of an outline, as people write it in a form. Plain Python.

A line is one step further in than the line that holds it. Several lines that nothing holds stand beside each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LineKind(StrEnum):
    """What a line is: the first three hold the lines that are one step further in below them."""

    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"
    COURSE = "course"
    SESSION = "session"
    ATTESTATION = "attestation"
    CERTIFICATION = "certification"


HOLDING = (LineKind.ALL, LineKind.ANY, LineKind.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how far in it stands, from 1, and what its kind needs; the rest is empty.

    ``n`` of ``at_least``, ``which`` is the code of a course or certification, ``code`` and ``text`` are those of an
    attestation. ``n`` is None where no number was written.
    """

    level: int
    kind: LineKind
    n: int | None = None
    which: str = ""
    code: str = ""
    text: str = ""


class OutlineProblem(StrEnum):
    """What is wrong with a line; the form that took it turns this into words."""

    TOO_FAR_IN = "too_far_in"
    HOLDS_NOTHING = "holds_nothing"
    NO_COUNT = "no_count"
    NO_CHOICE = "no_choice"


class OutlineError(ValueError):
    """A line that cannot be; carries ``problem`` and ``index``, which line it is, from 0."""

    def __init__(self, problem: OutlineProblem, index: int) -> None:
        self.problem = problem
        self.index = index
        super().__init__(f"{problem}: line {index}")


def lines_of(expressions: Iterable[Any]) -> list[Line]:
    """Return expressions, JSON values of the form in ``certificates.expressions``, as lines.

    Raises:
        ValueError: one of them is none.
    """
    return [line for expression in expressions for line in _lines(expression, 1)]


def _lines(expression: Any, level: int) -> Iterator[Line]:
    match expression:
        case {"course": str(code)}:
            yield Line(level, LineKind.COURSE, which=code)
        case {"session": str(code)}:
            yield Line(level, LineKind.SESSION, which=code)
        case {"certification": str(code)}:
            yield Line(level, LineKind.CERTIFICATION, which=code)
        case {"attestation": str(code), "text": str(text)}:
            yield Line(level, LineKind.ATTESTATION, code=code, text=text)
        case {"all": list(parts)}:
            yield Line(level, LineKind.ALL)
            yield from _within(parts, level)
        case {"any": list(parts)}:
            yield Line(level, LineKind.ANY)
            yield from _within(parts, level)
        case {"n": int(n), "of": list(parts)}:
            yield Line(level, LineKind.AT_LEAST, n=n)
            yield from _within(parts, level)
        case _:
            raise ValueError(f"no expression: {expression!r}")


def _within(parts: Iterable[Any], level: int) -> Iterator[Line]:
    for part in parts:
        yield from _lines(part, level + 1)


def expressions_of(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what lines say: an expression for each that nothing holds. What is named is not looked up.

    Raises:
        OutlineError: a line stands further in than the one before it allows, or lacks what its kind needs.
    """
    found: list[dict[str, Any]] = []
    open_lists = [found]
    for index, line in enumerate(lines):
        if line.level > len(open_lists):
            raise OutlineError(OutlineProblem.TOO_FAR_IN, index)
        del open_lists[line.level :]
        parts: list[dict[str, Any]] = []
        open_lists[-1].append(_expression(line, parts, index))
        if line.kind in HOLDING:
            if index + 1 == len(lines) or lines[index + 1].level <= line.level:
                raise OutlineError(OutlineProblem.HOLDS_NOTHING, index)
            open_lists.append(parts)
    return found


def _expression(line: Line, parts: list[dict[str, Any]], index: int) -> dict[str, Any]:
    match line.kind:
        case LineKind.ALL | LineKind.ANY:
            return {str(line.kind): parts}
        case LineKind.AT_LEAST:
            if line.n is None:
                raise OutlineError(OutlineProblem.NO_COUNT, index)
            return {"n": line.n, "of": parts}
        case LineKind.ATTESTATION:
            return {"attestation": line.code, "text": line.text}
    if not line.which:
        raise OutlineError(OutlineProblem.NO_CHOICE, index)
    return {str(line.kind): line.which}
