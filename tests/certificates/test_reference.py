"""What the product says of a completion, against a slow reading of the specification."""

from dataclasses import astuple
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certificates.validity import Duration, Period, PolicyError, ValidityPolicy, next_period
from tests.certificates import reference

# Ends of months, both sides of leap days and of new years, and any other day.
days = st.one_of(
    st.sampled_from([date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2023, 1, 31), date(2025, 12, 31)]),
    st.dates(date(2023, 1, 1), date(2029, 12, 31)),
)
short = st.one_of(
    st.builds(Duration, st.integers(1, 120), st.just("d")),
    st.builds(Duration, st.integers(1, 12), st.just("w")),
    st.builds(Duration, st.integers(1, 11), st.just("m")),
)
years = st.builds(Duration, st.integers(1, 5), st.just("y"))


@st.composite
def policies(draw):
    anchor = draw(st.sampled_from(["completion", "renewal", "calendar", "calendar_years"]))
    try:
        return ValidityPolicy(
            anchor=anchor,
            validity=draw(years if anchor.startswith("calendar") else st.one_of(short, years)),
            window=draw(st.none() | short),
            grace=draw(st.none() | short),
            min_validity=draw(st.none() | short),
            calendar_last_day=draw(st.sampled_from([(1, 1), (1, 31), (2, 28), (2, 29), (3, 31), (6, 30), (12, 31)])),
            late=draw(st.sampled_from(["completion", "schedule"])),
            early=draw(st.sampled_from(["restart", "record_only"])),
        )
    except PolicyError:
        assume(False)


def interesting(draw, period: Period) -> date:
    """Return a day around one of the period's boundaries, or anywhere from before it to long after it."""
    boundary = draw(st.sampled_from([period.valid_from, period.window_opens_on, period.valid_until]))
    day = boundary + timedelta(days=draw(st.sampled_from([-1, 0, 1]) | st.integers(-40, 500)))
    return max(day, date(2020, 1, 1))


@settings(max_examples=400, deadline=None)
@given(policies(), days, st.data())
def test_periods_are_those_of_a_slow_reading_of_the_rules(policy, completed_on, data):
    current = None
    for _ in range(6):
        period = next_period(policy, completed_on, current)

        wanted = reference.next_period(policy, completed_on, current)
        assert (
            period.valid_from,
            period.valid_until,
            period.window_opens_on,
            period.grace_until,
            period.anchor_day,
        ) == (wanted.valid_from, wanted.valid_until, wanted.window_opens_on, wanted.grace_until, wanted.anchor_day)
        assert Period(*astuple(period)) == period  # it can be handed back as it is written down
        current, completed_on = period, interesting(data.draw, period)
