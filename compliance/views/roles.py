"""Roles here, and what rules call the work in them: written after a look at what that does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import clock
from compliance import rule_forms, selectors, services
from compliance.models import Proposal
from compliance.views.changes import changes_shown, in_background, page_of, say_what_came
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.exceptions import CodeTaken
from people.models import Role


@portal(writes=True)
def roles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All roles with the kinds of work that they are, and a form to add one."""
    form = rule_forms.RoleForm(*posted(request))
    if request.method == "POST" and form.is_valid() and _added(form, desk):
        messages.success(request, _("Saved."))
        return redirect("compliance:roles", code=desk.organisation.code)
    here = Role.objects.filter(organisation=desk.organisation).order_by("name", "pk")
    listed = [(it, [rule_forms.tag_words(tag) for tag in it.tags]) for it in here]
    context = desk.context("rules", form=form, roles=listed)
    return render(request, "compliance/roles.html", context, status=422 if form.errors else 200)


def _added(form: rule_forms.RoleForm, desk: Desk) -> bool:
    """Add the role; False where the form says why not."""
    try:
        people_services.add_role(organisation=desk.organisation, **form.cleaned_data, by=desk.user, at=clock.now())
    except CodeTaken:
        form.add_error("code", _("Another role has this code."))
    return not form.errors


@portal(writes=True)
def role(request: HttpRequest, desk: Desk, role: str) -> HttpResponse:
    """What rules call the work in one role; what a change does is looked at before it holds."""
    chosen = get_object_or_404(Role, organisation=desk.organisation, code=role)
    form = rule_forms.KindsOfWorkForm(*posted(request), role=chosen, known=selectors.kinds_of_work(desk.organisation))
    if request.method != "POST" or not form.is_valid():
        context = desk.context("rules", form=form, role=chosen)
        return render(request, "compliance/role.html", context, status=422 if form.errors else 200)
    tags = form.cleaned_data["tags"]
    look = services.tagging_of(chosen, tags=tags, on=desk.today)
    here = reverse("compliance:roles", args=[desk.organisation.code])
    if look.parts and "confirm" not in request.POST:
        if services.is_long(look):
            return in_background(desk, Proposal.Kind.ROLE, services.payload_of_tags(chosen, tags), look)
        shown = changes_shown(desk, look, look.preview(at=clock.now()), sent=[("others", ", ".join(tags))])
        return page_of(request, desk, Proposal.Kind.ROLE, chosen.name, here, shown)
    done = services.ask_to_tag_role(role=chosen, tags=tags, on=desk.today, by=desk.user, at=clock.now())
    say_what_came(request, done, _("Saved."))
    return redirect(here)
