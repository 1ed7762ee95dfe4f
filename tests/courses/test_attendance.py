from datetime import UTC, datetime, timedelta

import pytest

from courses.attendance import moments
from courses.fold import Event, Requirements, completed_at, fold_events, minutes

NINE = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def folded(lessons: list[str], length: int):
    done = moments(lessons, starts_at=NINE, minutes=length)
    received = NINE + timedelta(days=1)
    return fold_events(
        Event(verb=it.verb, claimed_at=it.at, received_at=received, not_before=NINE, lesson=it.lesson) for it in done
    )


@pytest.mark.parametrize(
    ("lessons", "length"), [(["one"], 1), (["one"], 45), (["a", "b", "c"], 60), (list("abcdefg"), 600)]
)
def test_all_minutes_count_and_the_last_lesson_ends_with_the_session(lessons: list[str], length: int) -> None:
    fold = folded(lessons, length)
    asked = Requirements(tuple(lessons), minimum_minutes=length, has_quiz=False)
    assert (minutes(fold), completed_at(fold, asked)) == (length, NINE + timedelta(minutes=length))
    assert not fold.needs_review


def test_moments_come_in_the_order_of_time() -> None:
    found = moments(["a", "b"], starts_at=NINE, minutes=30)
    assert [(it.verb, it.lesson, (it.at - NINE) // timedelta(minutes=1)) for it in found] == [
        ("viewed", "a", 0),
        ("viewed", "a", 10),
        ("lesson_completed", "a", 15),
        ("viewed", "b", 15),
        ("viewed", "b", 25),
        ("lesson_completed", "b", 30),
    ]


def test_nothing_is_done_without_lessons() -> None:
    assert moments([], starts_at=NINE, minutes=30) == []
