"""What people will be told because of a workbook: counted for the preview, at most."""

from collections import Counter
from collections.abc import Mapping, Sequence

from compliance import selectors
from compliance.kinds.assignments import AssignmentsKind
from compliance.models import Requirement
from people.models import Membership, Role, Site
from people.workbooks.kinds import Action, Plan, Setting

_PLACING = ("people", "employments")
"""The kinds whose rows put people to work."""


def forecast(kind: str, plans: Sequence[Plan], setting: Setting) -> Mapping[str, int]:
    """Return how many ``mails`` and ``letters`` rows would cause: one for each person, at most.

    A person counts who comes to a site or a role that an assignment names, and whoever a new assignment reaches.
    Conditions are taken to hold.
    """
    told: Counter[str] = Counter()
    if kind == AssignmentsKind.code:
        return _of_assignments(plans, setting)
    if kind not in _PLACING:
        return told
    placed = [plan for plan in plans if plan.action in (Action.NEW, Action.CHANGED) and _moves(plan)]
    if not placed:
        return told
    asked = list(
        Requirement.objects.live()
        .filter(organisation=setting.organisation, membership__isnull=True)
        .values_list("site__code", "role__code")
    )
    if not asked:
        return told
    above = dict(Site.objects.filter(organisation=setting.organisation).values_list("code", "parent__code"))
    for plan in placed:
        site, role = _value(plan, "site"), _value(plan, "role")
        covering = _covering(site, above)
        if any((at is None or at in covering) and (of is None or of == role) for at, of in asked):
            told["mails" if _email(plan) else "letters"] += 1
    return told


def _of_assignments(plans: Sequence[Plan], setting: Setting) -> Mapping[str, int]:
    """Count whom new assignments reach, each person once a file."""
    reached: set[int] = set()
    for plan in plans:
        if plan.action is not Action.NEW:
            continue
        if plan.work.member is not None:
            reached.add(plan.work.member.pk)
        else:
            reached |= _at(_value(plan, "site"), _value(plan, "role"), setting)
    counted: set[int] = setting.kept.setdefault("told", set())
    people = Membership.objects.filter(pk__in=reached - counted)
    counted |= reached
    return Counter("mails" if email else "letters" for email in people.values_list("email", flat=True))


def _at(site: str, role: str, setting: Setting) -> set[int]:
    """Return whom an assignment to a site, a role or both reaches; asked once a file for each pair."""
    key = f"told at:{site}:{role}"
    if key not in setting.kept:
        ours = {"organisation": setting.organisation}
        asked = Requirement(
            **ours,
            site=Site.objects.filter(**ours, code=site).first() if site else None,
            role=Role.objects.filter(**ours, code=role).first() if role else None,
        )
        setting.kept[key] = selectors.people_reached(asked, on=setting.today)
    found: set[int] = setting.kept[key]
    return found


def _moves(plan: Plan) -> bool:
    return plan.action is Action.NEW or "site" in plan.changes or "role" in plan.changes


def _value(plan: Plan, column: str) -> str:
    return plan.changes[column][1] if column in plan.changes else plan.given.values.get(column, "")


def _email(plan: Plan) -> str:
    if "email" in plan.given.values:
        return plan.given.values["email"]
    member = getattr(plan.work, "member", None)
    return member.email if member is not None else ""


def _covering(site: str, above: Mapping[str, str | None]) -> set[str]:
    """Return a site and all above it; a ring of parents ends the search."""
    found: set[str] = set()
    here: str | None = site
    while here is not None and here not in found:
        found.add(here)
        here = above.get(here)
    return found
