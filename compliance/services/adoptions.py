"""Adopting rule packs: what the pack asks for becomes requirements, and ends with it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias

from django.db import transaction

from certificates.validity import local_date
from compliance import selectors
from compliance.exceptions import (
    AlreadyWithdrawn,
    DueBeforeStart,
    NothingChosen,
    NotOfThisOrganisation,
    RuleNotAssignable,
)
from compliance.models import AdoptedRule, Adoption, RuleAssignment, RulePackVersion
from compliance.selectors import Choice, OpenAssignment, Wanted
from compliance.services.following import turn_of, what_it_asks
from compliance.services.requirements import (
    change_requirement,
    check_assignable,
    planned_change,
    require,
    withdraw,
)
from people import audit
from people.models import Organisation, User


def check_choices(*, organisation: Organisation, pack: RulePackVersion, choices: Mapping[str, Choice]) -> None:
    """Refuse choices that cannot be adopted.

    Raises:
        NothingChosen: no rule has a training.
        RuleNotAssignable: a choice is for a rule that the pack lacks, or that nothing can be assigned for.
        NotOfThisOrganisation: a role belongs to another organisation.
    """
    if not choices:
        raise NothingChosen
    rules = {version.code: version.rule for version in pack.rules.all()}
    for code, choice in choices.items():
        if code not in rules or not rules[code].binds:
            raise RuleNotAssignable(code)
        if any(role.organisation_id != organisation.pk for role in choice.roles):
            raise NotOfThisOrganisation("role")


@transaction.atomic
def adopt(
    *,
    organisation: Organisation,
    pack: RulePackVersion,
    choices: Mapping[str, Choice],
    starts_on: date,
    due_on: date,
    by: User | None,
    at: datetime,
) -> Adoption:
    """Record that ``organisation`` follows ``pack``, and assign what it asks for.

    ``choices`` names a training for each rule that HR wants assigned. An older version of the pack, or other choices,
    are superseded: what is no longer asked for is withdrawn, what still is stays as it was. The same again changes
    nothing.

    Raises:
        DueBeforeStart: ``due_on`` lies before ``starts_on``.
        NothingChosen: no rule has a training.
        RuleNotAssignable: a choice is for a rule that the pack lacks, or that nothing can be assigned for.
        NotOfThisOrganisation: a role belongs to another organisation.
        TrainingHeld: a training is out of new assignment that was not chosen before for the same rule, or for fewer
            roles than now.
    """
    if due_on < starts_on:
        raise DueBeforeStart(starts_on, due_on)
    check_choices(organisation=organisation, pack=pack, choices=choices)
    _lock(organisation)
    held = selectors.live_adoptions(organisation).filter(pack__code=pack.code).first()
    if held is not None and held.pack_id == pack.pk and _choices_of(held) == _keys_of(choices):
        return held
    before = _choices_of(held) if held else {}
    for code, asked in _keys_of(choices).items():
        if _asks_anew(before.get(code), asked):
            check_assignable(choices[code].certification, on=local_date(at, organisation.time_zone))
    values = {"reference": held.reference, "supersedes": held} if held else {}
    adoption = Adoption.objects.create(
        organisation=organisation,
        pack=pack,
        starts_on=starts_on,
        due_on=due_on,
        recorded_at=at,
        recorded_by=by,
        **values,
    )
    for code, choice in choices.items():
        chosen = AdoptedRule.objects.create(adoption=adoption, rule_code=code, certification=choice.certification)
        chosen.roles.set(choice.roles)
    audit.record(
        organisation=organisation,
        actor=by,
        verb="rule_pack.adopted",
        target=adoption,
        at=at,
        pack=pack.code,
        version=pack.number,
    )
    _apply(adoption, on=starts_on, by=by, at=at, before=held.pack if held else None)
    return adoption


@transaction.atomic
def stop_adopting(*, adoption: Adoption, on: date, by: User | None, at: datetime) -> Adoption:
    """Record that the pack is followed no longer from ``on``, and withdraw what it assigned.

    Requirements that were made otherwise, or by another pack, stay.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it ended.
    """
    _lock(adoption.organisation)
    held = Adoption.objects.get(pk=adoption.pk)
    if held.ends_on is not None or Adoption.objects.filter(supersedes=held).exists():
        raise AlreadyWithdrawn
    ended = Adoption.objects.create(
        reference=held.reference,
        organisation=held.organisation,
        pack=held.pack,
        starts_on=held.starts_on,
        due_on=held.due_on,
        ends_on=max(on, held.starts_on),
        recorded_at=at,
        recorded_by=by,
        supersedes=held,
    )
    audit.record(
        organisation=held.organisation,
        actor=by,
        verb="rule_pack.stopped",
        target=ended,
        at=at,
        pack=held.pack.code,
        version=held.pack.number,
    )
    _apply(ended, on=on, by=by, at=at)
    return ended


@transaction.atomic
def apply_adoptions(
    *,
    organisation: Organisation,
    on: date,
    by: User | None,
    at: datetime,
    parents: Mapping[int, int | None] | None = None,
) -> None:
    """Bring the requirements of all adopted packs into line with the sites as they are now. Again changes nothing.

    ``parents``: to which sites, by key, the caller is about to let sites belong.
    """
    _lock(organisation)
    for adoption in selectors.live_adoptions(organisation):
        _apply(adoption, on=max(on, adoption.starts_on), by=by, at=at, parents=parents)


def _apply(
    adoption: Adoption,
    *,
    on: date,
    by: User | None,
    at: datetime,
    before: RulePackVersion | None = None,
    parents: Mapping[int, int | None] | None = None,
) -> None:
    assigned = selectors.open_assignments(adoption.reference)
    turn = turn_of(assigned, selectors.requirements_from(adoption, on=on, parents=parents), before=before)
    for it in turn.ends:
        _end(it, on=on, by=by, at=at)
    for requirement, changes in turn.changes:
        changed = planned_change(requirement=requirement, **changes)
        change_requirement(requirement=requirement, changed=changed, by=by, at=at)
    for wanted in turn.begins:
        _begin(adoption, wanted, by=by, at=at)


def _begin(adoption: Adoption, wanted: Wanted, *, by: User | None, at: datetime) -> None:
    # What is new in it was judged when the pack was adopted.
    requirement = require(organisation=adoption.organisation, continuing=True, by=by, at=at, **what_it_asks(wanted))
    RuleAssignment.objects.create(
        organisation=adoption.organisation,
        adoption_reference=adoption.reference,
        rule_code=wanted.rule.code,
        site=wanted.site,
        role=wanted.role,
        certification=wanted.certification,
        conditions=wanted.conditions,
        requirement_reference=requirement.reference,
        started_at=at,
    )


def _end(it: OpenAssignment, *, on: date, by: User | None, at: datetime) -> None:
    it.assignment.ended_at = at
    it.assignment.save(update_fields=["ended_at"])
    if it.requirement is not None:  # else HR has withdrawn it by hand
        withdraw(requirement=it.requirement, on=on, by=by, at=at)


def _lock(organisation: Organisation) -> None:
    # Two presses of one button follow each other, so that the second finds what the first has made.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


_Chosen: TypeAlias = tuple[int, frozenset[int]]
"""A training and the roles that it is for; no roles: everybody."""


def _asks_anew(before: _Chosen | None, now: _Chosen) -> bool:
    """Whether ``now`` asks somebody for a training whom ``before`` did not ask."""
    if before is None or before[0] != now[0]:
        return True
    return bool(before[1]) and not (now[1] and now[1] <= before[1])


def _keys_of(choices: Mapping[str, Choice]) -> dict[str, _Chosen]:
    return {
        code: (choice.certification.pk, frozenset(role.pk for role in choice.roles)) for code, choice in choices.items()
    }


def _choices_of(adoption: Adoption) -> dict[str, _Chosen]:
    return {
        it.rule_code: (it.certification_id, frozenset(role.pk for role in it.roles.all()))
        for it in adoption.chosen.all()
    }
