"""Workflows of Wagtail that follow what reviewers say (``courses.models.review_task``)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, TaskState, WorkflowState

from courses import selectors
from courses.exceptions import PublishRefused, ReleaseFault, ReleaseProblem
from courses.models import Course, CoursePage, LessonPage, Reviewer, ReviewRequest, ReviewTask, SignOff
from courses.services.freezing import CourseDraft, ForecastShelf, drafted, freeze
from courses.services.reviewing import as_problems, ask_for_review, text_to_review
from courses.sign_offs import Verdict, against_release, needed
from courses.snapshot import reviewed_digest
from people.models import User


@transaction.atomic
def open_reviews(*, state: TaskState, by: User | None, at: datetime) -> None:
    """Ask everybody who may sign as the kind of a step that a page has just reached; signed already, it goes on.

    A no that was said to an older text does not send the page back anew: whoever said it is asked to look again.
    """
    task = state.task.specific
    page = _page_of(state)
    course, language = _course_of(page), page.locale.language_code
    for reviewer in Reviewer.objects.all():
        if reviewer.may_sign(kind=task.kind, language=language):
            ask_for_review(course=course, language=language, kind=task.kind, reviewer=reviewer, by=by, at=at)
    if _is_signed(course, language, task.kind):
        # Wagtail goes on by itself when a step is done as soon as it begins.
        state.status, state.finished_at = TaskState.STATUS_APPROVED, at
        state.save()


@transaction.atomic
def follow_word(*, said: SignOff) -> None:
    """Send pages back, or let them go on, after what a reviewer said."""
    request = said.request
    for state in _waiting(request):
        if said.verdict in (Verdict.NO, Verdict.WITHDRAWN):
            state.reject()
        elif _is_signed(request.course, request.language, request.kind):
            state.approve()


def check_publishable(*, page: Page, revision: Any, user: User | None, log_action: Any) -> None:
    """Refuse that a person, or a date that a person set, publishes what the reviewers of its workflow have not signed.

    Of a course that its owner took back nobody publishes the page.

    A command that loads files publishes as before: learners see nothing of it until a release.

    Raises:
        PublishRefused: a reviewer said no, somebody's yes to this very text is missing, or the owner took it back;
            carries why.
    """
    if not isinstance(page, CoursePage | LessonPage) or (user is None and not isinstance(log_action, str)):
        return
    if isinstance(page, CoursePage) and selectors.is_taken_back(page.course):
        problem = ReleaseProblem(ReleaseFault.WITHDRAWN, page.locale.language_code, detail=page.course.code)
        raise PublishRefused(page=page.pk, problems=[problem])
    workflow = page.get_workflow()
    kinds = list(ReviewTask.objects.filter(workflow_tasks__workflow=workflow).values_list("kind", flat=True))
    if not kinds:
        return
    language = page.locale.language_code
    draft = _with(drafted(_course_page(page)), revision.as_object())
    said = selectors.words_of_reviewers(course_ids=[_course_of(page).pk]).get(_course_of(page).pk, [])
    found = against_release(
        said,
        language=language,
        content=reviewed_digest(freeze(draft, edition=0, shelf=ForecastShelf()).snapshot),
        required=needed(kinds, language=language, source_language=settings.LANGUAGE_CODE),
        paid=[each.asked for each in said],
    )
    if found:
        raise PublishRefused(page=page.pk, problems=as_problems(found, language))


def _with(draft: CourseDraft, changed: Page) -> CourseDraft:
    """Return ``draft`` with one of its pages as it would be published."""
    if draft.page.pk == changed.pk:
        return replace(draft, page=changed)
    return replace(draft, lessons=[changed if it.pk == changed.pk else it for it in draft.lessons])


def _is_signed(course: Course, language: str, kind: str) -> bool:
    """Whether everybody who was asked, and reviews it, said yes to the text that is read now; at least one did."""
    snapshot = text_to_review(course=course, language=language)
    if snapshot is None:
        return False
    content = reviewed_digest(snapshot)
    requests = ReviewRequest.objects.filter(course=course, language=language, kind=kind)
    newest = [(said.verdict, said.content) if (said := each.sign_offs.first()) else ("", "") for each in requests]
    reading = [each for each in newest if each[0] != Verdict.DECLINED]
    return bool(reading) and all(each == (Verdict.YES, content) for each in reading)


def _waiting(request: ReviewRequest) -> list[TaskState]:
    """Return the steps in progress that wait for this kind of review of this text."""
    tasks = ReviewTask.objects.filter(kind=request.kind)
    states = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, task__in=tasks, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    )
    return [
        state
        for state in states.select_for_update(of=("self",))
        for page in [_page_of(state)]
        if page.locale.language_code == request.language and _course_of(page).pk == request.course_id
    ]


def _page_of(state: TaskState) -> Any:
    return state.workflow_state.content_object.specific


def _course_page(page: CoursePage | LessonPage) -> CoursePage:
    return page if isinstance(page, CoursePage) else page.get_parent().specific


def _course_of(page: Any) -> Course:
    course: Course = page.course if isinstance(page, CoursePage) else page.lesson.course
    return course
