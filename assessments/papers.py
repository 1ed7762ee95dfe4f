"""Drawing a paper from a quiz's bank by its blueprint, and what of a question may be shown.

Chance comes from hashes of the seed, not from a random generator: the same seed and form give the same
paper on every version of Python and whatever the order of the bank.
"""

import copy
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from assessments.exceptions import BlueprintNotDrawable
from assessments.frozen import DIFFICULTIES, PAPER_TYPES, Json
from assessments.scenarios import walk

PAPER_SCHEMA: Final = 1
MIN_INNOCENT_SHARE: Final = Fraction(1, 4)
# A second chance has to find other questions.
CANDIDATES_PER_DRAWN: Final = 2


class BlueprintFault(StrEnum):
    """What can be wrong with a blueprint."""

    EMPTY = "empty"
    BAD_ROW = "bad_row"
    UNKNOWN_OBJECTIVE = "unknown_objective"
    UNKNOWN_RULE = "unknown_rule"
    RULE_NOT_DRAWN = "rule_not_drawn"
    TOO_FEW_CANDIDATES = "too_few_candidates"
    TOO_FEW_INNOCENT = "too_few_innocent"


@dataclass(frozen=True, slots=True)
class BlueprintProblem:
    """One fault of a blueprint: ``row`` counts from 0 (None: the blueprint as a whole).

    ``code`` names the objective or rule; ``needed`` and ``found`` are numbers of questions.
    """

    fault: BlueprintFault
    row: int | None = None
    code: str = ""
    needed: int = 0
    found: int = 0


def check_blueprint(quiz: Json) -> list[BlueprintProblem]:
    """Return everything that keeps ``quiz`` from being drawn twice with different questions.

    Rows of one kind share their candidates, so they are counted together; a row that names a difficulty
    also takes from what the rows of its whole objective may draw.
    """
    rows: Sequence[Json] = quiz["blueprint"]
    problems = [] if rows else [BlueprintProblem(BlueprintFault.EMPTY)]
    sound: list[tuple[int, Json]] = []
    for index, row in enumerate(rows):
        problem = _row_problem(quiz, index, row)
        if problem is None:
            sound.append((index, row))
        else:
            problems.append(problem)
    problems += _short_rows(quiz, sound)
    drawn_rules = {row.get("critical") for row in rows}
    problems += [
        BlueprintProblem(BlueprintFault.RULE_NOT_DRAWN, code=rule["code"])
        for rule in quiz["critical_rules"]
        if rows and rule["code"] not in drawn_rules
    ]
    total = sum(row["n"] for _, row in sound)
    innocent = sum(row["n"] for _, row in sound if row.get("innocent"))
    needed = -(-total * MIN_INNOCENT_SHARE.numerator // MIN_INNOCENT_SHARE.denominator)
    if innocent < needed:
        problems.append(BlueprintProblem(BlueprintFault.TOO_FEW_INNOCENT, needed=needed, found=innocent))
    return problems


def _row_problem(quiz: Json, index: int, row: Json) -> BlueprintProblem | None:
    kinds = [name for name in ("critical", "objective", "innocent") if row.get(name)]
    number = row.get("n")
    difficulty = row.get("difficulty")
    if (
        len(kinds) != 1
        or not isinstance(number, int)
        or isinstance(number, bool)
        or number < 1
        or (difficulty and (kinds != ["objective"] or difficulty not in DIFFICULTIES))
    ):
        return BlueprintProblem(BlueprintFault.BAD_ROW, index)
    if row.get("critical") and row["critical"] not in {rule["code"] for rule in quiz["critical_rules"]}:
        return BlueprintProblem(BlueprintFault.UNKNOWN_RULE, index, row["critical"])
    if row.get("objective") and row["objective"] not in {each["code"] for each in quiz["objectives"]}:
        return BlueprintProblem(BlueprintFault.UNKNOWN_OBJECTIVE, index, row["objective"])
    return None


def _short_rows(quiz: Json, rows: Sequence[tuple[int, Json]]) -> list[BlueprintProblem]:
    """Return one problem per kind of row that has too few candidates, at the kind's first row."""
    problems = []
    seen: set[tuple[Any, ...]] = set()
    for index, row in rows:
        kind = (row.get("critical"), row.get("objective"), row.get("difficulty"), bool(row.get("innocent")))
        if kind in seen:
            continue
        seen.add(kind)
        needed = CANDIDATES_PER_DRAWN * sum(other["n"] for _, other in rows if _draws_within(other, row))
        found = len(_candidates(quiz["questions"], row))
        if found < needed:
            problems.append(BlueprintProblem(BlueprintFault.TOO_FEW_CANDIDATES, index, needed=needed, found=found))
    return problems


def _draws_within(row: Json, other: Json) -> bool:
    """Whether everything that ``row`` may draw, ``other`` may draw too."""
    return all(row.get(name) == other.get(name) for name in ("critical", "objective", "innocent")) and (
        not other.get("difficulty") or row.get("difficulty") == other["difficulty"]
    )


def _candidates(questions: Iterable[Json], row: Json) -> list[Json]:
    return [question for question in questions if _may_fill(question, row)]


def _may_fill(question: Json, row: Json) -> bool:
    if question["use"] != "paper" or question["type"] not in PAPER_TYPES:
        return False
    if row.get("critical"):
        # A coin that is tossed must not satisfy a rule that has to be right.
        return bool(question["critical"] == row["critical"] and question["type"] != "true_false")
    if row.get("innocent"):
        return bool(question["innocent"])
    return (
        not question["critical"]
        and not question["innocent"]
        and question["objective"] == row["objective"]
        and (not row.get("difficulty") or question["difficulty"] == row["difficulty"])
    )


def draw_paper(quiz: Json, *, seed: str, form: int, exclude: Collection[str]) -> Json:
    """Return the paper of ``quiz`` for ``seed`` and ``form`` (1 is the first); the same each time.

    Each row of the blueprint draws its ``n`` questions, none twice; those whose keys are in ``exclude``
    (seen on earlier forms) only when no others are left. Rows that name a difficulty are served before
    those that take their whole objective, and as much again is left to them, so that the wide starve the
    narrow neither now nor on the next form: if ``check_blueprint`` finds nothing, form 2 repeats nothing.

    Raises:
        BlueprintNotDrawable: a row finds fewer questions than it draws.
    """
    if form < 1:
        raise ValueError(form)
    paper_seed = f"{seed}|{form}"
    drawn: dict[str, Json] = {}
    kept_for_next: set[str] = set()
    for index, row in _narrow_first(quiz):
        candidates = [question for question in _candidates(quiz["questions"], row) if question["key"] not in drawn]
        candidates.sort(
            key=lambda question: (
                question["key"] in exclude,
                question["key"] in kept_for_next,
                _rank(paper_seed, "draw", question["key"]),
            )
        )
        if len(candidates) < row["n"]:
            raise BlueprintNotDrawable(row=index, needed=row["n"], found=len(candidates))
        drawn.update((question["key"], question) for question in candidates[: row["n"]])
        kept_for_next.update(question["key"] for question in candidates[row["n"] : 2 * row["n"]])
    keys = sorted(drawn, key=lambda key: _rank(paper_seed, "place", key))
    return {
        "schema": PAPER_SCHEMA,
        "form": form,
        "seed": seed,
        "quiz": {name: copy.deepcopy(value) for name, value in quiz.items() if name not in ("questions", "blueprint")},
        "questions": [order_question(drawn[key], seed=paper_seed) for key in keys],
    }


def without_questions(paper: Json, keys: Iterable[str]) -> Json:
    """Return ``paper`` without the questions of ``keys``: nobody is asked or graded on what was withdrawn."""
    gone = set(keys)
    return {**paper, "questions": [each for each in paper["questions"] if each["key"] not in gone]}


def fit_blueprint(quiz: Json) -> Json:
    """Return ``quiz`` with rows that draw no more than there is: for a bank from which questions were taken away."""
    taken: set[str] = set()
    numbers: dict[int, int] = {}
    for index, row in _narrow_first(quiz):
        free = [each["key"] for each in _candidates(quiz["questions"], row) if each["key"] not in taken]
        numbers[index] = min(row["n"], len(free))
        taken.update(free[: numbers[index]])
    rows = [{**row, "n": numbers[index]} for index, row in enumerate(quiz["blueprint"]) if numbers[index]]
    return {**quiz, "blueprint": rows}


def _narrow_first(quiz: Json) -> list[tuple[int, Json]]:
    """Return the rows with their places, those that name a difficulty before those that take a whole objective."""
    return sorted(enumerate(quiz["blueprint"]), key=lambda pair: not pair[1].get("difficulty"))


def order_question(question: Json, *, seed: str) -> Json:
    """Return a copy of ``question`` with the ``order`` in which its options (items, rights, choices) show.

    Ordering and matching never start out solved.
    """
    ids = [part["id"] for part in question.get("options") or question.get("items") or ()]
    ids += [pair["right_id"] for pair in question.get("pairs") or ()]
    ids += [choice["id"] for node in question.get("nodes") or () for choice in node.get("choices") or ()]
    order = sorted(ids, key=lambda name: _rank(seed, question["key"], name))
    if question["type"] in ("ordering", "matching") and order == ids and len(ids) > 1:
        order = order[1:] + order[:1]
    return {**copy.deepcopy(question), "order": order}


def _rank(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def public_question(question: Json, *, path: Sequence[str] = ()) -> Json:
    """Return what a browser may see of ``question`` before it is answered, in the order of the paper.

    Nothing in it tells the answer: no credit, feedback, objective or passage, and not the question's key,
    which may say what it asks about ("innocent-3"); ``version`` is its name in the page. Of a scenario it
    holds only the nodes met on ``path`` (choice ids taken so far), since endings tell how a choice turned
    out; the last of them is the one to choose at. A question that stands on no paper is shuffled by its key.

    Raises:
        BadResponse: ``path`` is not a connected path of this scenario.
    """
    if "order" not in question:
        question = order_question(question, seed="")
    place = {name: index for index, name in enumerate(question["order"])}
    shown: Json = {name: question[name] for name in ("version", "type", "stem")}
    match question["type"]:
        case "single" | "multiple":
            shown["options"] = _texts(question["options"], place)
        case "ordering":
            shown["items"] = _texts(question["items"], place)
        case "matching":
            shown["lefts"] = [{"id": pair["id"], "text": pair["left"]} for pair in question["pairs"]]
            rights = [{"id": pair["right_id"], "text": pair["right"]} for pair in question["pairs"]]
            shown["rights"] = _texts(rights, place)
        case "scenario":
            shown["nodes"] = [
                {"id": node["id"], "text": node["text"], "choices": _texts(node.get("choices") or (), place)}
                for node in walk(question, path).nodes
            ]
    return shown


def _texts(parts: Iterable[Json], place: Mapping[str, int]) -> list[Json]:
    return [
        {"id": part["id"], "text": part["text"]}
        for part in sorted(parts, key=lambda part: place.get(part["id"], len(place)))
    ]


def swap_text(
    paper: Json, other_language_questions: Iterable[Json], *, other_language_quiz: Json | None = None
) -> Json:
    """Return ``paper`` with its texts in another language, matched by ids; keys and order stay as they are.

    A question of which any text is missing there stays wholly in the paper's language: two languages in
    one question would tell the answer apart. The quiz's title, objectives and rules follow, one by one,
    when ``other_language_quiz`` is given.
    """
    others = {question["key"]: question for question in other_language_questions}
    return {
        **paper,
        "quiz": _swap_quiz(paper["quiz"], other_language_quiz or {}),
        "questions": [_swap_question(question, others.get(question["key"])) for question in paper["questions"]],
    }


def _swap_question(question: Json, other: Json | None) -> Json:
    if other is not None:
        texts = _texts_by_place(other)
        if all(texts.get(place) for place, text in _texts_by_place(question).items() if text):
            return _with_texts(question, texts)
    return copy.deepcopy(question)


_TEXT_NAMES = frozenset({"text", "feedback", "stem", "left", "right"})
_PART_NAMES = ("options", "items", "pairs", "nodes", "choices")


def _texts_by_place(part: Json, place: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Return every text of a question by where it stands; a right's place is its own id, not its pair's."""
    texts = {_place(part, place, name): part[name] for name in _TEXT_NAMES & part.keys()}
    for list_name in _PART_NAMES:
        for child in part.get(list_name) or ():
            texts.update(_texts_by_place(child, (*place, list_name, child["id"])))
    return texts


def _place(part: Json, place: tuple[str, ...], name: str) -> tuple[str, ...]:
    return ("right", part["right_id"]) if name == "right" else (*place, name)


def _with_texts(part: Json, texts: Mapping[tuple[str, ...], str], place: tuple[str, ...] = ()) -> Json:
    swapped: Json = {}
    for name, value in part.items():
        if name in _TEXT_NAMES:
            swapped[name] = texts[_place(part, place, name)] if value else value
        elif name in _PART_NAMES:
            swapped[name] = [_with_texts(child, texts, (*place, name, child["id"])) for child in value or ()]
        else:
            swapped[name] = copy.deepcopy(value)
    return swapped


def _swap_quiz(quiz: Json, other: Json) -> Json:
    swapped = copy.deepcopy(quiz)
    swapped["title"] = other.get("title") or quiz["title"]
    for list_name in ("objectives", "critical_rules"):
        texts = {part["code"]: part["text"] for part in other.get(list_name) or ()}
        for part in swapped[list_name]:
            part["text"] = texts.get(part["code"]) or part["text"]
    return swapped
