"""Try as a learner, nothing recorded: drafts shown to their editors as learners would see them once released."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from assessments.exceptions import AssessmentError
from assessments.frozen import Json
from assessments.grading import grade_paper
from assessments.papers import draw_paper
from courses import services
from courses.models import Course, CoursePage, Edition, EditionText, LessonPage
from courses.overlays import FrozenPart, Reader, Resolved, resolve
from courses.selectors import overlays_for
from courses.services.freezing import CourseDraft, drafted
from courses.views.lesson import lesson_context
from courses.views.questions import asked, explained, is_finished, response_in
from courses.views.reading import Reading

# Any seed would do: an editor who reloads the page wants to see the same paper, and another one when asking for it.
_SEED = "try"
_MAX_FORM = 12


@dataclass(frozen=True)
class Trying(Reading):
    """A draft as if it were an edition (number 0), read by nobody: its links lead to the pages of this module."""

    part: FrozenPart | None = None

    def url(self, name: str, **parts: Any) -> str:
        """Return the address of a page of the draft."""
        views = {"lesson": "try_lesson", "check": "try_check", "quiz": "try_quiz"}
        page = reverse(f"courses_admin:{views.get(name, 'try_course')}", kwargs={"course_id": self.course.pk, **parts})
        return f"{page}?{urlencode({'language': self.text.language})}"

    @cached_property
    def local(self) -> Resolved:
        """Return the draft with the local part that an editor looks at, for somebody whom it is for."""
        if self.part is None:
            return Resolved(self._readable)
        reach = self.part.reach
        return resolve(self._readable, [self.part], Reader(reach.place, reach.sector, reach.organisation))


@require_safe
def try_course(request: HttpRequest, course_id: int) -> HttpResponse:
    """Show the course page of the draft."""
    return _course(request, _trying(request, course_id))


@require_safe
def try_lesson(request: HttpRequest, course_id: int, lesson: str) -> HttpResponse:
    """Show a lesson of the draft."""
    return _lesson(request, _trying(request, course_id), lesson)


@require_http_methods(["GET", "POST"])
def try_check(request: HttpRequest, course_id: int, lesson: str, question: str) -> HttpResponse:
    """Grade a practice question of the draft on the spot."""
    trying = _trying(request, course_id)
    if request.method == "GET":
        return redirect(trying.url("lesson", lesson=lesson))
    practised = next((each for each in trying.snapshot["practice"].values() if each["version"] == question), None)
    if practised is None:
        raise Http404
    return _lesson(request, trying, lesson, answered={question: _answered(trying, lesson, practised, request)})


@require_http_methods(["GET", "POST"])
def try_quiz(request: HttpRequest, course_id: int) -> HttpResponse:
    """Show a paper drawn from the draft's quiz, and grade it. ``?form=2`` draws another."""
    trying = _trying(request, course_id)
    quiz = trying.snapshot["quiz"]
    if quiz is None:
        raise Http404
    form = request.GET.get("form", "1")
    number = int(form) if form.isascii() and form.isdigit() and 1 <= int(form) <= _MAX_FORM else 1
    try:
        paper = draw_paper(quiz, seed=_SEED, form=number, exclude=())
    except AssessmentError:
        return render(request, "courses/try/quiz.html", {"reading": trying, "undrawable": True})
    responses = {question["key"]: response_in(question, request.POST) for question in paper["questions"]}
    graded = request.method == "POST"
    context = {
        "reading": trying,
        "questions": [
            {
                "question": asked(question, responses[question["key"]]),
                "answer": explained(question, responses[question["key"]]) if graded else None,
            }
            for question in paper["questions"]
        ],
        "result": grade_paper(paper, responses) if graded else None,
        "another_url": f"{trying.url('quiz')}&form={number % _MAX_FORM + 1}",
    }
    return render(request, "courses/try/quiz.html", context)


def _trying(request: HttpRequest, course_id: int) -> Trying:
    """Return the draft of the course in the language asked for, to somebody who may edit it."""
    course = get_object_or_404(Course, pk=course_id)
    language = request.GET.get("language", "") or settings.LANGUAGE_CODE
    page = get_object_or_404(CoursePage, course=course, locale__language_code=language)
    if not _may_see_draft(request, page):
        raise PermissionDenied
    snapshot = services.draft_snapshot(page=page)
    return _of_snapshot(course, snapshot, part=_part(request, course, snapshot))


def _part(request: HttpRequest, course: Course, snapshot: Json) -> FrozenPart | None:
    """Return the local part that ``?part=`` names, if who asks may see it."""
    wanted = request.GET.get("part", "")
    if not (wanted.isascii() and wanted.isdigit()):
        return None
    overlay = get_object_or_404(overlays_for(request.user).filter(course=course), pk=int(wanted))
    return services.preview_part(overlay=overlay, source=snapshot)


def _may_see_draft(request: HttpRequest, page: CoursePage) -> bool:
    permissions = page.permissions_for_user(request.user)
    # Who puts a course into another language may not change its source, and still wants to see it.
    return bool(permissions.can_edit() or permissions.can_publish() or request.user.has_perm("courses.view_course"))


def _of_snapshot(course: Course, snapshot: Json, *, part: FrozenPart | None = None) -> Trying:
    edition = Edition(course=course, number=0)
    text = EditionText(edition=edition, language=snapshot["language"], revision=0, digest="", snapshot=snapshot)
    return Trying(course, text, None, get_language() or snapshot["language"], signed_in=True, part=part)


def _course(request: HttpRequest, trying: Trying) -> HttpResponse:
    return render(request, "courses/try/course.html", {"reading": trying})


def _lesson(
    request: HttpRequest, trying: Trying, code: str, *, answered: dict[str, Json] | None = None
) -> HttpResponse:
    context = lesson_context(trying, trying.lesson(code), answered=answered or {})
    return render(request, "courses/try/lesson.html", context)


def _answered(trying: Trying, lesson: str, question: Json, request: HttpRequest) -> Json:
    response = response_in(question, request.POST)
    shown = {
        "url": trying.url("check", lesson=lesson, question=question["version"]),
        "lesson_url": trying.url("lesson", lesson=lesson),
        "fault": "" if is_finished(question, response) else "missing",
        "question": asked(question, response),
    }
    return shown if shown["fault"] else {**shown, "answer": explained(question, response)}


def serve_course(page: Any, request: HttpRequest) -> HttpResponseRedirect:
    """Lead a reader to the released course: a live page is never served."""
    return redirect("courses:course", slug=page.course.slug)


def serve_lesson(page: Any, request: HttpRequest) -> HttpResponseRedirect:
    """Lead a reader to the released lesson: a live page is never served."""
    return redirect("courses:lesson", slug=page.lesson.course.slug, lesson=page.lesson.code)


def preview_course(page: Any, request: HttpRequest, mode_name: str) -> HttpResponse:
    """Show the course page as it is being edited."""
    lessons = drafted(page).lessons if page.pk else ()
    return _course(request, _of_snapshot(page.course, services.draft_snapshot(draft=CourseDraft(page, lessons))))


def preview_lesson(page: Any, request: HttpRequest, mode_name: str) -> HttpResponse:
    """Show the lesson as it is being edited."""
    course_page: LessonPage | Any = page.get_parent().specific
    snapshot = services.draft_snapshot(draft=CourseDraft(course_page, [page]))
    return _lesson(request, _of_snapshot(course_page.course, snapshot), page.lesson.code)
