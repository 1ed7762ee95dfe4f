"""The columns of a kind of workbook."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Type(Enum):
    """What a column's cells hold."""

    TEXT = auto()
    KEY = auto()
    """A number or code that names something: leading zeros count."""
    EMAIL = auto()
    DATE = auto()
    WHOLE = auto()
    """A whole number, not below zero."""
    CHOICE = auto()
    """The code or the name of one of a set that the kind looks up."""
    LONG_TEXT = auto()
    """A text that may have several lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the stable key that machines read, and the label that people read.

    ``identifies``: part of what finds a row again; such a column cannot be missing. ``needed``: a new row must have
    it. ``clears``: the word for clearing may stand in it. ``choices`` names the set of a CHOICE. ``other_names``: what
    people call it in files of their own, in any language. ``read_only``: written by exports, and left alone by imports.
    """

    key: str
    label: "Promise | str"
    type: Type = Type.TEXT
    identifies: bool = False
    needed: bool = False
    clears: bool = False
    longest: int = 200
    choices: str = ""
    help: "Promise | str" = ""
    other_names: tuple[str, ...] = ()
    read_only: bool = False
