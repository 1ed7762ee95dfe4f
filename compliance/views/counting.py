"""How people here are counted, and what they are granted after leave: seen, looked at, changed."""

from dataclasses import asdict
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms import clock
from compliance import services
from compliance.facts import policy_on
from compliance.forms import CountingForm
from compliance.models import Proposal
from compliance.preview_counting import preview_counting
from compliance.selectors import counted_today
from compliance.standing import StandingPolicy
from compliance.views.portal import Desk, portal, posted


@portal(writes=True)
def counting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show and change it; what a change does is looked at before it holds."""
    current = policy_on(desk.organisation, desk.today)
    form = CountingForm(*posted(request), initial=asdict(current))
    if request.method != "POST" or not form.is_valid():
        context = desk.context("status", form=form, counted=counted_today(organisation=desk.organisation, on=desk.days))
        return render(request, "compliance/counting.html", context, status=422 if form.errors else 200)
    if "confirm" not in request.POST and form.policy != current:
        found = preview_counting(form.policy, organisation=desk.organisation, at=clock.now())
        context = desk.context(
            "status",
            preview=found,
            second=services.touches_many(found, desk.organisation),
            changes=changes_of(current, form.policy),
            hidden=[(name, request.POST[name]) for name in form.fields if request.POST.get(name)],
        )
        return render(request, "compliance/counting_preview.html", context)
    done = services.ask_to_count(organisation=desk.organisation, policy=form.policy, by=desk.user, at=clock.now())
    if isinstance(done, Proposal):
        messages.info(
            request, _("This touches many people, so somebody else of HR has to agree. It waits on this page.")
        )
        return redirect("compliance:assignments", code=desk.organisation.code)
    if done is not None:
        messages.success(request, _("Changed. It holds from now on."))
    return redirect("compliance:counting", code=desk.organisation.code)


class Change(NamedTuple):
    """One part of a policy, before and after: yes or no, or a number of days."""

    label: str
    before: bool | int
    after: bool | int

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it is said by a word instead of a number."""
        return isinstance(self.after, bool)


def changes_of(before: StandingPolicy, after: StandingPolicy) -> list[Change]:
    """Return what differs, as the form calls it."""
    was, will = asdict(before), asdict(after)
    fields = CountingForm.base_fields
    return [Change(str(fields[name].label), was[name], will[name]) for name in will if was[name] != will[name]]
