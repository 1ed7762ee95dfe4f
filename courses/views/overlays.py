"""Local parts in the CMS: what is due, writing one, and what a publisher says of it."""

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from courses import selectors, services
from courses.exceptions import OverlayRefused, OverlayWithdrawn
from courses.models import Course, Overlay, OverlayText
from courses.overlay_form import OverlayForm, language_choices
from courses.overlay_words import FIELDS, in_words
from courses.overlays import State

VIEW_PERMISSION: Final = "courses.view_overlay"
CHANGE_PERMISSION: Final = "courses.change_overlay"
ADD_PERMISSION: Final = "courses.add_overlay"
PAGE_SIZE: Final = 100


def _today() -> date:
    return clock.today(settings.TIME_ZONE)


class OverlaysView(AdminPage, TemplateView):
    """Every local part in use that the editor may see, what is to be looked at first; their own, with ``?mine``."""

    template_name = "courses/admin/overlays.html"
    header_icon = "site"
    page_title = pgettext_lazy("menu of the CMS", "Local parts")
    permission = VIEW_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the local parts of the page, and the courses that one may be written for."""
        overlays = selectors.overlays_for(self.request.user).in_use()
        late = overlays.filter(owner=self.request.user, review_by__lt=_today()).count()
        if "mine" in self.request.GET:
            overlays = overlays.filter(owner=self.request.user)
        page = Paginator(overlays.order_by("review_by", "pk"), PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            mine="mine" in self.request.GET,
            late=late,
            today=_today(),
            courses=Course.objects.order_by("code") if self.request.user.has_perm(ADD_PERMISSION) else (),
            **kwargs,
        )


class OverlayView(AdminPage, TemplateView):
    """One local part: for whom, by whom, until when, what it says; and approving or withdrawing it."""

    template_name = "courses/admin/overlay.html"
    header_icon = "site"
    page_title = gettext_lazy("Local part")
    permission = VIEW_PERMISSION
    write_permission = CHANGE_PERMISSION

    @cached_property
    def overlay(self) -> Overlay:
        """Return the local part that the address names, if the editor may see it."""
        return get_object_or_404(selectors.overlays_for(self.request.user), pk=self.kwargs["overlay_id"])

    def get_page_subtitle(self) -> str:
        """Return which."""
        return str(self.overlay)

    def way(self) -> list[dict[str, Any]]:
        """Return the list."""
        return [{"url": reverse("courses_admin:overlays"), "label": OverlaysView.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve or withdraw."""
        about: dict[str, Any] = {"overlay": self.overlay, "by": request.user, "at": clock.now()}
        act = request.POST.get("act")
        try:
            if act == "approve":
                if not request.user.has_perm(selectors.APPROVE_OVERLAYS):
                    raise PermissionDenied
                services.approve_overlay(**about, on=_today())
                messages.success(request, _("Approved: learners see it with the next release of the course."))
            elif act == "withdraw":
                services.withdraw_overlay(**about)
                messages.success(request, _("Withdrawn: nobody sees it any more, in any language or edition."))
        except OverlayRefused as refused:
            for fault, detail in refused.faults:
                messages.error(request, in_words(fault, detail))
        except OverlayWithdrawn:
            messages.error(request, _("It was withdrawn. Write a new one instead."))
        return redirect("courses_admin:overlay", self.overlay.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its languages and what the editor may do."""
        user, overlay = self.request.user, self.overlay
        in_use = overlay.state != State.WITHDRAWN
        written = set(overlay.texts.values_list("language", flat=True))
        return super().get_context_data(
            overlay=overlay,
            is_late=overlay.review_by < _today(),
            languages=[(code, name, code in written) for code, name in language_choices()],
            written=bool(written),
            may_change=in_use and user.has_perm(CHANGE_PERMISSION),
            may_approve=in_use and overlay.state != State.APPROVED and user.has_perm(selectors.APPROVE_OVERLAYS),
            **kwargs,
        )


class WriteOverlayView(AdminPage, FormView):
    """Write a local part of a course, or go on with one (``overlay_id``), in the language that ``?language`` names."""

    form_class = OverlayForm
    template_name = "courses/admin/overlay_form.html"
    header_icon = "site"
    page_title = gettext_lazy("Write a local part")
    permission = CHANGE_PERMISSION

    @cached_property
    def overlay(self) -> Overlay | None:
        """Return the local part that the address names; None: a new one."""
        if "overlay_id" not in self.kwargs:
            return None
        visible = selectors.overlays_for(self.request.user).in_use()
        return get_object_or_404(visible, pk=self.kwargs["overlay_id"])

    @cached_property
    def course(self) -> Course:
        """Return the course that it is of."""
        return self.overlay.course if self.overlay else get_object_or_404(Course, pk=self.kwargs["course_id"])

    @property
    def language(self) -> str:
        """Return the language of the text that is written."""
        asked = self.request.GET.get("language", "")
        return asked if asked in dict(language_choices()) else settings.LANGUAGE_CODE

    def get_page_subtitle(self) -> str:
        """Return what it is of."""
        return str(self.overlay or self.course)

    def way(self) -> list[dict[str, Any]]:
        """Return the list."""
        return [{"url": reverse("courses_admin:overlays"), "label": OverlaysView.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the spots of the course as it is published, and what is written."""
        kwargs = super().get_form_kwargs()
        overlay = self.overlay or Overlay(course=self.course, owner=self.request.user)
        text = (
            OverlayText.objects.filter(overlay=self.overlay, language=self.language).first() if self.overlay else None
        )
        kwargs["initial"] = {"body": text.body} if text else {}
        return {
            **kwargs,
            "instance": overlay,
            "source": services.source_of(self.course),
            "user": self.request.user,
        }

    def form_valid(self, form: OverlayForm) -> HttpResponse:
        """Keep it, or say at each field what is wrong."""
        lesson, anchor, label = form.chosen()
        facts = {
            name: form.cleaned_data[name]
            for name in ("title", "act", "place", "sector", "organisation", "owner", "review_by", "body")
        }
        try:
            overlay = services.write_overlay(
                course=self.course,
                overlay=self.overlay,
                lesson=lesson,
                anchor=anchor,
                label=label,
                language=self.language,
                by=self.request.user,
                at=clock.now(),
                on=_today(),
                **facts,
            )
        except OverlayRefused as refused:
            for fault, detail in refused.faults:
                form.add_error(FIELDS.get(fault), in_words(fault, detail))
            return self.form_invalid(form)
        except OverlayWithdrawn:
            form.add_error(None, _("It was withdrawn. Write a new one instead."))
            return self.form_invalid(form)
        messages.success(self.request, _("Kept as a draft. A publisher has to approve it before the next release."))
        return redirect("courses_admin:overlay", overlay.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the language."""
        return super().get_context_data(
            course=self.course,
            language_name=dict(language_choices())[self.language],
            **kwargs,
        )
