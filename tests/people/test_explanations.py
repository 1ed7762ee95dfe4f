"""Every problem has words, and a way to mend it."""

import pytest

from people.explanations import explain
from people.kinds.people import PeopleKind
from people.workbooks.cells import Found
from people.workbooks.problems import Problem, RowProblem


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_words_and_a_way_to_mend_it(problem: Problem) -> None:
    words = explain(RowProblem(7, "starts_on", problem, Found.TEXT, ("a", "b")), PeopleKind())
    assert (words.row, words.column, words.rule) == (7, "First day", str(problem))
    assert words.message
    assert words.mend
    assert "%(" not in words.message + words.mend
    bare = explain(RowProblem(None, "", problem))
    assert (bare.row, bare.column) == (None, "")


def test_unknown_heading_is_quoted() -> None:
    assert explain(RowProblem(1, "Shoe size", Problem.UNKNOWN_COLUMN)).column == "“Shoe size”"
