"""Filters of the list that a user keeps by a name."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms import clock
from cms.sent import word
from compliance import services
from compliance.exceptions import TooManyFilters
from compliance.models import SavedFilter
from compliance.views.portal import Desk, portal
from compliance.views.status import filters_of


@portal(writes=True)
@require_POST
def filter_save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the filters that are on by a name; the same name again replaces what it named."""
    name = " ".join(word(request.POST, "name").split())[:60]
    query = filters_of(request, desk).query()
    if not name:
        messages.error(request, _("Type a name for these filters."))
    elif not query:
        messages.error(request, _("Choose at least one filter first."))
    else:
        try:
            services.save_filter(organisation=desk.organisation, user=desk.user, name=name, query=query, at=clock.now())
        except TooManyFilters as error:
            messages.error(
                request, _("You keep %(n)s filters already. Remove one you no longer need.") % {"n": error.most}
            )
        else:
            messages.success(request, _("Kept. It stands above the list."))
    return redirect(f"{_list(desk)}?{query}#list")


@portal(writes=True)
@require_POST
def filter_forget(request: HttpRequest, desk: Desk, saved: UUID) -> HttpResponse:
    """Remove a filter that the user kept."""
    own = SavedFilter.objects.filter(organisation=desk.organisation, user=desk.user)
    services.forget_filter(saved=get_object_or_404(own, public_id=saved))
    messages.success(request, _("The filter was removed. The people are as they were."))
    return redirect(f"{_list(desk)}#list")


def _list(desk: Desk) -> str:
    return reverse("compliance:organisation", args=[desk.organisation.code])
