"""Questions on their way to a page: before the answer without anything that tells it, afterwards with why."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import pgettext

from assessments.exceptions import BadResponse
from assessments.frozen import Json
from assessments.grading import Graded, grade_question
from assessments.papers import public_question
from assessments.responses import FormData, field_name, read_response
from assessments.scenarios import walk

_TRUE_FALSE = ("true", "false")


def asked(question: Json, response: Any = None) -> Json:
    """Return what a page needs to ask ``question``, with the controls as ``response`` left them.

    ``name`` begins the names of its fields; it is made of the question's version, since its key may tell the answer.
    Choices are ``id``, ``text`` and ``chosen``. A scenario has ``story`` (the parts met, each with the choice taken)
    and ``ended``.
    """
    path = response if question["type"] == "scenario" and isinstance(response, list) else ()
    try:
        shown = public_question(question, path=path)
    except BadResponse:
        path, shown = (), public_question(question)
    shown["name"] = field_name(question["version"])
    match question["type"]:
        case "single":
            _mark(shown["options"], [response])
        case "multiple":
            _mark(shown["options"], response)
        case "true_false":
            shown["options"] = [{"id": name, "text": _word(name == "true")} for name in _TRUE_FALSE]
            _mark(shown["options"], [] if response is None else [str(response is True).lower()])
        case "ordering":
            places = {item: place for place, item in enumerate(response or (), start=1)}
            shown["places"] = range(1, len(shown["items"]) + 1)
            shown["items"] = [{**item, "place": places.get(item["id"])} for item in shown["items"]]
        case "matching":
            matches = response or {}
            shown["lefts"] = [{**left, "match": matches.get(left["id"])} for left in shown["lefts"]]
        case "scenario":
            shown["story"] = _story(shown["nodes"], path)
            shown["ended"] = not shown["nodes"][-1]["choices"]
    return shown


def explained(question: Json, response: Any) -> Json:
    """Return what a page needs to tell how an answer was and why. Only for what was answered or handed in."""
    grade = grade_question(question, response)
    shown: Json = {
        "version": question["version"],
        "type": question["type"],
        "stem": question["stem"],
        "begins": question["stem"] or _first_part(question),
        "why": question["feedback"],
        "verdict": _verdict(grade),
        "passage": question["passage"],
        "critical": question["critical"],
    }
    order = {name: place for place, name in enumerate(question.get("order", ()))}
    match question["type"]:
        case "single" | "multiple":
            chosen = response if isinstance(response, list) else [response]
            options = sorted(question["options"], key=lambda option: order.get(option["id"], 0))
            shown["options"] = [{**option, "chosen": option["id"] in chosen} for option in options]
        case "true_false":
            shown["options"] = [
                {"text": _word(value), "correct": value is question["answer"], "chosen": response is value}
                for value in (True, False)
            ]
        case "ordering":
            shown["steps"] = question["items"]
        case "matching":
            given = response if isinstance(response, dict) else {}
            shown["pairs"] = [
                {**pair, "right_match": given.get(pair["id"]) == pair["right_id"]} for pair in question["pairs"]
            ]
        case "scenario":
            shown["story"] = _told(question, response)
    return shown


def response_in(question: Json, data: FormData) -> Any:
    """Return the response that a form of ours holds; None where nothing was sent."""
    return read_response({**question, "key": question["version"]}, data)


def is_finished(question: Json, response: Any) -> bool:
    """Whether ``response`` answers ``question`` to the end."""
    return grade_question(question, response).answered


def _word(value: bool) -> str:
    return pgettext("answer to a statement", "True") if value else pgettext("answer to a statement", "False")


def _mark(options: Sequence[Json], chosen: Any) -> None:
    for option in options:
        option["chosen"] = isinstance(chosen, list) and option["id"] in chosen


def _story(nodes: Sequence[Json], path: Sequence[str]) -> list[Json]:
    """Return the parts of a story that were met, each with the choice that was taken there."""
    story = []
    for place, node in enumerate(nodes):
        taken = next((choice for choice in node["choices"] if place < len(path) and choice["id"] == path[place]), None)
        story.append({**node, "taken": taken})
    return story


def _told(question: Json, response: Any) -> list[Json]:
    """Return the parts of a story that a path met, each with the choice taken and what is said about it."""
    try:
        walked = walk(question, response or ())
    except (BadResponse, TypeError):
        return []
    choices = [*walked.choices, None]
    return [{"text": node["text"], "taken": choice} for node, choice in zip(walked.nodes, choices, strict=True)]


def _first_part(question: Json) -> str:
    return next((str(node["text"]) for node in question.get("nodes", ()) if node["id"] == question["start"]), "")


def _verdict(grade: Graded) -> str:
    if not grade.answered:
        return "unanswered"
    if grade.right:
        return "right"
    return "partly" if grade.score > Fraction(0) else "wrong"
