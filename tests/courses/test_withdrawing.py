"""A part taken away for safety is gone at once, for pinned learners too; the frozen text still proves what was shown."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import ModelLogEntry

from assessments.models import Answer, Attempt
from courses.exceptions import NothingToWithdraw, NotReleased, ReleaseFault, ReleaseRefused
from courses.models import Course, CoursePage, EditionText, LessonPage, Withdrawal
from courses.services import put_back, release_course, withdraw_part
from courses.withdrawn import Part
from tests.courses.learners import (
    do_lessons,
    form_of,
    on_the_way,
    queries_of,
    right_form,
    signed_in,
    the_clock,  # noqa: F401  # a fixture
)
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    course_with_pages,
    enrolled,
    learner_at_work,
    lesson_page,
    publish,
    release,
    released_course,
    rich_body,
)
from tests.factories.people import UserFactory, sign_in_personally, sign_in_with_pin
from tests.learning import right_response

pytestmark = pytest.mark.django_db

SIGN = "One answers for all."


@pytest.fixture
def course(settings: Any, tmp_path: Any) -> Course:
    """A course whose lesson "rich" has a block of each kind; edition 1 is released."""
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages()
    image = Image.objects.create(title="A door", file=get_test_image_file("door.png", size=(40, 30)))
    lesson_page(CoursePage.objects.get(course=course), "rich", body=rich_body(image=image))
    release(course)
    return course


def text_of(course: Course, number: int = 1) -> EditionText:
    return EditionText.objects.get(edition__course=course, edition__number=number)


def block(course: Course, kind: str) -> Part:
    rich = next(lesson for lesson in text_of(course).snapshot["lessons"] if lesson["code"] == "rich")
    return Part("block", next(each["id"] for each in rich["body"] if each["type"] == kind))


def withdraw(course: Course, part: Part, **changes: Any) -> Withdrawal:
    about = {"label": "A part", "reason": "safety", "instead": "Call 911 first.", "by": None, "at": STARTED_AT}
    return withdraw_part(course=course, part=part, **{**about, **changes})


def lesson_page_of(client: Client, course: Course, lesson: str = "rich") -> str:
    return client.get(reverse("courses:lesson", args=[course.slug, lesson])).content.decode()


def test_pinned_and_new_learners_see_the_notice_with_the_next_page(client: Client, course: Course) -> None:
    pinned = enrolled(course, learner_at_work())
    page = LessonPage.objects.get(lesson__code="rich")
    page.title = "Rich, again"
    publish(page)
    release(course)
    newcomer = enrolled(course, learner_at_work())
    assert (pinned.edition.number, newcomer.edition.number) == (1, 2)
    for enrolment in (pinned, newcomer):
        sign_in_with_pin(client, enrolment.membership)
        assert SIGN in lesson_page_of(client, course)
    withdraw(course, block(course, "sign"))
    for enrolment in (pinned, newcomer):
        sign_in_with_pin(client, enrolment.membership)
        shown = lesson_page_of(client, course)
        assert SIGN not in shown
        assert "This part was taken away" in shown
        assert "Call 911 first." in shown
    assert SIGN in str(text_of(course).snapshot)  # the proof of what was shown


def test_whole_lesson_is_withdrawn_and_can_still_be_finished(client: Client, course: Course) -> None:
    enrolment = on_the_way(client, course)
    withdraw(course, Part("lesson", "rich"), reason="nation", instead="")
    shown = lesson_page_of(client, course)
    assert SIGN not in shown
    assert "A part was here that its owner withdrew on 2 March 2026." in shown
    do_lessons(client, enrolment)
    assert client.get(f"/learn/{course.slug}/").context["reading"].lessons_left == []


def test_withdrawn_file_is_not_sent(client: Client, course: Course) -> None:
    [sha256] = text_of(course).snapshot["media"]
    address = reverse("courses:frozen_media", args=[sha256])
    assert b"".join(client.get(address))
    withdrawal = withdraw(course, block(course, "image"))
    assert client.get(address).status_code == 404
    put_back(withdrawal=withdrawal, by=None, at=STARTED_AT)
    assert b"".join(client.get(address))


def test_what_is_put_back_shows_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    withdrawal = withdraw(course, block(course, "sign"))
    put_back(withdrawal=withdrawal, by=None, at=STARTED_AT)
    put_back(withdrawal=withdrawal, by=None, at=STARTED_AT)  # twice is once
    assert SIGN in lesson_page_of(client, course)
    assert [entry.action for entry in ModelLogEntry.objects.filter(object_id=str(course.pk)).order_by("pk")] == [
        "courses.withdraw",
        "courses.put_back",
    ]


def test_withdrawn_practice_question_is_not_asked(client: Client, course: Course) -> None:
    on_the_way(client, course)
    [(key, question)] = text_of(course).snapshot["practice"].items()
    check = reverse("courses:check", args=[course.slug, "rich", question["version"]])
    assert check in lesson_page_of(client, course)
    withdraw(course, Part("question", key))
    assert check not in lesson_page_of(client, course)
    assert client.post(check, right_form(question)).status_code == 404


def test_withdrawn_quiz_question_leaves_papers_in_hand_and_is_not_graded(client: Client) -> None:
    course = released_course()
    do_lessons(client, on_the_way(client, course))
    client.post(f"/learn/{course.slug}/quiz/")
    attempt = Attempt.objects.get()
    questions = attempt.paper["questions"]
    gone = questions[1]
    assert len(questions) == 4
    withdraw(course, Part("question", gone["key"]))
    for position, question in enumerate([each for each in questions if each is not gone], start=1):
        path = right_response(question)
        steps = range(1, len(path) + 1) if question["type"] == "scenario" else [0]
        for step in steps:  # a story is walked part by part
            response = path[:step] if step else path
            client.post(f"/learn/{course.slug}/quiz/{position}/", form_of(question, response))
    assert client.get(f"/learn/{course.slug}/quiz/4/").status_code == 404
    client.post(f"/learn/{course.slug}/quiz/hand-in/")
    attempt.refresh_from_db()
    assert attempt.passed
    assert attempt.result["possible"] == 3
    assert Answer.objects.count() == 3


def test_withdrawn_quiz_question_is_not_drawn_nor_shown_in_the_result(client: Client) -> None:
    course = released_course()
    keys = [question["key"] for question in text_of(course).snapshot["quiz"]["questions"]]
    do_lessons(client, on_the_way(client, course))
    for key in keys[:-2]:
        withdraw(course, Part("question", key))
    client.post(f"/learn/{course.slug}/quiz/")
    attempt = Attempt.objects.get()
    asked = {question["key"] for question in attempt.paper["questions"]}
    assert asked <= set(keys[-2:])
    assert asked
    client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "1"})
    withdraw(course, Part("question", keys[-1]))
    explained = client.get(f"/learn/{course.slug}/result/").context["explained"]
    assert len(explained) == len(asked - {keys[-1]})


def test_pages_cost_a_query_more_only_where_something_is_withdrawn(client: Client, course: Course) -> None:
    on_the_way(client, course)
    address = reverse("courses:lesson", args=[course.slug, "rich"])
    client.get(address)
    before = queries_of(client, address)
    withdraw(course, block(course, "sign"))
    assert queries_of(client, address) == before + 1
    withdraw(course, block(course, "do_never"))
    assert queries_of(client, address) == before + 1


def test_same_text_is_not_released_again_and_a_mended_one_is(client: Client, course: Course) -> None:
    withdraw(course, block(course, "sign"), label="Rich: the sign")
    page = LessonPage.objects.get(lesson__code="rich")
    page.title = "Rich, again"
    publish(page)
    with pytest.raises(ReleaseRefused) as refused:
        release_course(course=course, severity="finish_on_old", by=None, at=RELEASED_AT)
    assert [(each.fault, each.detail) for each in refused.value.problems] == [
        (ReleaseFault.WITHDRAWN, "Rich: the sign")
    ]
    page = LessonPage.objects.get(lesson__code="rich")
    raw = list(page.body.raw_data)
    sign = next(each for each in raw if each["type"] == "sign")
    sign["value"]["sign"] = "One will not let another answer."
    page.body = [dict(each) for each in raw]
    publish(page)
    assert release(course).number == 2
    on_the_way(client, course)
    assert "One will not let another answer." in lesson_page_of(client, course)


def test_second_withdrawal_of_a_part_changes_the_words(client: Client, course: Course) -> None:
    part = block(course, "sign")
    withdraw(course, part)
    withdraw(course, part, instead="Ask the person.", reason="wrong")
    [withdrawal] = Withdrawal.objects.all()
    assert (withdrawal.instead, withdrawal.reason) == ("Ask the person.", "wrong")


@pytest.mark.parametrize("part", [Part("block", "no-such"), Part("lesson", "no-such"), Part("question", "no-such")])
def test_unknown_part_is_refused(course: Course, part: Part) -> None:
    with pytest.raises(NothingToWithdraw):
        withdraw(course, part)
    assert not Withdrawal.objects.exists()


def test_nothing_is_withdrawn_of_a_course_that_nobody_sees() -> None:
    with pytest.raises(NotReleased):
        withdraw(course_with_pages(), Part("lesson", "facts"))


def sign_in_to_cms(client: Client, group: str) -> None:
    editor = UserFactory(with_email=True)
    editor.groups.add(Group.objects.get(name=group))
    sign_in_personally(client, editor)


class TestCms:
    @pytest.mark.parametrize("group", ["author", "publisher"])
    def test_one_editor_takes_a_part_away(self, client: Client, course: Course, group: str) -> None:
        sign_in_to_cms(client, group)
        address = reverse("courses_admin:withdraw", args=[course.pk])
        part = block(course, "sign")
        assert f'value="block:{part.target}"' in client.get(address).content.decode()
        sent = {"part": f"block:{part.target}", "reason": "safety", "instead": " Ask. "}
        shown = client.post(address, sent, follow=True).content.decode()
        [withdrawal] = Withdrawal.objects.in_force()
        assert (withdrawal.kind, withdrawal.target, withdrawal.instead) == ("block", part.target, "Ask.")
        assert withdrawal.label.startswith("Rich: One answers for all.")
        assert "Nobody sees it any more." in shown
        notice = client.get(reverse("wagtailadmin_pages:edit", args=[CoursePage.objects.get(course=course).pk]))
        assert "1 part is withdrawn" in notice.content.decode()

    def test_only_a_publisher_puts_back(self, client: Client, course: Course) -> None:
        withdrawal = withdraw(course, block(course, "sign"))
        address = reverse("courses_admin:withdraw", args=[course.pk])
        sign_in_to_cms(client, "author")
        assert "Put back" not in client.get(address).content.decode()
        client.post(address, {"put_back": withdrawal.pk})
        assert Withdrawal.objects.in_force().exists()
        sign_in_to_cms(client, "publisher")
        client.post(address, {"put_back": withdrawal.pk})
        assert not Withdrawal.objects.in_force().exists()
        assert client.post(address, {"put_back": "x"}).status_code == 404

    @pytest.mark.parametrize("sent", [{}, {"part": "block:x"}, {"part": "nonsense", "reason": "safety"}])
    def test_nonsense_withdraws_nothing(self, client: Client, course: Course, sent: dict[str, str]) -> None:
        sign_in_to_cms(client, "author")
        assert client.post(reverse("courses_admin:withdraw", args=[course.pk]), sent).status_code == 200
        assert not Withdrawal.objects.exists()

    def test_localiser_hr_and_strangers_are_refused(self, client: Client, course: Course) -> None:
        address = reverse("courses_admin:withdraw", args=[course.pk])
        assert client.get(address).status_code == 302
        signed_in(client)
        assert client.get(address).status_code == 302
        sign_in_to_cms(client, "localiser")
        assert client.post(address, {"part": "lesson:rich", "reason": "safety"}).status_code == 302
        assert not Withdrawal.objects.exists()
