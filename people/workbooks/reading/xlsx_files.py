"""Reading .xlsx as a stream."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet._reader import WorkSheetParser

from people.exceptions import WorkbookRefused
from people.workbooks.cells import EMPTY, Cell, Found
from people.workbooks.problems import Problem
from people.workbooks.reading.source import MOST_COLUMNS, Row, counted, rejected

VERSION_NAME: Final = "fieldfare_template"
"""The defined name that says which template a workbook was made from."""
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TEXT: Final = f"{_MAIN}t"
_INLINE: Final = f"{_MAIN}is"
_SAID: Final = frozenset({_TEXT, f"{_MAIN}r"})
_FORMULA: Final = f"{_MAIN}f"
_ZEROS: Final = re.compile(r"0{2,}")
_EXACT_BELOW: Final = 10**15
_MIDNIGHT: Final = time()


class XlsxSource:
    """An .xlsx file that was looked at as an archive before."""

    format = "xlsx"
    encoding = delimiter = ""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            sheets = [sheet for sheet in self._book.worksheets if hasattr(sheet, "iter_rows")]
            hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
            self.versions = [
                _plain(str(name.value)) for key, name in self._book.defined_names.items() if key == VERSION_NAME
            ]
        except Exception as error:  # openpyxl fails in many ways on what is broken
            raise _unreadable(error) from error
        if hidden:
            self.close()
            raise rejected(Problem.HIDDEN_SHEETS, *hidden)
        self.sheets = [sheet.title for sheet in sheets]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows that have anything in them."""
        return counted(self._rows(sheet))

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def _rows(self, name: str) -> Iterator[Row]:
        sheet: Any = self._book[name]
        try:
            with sheet._get_source() as source:
                # The parser itself: it makes nothing of rows that are not there, however far down the next one is.
                parser = _Parser(
                    source,
                    sheet._shared_strings,
                    data_only=False,
                    epoch=self._book.epoch,
                    date_formats=self._book._date_formats,
                    timedelta_formats=self._book._timedelta_formats,
                )
                for number, found in parser.parse():
                    cells = _line(sheet, found)
                    if cells:
                        yield number, cells
        except WorkbookRefused:
            raise
        except Exception as error:
            raise _unreadable(error) from error


class _Parser(WorkSheetParser):
    """openpyxl's own, without its long way round for texts that stand in their cells, as it writes them itself."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return a cell."""
        coordinate = element.get("r")
        if element.get("t") != "inlineStr" or coordinate is None or element.find(_FORMULA) is not None:
            cell: dict[str, Any] = super().parse_cell(element)
            return cell
        row, column = coordinate_to_tuple(coordinate)
        self.col_counter = column
        said = element.find(_INLINE)
        # Plain text, or runs of it; what says how signs are pronounced is no part of it.
        pieces = [
            piece.text if piece.tag == _TEXT else piece.findtext(_TEXT)
            for piece in (() if said is None else said)
            if piece.tag in _SAID
        ]
        text = "".join(piece or "" for piece in pieces)
        return {
            "row": row,
            "column": column,
            "value": text or None,
            "data_type": "s",
            "style_id": int(element.get("s", 0)),
        }


def _line(sheet: Any, found: list[dict[str, Any]]) -> list[Cell]:
    """Return the cells of a row up to the last one that has something in it."""
    cells: list[Cell] = []
    for raw in found:
        if raw["value"] is None or raw["column"] > MOST_COLUMNS:
            continue
        cell = _read(sheet, raw)
        if cell is EMPTY:
            continue
        missing = raw["column"] - 1 - len(cells)
        if missing < 0:
            # A row that says a column twice, or backwards, was made by no spreadsheet.
            raise rejected(Problem.UNREADABLE)
        cells.extend([EMPTY] * missing)
        cells.append(cell)
    return cells


def _unreadable(error: Exception) -> WorkbookRefused:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, DefusedXmlException):
            return rejected(Problem.TOO_MUCH_INSIDE)
        reason = reason.__cause__ or reason.__context__
    return rejected(Problem.UNREADABLE)


def _plain(text: str) -> str:
    return text.strip().strip('"')


def _read(sheet: Any, raw: dict[str, Any]) -> Cell:
    value, kind = raw["value"], raw["data_type"]
    if isinstance(value, str):
        if kind == "f":
            return Cell(Found.FORMULA, value[:200])
        if kind == "e":
            return Cell(Found.ERROR, value[:200])
        return Cell(Found.TEXT, value) if value and not value.isspace() else EMPTY
    if kind == "f":
        return Cell(Found.FORMULA)
    if isinstance(value, bool):
        return Cell(Found.TRUTH, str(value).upper())
    if isinstance(value, datetime):
        found = Found.DATE if value.time() == _MIDNIGHT else Found.DATE_AND_TIME
        return Cell(found, value.isoformat(" "), value.date())
    if isinstance(value, date):
        return Cell(Found.DATE, value.isoformat(), value)
    if isinstance(value, time | timedelta):
        return Cell(Found.DATE_AND_TIME, str(value))
    return _read_number(value, str(ReadOnlyCell(sheet, **raw).number_format or ""))


def _read_number(value: Any, number_format: str) -> Cell:
    """Return a number as the spreadsheet shows it: whole, with the leading zeros of a format such as 00000."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        return Cell(Found.ERROR)
    if whole != value:
        return Cell(Found.NUMBER, repr(value), exact=False)
    text = str(whole)
    if _ZEROS.fullmatch(number_format):
        text = text.zfill(len(number_format))
    return Cell(Found.NUMBER, text, exact=0 <= whole < _EXACT_BELOW)
