"""Conditions and due rules in words."""

import pytest

from compliance.condition_words import condition_in_words, due_rule_in_words
from compliance.conditions import parse
from compliance.due_dates import parse_due_rule

NAMES = {("site", "north"): "Larch Hotels North", ("role", "desk"): "Front desk", ("organisation", "larch"): "Larch"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"site": "north"}, "works at Larch Hotels North"),
        ({"role": ["desk", "night_audit"]}, "works in Front desk or night audit"),
        ({"organisation": "larch"}, "works for Larch"),
        ({"employment_type": "agency"}, "is sent by an agency"),
        ({"role_tag": "front_desk"}, "has work of the kind front desk"),
        ({"sector": "hospitality"}, "works in the sector hospitality"),
        ({"jurisdiction": "ca-bc"}, "works where the rules of ca-bc hold"),
        ({"hired_on": {"from": "2025-01-01"}}, "was hired on 1 January 2025 or later"),
        ({"hired_on": {"before": "2025-01-01"}}, "was hired before 1 January 2025"),
        (
            {"all": [{"site": "north"}, {"any": [{"role": "desk"}, {"not": {"employment_type": "agency"}}]}]},
            "works at Larch Hotels North and (works in Front desk or not: is sent by an agency)",
        ),
    ],
)
def test_a_condition_in_words(data, words):
    assert condition_in_words(parse(data), NAMES) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"on": "2026-04-01"}, "1 April 2026"),
        ({"after": "hire", "in": "0d"}, "the day of hiring"),
        ({"after": "role_start", "in": "1m"}, "1 month after the first day in the role"),
        (
            {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-06-30"}]},
            "90 days after the day of hiring, or 30 June 2026, whichever is later",
        ),
    ],
)
def test_a_due_rule_in_words(rule, words):
    assert due_rule_in_words(parse_due_rule(rule)) == words
