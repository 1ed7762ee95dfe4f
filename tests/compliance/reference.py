"""A slow, naive reading of the table of standings, to hold against the product's own.

Written from the specification alone: it answers for one day at a time, walks the days where it could reckon, keeps no
spans, and shares nothing with ``compliance.standing`` but the facts that it reads.
"""

from datetime import date, timedelta
from typing import NamedTuple

from compliance.standing import Facts, HeldPeriod, Requirement, Span, StandingPolicy

ONE_DAY = timedelta(days=1)


class Answer(NamedTuple):
    """What the table says of one day; ``due_on`` is the last good day, None where there is none."""

    state: str
    overlays: set[str]
    counts_as: str
    due_on: date | None


def holds(span: Span, on: date) -> bool:
    """Whether a fact covers the day."""
    return span.from_on <= on and not (span.until is not None and span.until <= on)


def live(facts: Facts, on: date) -> list[Requirement]:
    """The requirements that ask something of somebody who works there on the day."""
    return [one for one in facts.requirements if holds(one, on) and any(holds(job, on) for job in facts.employments)]


def known(facts: Facts, on: date) -> list[HeldPeriod]:
    """A period is known from the day on which it was earned."""
    return [period for period in facts.periods if period.completed_on <= on]


def revoked(period: HeldPeriod, on: date) -> bool:
    """Whether it no longer counts on the day."""
    return period.revoked_on is not None and period.revoked_on <= on


def good(facts: Facts, on: date, day: date) -> list[HeldPeriod]:
    """The unrevoked periods that are known on ``on`` and cover ``day``."""
    return [one for one in known(facts, on) if not revoked(one, on) and one.valid_from <= day < one.valid_until]


def governing(facts: Facts, on: date) -> HeldPeriod | None:
    """Walk the chain from ``on``, day by day, for as long as some unrevoked period covers the day."""
    day, last = on, None
    while covering := good(facts, on, day):
        last = max(covering, key=lambda one: (one.valid_until, one.completed_on))
        day = last.valid_until
    return last


def ended(facts: Facts, on: date) -> HeldPeriod | None:
    """The unrevoked period that ended last, on or before ``on``."""
    over = [one for one in known(facts, on) if not revoked(one, on) and one.valid_until <= on]
    return max(over, key=lambda one: (one.valid_until, one.completed_on), default=None)


def latest(facts: Facts, on: date) -> HeldPeriod | None:
    """The period earned last of those that have started; of two earned on one day, one that is not revoked."""
    started = [one for one in known(facts, on) if one.valid_from <= on]
    return max(started, key=lambda one: (one.completed_on, one.valid_until, not revoked(one, on)), default=None)


def policy_on(facts: Facts, on: date) -> StandingPolicy:
    """What the organisation has decided by this day."""
    policy = facts.policy
    for change in facts.policy_changes:
        if change.from_on <= on:
            policy = change.policy
    return policy


def after_leave(facts: Facts, due_on: date, on: date) -> date | None:
    """R11: nothing is due sooner than some days after the return; None while no return is known."""
    for leave in facts.leaves:
        if leave.from_on > on:
            continue
        if leave.until is None:
            return None
        due_on = max(due_on, leave.until + timedelta(days=policy_on(facts, on).due_after_leave_days))
    return due_on


def in_grace(facts: Facts, over: HeldPeriod, on: date) -> bool:
    """R8, and R11 where the organisation grants grace to whoever was on leave when the period or its grace ended."""
    if on < over.grace_until:
        return True
    days = policy_on(facts, on).grace_after_leave_days
    for leave in facts.leaves:
        was_away = leave.from_on < over.grace_until and (leave.until is None or leave.until >= over.valid_until)
        if days and was_away and (leave.until is None or on < leave.until + timedelta(days=days)):
            return True
    return False


def asked_anew(facts: Facts, held: HeldPeriod, on: date) -> list[tuple[date, date]]:
    """The last good days sooner than the printed one, each with the day from which it may be done.

    R15: newer content asks from its own day on. A requirement that recurs more often than the certification is due
    again that long after the completion, never before its own first due date, with a window of the printed length.
    """
    sooner = []
    for new in held.new_content:
        if not new.addition and new.from_on <= on and not (new.done_on is not None and new.done_on <= on):
            sooner.append((new.by, new.from_on))
    for one in live(facts, on):
        if one.recurs is not None:
            again_on = one.recurs.after(held.completed_on) - ONE_DAY
            again_on = max(again_on, one.due_on) if one.due_on else again_on
            if again_on < held.valid_until - ONE_DAY:
                opens_on = again_on + ONE_DAY
                for _ in range((held.valid_until - held.window_opens_on).days):
                    opens_on -= ONE_DAY
                sooner.append((again_on, opens_on))
    return sooner


def is_past(due_on: date | None, on: date) -> bool:
    """Whether the last good day is over; never, where there is none."""
    return due_on is not None and on > due_on


def state_on(facts: Facts, on: date) -> tuple[str, date | None]:
    """Return the first state that matches, and the last good day to act."""
    asked = live(facts, on)
    waiting = any(holds(way, on) for way in facts.other_ways)  # to learn another way; it is never past due meanwhile
    due_on = min([one.due_on for one in asked if one.due_on is not None], default=None)
    if any(holds(waiver, on) for waiver in facts.waivers):
        return "exempt", None

    held = governing(facts, on)
    if held is not None:
        anew = asked_anew(facts, held, on)
        renew_by = after_leave(facts, min([held.valid_until - ONE_DAY, *(by for by, _ in anew)]), on)
        if asked and not waiting and is_past(renew_by, on):
            return "overdue", renew_by
        opens_on = min([held.window_opens_on, *(opens_on for _, opens_on in anew)])
        return ("renewable" if on >= opens_on else "valid"), renew_by

    newest, over = latest(facts, on), ended(facts, on)
    if newest is not None and revoked(newest, on):
        return "revoked", due_on and after_leave(facts, due_on, on)
    if over is not None:
        renew_by = min([over.valid_until - ONE_DAY, *(by for by, _ in asked_anew(facts, over, on))])
        was_overdue = renew_by < over.valid_until - ONE_DAY and is_past(after_leave(facts, renew_by, on), on)
        due_on = after_leave(facts, max(renew_by, due_on or renew_by), on)
        if asked and was_overdue and not waiting:  # grace is for the printed end
            return "expired", due_on
        if in_grace(facts, over, on):
            return "grace", due_on
        return ("expired" if asked else "lapsed"), due_on

    if not asked:
        return "not_required", None
    moved_on = due_on and after_leave(facts, due_on, on)
    if any(one.due_on is None for one in asked):
        return "needs_date", moved_on
    if is_past(moved_on, on) and not waiting:
        return "overdue", moved_on
    return ("in_progress" if any(holds(cycle, on) for cycle in facts.cycles) else "assigned"), moved_on


def standing(facts: Facts, on: date) -> Answer:
    """Return what the table says, with what leave and extensions lay over it."""
    state, due_on = state_on(facts, on)
    asked = bool(live(facts, on))
    on_leave = any(holds(leave, on) for leave in facts.leaves)
    extended = [one.until - ONE_DAY for one in facts.extensions if holds(one, on)]
    policy = policy_on(facts, on)

    if state == "exempt" or on_leave:
        counts_as = "apart"
    elif asked and extended:
        counts_as = "yes"
    else:
        counts_as = {
            "valid": "yes",
            "renewable": "yes",
            "grace": "yes" if policy.grace_counts else "no",
            "assigned": "yes" if policy.assigned_counts else "no",
            "in_progress": "yes" if policy.assigned_counts else "no",
            "overdue": "no",
            "expired": "no",
            "revoked": "no",
        }.get(state, "apart")
    waiting = any(holds(way, on) for way in facts.other_ways)
    if waiting and counts_as == "no":
        counts_as = "apart"
    if not asked or state == "exempt":
        due_on = None
    elif extended:
        due_on = max([*extended, *([due_on] if due_on else [])])
    overlays = {"on_leave": on_leave, "extended": extended, "another_way": waiting}
    return Answer(state, {name for name, is_so in overlays.items() if is_so}, counts_as, due_on)
