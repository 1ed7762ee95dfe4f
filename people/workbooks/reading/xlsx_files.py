"""Reading .xlsx as a stream. openpyxl reads what a workbook is made of; its sheets and texts are read here, faster."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final

from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from people.exceptions import WorkbookRefused
from people.workbooks.cells import EMPTY, Cell, Found, unescape
from people.workbooks.problems import Problem
from people.workbooks.reading.source import LONGEST_TEXT, MOST_COLUMNS, Row, counted, rejected, too_wide
from people.workbooks.reading.xml_parts import fed, parser_of

VERSION_NAME: Final = "fieldfare_template"
"""The defined name that says which template a workbook was made from."""
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _FORMULA = f"{_MAIN}row", f"{_MAIN}c", f"{_MAIN}v", f"{_MAIN}f"
_TEXT, _SPOKEN, _SHARED = f"{_MAIN}t", f"{_MAIN}rPh", f"{_MAIN}si"
_SHOWING: Final = frozenset({_VALUE, _TEXT})
_SAYING: Final = frozenset({_VALUE, _TEXT, _FORMULA})
_COLUMN: Final = f"{_MAIN}col"
_DIGITS: Final = "0123456789"
_ZEROS: Final = re.compile(r"0{2,}")
_SHOWN_BESIDE: Final = re.compile(r"\[[^\]]*\]|[_*].|\\\s|E[+-]", re.DOTALL)
"""What a format says of colour, language, room and powers of ten: it changes nothing of what a number is."""
_SHOWN_MORE: Final = re.compile(r'["\\a-z-]|^[^.]*0[^.]*0', re.IGNORECASE)
"""Letters and dashes of a format, or zeros in front with something between them."""
_EAST_ASIAN_DATES: Final = frozenset((*range(27, 37), *range(50, 59), *range(71, 82)))
"""Formats that Excel knows without a word in China, Japan, Korea and Thailand."""
_EXACT_BELOW: Final = 10**15
_LAST_ROW: Final = 1_048_576
_MIDNIGHT: Final = time()
_MOST_DATES_KEPT: Final = 20_000


class XlsxSource:
    """An .xlsx file that was looked at as an archive before."""

    format = "xlsx"
    encoding = delimiter = ""

    def __init__(self, file: IO[bytes]) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        try:
            reader = ExcelReader(file, read_only=True, keep_links=False)
            self._archive: zipfile.ZipFile = reader.archive
            reader.read_manifest()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            self._book: Any = reader.wb
            sheets = [
                (sheet, relation.target)
                for sheet, relation in reader.parser.find_sheets()
                if relation.target in reader.valid_files and "chartsheet" not in relation.Type
            ]
            self.versions = [
                _plain(str(name.value))
                for name in reader.parser.defined_names.definedName
                if name.name == VERSION_NAME and name.localSheetId is None
            ]
            texts = reader.package.find(SHARED_STRINGS)
            self._texts_part: str | None = texts.PartName[1:] if texts is not None else None
        except Exception as error:  # openpyxl fails in many ways on what is broken
            raise _unreadable(error) from error
        hidden = [sheet.name for sheet, _ in sheets if sheet.state != "visible"]
        if hidden:
            self.close()
            raise rejected(Problem.HIDDEN_SHEETS, *hidden)
        self._parts = {sheet.name: part for sheet, part in sheets}
        # Of two sheets of one name, which no spreadsheet makes, one would be lost.
        if len({name.casefold() for name in self._parts}) < len(sheets):
            self.close()
            raise rejected(Problem.UNREADABLE)
        self.sheets = list(self._parts)
        self._texts: list[str] | None = None
        self._kinds: dict[str | None, _Kind] = {}
        self._dates: dict[tuple[str, bool], Cell] = {}

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows that have anything in them."""
        return counted(self._rows(sheet))

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def _rows(self, name: str) -> Iterator[Row]:
        self.hidden_rows.clear()
        self.hidden_columns.clear()
        try:
            if self._texts is None:
                self._texts = self._read_texts()
            with self._archive.open(self._parts[name]) as part:
                yield from self._parsed(part)
        except WorkbookRefused:
            raise
        except Exception as error:
            raise _unreadable(error) from error

    def _read_texts(self) -> list[str]:
        """Return the texts that sheets name by number."""
        if self._texts_part is None or self._texts_part not in self._archive.namelist():
            return []
        found: list[str] = []
        pieces: list[str] = []
        taking = spoken = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal taking, spoken
            if name == _TEXT:
                taking = not spoken
            elif name == _SPOKEN:
                spoken = True

        def end(name: str) -> None:
            nonlocal taking, spoken
            if name == _TEXT:
                taking = False
            elif name == _SPOKEN:
                spoken = False
            elif name == _SHARED:
                found.append(unescape(_bounded("".join(pieces))))
                pieces.clear()

        def text(piece: str) -> None:
            if taking:
                pieces.append(piece)

        with self._archive.open(self._texts_part) as part:
            for _ in fed(parser_of(start=start, end=end, text=text), part):
                pass
        return found

    def _parsed(self, part: IO[bytes]) -> Iterator[Row]:
        found: list[Row] = []
        cells: list[Cell] = []
        columns: dict[str, int] = {}
        number = position = 0
        raw: dict[str, str] = {}
        value: list[str] = []
        formula: list[str] | None = None
        taken: list[str] | None = None
        spoken = hidden = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal raw, taken, formula, number, position, hidden, spoken
            if name == _CELL:
                raw = attributes
            elif name in _SHOWING:
                taken = None if spoken else value
            elif name == _FORMULA:
                taken = formula = []
            elif name == _ROW:
                said = attributes.get("r")
                before, number = number, int(float(said)) if said else number + 1
                # As with columns below: no spreadsheet goes backwards, or beyond its end.
                if not before < number <= _LAST_ROW:
                    raise rejected(Problem.UNREADABLE)
                hidden = attributes.get("hidden") in ("1", "true")
                position = 0
            elif name == _SPOKEN:
                spoken = True
            elif name == _COLUMN and attributes.get("hidden") in ("1", "true"):
                last = min(int(attributes["max"]), MOST_COLUMNS)
                self.hidden_columns.update(range(int(attributes["min"]) - 1, last))

        def end(name: str) -> None:
            nonlocal taken, formula, position, spoken, cells
            if name == _CELL:
                coordinate = raw.get("r")
                if coordinate:
                    letters = coordinate.rstrip(_DIGITS)
                    here = columns.get(letters)
                    if here is None:
                        here = columns[letters] = column_index_from_string(letters)
                    # A row that says a column twice, or backwards, was made by no spreadsheet.
                    if here <= position:
                        raise rejected(Problem.UNREADABLE)
                    position = here
                else:
                    position += 1
                if value or formula is not None:
                    cell = self._cell(raw, "".join(value), formula)
                    if cell is not EMPTY:
                        if position > MOST_COLUMNS:
                            raise too_wide(position)
                        missing = position - 1 - len(cells)
                        if missing:
                            cells.extend([EMPTY] * missing)
                        cells.append(cell)
                value.clear()
                formula = None
            elif name in _SAYING:
                taken = None
            elif name == _ROW:
                if cells:
                    found.append((number, cells))
                    cells = []
                    if hidden:
                        self.hidden_rows.add(number)
            elif name == _SPOKEN:
                spoken = False

        def text(piece: str) -> None:
            if taken is not None:
                taken.append(piece)

        for _ in fed(parser_of(start=start, end=end, text=text), part):
            yield from found
            found.clear()

    def _cell(self, raw: dict[str, str], value: str, formula: list[str] | None) -> Cell:
        """Return what a cell says: a formula says what it was worked out to when the file was saved."""
        kind = raw.get("t", "n")
        if formula is None:
            return self._said(kind, raw.get("s"), value)
        cell = self._said(kind, raw.get("s"), value) if value else EMPTY
        if cell.found in (Found.NOTHING, Found.ERROR):
            return Cell(Found.FORMULA, f"={''.join(formula)}"[:200])
        return cell._replace(worked_out=True)

    def _said(self, kind: str, style: str | None, value: str) -> Cell:
        if kind == "s":
            assert self._texts is not None
            at = int(value)
            if at < 0:
                raise rejected(Problem.UNREADABLE)
            value = self._texts[at]
            return Cell(Found.TEXT, value) if value and not value.isspace() else EMPTY
        if kind in ("inlineStr", "str"):
            value = unescape(_bounded(value))
            return Cell(Found.TEXT, value) if value and not value.isspace() else EMPTY
        if kind == "e":
            return Cell(Found.ERROR, value[:200])
        if kind == "b":
            return Cell(Found.TRUTH, "TRUE" if int(value) else "FALSE")
        if kind == "d":
            return _moment(from_ISO8601(value))
        known = self._kinds.get(style)
        if known is None:
            known = self._kinds[style] = self._kind_of(style)
        if known.is_date or known.is_span:
            return self._date(value, known.is_span)
        cell = _number(value, known.zeros)
        return cell if known.as_shown else cell._replace(as_shown=False)

    def _kind_of(self, style: str | None) -> "_Kind":
        at = int(style or 0)
        if at >= len(self._book._cell_styles):
            return _Kind()
        number = self._book._cell_styles[at].numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            code = BUILTIN_FORMATS.get(number, "")
        else:
            code = self._book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
        # What follows is for numbers below zero, for zero and for texts.
        code = _SHOWN_BESIDE.sub("", code.partition(";")[0])
        zeros = len(code) if _ZEROS.fullmatch(code) else 0
        return _Kind(
            is_date=at in self._book._date_formats or number in _EAST_ASIAN_DATES,
            is_span=at in self._book._timedelta_formats,
            zeros=zeros,
            as_shown=bool(zeros) or code.lower() == "general" or not _SHOWN_MORE.search(code),
        )

    def _date(self, value: str, is_span: bool) -> Cell:
        """Return a number that is shown as a date; the same days come again and again."""
        cell = self._dates.get((value, is_span))
        if cell is None:
            try:
                cell = _moment(from_excel(float(value), self._book.epoch, timedelta=is_span))
            except (OverflowError, ValueError):
                cell = Cell(Found.ERROR, value[:60])
            if len(self._dates) > _MOST_DATES_KEPT:
                self._dates.clear()
            self._dates[value, is_span] = cell
        return cell


class _Kind:
    """How the numbers of a style are meant."""

    __slots__ = ("as_shown", "is_date", "is_span", "zeros")

    def __init__(self, *, is_date: bool = False, is_span: bool = False, zeros: int = 0, as_shown: bool = True) -> None:
        self.is_date, self.is_span, self.zeros, self.as_shown = is_date, is_span, zeros, as_shown


def _unreadable(error: Exception) -> WorkbookRefused:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, DefusedXmlException):
            return rejected(Problem.TOO_MUCH_INSIDE)
        reason = reason.__cause__ or reason.__context__
    return rejected(Problem.UNREADABLE)


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise rejected(Problem.TOO_MUCH_INSIDE)
    return text


def _plain(text: str) -> str:
    return text.strip().strip('"')


def _moment(value: Any) -> Cell:
    if isinstance(value, datetime):
        found = Found.DATE if value.time() == _MIDNIGHT else Found.DATE_AND_TIME
        return Cell(found, value.isoformat(" "), value.date())
    if isinstance(value, date):
        return Cell(Found.DATE, value.isoformat(), value)
    if isinstance(value, time | timedelta):
        return Cell(Found.DATE_AND_TIME, str(value))
    return Cell(Found.ERROR, str(value)[:60])


def _number(value: str, zeros: int) -> Cell:
    """Return a number as the spreadsheet shows it: whole, with the leading zeros of a format such as 00000."""
    if value.isdecimal() and len(value) < 15 and value.isascii():
        return Cell(Found.NUMBER, str(int(value)).zfill(zeros))
    # Only Python reads 4_2 as a number.
    if "_" in value:
        return Cell(Found.ERROR, value[:60])
    try:
        number = float(value) if "." in value or "e" in value.lower() else int(value)
        whole = int(number)
    except (ValueError, OverflowError):
        return Cell(Found.ERROR, value[:60])
    if whole != number:
        return Cell(Found.NUMBER, repr(number), exact=False)
    return Cell(Found.NUMBER, str(whole).zfill(zeros), exact=0 <= whole < _EXACT_BELOW)
