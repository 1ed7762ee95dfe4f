"""What files say about one another: every name is given once, and every name that is used is given."""

from collections.abc import Iterable, Sequence
from typing import Final

from courses.curriculum.fields import Name, Sheet
from courses.curriculum.problems import Problem

# What each file may give names to: when it cannot be read, these are unsure.
SECTOR_KINDS: Final = ("sector", "sector slug", "audience")
SERVICE_KINDS: Final = ("service",)
SOURCE_KINDS: Final = ("source",)
CLAIM_KINDS: Final = ("claim",)
COURSE_KINDS: Final = ("course", "course slug", "objective", "rule", "quiz", "certification")
LESSON_KINDS: Final = ("lesson", "scenario")
BANK_KINDS: Final = ("question",)

# Names that a course keeps to itself; all others are known everywhere and given once in the curriculum.
COURSE_SCOPE: Final = frozenset({"objective", "rule", "lesson", "scenario", "media"})

_WHERE: Final = {
    "sector": "sectors.yaml",
    "audience": "the audiences of sectors.yaml",
    "service": "services.yaml",
    "source": "sources.yaml",
    "claim": "claims.yaml",
    "objective": "the objectives of course.yaml",
    "rule": "the critical_rules of course.yaml",
    "lesson": "this course",
    "question": "bank.yaml",
    "media": "media/",
}


def reference_problems(shared: Sequence[Sheet], courses: Sequence[Sequence[Sheet]]) -> list[Problem]:
    """Return names given twice and names used that nobody gives.

    ``shared`` are the sheets of the curriculum's own files, ``courses`` those of each course's folder. Of a
    kind of which some name could not be read nothing is said to be missing: it may be that one.
    """
    everywhere = [*shared, *(sheet for sheets in courses for sheet in sheets)]
    problems = _repeated(name for sheet in everywhere for name in sheet.given if name.kind not in COURSE_SCOPE)
    problems += _unknown(shared, everywhere)
    for sheets in courses:
        problems += _repeated(name for sheet in sheets for name in sheet.given if name.kind in COURSE_SCOPE)
        problems += _unknown(sheets, everywhere)
    return problems


def _repeated(names: Iterable[Name]) -> list[Problem]:
    first: dict[tuple[str, str], Name] = {}
    problems = []
    for name in names:
        other = first.setdefault((name.kind, name.code), name)
        if other is not name:
            where = f"line {other.at.line}" if other.at.path == name.at.path else f"{other.at.path}:{other.at.line}"
            problems.append(
                Problem(name.at.path, name.at.line, f'{name.kind} "{name.code}" again; it is given in {where}')
            )
    return problems


def _unknown(sheets: Sequence[Sheet], everywhere: Sequence[Sheet]) -> list[Problem]:
    problems = []
    for sheet in sheets:
        for name in sheet.used:
            # A question is named once in the curriculum, but belongs to its course.
            within = sheets if name.kind in COURSE_SCOPE or name.kind == "question" else everywhere
            if any(name.kind in other.unsure for other in within):
                continue
            if not any(
                given.kind == name.kind and given.code == name.code for other in within for given in other.given
            ):
                problems.append(
                    Problem(name.at.path, name.at.line, f'no {name.kind} "{name.code}" in {_WHERE[name.kind]}')
                )
    return problems
