"""Assignments: who must hold what, by when."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cms import clock
from compliance import forms, selectors, services
from compliance.exceptions import AlreadyWithdrawn
from compliance.models import Requirement
from compliance.views.portal import WRITERS, Desk, portal
from people.models import Membership


@portal()
def assignments(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is asked of whom, by last good day."""
    live = selectors.live_requirements(organisation=desk.organisation)
    if not desk.may_write:
        live = live.filter(membership__isnull=True) | live.filter(membership__in=desk.memberships)
    return render(request, "compliance/assignments.html", desk.context(requirements=live))


@portal(*WRITERS)
def assignment_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Assign a training to a person, a site or a role."""
    chosen: Membership | None = None
    if person := request.GET.get("person"):
        chosen = desk.memberships.filter(public_id=person).first() if _is_uuid(person) else None
    form = forms.AssignmentForm(
        request.POST or None, organisation=desk.organisation, today=desk.today, initial={"number": chosen.employee_number if chosen else ""}
    )
    if request.method == "POST" and form.is_valid():
        requirement = services.require(
            organisation=desk.organisation,
            certification=form.cleaned_data["certification"],
            membership=form.cleaned_data["membership"],
            site=form.cleaned_data["site"],
            role=form.cleaned_data["role"],
            starts_on=desk.today,
            due_on=form.cleaned_data["due_on"],
            by=desk.user,
            at=clock.now(),
        )
        reached = len(selectors.concerned(requirement))
        messages.success(
            request,
            ngettext("Assigned to %(n)s person. They will be told.", "Assigned to %(n)s people. They will be told.", reached) % {"n": reached},
        )
        return redirect("compliance:assignments", code=desk.organisation.code)
    return render(request, "compliance/assignment_new.html", desk.context(form=form, chosen=chosen))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@portal(*WRITERS)
@require_POST
def assignment_withdraw(request: HttpRequest, desk: Desk, reference: UUID) -> HttpResponse:
    """Withdraw an assignment; what was learnt stays on record."""
    requirement = get_object_or_404(Requirement.objects.live(), organisation=desk.organisation, reference=reference)
    try:
        services.withdraw(requirement=requirement, on=desk.today, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("It was withdrawn already."))
    else:
        messages.success(request, _("Withdrawn. Nobody is reminded of it any more; what was learnt stays on record."))
    return redirect("compliance:assignments", code=desk.organisation.code)
