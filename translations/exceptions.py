"""Errors of translations. They carry data; doors turn them into sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ExchangeFault(StrEnum):
    """What is wrong with a file that comes back, or with one of its units."""

    UNREADABLE = "unreadable"
    TOO_BIG = "too_big"
    WRONG_LANGUAGE = "wrong_language"
    WRONG_SCRIPT = "wrong_script"
    LOOKS_LIKE = "looks_like"
    NOTHING = "nothing"
    UNKNOWN_SEGMENT = "unknown_segment"
    OTHER_COURSE = "other_course"
    TWICE = "twice"
    OTHER_SOURCE = "other_source"
    FORMULA = "formula"
    INLINE = "inline"
    PLACEHOLDERS = "placeholders"
    MARKUP = "markup"
    NUMBERS = "numbers"
    CHARACTERS = "characters"
    EDGES = "edges"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class ExchangeProblem:
    """A fault, the segment it is about ("" for the whole file), and the very piece that is wrong."""

    fault: ExchangeFault
    segment: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeConflict:
    """A segment that was changed here after the file was made, and otherwise in the file."""

    segment: str
    here: str
    in_file: str


class TranslationError(Exception):
    """Base of the app's errors."""


class ExchangeRefused(TranslationError):
    """The file cannot be taken as it is; nothing was written. Carries every problem, to mend all in one go."""

    def __init__(self, problems: Sequence[ExchangeProblem]) -> None:
        super().__init__(len(problems))
        self.problems = tuple(problems)


class ExchangeConflicts(TranslationError):
    """Segments were changed here meanwhile and nobody said whose words stand; nothing was written."""

    def __init__(self, conflicts: Sequence[ExchangeConflict]) -> None:
        super().__init__(len(conflicts))
        self.conflicts = tuple(conflicts)


class ExchangeDoubts(TranslationError):
    """Segments look like another language and nobody said that they are right; nothing was written."""

    def __init__(self, problems: Sequence[ExchangeProblem]) -> None:
        super().__init__(len(problems))
        self.problems = tuple(problems)


class NoTranslator(TranslationError):
    """No provider of machine translation is named."""


class MachineRefused(TranslationError):
    """No machine translates into this language; carries its code."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language
