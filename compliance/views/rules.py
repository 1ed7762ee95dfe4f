"""Rule packs: what laws, policies and recommendations ask at the sites of an organisation, and what it does about it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates.models import Certification
from cms import clock
from cms.lists import listed
from cms.sent import number
from compliance import rule_forms, selectors, services
from compliance.exceptions import AlreadyWithdrawn, TrainingHeld
from compliance.forms import assignable_certifications
from compliance.held_words import held_in_words
from compliance.models import CourseApproval, Proposal, RulePackVersion
from compliance.rule_words import (
    CONDITION_WORDS,
    STATE_LOOKS,
    STATE_WORDS,
    STATUS_WORDS,
    asks,
    condition_words,
    missing_words,
    standing_of,
    value_words,
)
from compliance.rules.applying import Answer, Dimension, Strictest, applicable, strictest
from compliance.rules.readiness import STATED, Condition, all_met
from compliance.rules.schema import Rule
from compliance.selectors import PackAtSites, RuleAtSites, Training
from compliance.views.changes import changes_shown, in_background, page_of, say_what_came
from compliance.views.late import notes_on
from compliance.views.portal import Desk, portal, posted
from people.models import Site


@portal()
@require_safe
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All packs, those about the organisation's sites first, and the sites with what is not known of them."""
    packs = selectors.packs_for(organisation=desk.organisation, sites=desk.sites, on=desk.today)
    context = desk.context(
        "rules",
        near=[_listed(pack, desk.today) for pack in packs if pack.sites],
        far=[_listed(pack, desk.today) for pack in packs if not pack.sites],
        sites=desk.sites,
    )
    return render(request, "compliance/rules/packs.html", context)


def _listed(pack: PackAtSites, today: date) -> dict[str, object]:
    return {
        "at": pack,
        "statuses": listed(STATUS_WORDS[status] for status in pack.statuses),
        "is_stale": pack.review_by < today,
    }


@dataclass(frozen=True)
class RulePanel:
    """One rule on the page of its pack, in words."""

    at: RuleAtSites
    today: date
    chosen: Training | None
    trainings: list[Training] = field(default_factory=list)
    approvals: list[CourseApproval] = field(default_factory=list)
    statements: dict[str, bool] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """Return the rule itself."""
        return self.at.rule

    @property
    def status(self) -> str:
        """Return what the rule is: a law, a policy …"""
        return str(STATUS_WORDS[self.rule.status])

    @property
    def standing(self) -> str:
        """Return what that means for the reader."""
        return standing_of(self.rule)

    @property
    def asks(self) -> list[tuple[str, list[str]]]:
        """Return what it asks, as headings with sentences."""
        return asks(self.rule)

    @property
    def is_stale(self) -> bool:
        """Whether it should have been looked at again."""
        return self.rule.review_by < self.today

    @property
    def sites(self) -> list[tuple[Site, bool, str]]:
        """Return each site: whether it is surely meant, and else what to do to find out."""
        return [(site, match.answer is Answer.YES, missing_words(match)) for site, match in self.at.sites]

    @property
    def conditions(self) -> list[tuple[str, str, str, str]]:
        """Each condition of the chosen training: name, look, word and why."""
        return [_in_words(each) for each in self.chosen.conditions] if self.chosen else []

    @property
    def open_conditions(self) -> int:
        """Return how many conditions of the chosen training are not met, or not known to be."""
        return sum(not all_met([each]) for each in self.chosen.conditions) if self.chosen else 0

    @property
    def to_state(self) -> list[tuple[str, str, bool | None]]:
        """What only the employer can say: code, name, and what was said."""
        own = [name for name in self.rule.conditions if name in STATED]
        return [(name, str(CONDITION_WORDS[name]), self.statements.get(name)) for name in own]

    @property
    def compared(self) -> list[tuple[Certification, int, int]]:
        """Each training that could be assigned: how many of the topics it covers, of how many."""
        return [
            (it.certification, sum(not each.is_gap for each in it.covered), len(it.covered)) for it in self.trainings
        ]


def _in_words(condition: Condition) -> tuple[str, str, str, str]:
    return (
        str(CONDITION_WORDS[condition.name]),
        STATE_LOOKS[condition.state],
        str(STATE_WORDS[condition.state]),
        condition_words(condition),
    )


@portal()
@require_safe
def rule_pack(request: HttpRequest, desk: Desk, pack: str) -> HttpResponse:
    """What a pack asks, where, by which source, and how the training stands to it."""
    at = _pack(desk, pack)
    newest = selectors.newest_pack(pack)
    context = desk.context(
        "rules",
        at=at,
        panels=_panels(desk, at),
        is_stale=at.review_by < desk.today,
        newer=newest if newest and newest.pk != at.pack.pk else None,
        may_adopt=desk.may_write and any(each.rule.binds for each in at.rules),
    )
    return render(request, "compliance/rules/pack.html", context)


def _panels(desk: Desk, at: PackAtSites) -> list[RulePanel]:
    rules = [each.rule for each in at.rules]
    trainings = selectors.trainings_for(
        organisation=desk.organisation,
        rules=rules,
        certifications=assignable_certifications().prefetch_related("courses"),
        on=desk.today,
    )
    chosen = _chosen(at)
    approved = selectors.approvals(desk.organisation, rules)
    stated = selectors.statements(desk.organisation, rules)
    return [
        RulePanel(
            at=each,
            today=desk.today,
            chosen=next(
                (it for it in trainings[each.rule.code] if it.certification.pk == chosen.get(each.rule.code)), None
            ),
            trainings=trainings[each.rule.code],
            approvals=approved.get(each.rule.code, []),
            statements=stated.get(each.rule.code, {}),
        )
        for each in at.rules
    ]


def _chosen(at: PackAtSites) -> dict[str, int]:
    """Return the key of the certification that was chosen, by the code of the rule."""
    return {it.rule_code: it.certification_id for it in at.adoption.chosen.all()} if at.adoption else {}


def _pack(desk: Desk, code: str) -> PackAtSites:
    found = selectors.pack_for(organisation=desk.organisation, code=code, sites=desk.sites, on=desk.today)
    if found is None:
        raise Http404
    return found


@portal(writes=True)
def rule_pack_adopt(request: HttpRequest, desk: Desk, pack: str) -> HttpResponse:
    """Choose trainings, look at whom that reaches, and only then adopt the newest version."""
    at = _pack(desk, pack)
    version = selectors.newest_pack(pack) or at.pack
    rules = [it.rule for it in version.rules.all()]
    form = rule_forms.AdoptionForm(
        *posted(request), organisation=desk.organisation, rules=rules, today=desk.today, held=at.adoption
    )
    if not form.rows:
        raise Http404
    if request.method == "POST" and form.is_valid():
        if "confirm" in request.POST:
            return _adopt(request, desk, version, form)
        about = _about(desk, version, form)
        reaches = selectors.preview_adoption(**about)
        look = services.following_of(**about, reaches=reaches)
        if services.is_long(look):
            payload = services.payload_of_adoption(version, about["choices"], due_on=about["due_on"])
            return in_background(desk, Proposal.Kind.ADOPT, payload, look)
        shown = changes_shown(desk, look, look.preview(at=clock.now()), sent=_sent(request))
        context = desk.context("rules", at=at, version=version, form=form, reaches=reaches, **shown)
        return render(request, "compliance/rules/preview.html", context)
    here = {each.rule.code for each in at.rules if each.sites} | set(_chosen(at))
    context = desk.context(
        "rules",
        version=version,
        form=form,
        notes=notes_on(assignable_certifications(), on=desk.today),
        near=[row for row in form.rows if row[0].code in here],
        far=[row for row in form.rows if row[0].code not in here],
    )
    return render(request, "compliance/rules/adopt.html", context, status=422 if form.errors else 200)


def _adopt(request: HttpRequest, desk: Desk, version: RulePackVersion, form: rule_forms.AdoptionForm) -> HttpResponse:
    try:
        done = services.ask_to_adopt(**_about(desk, version, form), by=desk.user, at=clock.now())
    except TrainingHeld as held:
        messages.error(request, held_in_words(held.title, held.why))
        return redirect("compliance:rule_pack_adopt", code=desk.organisation.code, pack=version.code)
    say_what_came(request, done, _("Adopted. What it asks for is assigned, and people will be told."))
    return redirect("compliance:rule_pack", code=desk.organisation.code, pack=version.code)


def _about(desk: Desk, version: RulePackVersion, form: rule_forms.AdoptionForm) -> dict[str, Any]:
    """Return what would be followed, as services take it."""
    return {
        "organisation": desk.organisation,
        "pack": version,
        "choices": form.cleaned_data["choices"],
        "starts_on": desk.today,
        "due_on": form.cleaned_data["due_on"],
    }


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was chosen, to be sent once more with the confirmation."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name == "due_on" or name.startswith(("training-", "roles-"))
        for value in values
    ]


@portal(writes=True)
def rule_pack_stop(request: HttpRequest, desk: Desk, pack: str) -> HttpResponse:
    """Say what ends with the adoption, and end it."""
    adoption = _pack(desk, pack).adoption
    if adoption is None:
        raise Http404
    if request.method == "POST" and "confirm" in request.POST:
        try:
            done = services.ask_to_stop(adoption=adoption, on=desk.today, by=desk.user, at=clock.now())
        except AlreadyWithdrawn:
            messages.info(request, _("It was stopped already."))
        else:
            made = _("Stopped. What it assigned is withdrawn; what was learnt stays on record.")
            say_what_came(request, done, made)
        return redirect("compliance:rule_pack", code=desk.organisation.code, pack=pack)
    look = services.stopping_of(adoption, on=desk.today)
    if services.is_long(look):
        if request.method == "POST":
            return in_background(desk, Proposal.Kind.STOP, services.payload_of_stop(adoption), look)
        return render(request, "compliance/rules/stop.html", desk.context("rules", adoption=adoption))
    shown = changes_shown(desk, look, look.preview(at=clock.now()))
    return render(request, "compliance/rules/stop.html", desk.context("rules", adoption=adoption, **shown))


@portal(writes=True)
def rule_approval(request: HttpRequest, desk: Desk, pack: str, rule: str) -> HttpResponse:
    """Record that an authority approved an edition of a course for a rule."""
    found = _rule(desk, pack, rule)
    if found.approval is None:
        raise Http404
    form = rule_forms.ApprovalForm(*posted(request), rule=found, today=desk.today)
    if request.method == "POST" and form.is_valid():
        services.record_approval(
            organisation=desk.organisation,
            rule_code=found.code,
            edition=form.cleaned_data["edition"],
            body=form.cleaned_data["body"],
            reference=form.cleaned_data["reference"],
            approved_on=form.cleaned_data["approved_on"],
            by=desk.user,
            at=clock.now(),
        )
        messages.success(request, _("Recorded. It counts for this edition, not for later ones."))
        return redirect("compliance:rule_pack", code=desk.organisation.code, pack=pack)
    context = desk.context("rules", rule=found, pack=pack, form=form)
    return render(request, "compliance/rules/approval.html", context, status=422 if form.errors else 200)


@portal(writes=True)
@require_POST
def rule_approval_end(request: HttpRequest, desk: Desk, pack: str, rule: str) -> HttpResponse:
    """Record that an approval holds no longer."""
    found = _rule(desk, pack, rule)
    own = CourseApproval.objects.live().filter(organisation=desk.organisation, rule_code=found.code)
    approval = get_object_or_404(own, pk=number(request.POST, "approval"))
    try:
        services.end_approval(approval=approval, on=desk.today, by=desk.user, at=clock.now())
    except AlreadyWithdrawn:
        messages.info(request, _("It was withdrawn already."))
    else:
        messages.success(request, _("Recorded that the approval has ended."))
    return redirect("compliance:rule_pack", code=desk.organisation.code, pack=pack)


@portal(writes=True)
@require_POST
def rule_condition(request: HttpRequest, desk: Desk, pack: str, rule: str) -> HttpResponse:
    """Record what HR says of a condition that nobody else can know."""
    found = _rule(desk, pack, rule)
    condition = request.POST.get("condition", "")
    said = {"yes": True, "no": False, "unknown": None}
    answer = request.POST.get("answer", "")
    if condition not in found.conditions or condition not in STATED or answer not in said:
        raise Http404
    services.state_condition(
        organisation=desk.organisation,
        rule_code=found.code,
        condition=condition,
        is_met=said[answer],
        by=desk.user,
        at=clock.now(),
    )
    messages.success(request, _("Saved."))
    return redirect("compliance:rule_pack", code=desk.organisation.code, pack=pack)


def _rule(desk: Desk, pack: str, code: str) -> Rule:
    for each in _pack(desk, pack).rules:
        if each.rule.code == code:
            return each.rule
    raise Http404


@portal()
def rule_site(request: HttpRequest, desk: Desk, site: str) -> HttpResponse:
    """What holds at one site: the strictest of all adopted rules in each respect, and which rule says so."""
    place = get_object_or_404(desk.sites, code=site)
    if request.method == "POST" and not desk.may_write:
        raise Http404
    form = (
        rule_forms.SiteFactsForm(*posted(request), instance=place, places=selectors.places_of_rules())
        if desk.may_write
        else None
    )
    if request.method == "POST" and form is not None and form.is_valid():
        return _describe(request, desk, site, form)
    if form is not None and form.errors:
        place = get_object_or_404(desk.sites, code=site)  # without what was typed
    matches = applicable(selectors.adopted_rules(desk.organisation), selectors.site_facts(place), desk.today)
    held = strictest((it.rule for it in matches), started_on=desk.today, completed_on=desk.today)
    context = desk.context(
        "rules",
        site=place,
        form=form,
        rules=[(it.rule, STATUS_WORDS[it.rule.status], it.answer is Answer.YES, missing_words(it)) for it in matches],
        strictest=_strictest_words(held, {it.rule.code: it.rule for it in matches}),
    )
    return render(request, "compliance/rules/site.html", context, status=422 if form and form.errors else 200)


def _describe(request: HttpRequest, desk: Desk, code: str, form: rule_forms.SiteFactsForm) -> HttpResponse:
    """Look at what a description does, and only then write it. What asks nobody for anything else is written at once."""
    site = get_object_or_404(desk.sites, code=code)  # as it is known, without what was typed
    said = {name: form.cleaned_data[name] for name in ("jurisdiction", "kind", "rooms", "size")}
    here = reverse("compliance:rule_site", args=[desk.organisation.code, code])
    look = services.description_of(site, **said, on=desk.today)
    if look.parts and "confirm" not in request.POST:
        if services.is_long(look):
            return in_background(desk, Proposal.Kind.SITE, services.payload_of_description(site, **said), look)
        sent = [(name, "" if value is None else value) for name, value in said.items()]
        shown = changes_shown(desk, look, look.preview(at=clock.now()), sent=sent)
        return page_of(request, desk, Proposal.Kind.SITE, site.name, here, shown)
    done = services.ask_to_describe_site(site=site, **said, on=desk.today, by=desk.user, at=clock.now())
    say_what_came(request, done, _("Saved. What adopted rules ask for follows it."))
    return redirect(here)


def _strictest_words(held: Strictest, rules: dict[str, Rule]) -> list[tuple[str, str, list[str]]]:
    """Return each respect in words: what it is, what is asked, and the rules that ask it."""
    single = (
        (_("Who starts today does it by"), "first_due"),
        (_("Length"), "minimum_minutes"),
        (_("Who does it today does it again by"), "again_due"),
        (_("Evidence is kept"), "retention"),
        (_("Evidence is shown"), "produce_within_hours"),
    )
    rows = []
    for label, name in single:
        dimension: Dimension | None = getattr(held, name)
        if dimension is not None:
            rows.append((label, value_words(name, dimension.value), _titles(dimension, rules)))
    for dimension in held.conditions:
        rows.append((_("Condition"), str(CONDITION_WORDS[dimension.value]), _titles(dimension, rules)))
    return rows


def _titles(dimension: Dimension, rules: dict[str, Rule]) -> list[str]:
    return [f"{rules[code].title} ({STATUS_WORDS[rules[code].status]})" for code in dimension.rules]
