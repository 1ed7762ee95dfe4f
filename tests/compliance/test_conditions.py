"""Conditions over employments: what they say, what they refuse, whom they fit."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.conditions import (
    ConditionError,
    ConditionProblem,
    Group,
    Hired,
    Is,
    JobFacts,
    Not,
    matches,
    named,
    parse,
)

JOB = JobFacts(
    organisation="larch",
    sites=frozenset({"fort", "north"}),
    role="desk",
    role_tags=frozenset({"front_desk", "receives_reports"}),
    sector="hospitality",
    jurisdiction="ca-bc",
    employment_type="direct",
    hired_on=date(2025, 6, 2),
)


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"organisation": "larch"}, True),
        ({"organisation": "birch"}, False),
        ({"site": "fort"}, True),
        ({"site": "north"}, True),
        ({"site": "south"}, False),
        ({"site": ["south", "north"]}, True),
        ({"role": "desk"}, True),
        ({"role_tag": "front_desk"}, True),
        ({"role_tag": "driver"}, False),
        ({"sector": ["transport", "hospitality"]}, True),
        ({"jurisdiction": "ca"}, True),
        ({"jurisdiction": "ca-bc"}, True),
        ({"jurisdiction": "ca-b"}, False),
        ({"jurisdiction": "us"}, False),
        ({"employment_type": "agency"}, False),
        ({"hired_on": {"from": "2025-06-02"}}, True),
        ({"hired_on": {"from": "2025-06-03"}}, False),
        ({"hired_on": {"before": "2025-06-02"}}, False),
        ({"hired_on": {"before": "2025-06-03"}}, True),
        ({"hired_on": {"from": "2025-01-01", "before": "2026-01-01"}}, True),
        ({"not": {"role": "desk"}}, False),
        ({"not": {"not": {"role": "desk"}}}, True),
        ({"all": [{"site": "fort"}, {"role": "desk"}]}, True),
        ({"all": [{"site": "fort"}, {"role": "kitchen"}]}, False),
        ({"any": [{"site": "south"}, {"role": "desk"}]}, True),
        ({"any": [{"site": "south"}, {"all": [{"role": "desk"}, {"not": {"jurisdiction": "us"}}]}]}, True),
    ],
)
def test_whom_a_condition_fits(data, fits):
    assert matches(parse(data), JOB) is fits


def test_who_was_hired_on_no_known_day_fits_no_condition_about_it():
    unknown = replace(JOB, hired_on=None)
    assert not matches(parse({"hired_on": {"before": "2030-01-01"}}), unknown)
    assert not matches(parse({"hired_on": {"from": "2000-01-01"}}), unknown)


def nested(depth):
    data = {"role": "desk"}
    for _ in range(depth):
        data = {"not": data}
    return data


@pytest.mark.parametrize(
    ("data", "problem", "path"),
    [
        (None, ConditionProblem.NOT_AN_OBJECT, ""),
        ([], ConditionProblem.NOT_AN_OBJECT, ""),
        ({}, ConditionProblem.NOT_ONE_KEY, ""),
        ({"site": "a", "role": "b"}, ConditionProblem.NOT_ONE_KEY, ""),
        ({"age": "40"}, ConditionProblem.UNKNOWN_KEY, ""),
        ({"all": []}, ConditionProblem.EMPTY, "all"),
        ({"any": {}}, ConditionProblem.NOT_A_LIST, "any"),
        ({"all": [{"site": "a"}, {"nationality": "x"}]}, ConditionProblem.UNKNOWN_KEY, "all.1"),
        ({"not": {"any": [{"role": []}]}}, ConditionProblem.EMPTY, "not.any.0.role"),
        ({"role": 7}, ConditionProblem.NOT_WORDS, "role"),
        ({"role": ["a", " "]}, ConditionProblem.NOT_WORDS, "role"),
        ({"hired_on": "2025-01-01"}, ConditionProblem.NOT_AN_OBJECT, "hired_on"),
        ({"hired_on": {}}, ConditionProblem.EMPTY, "hired_on"),
        ({"hired_on": {"until": "2025-01-01"}}, ConditionProblem.UNKNOWN_KEY, "hired_on"),
        ({"hired_on": {"from": "2025-02-30"}}, ConditionProblem.NOT_A_DATE, "hired_on.from"),
        ({"hired_on": {"from": 2025}}, ConditionProblem.NOT_A_DATE, "hired_on.from"),
        (
            {"hired_on": {"from": "2025-01-01", "before": "2025-01-01"}},
            ConditionProblem.DATES_OUT_OF_ORDER,
            "hired_on",
        ),
        ({"role": [f"r{n}" for n in range(300)]}, ConditionProblem.TOO_LARGE, ""),
        (nested(40), ConditionProblem.TOO_DEEP, ".".join(["not"] * 17)),
    ],
)
def test_what_is_refused_says_what_and_where(data, problem, path):
    with pytest.raises(ConditionError) as refused:
        parse(data)
    assert (refused.value.problem, refused.value.path) == (problem, path)


def test_a_condition_is_plain_data_and_names_what_has_to_exist():
    condition = parse(
        {"all": [{"any": [{"site": ["a", "b"]}, {"hired_on": {"from": "2025-01-01"}}]}, {"not": {"role": "c"}}]}
    )
    assert condition == Group(
        True,
        (Group(False, (Is("site", ("a", "b")), Hired(date(2025, 1, 1), None))), Not(Is("role", ("c",)))),
    )
    assert list(named(condition)) == [("site", "a"), ("site", "b"), ("role", "c")]
