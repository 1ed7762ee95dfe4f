"""Files that other machinery exchanges, reached by the same two commands as workbooks.

A door is not a kind: its file has its own shape and its own rules, and no staging table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file: lines for whoever reads them, whether it was refused, and how many pieces would change."""

    lines: tuple[str, ...]
    refused: bool
    changes: int


@dataclass(frozen=True, slots=True)
class Door:
    """``bring`` takes path, language and whether to write; ``take`` takes path and language, and returns a count."""

    code: str
    suffixes: tuple[str, ...]
    bring: Callable[[Path, str, bool], Brought]
    take: Callable[[Path, str], int]


_doors: Final[dict[str, Door]] = {}


def register_door(door: Door) -> None:
    """Let the commands open this door."""
    _doors[door.code] = door


def door_of(code: str) -> Door | None:
    """Return the door of this code."""
    return _doors.get(code)


def all_doors() -> list[Door]:
    """Return all doors, in the order of their registration."""
    return list(_doors.values())
