"""A branching story drawn as a map for its editors: SVG, one row for each step from the start. Plain Python.

Takes the scenario as a block or a snapshot has it (``start``, ``nodes`` of ``id``, ``text`` and ``choices`` with
``text`` and ``next``); what is wrong with the graph is drawn, never an error.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from assessments.scenarios import ScenarioProblem, scenario_problems
from courses.snapshot import Json, plain_text

_BOX_WIDTH: Final = 210
_BOX_HEIGHT: Final = 74
_CHOICE_HEIGHT: Final = 17
_GAP: Final = 28
_BETWEEN_ROWS: Final = 64
_LINE_LETTERS: Final = 30
_LINES: Final = 3
_CHOICE_LETTERS: Final = 28
_MARKS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a part stands, in pixels from the start corner, and what is the matter: ``missing``, ``unreachable``."""

    name: str
    left: int
    top: int
    height: int
    fault: str


def story_problems(story: Json) -> list[ScenarioProblem]:
    """Return everything wrong with the graph of ``story``."""
    return scenario_problems(story["start"], [(node["id"], _targets(node)) for node in story["nodes"]])


def places(story: Json) -> list[Drawn]:
    """Return where each part stands: below everything that leads to it; what nothing leads to in a last row."""
    targets = {node["id"]: _targets(node) for node in story["nodes"]}
    depth = _depths(story["start"], targets)
    last = max(depth.values(), default=0)
    for name in targets:
        depth.setdefault(name, last + 1)
    reached = _reached(story["start"], targets)
    rows: dict[int, list[str]] = {}
    for name, row in depth.items():
        rows.setdefault(row, []).append(name)
    widest = max(len(row) for row in rows.values())
    found = []
    top = _GAP
    for _, names in sorted(rows.items()):
        start = (widest - len(names)) * (_BOX_WIDTH + _GAP) // 2
        for place, name in enumerate(names):
            fault = "missing" if name not in targets else "" if name in reached else "unreachable"
            height = _BOX_HEIGHT + _CHOICE_HEIGHT * len(targets.get(name, ()))
            found.append(Drawn(name, _GAP + start + place * (_BOX_WIDTH + _GAP), top, height, fault))
        top += max(each.height for each in found[-len(names) :]) + _BETWEEN_ROWS
    return found


def story_map(story: Json, *, title: str) -> str:
    """Return the map as SVG with a text for who does not see it; it uses no style of its own but classes.

    ``story-map__part`` (``--start``, ``--end``, ``--missing``, ``--unreachable``), ``story-map__way``.
    """
    drawn = {each.name: each for each in places(story)}
    nodes: dict[str, Json] = {node["id"]: node for node in story["nodes"]}
    width = max(each.left for each in drawn.values()) + _BOX_WIDTH + _GAP
    height = max(each.top + each.height for each in drawn.values()) + _GAP
    ways = [
        _way(drawn[name], drawn[choice["next"]], choice["text"], place, len(node["choices"]))
        for name, node in nodes.items()
        for place, choice in enumerate(node["choices"])
    ]
    parts = [_part(each, nodes.get(each.name), is_start=each.name == story["start"]) for each in drawn.values()]
    return (
        f'<svg class="story-map" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
        '<defs><marker id="story-map-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{''.join(ways)}{''.join(parts)}</svg>"
    )


def _targets(node: Mapping[str, Sequence[Json]]) -> list[str]:
    return [choice["next"] for choice in node["choices"]]


def _depths(start: str, targets: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the longest way from the start to each part, as far as the graph has no way back."""
    depth = {start: 0}
    for _ in targets:
        changed = False
        for name, leads_to in targets.items():
            for target in leads_to:
                if name in depth and depth.get(target, -1) < depth[name] + 1 <= len(targets):
                    depth[target] = depth[name] + 1
                    changed = True
        if not changed:
            break
    for leads_to in targets.values():
        for target in leads_to:
            depth.setdefault(target, 1)
    # A way back pushes its parts down for as long as it is followed: rows without a part close up.
    rows = {row: number for number, row in enumerate(sorted(set(depth.values())))}
    return {name: rows[row] for name, row in depth.items()}


def _reached(start: str, targets: Mapping[str, Sequence[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += targets.get(name, ())
    return reached


def _part(each: Drawn, node: Json | None, *, is_start: bool) -> str:
    marks = ["story-map__part"]
    if is_start:
        marks.append("story-map__part--start")
    if node is not None and not node["choices"]:
        marks.append("story-map__part--end")
    if each.fault:
        marks.append(f"story-map__part--{each.fault}")
    text = plain_text(str(node["text"])).replace("\n", " ") if node else ""
    lines = textwrap.wrap(text, _LINE_LETTERS)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _LINE_LETTERS - 1]}…"]
    said = "".join(
        f'<text x="{each.left + 10}" y="{each.top + 34 + 15 * number}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    choices = node["choices"] if node else ()
    said += "".join(
        f'<text class="story-map__choice" x="{each.left + 10}" y="{each.top + _BOX_HEIGHT + 9 + _CHOICE_HEIGHT * number}">'
        f"{_MARKS[number % len(_MARKS)]} {escape(textwrap.shorten(choice['text'], _CHOICE_LETTERS, placeholder='…'))}</text>"
        for number, choice in enumerate(choices)
    )
    return (
        f'<g class="{" ".join(marks)}"><title>{escape(f"{each.name}: {text}")}</title>'
        f'<rect x="{each.left}" y="{each.top}" width="{_BOX_WIDTH}" height="{each.height}" rx="6"/>'
        f'<text class="story-map__name" x="{each.left + 10}" y="{each.top + 17}">{escape(each.name)}</text>{said}</g>'
    )


def _way(start: Drawn, end: Drawn, text: str, place: int, of: int) -> str:
    x1 = start.left + _BOX_WIDTH * (place + 1) // (of + 1)
    y1, x2, y2 = start.top + start.height, end.left + _BOX_WIDTH // 2, end.top
    bend = max(26, abs(y2 - y1) // 2)
    return (
        f'<g class="story-map__way"><title>{escape(text)}</title>'
        f'<path d="M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2 - 2}" marker-end="url(#story-map-tip)"/>'
        f'<text x="{x1 + 5}" y="{y1 + 14}">{_MARKS[place % len(_MARKS)]}</text></g>'
    )
