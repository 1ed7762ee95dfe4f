"""Assignments: who must hold what, by when."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.languages import in_source
from compliance import forms, selectors, services
from compliance.condition_words import Names, condition_in_words, due_rule_in_words
from compliance.conditions import parse
from compliance.due_dates import parse_due_rule
from compliance.exceptions import AlreadyDecided, AlreadyWithdrawn, DueBeforeStart, NeedsAnotherPerson, TrainingHeld
from compliance.facts import policy_on
from compliance.held_words import held_in_words
from compliance.models import PreviewRun, Proposal, Requirement, RulePackVersion
from compliance.preview import Preview
from compliance.preview_counting import preview_counting
from compliance.requirement_forms import RequirementForm
from compliance.views.changes import begun, changes_shown, in_background, page_of, placement_subject, say_it_waits
from compliance.views.counting import Change, changes_of
from compliance.views.late import notes_on
from compliance.views.portal import Desk, portal, posted
from people.models import Membership, WorkbookImport

PAGE_SIZE = 100


@portal()
@require_safe
def assignments(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is asked of whom, by last good day."""
    live = selectors.live_requirements(organisation=desk.organisation, memberships=desk.memberships, sites=desk.sites)
    page = Paginator(live, PAGE_SIZE).get_page(request.GET.get("page"))
    names = selectors.names_in(organisation=desk.organisation) if any(it.conditions for it in page) else {}
    listed = [(it, _who(it, names), _by_when(it)) for it in page]
    waiting = Proposal.objects.filter(organisation=desk.organisation, state=Proposal.State.OPEN)
    context = desk.context(
        "assignments",
        page=page,
        listed=listed,
        proposals=waiting.select_related("certification")[:PAGE_SIZE],
        notes=notes_on({it.certification for it in page}, on=desk.today),
        is_rebuilding=services.people_waiting() > 0,
    )
    return render(request, "compliance/assignments.html", context)


def _who(requirement: Requirement, names: Names) -> str:
    """Return whom the conditions mean, in words; nothing where there are none."""
    if requirement.conditions is None:
        return ""
    return condition_in_words(parse(requirement.conditions), names)


def _by_when(requirement: Requirement) -> str:
    """Return the due rule in words; nothing where there is a date."""
    return due_rule_in_words(parse_due_rule(requirement.due_rule)) if requirement.due_rule is not None else ""


@portal(writes=True)
def assignment_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Assign a training to a person, a site or a role."""
    chosen = _chosen(request, desk)
    form = forms.AssignmentForm(
        *posted(request),
        organisation=desk.organisation,
        today=desk.today,
        at=clock.now(),
        initial={"number": chosen.employee_number} if chosen else {},
    )
    if request.method == "POST" and form.is_valid():
        requirement = services.planned(
            organisation=desk.organisation,
            certification=form.cleaned_data["certification"],
            membership=form.cleaned_data["membership"],
            site=form.cleaned_data["site"],
            role=form.cleaned_data["role"],
            starts_on=desk.today,
            due_on=form.cleaned_data["due_on"],
        )
        if "confirm" not in request.POST:
            look = services.addition_of(requirement)
            if services.is_long(look):
                return in_background(desk, Proposal.Kind.REQUIRE, services.payload_of(requirement), look)
            hidden = [(name, form.data[name]) for name in _PASSED_ON if form.data.get(name)]
            found = look.preview(at=clock.now())
            return _preview(request, desk, requirement, found, action=_new_url(desk), hidden=hidden)
        done = services.ask_to_require(requirement=requirement, by=desk.user, at=clock.now())
        return _done(request, desk, done, Proposal.Kind.REQUIRE)
    notes = notes_on(forms.assignable_certifications(), on=desk.today)
    context = desk.context("assignments", form=form, chosen=chosen, notes=notes)
    return render(request, "compliance/assignment_new.html", context, status=422 if form.errors else 200)


def _new_url(desk: Desk) -> str:
    return reverse("compliance:assignment_new", args=[desk.organisation.code])


_PASSED_ON = ("certification", "whom", "number", "site", "role", "due_on")


def _preview(
    request: HttpRequest,
    desk: Desk,
    requirement: Requirement,
    found: Preview,
    *,
    action: str,
    hidden: Sequence[tuple[str, str]] = (),
    does: str = "assign",
) -> HttpResponse:
    """Show what it would do to ``assign``, ``change`` or ``withdraw`` it; the form sends the same again, confirmed."""
    second = services.needs_second_person(
        touched=found.touched,
        share_percent=found.share_percent,
        limit_percent=desk.organisation.second_person_percent,
    )
    context = desk.context(
        "assignments",
        requirement=requirement,
        preview=found,
        second=second,
        action=action,
        hidden=hidden,
        does=does,
    )
    return render(request, "compliance/assignment_preview.html", context)


_OF_FILES = (Proposal.Kind.UPLOAD, Proposal.Kind.UNDO)
_DOES = {Proposal.Kind.REQUIRE: "assign", Proposal.Kind.CHANGE: "change", Proposal.Kind.WITHDRAW: "withdraw"}


@portal(writes=True)
def preview(request: HttpRequest, desk: Desk, run: UUID) -> HttpResponse:
    """What a change for very many people does: how far it was looked at, then what was found, to be confirmed."""
    runs = PreviewRun.objects.filter(organisation=desk.organisation).select_related("organisation")
    # Files are looked at on the pages of their proposals alone.
    runs = runs.exclude(kind__in=_OF_FILES)
    looked_at = get_object_or_404(runs, public_id=run)
    kind = Proposal.Kind(looked_at.kind)
    found = services.found_by(looked_at)
    try:
        if request.method == "POST" and found is not None:
            if services.is_fresh(looked_at, at=clock.now()):
                done = services.make_previewed(run=looked_at, by=desk.user, at=clock.now())
                return _done(request, desk, done, kind)
            messages.info(request, _("Something changed since you looked at it. See again what it does."))
            look = services.planned_by(looked_at, on=desk.today)
            return in_background(desk, kind, looked_at.payload, look)
        if looked_at.failed:
            raise AlreadyWithdrawn
        if found is None:
            return render(request, "compliance/preview_running.html", desk.context("assignments", run=looked_at))
        if kind not in _DOES:
            return _together(request, desk, looked_at, found)
        requirement = _requirement_of(looked_at)
    except (AlreadyWithdrawn, DueBeforeStart):
        messages.info(request, _("This was decided or changed meanwhile."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    except TrainingHeld as held:
        messages.error(request, held_in_words(held.title, held.why))
        return redirect("compliance:assignments", code=desk.organisation.code)
    return _preview(request, desk, requirement, found, action=request.path, does=_DOES[kind])


def _together(request: HttpRequest, desk: Desk, run: PreviewRun, found: Preview) -> HttpResponse:
    """Show what a change of several trainings does."""
    kind, code = Proposal.Kind(run.kind), desk.organisation.code
    look = services.planned_by(run, on=desk.today)
    assert isinstance(look, services.Together)
    subject, cancel = _subject_of(run), reverse("compliance:rules", args=[code])
    return page_of(request, desk, kind, subject, cancel, changes_shown(desk, look, found))


def _subject_of(proposed: Proposal | PreviewRun) -> str:
    """Return the name of the place, the kind of work or the pack that a change is about; nothing for others."""
    match proposed.kind:
        case Proposal.Kind.SITE:
            return str(services.description_proposed(proposed)["site"].name)
        case Proposal.Kind.PARENT:
            return placement_subject(**services.placement_proposed(proposed))
        case Proposal.Kind.ROLE:
            return str(services.tags_proposed(proposed)["role"].name)
        case Proposal.Kind.ADOPT | Proposal.Kind.STOP:
            version = RulePackVersion.objects.filter(code=proposed.payload["pack"]).order_by("number").last()
            return in_source(version.title) if version else ""
        case Proposal.Kind.UPLOAD | Proposal.Kind.UNDO:
            return _file_of(proposed).file_name
    return ""


def _file_of(proposed: Proposal | PreviewRun) -> WorkbookImport:
    """Return the upload that a change is about."""
    uploads = WorkbookImport.objects.filter(organisation=proposed.organisation)
    return uploads.get(public_id=proposed.payload["import"])


def _requirement_of(run: PreviewRun) -> Requirement:
    """Return what the page of a preview is about."""
    if run.kind != Proposal.Kind.WITHDRAW:
        return services.requirement_of(run)
    current = selectors.current_requirement(organisation=run.organisation, reference=UUID(run.payload["reference"]))
    if current is None:
        raise AlreadyWithdrawn
    return current


def _done(request: HttpRequest, desk: Desk, done: services.Made | Proposal, kind: Proposal.Kind) -> HttpResponse:
    """Say what came of a change, and lead to the list."""
    if isinstance(done, Proposal):
        say_it_waits(request)
    else:
        messages.success(request, _said_of(done, kind, desk))
    return redirect("compliance:assignments", code=desk.organisation.code)


def _said_of(done: services.Made, kind: Proposal.Kind, desk: Desk) -> str:
    if isinstance(done, Requirement) and kind is Proposal.Kind.REQUIRE:
        return _assigned_to(selectors.reached(done, on=desk.today))
    if isinstance(done, Requirement) and kind is not Proposal.Kind.CHANGE:
        return _("Withdrawn. Nobody is reminded of it any more; what was learnt stays on record.")
    return _("Changed. It holds from now on.")


@portal(writes=True)
def proposal(request: HttpRequest, desk: Desk, proposal: UUID) -> HttpResponse:
    """A change that waits for a second person: what it would do, and the decision."""
    waiting = Proposal.objects.filter(organisation=desk.organisation).select_related("certification", "proposed_by")
    found = get_object_or_404(waiting, public_id=proposal)
    if request.method != "POST":
        return render(request, "compliance/proposal.html", _proposal_context(desk, found))
    try:
        if "agree" in request.POST:
            services.agree(proposal=found, by=desk.user, at=clock.now())
            messages.success(request, _("Agreed. It holds from now on."))
        else:
            services.refuse(proposal=found, by=desk.user, at=clock.now())
            messages.success(request, _("Not agreed. Nothing was changed."))
    except NeedsAnotherPerson:
        messages.error(request, _("You proposed this. Somebody else of HR has to agree."))
    except (AlreadyDecided, AlreadyWithdrawn):
        messages.info(request, _("This was decided or changed meanwhile."))
    except TrainingHeld as held:
        messages.error(request, held_in_words(held.title, held.why))
    except DueBeforeStart:
        messages.error(
            request, _("Its last good day has passed meanwhile. Refuse it, and propose it with another day.")
        )
    return redirect("compliance:assignments", code=desk.organisation.code)


def _proposal_context(desk: Desk, found: Proposal) -> dict[str, Any]:
    """Return what the page of a proposal shows: its preview anew while it is open, what it counted then otherwise."""
    fresh: Preview | None = None
    run: PreviewRun | None = None
    reaches: list[selectors.RuleReach] = []
    changes: list[Change] = []
    shown: dict[str, Any] = {}
    if found.kind == Proposal.Kind.COUNTING:
        policy = services.policy_proposed(found)
        changes = changes_of(policy_on(desk.organisation, desk.today), policy)
        if found.state == Proposal.State.OPEN:
            fresh = preview_counting(policy, organisation=desk.organisation, at=clock.now())
    elif found.state == Proposal.State.OPEN:
        with suppress(AlreadyWithdrawn, DueBeforeStart):
            if found.kind == Proposal.Kind.ADOPT:
                reaches = selectors.preview_adoption(**services.adoption_of(found, on=desk.today))
            fresh, run, shown = _looked_at(desk, found)
    return desk.context(
        "assignments",
        proposal=found,
        subject=_subject_of(found),
        file=_file_of(found) if found.kind in _OF_FILES else None,
        **{"preview": fresh} | shown,
        run=None if run is None or run.is_done else run,
        reaches=reaches,
        changes=changes,
        own=found.proposed_by_id == desk.user.pk,
    )


def _looked_at(desk: Desk, found: Proposal) -> tuple[Preview | None, PreviewRun | None, dict[str, Any]]:
    """Return what an open proposal does, or the look at it in the background, and what is asked anew and no longer.

    Raises: what ``planned_by`` raises.
    """
    kind = Proposal.Kind(found.kind)
    if kind in _OF_FILES and services.is_long_upload(found):
        run = begun(desk, kind, found.payload, people=found.summary["touched"])
        return services.found_by(run), run, {}
    look = services.planned_by(found, on=desk.today)
    if services.is_long(look):
        run = begun(desk, kind, found.payload, people=len(look.memberships))
        fresh = services.found_by(run)
    else:
        run, fresh = None, look.preview(at=clock.now())
    if fresh is None or not isinstance(look, services.Together):
        return fresh, run, {}
    if kind in _OF_FILES:
        # A file names thousands one by one, whom its own page lists; of several trainings each line says which.
        only = look.parts[0].change.added[0].certification if len(look.parts) == 1 else None
        return fresh, run, {"only": only}
    return fresh, run, changes_shown(desk, look, fresh)


def _assigned_to(people: int) -> str:
    if not people:
        return _("Assigned. Nobody works there yet; who comes will be told.")
    if services.people_waiting():
        return _("Assigned. Who is asked what is being worked out; the lists follow in a few minutes.")
    text = ngettext(
        "Assigned to %(n)s person. They will be told.", "Assigned to %(n)s people. They will be told.", people
    )
    return text % {"n": people}


@portal(writes=True)
def assignment_edit(request: HttpRequest, desk: Desk, reference: UUID) -> HttpResponse:
    """Change what an assignment asks; what that does is looked at before it holds."""
    requirement = selectors.current_requirement(organisation=desk.organisation, reference=reference)
    if requirement is None or requirement.ends_on is not None:
        raise Http404
    form = RequirementForm(*posted(request), requirement=requirement, organisation=desk.organisation)
    changed = _changed(form, requirement) if request.method == "POST" and form.is_valid() else None
    if changed is None:
        names = selectors.names_in(organisation=desk.organisation) if requirement.conditions else {}
        context = desk.context(
            "assignments",
            form=form,
            requirement=requirement,
            who=_who(requirement, names),
            by_when=_by_when(requirement),
        )
        return render(request, "compliance/assignment_edit.html", context, status=422 if form.errors else 200)
    if "confirm" not in request.POST:
        return _before_change(request, desk, requirement, changed, list(form.fields))
    try:
        done = services.ask_to_change(requirement=requirement, changed=changed, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("This was decided or changed meanwhile."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    except TrainingHeld as held:
        messages.error(request, held_in_words(held.title, held.why))
        return redirect("compliance:assignments", code=desk.organisation.code)
    return _done(request, desk, done, Proposal.Kind.CHANGE)


def _changed(form: RequirementForm, requirement: Requirement) -> Requirement | None:
    """Return what the form makes of a requirement; None where it says beside a field why that cannot be."""
    try:
        return services.planned_change(requirement=requirement, **form.cleaned_data["changes"])
    except DueBeforeStart:
        form.add_error("when", _("Choose a day on which the training is asked already."))
    return None


def _chosen(request: HttpRequest, desk: Desk) -> Membership | None:
    try:
        person = UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    return desk.memberships.filter(public_id=person).first()


@portal(writes=True)
@require_POST
def assignment_withdraw(request: HttpRequest, desk: Desk, reference: UUID) -> HttpResponse:
    """Withdraw an assignment; what was learnt stays on record."""
    requirement = selectors.current_requirement(organisation=desk.organisation, reference=reference)
    if requirement is None:
        raise Http404
    if requirement.ends_on is not None:
        messages.info(request, _("It was withdrawn already."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    if "confirm" not in request.POST:
        look = services.withdrawal_of(requirement, on=desk.today)
        if services.is_long(look):
            payload = services.payload_of_withdrawal(requirement, on=desk.today)
            return in_background(desk, Proposal.Kind.WITHDRAW, payload, look)
        found = look.preview(at=clock.now())
        return _preview(request, desk, requirement, found, action=request.path, does="withdraw")
    try:
        done = services.ask_to_withdraw(requirement=requirement, on=desk.today, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("It was withdrawn already."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    return _done(request, desk, done, Proposal.Kind.WITHDRAW)


@portal(writes=True)
@require_POST
def assignment_default(request: HttpRequest, desk: Desk, reference: UUID) -> HttpResponse:
    """Set the last good day of whoever lacks the date that the rule counts from; empty: HR sets each."""
    requirement = selectors.current_requirement(organisation=desk.organisation, reference=reference)
    if requirement is None or requirement.due_rule is None:
        raise Http404
    form = forms.DefaultDateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a day, or leave it empty."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    if requirement.ends_on is not None:
        messages.info(request, _("It was withdrawn already."))
        return redirect("compliance:assignments", code=desk.organisation.code)
    try:
        changed = services.planned_change(requirement=requirement, **form.cleaned_data)
        if "confirm" not in request.POST:
            return _before_change(request, desk, requirement, changed, list(form.fields))
        done = services.ask_to_change(requirement=requirement, changed=changed, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("It was withdrawn already."))
    except DueBeforeStart:
        messages.error(request, _("Choose a day on which the training is asked already."))
    else:
        return _done(request, desk, done, Proposal.Kind.CHANGE)
    return redirect("compliance:assignments", code=desk.organisation.code)


def _before_change(
    request: HttpRequest, desk: Desk, requirement: Requirement, changed: Requirement, fields: Sequence[str]
) -> HttpResponse:
    """Show what making ``requirement`` the unsaved ``changed`` does; ``fields`` are sent again with the confirmation."""
    look = services.change_of(requirement, changed)
    if services.is_long(look):
        return in_background(desk, Proposal.Kind.CHANGE, services.payload_of_change(requirement, changed), look)
    found = look.preview(at=clock.now())
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name in fields]
    return _preview(request, desk, changed, found, action=request.path, hidden=sent, does="change")
