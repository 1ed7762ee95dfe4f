"""The arithmetic of validity: the worked examples, the boundaries, and what holds for every policy."""

import json
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from certificates.validity import (
    CompletionDate,
    DayOutOfReach,
    DeviceClaim,
    Duration,
    Period,
    PolicyError,
    PolicyProblem,
    UnknownZone,
    ValidityPolicy,
    completion_date,
    local_date,
    next_period,
    policy_from_json,
    starts_at,
)

DAY = timedelta(days=1)
ONE_YEAR = Duration(1, "y")
TWO_MONTHS = Duration(2, "m")


def yearly(anchor="renewal", **options):
    return ValidityPolicy(**({"anchor": anchor, "validity": ONE_YEAR, "window": TWO_MONTHS} | options))


def ending_with_june_2025(**options):
    """Return a period whose last valid day is 2025-06-30, window two months."""
    return next_period(yearly(**options), date(2024, 7, 1))


# --- the worked examples of the specification, by their numbers ------------------------------------------


@pytest.mark.parametrize(
    ("policy", "completed_on", "last_valid_on", "window_opens_on"),
    [
        pytest.param(yearly("completion"), date(2025, 2, 12), date(2026, 2, 11), date(2025, 12, 12), id="1-plain"),
        pytest.param(yearly("completion"), date(2024, 2, 29), date(2025, 2, 28), date(2024, 12, 29), id="2-leap-day"),
        pytest.param(yearly("completion"), date(2027, 3, 1), date(2028, 2, 29), date(2028, 1, 1), id="3-leap-year"),
        pytest.param(
            yearly("calendar", calendar_last_day=(3, 31), min_validity=Duration(3, "m")),
            date(2025, 1, 20),
            date(2026, 3, 31),
            date(2026, 2, 1),
            id="10-new-hire",
        ),
        pytest.param(
            yearly("calendar", calendar_last_day=(2, 29)),
            date(2024, 11, 1),
            date(2025, 2, 28),
            date(2025, 1, 1),
            id="11-last-of-february",
        ),
        pytest.param(
            yearly("calendar", calendar_last_day=(2, 29)),
            date(2027, 6, 1),
            date(2028, 2, 29),
            date(2028, 1, 1),
            id="11-last-of-february-leap",
        ),
        pytest.param(
            yearly("completion", window=Duration(1, "m")),
            date(2024, 3, 31),
            date(2025, 3, 30),
            date(2025, 2, 28),
            id="12-short-month",
        ),
    ],
)
def test_next_period_for_a_first_completion(policy, completed_on, last_valid_on, window_opens_on):
    period = next_period(policy, completed_on)

    assert period.valid_from == completed_on
    assert period.last_valid_on == last_valid_on
    assert period.valid_until == last_valid_on + DAY
    assert period.window_opens_on == window_opens_on
    assert period.grace_until == period.valid_until


@pytest.mark.parametrize(
    ("options", "completed_on", "valid_from", "last_valid_on", "window_opens_on"),
    [
        pytest.param({}, date(2025, 5, 10), date(2025, 7, 1), date(2026, 6, 30), date(2026, 5, 1), id="6-in-window"),
        pytest.param({}, date(2025, 1, 10), date(2025, 1, 10), date(2026, 1, 9), date(2025, 11, 10), id="7-early"),
        pytest.param(
            {"early": "record_only"},
            date(2025, 1, 10),
            date(2024, 7, 1),
            date(2025, 6, 30),
            date(2025, 5, 1),
            id="7b-early-recorded",
        ),
        pytest.param(
            {"late": "completion"},
            date(2025, 7, 1),
            date(2025, 7, 1),
            date(2026, 6, 30),
            date(2026, 5, 1),
            id="8-late",
        ),
        pytest.param({}, date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30), date(2026, 5, 1), id="9-last-day"),
    ],
)
def test_next_period_for_a_renewal(options, completed_on, valid_from, last_valid_on, window_opens_on):  # R5, R6, R7
    current = ending_with_june_2025(**options)

    period = next_period(yearly(**options), completed_on, current)

    assert (period.valid_from, period.last_valid_on) == (valid_from, last_valid_on)
    assert period.window_opens_on == window_opens_on


def test_next_period_from_a_leap_day_renewed_each_tenth_of_february():  # example 4
    policy = yearly()
    period = next_period(policy, date(2024, 2, 29))
    ends, starts = [period.last_valid_on], [period.valid_from]
    for year in (2025, 2026, 2027, 2028):
        period = next_period(policy, date(year, 2, 10), period)
        ends.append(period.last_valid_on)
        starts.append(period.valid_from)

    assert ends == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 28),
        date(2029, 2, 28),
    ]
    assert starts[-1] == date(2028, 2, 29)
    assert period.anchor_day == 29


def test_next_period_of_a_month_keeps_the_thirty_first():  # example 5
    policy = ValidityPolicy(validity=Duration(1, "m"), window=Duration(1, "w"))
    period = next_period(policy, date(2025, 1, 31))
    ends = [period.last_valid_on]
    for _ in range(3):
        period = next_period(policy, period.last_valid_on, period)
        ends.append(period.last_valid_on)
    assert ends == [date(2025, 2, 28), date(2025, 3, 30), date(2025, 4, 30), date(2025, 5, 30)]
    assert period.anchor_day == 31

    for _ in range(396):
        period = next_period(policy, period.last_valid_on, period)
    # 400 months after January 2025 is May 2058.
    assert period.last_valid_on == date(2058, 5, 30)
    assert period.anchor_day == 31


def test_next_period_with_fourteen_days_of_grace():  # example 13; its states are standing's
    policy = yearly(grace=Duration(14, "d"))

    period = next_period(policy, date(2025, 7, 1))

    assert period.last_valid_on == date(2026, 6, 30)
    assert period.grace_until == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("zone", "ends_at"),
    [
        ("Australia/Perth", datetime(2025, 6, 30, 16, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2025, 6, 30, 22, tzinfo=UTC)),
        ("UTC", datetime(2025, 7, 1, 0, tzinfo=UTC)),
        ("America/Denver", datetime(2025, 7, 1, 6, tzinfo=UTC)),
    ],
)
def test_starts_at_ends_the_same_day_at_four_sites(zone, ends_at):  # example 14
    period = ending_with_june_2025()

    assert starts_at(period.valid_until, zone) == ends_at


# --- anchors ---------------------------------------------------------------------------------------------


def test_next_period_by_completion_always_starts_afresh():
    policy = yearly("completion")
    current = ending_with_june_2025(anchor="completion")

    in_window = next_period(policy, date(2025, 5, 10), current)
    late = next_period(policy, date(2025, 9, 10), current)

    assert (in_window.valid_from, in_window.last_valid_on) == (date(2025, 5, 10), date(2026, 5, 9))
    assert (late.valid_from, late.last_valid_on) == (date(2025, 9, 10), date(2026, 9, 9))


@pytest.mark.parametrize(
    ("completed_on", "min_validity", "last_valid_on"),
    [
        (date(2025, 7, 1), None, date(2026, 6, 30)),
        (date(2026, 6, 30), None, date(2026, 6, 30)),  # a day: what "no minimum" means
        (date(2026, 7, 1), None, date(2027, 6, 30)),
        (date(2026, 4, 1), Duration(3, "m"), date(2026, 6, 30)),  # three months to the day
        (date(2026, 4, 2), Duration(3, "m"), date(2027, 6, 30)),
    ],
)
def test_next_period_late_on_schedule_keeps_the_day(completed_on, min_validity, last_valid_on):
    policy = yearly(late="schedule", min_validity=min_validity)

    period = next_period(policy, completed_on, ending_with_june_2025())

    assert period.valid_from == completed_on
    assert period.last_valid_on == last_valid_on


def test_next_period_on_schedule_is_not_moved_by_grace():  # R8
    plain = yearly(late="schedule")
    graceful = yearly(late="schedule", grace=Duration(1, "m"))
    current = next_period(graceful, date(2024, 7, 1))

    assert next_period(graceful, date(2025, 7, 20), current).valid_until == date(2026, 7, 1)
    assert next_period(plain, date(2025, 7, 20), current).valid_until == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("completed_on", "last_valid_on"),
    [
        (date(2025, 3, 31), date(2025, 3, 31)),  # on the deadline itself
        (date(2025, 4, 1), date(2026, 3, 31)),
        (date(2024, 12, 31), date(2025, 3, 31)),
    ],
)
def test_next_period_by_calendar_takes_the_first_deadline(completed_on, last_valid_on):
    policy = yearly("calendar", calendar_last_day=(3, 31))

    assert next_period(policy, completed_on).last_valid_on == last_valid_on


def test_next_period_by_calendar_counts_a_minimum_to_the_day():
    policy = yearly("calendar", calendar_last_day=(3, 31), min_validity=Duration(3, "m"))

    assert next_period(policy, date(2025, 1, 1)).last_valid_on == date(2025, 3, 31)
    assert next_period(policy, date(2025, 1, 2)).last_valid_on == date(2026, 3, 31)


def test_next_period_by_calendar_with_a_minimum_of_nothing_still_looks_ahead():
    policy = yearly("calendar", calendar_last_day=(3, 31), min_validity=Duration(0, "d"))

    assert next_period(policy, date(2025, 4, 1)).last_valid_on == date(2026, 3, 31)


def test_next_period_by_calendar_renews_from_deadline_to_deadline():
    policy = yearly("calendar", calendar_last_day=(12, 31), validity=Duration(2, "y"))
    first = next_period(policy, date(2025, 6, 1))

    renewed = next_period(policy, date(2025, 11, 15), first)

    assert (first.valid_from, first.last_valid_on) == (date(2025, 6, 1), date(2025, 12, 31))
    assert (renewed.valid_from, renewed.last_valid_on) == (date(2026, 1, 1), date(2027, 12, 31))
    assert renewed.window_opens_on == date(2027, 11, 1)


def test_next_period_by_calendar_late():
    options = {"anchor": "calendar", "calendar_last_day": (3, 31), "validity": Duration(3, "y")}
    current = next_period(yearly(**options), date(2024, 5, 1))
    assert current.last_valid_on == date(2025, 3, 31)

    fresh = next_period(yearly(**options, late="completion"), date(2025, 5, 1), current)
    stepped = next_period(yearly(**options, late="schedule"), date(2025, 5, 1), current)

    assert fresh.last_valid_on == date(2026, 3, 31)
    assert stepped.last_valid_on == date(2028, 3, 31)
    assert fresh.valid_from == stepped.valid_from == date(2025, 5, 1)


def test_next_period_by_calendar_on_28_february_stays_there_in_leap_years():
    policy = yearly("calendar", calendar_last_day=(2, 28))
    period = next_period(policy, date(2025, 1, 10))
    ends = [period.last_valid_on]
    for _ in range(4):
        period = next_period(policy, period.last_valid_on, period)
        ends.append(period.last_valid_on)

    assert ends == [date(year, 2, 28) for year in (2025, 2026, 2027, 2028, 2029)]


def test_next_period_by_calendar_after_another_anchor_returns_to_the_deadlines():
    calendar = yearly("calendar", calendar_last_day=(3, 31))

    period = next_period(calendar, date(2025, 5, 10), ending_with_june_2025())

    assert (period.valid_from, period.last_valid_on) == (date(2025, 7, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("completed_on", "last_valid_on"),
    [(date(2025, 1, 1), date(2027, 12, 31)), (date(2025, 12, 31), date(2027, 12, 31))],
)
def test_next_period_by_calendar_years_ends_with_a_year(completed_on, last_valid_on):
    policy = yearly("calendar_years", validity=Duration(2, "y"))

    assert next_period(policy, completed_on).last_valid_on == last_valid_on


def test_next_period_by_calendar_years_counts_a_calendar_year_once():
    policy = yearly("calendar_years", validity=Duration(24, "m"))
    current = next_period(policy, date(2025, 2, 1))

    assert next_period(policy, date(2025, 12, 31), current) is current
    following = next_period(policy, date(2026, 1, 1), current)
    assert (following.valid_from, following.last_valid_on) == (date(2026, 1, 1), date(2028, 12, 31))
    in_window = next_period(policy, date(2027, 12, 1), current)
    assert (in_window.valid_from, in_window.last_valid_on) == (date(2027, 12, 1), date(2029, 12, 31))


# --- boundaries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("completed_on", "valid_from", "last_valid_on"),
    [
        (date(2025, 4, 30), date(2025, 4, 30), date(2026, 4, 29)),  # the day before the window
        (date(2025, 5, 1), date(2025, 7, 1), date(2026, 6, 30)),  # the window opens
        (date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30)),  # the last valid day
        (date(2025, 7, 1), date(2025, 7, 1), date(2026, 6, 30)),  # late by a day
        (date(2025, 7, 2), date(2025, 7, 2), date(2026, 7, 1)),
    ],
)
def test_next_period_at_the_edges_of_the_window(completed_on, valid_from, last_valid_on):
    period = next_period(yearly(), completed_on, ending_with_june_2025())

    assert (period.valid_from, period.last_valid_on) == (valid_from, last_valid_on)


def test_next_period_under_a_shorter_policy_keeps_the_longer_end():  # R6
    current = next_period(yearly("completion", validity=Duration(3, "y")), date(2025, 3, 31))

    period = next_period(yearly("completion"), date(2025, 6, 1), current)

    assert (period.valid_from, period.valid_until) == (date(2025, 6, 1), date(2028, 3, 31))
    assert period.anchor_day == 31
    assert period.window_opens_on == date(2028, 1, 31)


def test_next_period_with_a_window_in_days_counts_from_the_end():
    period = next_period(yearly(window=Duration(30, "d")), date(2024, 2, 29))

    assert period.valid_until == date(2025, 3, 1)
    assert period.window_opens_on == date(2025, 1, 30)


@pytest.mark.parametrize("window", [None, Duration(0, "d"), Duration(0, "m")])
@pytest.mark.parametrize("completed_on", [date(2024, 2, 29), date(2025, 7, 1)])
def test_next_period_without_a_window_is_renewed_on_the_last_day(window, completed_on):
    policy = yearly(window=window)
    period = next_period(policy, completed_on)

    assert period.window_opens_on == period.last_valid_on
    assert next_period(policy, period.last_valid_on, period).valid_from == period.valid_until
    assert next_period(policy, period.last_valid_on - DAY, period).valid_from == period.last_valid_on - DAY


def test_next_period_in_days_follows_the_days():
    policy = ValidityPolicy(validity=Duration(365, "d"), window=Duration(2, "w"))

    period = next_period(policy, date(2023, 6, 1))

    assert (period.last_valid_on, period.anchor_day) == (date(2024, 5, 30), 31)
    assert period.window_opens_on == date(2024, 5, 17)


def test_next_period_with_a_month_of_grace_gives_a_whole_month():
    period = next_period(yearly(grace=Duration(1, "m")), date(2024, 2, 29))

    assert (period.valid_until, period.grace_until) == (date(2025, 3, 1), date(2025, 4, 1))


@pytest.mark.parametrize("completed_on", [datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01", None])
def test_next_period_refuses_what_is_no_date(completed_on):
    with pytest.raises(TypeError, match="completed_on is a date"):
        next_period(yearly(), completed_on)


@pytest.mark.parametrize(
    ("duration", "day", "end"),
    [
        (Duration(0, "d"), date(2025, 1, 31), date(2025, 1, 31)),
        (Duration(60, "d"), date(2025, 1, 1), date(2025, 3, 2)),
        (Duration(2, "w"), date(2025, 1, 1), date(2025, 1, 15)),
        (Duration(6, "m"), date(2025, 8, 31), date(2026, 3, 1)),
        (Duration(6, "m"), date(2025, 8, 28), date(2026, 2, 28)),
        (Duration(2, "y"), date(2024, 2, 29), date(2026, 3, 1)),
        (Duration(4, "y"), date(2024, 2, 29), date(2028, 2, 29)),
    ],
)
def test_duration_after_a_day(duration, day, end):
    assert duration.after(day) == end


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"window": Duration(13, "m")}, PolicyProblem.WINDOW_LONGER_THAN_VALIDITY),
        ({"window": Duration(366, "d")}, PolicyProblem.WINDOW_LONGER_THAN_VALIDITY),
        ({"min_validity": Duration(2, "y")}, PolicyProblem.MIN_VALIDITY_LONGER_THAN_VALIDITY),
        ({"validity": Duration(0, "m")}, PolicyProblem.ZERO_DURATION),
        ({"anchor": "calendar"}, PolicyProblem.MISSING_CALENDAR_DAY),
        ({"validity": "1y"}, PolicyProblem.NOT_A_DURATION),
        ({"validity": None}, PolicyProblem.NOT_A_DURATION),
        ({"grace": 14}, PolicyProblem.NOT_A_DURATION),
        ({"anchor": "calendar", "calendar_last_day": (2, 30)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"anchor": "calendar", "calendar_last_day": (4, 31)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"anchor": "calendar", "calendar_last_day": (13, 1)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"anchor": "calendar", "calendar_last_day": (6, 0)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"calendar_last_day": (2, 30)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"calendar_last_day": (2,)}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        (
            {"anchor": "calendar", "calendar_last_day": (3, 31), "validity": Duration(18, "m")},
            PolicyProblem.VALIDITY_NOT_WHOLE_YEARS,
        ),
        (
            {"anchor": "calendar_years", "validity": Duration(730, "d")},
            PolicyProblem.VALIDITY_NOT_WHOLE_YEARS,
        ),
        ({"anchor": "birthday"}, PolicyProblem.UNKNOWN_CHOICE),
        ({"late": "never"}, PolicyProblem.UNKNOWN_CHOICE),
        ({"early": "refuse"}, PolicyProblem.UNKNOWN_CHOICE),
    ],
)
def test_policy_refuses_a_contradiction(options, problem):
    with pytest.raises(PolicyError) as caught:
        yearly(**options)
    assert caught.value.problem is problem
    assert isinstance(caught.value, ValueError)


def test_policy_error_says_what_it_met_and_what_to_do():
    with pytest.raises(PolicyError) as caught:
        yearly(window=Duration(13, "m"))
    assert caught.value.details == {"window": Duration(13, "m"), "validity": ONE_YEAR}
    assert str(caught.value) == (
        "window_longer_than_validity: window=13m, validity=1y; make the window no longer than the validity"
    )
    for problem in PolicyProblem:
        assert str(PolicyError(problem)).startswith(f"{problem}: ; ")


def test_a_policy_can_be_a_key_also_where_json_gave_its_day_as_a_list():
    listed = yearly(anchor="calendar", calendar_last_day=[3, 31])
    assert {listed: "spring"}[yearly(anchor="calendar", calendar_last_day=(3, 31))] == "spring"


@pytest.mark.parametrize(
    ("n", "unit", "problem"),
    [
        (-1, "d", PolicyProblem.NOT_A_COUNT),
        (1.5, "m", PolicyProblem.NOT_A_COUNT),
        (True, "m", PolicyProblem.NOT_A_COUNT),
        (1, "h", PolicyProblem.UNKNOWN_UNIT),
        (101, "y", PolicyProblem.TOO_LONG),
        (1201, "m", PolicyProblem.TOO_LONG),
    ],
)
def test_duration_refuses_what_is_no_calendar_length(n, unit, problem):
    with pytest.raises(PolicyError) as caught:
        Duration(n, unit)
    assert caught.value.problem is problem


@pytest.mark.parametrize("text", ["", "36", "m36", "36 m", "-1d", "1.5m", "3Y", "٣m"])
def test_duration_parse_refuses_other_spellings(text):
    with pytest.raises(PolicyError):
        Duration.parse(text)


def test_policy_accepts_a_window_and_a_minimum_as_long_as_the_validity():
    assert yearly(window=Duration(12, "m")).window == Duration(12, "m")
    assert yearly(window=Duration(365, "d")).window == Duration(365, "d")
    assert yearly(min_validity=Duration(12, "m")).min_validity == Duration(12, "m")


def test_policy_is_the_same_by_position_and_by_name():
    by_position = ValidityPolicy("calendar", ONE_YEAR, TWO_MONTHS, None, None, (3, 31), "schedule", "record_only")

    assert by_position == ValidityPolicy(
        anchor="calendar",
        validity=Duration(n=1, unit="y"),
        window=Duration(n=2, unit="m"),
        grace=None,
        min_validity=None,
        calendar_last_day=(3, 31),
        late="schedule",
        early="record_only",
    )


def test_policy_defaults_to_36_months_from_the_old_end():
    policy = ValidityPolicy()

    assert (policy.anchor, policy.validity, policy.window) == (
        "renewal",
        Duration(36, "m"),
        Duration(3, "m"),
    )
    assert next_period(policy, date(2025, 6, 15)).last_valid_on == date(2028, 6, 14)


GOOD_DATES = {
    "valid_from": date(2024, 7, 1),
    "valid_until": date(2025, 7, 1),
    "last_valid_on": date(2025, 6, 30),
    "window_opens_on": date(2025, 5, 1),
    "grace_until": date(2025, 7, 1),
    "anchor_day": 1,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": date(2025, 7, 1)},
        {"last_valid_on": date(2025, 7, 1)},
        {"window_opens_on": date(2025, 7, 1)},
        {"grace_until": date(2025, 6, 30)},
        {"anchor_day": 30},  # June has a 30th: the end would be that day
        {"anchor_day": 2},
        {"anchor_day": 0},
        {"anchor_day": 32},  # no month has it
    ],
)
def test_period_refuses_dates_that_do_not_fit(wrong):
    with pytest.raises(ValueError, match=r".+"):
        Period(**(GOOD_DATES | wrong))


@pytest.mark.parametrize("anchor_day", [1, 31])
def test_period_on_the_first_of_july_fits_two_anchor_days(anchor_day):
    assert Period(**(GOOD_DATES | {"anchor_day": anchor_day})).anchor_day == anchor_day


# --- JSON ------------------------------------------------------------------------------------------------


def test_policy_to_json_is_plain_and_complete():
    policy = yearly("calendar", calendar_last_day=(3, 31), grace=Duration(14, "d"))

    assert policy.to_json() == {
        "anchor": "calendar",
        "validity": "1y",
        "window": "2m",
        "grace": "14d",
        "min_validity": None,
        "calendar_last_day": [3, 31],
        "late": "completion",
        "early": "restart",
    }


def test_policy_from_json_takes_defaults_for_what_is_left_out():
    assert policy_from_json({}) == ValidityPolicy()
    assert policy_from_json({"validity": "2y"}) == ValidityPolicy(validity=Duration(2, "y"))
    assert policy_from_json({"window": None}) == ValidityPolicy(window=None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"validty": "2y"}, PolicyProblem.UNKNOWN_KEYS),
        ({"validity": 24}, PolicyProblem.NOT_A_DURATION),
        ({"validity": None}, PolicyProblem.NOT_A_DURATION),
        ({"window": 2}, PolicyProblem.NOT_A_DURATION),
        ({"grace": "two weeks"}, PolicyProblem.NOT_A_DURATION),
        ({"anchor": ["renewal"]}, PolicyProblem.UNKNOWN_CHOICE),
        ({"calendar_last_day": [2, 30]}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"calendar_last_day": "03-31"}, PolicyProblem.IMPOSSIBLE_CALENDAR_DAY),
        ({"window": "4y"}, PolicyProblem.WINDOW_LONGER_THAN_VALIDITY),
        ([], PolicyProblem.NOT_A_MAPPING),
    ],
)
def test_policy_from_json_refuses_what_it_does_not_know(data, problem):
    with pytest.raises(PolicyError) as caught:
        policy_from_json(data)
    assert caught.value.problem is problem


# --- instants --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        pytest.param(date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC), id="no-midnight"),
        pytest.param(
            date(2018, 2, 18),
            "America/Sao_Paulo",
            datetime(2018, 2, 18, 3, tzinfo=UTC),
            id="an-hour-twice-before",
        ),
        pytest.param(date(2024, 11, 3), "America/Havana", datetime(2024, 11, 3, 4, tzinfo=UTC), id="midnight-twice"),
        pytest.param(
            date(2006, 10, 29),
            "America/St_Johns",
            datetime(2006, 10, 29, 2, 30, tzinfo=UTC),
            id="back-at-one-past",
        ),
        pytest.param(date(1919, 3, 31), "America/Toronto", datetime(1919, 3, 31, 4, 30, tzinfo=UTC), id="gap-23:30"),
        pytest.param(date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), id="no-such-day"),
        pytest.param(
            date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), id="after-no-such-day"
        ),
        pytest.param(date(2025, 7, 15), "Europe/Berlin", datetime(2025, 7, 14, 22, tzinfo=UTC), id="summer"),
        pytest.param(date(2025, 1, 15), "Europe/Berlin", datetime(2025, 1, 14, 23, tzinfo=UTC), id="winter"),
    ],
)
def test_starts_at_the_first_instant_that_exists(day, zone, instant):  # R1
    assert starts_at(day, zone) == instant


@pytest.mark.parametrize("anchor", ["completion", "renewal", "calendar", "calendar_years"])
def test_a_completion_at_the_end_of_the_calendar_is_refused_in_words(anchor):
    policy = yearly(anchor, calendar_last_day=(3, 31))

    with pytest.raises(DayOutOfReach, match=r"^9999-06-01 is out of reach; give a day from 0101-01-01 to 9697-12-31$"):
        next_period(policy, date(9999, 6, 1))


def test_the_longest_lengths_stay_in_the_calendar():
    century = Duration(100, "y")
    policy = yearly(validity=century, window=century, grace=century, min_validity=century, late="schedule")

    first = next_period(policy, date(101, 1, 1))
    last = next_period(policy, date(9697, 12, 31), next_period(policy, date(9597, 1, 1)))

    assert first.window_opens_on == date(101, 1, 1)
    assert last.grace_until == date(9997, 1, 1)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "America", "../etc/passwd", "/etc/localtime"])
def test_starts_at_refuses_an_unknown_zone(zone):
    with pytest.raises(UnknownZone) as caught:
        starts_at(date(2025, 1, 1), zone)
    assert caught.value.zone == zone


def test_local_date_is_the_sites_own():
    at = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)

    assert local_date(at, "Australia/Perth") == date(2025, 7, 1)
    assert local_date(at, "America/Denver") == date(2025, 6, 30)
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2025, 6, 30), "UTC")  # noqa: DTZ001 - the naive instant is what is refused


ISSUED_AT = datetime(2025, 6, 1, 8, tzinfo=UTC)
CLAIMED_AT = datetime(2025, 6, 30, 20, tzinfo=UTC)
RECEIVED_AT = datetime(2025, 7, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (None, CompletionDate(date(2025, 7, 4), needs_review=False)),
        (
            DeviceClaim(ISSUED_AT, CLAIMED_AT, timedelta(minutes=5)),
            CompletionDate(date(2025, 6, 30), needs_review=False),
        ),
        (
            DeviceClaim(ISSUED_AT, CLAIMED_AT, timedelta(minutes=-5, seconds=-1)),
            CompletionDate(date(2025, 7, 4), needs_review=True),
        ),
        (
            DeviceClaim(ISSUED_AT, ISSUED_AT - timedelta(seconds=1), timedelta(0)),
            CompletionDate(date(2025, 7, 4), needs_review=True),
        ),
        (
            DeviceClaim(ISSUED_AT, RECEIVED_AT + timedelta(seconds=1), timedelta(0)),
            CompletionDate(date(2025, 7, 4), needs_review=True),
        ),
        (
            DeviceClaim(ISSUED_AT, ISSUED_AT, timedelta(0)),
            CompletionDate(date(2025, 6, 1), needs_review=False),
        ),
        (
            DeviceClaim(ISSUED_AT, RECEIVED_AT, timedelta(0)),
            CompletionDate(date(2025, 7, 4), needs_review=False),
        ),
    ],
)
def test_completion_date_believes_a_device_that_can_be_right(claim, expected):  # R4
    assert completion_date(RECEIVED_AT, "Europe/Berlin", claim) == expected


# --- what holds for every policy and date ----------------------------------------------------------------

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
whole_years = st.builds(Duration, st.integers(1, 10), st.just("y")) | st.builds(
    Duration, st.sampled_from([12, 24, 36]), st.just("m")
)
durations = (
    st.builds(Duration, st.integers(1, 1500), st.just("d"))
    | st.builds(Duration, st.integers(1, 200), st.just("w"))
    | st.builds(Duration, st.integers(1, 60), st.just("m"))
    | st.builds(Duration, st.integers(1, 10), st.just("y"))
)


@st.composite
def policies(draw, anchors=("completion", "renewal", "calendar", "calendar_years")):
    anchor = draw(st.sampled_from(anchors))
    validity = draw(whole_years if anchor.startswith("calendar") else durations)
    month = draw(st.integers(1, 12))
    try:
        return ValidityPolicy(
            anchor=anchor,
            validity=validity,
            window=draw(st.none() | durations),
            grace=draw(st.none() | durations),
            min_validity=draw(st.none() | durations),
            calendar_last_day=(month, draw(st.integers(1, 29 if month == 2 else 30))),
            late=draw(st.sampled_from(["completion", "schedule"])),
            early=draw(st.sampled_from(["restart", "record_only"])),
        )
    except PolicyError:
        assume(False)


def histories(policy, first_on, gaps):
    """Yield (completed_on, current, next) for completions that follow each other at ``gaps`` in days."""
    current, completed_on = next_period(policy, first_on), first_on
    for gap in gaps:
        completed_on += timedelta(days=gap)
        following = next_period(policy, completed_on, current)
        yield completed_on, current, following
        current = following


gaps_in_days = st.lists(st.integers(0, 1200), min_size=1, max_size=6)


@settings(deadline=None)
@given(policies(), days, gaps_in_days)
def test_a_renewal_never_shortens(policy, first_on, gaps):
    for completed_on, current, following in histories(policy, first_on, gaps):
        assert following.valid_until >= current.valid_until
        assert following.valid_until > completed_on


@settings(deadline=None)
@given(policies(), policies(), days, gaps_in_days)
def test_a_renewal_never_shortens_across_a_change_of_policy(old, new, first_on, gaps):
    current = next_period(old, first_on)
    for gap in gaps:
        following = next_period(new, first_on + timedelta(days=gap), current)
        assert following.valid_until >= current.valid_until


@settings(deadline=None)
@given(policies(), days, gaps_in_days)
def test_the_window_opens_before_the_end(policy, first_on, gaps):
    for _, current, following in histories(policy, first_on, gaps):
        for period in (current, following):
            assert period.window_opens_on < period.valid_until
            assert period.last_valid_on == period.valid_until - DAY
            assert period.grace_until >= period.valid_until


@settings(deadline=None)
@given(policies(anchors=("renewal", "calendar")), days, gaps_in_days, st.data())
def test_a_renewal_inside_the_window_lengthens_and_touches(policy, first_on, gaps, data):
    for _, _, current in histories(policy, first_on, gaps):
        opens_on = max(current.window_opens_on, current.valid_from)
        completed_on = data.draw(st.dates(opens_on, current.last_valid_on))
        following = next_period(policy, completed_on, current)
        assert following.valid_until > current.valid_until
        assert following.valid_from == current.valid_until


@settings(deadline=None)
@given(policies(anchors=("renewal", "calendar")), policies(anchors=("renewal", "calendar")), days, st.data())
def test_a_renewal_inside_the_window_lengthens_across_a_change_of_policy(old, new, first_on, data):
    current = next_period(old, first_on)
    opens_on = max(current.window_opens_on, current.valid_from)
    completed_on = data.draw(st.dates(opens_on, current.last_valid_on))
    assert next_period(new, completed_on, current).valid_until > current.valid_until


# Only policies with a minimum say something here; that others are passed over is no fault of the machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(policies(anchors=("completion", "renewal", "calendar")), days, gaps_in_days)
def test_a_completion_brings_the_minimum_unless_it_is_only_recorded(policy, first_on, gaps):
    assume(policy.min_validity is not None)
    for completed_on, current, following in histories(policy, first_on, gaps):
        if following is not current and policy.min_validity.unit == policy.validity.unit:
            assert following.valid_until >= policy.min_validity.after(completed_on)


@settings(deadline=None)
@given(days, st.integers(1, 36), st.data())
def test_no_drift_after_many_cycles(first_on, months, data):  # R3
    policy = ValidityPolicy(validity=Duration(months, "m"), window=Duration(1, "w"))
    period = next_period(policy, first_on)
    for _ in range(12):
        completed_on = data.draw(st.dates(period.window_opens_on, period.last_valid_on))
        period = next_period(policy, completed_on, period)

    assert period.valid_until == Duration(13 * months, "m").after(first_on)
    assert period.anchor_day == first_on.day


@settings(max_examples=30, deadline=None)
@given(days)
def test_the_anchor_day_is_kept_for_400_months(first_on):
    policy = ValidityPolicy(validity=Duration(1, "m"), window=Duration(1, "w"))
    period = next_period(policy, first_on)
    ends = [period.valid_until]
    for _ in range(399):
        period = next_period(policy, period.last_valid_on, period)
        ends.append(period.valid_until)

    assert period.anchor_day == first_on.day
    assert ends == [Duration(n, "m").after(first_on) for n in range(1, 401)]
    for earlier, later in pairwise(ends):
        assert later.day == first_on.day or (later.day == 1 and (later - DAY).day < first_on.day)
        assert timedelta(days=28) <= later - earlier <= timedelta(days=31)


@settings(deadline=None)
@given(days, st.integers(1, 12), st.integers(1, 31), st.integers(1, 3))
def test_calendar_periods_all_end_on_the_deadline(first_on, month, last_day, years):
    assume(last_day <= monthrange(2000, month)[1])
    policy = ValidityPolicy(anchor="calendar", validity=Duration(years, "y"), calendar_last_day=(month, last_day))
    period = next_period(policy, first_on)
    for _ in range(8):
        year = period.last_valid_on.year
        assert period.last_valid_on == date(year, month, min(last_day, monthrange(year, month)[1]))
        period = next_period(policy, period.last_valid_on, period)
        assert period.last_valid_on.year == year + years


@settings(deadline=None)
@given(policies(), days, gaps_in_days)
def test_next_period_is_the_same_when_asked_again(policy, first_on, gaps):
    assert list(histories(policy, first_on, gaps)) == list(histories(policy, first_on, gaps))


@settings(deadline=None)
@given(policies())
def test_policy_survives_json(policy):
    assert policy_from_json(json.loads(json.dumps(policy.to_json()))) == policy


ZONES = [
    "UTC",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Denver",
    "Europe/Berlin",
    "Asia/Beirut",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1), date(2060, 12, 31)), st.sampled_from(ZONES))
def test_starts_at_is_where_the_local_day_begins(day, zone):
    start, tz = starts_at(day, zone), ZoneInfo(zone)

    assert start.tzinfo is UTC
    assert start.astimezone(tz).date() >= day
    assert (start - timedelta(seconds=1)).astimezone(tz).date() < day
    assert local_date(start, zone) == day or (zone, day) == ("Pacific/Apia", date(2011, 12, 30))


@settings(deadline=None)
@given(policies(), st.dates(date(1970, 1, 1), date(2050, 1, 1)), st.sampled_from(ZONES))
def test_the_clocks_neither_lengthen_nor_shorten_a_period(policy, first_on, zone):  # R1
    period = next_period(policy, first_on)
    tz = ZoneInfo(zone)
    first, end = starts_at(period.valid_from, zone), starts_at(period.valid_until, zone)

    assert first.astimezone(tz).date() >= period.valid_from
    assert (end - timedelta(seconds=1)).astimezone(tz).date() <= period.last_valid_on
    assert end.astimezone(tz).date() >= period.valid_until
