"""Sign-in slips."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms import clock
from compliance import selectors
from compliance.views.people import find_person
from compliance.views.portal import Desk, pdf, portal
from people.selectors import still_employed
from people.slips import slips_for

SLIPS_AT_ONCE = 500


@portal(writes=True)
@require_POST
def slip(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Print a new sign-in slip; the code before it, and the PIN, stop working."""
    member = find_person(desk, person)
    # Whoever left is refused whatever sign-in she has: the service alone would tell whether there is one.
    if not still_employed(membership=member, at=clock.now()):
        messages.error(request, _("This person no longer works here, so no new code can be printed."))
        return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
    return pdf(slips_for(memberships=[member], by=desk.user, at=clock.now()), "slip.pdf")


@portal(writes=True)
@require_POST
def slips(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Print slips for everybody at work who never had one."""
    at_work = Exists(selectors.jobs_on(desk.days).filter(membership=OuterRef("pk")))
    waiting = selectors.awaiting_slip(desk.memberships.filter(at_work)).select_related("organisation", "user")
    found = list(waiting.order_by("name", "employee_number")[:SLIPS_AT_ONCE])
    if not found:
        messages.info(request, _("Everybody at work has had a slip. Who lost it gets a new one on their own page."))
        return redirect("compliance:people", code=desk.organisation.code)
    return pdf(slips_for(memberships=found, by=desk.user, at=clock.now()), "slips.pdf")
