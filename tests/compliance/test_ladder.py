"""The ladder: what it is, and what it cannot be."""

import pytest

from compliance.ladder import (
    DEFAULT_LADDER,
    LadderError,
    LadderProblem,
    Recipient,
    Rung,
    ladder_from_json,
    ladder_to_json,
    merged,
)


def test_the_default_is_eight_rungs_up_to_hr():
    assert [(rung.days, [str(it) for it in rung.to]) for rung in DEFAULT_LADDER] == [
        (-60, ["learner"]),
        (-30, ["learner"]),
        (-14, ["learner"]),
        (-7, ["learner"]),
        (-1, ["learner"]),
        (0, ["learner", "manager"]),
        (3, ["learner", "manager", "site_lead"]),
        (14, ["learner", "manager", "site_lead", "hr"]),
    ]


def test_what_is_written_is_read_back():
    assert ladder_from_json(ladder_to_json(DEFAULT_LADDER)) == DEFAULT_LADDER
    assert ladder_from_json([]) == ()


def test_rungs_come_sorted_and_recipients_from_the_person_upwards():
    typed = [{"days": 5, "to": ["hr", "learner"]}, {"days": -5, "to": ["learner"]}]
    assert ladder_from_json(typed) == (Rung(-5), Rung(5, (Recipient.LEARNER, Recipient.HR)))


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (None, LadderProblem.NOT_A_LIST),
        ({"days": 1}, LadderProblem.NOT_A_LIST),
        ([{"days": it, "to": ["learner"]} for it in range(21)], LadderProblem.TOO_MANY),
        (["-14"], LadderProblem.NOT_A_RUNG),
        ([{"days": 1}], LadderProblem.NOT_A_RUNG),
        ([{"days": 1, "to": ["learner"], "why": ""}], LadderProblem.NOT_A_RUNG),
        ([{"days": "1", "to": ["learner"]}], LadderProblem.NOT_A_DAY),
        ([{"days": True, "to": ["learner"]}], LadderProblem.NOT_A_DAY),
        ([{"days": 1.5, "to": ["learner"]}], LadderProblem.NOT_A_DAY),
        ([{"days": -367, "to": ["learner"]}], LadderProblem.TOO_FAR),
        ([{"days": 1, "to": ["learner"]}, {"days": 1, "to": ["learner"]}], LadderProblem.SAME_DAY_TWICE),
        ([{"days": 1, "to": []}], LadderProblem.NOBODY),
        ([{"days": 1, "to": "learner"}], LadderProblem.NOBODY),
        ([{"days": 1, "to": ["learner", "police"]}], LadderProblem.UNKNOWN_RECIPIENT),
        ([{"days": 1, "to": [[]]}], LadderProblem.UNKNOWN_RECIPIENT),
        ([{"days": 1, "to": ["hr"]}], LadderProblem.BEHIND_THE_BACK),
    ],
)
def test_what_cannot_be_is_refused(typed, problem):
    with pytest.raises(LadderError) as caught:
        ladder_from_json(typed)
    assert caught.value.problem is problem


def test_ladders_of_requirements_that_share_a_cycle_are_one():
    one = (Rung(-14), Rung(3, (Recipient.LEARNER, Recipient.HR)))
    other = (Rung(-7), Rung(3, (Recipient.LEARNER, Recipient.MANAGER)))
    assert merged([one, other]) == (
        Rung(-14),
        Rung(-7),
        Rung(3, (Recipient.LEARNER, Recipient.MANAGER, Recipient.HR)),
    )
