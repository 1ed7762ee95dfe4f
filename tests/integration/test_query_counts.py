"""What a learner's steps cost in queries where everything hears of them: certificates, and what the workplace asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Attempt
from assessments.services import save_answer
from certificates.models import Certificate
from cms import clock
from compliance.models import Obligation, ObligationSpan
from courses.models import Course, Enrolment
from people.models import Membership
from tests.courses.learners import Clock, do_lessons
from tests.factories.certificates import CertificationFactory
from tests.factories.compliance import Workplace, workplace
from tests.factories.courses import STARTED_AT, enrolled, released_course
from tests.factories.people import sign_in_with_pin
from tests.learning import right_response

pytestmark = pytest.mark.django_db

MOST_WITHOUT_CERTIFICATE = 12
MOST_WITH_CERTIFICATE = 25
MOST_OF_A_PAGE = 12


@pytest.fixture(autouse=True)
def the_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", lambda: standing.now)
    return standing


@pytest.fixture
def larch() -> Workplace:
    return workplace()


def statements(ask: Any) -> list[str]:
    """Return the queries of ``ask()``, those of transactions left out."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return [query["sql"] for query in captured if not query["sql"].startswith(words)]


def asked_to_learn(larch: Workplace, course: Course, *, also: int = 0) -> Membership:
    """Return somebody whose workplace asks for ``course``, of her and of her role, and ``also`` for others."""
    member = larch.employ(starts_on=date(2025, 6, 2))
    certification = CertificationFactory(courses=[course])
    larch.ask(certification, role=larch.housekeeping)
    larch.ask(certification, membership=member, due_on=date(2026, 5, 1))
    for _ in range(also):
        larch.ask(CertificationFactory(), role=larch.housekeeping)
    return member


def at_the_last_button(client: Client, member: Membership, course: Course, *, right: bool) -> Enrolment:
    """Bring somebody to where only handing in is left."""
    sign_in_with_pin(client, member)
    enrolment = enrolled(course, member)
    do_lessons(client, enrolment)
    client.post(f"/learn/{course.slug}/quiz/")
    attempt = Attempt.objects.get(learner=member.user, submitted_at=None)
    for question in attempt.paper["questions"] if right else ():
        save_answer(attempt=attempt, question_key=question["key"], response=right_response(question), at=clock.now())
    return enrolment


@pytest.mark.parametrize("also", [0, 5])
@pytest.mark.parametrize(("right", "most"), [(False, MOST_WITHOUT_CERTIFICATE), (True, MOST_WITH_CERTIFICATE)])
def test_handing_in_takes_few_queries_whatever_the_workplace_asks(
    client: Client, larch: Workplace, also: int, right: bool, most: int
) -> None:
    course = released_course()
    member = asked_to_learn(larch, course, also=also)
    at_the_last_button(client, member, course, right=right)

    asked = statements(lambda: client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"}))

    assert Certificate.objects.count() == int(right)
    assert len(asked) <= most, "\n".join(asked)
    if right:
        span = ObligationSpan.objects.filter(obligation__membership=member, obligation__certification__courses=course)
        assert span.order_by("from_on").last().state in {"valid", "renewable", "expired"}  # compliance has heard of it


def test_renewing_takes_no_more(client: Client, larch: Workplace, the_clock: Clock) -> None:
    course = released_course()
    member = asked_to_learn(larch, course)
    at_the_last_button(client, member, course, right=True)
    client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"})
    the_clock.now = STARTED_AT + timedelta(days=3 * 365 - 30)
    sign_in_with_pin(client, member)
    client.post(f"/learn/{course.slug}/start/")
    renewal = Enrolment.objects.get(completed_at=None)
    do_lessons(client, renewal)
    client.post(f"/learn/{course.slug}/quiz/")
    attempt = Attempt.objects.get(context=str(renewal.public_id))
    for question in attempt.paper["questions"]:
        save_answer(attempt=attempt, question_key=question["key"], response=right_response(question), at=clock.now())

    asked = statements(lambda: client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"}))

    first, second = Certificate.objects.order_by("pk")
    assert second.renews == first
    assert len(asked) <= MOST_WITH_CERTIFICATE, "\n".join(asked)


def test_pages_take_few_queries_whatever_the_number_of_lessons(client: Client, larch: Workplace) -> None:
    counts = []
    for lessons in (("facts", "act"), ("facts", "a", "b", "c", "d", "e", "f", "act")):
        course = released_course(lessons=lessons)
        member = asked_to_learn(larch, course, also=len(lessons))
        sign_in_with_pin(client, member)
        enrolled(course, member)
        pages = [f"/learn/{course.slug}/", f"/learn/{course.slug}/act/"]
        for page in pages:
            client.get(page)
        counts.append([len(statements(lambda page=page: client.get(page))) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_OF_A_PAGE


def test_nothing_of_it_is_forgotten(client: Client, larch: Workplace) -> None:
    """Few queries would be easy if the workplace did not hear of it."""
    course = released_course()
    member = asked_to_learn(larch, course, also=1)
    at_the_last_button(client, member, course, right=True)
    before = dict(Obligation.objects.values_list("pk", "rebuilt_at"))
    client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"})
    assert Obligation.objects.count() == 2
    assert sum(before[pk] != at for pk, at in Obligation.objects.values_list("pk", "rebuilt_at")) == 1
