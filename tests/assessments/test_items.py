import pytest

from assessments.items import ItemFault, ItemProblem, item_problems, plain_text
from assessments.scenarios import MOST_CHOICES, MOST_PARTS, ScenarioFault
from tests.assessments import frozen_samples as samples

KINDS = ("single", "multiple", "true_false", "ordering", "matching", "scenario", "reflection")
PRACTICE = {"ordering", "matching", "reflection"}

NOT_3_OR_4 = ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "options", least=3, most=4)


def draft(kind="single", **changes):
    use = "practice" if kind in PRACTICE else "paper"
    return samples.question("q", kind, **{"use": use, **changes})


def options(*rights, alarm=(), silent=()):
    """Return options: right where told so; those of ``silent`` have no feedback."""
    made = [
        samples.option("q", f"o{n}", correct=right, alarm=n in alarm)
        | {"feedback": "" if n in silent else "<p>Why</p>"}
        for n, right in enumerate(rights)
    ]
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_sound_draft_has_no_problem(kind):
    assert item_problems(draft(kind)) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"stem": "<p> </p>"}, ItemProblem(ItemFault.TEXT_MISSING, "stem")),
        ({"feedback": ""}, ItemProblem(ItemFault.TEXT_MISSING, "feedback")),
        ({"critical": "rule"}, ItemProblem(ItemFault.SITUATION_MISSING, "situation")),
        ({"critical": "rule", "situation": "lobby"}, ItemProblem(ItemFault.SITUATION_TAKEN, "situation")),
        ({"options": options(True, False)}, ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "options", least=3, most=4)),
        (
            {"options": options(*[True] + [False] * 4)},
            ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "options", least=3, most=4),
        ),
        ({"options": options(False, False, False)}, ItemProblem(ItemFault.NOT_ONE_RIGHT, "options")),
        ({"options": options(True, True, False)}, ItemProblem(ItemFault.NOT_ONE_RIGHT, "options")),
        ({"options": options(True, False, False, silent={2})}, ItemProblem(ItemFault.FEEDBACK_MISSING, "options", 2)),
        ({"options": options(True, False, False, alarm={1})}, ItemProblem(ItemFault.ALARM_NOT_INNOCENT, "options", 1)),
        (
            {"options": options(True, False, False, alarm={0, 1}), "innocent": True},
            ItemProblem(ItemFault.ALARM_ON_RIGHT, "options", 0),
        ),
        ({"innocent": True}, ItemProblem(ItemFault.ALARM_MISSING, "options")),
    ],
)
def test_single_choice_with_one_fault(changes, problem):
    assert item_problems(draft(**changes), situations_taken=["lobby"]) == [problem]


def test_question_that_is_critical_and_innocent():
    question = draft(critical="rule", innocent=True, situation="lobby", options=options(True, False, False, alarm={1}))

    assert item_problems(question) == [ItemProblem(ItemFault.CRITICAL_AND_INNOCENT, "critical")]


def test_right_option_needs_no_feedback():
    assert item_problems(draft(options=options(True, False, False, silent={0}))) == []


@pytest.mark.parametrize(
    ("rights", "problem"),
    [
        ((True, True, False), ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "options", least=4, most=6)),
        ((True, False, False, False), ItemProblem(ItemFault.TOO_FEW_RIGHT, "options", least=2)),
        ((True, True, True, True), ItemProblem(ItemFault.NONE_WRONG, "options")),
        ((True, True) + (False,) * 5, ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "options", least=4, most=6)),
    ],
)
def test_multiple_choice_with_one_fault(rights, problem):
    assert item_problems(draft("multiple", options=options(*rights))) == [problem]


def test_true_or_false_is_never_critical():
    question = draft("true_false", critical="rule", situation="lobby")

    assert item_problems(question) == [ItemProblem(ItemFault.NEVER_CRITICAL, "critical")]


@pytest.mark.parametrize("kind", sorted(PRACTICE))
def test_type_that_is_for_practice_only(kind):
    assert item_problems(draft(kind, use="paper")) == [ItemProblem(ItemFault.PRACTICE_ONLY, "use")]


@pytest.mark.parametrize("number", [2, 9])
def test_ordering_with_too_few_or_too_many_items(number):
    items = [{"id": str(n), "text": f"<p>{n}</p>"} for n in range(number)]

    assert item_problems(draft("ordering", items=items)) == [
        ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "items", least=3, most=8)
    ]


def test_matching_with_the_same_right_side_twice():
    pairs = draft("matching")["pairs"]
    pairs[2]["right"] = f"<p> {pairs[0]['right']}</p>"

    assert item_problems(draft("matching", pairs=pairs)) == [ItemProblem(ItemFault.SAME_TEXT, "pairs", 2, name="right")]


def test_story_with_faults_of_its_graph_and_its_choices():
    nodes = [
        samples.node("a", samples.choice("q", "1", "b", 0), samples.choice("q", "2", "x", 0) | {"feedback": ""}),
        samples.node("b"),
    ]

    assert item_problems(draft("scenario", nodes=nodes)) == [
        ItemProblem(ScenarioFault.UNKNOWN_NEXT, "nodes", 0, 1, name="x"),
        ItemProblem(ItemFault.FEEDBACK_MISSING, "nodes", 0, 1),
        ItemProblem(ItemFault.NO_CREDIT, "nodes"),
    ]


def test_story_that_is_too_large_says_no_more_than_that():
    nodes = [samples.node(f"n{number}", samples.choice("q", "1", "gone", 1)) for number in range(MOST_PARTS + 1)]
    wide = samples.node("a", *[samples.choice("q", str(number), "b", 1) for number in range(MOST_CHOICES + 1)])

    assert item_problems(draft("scenario", nodes=nodes)) == [
        ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "nodes", most=MOST_PARTS)
    ]
    assert item_problems(draft("scenario", nodes=[wide, samples.node("b")])) == [
        ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "nodes", 0, most=MOST_CHOICES)
    ]


def test_story_that_starts_nowhere():
    assert item_problems(draft("scenario", start="z")) == [ItemProblem(ScenarioFault.UNKNOWN_START, "start", name="z")]


def test_plain_text_is_what_is_read():
    assert plain_text("<p>One &amp; <b>two</b></p><p> three </p>") == "One & two three"
