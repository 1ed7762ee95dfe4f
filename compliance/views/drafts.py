"""Whether people here may be given translations that nobody has reviewed: off until HR turns it on."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms import clock
from compliance.views.portal import Desk, portal
from courses.selectors import draft_languages
from people.services import let_read_drafts


@portal(writes=True)
def drafts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say what a draft is and which there are; POST turns them on or off."""
    if request.method == "POST":
        allowed = request.POST.get("allowed") == "yes"
        let_read_drafts(organisation=desk.organisation, allowed=allowed, by=desk.user, at=clock.now())
        messages.success(request, _("Drafts are on.") if allowed else _("Drafts are off."))
        return redirect("compliance:drafts", code=desk.organisation.code)
    names = dict(settings.KNOWN_LANGUAGES)
    languages = [(code, names.get(code, code)) for code in draft_languages()]
    return render(request, "compliance/drafts.html", desk.context("status", languages=languages))
