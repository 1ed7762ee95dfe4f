"""What a certification asks for: what it says, what it refuses, which courses fulfil it."""

from datetime import date

import pytest

from certificates.expressions import (
    AtLeast,
    ExpressionError,
    ExpressionProblem,
    Part,
    asked,
    chosen,
    every,
    named_courses,
    parse_expression,
    renewals_in_time,
)
from certificates.validity import Duration, ValidityPolicy, next_period

COURSES = {"a": 1, "b": 2, "c": 3, "d": 4}
A, B, C, D = ({"course": code} for code in "abcd")


@pytest.mark.parametrize(
    ("data", "done", "newest", "courses"),
    [
        (A, {1}, 1, {1}),
        (A, {2}, 2, None),
        ({"all": [A, B]}, {1}, 1, None),
        ({"all": [A, B]}, {1, 2, 3}, 2, {1, 2}),
        ({"any": [A, B]}, {2}, 2, {2}),
        ({"any": [A, B]}, {1, 2}, 2, {2}),  # the one that asks comes first
        ({"any": [A, B]}, {1, 2}, 3, {1}),
        ({"n": 2, "of": [A, B, C]}, {1}, 1, None),
        ({"n": 2, "of": [A, B, C]}, {1, 2, 3}, 3, {1, 3}),
        ({"all": [A, {"any": [B, {"all": [C, D]}]}]}, {1, 3, 4}, 4, {1, 3, 4}),
        ({"all": [A, {"any": [B, {"all": [C, D]}]}]}, {1, 3}, 3, None),
    ],
)
def test_which_courses_fulfil_it(data, done, newest, courses):
    found = chosen(parse_expression(data, COURSES), frozenset(done), newest)
    assert found == (None if courses is None else frozenset(courses))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, ExpressionProblem.NOT_AN_OBJECT),
        ("a", ExpressionProblem.NOT_AN_OBJECT),
        ({}, ExpressionProblem.UNKNOWN_KEYS),
        ({"course": "a", "any": []}, ExpressionProblem.UNKNOWN_KEYS),
        ({"session": "a"}, ExpressionProblem.UNKNOWN_KEYS),
        ({"course": "z"}, ExpressionProblem.UNKNOWN_COURSE),
        ({"course": 1}, ExpressionProblem.UNKNOWN_COURSE),
        ({"all": []}, ExpressionProblem.EMPTY),
        ({"any": [{"all": []}]}, ExpressionProblem.EMPTY),
        ({"n": 0, "of": [A]}, ExpressionProblem.NOT_A_COUNT),
        ({"n": 2, "of": [A]}, ExpressionProblem.NOT_A_COUNT),
        ({"n": True, "of": [A]}, ExpressionProblem.NOT_A_COUNT),
        ({"certification": "nowhere"}, ExpressionProblem.UNKNOWN_CERTIFICATION),
    ],
)
def test_what_is_refused(data, problem):
    with pytest.raises(ExpressionError) as refused:
        parse_expression(data, COURSES)
    assert refused.value.problem is problem


def test_another_certification_stands_for_what_it_asks():
    others = {"core": {"all": [A, B]}, "more": {"all": [{"certification": "core"}, C]}}
    assert parse_expression({"certification": "more"}, COURSES, others) == AtLeast(
        2, (AtLeast(2, (Part(1), Part(2))), Part(3))
    )


@pytest.mark.parametrize(
    ("others", "met"),
    [
        ({"core": {"certification": "mine"}}, "mine → core → mine"),
        ({"core": {"all": [A, {"certification": "core"}]}}, "mine → core → core"),
        (
            {"core": {"certification": "more"}, "more": {"any": [{"certification": "core"}]}},
            "mine → core → more → core",
        ),
    ],
)
def test_what_comes_back_to_itself_is_refused_with_the_way_it_took(others, met):
    with pytest.raises(ExpressionError) as refused:
        parse_expression({"certification": "core"}, COURSES, others, own="mine")
    assert (refused.value.problem, refused.value.value) == (ExpressionProblem.CYCLE, met)


def test_what_is_nested_too_deep_is_refused():
    data = A
    for _ in range(9):
        data = {"all": [data]}
    with pytest.raises(ExpressionError) as refused:
        parse_expression(data, COURSES)
    assert refused.value.problem is ExpressionProblem.TOO_DEEP


def test_every_course_it_names():
    assert sorted(named_courses(parse_expression({"all": [A, {"any": [C, D]}]}, COURSES))) == [1, 3, 4]


def test_a_renewal_in_time_asks_the_refreshers_in_turn_or_the_whole():
    whole, one, two = every([1, 2]), Part(3), Part(4)
    assert [asked(whole, (one, two), number) for number in (None, 0, 1, 2)] == [
        whole,
        AtLeast(1, (one, whole)),
        AtLeast(1, (two, whole)),
        AtLeast(1, (one, whole)),
    ]
    assert asked(whole, (), 3) == whole


def test_renewals_are_counted_from_the_last_gap():
    policy = ValidityPolicy(validity=Duration(1, "y"), window=Duration(2, "m"))
    first = next_period(policy, date(2024, 1, 10))
    second = next_period(policy, date(2024, 12, 20), first)
    third = next_period(policy, date(2025, 12, 20), second)
    after_a_gap = next_period(policy, date(2027, 6, 1), third)
    assert renewals_in_time([], date(2024, 1, 10)) is None
    assert renewals_in_time([first], date(2024, 12, 20)) == 0
    assert renewals_in_time([first], date(2025, 1, 10)) is None
    assert renewals_in_time([third, first, second], date(2026, 12, 1)) == 2
    assert renewals_in_time([first, second, third, after_a_gap], date(2028, 5, 1)) == 0
