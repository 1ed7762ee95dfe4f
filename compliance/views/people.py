"""People: find, add, end an employment, print slips, upload a workbook."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates.models import Certificate
from cms import clock
from compliance import forms, selectors
from compliance.views.portal import WRITERS, Desk, portal
from people import audit
from people import services as people_services
from people.exceptions import EmploymentEnded, WorkbookRefused
from people.explanations import explain
from people.models import Employment, Membership
from people.slips import slips_for
from people.workbooks import people_template, read_people_workbook

PAGE_SIZE = 50
SLIPS_AT_ONCE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _person(desk: Desk, public_id: UUID) -> Membership:
    return get_object_or_404(desk.memberships.select_related("organisation", "user"), public_id=public_id)


@portal()
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody whom the user may see, with where they work today."""
    words = request.GET.get("q", "")[:80]
    page = Paginator(desk.memberships.matching(words), PAGE_SIZE).get_page(request.GET.get("page"))
    keys = [it.pk for it in page.object_list]
    jobs = {
        job.membership_id: job
        for job in Employment.objects.covering(desk.today).filter(membership__in=keys).select_related("site", "role").order_by("starts_on")
    }
    listed = [(it, jobs.get(it.pk)) for it in page.object_list]
    return render(request, "compliance/people.html", desk.context(page=page, listed=listed, words=words))


@portal(*WRITERS)
def person_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add one person with their first employment."""
    form = forms.PersonForm(request.POST or None, organisation=desk.organisation, today=desk.today)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with transaction.atomic():
            member = people_services.create_membership(
                organisation=desk.organisation,
                employee_number=form.cleaned_data["employee_number"],
                name=form.cleaned_data["name"],
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
        messages.success(request, _("%(name)s was added. Print a sign-in slip for them below.") % {"name": member.name})
        return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
    return render(request, "compliance/person_new.html", desk.context(form=form))


@portal()
def person(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """One person: where they work, what is asked of them, since when it is done. No more than the list shows."""
    member = _person(desk, person)
    form = forms.MemberForm(request.POST or None, member=member) if desk.may_write else None
    if request.method == "POST" and form is not None and form.is_valid():
        at = clock.now()
        with transaction.atomic():
            if form.cleaned_data["name"] != member.name:
                people_services.rename_member(membership=member, name=form.cleaned_data["name"], by=desk.user, at=at)
            if form.cleaned_data["email"] != member.email:
                people_services.change_contact(membership=member, email=form.cleaned_data["email"], by=desk.user, at=at)
        messages.success(request, _("Saved. The person sees this change under “Changes to my account”."))
        return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
    spans = selectors.current_spans(memberships=desk.memberships.filter(pk=member.pk), on=desk.today)
    jobs = Employment.objects.current_knowledge().filter(membership=member).select_related("site", "role").order_by("-starts_on")
    own = Certificate.objects.filter(membership=member).select_related("certification", "replaced_by")
    return render(
        request,
        "compliance/person.html",
        desk.context(
            member=member,
            form=form,
            rows=selectors.rows(spans, desk.today),
            jobs=jobs,
            certificates=own,
            employed=any(job.ends_on is None or job.ends_on >= desk.today for job in jobs),
            end_form=forms.EndForm(today=desk.today),
        ),
    )


@portal(*WRITERS)
@require_POST
def employment_end(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Record the last day of an employment."""
    member = _person(desk, person)
    job = get_object_or_404(Employment.objects.current_knowledge(), membership=member, reference=request.POST.get("reference") or None)
    form = forms.EndForm(request.POST, today=desk.today, starts_on=job.starts_on)
    if form.is_valid():
        people_services.end_employment(employment=job, ends_on=form.cleaned_data["ends_on"], by=desk.user, at=clock.now())
        messages.success(request, _("The employment ends. What was learnt stays on record."))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@portal(*WRITERS)
@require_POST
def slip(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Print a new sign-in slip; the code before it, and the PIN, stop working."""
    member = _person(desk, person)
    try:
        content = slips_for(memberships=[member], by=desk.user, at=clock.now())
    except EmploymentEnded:
        messages.error(
            request,
            _("This employment has ended, so a new code cannot be printed. The person's own PIN and recovery code keep working."),
        )
        return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
    return _pdf(content, "slip.pdf")


@portal(*WRITERS)
@require_POST
def slips(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Print slips for everybody at work who has no PIN yet."""
    waiting = (
        desk.memberships.filter(credential__pin_hash="", employments__in=Employment.objects.covering(desk.today))
        .distinct()
        .order_by("name")[:SLIPS_AT_ONCE]
    )
    found = list(waiting)
    if not found:
        messages.info(request, _("Everybody at work has a PIN already."))
        return redirect("compliance:people", code=desk.organisation.code)
    return _pdf(slips_for(memberships=found, by=desk.user, at=clock.now()), "slips.pdf")


@portal(*WRITERS)
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a workbook of people: all of it, or nothing and every problem by row and column."""
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    problems = None
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_people_workbook(form.cleaned_data["file"], organisation=desk.organisation)
        except WorkbookRefused as refused:
            problems = [explain(it) for it in refused.problems]
        else:
            result = people_services.apply_people(rows=rows, organisation=desk.organisation, by=desk.user, at=clock.now())
            messages.success(
                request,
                _("Done: %(new)s new, %(changed)s changed, %(same)s unchanged.")
                % {"new": result.created, "changed": result.changed, "same": result.unchanged},
            )
            return redirect("compliance:people", code=desk.organisation.code)
    status = 422 if problems else 200
    return render(request, "compliance/upload.html", desk.context(form=form, problems=problems), status=status)


@portal(*WRITERS)
def upload_template(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The workbook to fill in."""
    response = HttpResponse(people_template(desk.organisation), content_type=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="people.xlsx"'
    audit.record(organisation=desk.organisation, actor=desk.user, verb="people.template")
    return response


