"""Changes that are looked at before they are made, and that a second person agrees to where they touch many.

The payload of a proposal: for a new assignment ``certification``, ``site`` and ``role`` (codes or null), ``membership``
(public id or null), and ``starts_on``, ``due_on``, ``days_after_start``, ``default_due_on``, ``conditions``, ``due_rule``,
``recurs``, ``licence_kind``, ``label``, ``source``, ``ladder`` as ``planned`` takes them, dates in ISO form; for a change the same and
the ``reference`` of what it changes; for people named one by one ``certification``, ``memberships`` (public ids), ``starts_on``
and ``due_on``; for a withdrawal ``reference`` and ``on``; for following rules ``pack``, ``version``, ``due_on`` and
``choices``: by code of the rule, ``certification`` and ``roles`` as codes; for following them no longer ``adoption`` (reference)
and ``pack``; for a place ``site`` (code), ``jurisdiction``, ``kind``, ``rooms``, ``size``; for where it belongs ``site`` and
``parent`` (codes, the latter null for no other); for a kind of work ``role`` (code) and
``tags``; for writing a file or taking it back ``import`` (public id); for counting people another way what
``compliance.standing.StandingPolicy`` holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import transaction

from certificates.models import Certification
from certificates.validity import local_date
from compliance import selectors
from compliance.exceptions import AlreadyDecided, AlreadyWithdrawn, NeedsAnotherPerson
from compliance.facts import policy_on
from compliance.models import Adoption, CountingPolicy, PreviewRun, Proposal, Requirement, RulePackVersion
from compliance.preview import Preview
from compliance.preview_counting import preview_counting
from compliance.selectors import Choice
from compliance.services.adoptions import adopt, check_choices, stop_adopting
from compliance.services.counting import count_by
from compliance.services.describing import describe_site, place_site, tag_role
from compliance.services.each import planned_for_each, require_each
from compliance.services.planned_changes import (
    Planned,
    Together,
    addition_of,
    change_of,
    description_of,
    each_of,
    following_of,
    placement_of,
    stopping_of,
    tagging_of,
    withdrawal_of,
)
from compliance.services.planned_uploads import payload_of_upload, taking_back_of, upload_proposed, writing_of
from compliance.services.requirements import change_requirement, planned, require, withdraw
from compliance.standing import StandingPolicy
from people import audit
from people import services as people_services
from people.exceptions import ImportHasErrors, ImportNotReady
from people.models import Membership, Organisation, Role, Site, User, WorkbookImport
from people.services import as_tags

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


def planned_by(proposed: Proposal | PreviewRun, *, on: date) -> Planned | Together:
    """Return the change that a proposal or a preview in the background is about, if it is made on ``on``.

    Raises:
        AlreadyWithdrawn: what it would withdraw, change or end is gone or ended, or a site can no longer belong there.
        DueBeforeStart: its last good day has passed meanwhile.
    """
    match proposed.kind:
        case Proposal.Kind.REQUIRE:
            return addition_of(requirement_of(proposed))
        case Proposal.Kind.EACH:
            asked = _each_of(proposed)
            if not asked:
                raise AlreadyWithdrawn
            return each_of(proposed.organisation, asked[0].certification, asked)
        case Proposal.Kind.ADOPT:
            return following_of(**adoption_of(proposed, on=on))
        case Proposal.Kind.STOP:
            return stopping_of(adoption_to_stop(proposed), on=on)
        case Proposal.Kind.SITE:
            return description_of(**description_proposed(proposed), on=on)
        case Proposal.Kind.PARENT:
            return placement_of(**placement_proposed(proposed), on=on)
        case Proposal.Kind.ROLE:
            return tagging_of(**tags_proposed(proposed), on=on)
        case Proposal.Kind.UPLOAD:
            return writing_of(upload_proposed(proposed), on=on)
        case Proposal.Kind.UNDO:
            return taking_back_of(upload_proposed(proposed), on=on)
    current = selectors.current_requirement(
        organisation=proposed.organisation, reference=UUID(proposed.payload["reference"])
    )
    if current is None or current.ends_on is not None:
        raise AlreadyWithdrawn
    if proposed.kind == Proposal.Kind.CHANGE:
        return change_of(current, requirement_of(proposed))
    return withdrawal_of(current, on=date.fromisoformat(proposed.payload["on"]))


def adoption_to_stop(proposed: Proposal | PreviewRun) -> Adoption:
    """Return the adoption that would end.

    Raises:
        AlreadyWithdrawn: it ended, or another followed it.
    """
    live = selectors.live_adoptions(proposed.organisation)
    adoption = live.filter(reference=UUID(proposed.payload["adoption"])).first()
    if adoption is None:
        raise AlreadyWithdrawn
    return adoption


def description_proposed(proposed: Proposal | PreviewRun) -> dict[str, Any]:
    """Return what ``describe_site`` and ``description_of`` take of a site, but the day."""
    payload = dict(proposed.payload)
    return {"site": proposed.organisation.sites.get(code=payload.pop("site"))} | payload


def placement_proposed(proposed: Proposal | PreviewRun) -> dict[str, Any]:
    """Return what ``place_site`` and ``placement_of`` take, but the day."""
    sites, parent = proposed.organisation.sites, proposed.payload["parent"]
    return {
        "site": sites.get(code=proposed.payload["site"]),
        "parent": None if parent is None else sites.get(code=parent),
    }


def tags_proposed(proposed: Proposal | PreviewRun) -> dict[str, Any]:
    """Return what ``tag_role`` and ``tagging_of`` take of a role."""
    role = Role.objects.get(organisation=proposed.organisation, code=proposed.payload["role"])
    return {"role": role, "tags": proposed.payload["tags"]}


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
    found: Preview | None = None,
) -> Adoption | Proposal:
    """Adopt ``pack`` with ``choices``, or propose that where it touches many; ``found`` as in ``ask_to_require``.

    Raises: what ``adopt`` raises.
    """
    check_choices(organisation=organisation, pack=pack, choices=choices)
    about: dict[str, Any] = {
        "organisation": organisation,
        "pack": pack,
        "choices": choices,
        "starts_on": starts_on,
        "due_on": due_on,
    }
    found = found or following_of(**about).preview(at=at)
    if not touches_many(found, organisation):
        return adopt(**about, by=by, at=at)
    payload = payload_of_adoption(pack, choices, due_on=due_on)
    first = next(iter(choices.values())).certification
    return _keep(Proposal.Kind.ADOPT, organisation, first, payload, summary_of(found), by, at)


def payload_of_adoption(pack: RulePackVersion, choices: Mapping[str, Choice], *, due_on: date) -> dict[str, Any]:
    """Return what a proposal keeps of following ``pack``."""
    return {
        "pack": pack.code,
        "version": pack.number,
        "due_on": due_on.isoformat(),
        "choices": {
            code: {"certification": it.certification.code, "roles": sorted(role.code for role in it.roles)}
            for code, it in choices.items()
        },
    }


@transaction.atomic
def ask_to_stop(
    *, adoption: Adoption, on: date, by: User | None, at: datetime, found: Preview | None = None
) -> Adoption | Proposal:
    """Follow a pack no longer from ``on``, or propose that where it touches many; ``found`` as in ``ask_to_require``.

    Raises: what ``stop_adopting`` raises.
    """
    found = found or stopping_of(adoption, on=on).preview(at=at)
    if not touches_many(found, adoption.organisation):
        return stop_adopting(adoption=adoption, on=on, by=by, at=at)
    payload = payload_of_stop(adoption)
    return _keep(Proposal.Kind.STOP, adoption.organisation, None, payload, summary_of(found), by, at)


def payload_of_stop(adoption: Adoption) -> dict[str, Any]:
    """Return what a proposal keeps of following a pack no longer."""
    return {"adoption": str(adoption.reference), "pack": adoption.pack.code}


@transaction.atomic
def ask_to_describe_site(
    *,
    site: Site,
    jurisdiction: str,
    kind: str,
    rooms: int | None,
    size: int | None,
    on: date,
    by: User | None,
    at: datetime,
    found: Preview | None = None,
) -> Site | Proposal:
    """Write what is known of a site, or propose that where it touches many; ``found`` as in ``ask_to_require``."""
    said: dict[str, Any] = {"jurisdiction": jurisdiction, "kind": kind, "rooms": rooms, "size": size}
    found = found or description_of(site, **said, on=on).preview(at=at)
    if not touches_many(found, site.organisation):
        return describe_site(site=site, **said, on=on, by=by, at=at)
    payload = payload_of_description(site, **said)
    return _keep(Proposal.Kind.SITE, site.organisation, None, payload, summary_of(found), by, at)


def payload_of_description(
    site: Site, *, jurisdiction: str, kind: str, rooms: int | None, size: int | None
) -> dict[str, Any]:
    """Return what a proposal keeps of describing ``site`` so."""
    return {"site": site.code, "jurisdiction": jurisdiction, "kind": kind, "rooms": rooms, "size": size}


@transaction.atomic
def ask_to_place_site(
    *, site: Site, parent: Site | None, on: date, by: User | None, at: datetime, found: Preview | None = None
) -> Site | Proposal:
    """Let a site belong to ``parent``, or propose that where it touches many; ``found`` as in ``ask_to_require``.

    Raises: what ``place_site`` raises.
    """
    found = found or placement_of(site, parent=parent, on=on).preview(at=at)
    if not touches_many(found, site.organisation):
        return place_site(site=site, parent=parent, on=on, by=by, at=at)
    payload = payload_of_placement(site, parent)
    return _keep(Proposal.Kind.PARENT, site.organisation, None, payload, summary_of(found), by, at)


def payload_of_placement(site: Site, parent: Site | None) -> dict[str, Any]:
    """Return what a proposal keeps of letting ``site`` belong to ``parent``."""
    return {"site": site.code, "parent": parent.code if parent else None}


@transaction.atomic
def ask_to_tag_role(
    *, role: Role, tags: Sequence[str], on: date, by: User | None, at: datetime, found: Preview | None = None
) -> Role | Proposal:
    """Write what rules call a kind of work, or propose that where it touches many; ``found`` as in ``ask_to_require``.

    Raises:
        NotATag: one of ``tags`` is no plain word.
    """
    said = as_tags(tags)
    found = found or tagging_of(role, tags=said, on=on).preview(at=at)
    if not touches_many(found, role.organisation):
        return tag_role(role=role, tags=said, by=by, at=at)
    payload = payload_of_tags(role, said)
    return _keep(Proposal.Kind.ROLE, role.organisation, None, payload, summary_of(found), by, at)


def payload_of_tags(role: Role, tags: Sequence[str]) -> dict[str, Any]:
    """Return what a proposal keeps of calling ``role`` by ``tags``."""
    return {"role": role.code, "tags": list(tags)}


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


def adoption_of(proposal: Proposal | PreviewRun, *, on: date) -> dict[str, Any]:
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


def propose_upload(
    kind: Proposal.Kind, upload: WorkbookImport, *, touched: int, by: User | None, at: datetime
) -> Proposal:
    """Record that writing ``upload``, or taking it back, waits for somebody else to agree; it touches so many people."""
    assert upload.organisation is not None, "files of organisations are what people are asked by"
    return _keep(kind, upload.organisation, None, payload_of_upload(upload), {"touched": touched}, by, at)


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


Made: TypeAlias = Requirement | Adoption | CountingPolicy | Site | Role | WorkbookImport | list[Requirement]
"""What comes of a change."""


@transaction.atomic
def agree(*, proposal: Proposal, by: User, at: datetime) -> Made:
    """Make the change that somebody else proposed.

    Raises:
        NeedsAnotherPerson: ``by`` proposed it.
        AlreadyDecided: it was agreed or refused meanwhile.
        AlreadyWithdrawn: what it would withdraw or end is withdrawn, changed or ended, or a site can no longer belong there.
        DueBeforeStart: its last good day has passed meanwhile.
        TrainingHeld: its training is out of new assignment meanwhile.
    """
    locked = _decide(proposal, Proposal.State.AGREED, by, at)
    if locked.proposed_by_id == by.pk:
        raise NeedsAnotherPerson
    today = local_date(at, locked.organisation.time_zone)
    if locked.kind == Proposal.Kind.ADOPT:
        return adopt(by=by, at=at, **adoption_of(locked, on=today))
    if locked.kind == Proposal.Kind.STOP:
        return stop_adopting(adoption=adoption_to_stop(locked), on=today, by=by, at=at)
    if locked.kind == Proposal.Kind.SITE:
        return describe_site(**description_proposed(locked), on=today, by=by, at=at)
    if locked.kind == Proposal.Kind.PARENT:
        return place_site(**placement_proposed(locked), on=today, by=by, at=at)
    if locked.kind == Proposal.Kind.ROLE:
        return tag_role(**tags_proposed(locked), by=by, at=at)
    if locked.kind in (Proposal.Kind.UPLOAD, Proposal.Kind.UNDO):
        return _carry_out(locked, by, at)
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


def _carry_out(proposal: Proposal, by: User, at: datetime) -> WorkbookImport:
    upload = upload_proposed(proposal)
    try:
        if proposal.kind == Proposal.Kind.UPLOAD:
            return people_services.confirm_import(workbook_import=upload, by=by, at=at, agreed=True)
        return people_services.undo_import(workbook_import=upload, by=by, at=at, agreed=True)
    except (ImportHasErrors, ImportNotReady) as error:
        raise AlreadyWithdrawn from error


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
