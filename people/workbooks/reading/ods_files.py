"""Reading .ods as a stream, with nothing but an archive and a pull parser."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError

from people.workbooks.cells import EMPTY, Cell, Found
from people.workbooks.problems import Problem
from people.workbooks.reading.source import MOST_COLUMNS, Row, counted, rejected, too_wide
from people.workbooks.reading.xml_parts import elements

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LISTENER: Final = "{urn:oasis:names:tc:opendocument:xmlns:script:1.0}event-listener"
_LINKS: Final = frozenset(
    {
        f"{_TABLE}table-source",
        f"{_TABLE}cell-range-source",
        f"{_TABLE}database-range-source",
        f"{_TABLE}dde-link",
        f"{_OFFICE}dde-source",
    }
)
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})
_EXACT_BELOW: Final = 10**15
_MOST_REPEATED_FILLED_ROWS: Final = 1000
_FAILED: Final = ("#", "Err:")
"""How what a formula failed at is shown."""
_SHOWN_MORE: Final = re.compile(r"[^\W\d]|.-|^0+[^\d.].*\d|^0\d")
"""Letters, dashes, or zeros in front of a number as it is shown."""
_HIDING: Final = frozenset({"collapse", "filter"})
_BROKEN: Final = (
    *(ParseError, ExpatError, zipfile.BadZipFile, zlib.error),
    *(OSError, LookupError, ValueError, EOFError, RuntimeError, NotImplementedError),
)


class OdsSource:
    """An .ods file that was looked at as an archive before."""

    format = "ods"
    encoding = delimiter = ""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file)
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.sheets: list[str] = []
        self.versions: list[str] = []
        hidden: list[str] = []
        hiding: set[str] = set()
        for event, element in self._parsed():
            tag = element.tag
            if event == "start":
                if tag == f"{_TABLE}table":
                    name = element.get(f"{_TABLE}name", "")
                    self.sheets.append(name)
                    if element.get(f"{_TABLE}style-name") in hiding:
                        hidden.append(name)
                continue
            if tag == f"{_STYLE}style" and element.get(f"{_STYLE}family") == "table":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hiding.add(element.get(f"{_STYLE}name", ""))
            elif tag in _LINKS:
                raise rejected(Problem.EXTERNAL_LINKS)
            elif tag == _LISTENER:
                raise rejected(Problem.MACROS)
            elif tag == f"{_TABLE}named-expression" and element.get(f"{_TABLE}name") == "fieldfare_template":
                self.versions.append(_plain(element.get(f"{_TABLE}expression", "")))
            if tag in (f"{_TABLE}table-row", f"{_STYLE}style"):
                element.clear()
        # Of two sheets of one name, which no spreadsheet makes, one would be lost.
        if len(set(self.sheets)) < len(self.sheets):
            raise rejected(Problem.UNREADABLE)
        if hidden:
            raise rejected(Problem.HIDDEN_SHEETS, *hidden)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows that have anything in them."""
        return counted(self._rows(sheet))

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def _parsed(self) -> Iterator[tuple[str, Any]]:
        try:
            yield from elements(self._archive, "content.xml")
        except _BROKEN as error:
            raise rejected(Problem.UNREADABLE) from error

    def _rows(self, sheet: str) -> Iterator[Row]:
        here, number, columns = False, 0, 0
        table: Element | None = None
        self.hidden_rows.clear()
        self.hidden_columns.clear()
        for event, element in self._parsed():
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    here, table = element.get(f"{_TABLE}name", "") == sheet, element
                continue
            if element.tag == f"{_TABLE}table" and here:
                return
            if element.tag == f"{_TABLE}table-column" and here:
                repeated = min(_repeated(element, "number-columns-repeated"), MOST_COLUMNS)
                if element.get(f"{_TABLE}visibility") in _HIDING:
                    self.hidden_columns.update(range(columns, columns + repeated))
                columns += repeated
            if element.tag != f"{_TABLE}table-row":
                continue
            if here:
                repeated = _repeated(element, "number-rows-repeated")
                try:
                    cells = list(_cells(element))
                except RecursionError as error:
                    raise rejected(Problem.TOO_MUCH_INSIDE) from error
                if any(cell is not EMPTY for cell in cells):
                    # The same filled row many times over is no list of anything.
                    if repeated > _MOST_REPEATED_FILLED_ROWS:
                        raise rejected(Problem.TOO_MUCH_INSIDE)
                    if element.get(f"{_TABLE}visibility") in _HIDING:
                        self.hidden_rows.update(range(number + 1, number + 1 + repeated))
                    for offset in range(repeated):
                        yield number + 1 + offset, cells
                number += repeated
            element.clear()
            if table is not None and len(table) > 64:
                # What was read hangs on the sheet; groups and header rows hold theirs until they end.
                for child in list(table):
                    if len(child) == 0:
                        table.remove(child)


def _repeated(element: Any, name: str) -> int:
    try:
        return max(1, int(element.get(f"{_TABLE}{name}", "1")))
    except ValueError:
        return 1


def _cells(row: Any) -> Iterator[Cell]:
    """Yield the cells of a row; what is repeated at its end and empty is left out."""
    waiting = position = 0
    for element in row:
        if element.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = _repeated(element, "number-columns-repeated")
        cell = _read(element)
        position += repeated
        if cell is EMPTY:
            waiting += repeated
        elif position > MOST_COLUMNS:
            raise too_wide(position)
        else:
            yield from [EMPTY] * waiting
            yield from [cell] * repeated
            waiting = 0


def _read(element: Any) -> Cell:
    formula = element.get(f"{_TABLE}formula")
    if formula is None:
        return _said(element)
    # What it was worked out to when the file was saved.
    cell = _said(element)
    if cell.found in (Found.NOTHING, Found.ERROR) or cell.text.startswith(_FAILED):
        return Cell(Found.FORMULA, formula[:200])
    return cell._replace(worked_out=True)


def _said(element: Any) -> Cell:
    kind = element.get(f"{_OFFICE}value-type")
    if kind is None:
        return EMPTY
    shown = _shown(element)
    if kind == "date":
        return _date(element.get(f"{_OFFICE}date-value", ""))
    if kind == "time":
        return Cell(Found.DATE_AND_TIME, shown)
    if kind == "boolean":
        return Cell(Found.TRUTH, element.get(f"{_OFFICE}boolean-value", "").upper())
    if kind in _NUMBERS:
        return _number(element.get(f"{_OFFICE}value", ""), shown)
    text = element.get(f"{_OFFICE}string-value") or shown
    return Cell(Found.TEXT, text) if text and not text.isspace() else EMPTY


def _shown(element: Any) -> str:
    """Return the paragraphs of a cell, with the spaces and line breaks that the format writes as elements."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in element.findall(f"{_TEXT}p"))


def _pieces(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            try:
                yield " " * min(int(child.get(f"{_TEXT}c", "1")), 1000)
            except ValueError:
                yield " "
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag != f"{_OFFICE}annotation":
            yield from _pieces(child)
        yield child.tail or ""


def _date(value: str) -> Cell:
    try:
        if "T" not in value:
            return Cell(Found.DATE, value, date.fromisoformat(value))
        at = datetime.fromisoformat(value)
    except ValueError:
        return Cell(Found.ERROR, value[:60])
    return Cell(Found.DATE if at.time() == time() else Found.DATE_AND_TIME, value, at.date())


def _number(value: str, shown: str) -> Cell:
    try:
        number = float(value)
        whole = int(number)
    except (ValueError, OverflowError):
        return Cell(Found.ERROR, value[:60])
    if whole != number:
        return Cell(Found.NUMBER, value, exact=False)
    text = str(whole)
    exact = 0 <= whole < _EXACT_BELOW
    # As the spreadsheet shows it: a format such as 00000 keeps the zeros.
    if shown.isdigit() and shown.lstrip("0") == text.lstrip("0"):
        text = shown
    return Cell(Found.NUMBER, text, exact=exact, as_shown=text == shown or not _SHOWN_MORE.search(shown))


def _plain(expression: str) -> str:
    return expression.removeprefix("of:=").strip().strip('"')
