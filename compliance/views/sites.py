"""Places of work: one more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms import clock
from compliance import rule_forms, selectors
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
    form = rule_forms.SiteForm(
        *posted(request), instance=empty, organisation=organisation, places=selectors.places_of_rules()
    )
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
