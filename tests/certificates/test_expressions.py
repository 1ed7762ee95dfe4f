"""What a certification asks for: what it says, what it refuses, which courses fulfil it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.expressions import (
    AtLeast,
    Attested,
    ExpressionError,
    ExpressionProblem,
    InSession,
    Part,
    asked,
    chosen,
    every,
    leaves,
    named_courses,
    parse_expression,
    renewals_in_time,
    still_open,
    without_a_way_around,
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
    found = chosen(parse_expression(data, COURSES), frozenset(map(Part, done)), Part(newest))
    assert found == (None if courses is None else frozenset(map(Part, courses)))


SHOWN = {"attestation": "shown-the-exits", "text": "Was shown  whom to call."}
IN_ROOM = {"session": "a"}


def test_sessions_and_attestations_are_parts_of_their_own():
    both = parse_expression({"all": [A, IN_ROOM, SHOWN]}, COURSES)
    assert both == AtLeast(3, (Part(1), InSession(1), Attested("shown-the-exits")))
    assert [it.text for it in leaves(both) if isinstance(it, Attested)] == ["Was shown whom to call."]
    done = frozenset({Part(1), InSession(1), Attested("shown-the-exits", "as it read then")})
    assert chosen(both, done, InSession(1)) == done
    assert chosen(both, done - {InSession(1)}, Part(1)) is None
    assert list(named_courses(both)) == [1, 1]


@pytest.mark.parametrize(
    ("data", "done", "left"),
    [
        (A, {Part(1)}, None),
        ({"all": [A, IN_ROOM]}, set(), AtLeast(2, (Part(1), InSession(1)))),
        ({"all": [A, IN_ROOM]}, {Part(1)}, InSession(1)),
        ({"any": [A, IN_ROOM]}, {InSession(1)}, None),
        ({"n": 2, "of": [A, B, IN_ROOM]}, {Part(2)}, AtLeast(1, (Part(1), InSession(1)))),
        ({"all": [A, {"any": [IN_ROOM, SHOWN]}]}, {Part(1)}, AtLeast(1, (InSession(1), Attested("shown-the-exits")))),
    ],
)
def test_what_is_still_open(data, done, left):
    assert still_open(parse_expression(data, COURSES), frozenset(done)) == left


@settings(deadline=None)
@given(st.data())
def test_what_is_still_open_is_nothing_exactly_where_it_is_fulfilled(data):
    leaf = st.sampled_from([A, B, C, IN_ROOM, {"session": "b"}])
    tree = st.recursive(
        leaf,
        lambda parts: st.lists(parts, min_size=1, max_size=3).flatmap(
            lambda some: st.one_of(
                st.just({"all": some}),
                st.just({"any": some}),
                st.integers(1, len(some)).map(lambda n: {"n": n, "of": some}),
            )
        ),
        max_leaves=8,
    )
    expression = parse_expression(data.draw(tree), COURSES)
    done = frozenset(data.draw(st.sets(st.sampled_from([Part(1), Part(2), Part(3), InSession(1), InSession(2)]))))
    left = still_open(expression, done)
    assert (left is None) == (chosen(expression, done, Part(1)) is not None)
    if left is not None:
        assert not set(leaves(left)) & done
        assert chosen(expression, done | set(leaves(left)), Part(1)) is not None


@pytest.mark.parametrize(
    ("data", "learns"),
    [
        (SHOWN, False),
        ({"any": [A, SHOWN]}, False),
        ({"all": [A, SHOWN]}, True),
        ({"n": 2, "of": [A, IN_ROOM, SHOWN]}, True),
        ({"n": 1, "of": [A, IN_ROOM, SHOWN]}, False),
        ({"all": [SHOWN, {"any": [A, B]}]}, True),
    ],
)
def test_what_can_be_fulfilled_without_learning_is_refused(data, learns):
    if learns:
        parse_expression(data, COURSES)
        return
    with pytest.raises(ExpressionError) as refused:
        parse_expression(data, COURSES)
    assert refused.value.problem is ExpressionProblem.NOTHING_LEARNT


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, ExpressionProblem.NOT_AN_OBJECT),
        ("a", ExpressionProblem.NOT_AN_OBJECT),
        ({}, ExpressionProblem.UNKNOWN_KEYS),
        ({"course": "a", "any": []}, ExpressionProblem.UNKNOWN_KEYS),
        ({"session": "a", "text": "x"}, ExpressionProblem.UNKNOWN_KEYS),
        ({"session": "z"}, ExpressionProblem.UNKNOWN_COURSE),
        ({"attestation": "shown"}, ExpressionProblem.UNKNOWN_KEYS),
        ({"attestation": "Shown!", "text": "x"}, ExpressionProblem.NOT_A_CODE),
        ({"attestation": "shown", "text": "  "}, ExpressionProblem.NO_TEXT),
        ({"attestation": "shown", "text": "x" * 301}, ExpressionProblem.NO_TEXT),
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


def test_what_nobody_gets_around() -> None:
    for data, expected in (
        (A, {1}),
        ({"session": "a"}, {1}),
        ({"any": [A, B]}, set()),
        ({"any": [A, {"session": "a"}]}, {1}),
        ({"all": [A, {"any": [B, C]}]}, {1}),
        ({"n": 2, "of": [A, B, C]}, set()),
        ({"n": 2, "of": [A, {"all": [A, B]}, C]}, {1}),
    ):
        assert without_a_way_around(parse_expression(data, COURSES)) == expected, data
