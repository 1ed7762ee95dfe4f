"""Messages: what will go out, to whom, on which day."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from compliance import selectors
from compliance.forms import RangeForm
from compliance.selectors import PlannedLine, StepName
from compliance.step_words import hearers_in_words, kind_in_words, step_in_words
from compliance.views.portal import Desk, portal
from people.models import Membership

PAGE_SIZE = 50
DAYS_AHEAD = 30


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
