"""Two entries of one person: HR says so, after seeing what moves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cms import clock
from compliance import selectors
from compliance.forms import SamePersonForm
from compliance.views.people import find_person, to_person
from compliance.views.portal import Desk, portal
from people import services as people_services
from people.exceptions import AlreadyJoined, NotTwoEntries
from people.models import Membership


@portal(writes=True)
def same_person(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Ask which entry stays, show what moves there, and join them once that is confirmed; or take that back."""
    other = find_person(desk, person)
    if request.method == "POST" and request.POST.get("action") == "take_back":
        return _take_back(request, desk, other)
    sent = request.POST if request.method == "POST" else request.GET
    form = SamePersonForm(sent if "number" in sent else None, memberships=desk.memberships)
    kept = form.cleaned_data["number"] if form.is_valid() else None
    moves = None
    if kept is not None:
        try:
            if request.method == "POST":
                said = people_services.say_same_person(kept=kept, other=other, by=desk.user, at=clock.now())
                if said.joined_at is None:
                    messages.info(request, _("Nothing has moved yet: this waits for the person."))
                    return to_person(desk, other)
                messages.success(request, _("Joined. The person sees it under “Changes to my account”."))
                return to_person(desk, kept)
            joining = people_services.joining_of(kept=kept, other=other)
            moves = selectors.moves_of(kept=kept, other=other, joining=joining)
        except NotTwoEntries:
            form.add_error("number", _("This is the same entry. Type the number of the one that stays."))
        except AlreadyJoined:
            form.add_error("number", _("One of these two entries was joined to another one before."))
    context = desk.context("people", member=other, form=form, kept=kept, moves=moves)
    return render(request, "compliance/same_person.html", context, status=422 if form.errors else 200)


def _take_back(request: HttpRequest, desk: Desk, other: Membership) -> HttpResponse:
    try:
        people_services.unsay_same_person(other=other, by=desk.user, at=clock.now())
    except AlreadyJoined:
        messages.info(request, _("One of these two entries was joined to another one before."))
    else:
        messages.success(request, _("Undone. What was recorded stays in the history."))
    return to_person(desk, other)
