"""A branching story drawn as a map for its editors: SVG, one row for each step from the start. Plain Python.

Takes the scenario as a block or a snapshot has it (``start``, ``nodes`` of ``id``, ``text`` and ``choices`` with
``text`` and ``next``); what is wrong with the graph is drawn, never an error.
"""

import re
import unicodedata
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
_MOST_SAID: Final = 600
# A space, a letter of Chinese or Japanese, or as much of a word as a line holds.
_PIECE: Final = re.compile(
    r"\s|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]{1,27}"
)
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
    """Return where each part stands: below everything that leads to it; what the start does not lead to in a last row."""
    targets = {node["id"]: _targets(node) for node in story["nodes"]}
    reached = _depths(story["start"], targets)
    depth = dict(reached)
    last = max(depth.values())
    for name, leads_to in targets.items():
        depth.setdefault(name, last + 1)
        for target in leads_to:
            if target not in targets:
                depth.setdefault(target, last + 2)
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


def story_map(story: Json, *, title: str, direction: str = "ltr") -> str:
    """Return the map as SVG with a text for who does not see it; ``direction`` is that in which its words run.

    It uses no style of its own but classes: ``story-map__part`` (``--start``, ``--end``, ``--missing``, ``--unreachable``), ``story-map__way``.
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
    is_rtl = direction == "rtl"
    parts = [
        _part(each, nodes.get(each.name), is_start=each.name == story["start"], is_rtl=is_rtl)
        for each in drawn.values()
    ]
    return (
        f'<svg class="story-map" role="img" direction="{direction}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
        '<defs><marker id="story-map-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{''.join(ways)}{''.join(parts)}</svg>"
    )


def _targets(node: Mapping[str, Sequence[Json]]) -> list[str]:
    return [choice["next"] for choice in node["choices"]]


def _depths(start: str, targets: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the longest way from the start to each part that it leads to, as far as the graph has no way back."""
    done: list[str] = []
    met = {start}
    trail = [(start, iter(targets.get(start, ())))]
    while trail:
        name, left = trail[-1]
        target = next((each for each in left if each not in met), None)
        if target is None:
            trail.pop()
            done.append(name)
        else:
            met.add(target)
            trail.append((target, iter(targets.get(target, ()))))
    place = {name: number for number, name in enumerate(reversed(done))}
    depth = dict.fromkeys(place, 0)
    for name in place:
        for target in targets.get(name, ()):
            # A way back leads to a place before this one.
            if place[target] > place[name]:
                depth[target] = max(depth[target], depth[name] + 1)
    return depth


def _lines(text: str, *, room: int, most: int) -> list[str]:
    """Return ``text`` in lines of ``room`` letters, the last with an ellipsis where it goes on after ``most`` of them.

    A letter of Chinese or Japanese counts twice, and a line may end at any of them.
    """
    lines: list[str] = []
    line, width = "", 0
    # What no line shows is not looked at: a text may have a hundred thousand letters.
    for found in _PIECE.finditer(text[: room * (most + 1) * 2]):
        piece = found.group()
        needed = sum(map(_width, piece))
        if width + needed > room and line.strip():
            lines.append(line.strip())
            line, width = "", 0
        line, width = line + piece, width + needed
    lines += [line.strip()] if line.strip() else []
    if len(lines) > most:
        return [*lines[: most - 1], f"{lines[most - 1]}…"]
    return lines


def _width(letter: str) -> int:
    return 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _part(each: Drawn, node: Json | None, *, is_start: bool, is_rtl: bool) -> str:
    marks = ["story-map__part"]
    if is_start:
        marks.append("story-map__part--start")
    if node is not None and not node["choices"]:
        marks.append("story-map__part--end")
    if each.fault:
        marks.append(f"story-map__part--{each.fault}")
    text = plain_text(str(node["text"])).replace("\n", " ") if node else ""
    side = each.left + (_BOX_WIDTH - 10 if is_rtl else 10)
    said = "".join(
        f'<text x="{side}" y="{each.top + 34 + 15 * number}">{escape(line)}</text>'
        for number, line in enumerate(_lines(text, room=_LINE_LETTERS, most=_LINES))
    )
    choices = node["choices"] if node else ()
    said += "".join(
        f'<text class="story-map__choice" x="{side}" y="{each.top + _BOX_HEIGHT + 9 + _CHOICE_HEIGHT * number}">'
        f"{_MARKS[number % len(_MARKS)]} {escape(''.join(_lines(choice['text'], room=_CHOICE_LETTERS, most=1)))}</text>"
        for number, choice in enumerate(choices)
    )
    return (
        f'<g class="{" ".join(marks)}"><title>{escape(f"{each.name}: {text[:_MOST_SAID]}")}</title>'
        f'<rect x="{each.left}" y="{each.top}" width="{_BOX_WIDTH}" height="{each.height}" rx="6"/>'
        f'<text class="story-map__name" x="{side}" y="{each.top + 17}">{escape(each.name)}</text>{said}</g>'
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
