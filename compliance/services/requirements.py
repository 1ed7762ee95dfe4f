"""Assigning and withdrawing: append-only facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from certificates.models import Certification
from certificates.validity import local_date
from compliance import selectors
from compliance.conditions import Condition, named, parse
from compliance.due_dates import DueRule, On, bases_of, parse_due_rule
from compliance.exceptions import AlreadyWithdrawn, DueBeforeStart, NotOfThisOrganisation, TrainingHeld, UnknownCode
from compliance.ladder import ladder_from_json, ladder_to_json
from compliance.models import Requirement
from compliance.recurrence import LICENCE, parse_recurs
from compliance.services.rebuilding import rebuild_many
from people import audit
from people.models import Employment, Membership, Organisation, Role, Site, User


def planned(
    *,
    organisation: Organisation,
    certification: Certification,
    starts_on: date,
    due_on: date | None = None,
    due_rule: Mapping[str, Any] | None = None,
    default_due_on: date | None = None,
    recurs: str = "",
    membership: Membership | None = None,
    site: Site | None = None,
    role: Role | None = None,
    conditions: Mapping[str, Any] | None = None,
    days_after_start: int = 30,
    licence_kind: str = "",
    label: str = "",
    source: str = "",
    ladder: Sequence[Mapping[str, Any]] | None = None,
) -> Requirement:
    """Return, unsaved, that a person, or everybody of a group, must hold ``certification``.

    The group: at a site and below it, in a role, or fulfilling ``conditions`` (form: ``compliance.conditions``); of
    several, all must hold. By when: either ``due_on``, the last good day for who is named or already at work on
    ``starts_on``, while who comes later to a group has ``days_after_start`` days; or ``due_rule`` (form:
    ``compliance.due_dates``), with ``default_due_on`` for whoever lacks its base date. ``recurs`` says how
    often again, such as "12m" (form: ``compliance.recurrence``). ``ladder`` says when who is told (form: ``compliance.ladder``).

    Raises:
        DueBeforeStart: ``due_on``, the date of the rule or ``default_due_on`` lies before ``starts_on``.
        NotOfThisOrganisation: the person, site or role belongs to another organisation.
        ConditionError: ``conditions`` are none.
        UnknownCode: they name a site, role or organisation that is not there.
        DueRuleError: ``due_rule`` is none.
        LadderError: ``ladder`` is none.
        PolicyError: ``recurs`` says no such thing, or no time at all.
        ValueError: nobody is named, or a person together with a group; no date and no rule, or both; it hangs on
            licences, and no kind of them is named.
    """
    if due_on is not None and due_on < starts_on:
        raise DueBeforeStart(starts_on, due_on)
    if default_due_on is not None and default_due_on < starts_on:
        raise DueBeforeStart(starts_on, default_due_on)
    if (membership is None) == (site is None and role is None and conditions is None):
        raise ValueError("name a membership, or a site, a role and/or conditions")
    if (due_on is None) == (due_rule is None):
        raise ValueError("give a date or a rule")
    if conditions is not None:
        _check_codes(organisation, parse(conditions))
    if due_rule is not None:
        rule = parse_due_rule(due_rule)
        _check_rule(rule, licence_kind)
        if isinstance(rule, On) and rule.day < starts_on:
            raise DueBeforeStart(starts_on, rule.day)
    if recurs:
        parse_recurs(recurs)
    if recurs == LICENCE and not licence_kind:
        raise ValueError("say which kind of licence")
    for what, thing in (("person", membership), ("site", site), ("role", role)):
        if thing is not None and thing.organisation_id != organisation.pk:
            raise NotOfThisOrganisation(what)
    return Requirement(
        organisation=organisation,
        certification=certification,
        membership=membership,
        site=site,
        role=role,
        starts_on=starts_on,
        conditions=conditions,
        due_on=due_on,
        due_rule=due_rule,
        days_after_start=days_after_start,
        default_due_on=default_due_on,
        recurs=recurs,
        licence_kind=licence_kind,
        label=label,
        source=source,
        ladder=None if ladder is None else ladder_to_json(ladder_from_json(list(ladder))),
    )


@transaction.atomic
def require(*, by: User | None, at: datetime, continuing: bool = False, **what: Any) -> Requirement:
    """Record what ``planned`` returns for ``what``. The same assignment again returns the live one unchanged.

    ``continuing``: it follows from what was assigned before, such as a rule pack that meets a new site.

    Raises:
        TrainingHeld: the training is out of new assignment.
        What ``planned`` raises.
    """
    requirement = planned(**what)
    # Two presses of one button follow each other, so that the second finds what the first has made.
    Organisation.objects.select_for_update(no_key=True).get(pk=requirement.organisation_id)
    # Databases compare JSON each in its own way; Python compares it as it is meant.
    values = {name: getattr(requirement, name) for name in _KEPT if name not in (*_SHAPES, "reference")}
    for same in Requirement.objects.live().filter(**values):
        if all(getattr(same, name) == getattr(requirement, name) for name in _SHAPES):
            return same
    if not continuing:
        check_assignable(requirement.certification, on=local_date(at, requirement.organisation.time_zone))
    requirement.recorded_at, requirement.recorded_by = at, by
    requirement.save(force_insert=True)
    audit.record(
        organisation=requirement.organisation,
        actor=by,
        verb="requirement.added",
        target=requirement,
        at=at,
        certification=requirement.certification.code,
    )
    rebuild_many(memberships=selectors.concerned(requirement), cause=f"requirement:{requirement.pk}", at=at)
    return requirement


@transaction.atomic
def withdraw(*, requirement: Requirement, on: date, by: User | None, at: datetime) -> Requirement:
    """Record that ``requirement`` holds no longer from ``on``; what was completed stays evidence.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
    """
    return _supersede(requirement, {"ends_on": max(on, requirement.starts_on)}, "requirement.withdrawn", by, at)


@transaction.atomic
def change_due_date(*, requirement: Requirement, due_on: date, by: User | None, at: datetime) -> Requirement:
    """Record another last good day.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
        DueBeforeStart: ``due_on`` lies before the requirement starts.
    """
    if due_on < requirement.starts_on:
        raise DueBeforeStart(requirement.starts_on, due_on)
    return _supersede(requirement, {"due_on": due_on, "due_rule": None}, "requirement.moved", by, at)


def _check_codes(organisation: Organisation, condition: Condition) -> None:
    """Refuse sites and roles that nobody has: a slip of the pen would reach nobody and say nothing."""
    words = set(named(condition))
    known = {
        "organisation": {organisation.code},
        "site": set(Site.objects.filter(organisation=organisation).values_list("code", flat=True)),
        "role": set(Role.objects.filter(organisation=organisation).values_list("code", flat=True)),
        "employment_type": set(Employment.Type.values),
    }
    for subject, code in sorted(words):
        if subject in known and code not in known[subject]:
            raise UnknownCode(subject, code)


def _check_rule(rule: DueRule, licence_kind: str) -> None:
    if "licence_renewal" in bases_of(rule) and not licence_kind:
        raise ValueError("say which kind of licence")


def check_assignable(certification: Certification, *, on: date) -> None:
    """Refuse a training that is out of new assignment on a day.

    Raises:
        TrainingHeld: reviewers stand against a text of one of its courses, or nobody has looked at one again in time.
    """
    if why := selectors.held_trainings([certification.pk], on=on).get(certification.pk):
        raise TrainingHeld(certification.title, why)


_SHAPES = ("conditions", "due_rule", "ladder")
_KEPT = (
    "reference",
    "organisation",
    "certification",
    "membership",
    "site",
    "role",
    "starts_on",
    "due_on",
    "days_after_start",
    "conditions",
    "label",
    "source",
    "licence_kind",
    "due_rule",
    "default_due_on",
    "recurs",
    "ladder",
)


@transaction.atomic
def change_ladder(
    *, requirement: Requirement, ladder: Sequence[Mapping[str, Any]] | None, by: User | None, at: datetime
) -> Requirement:
    """Record on which days around the last good day who is told; None: on the usual ones.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
        LadderError: ``ladder`` is none.
    """
    own = None if ladder is None else ladder_to_json(ladder_from_json(list(ladder)))
    return _supersede(requirement, {"ladder": own}, "requirement.ladder_changed", by, at)


@transaction.atomic
def change_requirement(*, requirement: Requirement, changed: Requirement, by: User | None, at: datetime) -> Requirement:
    """Record that ``requirement`` asks from now on what the unsaved ``changed`` (of ``planned_change``) says.

    What it asks already, as when a page is sent twice, is no new fact.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
        TrainingHeld: it would ask somebody whom it has not asked before, and the training is out of new assignment.
    """
    if changed.conditions != requirement.conditions and (
        set(selectors.concerned(changed)) - set(selectors.concerned(requirement))
    ):
        check_assignable(requirement.certification, on=local_date(at, requirement.organisation.time_zone))
    values = {name: getattr(changed, name) for name in CHANGEABLE}
    return _supersede(requirement, values, "requirement.changed", by, at)


def planned_change(*, requirement: Requirement, **changes: Any) -> Requirement:
    """Return, unsaved, ``requirement`` with ``changes`` to any of ``CHANGEABLE``; whom it names and since when stay.

    Raises: what ``planned`` raises.
    """
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValueError(f"not to be changed: {sorted(unknown)}")
    kept = {name: getattr(requirement, name) for name in _KEPT if name != "reference"}
    changed = planned(**kept | changes)
    changed.reference = requirement.reference
    return changed


CHANGEABLE = (
    "label",
    "conditions",
    "due_on",
    "days_after_start",
    "due_rule",
    "licence_kind",
    "default_due_on",
    "recurs",
    "ladder",
)
"""What a change may touch; anything else is another requirement."""


def _supersede(
    requirement: Requirement, changes: Mapping[str, Any], verb: str, by: User | None, at: datetime
) -> Requirement:
    locked = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
    if locked.ends_on is not None or Requirement.objects.filter(supersedes=locked).exists():
        raise AlreadyWithdrawn
    if all(getattr(locked, name) == value for name, value in changes.items()):
        return locked
    values = {name: getattr(locked, name) for name in _KEPT} | dict(changes)
    successor = Requirement.objects.create(**values, recorded_at=at, recorded_by=by, supersedes=locked)
    audit.record(organisation=locked.organisation, actor=by, verb=verb, target=successor, at=at)
    # Other conditions reach other people; those whom it no longer reaches change too.
    touched = {*selectors.concerned(locked), *selectors.concerned(successor)}
    rebuild_many(memberships=touched, cause=f"requirement:{successor.pk}", at=at)
    return successor
