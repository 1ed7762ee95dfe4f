"""What makes a question a good item: rules for one question and for the items of one critical rule.

A draft is a frozen question without ``key``, ``version`` and ids (see ``assessments.frozen``): what an editor
has written so far, wrong or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from re import sub
from typing import Final

from assessments.frozen import PAPER_TYPES, Json
from assessments.scenarios import ScenarioFault, scenario_problems

MIN_MAX_OPTIONS: Final = {"single": (3, 4), "multiple": (4, 6)}
MIN_MAX_ITEMS: Final = (3, 8)
MIN_MAX_PAIRS: Final = (2, 8)
MIN_RIGHT_OF_MULTIPLE: Final = 2


class ItemFault(StrEnum):
    """What can be wrong with one question; a scenario's graph adds the faults of ``ScenarioFault``."""

    TEXT_MISSING = "text_missing"
    PRACTICE_ONLY = "practice_only"
    NEVER_CRITICAL = "never_critical"
    CRITICAL_AND_INNOCENT = "critical_and_innocent"
    SITUATION_MISSING = "situation_missing"
    SITUATION_TAKEN = "situation_taken"
    WRONG_NUMBER_OF_PARTS = "wrong_number_of_parts"
    NOT_ONE_RIGHT = "not_one_right"
    TOO_FEW_RIGHT = "too_few_right"
    NONE_WRONG = "none_wrong"
    SAME_TEXT = "same_text"
    FEEDBACK_MISSING = "feedback_missing"
    ALARM_NOT_INNOCENT = "alarm_not_innocent"
    ALARM_ON_RIGHT = "alarm_on_right"
    ALARM_MISSING = "alarm_missing"
    NO_CREDIT = "no_credit"


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """One fault: ``field`` names the part of the question, ``part`` and ``choice`` count from 0 within it.

    ``least`` and ``most`` are the numbers allowed where numbers are the fault; ``name`` is a scenario's part, or
    the side of the part that says the same as another.
    """

    fault: ItemFault | ScenarioFault
    field: str
    part: int | None = None
    choice: int | None = None
    least: int = 0
    most: int = 0
    name: str = ""


def plain_text(html: str) -> str:
    """Return what remains of HTML when tags and extra spaces are gone: good enough to compare two texts."""
    return " ".join(unescape(sub(r"<[^<>]*>", " ", html or "")).split())


def item_problems(draft: Json, *, situations_taken: Iterable[str] = ()) -> list[ItemProblem]:
    """Return everything wrong with ``draft``.

    ``situations_taken`` are the situations of the other items of its critical rule: one situation asked
    twice would test the memory of an answer.
    """
    return [*_general_problems(draft, situations_taken), *_part_problems(draft)]


def _general_problems(draft: Json, situations_taken: Iterable[str]) -> Iterable[ItemProblem]:
    kind = draft["type"]
    # A scenario speaks in its parts and answers in their feedback; a reflection has no right answer.
    if kind != "scenario" and not plain_text(draft["stem"]):
        yield ItemProblem(ItemFault.TEXT_MISSING, "stem")
    if kind not in ("scenario", "reflection") and not plain_text(draft["feedback"]):
        yield ItemProblem(ItemFault.TEXT_MISSING, "feedback")
    if draft["use"] == "paper" and kind not in PAPER_TYPES:
        yield ItemProblem(ItemFault.PRACTICE_ONLY, "use")
    if draft["critical"]:
        # A coin that is tossed must not satisfy a rule that has to be right.
        if kind == "true_false":
            yield ItemProblem(ItemFault.NEVER_CRITICAL, "critical")
        if draft["innocent"]:
            yield ItemProblem(ItemFault.CRITICAL_AND_INNOCENT, "critical")
        if not draft["situation"]:
            yield ItemProblem(ItemFault.SITUATION_MISSING, "situation")
        elif draft["situation"] in situations_taken:
            yield ItemProblem(ItemFault.SITUATION_TAKEN, "situation")


def _part_problems(draft: Json) -> Iterable[ItemProblem]:
    match draft["type"]:
        case "single" | "multiple":
            yield from _option_problems(draft)
        case "ordering":
            yield from _number_problems("items", len(draft["items"]), MIN_MAX_ITEMS)
            yield from _same_texts("items", "text", draft["items"])
        case "matching":
            yield from _number_problems("pairs", len(draft["pairs"]), MIN_MAX_PAIRS)
            yield from _same_texts("pairs", "left", draft["pairs"])
            yield from _same_texts("pairs", "right", draft["pairs"])
        case "scenario":
            yield from _graph_problems(draft)


def _option_problems(draft: Json) -> Iterable[ItemProblem]:
    options: list[Json] = draft["options"]
    yield from _number_problems("options", len(options), MIN_MAX_OPTIONS[draft["type"]])
    right = sum(bool(option["correct"]) for option in options)
    if draft["type"] == "single" and right != 1:
        yield ItemProblem(ItemFault.NOT_ONE_RIGHT, "options")
    if draft["type"] == "multiple":
        if right < MIN_RIGHT_OF_MULTIPLE:
            yield ItemProblem(ItemFault.TOO_FEW_RIGHT, "options", least=MIN_RIGHT_OF_MULTIPLE)
        if options and right == len(options):
            yield ItemProblem(ItemFault.NONE_WRONG, "options")
    yield from _same_texts("options", "text", options)
    for index, option in enumerate(options):
        if not option["correct"] and not plain_text(option["feedback"]):
            yield ItemProblem(ItemFault.FEEDBACK_MISSING, "options", index)
        if option["alarm"] and option["correct"]:
            yield ItemProblem(ItemFault.ALARM_ON_RIGHT, "options", index)
        elif option["alarm"] and not draft["innocent"]:
            yield ItemProblem(ItemFault.ALARM_NOT_INNOCENT, "options", index)
    # Without it, reporting somebody innocent could not count.
    if draft["innocent"] and options and not any(option["alarm"] for option in options):
        yield ItemProblem(ItemFault.ALARM_MISSING, "options")


def _graph_problems(draft: Json) -> Iterable[ItemProblem]:
    nodes: list[Json] = draft["nodes"]
    targets = [(node["id"], [choice["next"] for choice in node["choices"]]) for node in nodes]
    for problem in scenario_problems(draft["start"], targets):
        if problem.fault == ScenarioFault.TOO_MANY:
            yield ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, "nodes", problem.node, most=problem.most)
            continue
        field = "start" if problem.node is None else "nodes"
        yield ItemProblem(problem.fault, field, problem.node, problem.choice, name=problem.name)
    for index, node in enumerate(nodes):
        yield from (
            ItemProblem(ItemFault.FEEDBACK_MISSING, "nodes", index, place)
            for place, choice in enumerate(node["choices"])
            if not plain_text(choice["feedback"])
        )
    if nodes and not any(float(choice["credit"]) for node in nodes for choice in node["choices"]):
        yield ItemProblem(ItemFault.NO_CREDIT, "nodes")


def _number_problems(field: str, number: int, allowed: tuple[int, int]) -> Iterable[ItemProblem]:
    least, most = allowed
    if not least <= number <= most:
        yield ItemProblem(ItemFault.WRONG_NUMBER_OF_PARTS, field, least=least, most=most)


def _same_texts(field: str, name: str, parts: list[Json]) -> Iterable[ItemProblem]:
    seen: set[str] = set()
    for index, part in enumerate(parts):
        text = plain_text(part[name])
        if text and text in seen:
            yield ItemProblem(ItemFault.SAME_TEXT, field, index, name=name)
        seen.add(text)
