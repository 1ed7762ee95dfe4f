"""Rule packs as an organisation sees them: which sites a rule is about, what it chose, how the training stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from certificates.models import Certification
from certificates.validity import next_period
from cms.models import Region
from compliance.models import (
    AdoptedRule,
    Adoption,
    ConditionStatement,
    CourseApproval,
    RulePackVersion,
    RuleVersion,
    TopicVersion,
)
from compliance.rules.applying import Answer, Earlier, Match, SiteFacts, applies, earlier_due
from compliance.rules.readiness import Condition, CourseFacts, Coverage, conditions_of, coverage
from compliance.rules.schema import Rule, Topic
from courses.models import Course, EditionText
from people.models import Organisation, Site


@dataclass(frozen=True, slots=True)
class RuleAtSites:
    """A rule, and the sites that it is, or may be, about, by name."""

    rule: Rule
    sites: tuple[tuple[Site, Match], ...]

    @property
    def is_certain(self) -> bool:
        """Whether it is surely about one of them."""
        return any(match.answer is Answer.YES for _, match in self.sites)


@dataclass(frozen=True, slots=True)
class PackAtSites:
    """A pack with its rules, those about some site first; ``adoption`` where the organisation follows it, perhaps in an older version."""

    pack: RulePackVersion
    rules: tuple[RuleAtSites, ...]
    adoption: Adoption | None

    @property
    def sites(self) -> tuple[Site, ...]:
        """Return the sites that any of its rules is, or may be, about, by name."""
        found = {site.pk: site for rule in self.rules for site, _ in rule.sites}
        return tuple(sorted(found.values(), key=lambda site: site.name))

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return the statuses of its rules, each once."""
        return tuple(dict.fromkeys(each.rule.status for each in self.rules))

    @property
    def verified_on(self) -> date:
        """Return the day on which the rule that was looked at longest ago was verified."""
        return min(each.rule.verified_on for each in self.rules)

    @property
    def review_by(self) -> date:
        """Return the first day on which one of its rules has to be looked at again."""
        return min(each.rule.review_by for each in self.rules)


@dataclass(frozen=True, slots=True)
class Training:
    """A certification held against a rule: coverage by lesson, each condition, and an earlier date where there is one.

    ``earlier`` is that of somebody who completes on the day of looking; ``last_valid_on`` what their certificate says.
    """

    certification: Certification
    covered: tuple[Coverage, ...]
    conditions: tuple[Condition, ...]
    last_valid_on: date
    earlier: Earlier | None


def site_facts(site: Site) -> SiteFacts:
    """Return what rules ask of ``site``."""
    return SiteFacts(site.jurisdiction, site.kind, site.rooms, site.size)


def packs_for(*, organisation: Organisation, sites: Iterable[Site], on: date) -> list[PackAtSites]:
    """Return every pack that is shipped or adopted, those about ``sites`` first: the surest, then by title.

    Of an adopted pack it is the adopted version that counts.
    """
    adopted = {adoption.pack.code: adoption for adoption in live_adoptions(organisation)}
    packs = {pack.code: pack for pack in RulePackVersion.objects.shipped().prefetch_related(_rules())}
    packs |= {code: adoption.pack for code, adoption in adopted.items()}
    places = list(sites)
    found = [_at_sites(pack, places, adopted.get(code), on) for code, pack in packs.items()]
    return sorted(found, key=_nearness)


def pack_for(*, organisation: Organisation, code: str, sites: Iterable[Site], on: date) -> PackAtSites | None:
    """Return the pack ``code``, as ``packs_for`` has it; None where there is none."""
    adoption = live_adoptions(organisation).filter(pack__code=code).first()
    pack = adoption.pack if adoption else newest_pack(code)
    return _at_sites(pack, list(sites), adoption, on) if pack else None


def newest_pack(code: str) -> RulePackVersion | None:
    """Return the newest version of the pack ``code`` while it is shipped."""
    return RulePackVersion.objects.shipped().filter(code=code).prefetch_related(_rules()).first()


def live_adoptions(organisation: Organisation) -> QuerySet[Adoption]:
    """Return what the organisation follows now, with packs, rules and choices."""
    chosen = AdoptedRule.objects.select_related("certification").prefetch_related("roles")
    return (
        Adoption.objects.live()
        .filter(organisation=organisation)
        .select_related("pack")
        .prefetch_related(Prefetch("pack__rules", RuleVersion.objects.order_by("code")), Prefetch("chosen", chosen))
    )


def adopted_rules(organisation: Organisation) -> list[Rule]:
    """Return the rules of all packs that the organisation follows, in the versions that it adopted."""
    return [version.rule for adoption in live_adoptions(organisation) for version in adoption.pack.rules.all()]


def places_of_rules() -> dict[str, str]:
    """Return the names of the places that shipped rules are about, and of regions."""
    packs = RulePackVersion.objects.shipped().prefetch_related("rules")
    found = (version.rule for pack in packs for version in pack.rules.all())
    return {rule.jurisdiction: rule.place for rule in found} | dict(Region.objects.values_list("code", "name"))


def kinds_of_work(organisation: Organisation) -> list[str]:
    """Return the words for kinds of work that shipped rules, or roles here, use, as tags of roles."""
    shipped = RulePackVersion.objects.shipped().prefetch_related(_rules())
    by_rules = {
        role.replace("-", "_") for pack in shipped for version in pack.rules.all() for role in version.rule.roles
    }
    by_roles = {tag for tags in organisation.roles.values_list("tags", flat=True) for tag in tags}
    return sorted((by_rules - {"any"}) | by_roles)


def topics() -> dict[str, Topic]:
    """Return the newest version of each topic by code, also of those that are shipped no longer."""
    return {version.code: version.topic for version in TopicVersion.objects.newest()}


def trainings_for(
    *, organisation: Organisation, rules: Sequence[Rule], certifications: Iterable[Certification], on: date
) -> dict[str, list[Training]]:
    """Return, by the code of the rule, how each of ``certifications`` stands to it, the best covered first.

    The number of queries does not grow with rules or certifications.
    """
    known = topics()
    trainings = list(certifications)
    courses = {course.pk: course for training in trainings for course in training.courses.all()}
    facts = _course_facts(courses.values())
    approved = _approved_editions(organisation, rules)
    stated = statements(organisation, rules)
    found: dict[str, list[Training]] = {}
    for rule in rules:
        found[rule.code] = []
        for training in trainings:
            own = [
                _with_approvals(facts[course.pk], approved[rule.code, course.pk]) for course in training.courses.all()
            ]
            last_valid_on = next_period(training.validity_policy, on).last_valid_on
            found[rule.code].append(
                Training(
                    certification=training,
                    covered=coverage(rule, known, own),
                    conditions=conditions_of(
                        rule,
                        known,
                        own,
                        stated.get(rule.code, {}),
                        everybody_takes_all=training.expression is None and not training.refreshers,
                    ),
                    last_valid_on=last_valid_on,
                    earlier=earlier_due([rule], on, last_valid_on),
                )
            )
        found[rule.code].sort(key=lambda it: (sum(each.is_gap for each in it.covered), it.certification.title))
    return found


def statements(organisation: Organisation, rules: Sequence[Rule]) -> dict[str, dict[str, bool]]:
    """Return, by rule and condition, what HR last said; what is no longer known is left out."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    said = ConditionStatement.objects.filter(organisation=organisation, rule_code__in=[rule.code for rule in rules])
    for rule_code, condition, is_met in said.order_by("recorded_at", "pk").values_list(
        "rule_code", "condition", "is_met"
    ):
        if is_met is None:
            found[rule_code].pop(condition, None)
        else:
            found[rule_code][condition] = is_met
    return found


def approvals(organisation: Organisation, rules: Sequence[Rule]) -> dict[str, list[CourseApproval]]:
    """Return the approvals that hold, by the code of the rule, the latest first."""
    found: dict[str, list[CourseApproval]] = defaultdict(list)
    held = CourseApproval.objects.live().filter(organisation=organisation, rule_code__in=[rule.code for rule in rules])
    for approval in held.select_related("edition__course"):
        found[approval.rule_code].append(approval)
    return found


def _rules() -> "Prefetch[str, QuerySet[RuleVersion], str]":
    return Prefetch("rules", RuleVersion.objects.order_by("code"))


def _at_sites(pack: RulePackVersion, sites: Sequence[Site], adoption: Adoption | None, on: date) -> PackAtSites:
    rules = []
    for version in pack.rules.all():
        rule = version.rule
        matches = ((site, applies(rule, site_facts(site), on)) for site in sites)
        rules.append(RuleAtSites(rule, tuple(it for it in matches if it[1].answer is not Answer.NO)))
    rules.sort(key=lambda each: not each.sites)
    return PackAtSites(pack, tuple(rules), adoption)


def _nearness(pack: PackAtSites) -> tuple[int, str]:
    if any(each.is_certain for each in pack.rules):
        return 0, pack.pack.title
    return (1 if pack.sites else 2), pack.pack.title


def _course_facts(courses: Iterable[Course]) -> dict[int, CourseFacts]:
    """Return the facts of each course by key; lessons and quiz are those of the newest released text."""
    wanted = list(courses)
    newest: dict[int, tuple[int, frozenset[str], bool]] = {}
    texts = EditionText.objects.filter(edition__course__in=wanted).order_by("edition__number", "-language", "revision")
    columns = ("edition__course", "edition__number", "snapshot__lessons", "snapshot__quiz")
    for course, number, lessons, quiz in texts.values_list(*columns):
        newest[course] = (number, frozenset(lesson["code"] for lesson in lessons or ()), quiz is not None)
    none: tuple[int | None, frozenset[str], bool] = (None, frozenset(), False)
    return {
        course.pk: CourseFacts(
            code=course.code,
            minimum_minutes=course.minimum_minutes,
            is_interactive=is_interactive,
            edition=edition,
            lessons=lessons,
        )
        for course in wanted
        for edition, lessons, is_interactive in [newest.get(course.pk, none)]
    }


def _with_approvals(facts: CourseFacts, editions: frozenset[int]) -> CourseFacts:
    return CourseFacts(facts.code, facts.minimum_minutes, facts.is_interactive, facts.edition, facts.lessons, editions)


def _approved_editions(organisation: Organisation, rules: Sequence[Rule]) -> Mapping[tuple[str, int], frozenset[int]]:
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    rows = CourseApproval.objects.live().filter(organisation=organisation, rule_code__in=[rule.code for rule in rules])
    for rule_code, course, number in rows.values_list("rule_code", "edition__course", "edition__number"):
        found[rule_code, course].add(number)
    return defaultdict(frozenset, {key: frozenset(numbers) for key, numbers in found.items()})
