"""Papers: what is drawn, in which order, and what may be shown."""

import copy
import json
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.exceptions import BadResponse, BlueprintNotDrawable
from assessments.frozen import question_version
from assessments.papers import (
    BlueprintFault,
    BlueprintProblem,
    check_blueprint,
    draw_paper,
    order_question,
    public_question,
    swap_text,
)
from tests.assessments.frozen_samples import innocent, question, quiz, sound_quiz


def keys(paper):
    return [each["key"] for each in paper["questions"]]


def kinds(paper):
    """How many of each kind a paper of the sound quiz holds; the keys tell."""
    return Counter(key.split("-")[0] for key in keys(paper))


# Drawing


def test_draw_is_the_same_for_the_same_seed_and_form():
    assert draw_paper(sound_quiz(), seed="s", form=1, exclude=()) == draw_paper(
        sound_quiz(), seed="s", form=1, exclude=()
    )


def test_draw_of_a_known_seed_stays_what_it_was():
    # A change of this list breaks papers that are drawn anew from their seed.
    assert keys(draw_paper(sound_quiz(), seed="pinned", form=1, exclude=())) == [
        "inno-2",
        "note-easy-1",
        "note-easy-3",
        "inno-1",
        "act-true_false",
        "note-hard-1",
        "crit-1",
        "act-1",
    ]


@given(seed=st.text(max_size=20), form=st.integers(1, 50))
def test_draw_fills_every_row_and_takes_nothing_twice(seed, form):
    paper = draw_paper(sound_quiz(), seed=seed, form=form, exclude=())
    assert kinds(paper) == {"crit": 1, "note": 3, "act": 2, "inno": 2}
    assert len(set(keys(paper))) == 8
    assert sum(key.startswith("note-hard") for key in keys(paper)) >= 1


@given(order=st.permutations(range(len(sound_quiz()["questions"]))))
def test_draw_does_not_depend_on_the_order_of_the_bank(order):
    bank = sound_quiz()
    mixed = {**bank, "questions": [bank["questions"][index] for index in order]}
    assert draw_paper(mixed, seed="s", form=1, exclude=()) == draw_paper(bank, seed="s", form=1, exclude=())


def test_draw_varies_with_seed_and_form():
    papers = [keys(draw_paper(sound_quiz(), seed=seed, form=form, exclude=())) for seed in "abcd" for form in (1, 2)]
    assert len({tuple(paper) for paper in papers}) == 8


@given(seed=st.text(max_size=20))
def test_second_form_draws_what_was_not_seen(seed):
    bank = sound_quiz()
    first = draw_paper(bank, seed=seed, form=1, exclude=())
    second = draw_paper(bank, seed=seed, form=2, exclude=keys(first))
    assert not set(keys(first)) & set(keys(second))


def test_wide_row_leaves_the_narrow_its_next_form():
    bank = quiz(
        [
            question("hard-1", difficulty="hard"),
            question("hard-2", difficulty="hard"),
            question("easy-1"),
            question("easy-2"),
        ],
        [{"n": 1, "objective": "note"}, {"n": 1, "objective": "note", "difficulty": "hard"}],
    )
    for seed in "abcdefgh":
        first = draw_paper(bank, seed=seed, form=1, exclude=())
        assert Counter(key[:4] for key in keys(first)) == {"hard": 1, "easy": 1}
        assert not set(keys(first)) & set(keys(draw_paper(bank, seed=seed, form=2, exclude=keys(first))))


@given(
    seed=st.text(max_size=5),
    easy=st.integers(0, 8),
    medium=st.integers(0, 8),
    hard=st.integers(0, 8),
    rows=st.lists(
        st.tuples(st.sampled_from(["", "easy", "hard"]), st.integers(1, 3)).map(
            lambda row: {"n": row[1], "objective": "note", "difficulty": row[0]}
        ),
        max_size=4,
    ),
)
def test_sound_blueprint_can_be_drawn_twice_without_repeating(seed, easy, medium, hard, rows):
    counts = {"easy": easy, "medium": medium, "hard": hard}
    ordinary = [question(f"{name}-{n}", difficulty=name) for name, count in counts.items() for n in range(count)]
    bank = quiz([*ordinary, *(innocent(f"inno-{n}") for n in range(8))], [{"n": 4, "innocent": True}, *rows])
    assume(not check_blueprint({**bank, "critical_rules": []}))
    first = draw_paper(bank, seed=seed, form=1, exclude=())
    second = draw_paper(bank, seed=seed, form=2, exclude=keys(first))
    assert not set(keys(first)) & set(keys(second))


def test_third_form_falls_back_to_questions_seen():
    bank = sound_quiz()
    everything = {each["key"] for each in bank["questions"]}
    assert kinds(draw_paper(bank, seed="s", form=3, exclude=everything)) == {"crit": 1, "note": 3, "act": 2, "inno": 2}


def test_unseen_questions_come_before_seen_ones():
    bank = quiz([question(f"q-{n}") for n in range(4)], [{"n": 2, "objective": "note"}])
    for seed in "abcdefgh":
        assert set(keys(draw_paper(bank, seed=seed, form=2, exclude={"q-0", "q-1", "q-2"}))) > {"q-3"}


def test_wide_row_never_starves_a_narrow_one():
    bank = quiz(
        [question("easy"), question("hard", difficulty="hard")],
        [{"n": 1, "objective": "note"}, {"n": 1, "objective": "note", "difficulty": "hard"}],
    )
    for seed in "abcdefgh":
        assert set(keys(draw_paper(bank, seed=seed, form=1, exclude=()))) == {"easy", "hard"}


@pytest.mark.parametrize(
    "unfit",
    [
        question("unfit", use="practice"),
        question("unfit", "ordering"),
        question("unfit", "matching"),
        question("unfit", "reflection"),
        question("unfit", critical="emergency-first"),
        innocent("unfit"),
        question("unfit", objective="act"),
        question("unfit", difficulty="hard"),
    ],
    ids=["practice", "ordering", "matching", "reflection", "critical", "innocent", "objective", "difficulty"],
)
def test_row_draws_only_what_fits_it(unfit):
    bank = quiz([unfit, question("fit")], [{"n": 1, "objective": "note", "difficulty": "easy"}])
    assert keys(draw_paper(bank, seed="s", form=1, exclude={"fit"})) == ["fit"]


def test_critical_row_never_draws_true_or_false():
    bank = quiz([question("coin", "true_false", critical="emergency-first")], [{"n": 1, "critical": "emergency-first"}])
    with pytest.raises(BlueprintNotDrawable):
        draw_paper(bank, seed="s", form=1, exclude=())


def test_row_without_enough_questions_says_which():
    bank = quiz([question("one")], [{"n": 1, "objective": "note"}, {"n": 2, "objective": "act"}])
    with pytest.raises(BlueprintNotDrawable) as caught:
        draw_paper(bank, seed="s", form=1, exclude=())
    assert (caught.value.row, caught.value.needed, caught.value.found) == (1, 2, 0)


def test_form_begins_with_one():
    with pytest.raises(ValueError, match="0"):
        draw_paper(sound_quiz(), seed="s", form=0, exclude=())


def test_paper_stands_alone():
    bank = sound_quiz()
    paper = draw_paper(bank, seed="s", form=2, exclude=())
    before = copy.deepcopy(paper)
    for each in bank["questions"]:
        each["stem"] = "changed"
    bank["objectives"][0]["text"] = "changed"
    assert paper == before == json.loads(json.dumps(paper))
    assert (paper["schema"], paper["form"], paper["seed"]) == (1, 2, "s")
    assert paper["quiz"].keys() == bank.keys() - {"questions", "blueprint"}


# Order


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("single", {"q-right", "q-b", "q-c"}),
        ("multiple", {"q-right", "q-right2", "q-c", "q-d"}),
        ("true_false", set()),
        ("ordering", {"q-1", "q-2", "q-3"}),
        ("matching", {"q-r1", "q-r2", "q-r3", "q-r4"}),
        ("scenario", {"q-a1", "q-a2", "q-a3", "q-b1", "q-b2"}),
        ("reflection", set()),
    ],
)
def test_order_holds_every_shown_id_once(kind, ids):
    order = order_question(question("q", kind), seed="s")["order"]
    assert sorted(order) == sorted(ids)


def test_order_varies_and_leaves_no_place_to_the_right_option():
    places = Counter(order_question(question("q"), seed=str(seed))["order"].index("q-right") for seed in range(300))
    assert all(count > 60 for count in places.values())
    assert len(places) == 3


@given(seed=st.text(max_size=10), kind=st.sampled_from(["ordering", "matching"]))
def test_ordering_and_matching_never_start_out_solved(seed, kind):
    asked = question("q", kind)
    solved = [part.get("right_id", part["id"]) for part in asked.get("items") or asked["pairs"]]
    assert order_question(asked, seed=seed)["order"] != solved


def test_version_is_of_the_content_alone():
    asked = question("q")
    assert len(asked["version"]) == 12
    assert question_version(order_question(asked, seed="s")) == asked["version"]
    assert question_version({**asked, "stem": "<p>other</p>"}) != asked["version"]


# What a browser may see

SECRET_NAMES = {
    *("key", "use", "objective", "difficulty", "critical", "innocent", "situation", "passage", "feedback", "answer"),
    *("correct", "alarm", "credit", "next", "start", "order", "right_id"),
}


def names_within(value):
    if isinstance(value, dict):
        return set(value) | {name for child in value.values() for name in names_within(child)}
    if isinstance(value, list):
        return {name for child in value for name in names_within(child)}
    return set()


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "ordering", "matching", "scenario", "reflection"])
def test_public_question_tells_nothing_of_the_answer(kind):
    shown = public_question(order_question(question("q", kind, innocent=True), seed="s"))
    assert not names_within(shown) & SECRET_NAMES
    assert "Why" not in json.dumps(shown)
    assert shown["stem"] == "<p>q?</p>"


def test_public_options_stand_in_the_order_of_the_paper():
    asked = {**question("q"), "order": ["q-c", "q-right", "q-b"]}
    assert public_question(asked) == {
        "version": asked["version"],
        "type": "single",
        "stem": "<p>q?</p>",
        "options": [
            {"id": "q-c", "text": "<p>q c</p>"},
            {"id": "q-right", "text": "<p>q right</p>"},
            {"id": "q-b", "text": "<p>q b</p>"},
        ],
    }


def test_public_matching_shuffles_the_rights_only():
    asked = {**question("q", "matching"), "order": ["q-r3", "q-r1", "q-r4", "q-r2"]}
    shown = public_question(asked)
    assert [left["id"] for left in shown["lefts"]] == ["q-l1", "q-l2", "q-l3", "q-l4"]
    assert shown["rights"][0] == {"id": "q-r3", "text": "q right 3"}
    assert [right["id"] for right in shown["rights"]] == asked["order"]


def test_public_question_of_no_paper_is_shuffled_too():
    shown = public_question(question("q", "ordering"))
    assert [item["id"] for item in shown["items"]] != ["q-1", "q-2", "q-3"]


def test_public_scenario_shows_only_what_was_walked():
    asked = order_question(question("q", "scenario"), seed="s")
    assert [node["id"] for node in public_question(asked)["nodes"]] == ["a"]
    assert [node["id"] for node in public_question(asked, path=["q-a1", "q-b2"])["nodes"]] == ["a", "b", "d"]
    assert public_question(asked, path=["q-a2"])["nodes"][-1] == {
        "id": "c",
        "text": "<p>Node c</p>",
        "choices": [],
    }


def test_public_scenario_refuses_a_path_that_jumps():
    with pytest.raises(BadResponse):
        public_question(question("q", "scenario"), path=["q-b1"])


# Blueprints


def test_blueprint_of_the_sound_quiz_has_no_problem():
    assert check_blueprint(sound_quiz()) == []


def changed_blueprint(*rows, **changes):
    return {**sound_quiz(), "blueprint": list(rows), **changes}


CRITICAL = {"n": 1, "critical": "emergency-first"}
INNOCENT = {"n": 2, "innocent": True}


@pytest.mark.parametrize(
    ("bank", "problem"),
    [
        (changed_blueprint(critical_rules=[]), BlueprintProblem(BlueprintFault.EMPTY)),
        (
            changed_blueprint(CRITICAL, {"n": 0, "objective": "note"}, INNOCENT),
            BlueprintProblem(BlueprintFault.BAD_ROW, 1),
        ),
        (
            changed_blueprint(CRITICAL, {"n": True, "objective": "note"}, INNOCENT),
            BlueprintProblem(BlueprintFault.BAD_ROW, 1),
        ),
        (
            changed_blueprint(CRITICAL, {"n": 1, "objective": "note", "innocent": True}, INNOCENT),
            BlueprintProblem(BlueprintFault.BAD_ROW, 1),
        ),
        (
            changed_blueprint({**CRITICAL, "difficulty": "hard"}, INNOCENT),
            BlueprintProblem(BlueprintFault.BAD_ROW, 0),
        ),
        (
            changed_blueprint(CRITICAL, {"n": 1, "objective": "gone"}, INNOCENT),
            BlueprintProblem(BlueprintFault.UNKNOWN_OBJECTIVE, 1, "gone"),
        ),
        (
            changed_blueprint(CRITICAL, {"n": 1, "critical": "gone"}, INNOCENT),
            BlueprintProblem(BlueprintFault.UNKNOWN_RULE, 1, "gone"),
        ),
        (
            changed_blueprint({"n": 1, "objective": "act"}, INNOCENT),
            BlueprintProblem(BlueprintFault.RULE_NOT_DRAWN, code="emergency-first"),
        ),
        (
            changed_blueprint({"n": 2, "critical": "emergency-first"}, INNOCENT),
            BlueprintProblem(BlueprintFault.TOO_FEW_CANDIDATES, 0, needed=4, found=2),
        ),
        (
            # Two rows of one kind share their candidates, and are reported once.
            changed_blueprint(CRITICAL, {"n": 2, "objective": "act"}, {"n": 1, "objective": "act"}, INNOCENT),
            BlueprintProblem(BlueprintFault.TOO_FEW_CANDIDATES, 1, needed=6, found=5),
        ),
        (
            # What the narrow row draws is missing from the wide one.
            changed_blueprint(
                CRITICAL, {"n": 3, "objective": "note"}, {"n": 1, "objective": "note", "difficulty": "hard"}, INNOCENT
            ),
            BlueprintProblem(BlueprintFault.TOO_FEW_CANDIDATES, 1, needed=8, found=6),
        ),
        (
            changed_blueprint(
                CRITICAL, {"n": 2, "objective": "note"}, {"n": 1, "objective": "act"}, {"n": 1, "innocent": True}
            ),
            BlueprintProblem(BlueprintFault.TOO_FEW_INNOCENT, needed=2, found=1),
        ),
    ],
)
def test_blueprint_with_one_fault_has_one_problem(bank, problem):
    assert check_blueprint(bank) == [problem]


def test_blueprint_with_exactly_a_quarter_innocent_is_sound():
    rows = [CRITICAL, {"n": 2, "objective": "note"}, {"n": 1, "innocent": True}]
    assert check_blueprint(changed_blueprint(*rows)) == []


# Languages


def in_punjabi(question_in_english):
    """Every text with a mark in front, everything else as it was."""
    text = json.dumps(question_in_english)
    for name in ("stem", "text", "feedback", "left", "right"):
        text = text.replace(f'"{name}": "', f'"{name}": "ਪੰ ')
    return json.loads(text)


def test_swap_text_changes_texts_only():
    bank = sound_quiz()
    paper = draw_paper(bank, seed="s", form=1, exclude=())
    swapped = swap_text(paper, [in_punjabi(each) for each in bank["questions"]])
    assert swapped == {**paper, "questions": [in_punjabi(each) for each in paper["questions"]]}
    assert swapped != paper


@pytest.mark.parametrize("kind", ["ordering", "matching", "scenario", "multiple"])
def test_swap_text_takes_keys_and_order_from_the_paper(kind):
    asked = order_question(question("q", kind), seed="s")
    paper = {"schema": 1, "quiz": quiz([], []), "questions": [asked]}
    other = in_punjabi(question("q", kind))
    for name in ("options", "items", "pairs", "nodes"):
        if name in other:
            other[name].reverse()
            for part in other[name]:
                part["correct"] = True
                part["choices"] = [{**each, "credit": 1} for each in part.get("choices", [])]
    other |= {"answer": True, "critical": "other", "version": "0" * 12}
    (swapped,) = swap_text(paper, [other])["questions"]
    assert swapped == in_punjabi(asked)


@pytest.mark.parametrize("missing", ["question", "stem", "option", "feedback"])
def test_swap_text_leaves_a_question_whole_when_a_text_is_missing(missing):
    asked = order_question(question("q"), seed="s")
    paper = {"schema": 1, "quiz": quiz([], []), "questions": [asked]}
    other = in_punjabi(question("q"))
    others = [other]
    match missing:
        case "question":
            others = []
        case "stem":
            other["stem"] = ""
        case "option":
            del other["options"][1]
        case "feedback":
            other["options"][1]["feedback"] = ""
    assert swap_text(paper, others) == paper


def test_swap_text_of_the_quiz_goes_text_by_text():
    paper = {"schema": 1, "quiz": quiz([], []), "questions": []}
    other = {"title": "ਜਾਂਚ", "objectives": [{"code": "act", "text": "ਕਰੋ"}], "critical_rules": []}
    swapped = swap_text(paper, [], other_language_quiz=other)["quiz"]
    assert swapped["title"] == "ਜਾਂਚ"
    assert [each["text"] for each in swapped["objectives"]] == ["Note facts", "ਕਰੋ"]
    assert swapped["critical_rules"] == paper["quiz"]["critical_rules"]
    assert swapped["pass_percent"] == 80
