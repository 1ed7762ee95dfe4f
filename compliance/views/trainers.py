"""Who agrees other ways to learn with people: named by HR, and no manager of theirs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms import clock
from compliance import forms
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.exceptions import AddressNotFree, ManagesPeople
from people.models import StaffRole


@portal(writes=True)
def trainers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is named, and a form to name one more."""
    form = forms.TrainerForm(*posted(request))
    if request.method == "POST" and form.is_valid() and _named(form, desk):
        messages.success(request, _("Named. They find who waits for them after signing in."))
        return redirect("compliance:trainers", code=desk.organisation.code)
    context = desk.context("people", form=form, trainers=_roles(desk))
    return render(request, "compliance/trainers.html", context, status=422 if form.errors else 200)


def _roles(desk: Desk) -> list[StaffRole]:
    named = StaffRole.objects.filter(organisation=desk.organisation, kind=StaffRole.Kind.TRAINER)
    return list(named.select_related("user").order_by("user__name", "pk"))


def _named(form: forms.TrainerForm, desk: Desk) -> bool:
    """Name the trainer; False where the form says beside the address why not."""
    try:
        people_services.name_trainer(organisation=desk.organisation, **form.cleaned_data, by=desk.user, at=clock.now())
    except ManagesPeople:
        form.add_error("email", _("This person manages people here. Name somebody who does not."))
    except AddressNotFree:
        form.add_error("email", _("This address cannot be used. Ask the person for another one."))
    return not form.errors


@portal(writes=True)
@require_POST
def trainer_withdraw(request: HttpRequest, desk: Desk, role: int) -> HttpResponse:
    """Take the role away; what was agreed stays agreed."""
    held = get_object_or_404(StaffRole, organisation=desk.organisation, kind=StaffRole.Kind.TRAINER, pk=role)
    people_services.withdraw_staff_role(role=held, by=desk.user, at=clock.now())
    messages.success(request, _("No trainer any more. What was agreed stays agreed."))
    return redirect("compliance:trainers", code=desk.organisation.code)
