"""Changes that are looked at before they are made, and that a second person agrees to where they touch many.

The payload of a proposal: for a new assignment ``certification``, ``site`` and ``role`` (codes or null), ``membership``
(public id or null), and ``starts_on``, ``due_on``, ``days_after_start``, ``default_due_on``, ``conditions``, ``due_rule``,
``recurs``, ``licence_kind``, ``label``, ``source``, ``ladder`` as ``planned`` takes them, dates in ISO form; for a change the same and
the ``reference`` of what it changes; for people named one by one ``certification``, ``memberships`` (public ids), ``starts_on``
and ``due_on``; for a withdrawal ``reference`` and ``on``; for following rules ``pack``, ``version``, ``due_on`` and
``choices``: by code of the rule, ``certification`` and ``roles`` as codes; for counting people another way what
``compliance.standing.StandingPolicy`` holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction

from certificates.models import Certification
from certificates.validity import local_date
from compliance import selectors
from compliance.changes import RequirementChange
from compliance.exceptions import AlreadyDecided, AlreadyWithdrawn, NeedsAnotherPerson
from compliance.facts import policy_on
from compliance.models import Adoption, CountingPolicy, PreviewRun, Proposal, Requirement, RulePackVersion
from compliance.preview import Preview, preview
from compliance.preview_counting import preview_counting
from compliance.selectors import Choice, RuleReach
from compliance.services.adoptions import adopt, check_choices
from compliance.services.counting import count_by
from compliance.services.each import planned_for_each, require_each
from compliance.services.requirements import change_requirement, planned, require, withdraw
from compliance.standing import StandingPolicy
from people import audit
from people.models import Employment, Membership, Organisation, Role, Site, User

FROM_PEOPLE: Final = 50
"""Below so many people one person of HR is enough, whatever their share."""

_DATES: Final = ("starts_on", "due_on", "default_due_on")
_PLAIN: Final = (
    "days_after_start",
    "conditions",
    "due_rule",
    "recurs",
    "licence_kind",
    "label",
    "source",
    "ladder",
)


def needs_second_person(*, touched: int, share_percent: int, limit_percent: int) -> bool:
    """Whether a change that touches so many people, this share of those at work, needs somebody else to agree."""
    return touched >= FROM_PEOPLE and share_percent > limit_percent


class Planned(NamedTuple):
    """A change as its preview needs it: what would be asked, and the keys of the memberships that it may touch."""

    change: RequirementChange
    certification_id: int
    organisation: Organisation
    memberships: frozenset[int]

    def preview(self, *, at: datetime, progress: Callable[[int], None] = lambda done: None) -> Preview:
        """Return what it does from ``at`` on; nothing is written."""
        return preview(
            self.change,
            organisation=self.organisation,
            certification_id=self.certification_id,
            memberships=self.memberships,
            at=at,
            progress=progress,
        )


def addition_of(requirement: Requirement) -> Planned:
    """Return the change that makes the unsaved ``requirement`` (of ``planned``)."""
    return _planned(requirement, RequirementChange(added=(requirement,)), requirement)


def change_of(requirement: Requirement, changed: Requirement) -> Planned:
    """Return the change that makes ``requirement`` the unsaved ``changed`` (of ``planned_change``)."""
    return _planned(
        requirement, RequirementChange(added=(changed,), removed=frozenset({requirement.pk})), requirement, changed
    )


def withdrawal_of(requirement: Requirement, *, on: date) -> Planned:
    """Return the change that withdraws ``requirement`` from ``on``."""
    ended = Requirement.objects.get(pk=requirement.pk)
    ended.pk, ended.ends_on = None, max(on, requirement.starts_on)
    change = RequirementChange(added=(ended,), removed=frozenset({requirement.pk}))
    return _planned(requirement, change, requirement)


def each_of(organisation: Organisation, certification: Certification, asked: Sequence[Requirement]) -> Planned:
    """Return the change that makes ``asked`` (of ``planned_for_each``)."""
    named = frozenset(it.membership_id for it in asked if it.membership_id is not None)
    return Planned(RequirementChange(added=tuple(asked)), certification.pk, organisation, named)


def _planned(requirement: Requirement, change: RequirementChange, *reaching: Requirement) -> Planned:
    touched = frozenset(key for it in reaching for key in selectors.concerned(it))
    return Planned(change, requirement.certification_id, requirement.organisation, touched)


def planned_by(proposed: Proposal | PreviewRun) -> Planned:
    """Return the change that a proposal or a preview in the background is about.

    Raises:
        AlreadyWithdrawn: what it would withdraw or change is withdrawn or changed.
        DueBeforeStart: its last good day has passed meanwhile.
    """
    if proposed.kind == Proposal.Kind.REQUIRE:
        return addition_of(requirement_of(proposed))
    if proposed.kind == Proposal.Kind.EACH:
        asked = _each_of(proposed)
        if not asked:
            raise AlreadyWithdrawn
        return each_of(proposed.organisation, asked[0].certification, asked)
    current = selectors.current_requirement(
        organisation=proposed.organisation, reference=UUID(proposed.payload["reference"])
    )
    if current is None or current.ends_on is not None:
        raise AlreadyWithdrawn
    if proposed.kind == Proposal.Kind.CHANGE:
        return change_of(current, requirement_of(proposed))
    return withdrawal_of(current, on=date.fromisoformat(proposed.payload["on"]))


def preview_of_requirement(
    *, requirement: Requirement, at: datetime, progress: Callable[[int], None] = lambda done: None
) -> Preview:
    """Return what the unsaved ``requirement`` (of ``planned``) would do."""
    return addition_of(requirement).preview(at=at, progress=progress)


def preview_of_change(*, requirement: Requirement, changed: Requirement, at: datetime) -> Preview:
    """Return what making ``requirement`` the unsaved ``changed`` (of ``planned_change``) would do."""
    return change_of(requirement, changed).preview(at=at)


def preview_of_withdrawal(*, requirement: Requirement, on: date, at: datetime) -> Preview:
    """Return what withdrawing ``requirement`` from ``on`` would do."""
    return withdrawal_of(requirement, on=on).preview(at=at)


@transaction.atomic
def ask_to_require(
    *, requirement: Requirement, by: User | None, at: datetime, found: Preview | None = None
) -> Requirement | Proposal:
    """Record the unsaved ``requirement`` (of ``planned``), or propose it where it touches many.

    ``found`` is its preview, where that was worked out not long ago.
    """
    found = found or preview_of_requirement(requirement=requirement, at=at)
    payload = payload_of(requirement)
    if not touches_many(found, requirement.organisation):
        return require(by=by, at=at, **_arguments(requirement.organisation, payload))
    return _propose(Proposal.Kind.REQUIRE, requirement, payload, found, by, at)


@transaction.atomic
def ask_to_withdraw(
    *, requirement: Requirement, on: date, by: User | None, at: datetime, found: Preview | None = None
) -> Requirement | Proposal:
    """Withdraw ``requirement`` from ``on``, or propose that where it touches many; ``found`` as in ``ask_to_require``.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
    """
    found = found or preview_of_withdrawal(requirement=requirement, on=on, at=at)
    if not touches_many(found, requirement.organisation):
        return withdraw(requirement=requirement, on=on, by=by, at=at)
    return _propose(Proposal.Kind.WITHDRAW, requirement, payload_of_withdrawal(requirement, on=on), found, by, at)


@transaction.atomic
def ask_to_change(
    *,
    requirement: Requirement,
    changed: Requirement,
    by: User | None,
    at: datetime,
    found: Preview | None = None,
) -> Requirement | Proposal:
    """Change ``requirement`` to the unsaved ``changed`` (of ``planned_change``), or propose that where it touches many.

    ``found`` as in ``ask_to_require``.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
        TrainingHeld: it would ask people anew for a training that is out of new assignment.
    """
    found = found or preview_of_change(requirement=requirement, changed=changed, at=at)
    if not touches_many(found, requirement.organisation):
        return change_requirement(requirement=requirement, changed=changed, by=by, at=at)
    return _propose(Proposal.Kind.CHANGE, requirement, payload_of_change(requirement, changed), found, by, at)


@transaction.atomic
def ask_to_adopt(
    *,
    organisation: Organisation,
    pack: RulePackVersion,
    choices: Mapping[str, Choice],
    starts_on: date,
    due_on: date,
    by: User | None,
    at: datetime,
) -> Adoption | Proposal:
    """Adopt ``pack`` with ``choices``, or propose that where it reaches many.

    Raises: what ``adopt`` raises.
    """
    reaches = selectors.preview_adoption(
        organisation=organisation, pack=pack, choices=choices, starts_on=starts_on, due_on=due_on
    )
    people, share_percent = reach_of_adoption(organisation=organisation, reaches=reaches, on=starts_on)
    if not needs_second_person(
        touched=people, share_percent=share_percent, limit_percent=organisation.second_person_percent
    ):
        return adopt(
            organisation=organisation,
            pack=pack,
            choices=choices,
            starts_on=starts_on,
            due_on=due_on,
            by=by,
            at=at,
        )
    check_choices(organisation=organisation, pack=pack, choices=choices)
    payload = {
        "pack": pack.code,
        "version": pack.number,
        "due_on": due_on.isoformat(),
        "choices": {
            code: {"certification": it.certification.code, "roles": sorted(role.code for role in it.roles)}
            for code, it in choices.items()
        },
    }
    summary = {"enters": people, "leaves": 0, "moves": 0, "share_percent": share_percent}
    first = next(iter(choices.values())).certification
    return _keep(Proposal.Kind.ADOPT, organisation, first, payload, summary, by, at)


@transaction.atomic
def ask_to_count(
    *, organisation: Organisation, policy: StandingPolicy, by: User | None, at: datetime
) -> CountingPolicy | Proposal | None:
    """Count people by ``policy`` from today on, or propose that where it touches many; None: it is so already."""
    if policy_on(organisation, local_date(at, organisation.time_zone)) == policy:
        return None
    found = preview_counting(policy, organisation=organisation, at=at)
    if not touches_many(found, organisation):
        return count_by(organisation=organisation, policy=policy, by=by, at=at)
    return _keep(Proposal.Kind.COUNTING, organisation, None, asdict(policy), summary_of(found), by, at)


def policy_proposed(proposal: Proposal) -> StandingPolicy:
    """Return how people would be counted by a proposal."""
    return StandingPolicy(**proposal.payload)


def reach_of_adoption(*, organisation: Organisation, reaches: Sequence[RuleReach], on: date) -> tuple[int, int]:
    """Return how many people an adoption may reach, and their share of those at work in percent, rounded up.

    Whoever several rules reach counts for each, up to everybody: rather a second look too often.
    """
    at_work = (
        Employment.objects.covering(on).filter(membership__organisation=organisation).values("membership").distinct()
    ).count()
    people = min(sum(it.people for it in reaches), max(at_work, max((it.people for it in reaches), default=0)))
    return people, -(-100 * people // at_work) if at_work else 0


def adoption_of(proposal: Proposal, *, on: date) -> dict[str, Any]:
    """Return what ``adopt`` and ``preview_adoption`` take, from the codes of a proposal, to begin on ``on``."""
    payload, organisation = proposal.payload, proposal.organisation
    roles = {it.code: it for it in Role.objects.filter(organisation=organisation)}
    trainings = Certification.objects.in_bulk(
        [it["certification"] for it in payload["choices"].values()], field_name="code"
    )
    return {
        "organisation": organisation,
        "pack": RulePackVersion.objects.get(code=payload["pack"], number=payload["version"]),
        "choices": {
            code: Choice(trainings[it["certification"]], tuple(roles[role] for role in it["roles"] if role in roles))
            for code, it in payload["choices"].items()
        },
        "starts_on": on,
        "due_on": date.fromisoformat(payload["due_on"]),
    }


def touches_many(found: Preview, organisation: Organisation) -> bool:
    """Whether a change needs somebody else to agree, by its preview."""
    return needs_second_person(
        touched=found.touched,
        share_percent=found.share_percent,
        limit_percent=organisation.second_person_percent,
    )


def _propose(
    kind: Proposal.Kind,
    requirement: Requirement,
    payload: dict[str, Any],
    found: Preview,
    by: User | None,
    at: datetime,
) -> Proposal:
    return _keep(kind, requirement.organisation, requirement.certification, payload, summary_of(found), by, at)


def propose_each(
    organisation: Organisation,
    certification: Certification,
    asked: Sequence[Requirement],
    found: Preview,
    *,
    by: User | None,
    at: datetime,
) -> Proposal:
    """Record that ``asked`` (of ``planned_for_each``, at least one) wait for somebody else to agree."""
    payload = {
        "certification": certification.code,
        "memberships": sorted(str(it.membership.public_id) for it in asked if it.membership is not None),
        "starts_on": asked[0].starts_on.isoformat(),
        "due_on": _iso(asked[0].due_on),
    }
    return _keep(Proposal.Kind.EACH, organisation, certification, payload, summary_of(found), by, at)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _each_of(proposed: Proposal | PreviewRun) -> tuple[Requirement, ...]:
    """Return, unsaved, what a proposal asks of people named one by one."""
    payload, organisation = proposed.payload, proposed.organisation
    return planned_for_each(
        organisation=organisation,
        memberships=list(
            Membership.objects.filter(organisation=organisation, public_id__in=payload["memberships"]).order_by("pk")
        ),
        certification=Certification.objects.get(code=payload["certification"]),
        due_on=date.fromisoformat(payload["due_on"]),
        starts_on=date.fromisoformat(payload["starts_on"]),
    )


def _keep(
    kind: Proposal.Kind,
    organisation: Organisation,
    certification: Certification | None,
    payload: dict[str, Any],
    summary: dict[str, int],
    by: User | None,
    at: datetime,
) -> Proposal:
    """Record a proposal; the same again returns the one that is open."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    same = Proposal.objects.filter(organisation=organisation, kind=kind, state=Proposal.State.OPEN)
    for it in same:
        if it.payload == payload:
            return it
    proposal = Proposal.objects.create(
        organisation=organisation,
        certification=certification,
        kind=kind,
        payload=payload,
        summary=summary,
        proposed_at=at,
        proposed_by=by,
    )
    audit.record(organisation=organisation, actor=by, verb=f"proposal.{kind}", target=proposal, at=at)
    return proposal


def summary_of(found: Preview) -> dict[str, int]:
    """Return the numbers of a preview, as a proposal keeps them."""
    return {
        "enters": found.counts["enters"],
        "leaves": found.counts["leaves"],
        "moves": found.counts["moves"],
        "share_percent": found.share_percent,
        "mails_today": found.mails_today,
        "mails_soon": found.mails_soon,
    }


@transaction.atomic
def agree(*, proposal: Proposal, by: User, at: datetime) -> Requirement | Adoption | CountingPolicy | list[Requirement]:
    """Make the change that somebody else proposed.

    Raises:
        NeedsAnotherPerson: ``by`` proposed it.
        AlreadyDecided: it was agreed or refused meanwhile.
        AlreadyWithdrawn: what it would withdraw is withdrawn or changed.
        DueBeforeStart: its last good day has passed meanwhile.
        TrainingHeld: its training is out of new assignment meanwhile.
    """
    locked = _decide(proposal, Proposal.State.AGREED, by, at)
    if locked.proposed_by_id == by.pk:
        raise NeedsAnotherPerson
    if locked.kind == Proposal.Kind.ADOPT:
        today = local_date(at, locked.organisation.time_zone)
        return adopt(by=by, at=at, **adoption_of(locked, on=today))
    if locked.kind == Proposal.Kind.COUNTING:
        return count_by(organisation=locked.organisation, policy=policy_proposed(locked), by=by, at=at)
    if locked.kind in (Proposal.Kind.WITHDRAW, Proposal.Kind.CHANGE):
        reference = locked.payload["reference"]
        current = selectors.current_requirement(organisation=locked.organisation, reference=reference)
        if current is None:
            raise AlreadyWithdrawn
        if locked.kind == Proposal.Kind.CHANGE:
            return change_requirement(requirement=current, changed=requirement_of(locked), by=by, at=at)
        return withdraw(requirement=current, on=date.fromisoformat(locked.payload["on"]), by=by, at=at)
    if locked.kind == Proposal.Kind.EACH:
        return require_each(_each_of(locked), by=by, at=at)
    return require(by=by, at=at, **_arguments(locked.organisation, locked.payload))


@transaction.atomic
def refuse(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """Record that a proposed change is not made; who proposed it may say so too.

    Raises:
        AlreadyDecided: it was agreed or refused meanwhile.
    """
    return _decide(proposal, Proposal.State.REFUSED, by, at)


def _decide(proposal: Proposal, state: Proposal.State, by: User, at: datetime) -> Proposal:
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=proposal.pk)
    if locked.state != Proposal.State.OPEN:
        raise AlreadyDecided
    locked.state, locked.decided_at, locked.decided_by = state, at, by
    locked.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(organisation=locked.organisation, actor=by, verb=f"proposal.{state}", target=locked, at=at)
    return locked


def payload_of_change(requirement: Requirement, changed: Requirement) -> dict[str, Any]:
    """Return what a proposal keeps of making ``requirement`` the unsaved ``changed``."""
    return payload_of(changed) | {"reference": str(requirement.reference)}


def payload_of_withdrawal(requirement: Requirement, *, on: date) -> dict[str, Any]:
    """Return what a proposal keeps of withdrawing ``requirement`` from ``on``."""
    return {"reference": str(requirement.reference), "on": on.isoformat()}


def payload_of(requirement: Requirement) -> dict[str, Any]:
    """Return what a proposal keeps of the unsaved ``requirement``."""
    return {
        "certification": requirement.certification.code,
        "site": requirement.site.code if requirement.site else None,
        "role": requirement.role.code if requirement.role else None,
        "membership": str(requirement.membership.public_id) if requirement.membership else None,
        **{name: _iso(getattr(requirement, name)) for name in _DATES},
        **{name: getattr(requirement, name) for name in _PLAIN},
    }


def _arguments(organisation: Organisation, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what ``planned`` takes, from the codes of a payload."""
    site, role, person = payload["site"], payload["role"], payload["membership"]
    return {
        "organisation": organisation,
        "certification": Certification.objects.get(code=payload["certification"]),
        "site": Site.objects.get(organisation=organisation, code=site) if site else None,
        "role": Role.objects.get(organisation=organisation, code=role) if role else None,
        "membership": Membership.objects.get(organisation=organisation, public_id=person) if person else None,
        **{name: date.fromisoformat(payload[name]) if payload[name] else None for name in _DATES},
        **{name: payload[name] for name in _PLAIN},
    }


def requirement_of(proposal: Proposal | PreviewRun) -> Requirement:
    """Return, unsaved, the assignment that a proposal would make or change to.

    Raises: what ``planned`` raises.
    """
    asked = planned(**_arguments(proposal.organisation, proposal.payload))
    if proposal.kind == Proposal.Kind.CHANGE:
        asked.reference = UUID(proposal.payload["reference"])
    return asked
