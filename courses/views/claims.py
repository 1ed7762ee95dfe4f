"""The registry of claims in the CMS: what is due, where each is used, and what editors say of one."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from cms.sent import word
from courses import selectors, services
from courses.exceptions import NoReason, PastReview
from courses.models import Claim

VIEW_PERMISSION = "courses.view_claim"
CHANGE_PERMISSION = "courses.change_claim"
PAGE_SIZE = 100


def _today() -> date:
    return clock.today(settings.TIME_ZONE)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class VerifyForm(forms.Form):
    """When a claim was looked at, and when somebody has to look again."""

    verified_on = forms.DateField(label=gettext_lazy("Verified on"), widget=_day())
    review_by = forms.DateField(label=gettext_lazy("Look again by"), widget=_day())

    def clean_verified_on(self) -> date:
        """Refuse a day that lies ahead."""
        day: date = self.cleaned_data["verified_on"]
        if day > _today():
            raise forms.ValidationError(_("Nobody has verified it on a day that lies ahead."))
        return day


class ClaimsView(AdminPage, TemplateView):
    """Every claim, what is to be looked at first; by owner, with ``?mine``."""

    template_name = "courses/admin/claims.html"
    header_icon = "tasks"
    page_title = gettext_lazy("Claims to look at")
    permission = VIEW_PERMISSION
    write_permission = CHANGE_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the claims of the page."""
        claims = Claim.objects.select_related("owner").annotate(times_used=Count("uses__text__edition", distinct=True))
        if "mine" in self.request.GET:
            claims = claims.filter(owner=self.request.user)
        page = Paginator(claims.order_by("review_by", "code"), PAGE_SIZE).get_page(self.request.GET.get("p"))
        today = _today()
        listed = [(claim, claim.standing(today)) for claim in page]
        return super().get_context_data(page=page, listed=listed, mine="mine" in self.request.GET, **kwargs)


class ClaimView(ClaimsView):
    """One claim: where it is used, and what an editor says of it."""

    template_name = "courses/admin/claim.html"
    page_title = gettext_lazy("Claim")

    @cached_property
    def claim(self) -> Claim:
        """Return the claim that the address names."""
        return get_object_or_404(Claim.objects.select_related("source", "owner"), pk=self.kwargs["claim_id"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Verify, contradict or withdraw."""
        about: dict[str, Any] = {"claim": self.claim, "by": request.user, "at": clock.now()}
        act, why = request.POST.get("act"), word(request.POST, "why")[:600]
        try:
            if act == "verify":
                form = VerifyForm(request.POST)
                if not form.is_valid():
                    return self.render_to_response(self.get_context_data(form=form))
                services.verify_claim(**about, **form.cleaned_data)
                messages.success(request, _("Noted: it holds."))
            elif act == "contradict":
                services.contradict_claim(**about, why=why)
                messages.success(request, _("Noted. Readers are told beside it, and nothing new is released with it."))
            elif act == "withdraw":
                services.withdraw_claim(**about, why=why)
                messages.success(request, _("Withdrawn: nobody sees it any more, in any language or edition."))
        except NoReason:
            messages.error(request, _("Say why: readers are told. Nothing was changed."))
        except PastReview:
            form.add_error("review_by", _("Choose a later day: one that lies ahead, and after it was looked at."))
            return self.render_to_response(self.get_context_data(form=form))
        return redirect(reverse("courses_admin:claim", args=[self.claim.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the uses and the form."""
        return super(ClaimsView, self).get_context_data(  # without the list
            **{
                "claim": self.claim,
                "standing": self.claim.standing(_today()),
                "uses": selectors.uses_of(self.claim),
                "may_change": self.request.user.has_perm(CHANGE_PERMISSION),
                "form": VerifyForm(),
                **kwargs,
            }
        )
