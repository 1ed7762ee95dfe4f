"""From an adopted pack to the requirements that it asks for, and whom they would reach.

The seam to requirements: what a rule wants is decided here, who writes it is ``compliance.services.adoptions``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from certificates.models import Certification
from certificates.validity import Duration
from compliance.models import Adoption, RulePackVersion
from compliance.rules.applying import Answer, applies, days_never_later, first_due
from compliance.rules.schema import Rule
from compliance.selectors.rule_packs import site_facts
from people.models import Employment, Organisation, Role, Site

DEFAULT_DAYS = 30
_LICENCE_TRIGGERS = ("licence-issue", "licence-renewal", "contract-start")


@dataclass(frozen=True, slots=True)
class Choice:
    """What HR chose for a rule: a training, and the roles that it is for; none: everybody at the site."""

    certification: Certification
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requirement that a rule asks for at a site and below it, of everybody or of a role.

    ``due_on`` is the last good day for who is at work on ``starts_on``; who comes later has ``days_after_start`` days.
    ``recurs`` is how often the rule asks again (None: it does not say), which may be more often than the certificate
    runs. ``counts_from_licence``: the rule counts from a date that is not kept here, so the days are the usual ones.
    """

    rule: Rule
    site: Site
    role: Role | None
    certification: Certification
    starts_on: date
    due_on: date
    days_after_start: int
    recurs: Duration | None
    counts_from_licence: bool = False

    @property
    def key(self) -> tuple[str, int, int | None, int]:
        """Return what tells it from the others of its adoption."""
        return self.rule.code, self.site.pk, self.role.pk if self.role else None, self.certification.pk


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a rule would reach: its requirements, and how many people are at work there now or later.

    ``apart`` are sites whose own people it does not reach, since not everything below them is meant. Of ``uncertain``
    ones too little is known; they count as meant.
    """

    rule: Rule
    wanted: tuple[Wanted, ...]
    people: int
    apart: tuple[Site, ...] = ()
    uncertain: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class _Meant:
    wanted: list[Wanted]
    apart: list[Site]
    uncertain: list[Site]


def requirements_from(adoption: Adoption, *, on: date) -> list[Wanted]:
    """Return the requirements that ``adoption`` asks for if it is applied on ``on``; none once it has ended."""
    if adoption.ends_on is not None:
        return []
    choices = {it.rule_code: Choice(it.certification, tuple(it.roles.all())) for it in adoption.chosen.all()}
    reaches = _wanted(
        adoption.organisation, adoption.pack, choices, starts_on=on, days=(adoption.due_on - adoption.starts_on).days
    )
    return [wanted for meant in reaches.values() for wanted in meant.wanted]


def preview(
    *, organisation: Organisation, pack: RulePackVersion, choices: Mapping[str, Choice], starts_on: date, due_on: date
) -> list[Reach]:
    """Return whom adopting ``pack`` with ``choices`` would reach, by rule; one query for each rule that is chosen."""
    reaches = _wanted(organisation, pack, choices, starts_on=starts_on, days=(due_on - starts_on).days)
    rules = {version.code: version.rule for version in pack.rules.all()}
    below = _Tree(organisation.sites.all())
    return [
        Reach(
            rules[code],
            tuple(meant.wanted),
            _people(organisation, meant.wanted, below, on=starts_on),
            tuple(meant.apart),
            tuple(meant.uncertain),
        )
        for code, meant in reaches.items()
    ]


def _wanted(
    organisation: Organisation,
    pack: RulePackVersion,
    choices: Mapping[str, Choice],
    *,
    starts_on: date,
    days: int,
) -> dict[str, _Meant]:
    sites = list(organisation.sites.order_by("name"))
    tree = _Tree(sites)
    found: dict[str, _Meant] = {}
    for version in pack.rules.all():
        rule, choice = version.rule, choices.get(version.code)
        if choice is None or not rule.binds:
            continue
        answers = {site.pk: applies(rule, site_facts(site), starts_on).answer for site in sites}
        # A site of which too little is known counts as meant: somebody is asked too much rather than too little.
        tops, apart = tree.covering([site for site in sites if answers[site.pk] is not Answer.NO])
        roles: tuple[Role | None, ...] = choice.roles or (None,)
        found[rule.code] = _Meant(
            wanted=[_one(rule, site, role, choice, starts_on, days) for site in tops for role in roles],
            apart=apart,
            uncertain=[site for site in sites if answers[site.pk] is Answer.UNKNOWN],
        )
    return found


def _one(rule: Rule, site: Site, role: Role | None, choice: Choice, starts_on: date, days: int) -> Wanted:
    due_on = date.fromordinal(starts_on.toordinal() + days)
    within = rule.first_due.within if rule.first_due else None
    from_licence = rule.first_due is not None and rule.first_due.after in _LICENCE_TRIGGERS
    days_after_start = DEFAULT_DAYS
    if within is not None and not from_licence:
        days_after_start = days_never_later(within)
        latest = first_due(rule, starts_on)
        # Whoever is at work has begun already, so nobody has longer than the rule gives from today.
        if within.n and latest is not None:
            due_on = min(due_on, latest)
    return Wanted(
        rule=rule,
        site=site,
        role=role,
        certification=choice.certification,
        starts_on=starts_on,
        due_on=due_on,
        days_after_start=days_after_start,
        recurs=rule.recurrence.length,
        counts_from_licence=from_licence,
    )


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

    def covering(self, meant: Sequence[Site]) -> tuple[list[Site], list[Site]]:
        """Return the topmost sites that hold nothing but ``meant`` ones, and the meant ones that hold others too.

        A requirement of a site reaches everybody below it, so one with a foreign part cannot have any.
        """
        keys = {site.pk for site in meant}
        whole = {key for key in keys if self.below[key] <= keys}
        tops = [site for site in meant if site.pk in whole and site.parent_id not in whole]
        return tops, [site for site in meant if site.pk not in whole]


def _people(organisation: Organisation, wanted: Sequence[Wanted], tree: _Tree, *, on: date) -> int:
    if not wanted:
        return 0
    sites = set().union(*(tree.below[it.site.pk] for it in wanted))
    roles = {it.role.pk for it in wanted if it.role is not None}
    jobs = Employment.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), membership__organisation=organisation, site__in=sites
    )
    if roles:
        jobs = jobs.filter(role__in=roles)
    return int(jobs.aggregate(people=Count("membership", distinct=True))["people"])
