"""Open courses: nothing about the reader is kept anywhere, and the quiz lives in its form."""

import logging
import time
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from assessments.stateless import make_token, paper_from_token
from courses.models import Course
from courses.views import open_quiz
from tests.courses.learners import (
    form_of,
    right_form,
    signed_in,
    snapshot_of,
    the_clock,  # noqa: F401  # a fixture
    wrong_option,
)
from tests.factories.courses import released_course
from tests.learning import right_response

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def released(module_rows) -> Course:
    with module_rows.unblock():
        return released_course(tier=Course.Tier.OPEN)


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models(include_auto_created=True)}


def paper_of(client: Client, course: Course, *, without: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Open papers until one has no question of a type; return token and questions."""
    for _ in range(40):
        token = client.get(f"/learn/{course.slug}/quiz/").context["token"]
        questions = paper_from_token(snapshot_of(course)["quiz"], token)["questions"]
        if not without or all(question["type"] != without for question in questions):
            return token, questions
    raise AssertionError(without)


def paper_with(client: Client, course: Course, kind: str) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """Open papers until one has a question of a type; return token, questions and that question."""
    for _ in range(40):
        token, questions = paper_of(client, course)
        for question in questions:
            if question["type"] == kind:
                return token, questions, question
    raise AssertionError(kind)


def right_forms(questions: list[dict[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for question in questions:
        data |= right_form(question)
    return data


def send(client: Client, course: Course, token: str, action: str, **data: Any) -> Any:
    return client.post(f"/learn/{course.slug}/quiz/", {"token": token, "action": action, **data})


def test_open_course_leaves_no_row_no_cookie_and_no_log(
    client: Client, course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    token, questions = paper_of(client, course)
    before = rows()
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for path in ("", "facts/", "act/", "quiz/"):
            assert client.get(f"/learn/{course.slug}/{path}").status_code == 200
        assert send(client, course, token, "grade").status_code == 200
        assert send(client, course, token, "grade", **right_forms(questions)).status_code == 200
        assert send(client, course, "nonsense", "grade").status_code == 200
    assert rows() == before
    assert not client.cookies
    assert [record for record in caplog.records if not record.name.startswith("django.template")] == []


def test_open_course_read_by_somebody_signed_in_leaves_no_row(client: Client, course: Course) -> None:
    signed_in(client)
    before = rows()
    for path in ("", "facts/", "act/", "quiz/"):
        page = client.get(f"/learn/{course.slug}/{path}").content.decode()
        assert "data-progress" not in page
    assert rows() == before


def test_open_course_has_no_recorded_pages(client: Client, course: Course) -> None:
    signed_in(client)
    for path in ("start/", "facts/done/", "quiz/hand-in/", "quiz/1/"):
        assert client.post(f"/learn/{course.slug}/{path}").status_code == 404
    assert client.get(f"/learn/{course.slug}/result/").status_code == 404


def test_open_course_offers_the_browser_what_it_needs_to_keep_the_place(client: Client, course: Course) -> None:
    page = client.get(f"/learn/{course.slug}/").content.decode()
    assert f'data-open-course="{course.code}"' in page
    assert 'data-lesson="facts"' in page
    assert "data-next-step" in page
    page = client.get(f"/learn/{course.slug}/facts/").content.decode()
    assert 'data-lesson-done="facts"' in page
    assert "cms/js/keep-place.js" in page
    assert "data-progress" not in page


def test_check_of_an_open_lesson_needs_no_token(course: Course) -> None:
    assert Client(enforce_csrf_checks=True).post(f"/learn/{course.slug}/quiz/").status_code == 200


def test_paper_holds_no_answer(client: Client, course: Course) -> None:
    token, questions = paper_of(client, course)
    page = client.get(f"/learn/{course.slug}/quiz/").content.decode()
    for text in ("This keeps people safe.", "People think so", "correct", "critical", "innocent", "Why c", "Part b"):
        assert text not in page
    assert page.count('class="asked"') == len(questions)
    assert f'value="{token}"' not in page


def test_right_answers_are_told_to_be_right_and_why(client: Client, course: Course) -> None:
    token, questions = paper_of(client, course)
    page = send(client, course, token, "grade", **right_forms(questions)).content.decode()
    assert "You have mastered this" in page
    assert "4 of 4 wholly right" in page
    assert "This keeps people safe." in page
    assert "certificate" not in page.split("<footer")[0].lower()


def test_missed_rule_leads_to_its_passage_and_to_another_paper(client: Client, course: Course) -> None:
    token, questions = paper_of(client, course)
    critical = next(question for question in questions if question["critical"])
    data = right_forms(questions) | form_of(critical, wrong_option(critical))
    page = send(client, course, token, "grade", **data).content.decode()
    assert "Danger now: call 911 first" in page
    assert f'href="/learn/{course.slug}/act/"' in page
    other = send(client, course, token, "other").context["token"]
    quiz = snapshot_of(course)["quiz"]
    seen, asked = (
        {each["key"] for each in paper_from_token(quiz, each_token)["questions"]} for each_token in (token, other)
    )
    assert not seen & asked


def test_gaps_are_named_before_anything_is_graded(client: Client, course: Course) -> None:
    token, questions = paper_of(client, course, without="scenario")
    data = right_forms(questions[:1])
    response = send(client, course, token, "grade", **data)
    assert response.context["unanswered"] == [2, 3, 4]
    page = response.content.decode()
    assert "3 questions are not answered" in page
    assert "This keeps people safe." not in page
    assert "checked" in page
    assert "Not yet" in send(client, course, token, "anyway", **data).content.decode()


def test_story_goes_on_in_the_page_and_keeps_the_other_answers(client: Client, course: Course) -> None:
    token, questions, story = paper_with(client, course, "scenario")
    others = right_forms([question for question in questions if question is not story])
    page = send(client, course, token, "go-on", **others, **form_of(story, ["c1"])).content.decode()
    assert "Part b" in page
    assert "Part d" not in page
    assert page.count(" checked") >= 2
    assert "not answered" not in page
    data = others | form_of(story, right_response(story))
    assert "You have mastered this" in send(client, course, token, "grade", **data).content.decode()


@pytest.mark.parametrize("token", ["", "nonsense", "eyJzIjoieCJ9:1:2"])
def test_foreign_token_gives_new_questions(client: Client, course: Course, token: str) -> None:
    page = send(client, course, token, "grade").content.decode()
    assert "Here are new questions." in page


def test_token_of_another_course_or_too_old_gives_new_questions(
    client: Client, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = released_course(tier=Course.Tier.OPEN)
    assert (
        "Here are new questions."
        in send(client, course, make_token(snapshot_of(elsewhere)["quiz"]), "grade").content.decode()
    )
    now = time.time()
    with monkeypatch.context() as yesterday:
        yesterday.setattr("django.core.signing.time.time", lambda: now - 90_000)
        token = make_token(snapshot_of(course)["quiz"])
    assert "Here are new questions." in send(client, course, token, "grade").content.decode()


def test_answers_of_the_wrong_shape_count_as_not_given(client: Client, course: Course) -> None:
    token, questions = paper_of(client, course, without="scenario")
    data = {f"q-{question['version']}": "nonsense" for question in questions}
    assert send(client, course, token, "grade", **data).context["unanswered"] == [1, 2, 3, 4]


def test_open_quiz_imports_nothing_that_writes() -> None:
    assert "save_answer" not in vars(open_quiz)
