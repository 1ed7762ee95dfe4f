"""The fold: laws that hold for any events in any order, and the numbers that follow from it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.fold import (
    COURSE_COMPLETED,
    LESSON_COMPLETED,
    QUIZ_GRADED,
    VIEWED,
    Event,
    Fold,
    NextStep,
    Requirements,
    completed_at,
    effective,
    fold_event,
    fold_events,
    is_complete,
    merge,
    minutes,
    next_step,
)

# Laws are held by what is found, not by how fast the machine finds it.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return OPENED + timedelta(minutes=minute)


def event(verb: str = VIEWED, minute: float = 0, **fields: object) -> Event:
    values: dict[str, object] = {"claimed_at": at(minute), "received_at": at(minute), "not_before": OPENED, **fields}
    if verb in (VIEWED, LESSON_COMPLETED):
        values.setdefault("lesson", "facts")
    return Event(verb=verb, **values)  # type: ignore[arg-type]


_instants = st.integers(-30 * 60, 60 * 60).map(lambda seconds: OPENED + timedelta(seconds=seconds))
_events = st.builds(
    Event,
    verb=st.sampled_from(["enrolled", "started", VIEWED, LESSON_COMPLETED, QUIZ_GRADED, COURSE_COMPLETED]),
    claimed_at=_instants,
    received_at=_instants,
    not_before=st.sampled_from([OPENED, at(10)]),
    lesson=st.sampled_from(["", "facts", "signs", "act"]),
    attempt=st.sampled_from(["", "one", "two"]),
    passed=st.booleans(),
    clock_skew=st.sampled_from([None, timedelta(seconds=20), timedelta(hours=3)]),
)
_folds = st.lists(_events, max_size=6).map(fold_events)


@given(_folds, _folds)
def test_merge_is_commutative(one: Fold, other: Fold) -> None:
    assert merge(one, other) == merge(other, one)


@given(_folds, _folds, _folds)
def test_merge_is_associative(one: Fold, two: Fold, three: Fold) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(_folds)
def test_merge_is_idempotent(fold: Fold) -> None:
    assert merge(fold, fold) == fold
    assert merge(fold, Fold()) == fold


@given(st.lists(_events, max_size=12).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))))
def test_fold_of_permuted_events_is_the_same(pair: tuple[list[Event], list[Event]]) -> None:
    events, permuted = pair
    assert fold_events(permuted) == fold_events(events)
    assert fold_events(permuted).to_json() == fold_events(events).to_json()


@given(st.lists(_events, min_size=1, max_size=8), st.data())
def test_fold_ignores_an_event_given_again(events: list[Event], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(events))
    assert fold_event(fold_events(events), again) == fold_events(events)


@given(_folds)
def test_json_keeps_the_fold(fold: Fold) -> None:
    assert Fold.from_json(json.loads(json.dumps(fold.to_json()))) == fold


@given(st.lists(_events, max_size=12))
def test_more_events_never_take_anything_away(events: list[Event]) -> None:
    fold, fewer = fold_events(events), fold_events(events[:-1])
    assert minutes(fewer) <= minutes(fold)
    assert fewer.completed.keys() <= fold.completed.keys()
    assert fewer.passed.keys() <= fold.passed.keys()


def test_empty_mapping_is_the_fold_of_nothing() -> None:
    assert Fold.from_json({}) == Fold() == fold_events([])


@pytest.mark.parametrize(
    ("claimed", "received", "skew_minutes", "counted", "believed"),
    [
        (3, 3, None, 3, True),
        (3, 60, None, 3, True),  # offline, sent an hour later
        (0, 60, None, 0, True),
        (-5, 60, None, 0, True),  # the clock is a little slow: counts from the start
        (-5.1, 60, None, 60, False),
        (65, 60, None, 60, True),  # a little fast: never later than its receipt
        (65.1, 60, None, 60, False),
        (3, 60, 5, 3, True),
        (3, 60, 5.1, 60, False),
        (3, 60, -5.1, 60, False),
    ],
)
def test_effective_instant_at_its_bounds(
    claimed: float, received: float, skew_minutes: float | None, counted: float, believed: bool
) -> None:
    skew = None if skew_minutes is None else timedelta(minutes=skew_minutes)
    found = effective(event(claimed_at=at(claimed), received_at=at(received), clock_skew=skew))
    assert (found.at, found.believed) == (at(counted), believed)


def test_a_claim_set_aside_is_marked_for_review() -> None:
    fold = fold_events([event(claimed_at=at(-600), received_at=at(20))])
    assert fold.needs_review
    assert fold.viewed == {"facts": at(20)}


def test_lesson_keeps_its_earliest_instant() -> None:
    fold = fold_events([event(LESSON_COMPLETED, 8), event(LESSON_COMPLETED, 5), event(LESSON_COMPLETED, 9)])
    assert fold.completed == {"facts": at(5)}


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        ([], 0),
        ([0], 0),
        ([0, 4], 4),
        ([0, 10], 10),
        ([0, 11], 10),  # longer than the longest gap
        ([0, 4, 8, 300, 304], 22),  # 4 + 4 + 10 + 4
        ([0, 0.99], 0),
    ],
)
def test_minutes_are_gaps_each_capped(instants: list[float], expected: int) -> None:
    assert minutes(fold_events(event(minute=minute) for minute in instants)) == expected


def test_our_own_record_of_completion_adds_no_minutes() -> None:
    assert minutes(fold_events([event(minute=0), event(COURSE_COMPLETED, 9)])) == 0


COURSE = Requirements(lessons=("facts", "act"), minimum_minutes=15, has_quiz=True)
ALL_DONE = [
    event(LESSON_COMPLETED, 0, lesson="facts"),
    event(LESSON_COMPLETED, 8, lesson="act"),
    event(VIEWED, 16, lesson="act"),
    event(QUIZ_GRADED, 12, attempt="one", passed=True),
]


@pytest.mark.parametrize("missing", range(4))
def test_course_is_complete_only_with_everything(missing: int) -> None:
    assert is_complete(fold_events(ALL_DONE), COURSE)
    fewer = [each for index, each in enumerate(ALL_DONE) if index != missing]
    assert not is_complete(fold_events(fewer), COURSE)
    assert completed_at(fold_events(fewer), COURSE) is None


def test_completion_counts_at_the_last_required_event() -> None:
    assert completed_at(fold_events(ALL_DONE), COURSE) == at(16)  # the minutes were full then
    without_minutes = Requirements(lessons=("facts", "act"), has_quiz=True)
    assert completed_at(fold_events(ALL_DONE), without_minutes) == at(12)
    without_quiz = Requirements(lessons=("facts", "act"), has_quiz=False)
    assert completed_at(fold_events(ALL_DONE), without_quiz) == at(8)


def test_a_second_pass_does_not_move_the_completion() -> None:
    again = [*ALL_DONE, event(QUIZ_GRADED, 400, attempt="two", passed=True)]
    assert completed_at(fold_events(again), COURSE) == at(16)


def test_failed_attempt_is_graded_and_not_passed() -> None:
    fold = fold_events([event(QUIZ_GRADED, 3, attempt="one", passed=False)])
    assert fold.graded == {"one": at(3)}
    assert fold.passed == {}
    assert fold.passed_at is None


@pytest.mark.parametrize(
    ("events", "step"),
    [
        ([], NextStep("lesson", lesson="facts")),
        ([event(LESSON_COMPLETED, 0, lesson="act")], NextStep("lesson", lesson="facts")),
        ([event(LESSON_COMPLETED, 0, lesson="facts")], NextStep("lesson", lesson="act")),
        (ALL_DONE[:2], NextStep("minutes", minutes=7)),
        (ALL_DONE[:3], NextStep("quiz")),
        (ALL_DONE, NextStep("done")),
    ],
)
def test_next_step_in_order(events: list[Event], step: NextStep) -> None:
    assert next_step(fold_events(events), COURSE) == step
