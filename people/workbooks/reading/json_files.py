"""Reading JSON that another system sends: a list of objects, or ``{"rows": [...]}``; keys are the columns' keys."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from people.exceptions import WorkbookRefused
from people.workbooks.cells import EMPTY, Cell, Found, clean
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.reading.source import MOST_COLUMNS, Row, counted, rejected, too_wide


class JsonSource:
    """Objects as rows: row 1 has the keys, the first object is row 2."""

    format = "json"
    encoding = delimiter = ""
    versions: list[str] = []

    def __init__(self, file: IO[bytes]) -> None:
        try:
            found = json.load(file, object_pairs_hook=_once)
        except (ValueError, UnicodeError, RecursionError) as error:
            raise rejected(Problem.UNREADABLE) from error
        rows = found.get("rows") if isinstance(found, dict) else found
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise rejected(Problem.NOT_A_WORKBOOK)
        self._rows: list[dict[str, Any]] = rows
        self.sheets = [""]
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the headings, then the objects."""
        return counted(self._read())

    def close(self) -> None:
        """Nothing is held."""

    def _read(self) -> Iterator[Row]:
        keys = list(dict.fromkeys(str(key) for row in self._rows for key in row))
        if not keys:
            return
        if len(keys) > MOST_COLUMNS:
            raise too_wide(len(keys))
        yield 1, [Cell(Found.TEXT, _whole(key)) for key in keys]
        for number, row in enumerate(self._rows, start=2):
            cells = [_cell(row.get(key)) for key in keys]
            if any(cell is not EMPTY for cell in cells):
                yield number, cells


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says a key twice says nothing.

    Raises:
        WorkbookRefused: it does.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise WorkbookRefused([RowProblem(None, clean(_whole(twice))[:60], Problem.COLUMN_TWICE)])
    return found


def _cell(value: object) -> Cell:
    if value is None or (isinstance(value, str) and not value.strip()):
        return EMPTY
    if isinstance(value, str):
        whole = _whole(value)
        return Cell(Found.TEXT if whole == value else Found.ERROR, whole)
    if isinstance(value, bool):
        return Cell(Found.TRUTH, str(value).upper())
    if isinstance(value, int):
        return Cell(Found.NUMBER, str(value), exact=value >= 0)
    return Cell(Found.ERROR, _whole(str(value)[:60]))


def _whole(text: str) -> str:
    """Return a text without the halves of signs that JSON can say and nothing can write."""
    return text.encode("utf-8", "replace").decode()
