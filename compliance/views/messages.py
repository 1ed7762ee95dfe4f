"""Messages: what will go out, what went out, and addresses that take no mail."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from compliance import selectors, services
from compliance.forms import RangeForm, SentForm
from compliance.selectors import Delivery, PlannedLine, StepName
from compliance.step_words import (
    DELIVERY_LABELS,
    DELIVERY_LOOKS,
    hearers_in_words,
    kind_in_words,
    step_in_words,
)
from compliance.views.people import find_person
from compliance.views.portal import Desk, portal
from people.models import Membership

PAGE_SIZE = 50
DAYS_AHEAD = 30
DAYS_BACK = 30


@portal()
@require_safe
def planned(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who will be told what on which day if nothing changes: counted by day and step, and the people of each."""
    form = RangeForm(request.GET, sites=desk.sites, first=desk.today, last=desk.today + timedelta(days=DAYS_AHEAD))
    if not form.is_valid():
        return render(request, "compliance/planned.html", desk.context("letters", form=form), status=422)
    chosen = _chosen(request, form)
    first, last, site = (form.cleaned_data[name] for name in ("first", "last", "site"))
    lines = selectors.planned_lines(
        memberships=desk.memberships,
        from_on=first,
        # One day is enough of the fold where one day is looked at; what comes before it has to be passed through.
        last_on=chosen[0] if chosen else last,
        today=desk.today,
        site=site,
    )
    same = {"first": first.isoformat(), "last": last.isoformat(), **({"site": site.code} if site else {})}
    context = desk.context("letters", form=form, past=first < desk.today, back=urlencode(same))
    if chosen:
        context |= _people(request, lines, *chosen)
    else:
        counts = selectors.planned_counts(lines)
        page = Paginator(counts, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "counts": [
                (it, step_in_words(*it.step), urlencode({**same, "day": it.on, "step": slug_of(it.step)}))
                for it in page
            ],
            "mails": sum(it.mails for it in counts),
            "letters": sum(it.letters for it in counts),
        }
    return render(request, "compliance/planned.html", context)


def slug_of(step: StepName) -> str:
    """Return a step as addresses write it, such as ``due_soon:-14`` or ``invitation:first``."""
    return f"{step.kind}:{'first' if step.rung is None else step.rung}"


def _chosen(request: HttpRequest, form: RangeForm) -> tuple[date, str] | None:
    """Return the day and the step whose people are asked for; None where the whole range is."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    if day is None or not form.cleaned_data["first"] <= day <= form.cleaned_data["last"]:
        return None
    return day, request.GET.get("step", "")


def _people(request: HttpRequest, lines: Any, day: date, step: str) -> dict[str, Any]:
    """Return what the list of one step's people shows, by name."""
    meant: dict[int, list[PlannedLine]] = {}
    for line in lines:
        if line.on == day and slug_of(line.step) == step:
            meant.setdefault(line.membership_id, []).append(line)
    people = Membership.objects.filter(pk__in=meant).order_by("name", "employee_number", "pk")
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    first = next(iter(meant.values()), [])
    return {
        "day": day,
        "step_words": step_in_words(*first[0].step) if first else kind_in_words(step.partition(":")[0]),
        "page": page,
        "people": [(it, line, hearers_in_words(line.to)) for it in page for line in meant[it.pk]],
    }


@portal()
@require_safe
def sent(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was sent or printed to whom on which day, and what became of it; no time of the day, and no language."""
    form = SentForm(request.GET, sites=desk.sites, first=desk.today - timedelta(days=DAYS_BACK), last=desk.today)
    if not form.is_valid():
        return render(request, "compliance/sent.html", desk.context("letters", form=form), status=422)
    state, last = form.cleaned_data["state"], form.cleaned_data["last"]
    found = selectors.deliveries(
        memberships=desk.memberships,
        from_on=form.cleaned_data["first"],
        # East of the organisation's calendar it may be tomorrow already.
        last_on=last + timedelta(days=1) if last == desk.today else last,
        today=desk.today,
        site=form.cleaned_data["site"],
        delivery=Delivery(state) if state else None,
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        (it, step_in_words(*it.step), [(DELIVERY_LOOKS[its], DELIVERY_LABELS[its]) for its in it.deliveries])
        for it in selectors.delivered(page.object_list)
    ]
    return render(request, "compliance/sent.html", desk.context("letters", form=form, page=page, lines=lines))


@portal(writes=True)
@require_POST
def address_again(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Let mails go again to an address that did not take one."""
    member = find_person(desk, person)
    if services.try_address_again(membership=member, by=desk.user, at=clock.now()):
        messages.success(request, _("Mails go to this address again. What waits as a letter is sent by mail."))
    else:
        messages.info(request, _("No mail to this address was held."))
    return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
