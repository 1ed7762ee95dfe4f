"""My training: one list by last good day, and what is done."""

from datetime import date

import pytest
from django.test import Client

from courses import registry
from courses.models import EditionText
from courses.registry import Evidence, TrainingItem
from courses.services import complete_lesson
from people import sessions
from tests.courses.learners import Clock, on_the_way, signed_in, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import CourseFactory, enrolled, released_course
from tests.factories.people import MembershipFactory, UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_training", [])
    monkeypatch.setattr(registry, "_evidence", [])


def test_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/training/").url == "/sign-in/?next=%2Ftraining%2F"


def test_locked_session_is_asked_for_the_pin(client: Client) -> None:
    signed_in(client)
    session = client.session
    session[sessions.LOCKED] = True
    session.save()
    assert client.get("/training/").url == "/locked/?next=%2Ftraining%2F"


def test_nothing_to_do_is_said_kindly(client: Client) -> None:
    signed_in(client)
    assert "Nothing to do at the moment" in client.get("/training/").content.decode()


def test_items_come_by_last_good_day_with_their_reason(client: Client) -> None:
    membership = signed_in(client)
    course = CourseFactory()
    late = TrainingItem(course, "Later", "assigned", date(2026, 5, 1), "because you work at Northlight", "/learn/a/")
    soon = TrainingItem(CourseFactory(), "Sooner", "overdue", date(2026, 2, 1), "because you drive", "/learn/b/")
    asked = []

    def provider(scope: object, at: object) -> list[TrainingItem]:
        asked.append(scope.membership)
        return [late, soon]

    registry.register_training_items(provider)
    response = client.get("/training/")
    page = response.content.decode()
    assert page.index("Sooner") < page.index("Later")
    assert "Past due" in page
    assert "1 May 2026" in page
    assert "Because you work at Northlight" in page
    assert asked == [membership]


def test_open_course_without_requirement_is_listed_once(client: Client) -> None:
    course = released_course()
    on_the_way(client, course)
    page = client.get("/training/").content.decode()
    assert "Safe and fair work" in page
    assert "Because you started it" in page
    item = TrainingItem(
        course, "Safe and fair work", "assigned", None, "because you work here", f"/learn/{course.slug}/"
    )
    registry.register_training_items(lambda scope, at: [item])
    response = client.get("/training/")
    assert [each.because for each, _ in response.context["items"]] == ["because you work here"]
    assert "Started" in response.content.decode()


def test_what_is_done_stands_below_with_its_certificate(client: Client, the_clock: Clock) -> None:  # noqa: F811
    course = released_course(lessons=("facts", "act"), final_quiz=None)
    enrolment = on_the_way(client, course)
    text = enrolment.edition.texts.get()
    for lesson in ("facts", "act"):
        complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=lesson, language="en", at=the_clock.now)
    registry.register_evidence(
        lambda completions, at: [
            Evidence(each.pk, "Safe work", "valid", date(2026, 3, 2), date(2029, 3, 1), "/certificates/x/")
            for each in completions
        ]
    )
    page = client.get("/training/").content.decode()
    assert "Finished on 2 March 2026" in page
    assert 'href="/certificates/x/"' in page
    assert "valid through 1 March 2029" in page


def test_pin_shows_one_workplace_and_own_sign_in_all(client: Client) -> None:
    user = UserFactory()
    mine, other = MembershipFactory(user=user), MembershipFactory(user=user)
    enrolled(released_course(), mine)
    enrolled(released_course(), other)
    signed_in(client, mine)
    assert len(client.get("/training/").context["items"]) == 1
    personal = Client()
    sign_in_personally(personal, user)
    assert len(personal.get("/training/").context["items"]) == 2


def test_registering_twice_changes_nothing() -> None:
    def provider(scope: object, at: object) -> list[TrainingItem]:
        return []

    registry.register_training_items(provider)
    registry.register_training_items(provider)
    assert registry._training == [provider]


def test_item_has_the_title_of_its_course_in_the_readers_language(client: Client) -> None:
    course = released_course()
    english = EditionText.objects.get(edition__course=course)
    snapshot = {
        **english.snapshot,
        "language": "es",
        "course": {**english.snapshot["course"], "title": "Trabajo justo"},
    }
    EditionText.objects.create(
        edition=english.edition,
        language="es",
        revision=1,
        snapshot=snapshot,
        frozen_at=english.frozen_at,
        digest="a" * 64,
    )
    item = TrainingItem(course, "Safe and fair work", "assigned", None, "because you drive", "/learn/b/")
    registry.register_training_items(lambda scope, at: [item])
    signed_in(client)
    assert "Safe and fair work" in client.get("/training/").content.decode()
    client.cookies["language"] = "es"
    page = client.get("/training/").content.decode()
    assert "Trabajo justo" in page
    assert "Safe and fair work" not in page


def test_a_title_in_another_language_than_the_page_says_which(
    client: Client,
    the_clock: Clock,  # noqa: F811
) -> None:
    asked, begun = released_course(), released_course()
    item = TrainingItem(asked, "Safe and fair work", "assigned", None, "because you drive", "/learn/b/")
    registry.register_training_items(lambda scope, at: [item])
    done = on_the_way(client, released_course(lessons=("facts",), final_quiz=None))
    text = done.edition.texts.get()
    complete_lesson(enrolment=done, edition_text=text, lesson_code="facts", language="en", at=the_clock.now)
    enrolled(begun, done.membership)
    marked = '<h3 class="row__title" lang="en" dir="ltr">Safe and fair work</h3>'
    assert marked not in client.get("/training/").content.decode()
    client.cookies["language"] = "ar"
    page = client.get("/training/").content.decode()
    assert page.count(marked) == 3
    assert page.count('<span class="hidden" lang="en" dir="ltr">') == 2
