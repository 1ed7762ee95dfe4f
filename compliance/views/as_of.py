"""People as of a day, by what is known now or was known then; and what happened to one of them, with the reasons."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.validity import starts_at
from cms import clock
from compliance import selectors
from compliance.forms import AsOfForm
from compliance.reason_words import reasons_in_words
from compliance.selectors import PersonStanding
from compliance.step_words import DELIVERY_LABELS, step_in_words
from compliance.views.people import find_person
from compliance.views.portal import Desk, portal
from compliance.visibility import STATUS_LABELS
from people.models import Employment, Membership
from people.models.employment import EmploymentQuerySet

PAGE_SIZE = 50


@portal()
@require_safe
def people_as_of(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who worked here on a day and where they stood then; for reading alone."""
    form = AsOfForm(request.GET, sites=desk.sites, today=desk.today)
    if not form.is_valid():
        return render(request, "compliance/people_as_of.html", desk.context("people", form=form), status=422)
    on, site = form.cleaned_data["on"], form.cleaned_data["site"]
    known_before = _end_of(form.cleaned_data["known"], desk)
    jobs = _jobs(on, known_before)
    at_site = jobs.filter(site__in=selectors.sites_from(site)) if site else jobs
    members = desk.memberships.filter(pk__in=at_site.order_by().values("membership"))
    page = Paginator(members.order_by("name", "employee_number", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    keys = [it.pk for it in page.object_list]
    places = {job.membership_id: job for job in jobs.filter(membership__in=keys).select_related("site", "role")}
    stood = _standings(keys, on, known_before)
    query = {"on": on.isoformat()} | ({"known": form.cleaned_data["known"].isoformat()} if known_before else {})
    context = desk.context(
        "people",
        form=form,
        page=page,
        listed=[(it, places.get(it.pk), stood.get(it.pk, [])) for it in page.object_list],
        query=urlencode(query),
    )
    return render(request, "compliance/people_as_of.html", context)


@portal()
@require_safe
def person_history(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Where one person stood on a day, and why; and what is on record of them, the newest first. Dates alone."""
    member = find_person(desk, person)
    form = AsOfForm(request.GET, sites=desk.sites, today=desk.today)
    del form.fields["site"]
    context: dict[str, Any] = {"member": member, "form": form}
    if form.is_valid():
        on, known = form.cleaned_data["on"], form.cleaned_data["known"]
        stood = _standings([member.pk], on, _end_of(known, desk))
        context |= {"on": on, "known": known, "standings": stood.get(member.pk, [])}
    entries = selectors.timeline(membership=member, sites=desk.sites, at=clock.now())
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "entries": [
            (it, step_in_words(it.kind, it.rung), [str(DELIVERY_LABELS[each]) for each in it.deliveries]) for it in page
        ],
        "today": desk.today,
    }
    status = 422 if form.errors else 200
    return render(request, "compliance/person_history.html", desk.context("people", **context), status=status)


def _end_of(known: date | None, desk: Desk) -> datetime | None:
    """Return the instant before which a fact has to be recorded to have been known on ``known``; None: known now."""
    return None if known is None else starts_at(known + timedelta(days=1), desk.organisation.time_zone)


def _jobs(on: date, known_before: datetime | None) -> EmploymentQuerySet:
    """Return the employments that cover ``on``, the one that began last at the end."""
    known = (
        Employment.objects.current_knowledge()
        if known_before is None
        else Employment.objects.known_before(known_before)
    )
    covering: EmploymentQuerySet = known.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    return covering.order_by("starts_on", "pk")


def _standings(
    keys: list[int], on: date, known_before: datetime | None
) -> dict[int, list[tuple[PersonStanding, str, object, list[str]]]]:
    """Return where people stood, by their keys: the standing, its look, its word and its reasons."""
    found: dict[int, list[tuple[PersonStanding, str, object, list[str]]]] = {}
    people = Membership.objects.filter(pk__in=keys)
    for it in selectors.standings(memberships=people, at=clock.now(), on=on, known_before=known_before):
        found.setdefault(it.membership.pk, []).append(
            (
                it,
                selectors.look_of_status(it.status),
                STATUS_LABELS[it.status],
                reasons_in_words(it.standing),
            )
        )
    return found
