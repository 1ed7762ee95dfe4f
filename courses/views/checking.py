"""The harm check of a course in the CMS: each finding, and the form to answer it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms import clock
from courses.exceptions import NoReason, NoSuchFinding
from courses.models import Course
from courses.services import Judged, answer_finding, published_findings

CHECK_PERMISSION = "courses.change_course"
_MAX_REASON_CHARS = 1000


class CheckView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail has no types
    """What the harm check finds in what is published, open findings first. Whoever may edit courses may answer."""

    template_name = "courses/admin/check.html"
    header_icon = "glasses"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who may not edit courses."""
        if not request.user.has_perm(CHECK_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def course(self) -> Course:
        """Return the course that the address names."""
        return get_object_or_404(Course, pk=self.kwargs["course_id"])

    def get_page_title(self) -> str:
        """Return the heading."""
        return _("Harm check")

    def get_page_subtitle(self) -> str:
        """Return the course."""
        return str(self.course)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": _("Harm check"), "sublabel": str(self.course)}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record one answer."""
        try:
            answer_finding(
                course=self.course,
                language=request.POST.get("language", ""),
                fingerprint=request.POST.get("finding", ""),
                reason=request.POST.get("reason", "")[:_MAX_REASON_CHARS],
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
