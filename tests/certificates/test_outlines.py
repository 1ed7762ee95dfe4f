"""What a certification asks for as lines: there and back, and what cannot be a line."""

import pytest

from certificates.outlines import Line, LineKind, OutlineError, OutlineProblem, expressions_of, lines_of

A, B = {"course": "a"}, {"course": "b"}
SHOWN = {"attestation": "shown", "text": "Was shown whom to call"}


@pytest.mark.parametrize(
    "expressions",
    [
        [],
        [A],
        [A, {"session": "b"}],
        [{"all": [A, SHOWN]}],
        [{"n": 2, "of": [A, B, {"certification": "core"}]}],
        [{"any": [{"all": [A, {"any": [B, SHOWN]}]}, B]}, A],
    ],
)
def test_expressions_as_lines_say_the_same(expressions):
    assert expressions_of(lines_of(expressions)) == expressions


def test_lines_of_nested_lists_stand_further_in():
    found = lines_of([{"any": [{"all": [A]}, B]}])
    assert [(it.level, it.kind, it.which) for it in found] == [
        (1, LineKind.ANY, ""),
        (2, LineKind.ALL, ""),
        (3, LineKind.COURSE, "a"),
        (2, LineKind.COURSE, "b"),
    ]


@pytest.mark.parametrize("written", [{"course": 1}, {"all": A}, {}, "a", {"attestation": "shown"}])
def test_what_is_no_expression_has_no_lines(written):
    with pytest.raises(ValueError, match="no expression"):
        lines_of([written])


@pytest.mark.parametrize(
    ("lines", "problem", "index"),
    [
        ([Line(2, LineKind.COURSE, which="a")], OutlineProblem.TOO_FAR_IN, 0),
        ([Line(1, LineKind.ALL)], OutlineProblem.HOLDS_NOTHING, 0),
        ([Line(1, LineKind.ALL), Line(1, LineKind.COURSE, which="a")], OutlineProblem.HOLDS_NOTHING, 0),
        (
            [Line(1, LineKind.ANY), Line(2, LineKind.COURSE, which="a"), Line(3, LineKind.COURSE, which="b")],
            OutlineProblem.TOO_FAR_IN,
            2,
        ),
        ([Line(1, LineKind.AT_LEAST), Line(2, LineKind.COURSE, which="a")], OutlineProblem.NO_COUNT, 0),
        ([Line(1, LineKind.SESSION)], OutlineProblem.NO_CHOICE, 0),
    ],
)
def test_what_cannot_be_a_line_is_named(lines, problem, index):
    with pytest.raises(OutlineError) as caught:
        expressions_of(lines)
    assert (caught.value.problem, caught.value.index) == (problem, index)
