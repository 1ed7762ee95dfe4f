"""Grading: what each response earns, and what passes."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exceptions import BadResponse, ResponseFault
from assessments.grading import Graded, check_response, grade_paper, grade_question
from assessments.scenarios import best_credit
from tests.assessments.frozen_samples import innocent, node, question, quiz

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("kind", "response", "score"),
    [
        ("single", "q-right", 1),
        ("single", "q-b", 0),
        ("multiple", ["q-right", "q-right2"], 1),
        ("multiple", ["q-right2", "q-right"], 1),
        ("multiple", ["q-right"], 0),
        ("multiple", ["q-right", "q-right2", "q-c"], 0),
        ("true_false", False, 1),
        ("true_false", True, 0),
        ("ordering", ["q-1", "q-2", "q-3"], 1),
        ("ordering", ["q-1", "q-3", "q-2"], 0),
        ("matching", {"q-l1": "q-r1", "q-l2": "q-r2", "q-l3": "q-r3", "q-l4": "q-r4"}, 1),
        ("matching", {"q-l1": "q-r1", "q-l2": "q-r3", "q-l3": "q-r2", "q-l4": "q-r4"}, HALF),
        ("matching", {"q-l1": "q-r1"}, Fraction(1, 4)),
        ("matching", {"q-l1": "q-r1", "q-l2": "q-r1"}, Fraction(1, 4)),
        ("scenario", ["q-a1", "q-b1"], 1),
        ("scenario", ["q-a1", "q-b2"], HALF),
        ("scenario", ["q-a2"], Fraction(1, 4)),
        ("scenario", ["q-a3"], 0),
    ],
)
def test_response_earns_its_share(kind, response, score):
    graded = grade_question(question("q", kind), response)
    assert graded == Graded(
        key="q", objective="note", critical=None, score=Fraction(score), answered=True, false_alarm=False
    )
    assert graded.right is (score == 1)


def test_scenario_without_any_credit_earns_nothing():
    asked = question("q", "scenario")
    for each in asked["nodes"]:
        for way in each["choices"]:
            way["credit"] = 0
    assert grade_question(asked, ["q-a2"]).score == 0


def test_the_best_way_through_a_story_of_thousands_of_steps_is_found():
    steps = [
        {"id": f"n{at}", "choices": [{"id": f"q-{at}", "next": f"n{at + 1}", "credit": "0.5"}]} for at in range(3000)
    ]
    asked = {"key": "q", "start": "n0", "nodes": [*steps, {"id": "n3000", "choices": []}]}

    assert best_credit(asked) == 1500
    # Two ways to one part, the better one told last; and a way back, which earns nothing.
    ways = {"a": [("b", 0), ("c", 1)], "b": [("d", 1)], "c": [("d", HALF), ("a", 1)], "d": []}
    nodes = [
        {"id": name, "choices": [{"id": to, "next": to, "credit": credit} for to, credit in leads_to]}
        for name, leads_to in ways.items()
    ]
    assert best_credit({"start": "a", "nodes": nodes}) == 2


def test_scenario_credits_written_as_text_count_the_same():
    asked = question("q", "scenario")
    for each in asked["nodes"]:
        for way in each["choices"]:
            way["credit"] = str(way["credit"])
    assert grade_question(asked, ["q-a1", "q-b2"]).score == HALF


LONG = "x" * 65

MALFORMED = [
    ("single", ["q-right"], ResponseFault.WRONG_TYPE),
    ("single", 1, ResponseFault.WRONG_TYPE),
    ("single", True, ResponseFault.WRONG_TYPE),
    ("single", {"q-right": 1}, ResponseFault.WRONG_TYPE),
    ("single", "other-right", ResponseFault.UNKNOWN_ID),
    ("single", "", ResponseFault.UNKNOWN_ID),
    ("single", LONG, ResponseFault.TOO_LONG),
    ("multiple", "q-right", ResponseFault.WRONG_TYPE),
    ("multiple", [["q-right"]], ResponseFault.WRONG_TYPE),
    ("multiple", ["q-right", "q-right"], ResponseFault.REPEATED_ID),
    ("multiple", ["q-right", "q-right2", "other-c"], ResponseFault.UNKNOWN_ID),
    ("multiple", ["q-right"] * 5, ResponseFault.TOO_LONG),
    ("true_false", 0, ResponseFault.WRONG_TYPE),
    ("true_false", "false", ResponseFault.WRONG_TYPE),
    ("ordering", ["q-1", "q-2"], ResponseFault.INCOMPLETE),
    ("ordering", ["q-1", "q-2", "q-2"], ResponseFault.REPEATED_ID),
    ("ordering", ["q-1", "q-2", "q-3", "q-3"], ResponseFault.TOO_LONG),
    ("matching", [["q-l1", "q-r1"]], ResponseFault.WRONG_TYPE),
    ("matching", {"q-l1": "q-l1"}, ResponseFault.UNKNOWN_ID),
    ("matching", {"q-r1": "q-r1"}, ResponseFault.UNKNOWN_ID),
    ("matching", {"q-l1": None}, ResponseFault.WRONG_TYPE),
    ("matching", {str(n): "q-r1" for n in range(5)}, ResponseFault.TOO_LONG),
    ("scenario", "q-a1", ResponseFault.WRONG_TYPE),
    ("scenario", ["q-b1"], ResponseFault.NOT_CONNECTED),
    ("scenario", ["q-a2", "q-b1"], ResponseFault.NOT_CONNECTED),
    ("scenario", ["q-a1", "other-b1"], ResponseFault.UNKNOWN_ID),
    ("scenario", ["q-a1", "q-a1"], ResponseFault.REPEATED_ID),
    ("scenario", ["q-a1"] * 6, ResponseFault.TOO_LONG),
    ("reflection", "what I think", ResponseFault.NOT_ACCEPTED),
]


@pytest.mark.parametrize(("kind", "response", "fault"), MALFORMED)
def test_malformed_response_is_refused_and_graded_as_unanswered(kind, response, fault):
    asked = question("q", kind)
    with pytest.raises(BadResponse) as caught:
        check_response(asked, response)
    assert (caught.value.key, caught.value.fault) == ("q", fault)
    graded = grade_question(asked, response)
    assert (graded.score, graded.answered) == (0, False)


@pytest.mark.parametrize(
    ("kind", "response"),
    [("multiple", []), ("ordering", []), ("matching", {}), ("scenario", []), ("scenario", ["q-a1"])],
)
def test_unfinished_response_may_be_saved_but_is_unanswered(kind, response):
    asked = question("q", kind)
    check_response(asked, response)
    graded = grade_question(asked, response)
    assert (graded.score, graded.answered) == (0, False)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["q-right", "q-1", "q-l1", "q-r1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["q-l1", "q-l2", "x"]), inner),
    max_leaves=8,
)


@given(
    response=json_values,
    kind=st.sampled_from(["single", "multiple", "true_false", "ordering", "matching", "scenario", "reflection"]),
)
def test_any_json_is_graded_without_an_error(response, kind):
    assert 0 <= grade_question(question("q", kind), response).score <= 1


# Papers


def paper_of(*questions, **changes):
    policy = {name: value for name, value in quiz([], [], **changes).items() if name not in ("questions", "blueprint")}
    return {"schema": 1, "form": 1, "seed": "s", "quiz": policy, "questions": list(questions)}


def right_answers(*numbers):
    return {f"q-{n}": f"q-{n}-right" for n in numbers}


@pytest.mark.parametrize(
    ("right", "of", "pass_percent", "passed", "shown"),
    [
        (12, 15, 80, True, 80),
        (11, 15, 80, False, 73),
        (2, 3, 66, True, 66),
        (2, 3, 67, False, 66),  # 66.67 is printed as 66 and is never rounded up to a pass
        (199, 200, 100, False, 99),
        (1, 1, 100, True, 100),
        (0, 4, 1, False, 0),
    ],
)
def test_pass_mark_is_compared_exactly(right, of, pass_percent, passed, shown):
    paper = paper_of(*(question(f"q-{n}") for n in range(of)), pass_percent=pass_percent)
    result = grade_paper(paper, right_answers(*range(right)))
    assert (result.passed, result.shown_percent) == (passed, shown)
    assert result.percent == Fraction(right * 100, of)
    assert (result.points, result.possible) == (right, of)


def test_half_points_add_up_exactly():
    paper = paper_of(question("q-0"), question("q-1"), question("s", "scenario"), pass_percent=83)
    result = grade_paper(paper, {**right_answers(0, 1), "s": ["s-a1", "s-b2"]})
    assert result.percent == Fraction(250, 3)
    assert result.passed


def test_empty_paper_never_passes():
    result = grade_paper(paper_of(pass_percent=1), {})
    assert (result.passed, result.percent) == (False, 0)


def test_missed_critical_rule_fails_whatever_the_score():
    paper = paper_of(
        *(question(f"q-{n}") for n in range(19)),
        question("q-19", critical="emergency-first", passage="other-lesson"),
        pass_percent=80,
    )
    result = grade_paper(paper, {**right_answers(*range(19)), "q-19": "q-19-b"})
    assert (result.passed, result.percent) == (False, 95)
    assert [rule.to_json() for rule in result.missed_critical] == [
        {"code": "emergency-first", "text": "Danger now: 911", "passage": "what-to-do"}
    ]
    assert grade_paper(paper, right_answers(*range(20))).missed_critical == ()


@pytest.mark.parametrize("responses", [{}, {"q-0": "q-0-b"}, {"q-0": "malformed"}])
def test_critical_rule_is_missed_when_unanswered_wrong_or_unreadable(responses):
    paper = paper_of(question("q-0", critical="emergency-first"))
    assert [rule.code for rule in grade_paper(paper, responses).missed_critical] == ["emergency-first"]


def test_critical_rule_is_missed_once_when_one_of_two_is_wrong():
    paper = paper_of(question("q-0", critical="emergency-first"), question("q-1", critical="emergency-first"))
    assert len(grade_paper(paper, right_answers(0)).missed_critical) == 1


def test_critical_scenario_has_to_be_right_all_the_way():
    paper = paper_of(question("s", "scenario", critical="emergency-first"), pass_percent=50)
    assert grade_paper(paper, {"s": ["s-a1", "s-b2"]}).passed is False
    assert grade_paper(paper, {"s": ["s-a1", "s-b1"]}).passed is True


def test_missed_rule_that_the_quiz_does_not_name_falls_back_to_the_question():
    paper = paper_of(question("q-0", critical="gone", passage="signs"))
    assert [rule.to_json() for rule in grade_paper(paper, {}).missed_critical] == [
        {"code": "gone", "text": "", "passage": "signs"}
    ]


@pytest.mark.parametrize(("alarms", "allowed", "passed"), [(0, 0, True), (1, 0, False), (1, 1, True), (2, 1, False)])
def test_false_alarms_above_the_limit_fail(alarms, allowed, passed):
    paper = paper_of(*(innocent(f"q-{n}") for n in range(4)), pass_percent=1, max_false_alarms=allowed)
    responses = {**right_answers(*range(4)), **{f"q-{n}": f"q-{n}-alarm" for n in range(alarms)}}
    result = grade_paper(paper, responses)
    assert (result.false_alarms, result.passed) == (alarms, passed)


def test_wrong_answer_to_an_innocent_question_need_not_be_an_alarm():
    assert grade_question(innocent("q"), "q-c") == Graded(
        key="q", objective="note", critical=None, score=Fraction(0), answered=True, false_alarm=False
    )


def test_alarm_in_a_multiple_choice_counts_beside_right_options():
    asked = question("q", "multiple", innocent=True)
    asked["options"][3]["alarm"] = True
    assert grade_question(asked, ["q-right", "q-right2", "q-d"]).false_alarm is True
    assert grade_question(asked, ["q-right", "q-c"]).false_alarm is False


def test_alarm_outside_innocent_questions_is_none():
    asked = question("q")
    asked["options"][1]["alarm"] = True
    assert grade_question(asked, "q-b").false_alarm is False


def test_shares_per_objective_stand_in_the_order_of_the_quiz():
    paper = paper_of(question("q-0", objective="act"), question("q-1"), question("q-2"), question("s", "scenario"))
    result = grade_paper(paper, {**right_answers(0, 1), "s": ["s-a1", "s-b2"]})
    assert [share.to_json() for share in result.objectives] == [
        {"code": "note", "text": "Note facts", "points": "3/2", "possible": 3},
        {"code": "act", "text": "Act in order", "points": "1", "possible": 1},
    ]


def test_unanswered_lists_missing_unfinished_and_unreadable_responses():
    paper = paper_of(question("q-0"), question("q-1"), question("q-2"), question("s", "scenario"))
    result = grade_paper(paper, {"q-0": "q-0-b", "q-1": "q-0-right", "s": ["s-a1"]})
    assert result.unanswered == ("q-1", "q-2", "s")


def test_foreign_responses_change_nothing():
    paper = paper_of(question("q-0"))
    assert grade_paper(paper, {**right_answers(0), "other": "other-right"}) == grade_paper(paper, right_answers(0))
    assert grade_paper(paper, ["q-0-right"]) == grade_paper(paper, {})


def test_scenario_that_never_ends_is_still_graded():
    asked = question("q", "scenario")
    asked["nodes"][2] = node("c", {**asked["nodes"][0]["choices"][0], "id": "q-c1", "next": "a"})
    assert grade_question(asked, ["q-a1", "q-b1"]).answered is True


def test_result_is_plain_json():
    paper = paper_of(question("q-0"), innocent("q-1"), question("q-2", critical="emergency-first"))
    result = grade_paper(paper, {"q-0": "q-0-right", "q-1": "q-1-alarm"})
    assert json.loads(json.dumps(result.to_json())) == {
        "schema": 1,
        "passed": False,
        "points": "1",
        "possible": 3,
        "percent": 33,
        "pass_percent": 80,
        "false_alarms": 1,
        "max_false_alarms": 1,
        "missed_critical": [{"code": "emergency-first", "text": "Danger now: 911", "passage": "what-to-do"}],
        "objectives": [{"code": "note", "text": "Note facts", "points": "1", "possible": 3}],
        "unanswered": ["q-2"],
        "questions": [
            {
                "key": "q-0",
                "objective": "note",
                "critical": None,
                "score": "1",
                "right": True,
                "answered": True,
                "false_alarm": False,
            },
            {
                "key": "q-1",
                "objective": "note",
                "critical": None,
                "score": "0",
                "right": False,
                "answered": True,
                "false_alarm": True,
            },
            {
                "key": "q-2",
                "objective": "note",
                "critical": "emergency-first",
                "score": "0",
                "right": False,
                "answered": False,
                "false_alarm": False,
            },
        ],
    }
