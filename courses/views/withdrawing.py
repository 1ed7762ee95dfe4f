"""Withdrawing a part of a released course from the CMS: one person, at once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from cms import clock
from courses import selectors
from courses.exceptions import NoConsent, NotTheirs
from courses.models import EditionText
from courses.services import put_back, withdraw_part
from courses.views.panel import CoursePanel
from courses.views.releasing import RELEASE_PERMISSION
from courses.withdrawing_form import WithdrawForm

WITHDRAW_PERMISSION = "courses.change_course"


class WithdrawView(CoursePanel, FormView[WithdrawForm]):
    """What is withdrawn of a course, and the form to withdraw more.

    Whoever may edit courses may withdraw: in an emergency nobody waits for a second person. Only who may release
    puts something back.
    """

    form_class = WithdrawForm
    template_name = "courses/admin/withdraw.html"
    header_icon = "warning"
    page_title = gettext_lazy("Withdraw")
    permission = WITHDRAW_PERMISSION

    def get_success_url(self) -> str:
        """Stay: the page then lists the part."""
        return reverse("courses_admin:withdraw", args=[self.course.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer every part of every edition, the newest first."""
        texts = EditionText.objects.filter(edition__course=self.course).order_by("-edition__number", "pk")
        return {**super().get_form_kwargs(), "snapshots": texts.values_list("snapshot", flat=True)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Withdraw, or put a part back where that button was pressed."""
        wanted = request.POST.get("put_back", "")
        return self._put_back(wanted) if wanted else super().post(request, *args, **kwargs)

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        """Withdraw the part."""
        part, label = form.chosen()
        withdrawal = withdraw_part(
            course=self.course,
            part=part,
            label=label,
            reason=form.cleaned_data["reason"],
            instead=form.cleaned_data["instead"].strip(),
            by=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("Withdrawn: %(part)s. Nobody sees it any more.") % {"part": withdrawal.label})
        return super().form_valid(form)

    def _put_back(self, wanted: str) -> HttpResponse:
        if not self.request.user.has_perm(RELEASE_PERMISSION):
            raise PermissionDenied
        in_force = selectors.withdrawals_in_force(self.course)
        withdrawal = get_object_or_404(in_force, pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
        try:
            put_back(withdrawal=withdrawal, by=self.request.user, at=clock.now())
        except NotTheirs:
            messages.error(self.request, _("Only the Nation can put it back."))
            return redirect(self.get_success_url())
        except NoConsent:
            messages.error(
                self.request, _("The consent to this story has ended. Another one has to be recorded first.")
            )
            return redirect(self.get_success_url())
        messages.success(self.request, _("Put back: %(part)s.") % {"part": withdrawal.label})
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is withdrawn."""
        return super().get_context_data(
            course=self.course,
            newest=selectors.newest_edition(self.course),
            withdrawals=selectors.withdrawals_in_force(self.course).select_related("withdrawn_by", "nation"),
            may_put_back=self.request.user.has_perm(RELEASE_PERMISSION),
            **kwargs,
        )
