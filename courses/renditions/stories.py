"""A branching story as numbered passages, so that it can be read on paper ("turn to 4") or played by a room.

Plain Python over the frozen scenario (``start``, ``nodes`` with ``id``, ``text``, ``choices`` of ``text``, ``next``,
``feedback``); its graph is sound (assessments.scenarios).
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from courses.snapshot import Json

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen at a passage, and the number to go on at."""

    text: str
    to: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered passage: why the choice that led here was wise or not, then what happens. HTML.

    ``text`` is empty where several choices come to one point: then ``goes_on_at`` is the number of that point, else 0.
    ``is_end``: the story is told.
    """

    number: int
    feedback: str
    text: str
    choices: tuple[Choice, ...]
    goes_on_at: int
    is_end: bool


def shuffled(parts: Sequence[Part], name: str) -> list[Part]:
    """Return ``parts`` in the order that the lesson's page shows them in: decided by ``name``, not by the author."""
    numbered = list(enumerate(parts))
    numbered.sort(key=lambda pair: hashlib.sha256(f"{name}/{pair[0]}".encode()).digest())
    return [part for _, part in numbered]


def passages(story: Json) -> list[Passage]:
    """Return the passages in the order of their numbers, from 1; every one before what it leads to."""
    nodes: dict[str, Json] = {node["id"]: node for node in story["nodes"]}
    ways_in: dict[str, int] = {}
    for node in story["nodes"]:
        for choice in node.get("choices") or ():
            ways_in[choice["next"]] = ways_in.get(choice["next"], 0) + 1

    # Met in the order of reading: a choice's own passage first, then the points where several choices meet.
    order: dict[tuple[str, str], None] = {("node", story["start"]): None}
    waiting: deque[str] = deque([story["start"]])
    seen = {story["start"]}
    own: dict[tuple[str, int], tuple[str, str]] = {}
    while waiting:
        name = waiting.popleft()
        for place, choice in _choices(story, nodes[name]):
            target = choice["next"]
            alone = ways_in[target] == 1 and target != story["start"]
            key = ("node", target) if alone or not choice.get("feedback") else ("why", f"{name}/{place}")
            own[name, place] = key
            order.setdefault(key)
            if target not in seen:
                seen.add(target)
                waiting.append(target)
                order.setdefault(("node", target))
    numbers = {key: number for number, key in enumerate(order, start=1)}
    feedback = {
        own[name, place]: choice.get("feedback") or ""
        for name in seen
        for place, choice in _choices(story, nodes[name])
    }
    leads_to = {own[name, place]: choice["next"] for name in seen for place, choice in _choices(story, nodes[name])}
    found = []
    for key, number in numbers.items():
        if key[0] == "why":
            found.append(Passage(number, feedback[key], "", (), numbers["node", leads_to[key]], False))
            continue
        node = nodes[key[1]]
        choices = tuple(Choice(choice["text"], numbers[own[key[1], place]]) for place, choice in _choices(story, node))
        # Of a point where several meet without a word of why, none of theirs is told twice.
        why = feedback.get(key, "") if ways_in.get(key[1], 0) == 1 else ""
        found.append(Passage(number, why, node["text"], choices, 0, not choices))
    return found


def _choices(story: Json, node: Json) -> list[tuple[int, Json]]:
    choices = list(enumerate(node.get("choices") or ()))
    return shuffled(choices, f"{story.get('code', '')}/{node['id']}")
