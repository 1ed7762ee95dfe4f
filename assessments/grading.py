"""Grading: a pure function of a frozen paper and the responses to it.

No clock, no database, no settings. Every score is an exact fraction, and nothing is rounded before the
pass mark is compared. A response is, by type of question:

- single: the id of an option; multiple: a list of ids of options; true_false: a boolean;
- ordering: the list of all item ids; matching: ``{left id: right id}``;
- scenario: the list of choice ids taken from the start on;
- reflection: none; it stays on the learner's device and is never sent.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from assessments.exceptions import BadResponse, ResponseFault
from assessments.frozen import Json
from assessments.scenarios import best_credit, walk

MAX_ID_CHARS: Final = 64

_NOTHING = Fraction(0)
_ALL = Fraction(1)


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one question: ``score`` from 0 to 1.

    ``answered`` is false for no response, an empty, an unfinished or an unreadable one. ``false_alarm``:
    an innocent situation was reported, or somebody in it acted against.
    """

    key: str
    objective: str
    critical: str | None
    score: Fraction
    answered: bool
    false_alarm: bool

    @property
    def right(self) -> bool:
        """Whether the whole point was earned."""
        return self.score == _ALL

    def to_json(self) -> Json:
        """Return plain JSON; ``score`` as text such as ``"1/2"``, which is exact."""
        return {
            "key": self.key,
            "objective": self.objective,
            "critical": self.critical,
            "score": str(self.score),
            "right": self.right,
            "answered": self.answered,
            "false_alarm": self.false_alarm,
        }


@dataclass(frozen=True, slots=True)
class MissedRule:
    """A critical rule that was not right every time, and the lesson (``passage``) to read again."""

    code: str
    text: str
    passage: str

    def to_json(self) -> Json:
        """Return plain JSON."""
        return {"code": self.code, "text": self.text, "passage": self.passage}


@dataclass(frozen=True, slots=True)
class ObjectiveShare:
    """What a paper shows of one objective: ``points`` earned of ``possible``."""

    code: str
    text: str
    points: Fraction
    possible: int

    def to_json(self) -> Json:
        """Return plain JSON; ``points`` as text, exact."""
        return {"code": self.code, "text": self.text, "points": str(self.points), "possible": self.possible}


@dataclass(frozen=True, slots=True)
class Result:
    """The grade of a paper.

    ``passed`` needs three things at once: ``points`` of ``possible`` reach ``pass_percent`` exactly,
    no critical rule is missed, and ``false_alarms`` is at most ``max_false_alarms``.
    ``objectives`` holds those that the paper asks about, in the quiz's order; ``unanswered`` holds keys.
    """

    passed: bool
    points: Fraction
    possible: int
    pass_percent: int
    false_alarms: int
    max_false_alarms: int
    missed_critical: tuple[MissedRule, ...]
    objectives: tuple[ObjectiveShare, ...]
    unanswered: tuple[str, ...]
    questions: tuple[Graded, ...]

    @property
    def percent(self) -> Fraction:
        """Return the exact percent, 0 to 100; 0 on an empty paper."""
        return self.points * 100 / self.possible if self.possible else _NOTHING

    @property
    def shown_percent(self) -> int:
        """Return the percent to print: rounded down, so that it never shows a pass mark that was missed."""
        return int(self.percent)

    def to_json(self) -> Json:
        """Return plain JSON. ``questions`` tells how each one went: drop it with the answers."""
        return {
            "schema": 1,
            "passed": self.passed,
            "points": str(self.points),
            "possible": self.possible,
            "percent": self.shown_percent,
            "pass_percent": self.pass_percent,
            "false_alarms": self.false_alarms,
            "max_false_alarms": self.max_false_alarms,
            "missed_critical": [rule.to_json() for rule in self.missed_critical],
            "objectives": [share.to_json() for share in self.objectives],
            "unanswered": list(self.unanswered),
            "questions": [graded.to_json() for graded in self.questions],
        }


def check_response(question: Json, response: Any) -> None:
    """Accept ``response`` as an answer to ``question``, finished or not, right or wrong.

    An empty list, an empty mapping, a matching with pairs left open and a path that has not come to an
    ending are accepted, so that what is done can be saved at once.

    Raises:
        BadResponse: it has the wrong type, is too long, names an id that is unknown here or names one
            twice, orders only some of the items, takes a path that is not connected, or answers a reflection.
    """
    checker = _CHECKERS.get(question["type"])
    if checker is None:
        raise BadResponse(key=question["key"], fault=ResponseFault.NOT_ACCEPTED)
    checker(question, response)


def grade_question(question: Json, response: Any) -> Graded:
    """Return the grade of one response; None and what ``check_response`` refuses are unanswered."""
    answered, score, false_alarm = False, _NOTHING, False
    if response is not None:
        try:
            check_response(question, response)
        except BadResponse:
            pass
        else:
            answered = _is_finished(question, response)
            score = _GRADERS[question["type"]](question, response) if answered else _NOTHING
            # An alarm is raised by choosing it, whatever else was chosen.
            false_alarm = bool(question["innocent"]) and _raises_alarm(question, response)
    return Graded(
        key=question["key"],
        objective=question["objective"],
        critical=question["critical"] or None,
        score=score,
        answered=answered,
        false_alarm=false_alarm,
    )


def grade_paper(paper: Json, responses: Mapping[str, Any]) -> Result:
    """Return the result of ``paper`` for ``responses``, which maps question keys to responses.

    Responses to questions that are not on the paper are ignored.
    """
    quiz = paper["quiz"]
    given = responses if isinstance(responses, Mapping) else {}
    graded = tuple(grade_question(question, given.get(question["key"])) for question in paper["questions"])
    points = sum((grade.score for grade in graded), _NOTHING)
    possible = len(graded)
    missed = _missed_rules(quiz, paper["questions"], graded)
    false_alarms = sum(grade.false_alarm for grade in graded)
    return Result(
        passed=(
            possible > 0
            and points * 100 >= possible * quiz["pass_percent"]
            and not missed
            and false_alarms <= quiz["max_false_alarms"]
        ),
        points=points,
        possible=possible,
        pass_percent=quiz["pass_percent"],
        false_alarms=false_alarms,
        max_false_alarms=quiz["max_false_alarms"],
        missed_critical=missed,
        objectives=_shares(quiz, graded),
        unanswered=tuple(grade.key for grade in graded if not grade.answered),
        questions=graded,
    )


def _missed_rules(quiz: Json, questions: list[Json], graded: tuple[Graded, ...]) -> tuple[MissedRule, ...]:
    rules = {rule["code"]: rule for rule in quiz["critical_rules"]}
    passages = {
        grade.critical: question["passage"]
        for question, grade in zip(questions, graded, strict=True)
        if grade.critical and not grade.right
    }
    in_order = [code for code in rules if code in passages] + [code for code in passages if code not in rules]
    return tuple(
        MissedRule(
            code=code,
            text=rules[code]["text"] if code in rules else "",
            passage=rules[code]["passage"] if code in rules else passages[code],
        )
        for code in in_order
    )


def _shares(quiz: Json, graded: tuple[Graded, ...]) -> tuple[ObjectiveShare, ...]:
    texts = {objective["code"]: objective["text"] for objective in quiz["objectives"]}
    asked = {grade.objective for grade in graded}
    in_order = [code for code in texts if code in asked] + sorted(asked - texts.keys())
    return tuple(
        ObjectiveShare(
            code=code,
            text=texts.get(code, ""),
            points=sum((grade.score for grade in graded if grade.objective == code), _NOTHING),
            possible=sum(grade.objective == code for grade in graded),
        )
        for code in in_order
    )


def _ids(parts: Collection[Json], name: str = "id") -> set[str]:
    return {part[name] for part in parts}


def _check_id(question: Json, value: Any, known: Collection[str]) -> None:
    if not isinstance(value, str):
        raise BadResponse(key=question["key"], fault=ResponseFault.WRONG_TYPE)
    if len(value) > MAX_ID_CHARS:
        raise BadResponse(key=question["key"], fault=ResponseFault.TOO_LONG)
    if value not in known:
        raise BadResponse(key=question["key"], fault=ResponseFault.UNKNOWN_ID)


def _check_ids(question: Json, value: Any, known: Collection[str]) -> None:
    if not isinstance(value, list):
        raise BadResponse(key=question["key"], fault=ResponseFault.WRONG_TYPE)
    if len(value) > len(known):
        raise BadResponse(key=question["key"], fault=ResponseFault.TOO_LONG)
    for item in value:
        _check_id(question, item, known)
    if len(set(value)) != len(value):
        raise BadResponse(key=question["key"], fault=ResponseFault.REPEATED_ID)


def _check_single(question: Json, response: Any) -> None:
    _check_id(question, response, _ids(question["options"]))


def _check_multiple(question: Json, response: Any) -> None:
    _check_ids(question, response, _ids(question["options"]))


def _check_true_false(question: Json, response: Any) -> None:
    if not isinstance(response, bool):
        raise BadResponse(key=question["key"], fault=ResponseFault.WRONG_TYPE)


def _check_ordering(question: Json, response: Any) -> None:
    _check_ids(question, response, _ids(question["items"]))
    if response and len(response) < len(question["items"]):
        raise BadResponse(key=question["key"], fault=ResponseFault.INCOMPLETE)


def _check_matching(question: Json, response: Any) -> None:
    if not isinstance(response, dict):
        raise BadResponse(key=question["key"], fault=ResponseFault.WRONG_TYPE)
    if len(response) > len(question["pairs"]):
        raise BadResponse(key=question["key"], fault=ResponseFault.TOO_LONG)
    lefts, rights = _ids(question["pairs"]), _ids(question["pairs"], "right_id")
    for left, right in response.items():
        _check_id(question, left, lefts)
        _check_id(question, right, rights)


def _check_scenario(question: Json, response: Any) -> None:
    known = {choice["id"] for node in question["nodes"] for choice in node.get("choices") or ()}
    _check_ids(question, response, known)
    walk(question, response)


def _is_finished(question: Json, response: Any) -> bool:
    if question["type"] == "scenario":
        return bool(response) and walk(question, response).ended
    return isinstance(response, bool) or bool(response)


def _grade_single(question: Json, response: str) -> Fraction:
    return _ALL if any(o["correct"] for o in question["options"] if o["id"] == response) else _NOTHING


def _grade_multiple(question: Json, response: list[str]) -> Fraction:
    return _ALL if set(response) == {o["id"] for o in question["options"] if o["correct"]} else _NOTHING


def _grade_true_false(question: Json, response: bool) -> Fraction:
    return _ALL if response is question["answer"] else _NOTHING


def _grade_ordering(question: Json, response: list[str]) -> Fraction:
    return _ALL if response == [item["id"] for item in question["items"]] else _NOTHING


def _grade_matching(question: Json, response: dict[str, str]) -> Fraction:
    right = sum(response.get(pair["id"]) == pair["right_id"] for pair in question["pairs"])
    return Fraction(right, len(question["pairs"]))


def _grade_scenario(question: Json, response: list[str]) -> Fraction:
    best = best_credit(question)
    return walk(question, response).credit / best if best else _NOTHING


def _raises_alarm(question: Json, response: Any) -> bool:
    chosen = response if isinstance(response, list) else [response]
    return any(option.get("alarm") and option["id"] in chosen for option in question.get("options") or ())


_CHECKERS: Final[dict[str, Callable[[Json, Any], None]]] = {
    "single": _check_single,
    "multiple": _check_multiple,
    "true_false": _check_true_false,
    "ordering": _check_ordering,
    "matching": _check_matching,
    "scenario": _check_scenario,
}
_GRADERS: Final[dict[str, Callable[[Json, Any], Fraction]]] = {
    "single": _grade_single,
    "multiple": _grade_multiple,
    "true_false": _grade_true_false,
    "ordering": _grade_ordering,
    "matching": _grade_matching,
    "scenario": _grade_scenario,
}
