"""The quiz of a recorded course: the way there, one question a page, handing in, the result."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings

from assessments.models import Answer, Attempt
from assessments.services import detach_answers
from courses import registry
from courses.models import Completion, Course, Edition, EditionText, Enrolment, LearningEvent
from courses.registry import Evidence
from courses.snapshot import digest
from people.models import AccountChange
from people.services import issue_code
from tests.courses.learners import (
    Clock,
    do_lessons,
    form_of,
    on_the_way,
    queries_of,
    right_form,
    signed_in,
    the_clock,  # noqa: F401  # a fixture
    wrong_option,
)
from tests.factories.courses import enrolled, released_course
from tests.factories.people import PIN, sign_in_personally, sign_in_with_pin
from tests.learning import right_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(client: Client, course: Course) -> Enrolment:
    """Somebody signed in who has done all lessons."""
    enrolment = on_the_way(client, course)
    do_lessons(client, enrolment)
    return enrolment


def start(client: Client, course: Course) -> Attempt:
    client.post(f"/learn/{course.slug}/quiz/")
    return Attempt.objects.latest("pk")


def question_url(course: Course, position: int) -> str:
    return f"/learn/{course.slug}/quiz/{position}/"


def answer(client: Client, course: Course, position: int, question: dict[str, Any]) -> Any:
    """Answer rightly, a story step by step; return the last response of the server."""
    if question["type"] == "scenario":
        path = right_response(question)
        for steps in range(1, len(path) + 1):
            response = client.post(question_url(course, position), form_of(question, path[:steps]))
        return response
    return client.post(question_url(course, position), right_form(question))


def answer_all(client: Client, course: Course, attempt: Attempt, *, wrong: str | None = None) -> None:
    """Answer a paper; ``wrong``: of the questions of which this is true, a wrong option."""
    for position, question in enumerate(attempt.paper["questions"], start=1):
        if wrong and question.get(wrong) and question["type"] == "single":
            client.post(question_url(course, position), form_of(question, wrong_option(question)))
        else:
            answer(client, course, position, question)


def hand_in(client: Client, course: Course, **data: str) -> Any:
    return client.post(f"/learn/{course.slug}/quiz/hand-in/", data)


def at(attempt: Attempt, kind: str) -> tuple[int, dict[str, Any]]:
    """Return position and question of the first of a type, putting one there if the draw has none."""
    for position, question in enumerate(attempt.paper["questions"], start=1):
        if question["type"] == kind:
            return position, question
    pytest.skip(f"no {kind} drawn")


def drawn_with(client: Client, course: Course, kind: str) -> Attempt:
    """Start papers until one asks a question of a type."""
    for _ in range(30):
        attempt = start(client, course)
        if any(question["type"] == kind for question in attempt.paper["questions"]):
            return attempt
        attempt.delete()
    raise AssertionError(kind)


@pytest.mark.parametrize("path", ["quiz/", "quiz/1/", "quiz/hand-in/", "result/"])
def test_stranger_is_asked_to_sign_in(client: Client, course: Course, path: str) -> None:
    assert client.get(f"/learn/{course.slug}/{path}").url.startswith("/sign-in/?next=")
    assert client.post(f"/learn/{course.slug}/quiz/").url.startswith("/sign-in/?next=")
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("path", ["quiz/", "quiz/1/", "result/"])
def test_who_has_not_started_is_led_to_the_course(client: Client, course: Course, path: str) -> None:
    enrolled(course)
    signed_in(client)
    assert client.get(f"/learn/{course.slug}/{path}").url == f"/learn/{course.slug}/"


def test_quiz_shows_lessons_that_are_missing_and_does_not_start(client: Client, course: Course) -> None:
    on_the_way(client, course)
    page = client.get(f"/learn/{course.slug}/quiz/").content.decode()
    assert "First, finish these lessons" in page
    assert f'href="/learn/{course.slug}/act/"' in page
    assert "Start the questions" not in page
    client.post(f"/learn/{course.slug}/quiz/")
    assert Attempt.objects.count() == 0


def test_quiz_shows_minutes_that_are_missing_and_where_to_practise(
    client: Client,
    the_clock: Clock,  # noqa: F811
) -> None:
    course = released_course(minimum_minutes=10)
    enrolment = on_the_way(client, course)
    do_lessons(client, enrolment)
    page = client.get(f"/learn/{course.slug}/quiz/").content.decode()
    assert "10 minutes are still missing" in page.replace("9 minutes", "10 minutes")
    client.post(f"/learn/{course.slug}/quiz/")
    assert Attempt.objects.count() == 0
    the_clock.forward(minutes=10)
    client.get(f"/learn/{course.slug}/facts/")
    page = client.get(f"/learn/{course.slug}/quiz/").content.decode()
    assert "Start the questions" in page
    start(client, course)
    assert Attempt.objects.count() == 1


def test_quiz_starts_on_the_first_question_and_goes_on_where_one_was(
    client: Client, course: Course, enrolment: Enrolment
) -> None:
    assert client.post(f"/learn/{course.slug}/quiz/").url == question_url(course, 1)
    attempt = Attempt.objects.get()
    assert (attempt.learner, attempt.context) == (enrolment.learner, str(enrolment.public_id))
    answer(client, course, 1, attempt.paper["questions"][0])
    assert client.post(f"/learn/{course.slug}/quiz/").url == question_url(course, 2)
    assert Attempt.objects.count() == 1


def test_question_never_holds_an_answer(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = start(client, course)
    for position, question in enumerate(attempt.paper["questions"], start=1):
        page = client.get(question_url(course, position)).content.decode()
        assert question["stem"][3:-4].split(":")[1] in page
        assert f">{question['key']}<" not in page
        assert f'"{question["key"]}"' not in page
        assert "This keeps people safe." not in page
        assert "People think so" not in page
        assert "correct" not in page
        assert "Why c" not in page
        assert "critical" not in page
        assert "innocent" not in page


def test_answer_is_saved_at_once_and_shown_again(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = start(client, course)
    question = attempt.paper["questions"][0]
    response = answer(client, course, 1, question)
    assert response.url == question_url(course, 2)
    assert Answer.objects.get().response == right_response(question)
    if question["type"] != "scenario":
        assert " checked" in client.get(question_url(course, 1)).content.decode()


def test_answer_can_be_changed_until_handing_in(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "single")
    position, question = at(attempt, "single")
    client.post(question_url(course, position), form_of(question, wrong_option(question)))
    client.post(question_url(course, position), right_form(question))
    assert Answer.objects.get().response == right_response(question)


def test_answer_saved_in_the_background_says_nothing(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "single")
    position, question = at(attempt, "single")
    response = client.post(question_url(course, position), right_form(question), headers={"X-Part": "answer"})
    assert (response.status_code, response.content) == (204, b"")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("sent", [None, "of-another-question", "x" * 200])
def test_nothing_or_nonsense_asks_again_and_keeps_nothing(
    client: Client, course: Course, enrolment: Enrolment, sent: str | None
) -> None:
    attempt = drawn_with(client, course, "single")
    position, question = at(attempt, "single")
    response = client.post(question_url(course, position), form_of(question, sent) if sent else {})
    assert "Choose an answer first." in response.content.decode()
    assert Answer.objects.count() == 0


def test_position_outside_the_paper_is_not_found(client: Client, course: Course, enrolment: Enrolment) -> None:
    start(client, course)
    assert client.get(question_url(course, 0)).status_code == 404
    assert client.get(question_url(course, 5)).status_code == 404


def test_question_without_a_paper_leads_to_the_quiz(client: Client, course: Course, enrolment: Enrolment) -> None:
    assert client.get(question_url(course, 1)).url == f"/learn/{course.slug}/quiz/"


def test_story_is_walked_part_by_part_and_not_back(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "scenario")
    position, question = at(attempt, "scenario")
    url = question_url(course, position)
    page = client.get(url).content.decode()
    assert "Part a" in page
    assert "Part b" not in page
    assert client.post(url, form_of(question, ["c1"])).url == url
    assert "Part b" in client.get(url).content.decode()
    # An older page of the story is sent again, or somebody wants to choose anew: the step stays.
    assert client.post(url, form_of(question, ["c2"])).url == url
    assert client.post(url, form_of(question, ["c1"])).url == url
    assert client.post(url, form_of(question, ["c2", "c3"])).url == url
    assert Answer.objects.get().response == ["c1"]
    client.post(url, form_of(question, ["c1", "c4"]))
    assert Answer.objects.get().response == ["c1", "c4"]
    page = client.get(url).content.decode()
    assert "Part d" in page
    assert 'type="radio"' not in page


def test_story_cannot_be_jumped(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "scenario")
    position, question = at(attempt, "scenario")
    client.post(question_url(course, position), form_of(question, ["c1", "c3"]))
    client.post(question_url(course, position), form_of(question, ["c3"]))
    assert Answer.objects.count() == 0


def test_overview_names_what_is_not_answered(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = start(client, course)
    answer(client, course, 1, attempt.paper["questions"][0])
    response = client.get(f"/learn/{course.slug}/quiz/")
    assert response.context["unanswered"] == [2, 3, 4]
    assert "3 of 4 questions are not answered yet." in response.content.decode()
    assert "Hand in anyway" in response.content.decode()


def test_handing_in_with_gaps_asks_first(client: Client, course: Course, enrolment: Enrolment) -> None:
    start(client, course)
    assert hand_in(client, course).url == f"/learn/{course.slug}/quiz/"
    assert Attempt.objects.get().submitted_at is None
    assert hand_in(client, course, anyway="yes").url == f"/learn/{course.slug}/result/"
    assert Attempt.objects.get().passed is False


def test_handing_in_by_a_link_changes_nothing(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = start(client, course)
    answer_all(client, course, attempt)
    assert client.get(f"/learn/{course.slug}/quiz/hand-in/").url == f"/learn/{course.slug}/quiz/"
    assert Attempt.objects.get().submitted_at is None


def test_passing_completes_the_course_once_and_shows_the_certificate(
    client: Client, course: Course, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(client, course, start(client, course))
    assert hand_in(client, course).url == f"/learn/{course.slug}/result/"
    assert hand_in(client, course).url == f"/learn/{course.slug}/result/"
    completion = Completion.objects.get()
    assert completion.enrolment == enrolment
    assert LearningEvent.objects.filter(verb="quiz_graded").count() == 1
    evidence = Evidence(
        completion.pk, "Safe work", "valid", date(2026, 3, 2), date(2029, 3, 1), "/c/x/", "/c/x/document/"
    )
    monkeypatch.setattr(registry, "_evidence", [lambda completions, at: [evidence]])
    page = client.get(f"/learn/{course.slug}/result/").content.decode()
    assert "You passed" in page
    assert 'href="/c/x/"' in page
    assert 'href="/c/x/document/"' in page
    assert "1 March 2029" in page
    assert "What you have mastered" in page
    assert "Do note" in page
    assert "Try again" not in page
    assert client.get(f"/learn/{course.slug}/quiz/").url == f"/learn/{course.slug}/result/"


def test_missed_safety_rule_leads_to_its_passage_and_another_paper(
    client: Client, course: Course, enrolment: Enrolment
) -> None:
    first = start(client, course)
    answer_all(client, course, first, wrong="critical")
    hand_in(client, course)
    page = client.get(f"/learn/{course.slug}/result/").content.decode()
    assert "Not yet" in page
    assert "One safety rule has to be right every time, and it was not." in page
    assert "Danger now: call 911 first" in page
    assert f'href="/learn/{course.slug}/act/"' in page
    assert "Try again with other questions" in page
    assert "Or talk it through" not in page
    assert "People think so; asking is better." in page
    assert Completion.objects.count() == 0
    second = start(client, course)
    seen, asked = ({question["key"] for question in attempt.paper["questions"]} for attempt in (first, second))
    assert second.form == 2
    assert not seen & asked


def test_after_two_failures_a_person_is_offered(client: Client, course: Course, enrolment: Enrolment) -> None:
    for _ in range(2):
        start(client, course)
        hand_in(client, course, anyway="yes")
    page = client.get(f"/learn/{course.slug}/result/").content.decode()
    assert "Or talk it through with somebody" in page
    assert "Try again with other questions" in page


def test_result_before_handing_in_leads_to_the_quiz(client: Client, course: Course, enrolment: Enrolment) -> None:
    assert client.get(f"/learn/{course.slug}/result/").url == f"/learn/{course.slug}/quiz/"
    start(client, course)
    assert client.get(f"/learn/{course.slug}/result/").url == f"/learn/{course.slug}/quiz/"


def test_result_without_its_answers_still_shows_what_was_mastered(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
) -> None:
    answer_all(client, course, start(client, course))
    hand_in(client, course)
    now = the_clock.now + timedelta(days=31)
    assert detach_answers(before=now - timedelta(days=30), limit=10, at=now) == 1
    page = client.get(f"/learn/{course.slug}/result/").content.decode()
    assert "What you have mastered" in page
    assert "The questions, and why" not in page


def test_paper_is_only_ever_ones_own(client: Client, course: Course, enrolment: Enrolment) -> None:
    start(client, course)
    other = Client()
    other_enrolment = on_the_way(other, course)
    do_lessons(other, other_enrolment)
    assert other.get(question_url(course, 1)).url == f"/learn/{course.slug}/quiz/"
    other.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"})
    assert Attempt.objects.get().submitted_at is None
    assert Attempt.objects.get().learner == enrolment.learner


def test_quiz_of_another_course_does_not_take_this_paper(client: Client, course: Course, enrolment: Enrolment) -> None:
    start(client, course)
    elsewhere = released_course()
    enrolled(elsewhere, enrolment.membership)
    assert client.get(question_url(elsewhere, 1)).url == f"/learn/{elsewhere.slug}/quiz/"


def test_course_without_a_quiz_has_no_quiz_page(client: Client) -> None:
    course = released_course(final_quiz=None)
    on_the_way(client, course)
    assert client.get(f"/learn/{course.slug}/quiz/").status_code == 404


def test_starting_is_protected_against_forged_forms(course: Course) -> None:
    strict = Client(enforce_csrf_checks=True)
    enrolment = on_the_way(strict, course)
    assert enrolment
    assert strict.post(f"/learn/{course.slug}/quiz/").status_code == 403


def test_limits_of_a_quiz_are_said(client: Client) -> None:
    course = released_course(final_quiz__max_attempts=1)
    enrolment = on_the_way(client, course)
    do_lessons(client, enrolment)
    assert "You have one try." in client.get(f"/learn/{course.slug}/quiz/").content.decode()
    start(client, course)
    hand_in(client, course, anyway="yes")
    page = client.post(f"/learn/{course.slug}/quiz/").content.decode()
    assert "This quiz may be taken once, and you did." in page
    assert Attempt.objects.count() == 1


def test_waiting_time_of_a_quiz_is_said(client: Client) -> None:
    course = released_course(final_quiz__wait_hours=24)
    enrolment = on_the_way(client, course)
    do_lessons(client, enrolment)
    start(client, course)
    hand_in(client, course, anyway="yes")
    page = client.post(f"/learn/{course.slug}/quiz/").content.decode()
    assert "You can try again from 3 March 2026" in page


@override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES)
def test_paper_follows_the_language_and_keeps_its_keys(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "single")
    position, question = at(attempt, "single")
    edition = Edition.objects.get(course=course)
    english = edition.texts.get()
    french = {**english.snapshot, "language": "fr"}
    french["quiz"] = {
        **french["quiz"],
        "questions": [{**each, "stem": f"<p>Que faire ? {each['key']}</p>"} for each in french["quiz"]["questions"]],
    }
    EditionText.objects.create(
        edition=edition, language="fr", snapshot=french, digest=digest(french), frozen_at=english.frozen_at
    )
    client.cookies["language"] = "fr"
    page = client.get(question_url(course, position)).content.decode()
    assert "Que faire" in page
    client.post(question_url(course, position), right_form(question))
    assert Answer.objects.get().response == right_response(question)


@override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES)
def test_switch_in_mid_quiz_keeps_every_answer_in_one_attempt(
    client: Client, course: Course, enrolment: Enrolment
) -> None:
    attempt = start(client, course)
    questions = attempt.paper["questions"]
    half = len(questions) // 2
    for position, question in enumerate(questions[:half], start=1):
        answer(client, course, position, question)
    before = dict(attempt.answers.values_list("question_key", "response"))
    edition = Edition.objects.get(course=course)
    english = edition.texts.get()
    french = {**english.snapshot, "language": "fr"}
    EditionText.objects.create(
        edition=edition, language="fr", snapshot=french, digest=digest(french), frozen_at=english.frozen_at
    )
    client.cookies["language"] = "fr"
    overview = client.get(f"/learn/{course.slug}/quiz/")
    assert overview.context["answered"] == half
    for position, question in enumerate(questions[half:], start=half + 1):
        answer(client, course, position, question)
    assert before.items() <= dict(attempt.answers.values_list("question_key", "response")).items()
    hand_in(client, course)
    graded = Attempt.objects.get()
    assert (graded.pk, graded.passed) == (attempt.pk, True)
    assert all(each["right"] for each in graded.result["questions"])


def test_handing_in_takes_few_queries(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = start(client, course)
    answer_all(client, course, attempt, wrong="critical")
    assert queries_of(client, f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"}) <= 12


def test_saving_an_answer_takes_few_queries(client: Client, course: Course, enrolment: Enrolment) -> None:
    attempt = drawn_with(client, course, "single")
    position, question = at(attempt, "single")
    client.get(question_url(course, position))
    assert queries_of(client, question_url(course, position), right_form(question)) <= 12


def reset(enrolment: Enrolment, at: datetime) -> None:
    """Let the employer print a code and set a PIN with it."""
    credential = enrolment.membership.credential
    issue_code(membership=enrolment.membership, by=None, at=at)
    credential.refresh_from_db()
    credential.pin_hash, credential.pin_set_at = make_password(PIN), at
    credential.save()
    enrolment.membership.credential = credential
    AccountChange.objects.create(
        user=enrolment.learner, membership=enrolment.membership, kind=AccountChange.Kind.PIN_SET, happened_at=at
    )


@pytest.mark.parametrize("own_sign_in", [False, True])
def test_after_a_reset_the_paper_in_hand_and_its_answers_stay_hidden(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
    own_sign_in: bool,
) -> None:
    AccountChange.objects.create(
        user=enrolment.learner, kind=AccountChange.Kind.RECOVERY_MADE, happened_at=the_clock.now
    )
    first = start(client, course)
    answer_all(client, course, first)
    reset(enrolment, the_clock.forward(days=1))
    assert client.get(f"/learn/{course.slug}/quiz/").url.startswith("/sign-in/")  # the reset ended the session
    sign_in_personally(client, enrolment.learner) if own_sign_in else sign_in_with_pin(client, enrolment.membership)
    the_clock.forward(minutes=1)

    if own_sign_in:
        assert "Every question is answered" in client.get(f"/learn/{course.slug}/quiz/").content.decode()
        hand_in(client, course)
        assert Completion.objects.count() == 1
        return
    assert "Start the questions" in client.get(f"/learn/{course.slug}/quiz/").content.decode()
    assert client.get(question_url(course, 1)).url == f"/learn/{course.slug}/quiz/"
    assert hand_in(client, course, anyway="yes").url == f"/learn/{course.slug}/result/"
    assert Completion.objects.count() == 0
    second = start(client, course)
    assert second != first
    for position in range(1, 5):
        assert " checked" not in client.get(question_url(course, position)).content.decode()
    answer_all(client, course, second)
    hand_in(client, course)
    assert "You passed" in client.get(f"/learn/{course.slug}/result/").content.decode()
    assert Answer.objects.filter(attempt=first).count() == 4  # nobody else's to throw away


@pytest.mark.parametrize("passed", [False, True])
def test_after_a_reset_earlier_results_stay_hidden(
    client: Client,
    course: Course,
    enrolment: Enrolment,
    the_clock: Clock,  # noqa: F811
    passed: bool,
) -> None:
    for _ in range(1 if passed else 2):
        answer_all(client, course, start(client, course), wrong=None if passed else "critical")
        hand_in(client, course, anyway="yes")
    assert "The questions, and why" in client.get(f"/learn/{course.slug}/result/").content.decode()
    reset(enrolment, the_clock.forward(days=1))
    sign_in_with_pin(client, enrolment.membership)

    response = client.get(f"/learn/{course.slug}/result/", follow=True)
    pages = [response] + [client.get(f"/learn/{course.slug}/{path}", follow=True) for path in ("", "quiz/")]
    for page in [*pages, client.get("/training/")]:
        text = page.content.decode()
        for told in ("The questions, and why", "Not yet<", "You passed", "Try again", "Read this again first"):
            assert told not in text, told
    assert response.redirect_chain[-1][0] == f"/learn/{course.slug}/{'' if passed else 'quiz/'}"
    assert ("You finished this course" in response.content.decode()) is passed

    if not passed:  # what comes after the new PIN is shown as ever
        start(client, course)
        hand_in(client, course, anyway="yes")
        text = client.get(f"/learn/{course.slug}/result/").content.decode()
        assert "Not yet<" in text
        assert "Or talk it through" not in text  # that would tell of two more
