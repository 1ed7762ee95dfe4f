"""The fold of learning events: what a learner has done, as a merge that takes events in any order.

Plain Python: no clock, no database, no settings. Three laws hold for ``merge``, and so for any way of
folding the same events: it is commutative, associative and idempotent. Each part of a fold is either a set
that only grows or a map that keeps the earliest instant, so events may come late, twice or in any order.

Instants are whole seconds in UTC; a fold in JSON holds them as seconds since 1970.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, Literal

FOLD_SCHEMA: Final = 1
# A lesson takes eight minutes at most; who does nothing for longer than ten has put the phone away.
LONGEST_GAP: Final = timedelta(minutes=10)
# A device's clock may be this much wrong and is still believed (renewal, rule R4).
SKEW_ALLOWED: Final = timedelta(minutes=5)

VIEWED: Final = "viewed"
LESSON_COMPLETED: Final = "lesson_completed"
QUIZ_GRADED: Final = "quiz_graded"
COURSE_COMPLETED: Final = "course_completed"

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What the fold needs of a learning event.

    ``not_before``: no honest device can have seen it earlier, because the text was not there or nobody was
    enrolled. ``clock_skew`` is the device's clock minus ours when the two last met; None: not known.
    """

    verb: str
    claimed_at: datetime
    received_at: datetime
    not_before: datetime
    lesson: str = ""
    attempt: str = ""
    passed: bool = False
    clock_skew: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """The instant at which an event counts; ``believed`` is false where the claim was set aside."""

    at: datetime
    believed: bool


def effective(event: Event) -> Effective:
    """Return when ``event`` counts (renewal, rule R4).

    A claim from ``not_before`` to receipt is believed, each bound widened by ``SKEW_ALLOWED``: a claim in that
    margin counts at the bound. Any other claim, and any of a device whose clock is further off, is set aside:
    the event counts when it was received, and a person has to look at it.
    """
    skewed = event.clock_skew is not None and abs(event.clock_skew) > SKEW_ALLOWED
    within = event.not_before - SKEW_ALLOWED <= event.claimed_at <= event.received_at + SKEW_ALLOWED
    if skewed or not within:
        return Effective(_whole_second(event.received_at), believed=False)
    return Effective(_whole_second(min(max(event.claimed_at, event.not_before), event.received_at)), believed=True)


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


Instants = Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Fold:
    """What the events of one enrolment come to.

    - ``viewed``, ``completed``: by lesson code, the earliest instant;
    - ``graded``, ``passed``: by attempt id, the earliest instant;
    - ``instants``: when the learner did anything, for the minutes;
    - ``needs_review``: some device made a claim that was not believed.
    """

    viewed: Instants = field(default_factory=dict)
    completed: Instants = field(default_factory=dict)
    graded: Instants = field(default_factory=dict)
    passed: Instants = field(default_factory=dict)
    instants: frozenset[datetime] = frozenset()
    needs_review: bool = False

    @property
    def passed_at(self) -> datetime | None:
        """Return when the first passed attempt was graded, None while there is none."""
        return min(self.passed.values(), default=None)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, the same for equal folds; ``from_json`` reads it back."""
        return {
            "schema": FOLD_SCHEMA,
            "viewed": _seconds_by_key(self.viewed),
            "completed": _seconds_by_key(self.completed),
            "graded": _seconds_by_key(self.graded),
            "passed": _seconds_by_key(self.passed),
            "instants": sorted(_seconds(at) for at in self.instants),
            "needs_review": self.needs_review,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fold":
        """Return the fold that ``to_json`` wrote; an empty mapping is the fold of no events."""
        return cls(
            viewed=_instants_by_key(data.get("viewed", {})),
            completed=_instants_by_key(data.get("completed", {})),
            graded=_instants_by_key(data.get("graded", {})),
            passed=_instants_by_key(data.get("passed", {})),
            instants=frozenset(_instant(seconds) for seconds in data.get("instants", ())),
            needs_review=bool(data.get("needs_review", False)),
        )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds_by_key(instants: Instants) -> dict[str, int]:
    return {key: _seconds(instants[key]) for key in sorted(instants)}


def _instants_by_key(data: Mapping[str, int]) -> dict[str, datetime]:
    return {key: _instant(seconds) for key, seconds in data.items()}


def fold_event(fold: Fold, event: Event) -> Fold:
    """Return ``fold`` with one more event; an event that is in it already changes nothing."""
    return merge(fold, _fold_of(event))


def fold_events(events: Iterable[Event]) -> Fold:
    """Return the fold of ``events``, whatever their order."""
    fold = Fold()
    for event in events:
        fold = fold_event(fold, event)
    return fold


def _fold_of(event: Event) -> Fold:
    counted = effective(event)
    at = counted.at
    return Fold(
        viewed={event.lesson: at} if event.verb == VIEWED and event.lesson else {},
        completed={event.lesson: at} if event.verb == LESSON_COMPLETED and event.lesson else {},
        graded={event.attempt: at} if event.verb == QUIZ_GRADED and event.attempt else {},
        passed={event.attempt: at} if event.verb == QUIZ_GRADED and event.attempt and event.passed else {},
        # The course's completion is our record, not something that the learner did.
        instants=frozenset() if event.verb == COURSE_COMPLETED else frozenset({at}),
        needs_review=not counted.believed and event.verb != COURSE_COMPLETED,
    )


def merge(one: Fold, other: Fold) -> Fold:
    """Return the fold of all events of both: commutative, associative, idempotent."""
    return Fold(
        viewed=_earliest(one.viewed, other.viewed),
        completed=_earliest(one.completed, other.completed),
        graded=_earliest(one.graded, other.graded),
        passed=_earliest(one.passed, other.passed),
        instants=one.instants | other.instants,
        needs_review=one.needs_review or other.needs_review,
    )


def _earliest(one: Instants, other: Instants) -> dict[str, datetime]:
    merged = dict(one)
    for key, at in other.items():
        merged[key] = min(at, merged.get(key, at))
    return merged


def minutes(fold: Fold) -> int:
    """Return the whole minutes of learning: the gaps between instants, each counted up to ``LONGEST_GAP``."""
    return sum(_gaps_seconds(fold)) // 60


def _gaps_seconds(fold: Fold) -> list[int]:
    """Return, for each instant after the first, the seconds that it adds."""
    return [min(after - before, LONGEST_GAP) // _SECOND for before, after in pairwise(sorted(fold.instants))]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What completes a course: every one of ``lessons`` (in their order), the minutes, and the quiz if any."""

    lessons: tuple[str, ...]
    minimum_minutes: int = 0
    has_quiz: bool = True


def lessons_left(fold: Fold, requirements: Requirements) -> tuple[str, ...]:
    """Return the lessons not completed, in their order."""
    return tuple(lesson for lesson in requirements.lessons if lesson not in fold.completed)


def minutes_left(fold: Fold, requirements: Requirements) -> int:
    """Return the whole minutes still required, never below 0."""
    return max(0, requirements.minimum_minutes - minutes(fold))


def is_complete(fold: Fold, requirements: Requirements) -> bool:
    """Whether all lessons are done, the minutes are full and the quiz, where there is one, is passed."""
    return (
        not lessons_left(fold, requirements)
        and not minutes_left(fold, requirements)
        and (not requirements.has_quiz or bool(fold.passed))
    )


def completed_at(fold: Fold, requirements: Requirements) -> datetime | None:
    """Return the instant of the last required event (renewal, rule R4); None while something is missing."""
    if not is_complete(fold, requirements):
        return None
    needed = [fold.completed[lesson] for lesson in requirements.lessons]
    if requirements.has_quiz and fold.passed_at is not None:
        needed.append(fold.passed_at)
    full_at = _minutes_full_at(fold, requirements.minimum_minutes)
    if full_at is not None:
        needed.append(full_at)
    return max(needed, default=None) or max(fold.instants, default=None)


def _minutes_full_at(fold: Fold, minimum_minutes: int) -> datetime | None:
    """Return the instant that filled the minutes, None where none are asked for."""
    seconds = 0
    for at, gap in zip(sorted(fold.instants)[1:], _gaps_seconds(fold), strict=True):
        seconds += gap
        if minimum_minutes and seconds >= minimum_minutes * 60:
            return at
    return None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next: ``lesson`` names one, ``minutes`` are those still required before the quiz."""

    kind: Literal["lesson", "minutes", "quiz", "done"]
    lesson: str = ""
    minutes: int = 0


def next_step(fold: Fold, requirements: Requirements) -> NextStep:
    """Return what the learner does next: the first lesson undone, then the minutes, then the quiz."""
    for lesson in lessons_left(fold, requirements):
        return NextStep("lesson", lesson=lesson)
    if left := minutes_left(fold, requirements):
        return NextStep("minutes", minutes=left)
    if requirements.has_quiz and not fold.passed:
        return NextStep("quiz")
    return NextStep("done")
