"""Standing: a table for each state, the chain of periods, what adjustments do, and spans against days."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.validity import Duration, PolicyError, UnknownZone, ValidityPolicy, next_period
from compliance.recurrence import EachRenewal, parse_recurs
from compliance.standing import (
    AnotherWay,
    CountsAs,
    Extension,
    FactError,
    Facts,
    HeldPeriod,
    NewContent,
    Overlay,
    PolicyChange,
    Reason,
    ReasonCode,
    Requirement,
    Span,
    StandingPolicy,
    State,
    Waiver,
    spans,
    standing,
)

DAY = timedelta(days=1)
HIRED_ON = date(2025, 1, 1)
REQUIRED = Requirement(HIRED_ON, id="r1", label="Hotel staff", due_on=date(2025, 3, 1))
FIRST = HeldPeriod(
    completed_on=date(2025, 2, 1),
    valid_from=date(2025, 2, 1),
    valid_until=date(2026, 2, 1),
    window_opens_on=date(2025, 12, 1),
    grace_until=date(2026, 2, 15),
)
RENEWED = HeldPeriod(
    completed_on=date(2025, 12, 20),
    valid_from=date(2026, 2, 1),
    valid_until=date(2027, 2, 1),
    window_opens_on=date(2026, 12, 1),
    grace_until=date(2027, 2, 15),
)
THREE_YEARS = HeldPeriod(
    completed_on=date(2025, 2, 1),
    valid_from=date(2025, 2, 1),
    valid_until=date(2028, 2, 1),
    window_opens_on=date(2027, 12, 1),
    grace_until=date(2028, 2, 1),
)


def known(**facts):
    """Return the facts about somebody hired on 1 Jan 2025 and due on 1 Mar 2025, with ``facts`` on top."""
    return Facts(**({"employments": (Span(HIRED_ON),), "requirements": (REQUIRED,)} | facts))


def states(facts, *days):
    return [standing(facts, day).state for day in days]


def codes(facts, on):
    return [reason.code for reason in standing(facts, on).reasons]


# --- a table for each state ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "on", "state", "counts_as", "due_on"),
    [
        # NOT_REQUIRED
        (known(requirements=()), date(2025, 5, 1), State.NOT_REQUIRED, CountsAs.APART, None),
        (known(), date(2024, 12, 31), State.NOT_REQUIRED, CountsAs.APART, None),
        (known(employments=()), date(2025, 2, 1), State.NOT_REQUIRED, CountsAs.APART, None),
        # NEEDS_DATE
        (
            known(requirements=(replace(REQUIRED, due_on=None),)),
            date(2025, 2, 1),
            State.NEEDS_DATE,
            CountsAs.APART,
            None,
        ),
        (
            known(requirements=(REQUIRED, replace(REQUIRED, id="r2", due_on=None))),
            date(2025, 4, 1),
            State.NEEDS_DATE,
            CountsAs.APART,
            date(2025, 3, 1),
        ),
        # ASSIGNED
        (known(), date(2025, 1, 1), State.ASSIGNED, CountsAs.YES, date(2025, 3, 1)),
        (known(), date(2025, 3, 1), State.ASSIGNED, CountsAs.YES, date(2025, 3, 1)),
        (
            known(policy=StandingPolicy(assigned_counts=False)),
            date(2025, 3, 1),
            State.ASSIGNED,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
        # IN_PROGRESS
        (
            known(cycles=(Span(date(2025, 2, 10)),)),
            date(2025, 2, 9),
            State.ASSIGNED,
            CountsAs.YES,
            date(2025, 3, 1),
        ),
        (
            known(cycles=(Span(date(2025, 2, 10)),)),
            date(2025, 2, 10),
            State.IN_PROGRESS,
            CountsAs.YES,
            date(2025, 3, 1),
        ),
        (
            known(cycles=(Span(date(2025, 2, 10)),), policy=StandingPolicy(assigned_counts=False)),
            date(2025, 2, 10),
            State.IN_PROGRESS,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
        # OVERDUE
        (known(), date(2025, 3, 2), State.OVERDUE, CountsAs.NO, date(2025, 3, 1)),
        (
            known(cycles=(Span(date(2025, 2, 10)),)),
            date(2025, 3, 2),
            State.OVERDUE,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
        # VALID
        (known(periods=(FIRST,)), date(2025, 2, 1), State.VALID, CountsAs.YES, date(2026, 1, 31)),
        (known(periods=(FIRST,)), date(2025, 11, 30), State.VALID, CountsAs.YES, date(2026, 1, 31)),
        (
            known(periods=(FIRST,), requirements=()),
            date(2025, 11, 30),
            State.VALID,
            CountsAs.YES,
            None,
        ),
        (
            known(periods=(FIRST,), requirements=(replace(REQUIRED, due_on=None),)),
            date(2025, 11, 30),
            State.VALID,
            CountsAs.YES,
            date(2026, 1, 31),
        ),
        # RENEWABLE
        (known(periods=(FIRST,)), date(2025, 12, 1), State.RENEWABLE, CountsAs.YES, date(2026, 1, 31)),
        (known(periods=(FIRST,)), date(2026, 1, 31), State.RENEWABLE, CountsAs.YES, date(2026, 1, 31)),
        # GRACE
        (known(periods=(FIRST,)), date(2026, 2, 1), State.GRACE, CountsAs.NO, date(2026, 1, 31)),
        (known(periods=(FIRST,)), date(2026, 2, 14), State.GRACE, CountsAs.NO, date(2026, 1, 31)),
        (
            known(periods=(FIRST,), policy=StandingPolicy(grace_counts=True)),
            date(2026, 2, 14),
            State.GRACE,
            CountsAs.YES,
            date(2026, 1, 31),
        ),
        # EXPIRED
        (known(periods=(FIRST,)), date(2026, 2, 15), State.EXPIRED, CountsAs.NO, date(2026, 1, 31)),
        (
            known(periods=(FIRST,), requirements=(replace(REQUIRED, due_on=None),)),
            date(2030, 1, 1),
            State.EXPIRED,
            CountsAs.NO,
            date(2026, 1, 31),
        ),
        # LAPSED
        (
            known(periods=(FIRST,), employments=(Span(HIRED_ON, date(2026, 1, 1)),)),
            date(2026, 2, 15),
            State.LAPSED,
            CountsAs.APART,
            None,
        ),
        (
            known(periods=(FIRST,), requirements=(replace(REQUIRED, until=date(2026, 3, 1)),)),
            date(2026, 3, 1),
            State.LAPSED,
            CountsAs.APART,
            None,
        ),
        # EXEMPT
        (
            known(waivers=(Waiver(date(2025, 4, 1), date(2025, 6, 1), reason="other_training"),)),
            date(2025, 4, 1),
            State.EXEMPT,
            CountsAs.APART,
            None,
        ),
        (
            known(
                periods=(FIRST,),
                waivers=(Waiver(date(2025, 4, 1), date(2025, 6, 1), reason="other_training"),),
            ),
            date(2025, 5, 31),
            State.EXEMPT,
            CountsAs.APART,
            None,
        ),
        (
            known(waivers=(Waiver(date(2025, 4, 1), date(2025, 6, 1), reason="other_training"),)),
            date(2025, 6, 1),
            State.OVERDUE,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
        # REVOKED
        (
            known(periods=(replace(FIRST, revoked_on=date(2025, 5, 1)),)),
            date(2025, 4, 30),
            State.VALID,
            CountsAs.YES,
            date(2026, 1, 31),
        ),
        (
            known(periods=(replace(FIRST, revoked_on=date(2025, 5, 1)),)),
            date(2025, 5, 1),
            State.REVOKED,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
        (
            known(periods=(replace(FIRST, revoked_on=date(2025, 5, 1)),)),
            date(2030, 1, 1),
            State.REVOKED,
            CountsAs.NO,
            date(2025, 3, 1),
        ),
    ],
)
def test_standing_of_each_state(facts, on, state, counts_as, due_on):
    found = standing(facts, on)

    assert (found.state, found.counts_as, found.due_on) == (state, counts_as, due_on)
    assert found.overlays == ()


def test_standing_with_fourteen_days_of_grace():  # worked example 13
    facts = known(
        periods=(
            HeldPeriod(
                completed_on=date(2025, 7, 1),
                valid_from=date(2025, 7, 1),
                valid_until=date(2026, 7, 1),
                window_opens_on=date(2026, 5, 1),
                grace_until=date(2026, 7, 15),
            ),
        )
    )

    assert states(facts, date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 14), date(2026, 7, 15)) == [
        State.RENEWABLE,
        State.GRACE,
        State.GRACE,
        State.EXPIRED,
    ]


# --- requirements ----------------------------------------------------------------------------------------


def test_standing_takes_the_earliest_due_date_of_several():  # R13
    facts = known(requirements=(REQUIRED, replace(REQUIRED, id="r2", due_on=date(2025, 2, 1))))

    found = standing(facts, date(2025, 2, 2))

    assert (found.state, found.due_on) == (State.OVERDUE, date(2025, 2, 1))
    assert [reason.requirement_id for reason in found.reasons] == ["r2", "r1"]


def test_standing_returns_to_the_later_due_date_when_a_requirement_ends():
    sooner = replace(REQUIRED, id="r2", due_on=date(2025, 2, 1), until=date(2025, 2, 10))
    facts = known(requirements=(REQUIRED, sooner))

    assert standing(facts, date(2025, 2, 9)).state == State.OVERDUE
    assert standing(facts, date(2025, 2, 10)).due_on == date(2025, 3, 1)
    assert standing(facts, date(2025, 2, 10)).state == State.ASSIGNED


def test_standing_of_somebody_who_left_and_came_back():  # R12
    facts = known(
        periods=(FIRST,),
        employments=(Span(HIRED_ON, date(2025, 6, 1)), Span(date(2026, 6, 1))),
    )

    assert states(facts, date(2025, 7, 1), date(2026, 3, 1), date(2026, 6, 1)) == [
        State.VALID,
        State.LAPSED,
        State.EXPIRED,
    ]


def test_standing_of_a_newcomer_with_old_evidence_has_the_newcomers_due_date():
    back = replace(REQUIRED, from_on=date(2026, 6, 1), due_on=date(2026, 7, 1))
    facts = known(periods=(FIRST,), employments=(Span(date(2026, 6, 1)),), requirements=(back,))

    found = standing(facts, date(2026, 6, 1))

    assert (found.state, found.due_on) == (State.EXPIRED, date(2026, 7, 1))


def test_standing_under_a_requirement_that_recurs_sooner_than_is_printed():
    yearly = replace(REQUIRED, recurs=Duration(1, "y"))
    facts = known(periods=(THREE_YEARS,), requirements=(yearly,))

    assert standing(facts, date(2025, 6, 1)).due_on == date(2026, 1, 31)
    assert states(
        facts, date(2025, 11, 30), date(2025, 12, 1), date(2026, 1, 31), date(2026, 2, 1), date(2028, 2, 1)
    ) == [State.VALID, State.RENEWABLE, State.RENEWABLE, State.OVERDUE, State.EXPIRED]
    assert standing(facts, date(2026, 2, 1)).counts_as == CountsAs.NO
    assert standing(facts, date(2026, 2, 1)).reasons[0] == Reason(
        ReasonCode.SOONER_THAN_PRINTED,
        requirement_id="r1",
        label="Hotel staff",
        from_on=HIRED_ON,
        due_on=date(2026, 1, 31),
    )


def test_standing_under_anniversaries_and_renewals_of_a_licence():
    began_on = date(2024, 1, 1)

    def held(day):
        ends_on = day.replace(year=day.year + 3, day=min(day.day, 28))
        return HeldPeriod(
            completed_on=day, valid_from=day, valid_until=ends_on, window_opens_on=ends_on - DAY, grace_until=ends_on
        )

    def asked(recurs, *periods):
        requirement = Requirement(began_on, id="r1", due_on=date(2024, 3, 31), recurs=recurs)
        return Facts(employments=(Span(began_on),), requirements=(requirement,), periods=periods)

    def standing_in(recurs, *completed, on):
        return standing(asked(recurs, *map(held, completed)), on)

    yearly = parse_recurs("12m@60d")
    done = date(2024, 2, 29), date(2025, 1, 10)
    for on, state, due_on in (
        (date(2024, 12, 30), State.VALID, date(2025, 2, 28)),
        (date(2024, 12, 31), State.RENEWABLE, date(2025, 2, 28)),
        (date(2025, 1, 10), State.VALID, date(2026, 2, 28)),
        (date(2026, 2, 28), State.RENEWABLE, date(2026, 2, 28)),
        (date(2026, 3, 1), State.OVERDUE, date(2026, 2, 28)),
    ):
        found = standing_in(yearly, *done, on=on)
        assert (found.state, found.due_on) == (state, due_on), on
    # The second completion counts no longer, so the day that it met is open again.
    facts = asked(yearly, held(done[0]), replace(held(done[1]), revoked_on=date(2025, 6, 1), revoked_reason="error"))
    assert standing(facts, date(2025, 5, 31)).state is State.VALID
    assert standing(facts, date(2025, 6, 1)).state is State.OVERDUE
    licence = EachRenewal((date(2025, 5, 4), date(2026, 5, 4)))
    found = standing_in(licence, date(2025, 5, 4), on=date(2026, 5, 4))
    assert (found.state, found.due_on, found.reasons[0].code) == (
        State.RENEWABLE,
        date(2026, 5, 4),
        ReasonCode.SOONER_THAN_PRINTED,
    )
    assert standing_in(licence, date(2025, 5, 5), on=date(2026, 5, 5)).state is State.VALID


def test_standing_under_a_requirement_that_recurs_as_printed_has_no_other_reason():
    facts = known(periods=(FIRST,), requirements=(replace(REQUIRED, recurs=Duration(1, "y")),))

    assert codes(facts, date(2025, 6, 1)) == [ReasonCode.PERIOD, ReasonCode.REQUIREMENT]


def test_standing_credits_old_evidence_until_the_recurring_requirement_is_due():
    yearly = replace(REQUIRED, from_on=date(2026, 6, 1), due_on=date(2026, 7, 31), recurs=Duration(1, "y"))
    facts = known(periods=(THREE_YEARS,), requirements=(yearly,))

    assert states(facts, date(2026, 5, 31), date(2026, 7, 31), date(2026, 8, 1)) == [
        State.VALID,
        State.RENEWABLE,
        State.OVERDUE,
    ]


# --- the chain of periods --------------------------------------------------------------------------------


def test_standing_before_a_renewal_knows_nothing_of_it():
    facts = known(periods=(FIRST, RENEWED))

    assert states(facts, date(2025, 12, 19), date(2025, 12, 20)) == [State.RENEWABLE, State.VALID]
    assert standing(facts, date(2025, 12, 19)).due_on == date(2026, 1, 31)
    assert standing(facts, date(2025, 12, 20)).due_on == date(2027, 1, 31)


def test_standing_follows_the_end_of_periods_that_touch():
    facts = known(periods=(FIRST, RENEWED))

    assert states(
        facts, date(2026, 1, 31), date(2026, 2, 1), date(2026, 12, 1), date(2027, 2, 1), date(2027, 2, 15)
    ) == [State.VALID, State.VALID, State.RENEWABLE, State.GRACE, State.EXPIRED]


def test_standing_follows_the_end_of_periods_that_overlap():
    restarted = HeldPeriod(
        completed_on=date(2025, 6, 1),
        valid_from=date(2025, 6, 1),
        valid_until=date(2026, 6, 1),
        window_opens_on=date(2026, 4, 1),
        grace_until=date(2026, 6, 1),
    )
    facts = known(periods=(FIRST, restarted))

    assert states(facts, date(2026, 1, 15), date(2026, 4, 1), date(2026, 6, 1)) == [
        State.VALID,
        State.RENEWABLE,
        State.EXPIRED,
    ]


def test_standing_with_a_gap_between_periods():
    late = replace(
        RENEWED,
        completed_on=date(2026, 4, 1),
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 4, 1),
        window_opens_on=date(2027, 2, 1),
        grace_until=date(2027, 4, 15),
    )
    facts = known(periods=(late, FIRST))

    assert states(facts, date(2026, 1, 31), date(2026, 3, 31), date(2026, 4, 1), date(2027, 4, 15)) == [
        State.RENEWABLE,
        State.EXPIRED,
        State.VALID,
        State.EXPIRED,
    ]


def test_standing_before_a_period_that_does_not_touch_follows_the_end_of_this_one():
    apart = replace(RENEWED, completed_on=date(2025, 6, 1), valid_from=date(2026, 2, 2))
    facts = known(periods=(FIRST, apart))

    assert states(facts, date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)) == [
        State.RENEWABLE,
        State.GRACE,
        State.VALID,
    ]


def test_standing_inside_a_new_window_at_once_is_renewable():
    short = replace(FIRST, window_opens_on=date(2024, 12, 1))

    assert states(known(periods=(short,)), date(2025, 2, 1)) == [State.RENEWABLE]


# --- revocation ------------------------------------------------------------------------------------------


def test_standing_after_the_renewal_is_revoked_falls_back_to_the_old_period():  # R17
    facts = known(periods=(FIRST, replace(RENEWED, revoked_on=date(2026, 1, 10), revoked_reason="error")))

    assert states(facts, date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 31), date(2026, 2, 1)) == [
        State.VALID,
        State.RENEWABLE,
        State.RENEWABLE,
        State.REVOKED,
    ]
    assert standing(facts, date(2026, 2, 1)).reasons[0] == Reason(
        ReasonCode.PERIOD_REVOKED,
        from_on=date(2026, 1, 10),
        until=date(2027, 2, 1),
        detail="error",
    )


def test_standing_after_the_old_period_is_revoked_waits_for_the_new_one():
    facts = known(periods=(replace(FIRST, revoked_on=date(2026, 1, 10)), RENEWED))

    assert states(facts, date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 31), date(2026, 2, 1)) == [
        State.VALID,
        State.REVOKED,
        State.REVOKED,
        State.VALID,
    ]


def test_standing_after_a_revocation_and_a_new_completion():
    again = HeldPeriod(
        completed_on=date(2025, 6, 1),
        valid_from=date(2025, 6, 1),
        valid_until=date(2025, 9, 1),
        window_opens_on=date(2025, 8, 1),
        grace_until=date(2025, 9, 1),
    )
    facts = known(periods=(replace(FIRST, revoked_on=date(2025, 5, 1)), again))

    # The new period ends before the revoked one would have: what expired is the new one.
    assert states(facts, date(2025, 5, 31), date(2025, 6, 1), date(2025, 9, 1)) == [
        State.REVOKED,
        State.VALID,
        State.EXPIRED,
    ]


def test_standing_after_a_revocation_and_a_new_certificate_for_the_same_completion():
    facts = known(periods=(FIRST, replace(FIRST, revoked_on=date(2025, 5, 1))))

    assert states(facts, date(2025, 5, 1), date(2026, 3, 1)) == [State.VALID, State.EXPIRED]
    assert standing(replace(facts, periods=facts.periods[::-1]), date(2026, 3, 1)).state == State.EXPIRED


def test_standing_when_revoked_on_the_day_it_was_earned():
    assert states(known(periods=(replace(FIRST, revoked_on=FIRST.completed_on),)), date(2025, 2, 1)) == [State.REVOKED]


# --- newer content ---------------------------------------------------------------------------------------


def test_standing_when_newer_content_asks_for_a_renewal():  # R15
    asked = replace(FIRST, retrain_from=date(2025, 5, 1), retrain_by=date(2025, 7, 31))
    facts = known(periods=(asked,))

    assert states(facts, date(2025, 4, 30), date(2025, 5, 1), date(2025, 7, 31), date(2025, 8, 1)) == [
        State.VALID,
        State.RENEWABLE,
        State.RENEWABLE,
        State.OVERDUE,
    ]
    assert standing(facts, date(2025, 5, 1)).due_on == date(2025, 7, 31)
    assert codes(facts, date(2025, 8, 1)) == [
        ReasonCode.NEW_CONTENT,
        ReasonCode.PERIOD,
        ReasonCode.REQUIREMENT,
    ]
    unasked = replace(facts, requirements=())
    assert standing(unasked, date(2025, 8, 1)).state == State.RENEWABLE


def test_standing_after_renewing_on_newer_content():
    asked = replace(FIRST, retrain_from=date(2025, 5, 1), retrain_by=date(2025, 7, 31))
    same_end = replace(FIRST, completed_on=date(2025, 7, 1), valid_from=date(2025, 7, 1))

    assert states(known(periods=(asked, same_end)), date(2025, 6, 30), date(2025, 8, 1)) == [
        State.RENEWABLE,
        State.VALID,
    ]


# --- adjustments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "state", "counts_as", "due_on", "overlays"),
    [
        (date(2025, 3, 9), State.OVERDUE, CountsAs.NO, date(2025, 3, 1), ()),
        (date(2025, 3, 10), State.OVERDUE, CountsAs.YES, date(2025, 3, 31), (Overlay.EXTENDED,)),
        (date(2025, 3, 31), State.OVERDUE, CountsAs.YES, date(2025, 3, 31), (Overlay.EXTENDED,)),
        (date(2025, 4, 1), State.OVERDUE, CountsAs.NO, date(2025, 3, 1), ()),
    ],
)
def test_standing_with_an_extension(on, state, counts_as, due_on, overlays):  # R9
    found = standing(known(extensions=(Extension(date(2025, 3, 10), date(2025, 4, 1)),)), on)

    assert (found.state, found.counts_as, found.due_on, found.overlays) == (
        state,
        counts_as,
        due_on,
        overlays,
    )


def test_standing_with_an_extension_leaves_the_state_and_a_later_due_date():
    extension = Extension(date(2026, 1, 15), date(2026, 3, 1))
    facts = known(periods=(FIRST,), extensions=(extension,))

    assert standing(facts, date(2026, 1, 20)).due_on == date(2026, 2, 28)
    assert states(facts, date(2026, 1, 20), date(2026, 2, 1), date(2026, 2, 15)) == [
        State.RENEWABLE,
        State.GRACE,
        State.EXPIRED,
    ]
    assert standing(facts, date(2026, 2, 20)).counts_as == CountsAs.YES
    early = known(extensions=(Extension(date(2025, 1, 1), date(2025, 2, 1)),))
    assert standing(early, date(2025, 1, 10)).due_on == date(2025, 3, 1)


def test_standing_with_two_extensions_has_the_later_due_date():
    extensions = (
        Extension(date(2025, 3, 10), date(2025, 4, 1)),
        Extension(date(2025, 3, 15), date(2025, 5, 1)),
    )

    assert standing(known(extensions=extensions), date(2025, 3, 20)).due_on == date(2025, 4, 30)


def test_standing_with_an_extension_of_nothing_counts_nothing():
    extensions = (Extension(date(2025, 2, 1), date(2025, 4, 1)),)
    unrequired = standing(known(requirements=(), extensions=extensions), date(2025, 3, 10))
    exempt = standing(
        known(waivers=(Waiver(date(2025, 2, 1), date(2025, 4, 1)),), extensions=extensions),
        date(2025, 3, 10),
    )

    assert (unrequired.counts_as, unrequired.due_on) == (CountsAs.APART, None)
    assert (exempt.counts_as, exempt.due_on) == (CountsAs.APART, None)
    assert exempt.overlays == (Overlay.EXTENDED,)


@pytest.mark.parametrize(
    ("on", "state", "counts_as", "due_on", "overlays"),
    [
        (date(2025, 2, 14), State.ASSIGNED, CountsAs.YES, date(2025, 3, 1), ()),
        (date(2025, 2, 15), State.ASSIGNED, CountsAs.APART, date(2025, 5, 15), (Overlay.ON_LEAVE,)),
        (date(2025, 4, 30), State.ASSIGNED, CountsAs.APART, date(2025, 5, 15), (Overlay.ON_LEAVE,)),
        (date(2025, 5, 1), State.ASSIGNED, CountsAs.YES, date(2025, 5, 15), ()),
        (date(2025, 5, 15), State.ASSIGNED, CountsAs.YES, date(2025, 5, 15), ()),
        (date(2025, 5, 16), State.OVERDUE, CountsAs.NO, date(2025, 5, 15), ()),
    ],
)
def test_standing_with_leave(on, state, counts_as, due_on, overlays):  # R11, 14 days
    found = standing(known(leaves=(Span(date(2025, 2, 15), date(2025, 5, 1)),)), on)

    assert (found.state, found.counts_as, found.due_on, found.overlays) == (
        state,
        counts_as,
        due_on,
        overlays,
    )


def test_standing_follows_what_was_decided_for_the_day():
    decided = (
        PolicyChange(date(2025, 4, 1), StandingPolicy(due_after_leave_days=30)),
        PolicyChange(date(2025, 6, 1), StandingPolicy(assigned_counts=False, due_after_leave_days=60)),
    )
    facts = known(leaves=(Span(date(2025, 2, 15), date(2025, 5, 1)),), policy_changes=decided)

    found = [standing(facts, on) for on in (date(2025, 3, 31), date(2025, 4, 1), date(2025, 5, 31), date(2025, 6, 1))]

    assert [(it.state, it.due_on) for it in found] == [
        (State.ASSIGNED, date(2025, 5, 15)),
        (State.ASSIGNED, date(2025, 5, 31)),
        (State.ASSIGNED, date(2025, 5, 31)),
        (State.ASSIGNED, date(2025, 6, 30)),
    ]
    assert [it.counts_as for it in found[2:]] == [CountsAs.YES, CountsAs.NO]
    assert [it.from_on for it in spans(facts)][-3:] == [date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)]


def test_standing_with_leave_without_an_end_has_no_due_date():
    found = standing(known(leaves=(Span(date(2025, 2, 15)),)), date(2025, 8, 1))

    assert (found.state, found.due_on, found.next_change_on) == (State.ASSIGNED, None, None)


def test_standing_after_leave_that_ended_long_before_is_as_if_there_was_none():
    facts = known(leaves=(Span(date(2025, 1, 2), date(2025, 1, 5)),))

    assert standing(facts, date(2025, 2, 1)) == standing(known(), date(2025, 2, 1))


def test_standing_of_a_certificate_that_ends_on_leave_tells_the_truth():
    leaves = (Span(date(2025, 11, 1), date(2026, 6, 1)),)
    facts = known(periods=(FIRST,), leaves=leaves)

    assert states(facts, date(2026, 2, 1), date(2026, 2, 15), date(2026, 6, 1)) == [
        State.GRACE,
        State.EXPIRED,
        State.EXPIRED,
    ]
    assert standing(facts, date(2026, 3, 1)).due_on == date(2026, 6, 15)
    granted = replace(facts, policy=StandingPolicy(grace_after_leave_days=10))
    assert states(granted, date(2026, 2, 15), date(2026, 6, 10), date(2026, 6, 11)) == [
        State.GRACE,
        State.GRACE,
        State.EXPIRED,
    ]


@pytest.mark.parametrize(
    ("leave", "state"),
    [
        (Span(date(2026, 1, 1), date(2026, 2, 1)), State.GRACE),  # back on the first day without
        (Span(date(2026, 1, 1), date(2026, 1, 31)), State.EXPIRED),  # back on the last valid day
        (Span(date(2026, 2, 14), date(2026, 3, 1)), State.GRACE),  # left on the last day of grace
        (Span(date(2026, 2, 15), date(2026, 3, 1)), State.EXPIRED),
        (Span(date(2026, 1, 1)), State.GRACE),
    ],
)
def test_standing_has_grace_only_after_leave_that_met_the_end(leave, state):
    facts = known(periods=(FIRST,), leaves=(leave,), policy=StandingPolicy(grace_after_leave_days=40))

    assert standing(facts, date(2026, 3, 5)).state == state


def test_standing_with_both_overlays_counts_apart():
    facts = known(
        leaves=(Span(date(2025, 3, 5), date(2025, 4, 1)),),
        extensions=(Extension(date(2025, 3, 10), date(2025, 4, 1)),),
    )

    found = standing(facts, date(2025, 3, 15))

    assert found.overlays == (Overlay.EXTENDED, Overlay.ON_LEAVE)
    assert found.counts_as == CountsAs.APART


# --- reasons and the next change -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        (known(), date(2025, 2, 1), [ReasonCode.REQUIREMENT]),
        (
            known(cycles=(Span(date(2025, 1, 10)),)),
            date(2025, 2, 1),
            [ReasonCode.STARTED, ReasonCode.REQUIREMENT],
        ),
        (
            known(requirements=(replace(REQUIRED, due_on=None),)),
            date(2025, 2, 1),
            [ReasonCode.NO_BASE_DATE, ReasonCode.REQUIREMENT],
        ),
        (known(periods=(FIRST,)), date(2025, 6, 1), [ReasonCode.PERIOD, ReasonCode.REQUIREMENT]),
        (known(periods=(FIRST,)), date(2026, 6, 1), [ReasonCode.PERIOD_ENDED, ReasonCode.REQUIREMENT]),
        (
            known(
                leaves=(Span(date(2025, 2, 15), date(2025, 5, 1)),),
                extensions=(Extension(date(2025, 3, 10), date(2025, 4, 1)),),
            ),
            date(2025, 3, 15),
            [
                ReasonCode.DUE_AFTER_LEAVE,
                ReasonCode.EXTENSION,
                ReasonCode.LEAVE,
                ReasonCode.REQUIREMENT,
            ],
        ),
        (
            known(waivers=(Waiver(date(2025, 2, 1), date(2025, 4, 1)),)),
            date(2025, 3, 10),
            [ReasonCode.WAIVER, ReasonCode.REQUIREMENT],
        ),
        (known(requirements=()), date(2025, 2, 1), []),
    ],
)
def test_standing_gives_its_reasons(facts, on, expected):
    assert codes(facts, on) == expected


def test_reason_to_json_is_plain_and_says_only_what_it_knows():
    reason = standing(known(), date(2025, 2, 1)).reasons[0]

    assert json.loads(json.dumps(reason.to_json())) == {
        "code": "requirement",
        "requirement_id": "r1",
        "label": "Hotel staff",
        "from_on": "2025-01-01",
        "due_on": "2025-03-01",
    }


def test_standing_says_when_it_changes_next():
    facts = known(periods=(FIRST,), zone="Australia/Perth")

    found = standing(facts, date(2025, 6, 1))

    assert found.next_change_on == date(2025, 12, 1)
    assert found.next_change_at == datetime(2025, 11, 30, 16, tzinfo=UTC)
    assert standing(facts, date(2026, 2, 15)).next_change_on is None
    assert standing(facts, date(2026, 2, 15)).next_change_at is None


def test_spans_tell_a_whole_story():
    facts = known(periods=(FIRST,), cycles=(Span(date(2025, 1, 20), date(2025, 2, 1)),))

    assert [(span.from_on, span.until, span.standing.state) for span in spans(facts)] == [
        (date.min, date(2025, 1, 1), State.NOT_REQUIRED),
        (date(2025, 1, 1), date(2025, 1, 20), State.ASSIGNED),
        (date(2025, 1, 20), date(2025, 2, 1), State.IN_PROGRESS),
        (date(2025, 2, 1), date(2025, 12, 1), State.VALID),
        (date(2025, 12, 1), date(2026, 2, 1), State.RENEWABLE),
        (date(2026, 2, 1), date(2026, 2, 15), State.GRACE),
        (date(2026, 2, 15), None, State.EXPIRED),
    ]


def story(facts, *, after):
    """Return the starts of the spans that begin after a day, each with its state and due date."""
    return [(span.from_on, span.standing.state, span.standing.due_on) for span in spans(facts) if span.from_on > after]


def test_spans_of_leave_change_when_it_starts_and_when_its_due_date_has_passed():
    facts = known(leaves=(Span(date(2025, 2, 15), date(2025, 5, 1)),))

    assert story(facts, after=HIRED_ON) == [
        (date(2025, 2, 15), State.ASSIGNED, date(2025, 5, 15)),
        (date(2025, 5, 1), State.ASSIGNED, date(2025, 5, 15)),
        (date(2025, 5, 16), State.OVERDUE, date(2025, 5, 15)),
    ]


def test_spans_of_grace_after_leave_end_with_it():
    facts = known(
        periods=(FIRST,),
        leaves=(Span(date(2026, 1, 1), date(2026, 6, 1)),),
        policy=StandingPolicy(due_after_leave_days=0, grace_after_leave_days=10),
    )

    assert story(facts, after=date(2026, 1, 1)) == [
        (date(2026, 2, 1), State.GRACE, date(2026, 6, 1)),
        (date(2026, 2, 15), State.GRACE, date(2026, 6, 1)),  # by the leave, no longer by the policy
        (date(2026, 6, 1), State.GRACE, date(2026, 6, 1)),
        (date(2026, 6, 11), State.EXPIRED, date(2026, 6, 1)),
    ]


def test_spans_of_a_requirement_that_recurs_change_with_its_own_window():
    facts = known(periods=(THREE_YEARS,), requirements=(replace(REQUIRED, recurs=Duration(1, "y")),))

    assert story(facts, after=date(2025, 2, 1)) == [
        (date(2025, 12, 1), State.RENEWABLE, date(2026, 1, 31)),
        (date(2026, 2, 1), State.OVERDUE, date(2026, 1, 31)),
        (date(2028, 2, 1), State.EXPIRED, date(2026, 1, 31)),
    ]


def test_spans_of_newer_content_change_when_it_is_asked_and_due():
    asked = replace(FIRST, retrain_from=date(2025, 5, 1), retrain_by=date(2025, 7, 31))

    assert story(known(periods=(asked,)), after=date(2025, 2, 1)) == [
        (date(2025, 5, 1), State.RENEWABLE, date(2025, 7, 31)),
        (date(2025, 8, 1), State.OVERDUE, date(2025, 7, 31)),
        (date(2026, 2, 1), State.EXPIRED, date(2025, 7, 31)),  # grace is for the printed end
    ]
    unasked = known(periods=(asked,), requirements=())
    assert story(unasked, after=date(2025, 5, 1)) == [
        (date(2026, 2, 1), State.GRACE, None),
        (date(2026, 2, 15), State.LAPSED, None),
    ]


def test_spans_of_no_facts_are_one():
    assert [(span.from_on, span.until) for span in spans(Facts(employments=()))] == [(date.min, None)]


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [date(2025, 1, 1), date(2024, 12, 31)])
@pytest.mark.parametrize("kind", [Span, Waiver, Extension])
def test_span_refuses_to_be_empty(kind, until):
    with pytest.raises(FactError) as caught:
        kind(date(2025, 1, 1), until)
    assert isinstance(caught.value.fact, kind)


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": date(2026, 2, 1)},
        {"completed_on": date(2025, 2, 2)},
        {"window_opens_on": date(2026, 2, 1)},
        {"grace_until": date(2026, 1, 31)},
        {"revoked_on": date(2025, 1, 31)},
        {"retrain_by": date(2025, 5, 1)},
        {"retrain_from": date(2025, 5, 1)},
    ],
)
def test_period_refuses_dates_out_of_order(wrong):
    with pytest.raises(FactError):
        replace(FIRST, **wrong)


def test_standing_refuses_an_unknown_zone():
    with pytest.raises(UnknownZone):
        standing(known(zone="Mars/Olympus"), date(2025, 2, 1))


# --- what holds for all facts ----------------------------------------------------------------------------

START = date(2024, 1, 1)
HORIZON_DAYS = 900
days = st.integers(0, HORIZON_DAYS).map(lambda n: START + timedelta(days=n))
lengths = st.integers(1, 400).map(lambda n: timedelta(days=n))


OWN_CALENDARS = [
    parse_recurs("2m@2w"),
    parse_recurs("1y@year"),
    EachRenewal((START + timedelta(days=100), START + timedelta(days=300))),
]


@st.composite
def some_spans(draw, kind=Span, *, may_be_open=True, most=2):
    found = []
    for _ in range(draw(st.integers(0, most))):
        from_on = draw(days)
        is_open = may_be_open and draw(st.booleans())
        found.append(kind(from_on, None if is_open else from_on + draw(lengths)))
    return tuple(found)


@st.composite
def some_requirements(draw):
    return tuple(
        Requirement(
            span.from_on,
            span.until,
            id=f"r{number}",
            due_on=draw(st.none() | days),
            due_by=draw(st.sampled_from(["rule", "rule", "set", "default"])),
            recurs=draw(st.sampled_from([None, None, Duration(6, "m"), Duration(90, "d"), *OWN_CALENDARS])),
        )
        for number, span in enumerate(draw(some_spans(most=3)))
    )


@st.composite
def some_newer_content(draw):
    if draw(st.integers(0, 3)):
        return ()
    from_on = draw(days)
    done_on = from_on + draw(lengths) if draw(st.booleans()) else None
    return (NewContent(from_on, from_on + draw(lengths), done_on, addition=draw(st.booleans())),)


@st.composite
def some_other_ways(draw):
    return tuple(AnotherWay(it.from_on, it.until, agreed=draw(st.booleans())) for it in draw(some_spans()))


@st.composite
def some_periods(draw):
    """Return the periods of a few completions under one policy, some revoked, some with newer content."""
    try:
        policy = ValidityPolicy(
            anchor=draw(st.sampled_from(["completion", "renewal"])),
            validity=Duration(draw(st.integers(60, 400)), "d"),
            window=Duration(draw(st.integers(1, 90)), "d"),
            grace=draw(st.none() | st.builds(Duration, st.integers(0, 40), st.just("d"))),
            late=draw(st.sampled_from(["completion", "schedule"])),
        )
    except PolicyError:
        return ()
    periods, current = [], None
    for completed_on in sorted(draw(st.lists(days, max_size=4, unique=True))):
        current = next_period(policy, completed_on, current)
        revoked_on = completed_on + draw(lengths) if draw(st.booleans()) else None
        retrain_from = completed_on + draw(lengths) if draw(st.integers(0, 3)) == 0 else None
        periods.append(
            HeldPeriod(
                completed_on=completed_on,
                valid_from=current.valid_from,
                valid_until=current.valid_until,
                window_opens_on=current.window_opens_on,
                grace_until=current.grace_until,
                revoked_on=revoked_on,
                retrain_from=retrain_from,
                retrain_by=None if retrain_from is None else retrain_from + draw(lengths),
                newer=draw(some_newer_content()),
            )
        )
    return tuple(periods)


some_policies = st.builds(
    StandingPolicy,
    assigned_counts=st.booleans(),
    grace_counts=st.booleans(),
    due_after_leave_days=st.integers(0, 30),
    grace_after_leave_days=st.integers(0, 30),
)


@st.composite
def some_policy_changes(draw):
    from_on = sorted(draw(st.lists(days, max_size=2, unique=True)))
    return tuple(PolicyChange(day, draw(some_policies)) for day in from_on)


some_facts = st.builds(
    Facts,
    employments=some_spans(most=2),
    requirements=some_requirements(),
    periods=some_periods(),
    cycles=some_spans(),
    leaves=some_spans(),
    waivers=some_spans(Waiver, may_be_open=False),
    extensions=some_spans(Extension, may_be_open=False),
    other_ways=some_other_ways(),
    policy=some_policies,
    policy_changes=some_policy_changes(),
    zone=st.sampled_from(["UTC", "Australia/Perth", "America/Denver"]),
)


@settings(deadline=None)
@given(some_facts)
def test_spans_cover_all_dates_once_and_each_differs_from_the_next(facts):
    found = list(spans(facts))

    assert found[0].from_on == date.min
    assert found[-1].until is None
    for one, following in pairwise(found):
        assert one.from_on < one.until == following.from_on
        assert one.standing.next_change_on == one.until
        assert replace(one.standing, next_change_on=None, next_change_at=None) != replace(
            following.standing, next_change_on=None, next_change_at=None
        )


@settings(deadline=None)
@given(some_facts)
def test_spans_and_standing_agree_at_every_breakpoint_and_the_day_before(facts):
    for span in spans(facts):
        if span.from_on > date.min:
            assert standing(facts, span.from_on) == span.standing
        if span.until is not None:
            assert standing(facts, span.until - DAY) == span.standing


@settings(deadline=None)
@given(some_facts, st.lists(days, min_size=30, max_size=30))
def test_spans_and_standing_agree_on_thirty_other_days(facts, others):
    found = list(spans(facts))
    for on in others:
        covering = [span for span in found if span.from_on <= on and (span.until is None or on < span.until)]
        assert [span.standing for span in covering] == [standing(facts, on)]


@settings(deadline=None)
@given(some_facts, st.randoms())
def test_standing_does_not_depend_on_the_order_or_the_repetition_of_facts(facts, random):
    def shuffled(facts_of_a_kind):
        twice = list(facts_of_a_kind) * 2
        random.shuffle(twice)
        return tuple(twice)

    kinds = ("employments", "requirements", "periods", "cycles", "leaves", "waivers", "extensions", "other_ways")
    again = replace(facts, **{kind: shuffled(getattr(facts, kind)) for kind in kinds})

    assert list(spans(again)) == list(spans(facts))


@settings(deadline=None)
@given(some_facts, some_facts, days)
def test_standing_of_the_past_is_not_changed_by_what_happens_later(facts, other, today):
    """Facts that take effect from today leave every earlier day as it was, but for what comes next."""
    later = replace(
        facts,
        periods=facts.periods + tuple(it for it in other.periods if it.completed_on >= today),
        leaves=facts.leaves + tuple(it for it in other.leaves if it.from_on >= today),
        waivers=facts.waivers + tuple(it for it in other.waivers if it.from_on >= today),
        extensions=facts.extensions + tuple(it for it in other.extensions if it.from_on >= today),
        other_ways=facts.other_ways + tuple(it for it in other.other_ways if it.from_on >= today),
        requirements=facts.requirements + tuple(it for it in other.requirements if it.from_on >= today),
    )
    yesterday = today - DAY
    for on in [span.from_on for span in spans(facts) if span.from_on <= yesterday] + [yesterday]:
        was, now = standing(facts, on), standing(later, on)
        assert replace(now, next_change_on=None, next_change_at=None) == replace(
            was, next_change_on=None, next_change_at=None
        )


def test_two_leaves_that_begin_on_one_day_are_told_in_one_order():
    known_end, open_end = Span(date(2024, 1, 1), date(2024, 1, 2)), Span(date(2024, 1, 1), None)
    one_way, other_way = (
        Facts(employments=(), leaves=leaves) for leaves in ((known_end, open_end), (open_end, known_end))
    )

    assert list(spans(one_way)) == list(spans(other_way))


@settings(deadline=None)
@given(some_facts, days)
def test_standing_counts_as_its_state_and_overlays_say(facts, on):
    found = standing(facts, on)

    if Overlay.ON_LEAVE in found.overlays or found.state == State.EXEMPT:
        assert found.counts_as == CountsAs.APART
    elif found.state in (State.OVERDUE, State.EXPIRED):
        extended, asked = Overlay.EXTENDED in found.overlays, Overlay.ANOTHER_WAY in found.overlays
        assert found.counts_as == (CountsAs.YES if extended else CountsAs.APART if asked else CountsAs.NO)
    elif found.state in (State.VALID, State.RENEWABLE):
        assert found.counts_as == CountsAs.YES


# --- another way, due dates that were set, newer content --------------------------------------------------


def test_an_open_question_is_never_past_due_and_makes_nothing_valid():
    asked = known(other_ways=(AnotherWay(date(2025, 2, 20), date(2025, 4, 1)),))
    assert states(asked, date(2025, 3, 2), date(2025, 3, 31), date(2025, 4, 1)) == [
        State.ASSIGNED,
        State.ASSIGNED,
        State.OVERDUE,
    ]
    assert standing(asked, date(2025, 3, 2)).overlays == (Overlay.ANOTHER_WAY,)
    ended = known(periods=(FIRST,), other_ways=(AnotherWay(date(2026, 2, 20), agreed=True),))
    now = standing(ended, date(2026, 3, 1))
    assert (now.state, now.counts_as) == (State.EXPIRED, CountsAs.APART)
    assert [(it.code, it.detail) for it in now.reasons if it.detail] == [(ReasonCode.ANOTHER_WAY, "agreed")]


@pytest.mark.parametrize(
    ("due_by", "codes_"),
    [("rule", []), ("set", [ReasonCode.DUE_SET]), ("default", [ReasonCode.NO_BASE_DATE])],
)
def test_a_reason_says_where_a_due_date_comes_from(due_by, codes_):
    facts = known(requirements=(replace(REQUIRED, due_by=due_by),))
    assert codes(facts, date(2025, 2, 1)) == [*codes_, ReasonCode.REQUIREMENT]


def test_newer_content_asks_until_it_is_learnt():
    newer = (
        NewContent(date(2025, 5, 1), date(2025, 6, 30), done_on=date(2025, 6, 1)),
        NewContent(date(2025, 7, 1), date(2025, 7, 31), addition=True),
    )
    facts = known(periods=(replace(FIRST, newer=newer),))
    assert states(facts, date(2025, 4, 30), date(2025, 5, 1), date(2025, 6, 1), date(2025, 8, 15)) == [
        State.VALID,
        State.RENEWABLE,
        State.VALID,
        State.VALID,
    ]
    assert codes(facts, date(2025, 8, 15))[0] is ReasonCode.ADDITION
    assert [it.from_on for it in spans(facts)] == [
        date.min,
        HIRED_ON,
        date(2025, 2, 1),
        date(2025, 5, 1),
        date(2025, 6, 1),
        date(2025, 7, 1),
        date(2025, 12, 1),
        date(2026, 2, 1),
        date(2026, 2, 15),
    ]
