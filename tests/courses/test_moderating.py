"""Wagtail's workflows follow what reviewers say, and nobody publishes around them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from courses.exceptions import PublishRefused
from courses.models import Course, CoursePage, LessonPage, ReviewRequest, ReviewTask
from courses.services import add_reviewer, text_to_review
from courses.snapshot import reviewed_digest
from tests.courses.test_release import LATER, editor
from tests.factories.courses import RELEASED_AT, course_with_pages, says
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    """A published course whose pages are under a workflow of two steps: law, then survivors; one reviewer of each."""
    course = course_with_pages()
    workflow = Workflow.objects.create(name="Reviews")
    for order, kind in enumerate(("legal", "survivor")):
        task = ReviewTask.objects.create(name=kind, kind=kind)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
        add_reviewer(known_as=kind, kinds=[kind], by=None, at=RELEASED_AT)
    WorkflowPage.objects.create(workflow=workflow, page=CoursePage.objects.get(course=course))
    return course


def submitted(course: Course) -> WorkflowState:
    """Change the page's title as a draft and submit it."""
    page = CoursePage.objects.get(course=course)
    page.title = "Fair work"
    page.save_revision()
    return page.get_workflow().start(page, editor("author"))


def asked(course: Course, kind: str) -> ReviewRequest:
    return ReviewRequest.objects.get(course=course, kind=kind)


def title_of(course: Course) -> str:
    return CoursePage.objects.get(course=course).title


def state_of(course: Course) -> str:
    return WorkflowState.objects.latest("pk").status


def test_the_steps_ask_in_turn_and_the_last_yes_publishes(course: Course) -> None:
    submitted(course)
    assert [it.kind for it in ReviewRequest.objects.all()] == ["legal"]
    draft = text_to_review(course=course, language="en")
    assert draft["course"]["title"] == "Fair work"
    says(asked(course, "legal"), "yes")
    assert (state_of(course), title_of(course)) == ("in_progress", "Safe and fair work")
    says(asked(course, "survivor"), "yes")
    assert (state_of(course), title_of(course)) == ("approved", "Fair work")
    # What they signed is what a release would freeze now.
    assert reviewed_digest(text_to_review(course=course, language="en")) == reviewed_digest(draft)


def test_a_no_sends_it_back_and_their_yes_to_the_mended_text_lets_it_on(course: Course) -> None:
    submitted(course)
    says(asked(course, "legal"), "no")
    assert (state_of(course), title_of(course)) == ("needs_changes", "Safe and fair work")
    page = CoursePage.objects.get(course=course)
    with pytest.raises(PublishRefused):
        page.get_latest_revision().publish(user=UserFactory(with_email=True, is_superuser=True))
    page = page.get_latest_revision_as_object()
    page.summary = "Mended."
    page.save_revision()
    page.current_workflow_state.resume(editor("author"))
    assert state_of(course) == "in_progress"
    says(asked(course, "legal"), "yes", at=LATER)
    says(asked(course, "survivor"), "yes", at=LATER)
    assert (state_of(course), CoursePage.objects.get(course=course).summary) == ("approved", "Mended.")


def test_everybody_who_was_asked_is_waited_for(course: Course) -> None:
    add_reviewer(known_as="second", kinds=["legal"], by=None, at=RELEASED_AT)
    add_reviewer(known_as="third", kinds=["legal"], by=None, at=RELEASED_AT)
    submitted(course)
    first, second, third = ReviewRequest.objects.order_by("reviewer__known_as")
    says(first, "yes")
    says(third, "declined")
    assert TaskState.objects.get().status == "in_progress"
    says(second, "yes")
    assert TaskState.objects.order_by("pk").first().status == "approved"


def test_nobody_goes_on_by_buttons_of_wagtail(client: Client, course: Course) -> None:
    state = submitted(course)
    admin = UserFactory(with_email=True, is_superuser=True)
    page = CoursePage.objects.get(course=course)
    task = state.current_task_state.task.specific
    assert task.get_actions(page, admin) == []
    for act in ("approve", "reject"):
        with pytest.raises(PermissionDenied):
            task.on_action(state.current_task_state, admin, act)
    sign_in_personally(client, admin)
    step = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state.pk])
    client.post(step, {"comment": ""})
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = client.post(f"{bulk}?id={page.pk}", {"include_descendants": ""}, follow=True)
    assert "nobody has said yes to this text" in answer.content.decode()
    assert (state_of(course), title_of(course), TaskState.objects.get().status) == (
        "in_progress", "Safe and fair work", "in_progress",
    )  # fmt: skip


@pytest.mark.parametrize("cancels", [True, False])
def test_nobody_publishes_around_it(client: Client, course: Course, cancels: bool) -> None:
    state = submitted(course)
    for user in (editor("publisher"), UserFactory(with_email=True, is_superuser=True)):
        if cancels and state.status == "in_progress":
            state.cancel(user)
        lesson = LessonPage.objects.filter(lesson__course=course).first()
        for page in (CoursePage.objects.get(course=course), lesson):
            with pytest.raises(PublishRefused) as refused:
                page.save_revision().publish(user=user)
            assert {each.fault for each in refused.value.problems} == {"not_signed"}
    # A date that somebody set is no way either.
    with pytest.raises(PublishRefused):
        page.save_revision().publish(log_action="wagtail.publish.scheduled")
    assert title_of(course) == "Safe and fair work"


def test_a_text_that_changed_since_is_signed_anew(course: Course) -> None:
    submitted(course)
    says(asked(course, "legal"), "yes")
    page = CoursePage.objects.get(course=course).get_latest_revision_as_object()
    page.summary = "Said otherwise."
    page.save_revision()
    says(asked(course, "survivor"), "yes")
    assert (state_of(course), title_of(course)) == ("in_progress", "Safe and fair work")
    says(asked(course, "legal"), "yes", at=LATER)
    assert (state_of(course), title_of(course)) == ("approved", "Fair work")


def test_pages_without_such_a_workflow_publish_as_before() -> None:
    course = course_with_pages()
    page = CoursePage.objects.get(course=course)
    page.title = "Fair work"
    page.save_revision().publish(user=editor("publisher"))
    assert title_of(course) == "Fair work"
