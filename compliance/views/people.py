"""People: find, add, look at one, end an employment."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.sent import word
from compliance import forms, selectors, services
from compliance.adjustment_forms import KINDS
from compliance.part_words import part_in_words
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.exceptions import EmploymentOverlaps, EndsBeforeStart, FactSuperseded, HiredAfterStart, NumberTaken
from people.models import Employment, Licence, Membership, SamePerson
from people.selectors import main_jobs, still_employed

PAGE_SIZE = 50


@portal()
@require_safe
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody whom the user may see, with where they work today."""
    words = word(request.GET, "q").strip()[:80]
    page = Paginator(desk.memberships.matching(words), PAGE_SIZE).get_page(request.GET.get("page"))
    at = clock.now()
    jobs = main_jobs(page.object_list, at=at)
    listed = [(it, job if (job := jobs.get(it.pk)) and job.covers(at) else None) for it in page.object_list]
    context = desk.context("people", page=page, listed=listed, words=words)
    return render(request, "compliance/people.html", context)


@portal(writes=True)
def person_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add one person with their first employment."""
    form = forms.PersonForm(*posted(request), organisation=desk.organisation, today=desk.today)
    if request.method == "POST" and form.is_valid():
        member = _add(form, desk)
        if member is not None:
            messages.success(request, _("%(name)s was added. Print a sign-in slip below.") % {"name": member.name})
            return to_person(desk, member)
    context = desk.context("people", form=form)
    return render(request, "compliance/person_new.html", context, status=422 if form.errors else 200)


def _add(form: forms.PersonForm, desk: Desk) -> Membership | None:
    at = clock.now()
    try:
        with transaction.atomic():
            member = people_services.create_membership(
                organisation=desk.organisation,
                employee_number=form.cleaned_data["employee_number"],
                name=form.cleaned_data["name"],
                preferred_name=form.cleaned_data["preferred_name"],
                email=form.cleaned_data["email"],
                by=desk.user,
                at=at,
            )
            people_services.start_employment(
                membership=member,
                site=form.cleaned_data["site"],
                role=form.cleaned_data["role"],
                starts_on=form.cleaned_data["starts_on"],
                by=desk.user,
                at=at,
            )
    except NumberTaken:
        form.refuse_number()
        return None
    return member


@portal()
def person(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """One person: where they work, what is asked of them, since when it is done. No more than the list shows."""
    member = find_person(desk, person)
    if request.method == "POST" and not desk.may_write:
        raise Http404
    initial = {"name": member.name, "preferred_name": member.preferred_name, "email": member.email}
    form = forms.MemberForm(*posted(request), initial=initial) if desk.may_write else None
    if request.method == "POST" and form is not None and form.is_valid():
        _change(member, form, desk)
        messages.success(request, _("Saved. The person sees such changes under “Changes to my account”."))
        return to_person(desk, member)
    own = Membership.objects.filter(pk=member.pk)
    spans = list(selectors.current_spans(memberships=own, on=desk.days, asked_before=True))
    here_on = desk.days.at(spans[0].obligation.time_zone) if spans else desk.today
    jobs = Employment.objects.current_knowledge().filter(membership=member, site__in=desk.sites)
    context = desk.context(
        "people",
        member=member,
        form=form,
        rows=selectors.rows(spans, desk.days),
        jobs=[
            (
                job,
                forms.EndForm(initial={"reference": job.reference, "ends_on": desk.today}, auto_id=f"end-{job.pk}-%s"),
            )
            for job in jobs.select_related("site", "role").order_by("-starts_on", "-pk")
        ],
        adjustments=selectors.adjustments_of(member),
        prior_learning=selectors.prior_learning_of(member),
        other_ways=selectors.agreed_other_ways(member),
        attestations=selectors.attestations_of(member),
        may_confirm=desk.may_write and bool(selectors.to_confirm(member)),
        in_person=[
            (it.certification, [part_in_words(part, it.courses) for part in it.parts])
            for it in selectors.in_person_of(member, on=here_on)
        ],
        licences=Licence.objects.current_knowledge().filter(membership=member),
        licence_kinds=dict(selectors.licence_kinds(desk.organisation)),
        adjustment_kinds=[(kind, title) for kind, (title, _form) in KINDS.items()],
        employed=still_employed(membership=member, at=clock.now()),
        undelivered=selectors.undelivered(memberships=own).first(),
        bounce=selectors.open_bounces(memberships=own).first(),
        letter=selectors.letters(memberships=own).first(),
        same_person=SamePerson.objects.filter(other=member).select_related("kept").first(),
    )
    return render(request, "compliance/person.html", context, status=422 if form and form.errors else 200)


def _change(member: Membership, form: forms.MemberForm, desk: Desk) -> None:
    at = clock.now()
    name, email = form.cleaned_data["name"], form.cleaned_data["email"]
    with transaction.atomic():
        people_services.rename_member(membership=member, name=name, by=desk.user, at=at)
        people_services.change_preferred_name(
            membership=member, preferred_name=form.cleaned_data["preferred_name"], by=desk.user, at=at
        )
        if email != member.email:
            people_services.change_contact(membership=member, email=email, by=desk.user, at=at)
            services.send_again(membership=member, at=at)


@portal(writes=True)
def employment_new(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Record that somebody works at another site or in another role as well, or instead."""
    member = find_person(desk, person)
    form = forms.WorkForm(*posted(request), organisation=desk.organisation, today=desk.today)
    if request.method == "POST" and form.is_valid() and _placed(member, form, desk):
        messages.success(request, _("Saved."))
        return to_person(desk, member)
    context = desk.context("people", member=member, form=form)
    return render(request, "compliance/employment_new.html", context, status=422 if form.errors else 200)


def _placed(member: Membership, form: forms.WorkForm, desk: Desk) -> bool:
    """Record it; False where the form says beside a field why not."""
    said = dict(form.cleaned_data)
    record = people_services.move_to if said.pop("instead") else people_services.start_employment
    try:
        record(membership=member, by=desk.user, at=clock.now(), **said)
    except EndsBeforeStart:
        form.add_error("ends_on", _("The last day is before the first."))
    except HiredAfterStart:
        form.add_error("hired_on", _("The day of hiring is after the first day at work."))
    except EmploymentOverlaps:
        form.add_error("starts_on", _("These days overlap with another job of this person."))
    return not form.errors


@portal(writes=True)
@require_POST
def employment_end(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Record the last day of an employment."""
    member = find_person(desk, person)
    form = forms.EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the last day at work."))
        return to_person(desk, member)
    known = Employment.objects.current_knowledge().filter(membership=member)
    job = get_object_or_404(known, reference=form.cleaned_data["reference"])
    try:
        people_services.end_employment(
            employment=job, ends_on=form.cleaned_data["ends_on"], by=desk.user, at=clock.now()
        )
    except EndsBeforeStart:
        messages.error(request, _("The last day cannot be before the first."))
    except (EmploymentOverlaps, FactSuperseded):
        messages.error(request, _("This was changed meanwhile. Look at it again."))
    else:
        messages.success(request, _("The last day is recorded. What was learnt stays on record."))
    return to_person(desk, member)


def find_person(desk: Desk, public_id: UUID) -> Membership:
    """Return somebody whom the user may see.

    Raises:
        Http404: there is no such person, or not for this user.
    """
    return get_object_or_404(desk.memberships.select_related("organisation", "user"), public_id=public_id)


def to_person(desk: Desk, member: Membership) -> HttpResponse:
    """Go to the page of somebody."""
    return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
