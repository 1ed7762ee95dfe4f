"""What is left of a frozen text; without a database."""

from datetime import date
from typing import Any

from assessments.papers import draw_paper, fit_blueprint
from courses.withdrawn import Notice, Part, files_in, says_the_same, without_withdrawn
from tests.assessments.frozen_samples import question

SHA = "ab" * 32


def snapshot(**changes: Any) -> dict[str, Any]:
    return {
        "course": {"code": "hotels", "title": "Hotels"},
        "lessons": [
            {
                "code": "facts",
                "title": "Facts",
                "content_note": "<p>Note</p>",
                "sources": [{"code": "s"}],
                "body": [
                    {"type": "text", "id": "b1", "value": {"text": "<p>One</p>"}},
                    {"type": "image", "id": "b2", "value": {"image": {"sha256": SHA, "url": "/x/"}}},
                    {"type": "check", "id": "b3", "value": {"question": "p1"}},
                ],
            }
        ],
        "practice": {"p1": question("p1", use="practice")},
        "quiz": {
            "code": "q",
            "questions": [question("a"), question("b")],
            "blueprint": [{"n": 1, "objective": "note"}],
        },
    } | changes


def notice(kind: str, target: str) -> Notice:
    return Notice(Part(kind, target), "safety", "Instead.", date(2026, 3, 2))


def gone(name: str) -> dict[str, Any]:
    return {"type": "withdrawn", "id": name, "value": {"reason": "safety", "text": "Instead.", "on": "2026-03-02"}}


def test_nothing_withdrawn_gives_the_very_same_text():
    whole = snapshot()
    assert without_withdrawn(whole, []) is whole


def test_block_is_replaced_and_the_given_text_stays_whole():
    whole = snapshot()
    left = without_withdrawn(whole, [notice("block", "b1")])
    assert [block["type"] for block in left["lessons"][0]["body"]] == ["withdrawn", "image", "check"]
    assert left["lessons"][0]["body"][0] == gone("b1")
    assert whole == snapshot()


def test_lesson_loses_everything_but_its_name():
    left = without_withdrawn(snapshot(), [notice("lesson", "facts")])["lessons"][0]
    assert left == {"code": "facts", "title": "Facts", "content_note": "", "sources": [], "body": [gone("facts")]}


def test_question_is_gone_from_practice_and_quiz():
    left = without_withdrawn(snapshot(), [notice("question", "p1"), notice("question", "a")])
    assert left["practice"] == {}
    assert left["lessons"][0]["body"][2] == gone("b3")
    assert [each["key"] for each in left["quiz"]["questions"]] == ["b"]
    assert left["quiz"]["blueprint"] == [{"n": 1, "objective": "note"}]


def test_course_without_a_quiz_stays_without():
    assert without_withdrawn(snapshot(quiz=None), [notice("question", "a")])["quiz"] is None


def test_what_does_not_stand_in_the_text_changes_nothing():
    assert without_withdrawn(snapshot(), [notice("block", "b9"), notice("lesson", "other")]) == snapshot()


def test_files_of_a_part():
    assert files_in(snapshot(), Part("block", "b2")) == {SHA}
    assert files_in(snapshot(), Part("lesson", "facts")) == {SHA}
    assert files_in(snapshot(), Part("block", "b1")) == set()
    assert files_in(snapshot(), Part("block", "b9")) == set()


def test_same_text_is_recognised_whatever_else_changed():
    before, after = snapshot(), snapshot()
    after["lessons"][0]["title"] = "New"
    assert says_the_same(before, after, Part("lesson", "facts"))
    assert says_the_same(before, after, Part("block", "b1"))
    after["lessons"][0]["body"][0]["value"]["text"] = "<p>Two</p>"
    assert not says_the_same(before, after, Part("lesson", "facts"))
    assert not says_the_same(before, after, Part("block", "b1"))
    assert not says_the_same(before, after, Part("block", "b9"))


def test_blueprint_is_fitted_to_what_is_left_and_can_be_drawn():
    quiz = {
        "code": "q",
        "questions": [question("a"), question("b", difficulty="hard"), question("c", innocent=True)],
        "blueprint": [
            {"n": 2, "objective": "note"},
            {"n": 1, "objective": "note", "difficulty": "hard"},
            {"n": 1, "innocent": True},
            {"n": 1, "critical": "never-confront"},
        ],
    }
    fitted = fit_blueprint(quiz)
    assert fitted["blueprint"] == [
        {"n": 1, "objective": "note"},
        {"n": 1, "objective": "note", "difficulty": "hard"},
        {"n": 1, "innocent": True},
    ]
    paper = draw_paper(fitted, seed="s", form=1, exclude=())
    assert sorted(each["key"] for each in paper["questions"]) == ["a", "b", "c"]
