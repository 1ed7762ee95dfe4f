"""Whether a training does what a rule asks: each condition met, not met or unknown; each topic covered or a gap.

Plain Python: no clock, no database, no settings. Nobody is called compliant here; while one condition is open, no
page may do so either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.rules.applying import lies_in
from compliance.rules.schema import Rule, Topic

STATED = ("individual-only", "on-premises", "video", "paid-time")
"""What only the employer can know; a statement by HR settles it."""


class State(StrEnum):
    """How a condition stands."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course as rules look at it: its current edition (None: never released) and the lessons in that.

    ``minimum_minutes`` are held before the quiz opens; ``approved_editions`` are those that HR recorded for a rule.
    """

    code: str
    minimum_minutes: int
    is_interactive: bool
    edition: int | None
    lessons: frozenset[str] = frozenset()
    approved_editions: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """A topic that a rule asks for, and the (course, lesson) pairs that cover it; none: a gap.

    ``elsewhere``: lessons that cover it for another place only.
    """

    topic: Topic
    lessons: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether no lesson covers it."""
        return not self.lessons


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a rule asks of the training, and how it stands.

    ``have`` and ``need`` are minutes; ``courses`` are those whose current edition is not approved, with the number of
    that edition; ``gaps`` are topics without a lesson.
    """

    name: str
    state: State
    have: int = 0
    need: int = 0
    courses: tuple[tuple[str, int | None], ...] = ()
    gaps: tuple[Topic, ...] = ()


def coverage(rule: Rule, topics: Mapping[str, Topic], courses: Sequence[CourseFacts]) -> tuple[Coverage, ...]:
    """Return each topic of ``rule`` with the lessons of ``courses`` that cover it where the rule holds."""
    offered = {(course.code, lesson) for course in courses for lesson in course.lessons}
    found = []
    for code in rule.topics:
        topic = topics[code]
        here: list[tuple[str, str]] = []
        elsewhere: list[tuple[str, str]] = []
        for lesson in topic.covered_by:
            if (lesson.course, lesson.lesson) in offered:
                counts = not lesson.place or lies_in(rule.jurisdiction, lesson.place)
                (here if counts else elsewhere).append((lesson.course, lesson.lesson))
        found.append(Coverage(topic, tuple(here), tuple(elsewhere)))
    return tuple(found)


def conditions_of(
    rule: Rule,
    topics: Mapping[str, Topic],
    courses: Sequence[CourseFacts],
    statements: Mapping[str, bool],
    *,
    everybody_takes_all: bool = True,
) -> tuple[Condition, ...]:
    """Return every condition of ``rule`` and how the training made of ``courses`` stands to it.

    ``statements`` is what HR says of the conditions in ``STATED``; one that is not in it is unknown. Without courses
    nothing is chosen yet, and everything is unknown. Where not ``everybody_takes_all`` of the courses, what all of them
    together meet is unknown: somebody may have taken those that do not.
    """
    found = tuple(_conditions(rule, topics, courses, statements))
    if everybody_takes_all:
        return found
    return tuple(
        replace(it, state=State.UNKNOWN) if it.state is State.MET and it.name not in STATED else it for it in found
    )


def _conditions(
    rule: Rule, topics: Mapping[str, Topic], courses: Sequence[CourseFacts], statements: Mapping[str, bool]
) -> Iterable[Condition]:
    if rule.minimum_minutes:
        have = sum(course.minimum_minutes for course in courses)
        yield Condition(
            "minimum-minutes", _state(courses, have >= rule.minimum_minutes), have=have, need=rule.minimum_minutes
        )
    if rule.topics:
        gaps = tuple(each.topic for each in coverage(rule, topics, courses) if each.is_gap)
        yield Condition("topics", _state(courses, not gaps), gaps=gaps if courses else ())
    for name in rule.conditions:
        if name == "approved-course":
            # An approval is for one edition: a later one is not covered until it is approved too.
            open_courses = tuple((it.code, it.edition) for it in courses if it.edition not in it.approved_editions)
            yield Condition(name, State.NOT_MET if open_courses or not courses else State.MET, courses=open_courses)
        elif name == "interactive":
            yield Condition(name, _state(courses, all(course.is_interactive for course in courses)))
        else:
            yield Condition(name, _stated(statements.get(name)))


def all_met(conditions: Iterable[Condition]) -> bool:
    """Whether no condition is open."""
    return all(condition.state is State.MET for condition in conditions)


def _state(courses: Sequence[CourseFacts], is_met: bool) -> State:
    if not courses:
        return State.UNKNOWN
    return State.MET if is_met else State.NOT_MET


def _stated(said: bool | None) -> State:
    if said is None:
        return State.UNKNOWN
    return State.MET if said else State.NOT_MET
