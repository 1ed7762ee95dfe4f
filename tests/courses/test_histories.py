"""Random histories in the database: whatever is sent, in whatever order, kept folds are what the events come to."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from random import Random
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import services
from courses.exceptions import EventRefused
from courses.models import Enrolment, LearningEvent
from people.models import User
from tests.factories.courses import STARTED_AT, enrolled, released_course

pytestmark = pytest.mark.django_db


class Sent(NamedTuple):
    """An event as somebody sends it, honest or not."""

    event_id: int
    owner: int
    sender: int
    verb: str
    lesson: str
    claimed_minute: int
    received_minute: int
    skew_minutes: int | None


sent = st.builds(
    Sent,
    event_id=st.integers(0, 3),
    owner=st.integers(0, 1),
    sender=st.integers(0, 1),
    verb=st.sampled_from(["viewed", "viewed", "lesson_completed", "started", "quiz_graded", "course_completed", "x"]),
    lesson=st.sampled_from(["facts", "act", "", "elsewhere"]),
    claimed_minute=st.integers(-30, 90),
    received_minute=st.integers(0, 60),
    skew_minutes=st.sampled_from([None, 0, 4, -90]),
)


@contextmanager
def undone() -> Iterator[None]:
    """Take back everything that happens in the block."""

    class Over(Exception):
        pass

    with suppress(Over), transaction.atomic():
        yield
        raise Over


def tell(enrolments: list[Enrolment], one: Sent) -> None:
    enrolment = enrolments[one.owner]
    with suppress(EventRefused):
        services.record_event(
            enrolment=enrolment,
            uuid=uuid.UUID(int=one.event_id),
            verb=one.verb,
            edition_text=enrolment.edition.texts.get(),
            lesson_code=one.lesson,
            language="en",
            claimed_at=STARTED_AT + timedelta(minutes=one.claimed_minute),
            received_at=STARTED_AT + timedelta(minutes=one.received_minute),
            learner=enrolments[one.sender].learner,
            data={"passed": True, "attempt": "forged"},
            clock_skew=None if one.skew_minutes is None else timedelta(minutes=one.skew_minutes),
        )


def outcome(enrolments: list[Enrolment], history: list[Sent]) -> tuple[list[Any], list[Any]]:
    """Return folds and log after a history; the check of the folds has to pass."""
    with undone():
        for one in history:
            tell(enrolments, one)
        call_command("rebuild_folds", check=True, stdout=StringIO())
        folds = list(Enrolment.objects.order_by("pk").values_list("fold", "completed_at"))
        events = LearningEvent.objects.order_by("learner", "uuid")
        log = list(events.values_list("learner", "uuid", "verb", "lesson_code", "claimed_at", "received_at", "data"))
    return folds, log


@pytest.fixture
def two() -> list[Enrolment]:
    """Two learners in one course."""
    course = released_course()
    return [enrolled(course), enrolled(course)]


def test_any_history_in_any_order_comes_to_the_same(two: list[Enrolment]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(sent, max_size=8), st.randoms(use_true_random=False))
    def holds(history: list[Sent], random: Random) -> None:
        shuffled = random.sample(history, len(history))
        assert outcome(two, history) == outcome(two, shuffled)

    holds()


def test_nobody_adds_to_or_takes_from_what_another_did(two: list[Enrolment]) -> None:
    mine = [Sent(0, 0, 0, "viewed", "facts", 5, 5, None), Sent(1, 0, 0, "viewed", "act", 9, 9, None)]
    alone = outcome(two, mine)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(sent.map(lambda one: one._replace(sender=1)), max_size=6))
    def holds(theirs: list[Sent]) -> None:
        with_theirs = outcome(two, [*theirs, *mine])
        assert with_theirs[0][0] == alone[0][0]
        owner: User = two[0].learner
        assert [row for row in with_theirs[1] if row[0] == owner.pk] == [row for row in alone[1] if row[0] == owner.pk]

    holds()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_received_at_once_the_content_decides(two: list[Enrolment], order: tuple[int, int]) -> None:
    pair = [Sent(0, 0, 0, "viewed", "act", 3, 9, None), Sent(0, 0, 0, "viewed", "facts", 8, 9, None)]
    for place in order:
        tell(two, pair[place])
    two[0].refresh_from_db()
    assert list(two[0].fold["viewed"]) == ["act"]
