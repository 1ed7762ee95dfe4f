"""What a graded paper tells its learner: what was mastered, what to look at again, and why."""

from fractions import Fraction
from typing import Any

from assessments.frozen import Json
from courses.views.questions import explained
from courses.views.reading import Reading


def verdict(reading: Reading, result: Json, questions: list[Json], responses: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a result needs of a graded paper (``assessments.grading.Result.to_json``).

    Texts of objectives and rules are those of the text that is read. ``explained`` is empty when ``questions`` is.
    """
    quiz = reading.snapshot["quiz"] or {}
    texts = {each["code"]: each["text"] for each in quiz.get("objectives", ())}
    rules = {each["code"]: each["text"] for each in quiz.get("critical_rules", ())}
    lessons = {lesson["code"]: lesson for lesson in reading.lessons}
    mastered, again = [], []
    for share in result["objectives"]:
        text = texts.get(share["code"]) or share["text"]
        if Fraction(share["points"]) == share["possible"]:
            mastered.append(text)
        else:
            teaching = [lesson for lesson in reading.lessons if share["code"] in lesson["objectives"]]
            again.append((text, teaching))
    missed = [
        (rules.get(rule["code"]) or rule["text"], lessons.get(rule["passage"])) for rule in result["missed_critical"]
    ]
    told = [
        {**explained(question, responses.get(question["key"])), "lesson": lessons.get(question["passage"])}
        for question in questions
    ]
    return {
        "result": result,
        "passed": result["passed"],
        "mastered": mastered,
        "look_again": again,
        "missed": missed,
        "too_few": Fraction(result["points"]) * 100 < result["possible"] * result["pass_percent"],
        "alarms": result["false_alarms"] > result["max_false_alarms"],
        "explained": told,
        "right": sum(each["verdict"] == "right" for each in told),
    }
