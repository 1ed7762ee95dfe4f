"""The page of a course, and starting it."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client, override_settings

from courses import registry
from courses.models import Course, CoursePage, Enrolment, LearningEvent
from courses.registry import Evidence, TrainingItem
from courses.services import complete_lesson
from tests.courses.learners import Clock, on_the_way, queries_of, signed_in, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import course_with_pages, enrolled, publish, release, released_course
from tests.factories.people import MembershipFactory, UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


def url_of(course: Course) -> str:
    return f"/learn/{course.slug}/"


def test_course_unknown_is_not_found(client: Client) -> None:
    assert client.get("/learn/nothing-here/").status_code == 404


def test_course_never_released_is_not_found(client: Client) -> None:
    course = course_with_pages()
    assert client.get(url_of(course)).status_code == 404


def test_course_tells_what_it_is_about(client: Client) -> None:
    course = released_course(reviews_missing=["survivors", "first-nation", "lawyer"], minimum_minutes=10)
    page = client.get(url_of(course)).content.decode()
    assert "<title>Safe and fair work – Fieldfare</title>" in page
    assert "Two short lessons." in page
    assert "notice signs in what people do" in page
    assert "You can stop at any time." in page
    assert "About 12 minutes · at least 10" in page
    assert "Not yet reviewed by survivors, a First Nation or a lawyer." in page
    assert "to read" in page


def test_recorded_course_asks_a_stranger_to_sign_in_and_come_back(client: Client) -> None:
    course = released_course()
    response = client.get(url_of(course))
    page = response.content.decode()
    assert f'href="/sign-in/?next=%2Flearn%2F{course.slug}%2F"' in page
    assert 'href="/what-your-workplace-can-see/"' in page
    assert f'href="/learn/{course.slug}/facts/"' not in page


def test_start_enrols_and_leads_to_the_first_lesson(client: Client) -> None:
    course = released_course()
    membership = signed_in(client)
    page = client.get(url_of(course))
    assert "Start the course" in page.content.decode()
    response = client.post(f"{url_of(course)}start/")
    assert response.url == f"/learn/{course.slug}/facts/"
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner, enrolment.membership, enrolment.number) == (membership.user, membership, 1)


def test_start_pressed_twice_is_one_enrolment(client: Client) -> None:
    course = released_course()
    signed_in(client)
    client.post(f"{url_of(course)}start/")
    client.post(f"{url_of(course)}start/")
    assert Enrolment.objects.count() == 1


def test_start_by_a_stranger_leads_to_sign_in(client: Client) -> None:
    course = released_course()
    response = client.post(f"{url_of(course)}start/")
    assert response.url == f"/sign-in/?next=%2Flearn%2F{course.slug}%2F"
    assert Enrolment.objects.count() == 0


def test_start_opened_by_a_link_leads_to_the_course(client: Client) -> None:
    course = released_course()
    signed_in(client)
    assert client.get(f"{url_of(course)}start/").url == url_of(course)
    assert Enrolment.objects.count() == 0


def test_start_with_several_workplaces_asks_which_and_takes_only_own(client: Client) -> None:
    course = released_course()
    user = UserFactory()
    first, second = MembershipFactory(user=user), MembershipFactory(user=user)
    foreign = MembershipFactory()
    sign_in_personally(client, user)
    assert second.organisation.name in client.get(url_of(course)).content.decode()
    assert client.post(f"{url_of(course)}start/", {"membership": str(foreign.public_id)}).url == url_of(course)
    assert Enrolment.objects.count() == 0
    client.post(f"{url_of(course)}start/", {"membership": str(second.public_id)})
    assert Enrolment.objects.get().membership == second
    assert first.enrolments.count() == 0


def test_start_for_oneself_has_no_membership(client: Client) -> None:
    course = released_course()
    user = UserFactory()
    sign_in_personally(client, user)
    client.post(f"{url_of(course)}start/")
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner, enrolment.membership) == (user, None)


def test_start_for_oneself_is_not_open_to_a_pin(client: Client) -> None:
    """Nor does it lead on to where somebody is in what she learns for herself."""
    course = released_course()
    membership = signed_in(client)
    own = enrolled(course, learner=membership.user)
    assert client.post(f"{url_of(course)}start/", {"membership": "own"}).url == url_of(course)
    assert [*Enrolment.objects.all()] == [own]


def test_course_shows_the_state_of_lessons_and_the_next_step(client: Client, the_clock: Clock) -> None:  # noqa: F811
    course = released_course()
    enrolment = on_the_way(client, course)
    assert "Start lesson 1" in client.get(url_of(course)).content.decode()
    text = enrolment.edition.texts.get()
    complete_lesson(enrolment=enrolment, edition_text=text, lesson_code="facts", language="en", at=the_clock.now)
    response = client.get(url_of(course))
    assert [state for _, state in response.context["lessons"]] == ["done", "not_started"]
    page = response.content.decode()
    assert "Start lesson 2" in page
    assert "1 of 2 lessons done" in page


def test_course_of_another_session_of_the_same_person_is_apart(client: Client) -> None:
    """A PIN opens one membership: what was done for another employer is not there."""
    course = released_course()
    user = UserFactory()
    mine, other = MembershipFactory(user=user), MembershipFactory(user=user)
    enrolled(course, other)
    signed_in(client, mine)
    assert client.get(url_of(course)).context["reading"].enrolment is None


def test_course_of_somebody_else_is_apart(client: Client) -> None:
    course = released_course()
    enrolled(course)
    signed_in(client)
    assert client.get(url_of(course)).context["reading"].enrolment is None


def test_vetted_course_explains_that_an_approval_is_needed(client: Client) -> None:
    course = released_course(tier=Course.Tier.VETTED)
    for path in ("", "facts/", "quiz/"):
        response = client.get(url_of(course) + path)
        assert response.status_code == 403
        assert "needs an approval" in response.content.decode()
        assert "Safe and fair work" not in response.content.decode()
    signed_in(client)
    assert client.post(f"{url_of(course)}start/").status_code == 403
    assert Enrolment.objects.count() == 0


def test_learner_stays_on_the_edition_they_began(client: Client) -> None:
    course = released_course()
    on_the_way(client, course)
    page = CoursePage.objects.get(course=course)
    page.title = "A new title"
    publish(page)
    release(course)
    assert "Safe and fair work" in client.get(url_of(course)).content.decode()
    assert "A new title" not in client.get(url_of(course)).content.decode()
    assert "A new title" in Client().get(url_of(course)).content.decode()


@override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES)
def test_course_in_a_language_it_lacks_says_so(client: Client) -> None:
    course = released_course()
    client.cookies["language"] = "es"
    page = client.get(url_of(course)).content.decode()
    assert '<html lang="es"' in page
    assert "todavía no está en español: se muestra en inglés." in page.lower()
    assert '<h1 lang="en" dir="ltr">Safe and fair work</h1>' in page


def test_completed_course_shows_its_certificate_and_can_be_taken_again(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    the_clock: Clock,  # noqa: F811
) -> None:
    course = released_course(final_quiz=None)
    enrolment = on_the_way(client, course)
    text = enrolment.edition.texts.get()
    for lesson in ("facts", "act"):
        complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=lesson, language="en", at=the_clock.now)
    completion = enrolment.completion
    evidence = Evidence(completion.pk, "Safe work", "valid", date(2026, 3, 2), date(2029, 3, 1), "/certificates/x/")
    monkeypatch.setattr(registry, "_evidence", [lambda completions, at: [evidence]])
    page = client.get(url_of(course)).content.decode()
    assert "You finished this course on 2 March 2026." in page
    assert 'href="/certificates/x/"' in page
    assert "valid through 1 March 2029" in page
    assert "button--secondary" in page[page.index("/start/") :].split("Take this course again")[0]
    item = TrainingItem(course, "Safe work", "renewable", date(2029, 3, 1), "because", url_of(course))
    monkeypatch.setattr(registry, "_training", [lambda scope, at: [item]])
    page = client.get(url_of(course)).content.decode()
    assert "button--secondary" not in page[page.index("/start/") :].split("Take this course again")[0]
    client.post(f"{url_of(course)}start/")
    assert Enrolment.objects.get(completed_at__isnull=True).number == 2


def test_course_page_takes_few_queries_whatever_its_length(client: Client) -> None:
    short, long = released_course(), released_course(lessons=("facts", "a", "b", "c", "d", "act"))
    membership = signed_in(client)
    enrolled(short, membership)
    enrolled(long, membership)
    client.get(url_of(short))
    client.get(url_of(long))
    few, many = queries_of(client, url_of(short)), queries_of(client, url_of(long))
    assert few == many
    assert many <= 12


def test_course_page_records_nothing(client: Client) -> None:
    course = released_course()
    on_the_way(client, course)
    before = LearningEvent.objects.count()
    client.get(url_of(course))
    assert LearningEvent.objects.count() == before
