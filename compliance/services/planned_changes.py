"""Changes of what is asked as their previews need them: what would be asked, and of whom. Nothing is written."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Final, NamedTuple

from certificates.models import Certification
from compliance import selectors
from compliance.changes import RequirementChange
from compliance.exceptions import AlreadyWithdrawn
from compliance.models import Adoption, Requirement, RulePackVersion
from compliance.preview import Preview, preview, together
from compliance.rules.applying import SiteFacts
from compliance.selectors import Choice, RuleReach
from compliance.services.following import Turn, turn_of, what_it_asks
from compliance.services.requirements import planned, planned_change
from people.models import Employment, Organisation, Role, Site
from people.models.employment import EmploymentQuerySet
from people.selectors import possible_parents


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
    change = RequirementChange(added=(as_ended(requirement, on=on),), removed=frozenset({requirement.pk}))
    return _planned(requirement, change, requirement)


def as_ended(requirement: Requirement, *, on: date) -> Requirement:
    """Return, unsaved, what is recorded when ``requirement`` is withdrawn from ``on``."""
    ended = copy(requirement)
    ended.pk, ended.ends_on = None, max(on, requirement.starts_on)
    return ended


def each_of(organisation: Organisation, certification: Certification, asked: Sequence[Requirement]) -> Planned:
    """Return the change that makes ``asked`` (of ``planned_for_each``)."""
    named = frozenset(it.membership_id for it in asked if it.membership_id is not None)
    return Planned(RequirementChange(added=tuple(asked)), certification.pk, organisation, named)


def _planned(requirement: Requirement, change: RequirementChange, *reaching: Requirement) -> Planned:
    touched = frozenset(key for it in reaching for key in selectors.concerned(it))
    return Planned(change, requirement.certification_id, requirement.organisation, touched)


class Together(NamedTuple):
    """A change of what is asked in several trainings at once, such as by a rule pack, a place or a kind of work."""

    organisation: Organisation
    parts: tuple[Planned, ...]

    @property
    def memberships(self) -> frozenset[int]:
        """The keys of the memberships that it may touch."""
        return frozenset().union(*(it.memberships for it in self.parts))

    def preview(self, *, at: datetime, progress: Callable[[int], None] = lambda done: None) -> Preview:
        """Return what it does from ``at`` on; nothing is written."""
        titles = Certification.objects.in_bulk([it.certification_id for it in self.parts])
        found: list[tuple[str, Preview]] = []
        done = 0
        for part in self.parts:
            look = part.preview(at=at, progress=lambda looked_at, before=done: progress(before + looked_at))  # type: ignore[misc]
            found.append((titles[part.certification_id].title, look))
            done += len(part.memberships)
        return together(found, organisation=self.organisation, at=at)


def following_of(
    *,
    organisation: Organisation,
    pack: RulePackVersion,
    choices: Mapping[str, Choice],
    starts_on: date,
    due_on: date,
    reaches: Sequence[RuleReach] | None = None,
) -> Together:
    """Return the change that following ``pack`` with ``choices`` makes; ``reaches``: of ``preview_adoption``, where known."""
    held = selectors.live_adoptions(organisation).filter(pack__code=pack.code).first()
    if reaches is None:
        reaches = selectors.preview_adoption(
            organisation=organisation, pack=pack, choices=choices, starts_on=starts_on, due_on=due_on
        )
    wanted = [it for reach in reaches for it in reach.wanted]
    assigned = selectors.open_assignments(held.reference) if held else []
    return _together(organisation, [turn_of(assigned, wanted, before=held.pack if held else None)], on=starts_on)


def stopping_of(adoption: Adoption, *, on: date) -> Together:
    """Return the change that following a pack no longer makes."""
    return _together(adoption.organisation, [turn_of(selectors.open_assignments(adoption.reference), [])], on=on)


def description_of(
    site: Site, *, jurisdiction: str, kind: str, rooms: int | None, size: int | None, on: date
) -> Together:
    """Return the change that describing ``site`` so makes: what adopted rules ask, and who fulfils conditions."""
    described = {site.pk: SiteFacts(jurisdiction, kind, rooms, size)}
    turns = [
        turn_of(
            selectors.open_assignments(adoption.reference),
            selectors.requirements_from(adoption, on=max(on, adoption.starts_on), described=described),
        )
        for adoption in selectors.live_adoptions(site.organisation)
    ]
    if site.jurisdiction == jurisdiction:
        return _together(site.organisation, turns, on=on)
    moving = _Moving(
        selectors.requirements_naming(site.organisation, "jurisdiction"),
        RequirementChange(jurisdictions={site.pk: jurisdiction}),
        people_in(Employment.objects.filter(site=site)),
    )
    return _together(site.organisation, turns, on=on, moving=moving)


def placement_of(site: Site, *, parent: Site | None, on: date) -> Together:
    """Return the change that letting ``site`` belong to ``parent`` makes: whom what is asked above it reaches.

    Raises:
        AlreadyWithdrawn: it can no longer belong there.
    """
    if parent is not None and parent not in possible_parents(site=site):
        raise AlreadyWithdrawn
    parents = {site.pk: parent.pk if parent else None}
    if site.parent_id == parents[site.pk]:
        return Together(site.organisation, ())
    turns = [
        turn_of(
            selectors.open_assignments(adoption.reference),
            selectors.requirements_from(adoption, on=max(on, adoption.starts_on), parents=parents),
        )
        for adoption in selectors.live_adoptions(site.organisation)
    ]
    moving = _Moving(
        selectors.requirements_hanging_on(site, parent),
        RequirementChange(parents=parents),
        people_in(Employment.objects.filter(site__in=selectors.sites_from(site))),
    )
    return _together(site.organisation, turns, on=on, moving=moving)


def tagging_of(role: Role, *, tags: Iterable[str], on: date) -> Together:
    """Return the change that calling a role by ``tags`` makes: who fulfils conditions."""
    moving = _Moving(
        selectors.requirements_naming(role.organisation, "role_tag"),
        RequirementChange(tags={role.pk: frozenset(tags)}),
        people_in(Employment.objects.filter(role=role)),
    )
    return _together(role.organisation, [], on=on, moving=moving)


def people_in(employments: EmploymentQuerySet) -> frozenset[int]:
    """Return the keys of the memberships that have any of ``employments``, by what is known now."""
    return frozenset(employments.current_knowledge().order_by().values_list("membership_id", flat=True))


class _Moving(NamedTuple):
    """What hangs on something that moves, how that moves, and whom it is about."""

    requirements: Sequence[Requirement]
    change: RequirementChange
    there: frozenset[int]


_STAYING: Final = _Moving((), RequirementChange(), frozenset())


def _together(organisation: Organisation, turns: Sequence[Turn], *, on: date, moving: _Moving = _STAYING) -> Together:
    """Return the change that ``turns`` make, and what is ``moving``."""
    added: dict[int, list[Requirement]] = defaultdict(list)
    removed: dict[int, list[Requirement]] = defaultdict(list)
    concerned: dict[int, set[int]] = defaultdict(set)
    for turn in turns:
        for current in (it.requirement for it in turn.ends):
            if current is not None:
                removed[current.certification_id].append(current)
                added[current.certification_id].append(as_ended(current, on=on))
        for current, changes in turn.changes:
            removed[current.certification_id].append(current)
            added[current.certification_id].append(planned_change(requirement=current, **changes))
        for asked in (planned(organisation=organisation, **what_it_asks(it)) for it in turn.begins):
            added[asked.certification_id].append(asked)
            concerned[asked.certification_id].update(selectors.concerned(asked))
    # What ends or changes reaches whom it has reached.
    for key, some in removed.items():
        for current in some:
            concerned[key].update(selectors.concerned(current))
    for it in moving.requirements:
        concerned[it.certification_id].update(moving.there)
    if moving.change.parents:
        # What begins, ends or stays at a site reaches others once the tree is another one.
        for people in concerned.values():
            people.update(moving.there)
    return Together(
        organisation,
        tuple(
            Planned(
                RequirementChange(
                    added=tuple(added.get(key, ())),
                    removed=frozenset(it.pk for it in removed.get(key, ())),
                    jurisdictions=moving.change.jurisdictions,
                    parents=moving.change.parents,
                    tags=moving.change.tags,
                ),
                key,
                organisation,
                frozenset(concerned[key]),
            )
            for key in sorted(concerned)
        ),
    )
