"""Letters for people without e-mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cms import clock
from compliance import selectors
from compliance.letters import letters_pdf as typeset_letters
from compliance.services.messages import mark_printed
from compliance.views.portal import WRITERS, Desk, portal
from people import audit
from people.models import Employment

LETTERS_AT_ONCE = 500


@portal()
def letters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who waits for a letter, by site."""
    waiting = list(selectors.letters(organisation=desk.organisation, memberships=desk.memberships)[:LETTERS_AT_ONCE])
    jobs = {
        job.membership_id: job.site
        for job in Employment.objects.covering(desk.today).filter(membership__in=[it.membership_id for it in waiting]).select_related("site")
    }
    listed = sorted(((jobs.get(it.membership_id), it) for it in waiting), key=lambda pair: (pair[0].name if pair[0] else "", pair[1].membership.name))
    return render(request, "compliance/letters.html", desk.context(listed=listed))


@portal(*WRITERS)
@require_POST
def letters_pdf(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Print the waiting letters; they leave the list when they were printed."""
    waiting = list(selectors.letters(organisation=desk.organisation, memberships=desk.memberships)[:LETTERS_AT_ONCE])
    if not waiting:
        return redirect("compliance:letters", code=desk.organisation.code)
    content = typeset_letters(waiting)
    mark_printed(messages=[it.pk for it in waiting], at=clock.now())
    audit.record(organisation=desk.organisation, actor=desk.user, verb="letters.printed", count=len(waiting))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    return response
