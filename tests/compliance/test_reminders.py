"""The rule of messages: which steps an obligation has, and which one is due."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.ladder import Recipient, Rung
from compliance.reminders import Kind, SpanOfDays, due_step, next_day, passed_keys, steps, still_so

ASSIGNED = SpanOfDays(date(2026, 11, 1), date(2026, 12, 2), "assigned", date(2026, 12, 1), required=True)
OVERDUE = SpanOfDays(date(2026, 12, 2), None, "overdue", date(2026, 12, 1), required=True)
VALID = SpanOfDays(date(2026, 11, 20), date(2029, 8, 20), "valid", date(2029, 11, 19), required=True)
RENEWABLE = SpanOfDays(date(2029, 8, 20), date(2029, 11, 20), "renewable", date(2029, 11, 19), required=True)
EXPIRED = SpanOfDays(date(2029, 11, 20), None, "expired", date(2029, 11, 19), required=True)


def told(*days_and_spans):
    return [(step.kind, step.on) for step in steps(days_and_spans)]


def test_steps_of_a_first_completion_are_an_invitation_and_the_rungs_of_the_ladder():
    assert told(ASSIGNED, OVERDUE) == [
        (Kind.DUE_SOON, date(2026, 11, 1)),  # 60 days before: passed when it was asked
        (Kind.DUE_SOON, date(2026, 11, 1)),  # 30 days before
        (Kind.INVITATION, date(2026, 11, 1)),
        (Kind.DUE_SOON, date(2026, 11, 17)),
        (Kind.DUE_SOON, date(2026, 11, 24)),
        (Kind.DUE_SOON, date(2026, 11, 30)),
        (Kind.DUE_SOON, date(2026, 12, 1)),
        (Kind.OVERDUE, date(2026, 12, 4)),
        (Kind.OVERDUE, date(2026, 12, 15)),
    ]


def test_steps_of_a_certificate_are_the_rungs_around_its_last_day():
    assert told(VALID, RENEWABLE, EXPIRED) == [
        (Kind.EXPIRING, date(2029, 9, 20)),
        (Kind.EXPIRING, date(2029, 10, 20)),
        (Kind.EXPIRING, date(2029, 11, 5)),
        (Kind.EXPIRING, date(2029, 11, 12)),
        (Kind.EXPIRING, date(2029, 11, 18)),
        (Kind.EXPIRING, date(2029, 11, 19)),
        (Kind.EXPIRED, date(2029, 11, 22)),
        (Kind.EXPIRED, date(2029, 12, 3)),
    ]


@pytest.mark.parametrize(
    ("span", "why"),
    [
        (
            SpanOfDays(date(2026, 11, 1), None, "expired", date(2026, 10, 31), required=False),
            "nothing asks for it any more",
        ),
        (SpanOfDays(date(2026, 11, 1), None, "assigned", date(2026, 12, 1), required=True, silent=True), "on leave"),
        (SpanOfDays(date(2026, 11, 1), None, "exempt", None, required=True), "exempt"),
        (SpanOfDays(date(2026, 11, 1), None, "needs_date", None, required=True), "no date is known"),
    ],
)
def test_nothing_is_told_where(span, why):
    assert steps([span]) == [], why


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), Kind.INVITATION),
        (date(2026, 11, 16), Kind.INVITATION),
        (date(2026, 11, 17), Kind.DUE_SOON),
        (date(2026, 12, 1), Kind.DUE_SOON),
        (date(2026, 12, 2), None),
        (date(2026, 12, 4), Kind.OVERDUE),
    ],
)
def test_due_step_is_the_latest_that_has_come_and_is_current(on, kind):
    step = due_step(steps([ASSIGNED, OVERDUE]), [], on)
    assert (step.kind if step else None) == kind


def test_after_an_outage_only_the_latest_step_is_told_and_the_earlier_count_as_told():
    all_steps = steps([ASSIGNED, OVERDUE])
    on = date(2026, 11, 25)
    assert due_step(all_steps, [], on).key == "due_soon:2026-12-01:-7"
    after = passed_keys(all_steps, on)
    assert after == [
        "due_soon:2026-12-01:-60",
        "due_soon:2026-12-01:-30",
        "invitation:2026-12-01:first",
        "due_soon:2026-12-01:-14",
        "due_soon:2026-12-01:-7",
    ]
    assert due_step(all_steps, after, on) is None
    assert next_day(all_steps, after, on) == date(2026, 11, 30)


def test_next_day_is_today_while_something_is_untold_and_none_at_the_end():
    all_steps = steps([ASSIGNED, OVERDUE])
    assert next_day(all_steps, [], date(2026, 11, 3)) == date(2026, 11, 3)
    assert next_day(all_steps, passed_keys(all_steps, date(2027, 1, 1)), date(2027, 1, 1)) is None


def test_a_rebuild_with_other_breakpoints_keeps_the_keys():
    split = [
        SpanOfDays(date(2026, 11, 1), date(2026, 11, 10), "assigned", date(2026, 12, 1), required=True),
        SpanOfDays(date(2026, 11, 10), date(2026, 12, 2), "in_progress", date(2026, 12, 1), required=True),
    ]
    after = passed_keys(steps([ASSIGNED]), date(2026, 11, 12))
    assert due_step(steps(split), after, date(2026, 11, 12)) is None


def test_a_moved_due_date_is_told_again():
    moved = SpanOfDays(date(2026, 11, 1), None, "assigned", date(2027, 1, 10), required=True)
    after = passed_keys(steps([ASSIGNED]), date(2026, 11, 5))
    assert due_step(steps([moved]), after, date(2026, 11, 5)).key == "invitation:2027-01-10:first"


def test_a_span_that_is_split_stays_one_phase():
    split = [
        SpanOfDays(date(2026, 11, 1), date(2026, 11, 20), "assigned", date(2026, 12, 1), required=True),
        SpanOfDays(date(2026, 11, 20), date(2026, 12, 2), "in_progress", date(2026, 12, 1), required=True),
        SpanOfDays(date(2026, 12, 2), date(2026, 12, 10), "overdue", date(2026, 12, 1), required=True),
        SpanOfDays(date(2026, 12, 10), None, "overdue", date(2026, 12, 1), required=True),
    ]
    assert steps(split) == steps([ASSIGNED, OVERDUE])
    # The reminder of the 17th, missed by an outage, is still told although the learner has begun meanwhile.
    assert due_step(steps(split), ["invitation:2026-12-01:first"], date(2026, 11, 21)).key == "due_soon:2026-12-01:-14"


def test_grace_and_expiry_are_one_phase():
    grace = SpanOfDays(date(2029, 11, 20), date(2029, 12, 1), "grace", date(2029, 11, 19), required=True)
    expired = SpanOfDays(date(2029, 12, 1), None, "expired", date(2029, 11, 19), required=True)
    assert told(grace, expired) == [(Kind.EXPIRED, date(2029, 11, 22)), (Kind.EXPIRED, date(2029, 12, 3))]


def test_who_is_asked_only_now_is_invited_however_soon_it_is_due():
    late = SpanOfDays(date(2026, 12, 1), date(2026, 12, 2), "assigned", date(2026, 12, 1), required=True)
    on = date(2026, 12, 1)
    assert due_step(steps([late]), [], on).kind is Kind.INVITATION
    assert next_day(steps([late]), passed_keys(steps([late]), on), on) is None


def test_leave_swallows_steps_and_what_was_told_before_stays_told():
    leave = SpanOfDays(
        date(2026, 11, 10), date(2026, 11, 24), "assigned", date(2026, 12, 1), required=True, silent=True
    )
    before = SpanOfDays(date(2026, 11, 1), date(2026, 11, 10), "assigned", date(2026, 12, 1), required=True)
    after = SpanOfDays(date(2026, 11, 24), date(2026, 12, 2), "assigned", date(2026, 12, 1), required=True)
    all_steps = steps([before, leave, after])
    assert due_step(all_steps, ["invitation:2026-12-01:first"], date(2026, 11, 17)) is None
    assert due_step(all_steps, ["invitation:2026-12-01:first"], date(2026, 11, 30)).key == "due_soon:2026-12-01:-1"


@pytest.mark.parametrize(
    ("kind", "due_on", "on", "so"),
    [
        ("invitation", date(2026, 12, 1), date(2026, 11, 1), True),
        ("invitation", date(2026, 12, 1), date(2026, 12, 1), True),
        ("invitation", date(2026, 12, 1), date(2026, 12, 2), False),  # past due now
        ("invitation", date(2026, 12, 8), date(2026, 11, 5), False),  # the date was moved
        ("due_soon", date(2026, 12, 1), date(2026, 10, 31), False),  # not yet
        ("due_soon", date(2026, 12, 1), date(2026, 11, 17), True),
        ("overdue", date(2026, 12, 1), date(2026, 12, 4), True),
        ("expiring", date(2026, 12, 1), date(2026, 11, 20), False),
    ],
)
def test_what_a_message_says_is_still_so(kind, due_on, on, so):
    assert still_so(steps([ASSIGNED, OVERDUE]), kind, due_on, on) is so


def test_nothing_that_a_message_says_is_still_so_once_it_is_done():
    assigned = SpanOfDays(date(2026, 11, 1), date(2026, 11, 20), "assigned", date(2026, 12, 1), required=True)
    assert not still_so(steps([assigned, VALID]), "invitation", date(2026, 12, 1), date(2026, 11, 20))


# --- the ladder ---


def test_who_hears_of_it_grows_with_the_days():
    found = {step.key.rsplit(":", 1)[1]: step.to for step in steps([ASSIGNED, OVERDUE])}
    assert found["-14"] == ("learner",)
    assert found["+0"] == ("learner", "manager")
    assert found["+3"] == ("learner", "manager", "site_lead")
    assert found["+14"] == ("learner", "manager", "site_lead", "hr")
    assert found["first"] == ("learner",)


def test_a_requirement_with_a_ladder_of_its_own_keeps_to_it():
    ladder = (Rung(-5), Rung(1, (Recipient.LEARNER, Recipient.HR)))
    own = [replace(span, ladder=ladder) for span in (ASSIGNED, OVERDUE)]
    assert told(*own) == [
        (Kind.INVITATION, date(2026, 11, 1)),
        (Kind.DUE_SOON, date(2026, 11, 26)),
        (Kind.OVERDUE, date(2026, 12, 2)),
    ]


def test_an_empty_ladder_leaves_the_invitation():
    assert told(replace(ASSIGNED, ladder=()), replace(OVERDUE, ladder=())) == [(Kind.INVITATION, date(2026, 11, 1))]


def test_a_revoked_certificate_is_told_at_once_and_climbs_from_that_day():
    revoked = SpanOfDays(date(2027, 5, 10), None, "revoked", date(2026, 12, 1), required=True)
    assert told(revoked) == [
        (Kind.EXPIRED, date(2027, 5, 10)),
        (Kind.EXPIRED, date(2027, 5, 12)),
        (Kind.EXPIRED, date(2027, 5, 23)),
    ]


def test_who_is_asked_anew_long_after_the_end_is_told_of_the_new_date():
    asked = SpanOfDays(date(2027, 5, 10), date(2027, 6, 10), "expired", date(2027, 6, 9), required=True)
    assert told(asked)[0] == (Kind.EXPIRED, date(2027, 5, 10))
    assert (Kind.EXPIRED, date(2027, 6, 2)) in told(asked)
