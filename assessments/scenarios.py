"""Branching scenarios: is the graph sound, where does a path lead, what is the best a path can earn.

A scenario is ``start`` and ``nodes``; a node without choices is an ending. The same rules serve the
scenarios of lessons, which are never scored, and those of question banks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from assessments.exceptions import BadResponse, ResponseFault
from assessments.frozen import Json

MOST_PARTS: Final = 200
"""More than a room plays or a reader turns to on paper; each part is a slide and a numbered passage."""
MOST_CHOICES: Final = 8
"""More than a hand counts at one point of a story; paper and slides letter them."""


class ScenarioFault(StrEnum):
    """What can be wrong with the graph of a scenario."""

    TOO_MANY = "too_many"
    REPEATED_NODE = "repeated_node"
    UNKNOWN_START = "unknown_start"
    UNKNOWN_NEXT = "unknown_next"
    UNREACHABLE = "unreachable"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class ScenarioProblem:
    """One fault of a graph: ``node`` counts from 0 in the order of ``nodes``, ``choice`` within it.

    ``name`` is the node id that is repeated, unknown, unreachable or met again, or has too many choices; ``most`` is
    how many there may be.
    """

    fault: ScenarioFault
    name: str
    node: int | None = None
    choice: int | None = None
    most: int = 0


def scenario_problems(start: str, nodes: Sequence[tuple[str, Sequence[str]]]) -> list[ScenarioProblem]:
    """Return everything wrong with a graph given as (node id, ids its choices lead to).

    What cannot be reached is reported only when every target exists: a missing node would hide others. Of a graph with
    too many nodes nothing else is reported.
    """
    if len(nodes) > MOST_PARTS:
        return [ScenarioProblem(ScenarioFault.TOO_MANY, "", most=MOST_PARTS)]
    problems = [
        ScenarioProblem(ScenarioFault.TOO_MANY, name, index, most=MOST_CHOICES)
        for index, (name, leads_to) in enumerate(nodes)
        if len(leads_to) > MOST_CHOICES
    ]
    targets: dict[str, Sequence[str]] = {}
    for index, (name, leads_to) in enumerate(nodes):
        if name in targets:
            problems.append(ScenarioProblem(ScenarioFault.REPEATED_NODE, name, index))
        else:
            targets[name] = leads_to
    if start not in targets:
        problems.append(ScenarioProblem(ScenarioFault.UNKNOWN_START, start))
    for index, (_, leads_to) in enumerate(nodes):
        problems += [
            ScenarioProblem(ScenarioFault.UNKNOWN_NEXT, target, index, choice)
            for choice, target in enumerate(leads_to)
            if target not in targets
        ]
    if problems:
        return problems
    reached = _reachable(start, targets)
    position = {name: index for index, (name, _) in enumerate(nodes)}
    problems += [
        ScenarioProblem(ScenarioFault.UNREACHABLE, name, position[name]) for name in targets if name not in reached
    ]
    back = _first_way_back(start, targets)
    if back is not None:
        name, choice = back
        problems.append(ScenarioProblem(ScenarioFault.CYCLE, targets[name][choice], position[name], choice))
    return problems


def _reachable(start: str, targets: Mapping[str, Sequence[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(targets[name])
    return reached


def _first_way_back(start: str, targets: Mapping[str, Sequence[str]]) -> tuple[str, int] | None:
    """Return the (node, choice) that leads back to a node on the way to it, or None."""
    done: set[str] = set()
    trail: list[tuple[str, int]] = [(start, 0)]
    open_names = {start}
    while trail:
        name, choice = trail.pop()
        if choice == len(targets[name]):
            open_names.discard(name)
            done.add(name)
            continue
        trail.append((name, choice + 1))
        target = targets[name][choice]
        if target in open_names:
            return name, choice
        if target not in done:
            open_names.add(target)
            trail.append((target, 0))
    return None


@dataclass(frozen=True, slots=True)
class Walk:
    """A path through a frozen scenario: the nodes met and the choices taken."""

    nodes: tuple[Json, ...]
    choices: tuple[Json, ...]

    @property
    def ended(self) -> bool:
        """Whether the last node met has no choices left to take."""
        return not self.nodes[-1].get("choices")

    @property
    def credit(self) -> Fraction:
        """Return the sum of the credits of the choices taken."""
        return sum((Fraction(choice["credit"]) for choice in self.choices), Fraction(0))


def walk(question: Json, path: Sequence[str]) -> Walk:
    """Follow ``path`` (choice ids from the start) through a frozen scenario question.

    Raises:
        BadResponse: a choice is unknown (``UNKNOWN_ID``), or is not one of the node that the path
            has come to (``NOT_CONNECTED``).
    """
    nodes: dict[str, Json] = {node["id"]: node for node in question["nodes"]}
    known = {choice["id"] for node in nodes.values() for choice in node.get("choices") or ()}
    met, taken = [nodes[question["start"]]], []
    for choice_id in path:
        if choice_id not in known:
            raise BadResponse(key=question["key"], fault=ResponseFault.UNKNOWN_ID)
        here: Sequence[Any] = met[-1].get("choices") or ()
        choice = next((choice for choice in here if choice["id"] == choice_id), None)
        if choice is None:
            raise BadResponse(key=question["key"], fault=ResponseFault.NOT_CONNECTED)
        taken.append(choice)
        met.append(nodes[choice["next"]])
    return Walk(tuple(met), tuple(taken))


def best_credit(question: Json) -> Fraction:
    """Return the most that a path from the start to an ending can earn; the graph has no cycle."""
    nodes: dict[str, Json] = {node["id"]: node for node in question["nodes"]}
    best: dict[str, Fraction] = {}
    met: set[str] = set()
    waiting = [question["start"]]
    while waiting:
        name = waiting[-1]
        choices = nodes[name].get("choices") or ()
        if name not in met:
            met.add(name)
            waiting += [choice["next"] for choice in choices if choice["next"] not in met]
            continue
        waiting.pop()
        if name not in best:
            # Should an unsound graph get this far, a way back earns nothing instead of never ending.
            earned = (Fraction(choice["credit"]) + best.get(choice["next"], Fraction(0)) for choice in choices)
            best[name] = max(earned, default=Fraction(0))
    return best[question["start"]]
