"""Where a person stands with one certification on any date: a pure function of (facts, date).

Plain Python: no clock, no database, no settings. Every date is a local date of the obligation's time zone.
The facts are dated, so the answer for a past date changes only when a fact is added that was effective by
then. To ask what was known then, hand in the facts as they were recorded then. The rules are numbered as in
``certificates.validity``, and go on:

R10  A waiver exempts; it is counted apart.
R11  Leave moves due dates to some days after the return; it moves no end of validity.
R12  A requirement that ended leaves its evidence in place.
R13  Of several live requirements the earliest due date counts.
R14  A requirement whose due date cannot be worked out is a state of its own.
R15  Newer content can ask for a renewal by a date; the certificate stays authentic.
R17  Revocation is one more fact.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple, TypeVar

from certificates.validity import ONE_DAY, starts_at
from compliance.recurrence import Next, Recurs, again

SomeFact = TypeVar("SomeFact")


class State(StrEnum):
    """The state of one obligation on one day; exactly one holds.

    IN_PROGRESS is for the learner alone: employers read it as ASSIGNED.
    """

    NOT_REQUIRED = "not_required"
    NEEDS_DATE = "needs_date"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    VALID = "valid"
    RENEWABLE = "renewable"
    GRACE = "grace"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    EXEMPT = "exempt"
    REVOKED = "revoked"


class Overlay(StrEnum):
    """What is shown beside the state without changing it.

    ANOTHER_WAY is for the learner and their trainer; an employer learns of it once it is agreed, and not before.
    """

    ON_LEAVE = "on_leave"
    EXTENDED = "extended"
    ANOTHER_WAY = "another_way"


class CountsAs(StrEnum):
    """How a rate counts the person; ``apart`` is in neither part of the fraction and is listed."""

    YES = "yes"
    NO = "no"
    APART = "apart"


class ReasonCode(StrEnum):
    """Which kind of fact a reason is about; ``started`` is the learner's own, as IN_PROGRESS is."""

    WAIVER = "waiver"
    PERIOD = "period"
    PERIOD_ENDED = "period_ended"
    PERIOD_REVOKED = "period_revoked"
    NEW_CONTENT = "new_content"
    ADDITION = "addition"
    SOONER_THAN_PRINTED = "sooner_than_printed"
    NO_BASE_DATE = "no_base_date"
    STARTED = "started"
    REQUIREMENT = "requirement"
    DUE_AFTER_LEAVE = "due_after_leave"
    GRACE_AFTER_LEAVE = "grace_after_leave"
    LEAVE = "leave"
    EXTENSION = "extension"
    DUE_SET = "due_set"
    ANOTHER_WAY = "another_way"


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that made the standing what it is; the page turns it into a sentence.

    ``from_on`` and ``until`` (exclusive) are the fact's own dates, ``due_on`` the last good day that follows
    from it; ``detail`` is a key from a closed list (of waivers, of revocations; asked or agreed).
    """

    code: ReasonCode
    requirement_id: str | None = None
    label: str | None = None
    from_on: date | None = None
    until: date | None = None
    due_on: date | None = None
    detail: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the reason as plain JSON values, dates in ISO form, without what it does not say."""
        said = {
            "requirement_id": self.requirement_id,
            "label": self.label,
            "from_on": self.from_on,
            "until": self.until,
            "due_on": self.due_on,
            "detail": self.detail,
        }
        texts = {name: str(value) for name, value in said.items() if value is not None}
        return {"code": str(self.code)} | texts


class FactError(ValueError):
    """A fact whose dates are out of order; carries ``fact``."""

    def __init__(self, fact: object) -> None:
        self.fact = fact
        super().__init__(f"dates out of order: {fact}")


@dataclass(frozen=True, slots=True)
class Span:
    """From ``from_on`` until ``until``, which is exclusive; None is open.

    Employments and leave are plain spans. A cycle is one from its first event to its completion.

    Raises:
        FactError: it is empty or ends before it starts.
    """

    from_on: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.from_on:
            raise FactError(self)

    def covers(self, on: date) -> bool:
        """Whether the day lies in the span."""
        return self.from_on <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Span):
    """That the certification must be held, and why.

    ``due_on`` is the last good day of the first completion; None while its base date is unknown (R14). With
    ``recurs``, a completion satisfies this requirement until that asks again, however long the certificate says.
    ``due_by`` says where the due date comes from: the rule, somebody who ``set`` it for the person, or the
    ``default`` for whoever has no base date.
    """

    id: str
    label: str = ""
    due_on: date | None = None
    recurs: Recurs | None = None
    due_by: Literal["rule", "set", "default"] = "rule"


@dataclass(frozen=True, slots=True)
class Waiver(Span):
    """An exemption, which always has an end; ``reason`` is from the closed list (R10)."""

    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Extension(Span):
    """More time, to the day before ``until``: it moves what is due and what counts, and no state (R9)."""

    until: date


@dataclass(frozen=True, slots=True)
class AnotherWay(Span):
    """That the person has asked to learn this another way, or that it is ``agreed``.

    While it runs nothing becomes past due, and what has ended counts apart: asking is no refusal. It makes nothing
    valid.
    """

    agreed: bool = False


@dataclass(frozen=True, slots=True)
class NewContent:
    """That newer content asks something of whoever holds the old (R15), from ``from_on`` until it is learnt.

    ``by`` is the last good day, ``done_on`` the day on which the newer content was learnt. An ``addition`` is a task
    beside the certificate, and moves nothing; anything else is a renewal.
    """

    from_on: date
    by: date
    done_on: date | None = None
    addition: bool = False

    def asks(self, on: date) -> bool:
        """Whether it is still to be done on this day."""
        return self.from_on <= on and (self.done_on is None or on < self.done_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPeriod:
    """A validity period as the certificate has it, and what happened to it since.

    ``completed_on`` is the day it was earned: a renewal in the window is earned before ``valid_from``, and no
    date before it knows of the period. ``revoked_on`` is the first day on which it no longer counts. Newer
    content (R15) asks, from ``retrain_from`` on, for a renewal by ``retrain_by``, the last good day; where there is
    more of it, or some of it was learnt since, ``newer`` holds it.

    Raises:
        FactError: the dates are out of order, or only one of the two about newer content is given.
    """

    completed_on: date
    valid_from: date
    valid_until: date
    window_opens_on: date
    grace_until: date
    revoked_on: date | None = None
    revoked_reason: str = ""
    retrain_from: date | None = None
    retrain_by: date | None = None
    newer: tuple[NewContent, ...] = ()

    def __post_init__(self) -> None:
        in_order = (
            self.completed_on <= self.valid_from < self.valid_until <= self.grace_until
            and self.window_opens_on < self.valid_until
            and (self.revoked_on is None or self.completed_on <= self.revoked_on)
        )
        if not in_order or (self.retrain_from is None) != (self.retrain_by is None):
            raise FactError(self)

    @property
    def new_content(self) -> tuple[NewContent, ...]:
        """Return all that newer content asks of whoever holds this."""
        if self.retrain_from is None or self.retrain_by is None:
            return self.newer
        return (NewContent(self.retrain_from, self.retrain_by), *self.newer)

    @property
    def last_valid_on(self) -> date:
        """The last good day, which is printed."""
        return self.valid_until - ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPolicy:
    """What an organisation decides about counting and about leave.

    ``assigned_counts``: people count as compliant until their first due date. ``grace_counts``: so do those
    in grace. Once a leave has begun, nothing is due sooner than ``due_after_leave_days`` after the return; a
    certificate that ended on leave, or in its grace, has ``grace_after_leave_days`` of grace from the return.
    """

    assigned_counts: bool = True
    grace_counts: bool = False
    due_after_leave_days: int = 14
    grace_after_leave_days: int = 0


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """That an organisation decides otherwise from a day on."""

    from_on: date
    policy: StandingPolicy


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one person and one certification; the order within each tuple means nothing.

    A requirement is live on the days it covers on which an employment covers the person too (R12).
    ``cycles`` are the spans from a cycle's first event until its completion, the open one without an end.
    ``policy`` holds until the first of ``policy_changes``, which are sorted, one a day.
    ``zone`` is the time zone in which all dates are meant (R1).
    """

    employments: tuple[Span, ...]
    requirements: tuple[Requirement, ...] = ()
    periods: tuple[HeldPeriod, ...] = ()
    cycles: tuple[Span, ...] = ()
    leaves: tuple[Span, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    extensions: tuple[Extension, ...] = ()
    other_ways: tuple[AnotherWay, ...] = ()
    policy: StandingPolicy = StandingPolicy()
    policy_changes: tuple[PolicyChange, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the person stands, and why.

    ``due_on`` is the last good day to act, None where nothing is asked or no date is known.
    ``next_change_on`` is the first day on which any of the other parts differs, None for never;
    ``next_change_at`` is the UTC instant at which that day starts. ``reasons`` begin with what decided.
    """

    state: State
    overlays: tuple[Overlay, ...]
    counts_as: CountsAs
    due_on: date | None
    next_change_on: date | None
    next_change_at: datetime | None
    reasons: tuple[Reason, ...]


class StandingSpan(NamedTuple):
    """From ``from_on`` until ``until`` (exclusive, None is open) the standing is this one."""

    from_on: date
    until: date | None
    standing: Standing


def standing(facts: Facts, on: date) -> Standing:
    """Return the standing on a local date.

    Raises:
        UnknownZone: the facts name no time zone.
    """
    facts = _in_one_order(facts)
    now = _judge(facts, on)
    later = (day for day in _breakpoints(facts) if day > on)
    return _changing_on(facts, now, next((day for day in later if _judge(facts, day) != now), None))


def standing_alone(facts: Facts, on: date) -> Standing:
    """Return the standing on a local date without when it changes next, for whoever asks of that day alone."""
    return _judge(_in_one_order(facts), on)


def spans(facts: Facts, *, since: date = date.min) -> Iterator[StandingSpan]:
    """Yield the standing of all dates from ``since`` on as spans that touch; each is as long as it can be.

    The first starts on ``since``, the last is open. On every day the span that covers it holds what
    ``standing`` returns.

    Raises:
        UnknownZone: the facts name no time zone.
    """
    facts = _in_one_order(facts)
    from_on = since
    now = _judge(facts, from_on)
    for day in _breakpoints(facts):
        if day <= since:
            continue
        following = _judge(facts, day)
        if following != now:
            yield StandingSpan(from_on, day, _changing_on(facts, now, day))
            from_on, now = day, following
    yield StandingSpan(from_on, None, now)


def _in_one_order(facts: Facts) -> Facts:
    """Return the same facts in one order, so that two that tie on what is compared below are always told apart.

    Which order does not matter, only that it is one: the words of a fact hold all of it.
    """

    def ordered(some: tuple[SomeFact, ...]) -> tuple[SomeFact, ...]:
        return tuple(sorted(set(some), key=repr)) if len(some) > 1 else some

    # By position, and not by ``replace``, which looks every field up: most previews spend their time here.
    return Facts(
        ordered(facts.employments),
        ordered(facts.requirements),
        ordered(facts.periods),
        ordered(facts.cycles),
        ordered(facts.leaves),
        ordered(facts.waivers),
        ordered(facts.extensions),
        ordered(facts.other_ways),
        facts.policy,
        facts.policy_changes,
        facts.zone,
    )


def _changing_on(facts: Facts, now: Standing, day: date | None) -> Standing:
    if day is None:
        return now
    return replace(now, next_change_on=day, next_change_at=starts_at(day, facts.zone))


def _breakpoints(facts: Facts) -> list[date]:
    """Return, sorted, every day on which the standing may differ from the day before, and perhaps more."""
    dated: tuple[Span, ...] = (
        *facts.employments,
        *facts.requirements,
        *facts.cycles,
        *facts.leaves,
        *facts.waivers,
        *facts.extensions,
        *facts.other_ways,
    )
    days: set[date | None] = {day for span in dated for day in (span.from_on, span.until)}
    dues: set[date | None] = {requirement.due_on for requirement in facts.requirements}
    days |= {change.from_on for change in facts.policy_changes}
    for policy in (facts.policy, *(change.policy for change in facts.policy_changes)):
        for leave in facts.leaves:
            if leave.until is not None:
                dues.add(leave.until + timedelta(days=policy.due_after_leave_days))
                days.add(leave.until + timedelta(days=policy.grace_after_leave_days))
    for period in facts.periods:
        days |= {period.completed_on, period.valid_from, period.window_opens_on, period.valid_until}
        days |= {period.grace_until, period.revoked_on}
        for content in period.new_content:
            days |= {content.from_on, content.done_on}
            dues.add(content.by)
    for due_on, opens_on in _recurring_days(facts):
        dues.add(due_on)
        days.add(opens_on)
    ends = {due_on + ONE_DAY for due_on in dues if due_on is not None}
    windows = {period.valid_until - period.window_opens_on for period in facts.periods}
    days |= ends | {end - window for end in ends for window in windows}
    return sorted(day for day in days if day is not None and day > date.min)


def _recurring_days(facts: Facts) -> Iterator[Next]:
    """Yield when each requirement asks again after each period, whichever are revoked by then."""
    recurring = {requirement.recurs for requirement in facts.requirements if requirement.recurs is not None}
    if not recurring:
        return
    revoked_on = {period.revoked_on for period in facts.periods if period.revoked_on is not None}
    for day in (date.min, *revoked_on):
        counted = [period for period in facts.periods if not _is_revoked(period, day)]
        for recurs, period in itertools.product(recurring, counted):
            if (found := again(recurs, _completed_by(counted, period))) is not None:
                yield found


def _completed_by(counted: Iterable[HeldPeriod], period: HeldPeriod) -> list[date]:
    """Return on which days ``period`` and those before it were earned."""
    return [it.completed_on for it in counted if it.completed_on <= period.completed_on]


class _Verdict(NamedTuple):
    """A state, the day by which to act before leave moves it, and the facts that decided."""

    state: State
    due_on: date | None
    reasons: list[Reason]


def _judge(facts: Facts, on: date) -> Standing:
    """Return the standing on a day without what comes next."""
    if facts.policy_changes:
        facts = replace(facts, policy=_policy_on(facts, on), policy_changes=())
    live = _live_requirements(facts, on)
    verdict = _verdict(facts, live, on)
    due_on = _after_leave(facts, verdict.due_on, on) if live else None
    reasons = list(verdict.reasons)
    if live and due_on != verdict.due_on:
        reasons.append(Reason(ReasonCode.DUE_AFTER_LEAVE, from_on=verdict.due_on, due_on=due_on))

    overlays: list[Overlay] = []
    counts_as = _counts_as(verdict.state, facts.policy)
    extended_until = max((span.until for span in facts.extensions if span.covers(on)), default=None)
    if extended_until is not None:
        overlays.append(Overlay.EXTENDED)
        last_on = extended_until - ONE_DAY
        if live and verdict.state != State.EXEMPT:
            due_on = last_on if due_on is None else max(due_on, last_on)
            counts_as = CountsAs.YES
        reasons.append(Reason(ReasonCode.EXTENSION, until=extended_until, due_on=last_on))
    other_ways = sorted((span for span in facts.other_ways if span.covers(on)), key=lambda it: (it.from_on, it.agreed))
    if other_ways:
        overlays.append(Overlay.ANOTHER_WAY)
        counts_as = CountsAs.APART if counts_as is CountsAs.NO else counts_as
        reasons += [
            Reason(
                ReasonCode.ANOTHER_WAY,
                from_on=span.from_on,
                until=span.until,
                detail="agreed" if span.agreed else "asked",
            )
            for span in other_ways
        ]
    leaves = sorted((span for span in facts.leaves if span.covers(on)), key=lambda it: it.from_on)
    if leaves:
        overlays.append(Overlay.ON_LEAVE)
        counts_as = CountsAs.APART
        reasons += [Reason(ReasonCode.LEAVE, from_on=span.from_on, until=span.until) for span in leaves]

    reasons += [_about(it, ReasonCode.DUE_SET) for it in live if it.due_by == "set"]
    reasons += [_about(it, ReasonCode.NO_BASE_DATE) for it in live if it.due_by == "default"]
    reasons += [_about(requirement, ReasonCode.REQUIREMENT) for requirement in live]
    return Standing(
        state=verdict.state,
        overlays=tuple(overlays),
        counts_as=counts_as,
        due_on=due_on,
        next_change_on=None,
        next_change_at=None,
        reasons=tuple(dict.fromkeys(reasons)),  # a fact delivered twice is one reason
    )


def _policy_on(facts: Facts, on: date) -> StandingPolicy:
    """Return what the organisation has decided for a day."""
    decided = [change.policy for change in facts.policy_changes if change.from_on <= on]
    return decided[-1] if decided else facts.policy


def _counts_as(state: State, policy: StandingPolicy) -> CountsAs:
    match state:
        case State.VALID | State.RENEWABLE:
            return CountsAs.YES
        case State.ASSIGNED | State.IN_PROGRESS:
            return CountsAs.YES if policy.assigned_counts else CountsAs.NO
        case State.GRACE:
            return CountsAs.YES if policy.grace_counts else CountsAs.NO
        case State.OVERDUE | State.EXPIRED | State.REVOKED:
            return CountsAs.NO
        case State.EXEMPT | State.NEEDS_DATE | State.NOT_REQUIRED | State.LAPSED:
            return CountsAs.APART


def _live_requirements(facts: Facts, on: date) -> list[Requirement]:
    """Return the requirements that ask something on this day, the soonest due first."""
    if not any(employment.covers(on) for employment in facts.employments):
        return []
    live = [requirement for requirement in facts.requirements if requirement.covers(on)]
    return sorted(live, key=lambda it: (it.due_on or date.max, it.id, it.from_on))


def _about(requirement: Requirement, code: ReasonCode, due_on: date | None = None) -> Reason:
    return Reason(
        code,
        requirement_id=requirement.id,
        label=requirement.label,
        from_on=requirement.from_on,
        until=requirement.until,
        due_on=due_on or requirement.due_on,
    )


def _verdict(facts: Facts, live: list[Requirement], on: date) -> _Verdict:
    """Return the first state that matches, in the order of the specification."""
    waivers = [waiver for waiver in facts.waivers if waiver.covers(on)]
    if waivers:
        waivers.sort(key=lambda it: (it.until, it.from_on, it.reason), reverse=True)
        return _Verdict(
            State.EXEMPT,
            None,
            [Reason(ReasonCode.WAIVER, from_on=it.from_on, until=it.until, detail=it.reason) for it in waivers],
        )
    known = [period for period in facts.periods if period.completed_on <= on]
    counted = [period for period in known if not _is_revoked(period, on)]
    governing = _end_of_chain(counted, on)
    if governing is not None:
        return _while_valid(facts, live, counted, governing, on)
    started = [period for period in known if period.valid_from <= on]
    if not started:
        return _before_the_first(facts, live, on)
    latest = max(started, key=lambda it: (it.completed_on, it.valid_from, it.valid_until, not _is_revoked(it, on)))
    if _is_revoked(latest, on):
        return _while_revoked(facts, live, latest, on)
    ended = max((period for period in counted if period.valid_from <= on), key=_reach)
    return _after_the_end(facts, live, counted, ended, on)


def _is_revoked(period: HeldPeriod, on: date) -> bool:
    return period.revoked_on is not None and period.revoked_on <= on


def _reach(period: HeldPeriod) -> tuple[date, date]:
    """Order periods by how far they reach; of two with one end, the one earned later governs."""
    return period.valid_until, period.completed_on


def _end_of_chain(periods: Iterable[HeldPeriod], on: date) -> HeldPeriod | None:
    """Return the period that ends the contiguous chain which covers the day; None if nothing covers it."""
    by_start = sorted(periods, key=lambda it: it.valid_from)
    end = next((it for it in by_start if it.valid_from <= on < it.valid_until), None)
    if end is None:
        return None
    for period in by_start:
        if period.valid_from <= end.valid_until and _reach(period) > _reach(end):
            end = period
    return end


class _Renewal(NamedTuple):
    """By when a period has to be renewed, from when it may be, and who asks for it sooner than is printed."""

    due_on: date
    opens_on: date
    reasons: list[Reason]


def _renewal(live: list[Requirement], counted: Sequence[HeldPeriod], period: HeldPeriod, on: date) -> _Renewal:
    """``counted`` are the periods that count on the day ``on``, ``period`` among them."""
    due_on, opens_on = period.last_valid_on, period.window_opens_on
    reasons: list[Reason] = []
    for requirement in live:
        if requirement.recurs is None:
            continue
        following = again(requirement.recurs, _completed_by(counted, period))
        if following is None:
            continue
        # Evidence older than the requirement is good until the requirement's own first due date.
        again_on = max(following.due_on, requirement.due_on or following.due_on)
        if again_on < period.last_valid_on:
            due_on = min(due_on, again_on)
            # Without a window of its own, that of the certificate keeps its length before a due date that comes sooner.
            length = period.valid_until - period.window_opens_on
            opens_on = min(opens_on, following.opens_on or again_on + ONE_DAY - length)
            reasons.append(_about(requirement, ReasonCode.SOONER_THAN_PRINTED, again_on))
    for content in sorted(period.new_content, key=lambda it: (it.by, it.from_on)):
        if not content.asks(on):
            continue
        if content.addition:
            reasons.append(Reason(ReasonCode.ADDITION, from_on=content.from_on, due_on=content.by))
            continue
        due_on = min(due_on, content.by)
        opens_on = min(opens_on, content.from_on)
        reasons.append(Reason(ReasonCode.NEW_CONTENT, from_on=content.from_on, due_on=content.by))
    return _Renewal(due_on, opens_on, reasons)


def _while_valid(
    facts: Facts, live: list[Requirement], counted: Sequence[HeldPeriod], period: HeldPeriod, on: date
) -> _Verdict:
    """Judge a day that a chain covers; OVERDUE where a rule asked for more than the certificate says."""
    renewal = _renewal(live, counted, period, on)
    reasons = [*renewal.reasons, _period_reason(ReasonCode.PERIOD, period)]
    if live and _is_past_due(facts, renewal.due_on, on):
        return _Verdict(State.OVERDUE, renewal.due_on, reasons)
    return _Verdict(State.RENEWABLE if on >= renewal.opens_on else State.VALID, renewal.due_on, reasons)


def _while_revoked(facts: Facts, live: list[Requirement], period: HeldPeriod, on: date) -> _Verdict:
    reasons = [
        Reason(
            ReasonCode.PERIOD_REVOKED,
            from_on=period.revoked_on,
            until=period.valid_until,
            detail=period.revoked_reason,
        )
    ]
    return _Verdict(State.REVOKED, _first_due_on(live), reasons)


def _after_the_end(
    facts: Facts, live: list[Requirement], counted: Sequence[HeldPeriod], period: HeldPeriod, on: date
) -> _Verdict:
    reasons = [_period_reason(ReasonCode.PERIOD_ENDED, period)]
    renewal = _renewal(live, counted, period, on)
    due_on = max(renewal.due_on, _first_due_on(live) or renewal.due_on)
    was_overdue = renewal.due_on < period.last_valid_on and _is_past_due(facts, renewal.due_on, on)
    if live and was_overdue:  # grace is for the printed end; who was overdue before it has none
        return _Verdict(State.EXPIRED, due_on, [*renewal.reasons, *reasons])
    if on < period.grace_until:
        return _Verdict(State.GRACE, due_on, reasons)
    if any(_has_grace_after(leave, facts.policy, period, on) for leave in facts.leaves):
        return _Verdict(State.GRACE, due_on, [*reasons, Reason(ReasonCode.GRACE_AFTER_LEAVE)])
    return _Verdict(State.EXPIRED if live else State.LAPSED, due_on, reasons)


def _has_grace_after(leave: Span, policy: StandingPolicy, period: HeldPeriod, on: date) -> bool:
    """Whether the person was on leave at the end of the period or in its grace, and is so or just back."""
    if not policy.grace_after_leave_days or not leave.from_on < period.grace_until:
        return False
    if leave.until is None:
        return True
    return period.valid_until <= leave.until and on < leave.until + timedelta(days=policy.grace_after_leave_days)


def _before_the_first(facts: Facts, live: list[Requirement], on: date) -> _Verdict:
    if not live:
        return _Verdict(State.NOT_REQUIRED, None, [])
    reasons = [_about(it, ReasonCode.NO_BASE_DATE) for it in live if it.due_on is None]
    due_on = _first_due_on(live)
    if reasons:
        return _Verdict(State.NEEDS_DATE, due_on, reasons)
    if _is_past_due(facts, due_on, on):
        return _Verdict(State.OVERDUE, due_on, reasons)
    started_on = min((cycle.from_on for cycle in facts.cycles if cycle.covers(on)), default=None)
    if started_on is None:
        return _Verdict(State.ASSIGNED, due_on, reasons)
    return _Verdict(State.IN_PROGRESS, due_on, [Reason(ReasonCode.STARTED, from_on=started_on)])


def _period_reason(code: ReasonCode, period: HeldPeriod) -> Reason:
    return Reason(code, from_on=period.valid_from, until=period.valid_until, due_on=period.last_valid_on)


def _first_due_on(live: list[Requirement]) -> date | None:
    return min((it.due_on for it in live if it.due_on is not None), default=None)


def _is_past_due(facts: Facts, due_on: date | None, on: date) -> bool:
    if any(span.covers(on) for span in facts.other_ways):
        return False
    moved_on = _after_leave(facts, due_on, on)
    return moved_on is not None and on > moved_on


def _after_leave(facts: Facts, due_on: date | None, on: date) -> date | None:
    """Return the due date as the leave that has begun by now moves it (R11); None if it has no known end."""
    for leave in facts.leaves:
        if due_on is None or leave.from_on > on:
            continue
        if leave.until is None:
            return None
        due_on = max(due_on, leave.until + timedelta(days=facts.policy.due_after_leave_days))
    return due_on
