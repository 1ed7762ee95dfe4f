"""One act for many people: chosen in the list, looked at first, then done."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Certification
from cms import clock
from compliance import services
from compliance.adjustment_forms import KINDS
from compliance.forms import BulkAssignmentForm, assignable_certifications
from compliance.models import Proposal
from compliance.services import MOST_PEOPLE
from compliance.views.changes import say_it_waits
from compliance.views.late import notes_on
from compliance.views.portal import Desk, portal
from compliance.views.status import filters_of
from people.models import Membership


@portal(writes=True)
def assign_to_many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Assign a training to the people chosen in the list, or to all that its filters found; first show what that does.

    What is asked for names people or filters; from the first page on the people themselves are named, so that nobody
    enters or leaves between looking and pressing.
    """
    chosen = _chosen(request, desk)
    if not chosen or len(chosen) > MOST_PEOPLE:
        messages.info(request, _whom_to_choose(len(chosen)))
        return redirect("compliance:organisation", code=desk.organisation.code)
    form = BulkAssignmentForm(request.POST if request.method == "POST" else None, today=desk.today)
    context = desk.context("status", form=form, people=chosen)
    if request.method != "POST" or not form.is_valid():
        context["notes"] = notes_on(assignable_certifications(), on=desk.today)
        return render(request, "compliance/bulk_assign.html", context, status=422 if form.errors else 200)
    what = {
        "organisation": desk.organisation,
        "memberships": chosen,
        "certification": form.cleaned_data["certification"],
        "due_on": form.cleaned_data["due_on"],
        "starts_on": desk.today,
        "at": clock.now(),
    }
    if "confirm" not in request.POST:
        found = services.preview_for_each(**what)
        second = services.needs_second_person(
            touched=found.touched,
            share_percent=found.share_percent,
            limit_percent=desk.organisation.second_person_percent,
        )
        context |= {
            "preview": found,
            "second": second,
            "certification": what["certification"],
            "due_on": what["due_on"],
        }
        return render(request, "compliance/bulk_assign_preview.html", context)
    done = services.ask_to_require_each(**what, by=desk.user)
    if isinstance(done, Proposal):
        say_it_waits(request)
        return redirect("compliance:assignments", code=desk.organisation.code)
    messages.success(
        request,
        ngettext("Assigned to %(n)s person. They will be told.", "Assigned to %(n)s people. They will be told.", done)
        % {"n": done},
    )
    return redirect("compliance:organisation", code=desk.organisation.code)


def _whom_to_choose(count: int) -> str:
    if not count:
        return _("Choose people in the list first.")
    return _("Choose at most %(n)s people, or assign the training to a site or a role.") % {"n": MOST_PEOPLE}


def _chosen(request: HttpRequest, desk: Desk) -> list[Membership]:
    """Return the people who are meant, within those whom the user may see; one more than may be, where there are many."""
    given = request.POST if request.method == "POST" else request.GET
    if "all" in given:
        spans = filters_of(request, desk).spans(desk).order_by()
        people = desk.memberships.filter(pk__in=spans.values("obligation__membership"))
    else:
        people = desk.memberships.filter(public_id__in=_ids(given.getlist("person")))
    return list(people.order_by("name", "employee_number", "pk")[: MOST_PEOPLE + 1])


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[: MOST_PEOPLE + 1]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


OF_MANY = ("leave", "more-time")
"""Of ``adjustment_forms.KINDS``: what can be recorded of many people at once."""


@portal(writes=True)
def record_of_many(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """Record leave or more time of the people chosen in the list; first show of whom, and who is left out."""
    if kind not in OF_MANY:
        raise Http404
    chosen = _chosen(request, desk)
    if not chosen or len(chosen) > MOST_PEOPLE:
        messages.info(request, _whom_to_choose(len(chosen)))
        return redirect("compliance:organisation", code=desk.organisation.code)
    title, form_class = KINDS[kind]
    # Whoever comes from the list has sent no day yet, and is not told that one is missing.
    sent = request.POST if request.method == "POST" and "last_on" in request.POST else None
    asked = Certification.objects.filter(obligations__membership__in=chosen).distinct().order_by("title")
    form = form_class(sent, certifications=asked, today=desk.today)
    context = desk.context("status", form=form, people=chosen, title=title)
    if not form.is_valid():
        return render(request, "compliance/bulk_record.html", context, status=422 if form.errors else 200)
    act = partial(_record_of_each[kind], desk, chosen, form.cleaned_data)
    if "confirm" not in request.POST:
        context["found"] = services.as_it_would_be(act)
        return render(request, "compliance/bulk_record.html", context)
    done = len(act().people)
    messages.success(request, ngettext("Recorded of %(n)s person.", "Recorded of %(n)s people.", done) % {"n": done})
    return redirect("compliance:organisation", code=desk.organisation.code)


def _leave(desk: Desk, people: list[Membership], data: dict[str, Any]) -> services.Recorded:
    return services.record_leave_of_each(memberships=people, **data, by=desk.user, at=clock.now())


def _more_time(desk: Desk, people: list[Membership], data: dict[str, Any]) -> services.Recorded:
    return services.grant_extension_to_each(
        memberships=people, from_on=desk.today, **data, by=desk.user, at=clock.now()
    )


_record_of_each: dict[str, Callable[[Desk, list[Membership], dict[str, Any]], services.Recorded]] = {
    "leave": _leave,
    "more-time": _more_time,
}
