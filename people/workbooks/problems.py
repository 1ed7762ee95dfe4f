"""What can be wrong with a file, and where. ``people.explanations`` has the words and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from people.workbooks.cells import Found


class Problem(StrEnum):
    """What can be wrong; the value is the id of the rule in reports for machines."""

    # The file as a whole
    NOT_A_WORKBOOK = "not_a_workbook"
    OLD_FORMAT = "old_format"
    MACROS = "macros"
    PASSWORD = "password"  # the name of a problem
    TOO_BIG = "too_big"
    TOO_MUCH_INSIDE = "too_much_inside"
    UNREADABLE = "unreadable"
    EXTERNAL_LINKS = "external_links"
    HIDDEN_SHEETS = "hidden_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NO_ROWS = "no_rows"
    NO_HEADINGS = "no_headings"
    SEVERAL_SHEETS = "several_sheets"
    UNKNOWN_SHEET = "unknown_sheet"
    ENCODING = "encoding"
    QUOTES = "quotes"
    OTHER_VERSION = "other_version"
    OTHER_KIND = "other_kind"
    # Columns
    UNKNOWN_COLUMN = "unknown_column"
    NEVER_ACCEPTED = "never_accepted"
    COLUMN_NOT_ALLOWED = "column_not_allowed"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    COLUMN_WITHOUT_NAME = "column_without_name"
    GUESSED_COLUMN = "guessed_column"
    DATES_READ_AS = "dates_read_as"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_COLUMN = "hidden_column"
    BLANK_CLEARS = "blank_clears"
    # Cells
    FORMULA = "formula"
    WORKED_OUT = "worked_out"
    ERROR_VALUE = "error_value"
    LIKE_A_FORMULA = "like_a_formula"
    MISSING = "missing"
    WRONG_KIND = "wrong_kind"
    TOO_LONG = "too_long"
    NOT_EXACT = "not_exact"
    LOST_ZEROS = "lost_zeros"
    NOT_EMAIL = "not_email"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    TIME_OF_DAY = "time_of_day"
    FAR_DATE = "far_date"
    CANNOT_CLEAR = "cannot_clear"
    # Rows
    KEY_TWICE = "key_twice"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_SESSION = "unknown_session"
    UNKNOWN_REFERENCE = "unknown_reference"
    ALREADY_THERE = "already_there"
    NOT_THERE_YET = "not_there_yet"
    ENDS_BEFORE_START = "ends_before_start"
    HIRED_AFTER_START = "hired_after_start"
    OVERLAPS = "overlaps"
    COVERED = "covered"
    NOT_A_DOCUMENT_NUMBER = "not_a_document_number"
    CIRCLE = "circle"
    FUTURE_DATE = "future_date"
    WHOM = "whom"
    TRAINING_HELD = "training_held"
    OUTSIDE_LIMITS = "outside_limits"
    FIXED = "fixed"
    SECOND_PERSON = "second_person"
    CHANGED_MEANWHILE = "changed_meanwhile"
    OF_KIND = "of_kind"
    """What only the kind itself has words for; the first hint says which."""
    FORMAT_LOST = "format_lost"


LONGEST_VALUE_SHOWN: Final = 60

WARNINGS = frozenset(
    {
        Problem.UNKNOWN_COLUMN,
        Problem.GUESSED_COLUMN,
        Problem.DATES_READ_AS,
        Problem.HIDDEN_ROWS,
        Problem.HIDDEN_COLUMN,
        Problem.BLANK_CLEARS,
        Problem.WORKED_OUT,
        Problem.LIKE_A_FORMULA,
        Problem.OTHER_VERSION,
        Problem.FORMAT_LOST,
    }
)
"""What is told and holds nothing up."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that is wrong, and where.

    ``row`` is the number that the spreadsheet shows, None for the file as a whole. ``column`` is a column's key, or
    the heading as typed where the column itself is the problem. ``value`` is what stands there, shortened. ``hints`` help to mend it (codes to choose from, the
    row of the double); they never tell anything of another organisation.
    """

    row: int | None
    column: str
    problem: Problem
    found: Found | None = None
    hints: tuple[str, ...] = ()
    value: str = ""

    @property
    def is_warning(self) -> bool:
        """Return whether it holds nothing up."""
        return self.problem in WARNINGS

    def to_json(self) -> dict[str, Any]:
        """Return it as kept with a row that waits."""
        return {
            "row": self.row,
            "column": self.column,
            "problem": str(self.problem),
            "found": str(self.found) if self.found else None,
            "hints": list(self.hints),
            "value": self.value,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "RowProblem":
        """Return what ``to_json`` kept."""
        found = Found(kept["found"]) if kept["found"] else None
        return cls(
            kept["row"], kept["column"], Problem(kept["problem"]), found, tuple(kept["hints"]), kept.get("value", "")
        )
