"""What counting people another way would do: whose dates move, who is counted otherwise, and which mails that causes."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from certificates.validity import local_date
from compliance.facts import facts_of, policy_on
from compliance.judging import judge
from compliance.models import Adjustment, ObligationSpan
from compliance.outlook import outlook
from compliance.preview import BATCH, LISTED, Effect, Found, Preview, members_named, people_at_work, told_on
from compliance.standing import Overlay, PolicyChange, StandingPolicy, State, standing
from people.models import Membership, Organisation


def preview_counting(policy: StandingPolicy, *, organisation: Organisation, at: datetime) -> Preview:
    """Return what counting people of ``organisation`` by ``policy`` does from today on.

    Cost grows with whom it touches: whoever was on leave is judged anew, and of everybody else only how they are counted
    today can change.
    """
    today = local_date(at, organisation.time_zone)
    was = policy_on(organisation, today)
    found = Preview(at_work=people_at_work(organisation, today))
    moved: list[Found] = []
    recounted: list[Found] = []
    judged = _preview_leave(policy, was, organisation, today, found, moved, recounted)
    spans = ObligationSpan.objects.covering(today).filter(
        obligation__organisation=organisation, state__in=_recounted_states(was, policy), required=True
    )
    # An extension counts in order whatever is decided, and leave counts apart.
    rows = spans.values_list("obligation__membership", "due_on", "overlays").order_by(
        "obligation__membership", "due_on"
    )
    seen: set[int] = set()
    for key, due_on, overlays in rows.iterator():
        if key in judged or key in seen or not _FIXED.isdisjoint(overlays):
            continue
        seen.add(key)
        recounted.append(Found(key, due_on, due_on))
    found.counts["moves"], found.counts["recounted"] = len(moved), len(recounted)
    members = members_named([it.key for some in (moved, recounted) for it in some[:LISTED]])
    for some, into in ((moved, found.moves), (recounted, found.recounted)):
        effects = (Effect(members[it.key], it.before, it.after) for it in some[:LISTED] if it.key in members)
        into += sorted(effects, key=lambda it: (it.membership.name, it.membership.pk))
    return found


_FIXED: Final = frozenset({Overlay.ON_LEAVE, Overlay.EXTENDED})


def _recounted_states(was: StandingPolicy, will: StandingPolicy) -> list[State]:
    found = [State.ASSIGNED, State.IN_PROGRESS] if was.assigned_counts != will.assigned_counts else []
    return found + ([State.GRACE] if was.grace_counts != will.grace_counts else [])


def _preview_leave(
    will: StandingPolicy,
    was: StandingPolicy,
    organisation: Organisation,
    today: date,
    found: Preview,
    moved: list[Found],
    recounted: list[Found],
) -> frozenset[int]:
    """Judge whoever was on leave, where that is decided anew; return the keys of their memberships."""
    days = (was.due_after_leave_days, was.grace_after_leave_days)
    if days == (will.due_after_leave_days, will.grace_after_leave_days):
        return frozenset()
    leave = Adjustment.objects.current_knowledge().filter(
        kind=Adjustment.Kind.LEAVE, membership__organisation=organisation
    )
    keys = sorted(set(leave.values_list("membership", flat=True)))
    for start in range(0, len(keys), BATCH):
        members = Membership.objects.select_related("organisation").filter(pk__in=keys[start : start + BATCH])
        for each in facts_of(list(members.order_by("pk"))):
            effect = None
            told: set[date] = set()
            changes = False
            for facts in each.by_certification.values():
                kept = tuple(it for it in facts.policy_changes if it.from_on < today)
                anew = replace(facts, policy_changes=(*kept, PolicyChange(today, will)))
                before, after = outlook(facts, today), outlook(anew, today)
                if before.due_on != after.due_on and effect is None:
                    effect = Found(each.membership.pk, before.due_on, after.due_on)
                judged, judged_before = judge(anew, each.ladders), judge(facts, each.ladders)
                told |= set(told_on(judged, today)) - set(told_on(judged_before, today))
                changes = changes or standing(facts, today).counts_as != standing(anew, today).counts_as
            if effect is not None:
                moved.append(effect)
            elif changes:
                recounted.append(Found(each.membership.pk, None, None))
            found.mails_today += today in told
            found.mails_soon += bool(told)
    return frozenset(keys)
