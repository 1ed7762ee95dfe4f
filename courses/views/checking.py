"""The harm check of a course in the CMS: each finding, and the form to answer it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from cms import clock
from cms.sent import word
from courses.exceptions import NoReason, NoSuchFinding
from courses.services import Judged, answer_finding, published_findings, reading_levels
from courses.views.panel import CoursePanel

CHECK_PERMISSION = "courses.change_course"
_MAX_REASON_CHARS = 1000


class CheckView(CoursePanel, TemplateView):
    """What the harm check finds in what is published, open findings first. Whoever may edit courses may answer."""

    template_name = "courses/admin/check.html"
    header_icon = "glasses"
    page_title = gettext_lazy("Harm check")
    permission = CHECK_PERMISSION

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record one answer."""
        try:
            answer_finding(
                course=self.course,
                language=word(request.POST, "language"),
                fingerprint=word(request.POST, "finding"),
                reason=word(request.POST, "reason")[:_MAX_REASON_CHARS],
                by=request.user,
                at=clock.now(),
            )
        except NoReason:
            messages.error(request, _("Nothing was recorded: say in a sentence why this may stay."))
        except NoSuchFinding:
            messages.error(request, _("Nothing was recorded: the sentence has changed since you opened this page."))
        else:
            messages.success(request, _("Your answer is recorded. Reviewers see it."))
        return redirect(reverse("courses_admin:check", args=[self.course.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the findings."""
        found = published_findings(course=self.course)
        return super().get_context_data(
            course=self.course,
            open_findings=[_shown(each) for each in found if each.answer is None],
            answered=[_shown(each) for each in found if each.answer is not None],
            levels=reading_levels(course=self.course),
            max_reason_chars=_MAX_REASON_CHARS,
            **kwargs,
        )


def _shown(judged: Judged) -> dict[str, Any]:
    return {
        "finding": judged.finding,
        "answer": judged.answer,
        "language": judged.language,
        "name": dict(settings.LANGUAGES).get(judged.language, judged.language),
    }
