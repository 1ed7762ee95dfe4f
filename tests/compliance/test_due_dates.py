"""When something is due for the first time."""

from datetime import date

import pytest

from certificates.validity import Duration
from compliance.due_dates import Bases, DueRuleError, DueRuleProblem, bases_of, due_date, last_good_day, parse_due_rule

BASES = Bases(
    hire=date(2025, 8, 31), role_start=date(2026, 1, 31), requirement_start=date(2026, 3, 2), licence_renewal=None
)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ({"on": "2026-04-01"}, date(2026, 4, 1)),
        ({"after": "hire", "in": "0d"}, date(2025, 8, 31)),
        ({"after": "hire", "in": "90d"}, date(2025, 11, 29)),
        ({"after": "hire", "in": "6m"}, date(2026, 2, 28)),
        ({"after": "role_start", "in": "1m"}, date(2026, 2, 28)),
        ({"after": "role_start", "in": "2m"}, date(2026, 3, 31)),
        ({"after": "requirement_start", "in": "2w"}, date(2026, 3, 16)),
        ({"after": "licence_renewal", "in": "0d"}, None),
        ({"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-04-01"}]}, date(2026, 4, 1)),
        ({"later_of": [{"after": "hire", "in": "1y"}, {"on": "2026-04-01"}]}, date(2026, 8, 31)),
        ({"later_of": [{"after": "licence_renewal", "in": "0d"}, {"on": "2026-04-01"}]}, None),
    ],
)
def test_the_last_good_day(rule, day):
    assert due_date(parse_due_rule(rule), BASES) == day


@pytest.mark.parametrize(
    ("start", "length", "day"),
    [
        (date(2024, 2, 29), Duration(1, "y"), date(2025, 2, 28)),
        (date(2023, 2, 28), Duration(1, "y"), date(2024, 2, 28)),
        (date(2025, 8, 31), Duration(6, "m"), date(2026, 2, 28)),
        (date(2025, 12, 1), Duration(1, "m"), date(2026, 1, 1)),
    ],
)
def test_months_keep_the_day_and_a_month_without_it_gives_its_last(start, length, day):
    assert last_good_day(start, length) == day


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (None, DueRuleProblem.NOT_AN_OBJECT),
        ({}, DueRuleProblem.UNKNOWN_KEYS),
        ({"on": "2026-04-01", "in": "3d"}, DueRuleProblem.UNKNOWN_KEYS),
        ({"on": "2026-02-30"}, DueRuleProblem.NOT_A_DATE),
        ({"after": "birth", "in": "3d"}, DueRuleProblem.UNKNOWN_BASE),
        ({"after": "hire", "in": 90}, DueRuleProblem.NOT_A_DURATION),
        ({"after": "hire", "in": "a while"}, DueRuleProblem.NOT_A_DURATION),
        ({"after": "hire"}, DueRuleProblem.UNKNOWN_KEYS),
        ({"later_of": [{"on": "2026-04-01"}]}, DueRuleProblem.NOT_TWO),
        ({"later_of": [{"on": "2026-04-01"}, {"on": "x"}]}, DueRuleProblem.NOT_A_DATE),
    ],
)
def test_what_is_refused(rule, problem):
    with pytest.raises(DueRuleError) as refused:
        parse_due_rule(rule)
    assert refused.value.problem is problem


def test_the_bases_that_a_rule_counts_from():
    rule = parse_due_rule({"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-04-01"}]})
    assert bases_of(rule) == {"hire"}
