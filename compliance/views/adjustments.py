"""What HR records about one person: leave, more time, exemptions, due dates, learning from elsewhere."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates import selectors as certificate_selectors
from certificates import services as certificate_services
from certificates.exceptions import AttestationTakenBack
from cms import clock
from cms.templatetags.fieldfare import day
from compliance import selectors, services
from compliance.adjustment_forms import KINDS, ConfirmForm, LastDayForm, LicenceForm
from compliance.exceptions import AdjustmentOverlaps, AlreadySuperseded, DatesOutOfOrder, NoticeTooShort
from compliance.models import Adjustment
from compliance.views.people import find_person
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.exceptions import FactSuperseded
from people.models import Licence, Membership


def _leave(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.record_leave(membership=member, **data, by=desk.user, at=clock.now())


def _extension(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.grant_extension(membership=member, from_on=desk.today, **data, by=desk.user, at=clock.now())


def _waiver(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.grant_waiver(membership=member, **data, by=desk.user, at=clock.now())


def _due_date(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.set_due_date(membership=member, from_on=desk.today, **data, by=desk.user, at=clock.now())


def _sooner(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.bring_forward(membership=member, **data, by=desk.user, at=clock.now())


def _prior_learning(member: Membership, data: dict[str, Any], desk: Desk) -> None:
    services.accept_prior_learning(membership=member, **data, by=desk.user, at=clock.now())


_RECORD: dict[str, Callable[[Membership, dict[str, Any], Desk], None]] = {
    "leave": _leave,
    "more-time": _extension,
    "exemption": _waiver,
    "due-date": _due_date,
    "sooner": _sooner,
    "from-elsewhere": _prior_learning,
}


@portal(writes=True)
def adjustment_new(request: HttpRequest, desk: Desk, person: UUID, kind: str) -> HttpResponse:
    """Record one of ``adjustment_forms.KINDS`` about a person."""
    if kind not in KINDS:
        raise Http404
    title, form_class = KINDS[kind]
    member = find_person(desk, person)
    form = form_class(*posted(request), certifications=selectors.asked_certifications(member), today=desk.today)
    if request.method == "POST" and form.is_valid() and _recorded(form, kind, member, desk):
        messages.success(request, _("Recorded."))
        return _to(desk, member)
    context = desk.context("people", member=member, form=form, title=title)
    return render(request, "compliance/adjustment_new.html", context, status=422 if form.errors else 200)


def _recorded(form: Form, kind: str, member: Membership, desk: Desk) -> bool:
    """Record what the form says; False where it says so beside a field that it cannot be."""
    try:
        _RECORD[kind](member, form.cleaned_data, desk)
    except AdjustmentOverlaps as error:
        field = "from_on" if "from_on" in form.fields else None
        if error.last_on is None:
            text = _("Another one began on %(first)s. Undo or end it first.") % {"first": day(error.from_on)}
        else:
            text = _("Another one runs from %(first)s to %(last)s. Undo or end it first.") % {
                "first": day(error.from_on),
                "last": day(error.last_on),
            }
        form.add_error(field, text)
        return False
    except NoticeTooShort as error:
        text = _("With so many days of notice, %(day)s is the earliest. Choose that day or a later one.")
        form.add_error("due_on", text % {"day": day(error.earliest_on)})
        return False
    return True


@portal(writes=True)
def adjustment_change(request: HttpRequest, desk: Desk, person: UUID, reference: UUID) -> HttpResponse:
    """Record another last day of leave, of more time or of an exemption."""
    member = find_person(desk, person)
    held = get_object_or_404(selectors.adjustments_of(member).filter(due_on__isnull=True), reference=reference)
    form = LastDayForm(*posted(request), initial={"last_on": held.last_on})
    if request.method == "POST" and form.is_valid() and _changed(form, held, desk):
        messages.success(request, _("Recorded."))
        return _to(desk, member)
    title = _("%(what)s: another last day") % {"what": held.get_kind_display()}
    context = desk.context("people", member=member, form=form, title=title)
    return render(request, "compliance/adjustment_new.html", context, status=422 if form.errors else 200)


def _changed(form: Form, held: Adjustment, desk: Desk) -> bool:
    """Record the last day; False where the form says beside it that it cannot be."""
    try:
        services.change_end(adjustment=held, last_on=form.cleaned_data["last_on"], by=desk.user, at=clock.now())
    except DatesOutOfOrder:
        form.add_error(
            "last_on", _("It began on %(first)s. Choose that day or a later one.") % {"first": day(held.from_on)}
        )
    except AdjustmentOverlaps as error:
        form.add_error(
            "last_on", _("Another one begins on %(first)s. Choose an earlier day.") % {"first": day(error.from_on)}
        )
    except AlreadySuperseded:
        form.add_error(None, _("This was changed meanwhile. Look at it again."))
    return not form.errors


@portal(writes=True)
def confirm_new(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Record that the workplace confirms of a person what a training asks it to."""
    member = find_person(desk, person)
    asked = selectors.to_confirm(member)
    if not asked:
        raise Http404
    texts = [(code, it.text) for code, it in sorted(asked.items())]
    form = ConfirmForm(*posted(request), texts=texts, today=desk.today)
    if request.method == "POST" and form.is_valid():
        certificate_services.attest(
            membership=member,
            attested=asked[form.cleaned_data["code"]],
            given_on=form.cleaned_data["given_on"],
            by=desk.user,
            at=clock.now(),
        )
        messages.success(request, _("Recorded. If nothing else is missing, the certificate follows in a moment."))
        return _to(desk, member)
    context = desk.context("people", member=member, form=form, title=_("Confirm something"))
    return render(request, "compliance/adjustment_new.html", context, status=422 if form.errors else 200)


@portal(writes=True)
@require_POST
def confirm_undo(request: HttpRequest, desk: Desk, person: UUID, reference: UUID) -> HttpResponse:
    """Take back what was confirmed; it stays on record. First shows the certificates that are revoked with it."""
    member = find_person(desk, person)
    attestation = get_object_or_404(selectors.attestations_of(member), reference=reference)
    resting = certificate_selectors.resting_on(attestation)
    if resting and "seen" not in request.POST:
        renewals = [it for each in resting for it in certificate_selectors.dependants(each) if it not in resting]
        context = desk.context("people", member=member, attestation=attestation, resting=resting, renewals=renewals)
        return render(request, "compliance/confirm_undo.html", context)
    try:
        certificate_services.take_back_attestation(attestation=attestation, by=desk.user, at=clock.now())
    except AttestationTakenBack:
        messages.error(request, _("This was changed meanwhile. Look at it again."))
    else:
        messages.success(request, _("Undone. What was recorded stays in the history."))
    return _to(desk, member)


@portal(writes=True)
def licence_new(request: HttpRequest, desk: Desk, person: UUID) -> HttpResponse:
    """Record when a person's licence is to be renewed."""
    member = find_person(desk, person)
    kinds = selectors.licence_kinds(desk.organisation)
    if not kinds:  # nothing here hangs on one, and nothing is kept without a need
        raise Http404
    form = LicenceForm(*posted(request), kinds=kinds)
    if request.method == "POST" and form.is_valid():
        people_services.record_licence(membership=member, **form.cleaned_data, by=desk.user, at=clock.now())
        messages.success(request, _("Recorded."))
        return _to(desk, member)
    context = desk.context("people", member=member, form=form, title=_("Record a licence"))
    return render(request, "compliance/adjustment_new.html", context, status=422 if form.errors else 200)


@portal(writes=True)
def licence_change(request: HttpRequest, desk: Desk, person: UUID, reference: UUID) -> HttpResponse:
    """Mend the day on which a licence is to be renewed."""
    member = find_person(desk, person)
    held = get_object_or_404(Licence.objects.current_knowledge(), membership=member, reference=reference)
    kinds = [it for it in selectors.licence_kinds(desk.organisation) if it[0] == held.kind] or [(held.kind, held.kind)]
    form = LicenceForm(*posted(request), kinds=kinds, initial={"kind": held.kind, "renews_on": held.renews_on})
    if request.method == "POST" and form.is_valid():
        try:
            people_services.correct_licence(
                licence=held, renews_on=form.cleaned_data["renews_on"], by=desk.user, at=clock.now()
            )
        except FactSuperseded:
            messages.error(request, _("This was changed meanwhile. Look at it again."))
        else:
            messages.success(request, _("Recorded."))
        return _to(desk, member)
    context = desk.context("people", member=member, form=form, title=_("Mend the day of a licence"))
    return render(request, "compliance/adjustment_new.html", context, status=422 if form.errors else 200)


@portal(writes=True)
@require_POST
def adjustment_undo(request: HttpRequest, desk: Desk, person: UUID, reference: UUID) -> HttpResponse:
    """Undo an adjustment, or take back what was accepted from elsewhere; both stay on record."""
    member = find_person(desk, person)
    adjustment = selectors.adjustments_of(member).filter(reference=reference).first()
    try:
        if adjustment is not None:
            services.undo_adjustment(adjustment=adjustment, by=desk.user, at=clock.now())
        else:
            evidence = get_object_or_404(selectors.prior_learning_of(member), reference=reference)
            services.take_back_prior_learning(evidence=evidence, by=desk.user, at=clock.now())
    except AlreadySuperseded:
        messages.error(request, _("This was changed meanwhile. Look at it again."))
    else:
        messages.success(request, _("Undone. What was recorded stays in the history."))
    return _to(desk, member)


def _to(desk: Desk, member: Membership) -> HttpResponse:
    return redirect("compliance:person", code=desk.organisation.code, person=member.public_id)
