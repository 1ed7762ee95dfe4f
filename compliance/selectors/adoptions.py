"""From an adopted pack to the requirements that it asks for, and whom they would reach.

The seam to requirements: what a rule wants is decided here, who writes it is ``compliance.services.adoptions``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from certificates.models import Certification
from compliance.due_dates import DueRule, LaterOf, On, bases_of, due_rule_to_json
from compliance.models import Adoption, Requirement, RuleAssignment, RulePackVersion
from compliance.rules.applying import Answer, SiteFacts, applies, due_rule_of, first_due, recurs_of
from compliance.rules.schema import Rule
from compliance.selectors.rule_packs import site_facts
from people.models import Employment, Organisation, Role, Site


@dataclass(frozen=True, slots=True)
class Choice:
    """What HR chose for a rule: a training, and the roles that it is for; none: everybody at the site."""

    certification: Certification
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requirement that a rule asks for at a site and below it, of everybody or of a role, perhaps by ``conditions``.

    Either ``due_on`` for who is at work on ``starts_on``, or ``due_rule``, which gives the later of that day and the
    rule's own: so nobody who is at work is late from the start, and a newcomer has the time that the rule gives.
    ``default_due_on`` counts where the licence that the rule counts from is not known. ``recurs`` ("": it does not say) may be more often
    than the certificate runs. ``without`` are the sites below that are not meant.
    """

    rule: Rule
    site: Site
    role: Role | None
    certification: Certification
    starts_on: date
    last_good_day: date
    due_on: date | None
    due_rule: Mapping[str, Any] | None
    default_due_on: date | None
    recurs: str
    conditions: Mapping[str, Any] | None
    without: tuple[Site, ...] = ()

    @property
    def key(self) -> tuple[str, int, int | None, int]:
        """Return what tells it from the others of its adoption."""
        return self.rule.code, self.site.pk, self.role.pk if self.role else None, self.certification.pk

    @property
    def counts_from_licence(self) -> bool:
        """Whether the rule counts from renewals of a licence, of the kind that the rule's code names."""
        due = self.rule.first_due
        by_licence = due is not None and _LICENCE in bases_of(due_rule_of(due))
        return by_licence or self.rule.recurrence.kind == "licence-renewal"


@dataclass(frozen=True, slots=True)
class RuleReach:
    """Whom a rule would reach: its requirements, and how many people are at work there now or later.

    Of ``uncertain`` sites too little is known; they count as meant.
    """

    rule: Rule
    wanted: tuple[Wanted, ...]
    people: int
    uncertain: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class _Meant:
    wanted: list[Wanted]
    uncertain: list[Site]


def requirements_from(
    adoption: Adoption,
    *,
    on: date,
    described: Mapping[int, SiteFacts] | None = None,
    parents: Mapping[int, int | None] | None = None,
) -> list[Wanted]:
    """Return the requirements that ``adoption`` asks for if it is applied on ``on``; none once it has ended.

    ``described`` are facts of sites, ``parents`` to which sites belong from then on, both by key, in place of what is
    known of them.
    """
    if adoption.ends_on is not None:
        return []
    reaches = _meant(
        adoption.organisation,
        adoption.pack,
        choices_of(adoption),
        open_assignments(adoption.reference),
        starts_on=on,
        days=(adoption.due_on - adoption.starts_on).days,
        described=described or {},
        parents=parents or {},
    )
    return [wanted for meant in reaches.values() for wanted in meant.wanted]


def choices_of(adoption: Adoption) -> dict[str, Choice]:
    """Return what HR chose for each rule, by its code."""
    return {it.rule_code: Choice(it.certification, tuple(it.roles.all())) for it in adoption.chosen.all()}


def preview_adoption(
    *, organisation: Organisation, pack: RulePackVersion, choices: Mapping[str, Choice], starts_on: date, due_on: date
) -> list[RuleReach]:
    """Return whom adopting ``pack`` with ``choices`` would reach, by rule; one query for each rule that is chosen."""
    held = Adoption.objects.live().filter(organisation=organisation, pack__code=pack.code).first()
    reaches = _meant(
        organisation,
        pack,
        choices,
        open_assignments(held.reference) if held else [],
        starts_on=starts_on,
        days=(due_on - starts_on).days,
        described={},
        parents={},
    )
    tree = _Tree(organisation.sites.all())
    return [
        RuleReach(
            meant.wanted[0].rule if meant.wanted else _rule(pack, code),
            tuple(meant.wanted),
            _people(organisation, meant.wanted, tree, on=starts_on),
            tuple(meant.uncertain),
        )
        for code, meant in reaches.items()
    ]


def _rule(pack: RulePackVersion, code: str) -> Rule:
    return next(version.rule for version in pack.rules.all() if version.code == code)


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """What an adoption has assigned, and the requirement that came of it; None where HR withdrew that by hand."""

    assignment: RuleAssignment
    requirement: Requirement | None

    @property
    def key(self) -> tuple[str, int, int | None, int]:
        """Return what tells it from the others of its adoption, as ``Wanted`` does."""
        it = self.assignment
        return it.rule_code, it.site_id, it.role_id, it.certification_id


def open_assignments(reference: UUID) -> list[OpenAssignment]:
    """Return what the adoption ``reference`` has assigned by now; two queries."""
    found = list(
        RuleAssignment.objects.filter(adoption_reference=reference, ended_at__isnull=True)
        .select_related("site", "role", "certification")
        .order_by("pk")
    )
    live = {
        it.reference: it
        for it in Requirement.objects.live()
        .filter(reference__in=[it.requirement_reference for it in found])
        .select_related("organisation")
    }
    return [OpenAssignment(it, live.get(it.requirement_reference)) for it in found]


def _meant(
    organisation: Organisation,
    pack: RulePackVersion,
    choices: Mapping[str, Choice],
    assigned: Sequence[OpenAssignment],
    *,
    starts_on: date,
    days: int,
    described: Mapping[int, SiteFacts],
    parents: Mapping[int, int | None],
) -> dict[str, _Meant]:
    sites = list(organisation.sites.order_by("name"))
    before = tree = _Tree(sites)
    if parents:
        tree = _Tree(_belonging(site, parents) for site in sites)
    found: dict[str, _Meant] = {}
    for version in pack.rules.all():
        rule, choice = version.rule, choices.get(version.code)
        if choice is None or not rule.binds:
            continue
        answers = {
            site.pk: applies(rule, described.get(site.pk) or site_facts(site), starts_on).answer for site in sites
        }
        # A site of which too little is known counts as meant: somebody is asked too much rather than too little.
        meant = {site.pk for site in sites if answers[site.pk] is not Answer.NO}
        wanted: list[Wanted] = []
        for role in choice.roles or (None,):
            new = partial(_one, rule, role=role, choice=choice, starts_on=starts_on, days=days)
            own = (rule.code, role.pk if role else None, choice.certification.pk)
            wanted += _at_sites(new, [it for it in assigned if (it.key[0], *it.key[2:]) == own], meant, tree, before)
        wanted.sort(key=lambda it: (it.site.name, it.role.name if it.role else ""))
        found[rule.code] = _Meant(wanted, [site for site in sites if answers[site.pk] is Answer.UNKNOWN])
    return found


def _belonging(site: Site, parents: Mapping[int, int | None]) -> Site:
    """Return ``site`` as it would belong, by ``parents``."""
    if site.pk not in parents:
        return site
    moved = copy(site)
    moved.parent_id = parents[site.pk]
    return moved


def _at_sites(
    new: Callable[..., Wanted], assigned: Sequence[OpenAssignment], meant: set[int], tree: "_Tree", before: "_Tree"
) -> Iterator[Wanted]:
    """Yield what is wanted at the sites ``meant``, where some is assigned by now. ``before`` is the tree until now.

    What is assigned and still right stays, so that nobody's date moves because of another site. Of what is no longer right
    the people who are still meant keep their dates, and so do those whose site belongs elsewhere from now on.
    """
    left = set(meant)
    ending: list[tuple[OpenAssignment, set[int]]] = []
    for it in assigned:
        without = tree.left_out(it.assignment.conditions)
        covered = tree.covered(it.assignment.site_id, without)
        stays = new(site=it.assignment.site, without=without)
        if it.requirement is None or (covered <= meant and stays.conditions == it.assignment.conditions):
            # HR withdrew it by hand, and it is not made again in parts either.
            yield replace(stays, conditions=it.assignment.conditions)
            left -= covered
            if it.requirement is not None:
                ending.append((it, before.covered(it.assignment.site_id, without) - covered))
        else:
            ending.append((it, covered | before.covered(it.assignment.site_id, without)))
    for it, covered in ending:
        for site, without in tree.covering(left & covered):
            yield _with_dates_of(it.requirement, new(site=site, without=without))
        left -= covered
    for site, without in tree.covering(left):
        yield new(site=site, without=without)


def _with_dates_of(requirement: Requirement | None, wanted: Wanted) -> Wanted:
    if requirement is None:
        return wanted
    return replace(
        wanted,
        starts_on=requirement.starts_on,
        due_on=requirement.due_on,
        due_rule=requirement.due_rule,
        default_due_on=requirement.default_due_on,
    )


def _one(
    rule: Rule, *, site: Site, without: Sequence[Site], role: Role | None, choice: Choice, starts_on: date, days: int
) -> Wanted:
    last_good_day = date.fromordinal(starts_on.toordinal() + days)
    latest = first_due(rule, starts_on)
    # Whoever is at work has begun already, so nobody there has longer than the rule gives from today. A day that has
    # passed, and one that is part of beginning, would make them late from the start.
    if latest is not None and latest > starts_on:
        last_good_day = min(last_good_day, latest)
    due_rule, from_licence = _due_rule(rule, last_good_day)
    return Wanted(
        rule=rule,
        site=site,
        role=role,
        certification=choice.certification,
        starts_on=starts_on,
        last_good_day=last_good_day,
        due_on=None if due_rule else last_good_day,
        due_rule=due_rule_to_json(due_rule) if due_rule else None,
        default_due_on=last_good_day if from_licence else None,
        recurs=recurs_of(rule.recurrence),
        conditions=_conditions(rule, without),
        without=tuple(without),
    )


def _due_rule(rule: Rule, last_good_day: date) -> tuple[DueRule | None, bool]:
    """Return by when each person is due, None: all by the same day; and whether that hangs on a licence."""
    if rule.first_due is None:
        return None, False
    parts = [due_rule_of(part) for part in rule.first_due.parts]
    counted = [part for part in parts if bases_of(part)]
    if not counted:
        return None, False
    own = due_rule_of(rule.first_due)
    if _LICENCE in bases_of(own):
        return own, True
    # Of two fixed days the later counts alone.
    fixed = max([last_good_day, *(part.day for part in parts if isinstance(part, On))])
    return LaterOf(counted[0] if len(counted) == 1 else LaterOf(*counted), On(fixed)), False


_LICENCE: Final = "licence_renewal"


def _conditions(rule: Rule, without: Sequence[Site]) -> dict[str, Any] | None:
    parts: list[dict[str, Any]] = []
    if rule.scope.employed:
        parts.append({"employment_type": list(rule.scope.employed)})
    if without:
        parts.append({"not": {"site": [site.code for site in without]}})
    if len(parts) > 1:
        return {"all": parts}
    return parts[0] if parts else None


class _Tree:
    """The sites of an organisation by what lies below them."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.sites = {site.pk: site for site in sites}
        self.below = {key: {key} for key in self.sites}
        for key, site in self.sites.items():
            passed = {key}
            parent = site.parent_id
            while parent in self.sites and parent not in passed:  # a ring of parents ends the walk
                self.below[parent].add(key)
                passed.add(parent)
                parent = self.sites[parent].parent_id

    def covered(self, site: int, without: Sequence[Site]) -> set[int]:
        """Return the sites whose people a requirement of ``site`` reaches that leaves some out."""
        return self.below.get(site, {site}).difference(*(self.below[it.pk] for it in without))

    def left_out(self, conditions: Mapping[str, Any] | None) -> list[Site]:
        """Return the sites that ``_conditions`` has left out."""
        parts = [] if conditions is None else conditions.get("all", [conditions])
        codes = {code for part in parts for code in part.get("not", {}).get("site", [])}
        return [site for site in self.sites.values() if site.code in codes]

    def covering(self, keys: Set[int]) -> list[tuple[Site, list[Site]]]:
        """Return sites that together hold exactly ``keys``, each with the sites right below it that are left out.

        A requirement of a site reaches everybody below it: one that holds nothing but meant sites stands for all of
        them, one that holds others stands for its own people alone.
        """
        meant = [site for key, site in self.sites.items() if key in keys]
        whole = {key for key in keys if self.below[key] <= keys}
        children: dict[int | None, list[Site]] = {}
        for site in self.sites.values():
            children.setdefault(site.parent_id, []).append(site)
        found: list[tuple[Site, list[Site]]] = []
        for site in meant:
            if site.pk not in whole:
                found.append((site, children.get(site.pk, [])))
            elif site.parent_id not in whole:
                found.append((site, []))
        return found


def _people(organisation: Organisation, wanted: Sequence[Wanted], tree: _Tree, *, on: date) -> int:
    if not wanted:
        return 0
    sites: set[int] = set()
    for it in wanted:
        sites |= tree.covered(it.site.pk, it.without)
    roles = {it.role.pk for it in wanted if it.role is not None}
    jobs = Employment.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), membership__organisation=organisation, site__in=sites
    )
    if roles:
        jobs = jobs.filter(role__in=roles)
    if wanted[0].rule.scope.employed:
        jobs = jobs.filter(employment_type__in=wanted[0].rule.scope.employed)
    return int(jobs.aggregate(people=Count("membership", distinct=True))["people"])
