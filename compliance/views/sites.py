"""Places of work: one more, what one is called, and where it belongs."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import clock
from compliance import rule_forms, selectors, services
from compliance.exceptions import AlreadyWithdrawn
from compliance.models import Proposal
from compliance.views.changes import changes_shown, in_background, page_of, placement_subject, say_what_came
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.exceptions import CodeTaken
from people.models import Site


@portal(writes=True)
def site_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a site, and lead to what holds there. Nobody works there yet, so nobody is asked for anything by it."""
    organisation = desk.organisation
    like = organisation.sites.order_by("pk").first()
    empty = Site(
        organisation=organisation,
        time_zone=organisation.time_zone,
        jurisdiction=like.jurisdiction if like else Site._meta.get_field("jurisdiction").default,
    )
    form = rule_forms.SiteForm(*posted(request), instance=empty, places=selectors.places_of_rules())
    if request.method == "POST" and form.is_valid():
        try:
            site = people_services.add_site(
                organisation=organisation, by=desk.user, at=clock.now(), **form.cleaned_data
            )
        except CodeTaken:
            form.add_error("code", _("Another site has this code."))
        else:
            return redirect("compliance:rule_site", code=organisation.code, site=site.code)
    context = desk.context("rules", form=form)
    return render(request, "compliance/rules/site_new.html", context, status=422 if form.errors else 200)


@portal(writes=True)
def site_change(request: HttpRequest, desk: Desk, site: str) -> HttpResponse:
    """Change what a site is called at once; where it belongs, after a look at what that does."""
    place = get_object_or_404(desk.sites, code=site)
    is_placing = "parent" in request.POST
    # Each form writes what was typed into a copy of its own.
    names = rule_forms.SiteNamesForm(*(() if is_placing else posted(request)), instance=copy(place))
    belongs = rule_forms.SiteParentForm(*(posted(request) if is_placing else ()), instance=copy(place))
    form = belongs if is_placing else names
    if request.method == "POST" and form.is_valid():
        if is_placing:
            return _place(request, desk, place, belongs.cleaned_data["parent"])
        services.change_site(site=place, **names.said, by=desk.user, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("compliance:site_change", code=desk.organisation.code, site=site)
    context = desk.context("rules", site=place, form=form, names=names, belongs=belongs)
    return render(request, "compliance/rules/site_change.html", context, status=422 if form.errors else 200)


def _place(request: HttpRequest, desk: Desk, site: Site, parent: Site | None) -> HttpResponse:
    """Look at what it does that a site belongs to another, and only then let it. What asks nobody else is written at once."""
    here = reverse("compliance:site_change", args=[desk.organisation.code, site.code])
    try:
        look = services.placement_of(site, parent=parent, on=desk.today)
        if look.parts and "confirm" not in request.POST:
            if services.is_long(look):
                payload = services.payload_of_placement(site, parent)
                return in_background(desk, Proposal.Kind.PARENT, payload, look)
            sent = [("parent", parent.pk if parent else "")]
            shown = changes_shown(desk, look, look.preview(at=clock.now()), sent=sent)
            return page_of(request, desk, Proposal.Kind.PARENT, placement_subject(site, parent), here, shown)
        done = services.ask_to_place_site(site=site, parent=parent, on=desk.today, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("This was decided or changed meanwhile."))
    else:
        say_what_came(request, done, _("Saved. What adopted rules ask for follows it."))
    return redirect(here)
