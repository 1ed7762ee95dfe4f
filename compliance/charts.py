"""The shape of a bar chart, for a template to draw. Plain Python: numbers in, places in user units of an SVG out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 220
_TOP: Final = 28
"""Room for the number above the highest bar."""
_BOTTOM: Final = 36
"""Room for the words below the bars."""
_GAP_SHARE: Final = 3
"""The gap between two bars is a third of a bar's place."""
_LEAST: Final = 2
"""What is not nothing can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its left upper corner, its size, the middle of its place and the line on which its number stands."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    number_y: int


def baseline() -> int:
    """Return the line on which all bars stand."""
    return HEIGHT - _BOTTOM


def bars(counts: Sequence[int], *, from_right: bool = False) -> list[Bar]:
    """Return a bar for each of ``counts``, the highest as high as the room allows; nothing has no height.

    ``from_right``: the first stands at the right, as time runs for whoever reads from there.
    """
    if not counts:
        return []
    place = WIDTH // len(counts)
    width = place - place // _GAP_SHARE
    room = baseline() - _TOP
    most = max(*counts, 1)
    drawn = []
    for index, count in enumerate(counts):
        height = max(count * room // most, _LEAST) if count else 0
        left = index * place + (place - width) // 2
        if from_right:
            left = WIDTH - left - width
        drawn.append(Bar(left, baseline() - height, width, height, left + width // 2, baseline() - height - 8))
    return drawn
