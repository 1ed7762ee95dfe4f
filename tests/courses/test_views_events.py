"""Batches of events from browsers: only one's own open enrolment, in the one shape, never from the future."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Enrolment, LearningEvent
from courses.services import complete_lesson
from tests.courses.learners import Clock, on_the_way, signed_in, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import RELEASED_AT, enrolled, release, released_course
from tests.factories.people import MembershipFactory

pytestmark = pytest.mark.django_db

URL = "/learn/events/"


@pytest.fixture
def enrolment(client: Client, course: Course) -> Enrolment:
    return on_the_way(client, course)


def event(enrolment: Enrolment, clock: Clock, /, **changes: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "verb": "viewed",
        "enrolment": str(enrolment.public_id),
        "text": enrolment.edition.texts.get().digest,
        "lesson": "facts",
        "rendition": "read",
        "at": clock.now.isoformat(),
    } | changes


def send(client: Client, *events: Any) -> list[str]:
    response = client.post(URL, json.dumps({"events": events}), content_type="application/json")
    assert response.status_code == 200
    return [each["outcome"] for each in response.json()["events"]]


def recorded() -> int:
    return LearningEvent.objects.filter(verb="viewed").count()


def test_event_is_recorded(client: Client, enrolment: Enrolment, the_clock: Clock) -> None:  # noqa: F811
    sent = event(enrolment, the_clock)
    response = client.post(URL, json.dumps({"events": [sent]}), content_type="application/json")
    assert response.json() == {"events": [{"uuid": sent["uuid"], "outcome": "accepted"}]}
    kept = LearningEvent.objects.get(verb="viewed")
    assert (kept.enrolment, kept.lesson_code, kept.origin) == (enrolment, "facts", "browser")
    assert (kept.claimed_at, kept.received_at) == (the_clock.now, the_clock.now)


def test_minutes_of_a_slow_reader_count(client: Client, enrolment: Enrolment, the_clock: Clock) -> None:  # noqa: F811
    for _ in range(5):
        the_clock.forward(minutes=1)
        assert send(client, event(enrolment, the_clock)) == ["accepted"]
    enrolment.refresh_from_db()
    assert len(enrolment.fold["instants"]) == 6


def test_event_sent_again_is_known(client: Client, enrolment: Enrolment, the_clock: Clock) -> None:  # noqa: F811
    sent = event(enrolment, the_clock)
    assert send(client, sent) == ["accepted"]
    assert send(client, sent, sent) == ["duplicate", "duplicate"]
    assert recorded() == 1


def test_events_out_of_order_come_to_the_same(client: Client, enrolment: Enrolment, the_clock: Clock) -> None:  # noqa: F811
    the_clock.forward(minutes=30)
    early = event(enrolment, the_clock, at=(the_clock.now - timedelta(minutes=20)).isoformat())
    late = event(enrolment, the_clock, at=(the_clock.now - timedelta(minutes=10)).isoformat())
    assert send(client, late, early) == ["accepted", "accepted"]
    enrolment.refresh_from_db()
    instants = enrolment.fold["instants"]
    assert instants == sorted(instants)
    assert len(instants) == 3


def test_event_from_the_future_is_refused(client: Client, enrolment: Enrolment, the_clock: Clock) -> None:  # noqa: F811
    sent = event(enrolment, the_clock, at=(the_clock.now + timedelta(hours=1)).isoformat())
    assert send(client, sent) == ["refused"]
    assert recorded() == 0


def test_event_for_somebody_else_is_refused_like_one_for_nobody(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
) -> None:
    other = enrolled(course)
    foreign = event(other, the_clock)
    unknown = event(enrolment, the_clock, enrolment=str(uuid.uuid4()))
    assert send(client, foreign, unknown) == ["refused", "refused"]
    other.refresh_from_db()
    assert other.fold["viewed"] == {}
    assert recorded() == 0


def test_event_of_another_workplace_of_the_same_person_is_refused(
    client: Client,
    course: Course,
    the_clock: Clock,  # noqa: F811
) -> None:
    mine = MembershipFactory()
    other = enrolled(course, MembershipFactory(user=mine.user))
    signed_in(client, mine)
    assert send(client, event(other, the_clock)) == ["refused"]


def test_event_with_the_id_of_somebody_elses_does_not_suppress_it(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
) -> None:
    sent = event(enrolment, the_clock)
    assert send(client, sent) == ["accepted"]
    other_client = Client()
    other = on_the_way(other_client, course)
    assert send(other_client, event(other, the_clock, uuid=sent["uuid"])) == ["accepted"]
    assert recorded() == 2


def test_event_for_a_finished_course_is_refused(client: Client, the_clock: Clock) -> None:  # noqa: F811
    course = released_course(final_quiz=None)
    enrolment = on_the_way(client, course)
    text = enrolment.edition.texts.get()
    for lesson in ("facts", "act"):
        complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=lesson, language="en", at=the_clock.now)
    assert send(client, event(enrolment, the_clock)) == ["refused"]


def test_event_from_a_text_of_another_edition_is_refused(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
) -> None:
    elsewhere = released_course()
    digest = elsewhere.editions.get().texts.get().digest
    assert send(client, event(enrolment, the_clock, text=digest)) == ["refused"]
    assert send(client, event(enrolment, the_clock, text="0" * 64)) == ["refused"]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"at": "0001-01-01T00:00:00+14:00"},  # before the first hour of the calendar
        {"at": "9999-12-31T23:59:59-12:00"},
        {"text": "\ud800"},  # half a letter, which no database stores
        {"text": "a\x00b"},
        {"lesson": "facts\x00"},
        {"rendition": "réad"},
        {"lesson": ""},
    ],
)
def test_nonsense_in_one_event_is_refused_and_the_others_count(
    client: Client,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
    nonsense: dict[str, str],
) -> None:
    good = event(enrolment, the_clock)
    assert send(client, event(enrolment, the_clock, **nonsense), good) == ["refused", "accepted"]
    assert recorded() == 1


@pytest.mark.parametrize(
    "verb", ["lesson_completed", "quiz_graded", "course_completed", "enrolled", "started", "VIEWED", ""]
)
def test_only_reading_may_be_claimed(client: Client, enrolment: Enrolment, the_clock: Clock, verb: str) -> None:  # noqa: F811
    assert send(client, event(enrolment, the_clock, verb=verb)) == ["refused"]
    assert LearningEvent.objects.filter(verb__in=("viewed", "lesson_completed", "quiz_graded")).count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"uuid": "no-id"},
        {"uuid": 7},
        {"enrolment": "1"},
        {"enrolment": None},
        {"lesson": "nothing"},
        {"lesson": ""},
        {"lesson": ["facts"]},
        {"rendition": "smell"},
        {"rendition": "r" * 200},
        {"at": "yesterday"},
        {"at": "2026-03-02T17:00:00"},
        {"at": 1_770_000_000},
        {"at": "2026-13-45T17:00:00Z"},
        {"learner": "somebody"},
        {"data": {"passed": True}},
    ],
)
def test_malformed_event_is_refused_and_the_others_are_kept(
    client: Client,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
    changes: dict[str, Any],
) -> None:
    sent = [event(enrolment, the_clock, **changes), event(enrolment, the_clock)]
    assert send(client, *sent) == ["refused", "accepted"]
    assert recorded() == 1


@pytest.mark.parametrize("missing", ["uuid", "verb", "enrolment", "text", "lesson", "rendition", "at"])
def test_event_that_lacks_something_is_refused(
    client: Client,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
    missing: str,
) -> None:
    sent = event(enrolment, the_clock)
    del sent[missing]
    assert send(client, sent) == ["refused"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"events"',
        '{"events": {}}',
        '{"events": [], "more": 1}',
        '{"event": []}',
        "[" * 20_000,
        '{"events": [' + ",".join(["{}"] * 51) + "]}",
        '{"events": ["' + "x" * 40_000 + '"]}',
        "\x00\xff",
    ],
)
def test_malformed_batch_is_refused_whole(client: Client, enrolment: Enrolment, body: str) -> None:
    response = client.post(URL, body.encode("latin-1"), content_type="application/json")
    assert (response.status_code, response.json()) == (400, {"error": "malformed"})
    assert recorded() == 0


def test_members_of_a_batch_that_are_no_events_are_refused(client: Client, enrolment: Enrolment) -> None:
    assert send(client, 1, None, "x", [], {}) == ["refused"] * 5


def test_stranger_is_refused(course: Course, the_clock: Clock) -> None:  # noqa: F811
    enrolment = enrolled(course)
    response = Client().post(
        URL, json.dumps({"events": [event(enrolment, the_clock)]}), content_type="application/json"
    )
    assert (response.status_code, response.json()) == (403, {"error": "sign-in"})
    assert recorded() == 0


def test_forged_request_without_token_is_refused(course: Course, the_clock: Clock) -> None:  # noqa: F811
    strict = Client(enforce_csrf_checks=True)
    enrolment = on_the_way(strict, course)
    body = json.dumps({"events": [event(enrolment, the_clock)]})
    assert strict.post(URL, body, content_type="application/json").status_code == 403
    assert recorded() == 0


def test_opening_the_address_shows_nothing(client: Client) -> None:
    assert client.get(URL).status_code == 405


def test_event_of_a_pinned_learner_counts_after_a_release(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
) -> None:
    course.minutes = 30
    course.save()
    release(course, at=RELEASED_AT + timedelta(days=1, seconds=30))
    sent = event(enrolment, the_clock, text=enrolment.edition.texts.get().digest)
    assert send(client, sent) == ["accepted"]
