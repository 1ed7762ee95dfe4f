"""Releasing a course from the CMS: what would change, and the button."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from cms import clock
from courses import selectors
from courses.exceptions import ReleaseRefused
from courses.models import Edition
from courses.registry import release_reach
from courses.release_form import ReleaseForm
from courses.release_words import in_words
from courses.services import Forecast, add_text, forecast_release, release_course
from courses.views.panel import CoursePanel
from translations.changes import ChangeKind

RELEASE_PERMISSION = "courses.release_course"


class ReleaseView(CoursePanel, FormView[ReleaseForm]):
    """What a release of the course would change, language by language, and the form to release it.

    A change that asks the same of a learner (a typo, a language that came later) can be added to the newest edition
    instead. Asks for the permission to release.
    """

    form_class = ReleaseForm
    template_name = "courses/admin/release.html"
    header_icon = "upload"
    page_title = gettext_lazy("Release")
    permission = RELEASE_PERMISSION

    @cached_property
    def newest(self) -> Edition | None:
        """Return the edition that learners who start now are served."""
        return selectors.newest_edition(self.course)

    def get_success_url(self) -> str:
        """Stay: the page then says that nothing is left to release."""
        return reverse("courses_admin:release", args=[self.course.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Release, or add one language's text to the newest edition where that button was pressed."""
        language = request.POST.get("add_text")
        return self._add_text(language) if language else super().post(request, *args, **kwargs)

    def form_valid(self, form: ReleaseForm) -> HttpResponse:
        """Show what it asks of people who hold a certificate, then release; or say why not."""
        choice = {name: form.cleaned_data[name] for name in ("severity", "retrain_by")}
        seen = " ".join(str(it) for it in choice.values())
        if self.request.POST.get("seen") != seen:  # another choice is looked at anew
            reach = release_reach(course=self.course, at=clock.now(), **choice)
            if reach.people:
                return self.render_to_response(self.get_context_data(form=form, reach=reach, seen=seen))
        try:
            edition = release_course(
                course=self.course,
                severity=form.cleaned_data["severity"],
                change=form.cleaned_data["change"],
                retrain_by=form.cleaned_data["retrain_by"],
                note=form.cleaned_data["note"],
                looked_at=form.cleaned_data["looked_at"],
                by=self.request.user,
                at=clock.now(),
            )
        except ReleaseRefused as refused:
            for problem in refused.problems:
                form.add_error(None, in_words(problem))
            return self.form_invalid(form)
        messages.success(self.request, _("Edition %(number)d is released.") % {"number": edition.number})
        return super().form_valid(form)

    def _add_text(self, language: str) -> HttpResponse:
        try:
            if self.newest is None:
                raise PermissionDenied
            change = ChangeKind.MINOR if self.request.POST.get("is_minor") else ChangeKind.MEANING
            text = add_text(edition=self.newest, language=language, change=change, by=self.request.user, at=clock.now())
        except ReleaseRefused as refused:
            for problem in refused.problems:
                messages.error(self.request, in_words(problem))
        else:
            about = {"language": text.language, "number": text.edition.number}
            messages.success(self.request, _("Added to edition %(number)d: %(language)s.") % about)
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what would change."""
        forecasts = forecast_release(course=self.course, at=clock.now())
        return super().get_context_data(
            course=self.course,
            newest=self.newest,
            forecasts=[_shown(forecast) for forecast in forecasts],
            started=selectors.in_progress(self.course),
            changed=any(forecast.changes or forecast.has_other_parts for forecast in forecasts),
            left_out=forecasts[0].left_out if forecasts else (),
            **kwargs,
        )


def _shown(forecast: Forecast) -> dict[str, Any]:
    return {
        "language": forecast.language,
        "name": dict(settings.LANGUAGES).get(forecast.language, forecast.language),
        "changes": forecast.changes,
        "is_source": forecast.language == settings.LANGUAGE_CODE,
        "problems": [in_words(problem) for problem in forecast.problems],
        "uneven": forecast.uneven,
        "has_other_parts": forecast.has_other_parts,
        "may_be_added": forecast.fits_edition
        and (forecast.changes or forecast.has_other_parts)
        and not forecast.problems,
    }
