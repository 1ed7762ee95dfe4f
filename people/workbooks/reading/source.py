"""What every reader gives: sheets, and the rows of a sheet as a stream."""

from collections.abc import Iterator
from typing import Final, Protocol, TypeAlias

from people.exceptions import WorkbookRefused
from people.workbooks.cells import Cell, letter
from people.workbooks.problems import Problem, RowProblem

LARGEST_BYTES: Final = 50 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 100
LONGEST_TEXT: Final = 100_000
"""Of one cell; a spreadsheet takes a third of it."""

Row: TypeAlias = tuple[int, list[Cell]]
"""The number that the spreadsheet shows, and the cells from the first column on."""


class Source(Protocol):
    """An opened file."""

    format: str
    """``xlsx``, ``ods``, ``csv`` or ``json``."""
    sheets: list[str]
    """The sheets that can be seen, in order; one without a name in a file that knows none."""
    versions: list[str]
    """What the file says of the template that it was made from, such as ``people:1``."""
    encoding: str
    delimiter: str
    hidden_rows: set[int]
    """Filled rows, of the sheet that was read last, that the file hides, such as by a filter; by number."""
    hidden_columns: set[int]
    """Columns of that sheet that the file hides, by position."""

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of a sheet that have anything in them.

        Raises:
            WorkbookRefused: the file is damaged, or has more filled rows than can be taken.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def rejected(problem: Problem, *hints: str) -> WorkbookRefused:
    """Return the refusal of a file as a whole."""
    return WorkbookRefused([RowProblem(None, "", problem, hints=hints)])


def too_wide(position: int) -> WorkbookRefused:
    """Return the refusal of a file that says something in a column, counted from 1, that is not read any more."""
    return rejected(Problem.TOO_MANY_COLUMNS, letter(position - 1), letter(MOST_COLUMNS - 1))


def counted(rows: Iterator[Row]) -> Iterator[Row]:
    """Pass rows on, as long as they are not too many.

    Raises:
        WorkbookRefused: there are more than ``MOST_ROWS`` below the headings.
    """
    for seen, row in enumerate(rows, start=1):
        if seen > MOST_ROWS + 30:
            raise rejected(Problem.TOO_MANY_ROWS, f"{MOST_ROWS:,}")
        yield row
